package robot

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/store/storetest"
)

func TestABrokenConnectionIsMadeAgain(t *testing.T) {
	w := newWorld(t)
	w.up()
	for n := 1; n < 4; n++ {
		w.server.Drop()
		w.eventually(func() bool { return w.server.Counts().Subscribed == n+1 && w.channel.Here() }, "connected again")
	}
	require.NoError(t, w.server.Say("Ann", "", "在吗"))
	require.Equal(t, "在吗", w.heard(1)[0].Text)
}

func TestTwoPingsWithoutAnAnswerAreADeadConnection(t *testing.T) {
	w := newWorld(t)
	w.channel.pace.ping = 5 * time.Millisecond
	w.up()
	w.eventually(func() bool { return w.server.Counts().Pings > 5 }, "it pings")
	require.Equal(t, 1, w.server.Counts().Subscribed)
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
		if c.Cmd == "ping" {
			return &wecomtest.RobotAnswer{Silent: true}
		}
		return nil
	})
	w.eventually(func() bool { return w.server.Counts().Subscribed > 1 }, "connected again")
	require.Contains(t, w.log.String(), "two pings were not answered")
}

func TestWhoeverIsKickedDoesNotComeBackAtOnce(t *testing.T) {
	w := newWorld(t)
	w.channel.pace.kicked = time.Hour
	w.up()
	other := w.replica(func(o *Options) { o.Wake = nil })
	other.pace.kicked = time.Hour
	stop := run(t, other)
	w.eventually(other.Here, "the other is up")
	w.eventually(func() bool { return w.channel.State().Phase == Kicked }, "kicked")
	require.False(t, w.channel.Here())
	require.Equal(t, 1, w.server.Counts().Kicked, "it does not kick back")
	require.Equal(t, 2, w.server.Counts().Subscribed)
	stop()
}

func TestAKickedConnectionComesBackAfterAWhile(t *testing.T) {
	w := newWorld(t)
	w.up()
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer { return nil })
	other := w.replica()
	other.pace.kicked = time.Hour
	stop := run(t, other)
	w.eventually(func() bool { return w.server.Counts().Kicked > 1 && w.channel.Here() }, "back")
	stop()
}

func TestAWrongSecretIsSeenAndRepeatedMoreSlowly(t *testing.T) {
	w := newWorld(t, func(_ *wecomtest.RobotOptions, o *Options) { o.Secret = "another" })
	w.channel.pace.refused = time.Hour
	run(t, w.channel)
	w.eventually(func() bool { return w.server.Counts().Refused == mostRejected }, "five times")
	w.eventually(func() bool { return w.channel.State().Phase == Rejected }, "and says so")
	require.Contains(t, w.channel.State().String(), "853000")
	require.Contains(t, w.log.String(), "compare wecom.bot.id and secret")
	require.NotContains(t, w.log.String(), "another\"")
	require.Never(t, func() bool { return w.server.Counts().Refused > mostRejected }, 100*time.Millisecond, 10*time.Millisecond)
}

func TestAcknowledgementsFindTheirCommand(t *testing.T) {
	w := newWorld(t, func(theirs *wecomtest.RobotOptions, _ *Options) { theirs.PerMinute = -1 })
	w.up()
	w.server.Spoken("ann")
	w.server.Spoken("ben")
	hold := make(chan struct{})
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
		if c.Cmd == cmdSend && c.N == 1 {
			return &wecomtest.RobotAnswer{Until: hold, ErrCode: 846607, ErrMsg: "late"}
		}
		return nil
	})
	late := make(chan error, 1)
	go func() { _, err := w.channel.Send(t.Context(), parcel(1, "ann", "一")); late <- err }()
	w.eventually(func() bool { return w.server.Calls(cmdSend) == 1 }, "the first is out")
	_, err := w.channel.Send(t.Context(), parcel(2, "ben", "二"))
	require.NoError(t, err, "the second is not kept waiting")
	close(hold)
	require.Equal(t, bot.Throttled, failure(t, <-late).Reason)
}

// TestCommandsOfOneRequestGoOneAfterTheOther: the platform takes the next answer to a
// callback when it has acknowledged the one before.
func TestCommandsOfOneRequestGoOneAfterTheOther(t *testing.T) {
	w := newWorld(t)
	w.up()
	var mu sync.Mutex
	out, most := 0, 0
	held := make(chan struct{})
	close(held)
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
		if c.Cmd != cmdRespond {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		out++
		most = max(most, out)
		return &wecomtest.RobotAnswer{Until: held, ErrCode: 0}
	})
	l := w.channel.live.Load()
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			_, _, err := l.call(t.Context(), cmdRespond, "one", map[string]int{})
			assert.NoError(t, err)
			mu.Lock()
			out--
			mu.Unlock()
		})
	}
	all.Wait()
	require.LessOrEqual(t, most, 2, "one that is answered may not yet have been counted off")
}

// replicasOf are processes on one database.
func replicasOf(t *testing.T, w *world, n int) (out []*Channel) {
	s := storetest.SQLite(t)
	for i := range n {
		c := w.replica(func(o *Options) {
			o.Wall = time.Now
			o.Seat = &Lease{Store: s, Name: "robot", Owner: string(rune('a' + i)), Wall: time.Now}
		})
		c.pace.lease, c.pace.renew, c.pace.margin, c.pace.kicked = 600*time.Millisecond, 30*time.Millisecond, 100*time.Millisecond, time.Hour
		out = append(out, c)
	}
	return out
}

func TestOfTwoReplicasOneIsConnectedAndTheOtherTakesOver(t *testing.T) {
	w := newWorld(t)
	rs := replicasOf(t, w, 2)
	stop := run(t, rs[0])
	w.eventually(rs[0].Here, "the first")
	run(t, rs[1])
	w.eventually(func() bool { return rs[1].State().Phase == Elsewhere }, "the second sees it")
	require.Equal(t, "a", rs[1].State().Holder)
	require.False(t, rs[1].Here())

	require.NoError(t, w.server.Say("ann", "", "一"))
	w.heard(1)
	begin := time.Now()
	stop() // it gives the seat back
	w.eventually(rs[1].Here, "the second takes over")
	require.Less(t, time.Since(begin), 500*time.Millisecond, "without waiting for the lease")
	require.False(t, rs[0].Here())
	require.NoError(t, w.server.Say("ann", "", "二"))
	w.heard(2)
	require.Equal(t, 1, w.server.Counts().Most, "never two")
	require.Zero(t, w.server.Counts().Kicked)
}

// deaf is a seat whose database is gone.
type deaf struct {
	Seat
	gone chan struct{}
}

func (d deaf) Take(ctx context.Context, life time.Duration) (Tenure, bool, error) {
	select {
	case <-d.gone:
		<-ctx.Done()
		return Tenure{}, false, ctx.Err()
	default:
		return d.Seat.Take(ctx, life)
	}
}

func (d deaf) Release(ctx context.Context, t Tenure) error {
	select {
	case <-d.gone:
		return context.DeadlineExceeded
	default:
		return d.Seat.Release(ctx, t)
	}
}

// TestAHolderThatLosesTheDatabaseClosesBeforeItsLeaseEnds, so that its successor finds
// nobody to kick.
func TestAHolderThatLosesTheDatabaseClosesBeforeItsLeaseEnds(t *testing.T) {
	w := newWorld(t)
	rs := replicasOf(t, w, 2)
	gone := make(chan struct{})
	rs[0].o.Seat = deaf{rs[0].o.Seat, gone}
	run(t, rs[0])
	w.eventually(rs[0].Here, "the first")
	run(t, rs[1])
	close(gone)
	w.eventually(func() bool { return !rs[0].Here() }, "it closes")
	require.False(t, rs[1].Here(), "before the other may open")
	w.eventually(rs[1].Here, "the second takes over")
	require.Zero(t, w.server.Counts().Kicked)
	require.Equal(t, 1, w.server.Counts().Most)
}
