package token

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/internal/worldtest"
)

// mint gives tokens, slowly.
type mint struct {
	given atomic.Int64
	life  int64
	err   error
	slow  time.Duration
}

func (m *mint) fetch(ctx context.Context) (string, int64, error) {
	if m.slow > 0 {
		select {
		case <-time.After(m.slow):
		case <-ctx.Done():
			return "", 0, ctx.Err()
		}
	}
	n := m.given.Add(1)
	return fmt.Sprintf("t%d", n), m.life, m.err
}

func TestATokenIsGivenUpBeforeItsEnd(t *testing.T) {
	for granted, want := range map[int64]time.Duration{
		7200: 6900 * time.Second, 3600: 3300 * time.Second, 400: 100 * time.Second, 301: time.Minute, 100: time.Minute,
		60: time.Minute, 30: 30 * time.Second, 1: time.Second,
		0: time.Minute, -5: time.Minute, 1 << 60: 6900 * time.Second,
	} {
		require.Equal(t, want, lifetime(granted), granted)
	}
}

func TestAThousandWhoNeedATokenShareOneFetch(t *testing.T) {
	for name, shared := range map[string]bool{"alone": false, "with others": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &mint{life: 7200, slow: time.Second}
				var place Shared
				if shared {
					place = worldtest.NewPlace(time.Now)
				}
				s := New(place, "k", time.Now, m.fetch)
				var all sync.WaitGroup
				ask := func(want string) {
					for range 1000 {
						all.Go(func() {
							token, err := s.Get(t.Context())
							require.NoError(t, err)
							require.Equal(t, want, token)
						})
					}
					all.Wait()
				}
				ask("t1")
				time.Sleep(6899*time.Second - time.Second)
				ask("t1")
				time.Sleep(2 * time.Second)
				ask("t2")
				for range 1000 { // each of whom was refused with the old one
					all.Go(func() { s.Invalidate(t.Context(), "t2") })
				}
				all.Wait()
				ask("t3")
				s.Invalidate(t.Context(), "t2") // late
				ask("t3")
				require.EqualValues(t, 3, m.given.Load())
			})
		})
	}
}

func TestReplicasFetchOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: 7200, slow: time.Second}
		place := worldtest.NewPlace(time.Now)
		var replicas []*Source
		for range 10 {
			replicas = append(replicas, New(place, "k", time.Now, m.fetch))
		}
		var all sync.WaitGroup
		ask := func(want string) {
			for _, s := range replicas {
				all.Go(func() {
					token, err := s.Get(t.Context())
					require.NoError(t, err)
					require.Equal(t, want, token)
				})
			}
			all.Wait()
		}
		ask("t1")
		for _, s := range replicas { // all are refused, one after the other
			s.Invalidate(t.Context(), "t1")
		}
		ask("t2")
		replicas[0].Invalidate(t.Context(), "t1") // late: t2 stays
		ask("t2")
		require.EqualValues(t, 2, m.given.Load())
	})
}

func TestARefusedTokenThatStillLiesInTheSharedPlaceIsNotTakenUpAgain(t *testing.T) {
	place := worldtest.NewPlace(time.Now)
	place.Keeps = true
	s := New(place, "k", time.Now, (&mint{life: 7200}).fetch)
	for _, want := range []string{"t1", "t2", "t3"} {
		token, err := s.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, token)
		s.Invalidate(t.Context(), token)
	}
}

func TestAReplicaThatDiedWhileFetchingIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		place := worldtest.NewPlace(time.Now)
		mine, _ := place.Once(t.Context(), "k:refresh", time.Hour) // and never releases
		require.True(t, mine)
		m := &mint{life: 7200}
		begun := time.Now()
		token, err := New(place, "k", time.Now, m.fetch).Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t1", token)
		require.Equal(t, watching, time.Since(begun))
	})
}

func TestWithoutTheSharedPlaceEachAsksForItself(t *testing.T) {
	place := worldtest.NewPlace(time.Now)
	place.Away = true
	m := &mint{life: 20} // shorter than what is taken off
	s := New(place, "k", time.Now, m.fetch)
	for range 3 {
		token, err := s.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t1", token)
	}
	s.Invalidate(t.Context(), "t1")
	token, err := s.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, "t2", token)
}

func TestWhatLiesInTheSharedPlaceIsNotTrusted(t *testing.T) {
	for _, text := range []string{"", "null", "{}", `{"token":"","until":99999999999}`, `{"token":"old","until":1}`, "t0", `{"token":5}`} {
		place := worldtest.NewPlace(time.Now)
		place.Set(t.Context(), "k", []byte(text), time.Hour)
		m := &mint{life: 7200}
		token, err := New(place, "k", time.Now, m.fetch).Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t1", token, text)
	}
}

func TestARefusedSecretIsNotTriedAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{err: &bot.SendError{Reason: bot.NotTrusted, Err: errors.New("40001")}}
		s := New(nil, "k", time.Now, m.fetch)
		for range 100 {
			_, err := s.Get(t.Context())
			require.ErrorIs(t, err, m.err)
		}
		require.EqualValues(t, 1, m.given.Load())
		time.Sleep(sulking)
		m.err = nil
		_, err := s.Get(t.Context())
		require.NoError(t, err)
	})
}

func TestACallerWhoLeavesDoesNotSpoilItForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: 7200, slow: time.Second}
		s := New(nil, "k", time.Now, m.fetch)
		hurried, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := s.Get(hurried)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		token, err := s.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t1", token)
		require.EqualValues(t, 1, m.given.Load())
	})
}
