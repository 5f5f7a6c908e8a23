package spool

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

// among runs a test with a spool that may have others beside it.
func among(t *testing.T, alone bool, test func(t *testing.T, d *desk, s *Spool)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		d.alone = alone
		o := d.options()
		o.Others = d
		s := openSpool(t, dir, o)
		defer start(t, s)()
		test(t, d, s)
	})
}

func TestWhoIsAloneDoesNotWaitForOthersAndTellsThemAllTheSame(t *testing.T) {
	among(t, true, func(t *testing.T, d *desk, s *Spool) {
		d.set(func(d *desk) { d.away = true })
		kept(t, s, said("ann", "1", 1), said("ann", "2", 2))
		d.set(func(d *desk) { d.away = false })
		passed(t, s, said("ben", "x", 1)) // his success says that it is back
		synctest.Wait()                   // no time has passed
		require.Equal(t, []string{"1", "2"}, d.handled("ann"))
		require.Zero(t, d.noted("ann", s.name))
		d.set(func(d *desk) { require.Empty(t, d.untold, "somebody may have come meanwhile") })
	})
}

func TestWhoIsNotAloneWaitsForTheOthersToSayWhatTheyHave(t *testing.T) {
	among(t, false, func(t *testing.T, d *desk, s *Spool) {
		d.set(func(d *desk) { d.away = true })
		kept(t, s, said("ann", "2", 2), said("ann", "3", 3))
		d.set(func(d *desk) { d.away = false })
		time.Sleep(firstPause)
		synctest.Wait()
		require.Equal(t, said("ann", "2", 2).At, d.noted("ann", s.name).At, "it has said what it has")
		kept(t, s, said("ben", "x", 1)) // that it is back does not yet help him
		require.NotZero(t, d.noted("ben", s.name))
		time.Sleep(settleTime - time.Millisecond)
		synctest.Wait()
		require.Empty(t, d.handled("ann"))
		time.Sleep(lastPause)
		synctest.Wait()
		require.Equal(t, []string{"2", "3"}, d.handled("ann"))
		require.Equal(t, []string{"x"}, d.handled("ben"))
		require.Zero(t, d.noted("ann", s.name))
		require.Zero(t, d.noted("ben", s.name))
	})
}

func TestTheOthersAreRemindedWhileAMessageFailsAndToldWhenItIsSetAside(t *testing.T) {
	among(t, false, func(t *testing.T, d *desk, s *Spool) {
		d.set(func(d *desk) { d.away = true; d.poison["1"] = true })
		kept(t, s, said("ann", "1", 1))
		d.set(func(d *desk) { d.away = false })
		begin := time.Now()
		for time.Since(begin) < time.Minute {
			time.Sleep(time.Second)
			synctest.Wait()
			if depth(s) > 0 {
				require.True(t, time.Now().Add(15*time.Second).Before(d.noted("ann", s.name).until), "after %v", time.Since(begin))
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		require.EqualValues(t, 1, s.Counts().Rejected)
		require.Zero(t, d.noted("ann", s.name))
	})
}

// TestTheOthersAreRemindedOfWhoHasNotHadATurn: all slots are taken by messages that take
// their time.
func TestTheOthersAreRemindedOfWhoHasNotHadATurn(t *testing.T) {
	among(t, false, func(t *testing.T, d *desk, s *Spool) {
		d.set(func(d *desk) { d.away = true })
		for i := range parallel {
			kept(t, s, said(fmt.Sprint("p", i), "1", 1))
		}
		kept(t, s, said("ann", "1", 1))
		d.set(func(d *desk) { d.away = false })
		time.Sleep(lastPause)
		synctest.Wait()
		hang := make(chan struct{})
		d.set(func(d *desk) { d.slow = hang }) // the database answers, and no turn ends
		time.Sleep(50 * time.Second)
		synctest.Wait()
		require.Empty(t, d.handled("ann"))
		require.True(t, time.Now().Add(30*time.Second).Before(d.noted("ann", s.name).until))
		close(hang)
		d.set(func(d *desk) { d.slow = nil })
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"1"}, d.handled("ann"))
	})
}

func TestASpoolKeepsItsName(t *testing.T) {
	dir := t.TempDir()
	s := openSpool(t, dir, newDesk().options())
	name := s.name
	require.Len(t, name, 16)
	require.NoError(t, s.Close())
	for range 2 {
		s = openSpool(t, dir, newDesk().options())
		require.Equal(t, name, s.name)
		require.NoError(t, s.Close())
	}
	other := openSpool(t, t.TempDir(), newDesk().options())
	require.NotEqual(t, name, other.name)
	require.NoError(t, other.Close())
}

func TestAMessageThatOthersAreAheadOfIsKeptAndTriedAgain(t *testing.T) {
	among(t, false, func(t *testing.T, d *desk, s *Spool) {
		first := bot.Place{At: said("ann", "1", 1).At}
		d.set(func(d *desk) { d.note("ann", "another", first) })
		kept(t, s, said("ann", "2", 2))
		passed(t, s, said("ben", "x", 2))
		require.Equal(t, said("ann", "2", 2).At, d.noted("ann", s.name).At)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		require.Empty(t, d.handled("ann"))
		require.Less(t, d.called(), 60, "not too often")
		d.set(func(d *desk) { d.note("ann", "another", bot.Place{}) })
		time.Sleep(lastTurn)
		synctest.Wait()
		require.Equal(t, []string{"2"}, d.handled("ann"))
		require.Zero(t, s.Counts().Rejected)

		d.set(func(d *desk) { d.note("ann", "another", first) })
		kept(t, s, said("ann", "3", 3))
		time.Sleep(time.Minute + lastTurn) // the other is not heard of any more
		synctest.Wait()
		require.Equal(t, []string{"2", "3"}, d.handled("ann"))
	})
}
