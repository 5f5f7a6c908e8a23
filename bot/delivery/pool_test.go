package delivery_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
)

// running starts a world's courier; stop ends it and waits.
func running(t *testing.T, w *bottest.World) (stop func()) {
	before := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); w.Courier.Run(ctx) }()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	return stop
}

// within waits for something that another goroutine does.
func within[T any](t *testing.T, ch <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(10 * time.Second):
		t.Fatal("in vain: " + what)
	}
	return v
}

func TestABroadcastNeverOccupiesAllWorkers(t *testing.T) {
	w := bottest.New(t)
	release, answered := make(chan struct{}), make(chan string, 100)
	var stuck atomic.Int32
	w.Channel.Hold = func(p bot.Parcel) {
		if p.To.Account == "ann" {
			answered <- p.Reply.Text
			return
		}
		stuck.Add(1)
		<-release
	}
	for i := range 100 {
		put(t, w, fmt.Sprint("p", i), bot.PriorityBroadcast)
	}
	stop := running(t, w)
	defer stop()
	defer close(release)
	require.Eventually(t, func() bool { return stuck.Load() == 12 }, 10*time.Second, time.Millisecond)
	for range 3 {
		put(t, w, "ann", bot.PriorityAnswer)
		w.Courier.Wake()
		within(t, answered, "an answer while a broadcast is stuck")
	}
	require.Equal(t, int32(12), stuck.Load())
}

func TestStopFinishesWhatIsInHandAndGivesTheRestBack(t *testing.T) {
	w := bottest.New(t)
	entered, release := make(chan struct{}, 100), make(chan struct{})
	w.Channel.Hold = func(bot.Parcel) { entered <- struct{}{}; <-release }
	for i := range 40 {
		put(t, w, fmt.Sprint("p", i/2), bot.PriorityNotice)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); w.Courier.Run(ctx) }()
	for range 12 {
		within(t, entered, "a send")
	}
	cancel()
	close(release)
	within(t, ended, "the end")
	require.Len(t, allRows(t, w, store.Sent), 12)
	queued := allRows(t, w, store.Queued)
	require.Len(t, queued, 28, "nothing is left in hand")
	for _, d := range queued {
		require.Equal(t, []int{0, 0}, []int{d.Tried, d.Doubts}, "what was not tried is as if it had not been claimed")
	}
	w.Channel.Hold = nil
	w.Flush()
	require.Len(t, allRows(t, w, store.Sent), 40)
	require.Len(t, w.Channel.Attempts(), 40, "each once")
}

func TestARunningCourierKeepsTheOrderOfEachRecipient(t *testing.T) {
	w := bottest.New(t)
	stop := running(t, w)
	want := map[string][]int64{}
	for i := range 300 {
		to := fmt.Sprint("p", i%20)
		want[to] = append(want[to], put(t, w, to, bot.PriorityAnswer))
		w.Courier.Wake()
	}
	require.Eventually(t, func() bool { return len(w.Channel.Attempts()) == 300 }, 20*time.Second, time.Millisecond)
	stop()
	got := map[string][]int64{}
	for _, a := range w.Channel.Attempts() {
		got[a.To] = append(got[a.To], a.ID)
	}
	require.Equal(t, want, got)
	require.Len(t, allRows(t, w, store.Sent), 300)
}

// TestLeasesAreExtendedWhileSendsAreSlow: a hundred sends of three seconds each by
// twelve workers take longer than a lease, and none is given to anybody else.
func TestLeasesAreExtendedWhileSendsAreSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.New(t, bottest.WithWall(time.Now))
		w.Channel.Now = time.Now
		w.Channel.Hold = func(bot.Parcel) { time.Sleep(3 * time.Second) }
		for i := range 30 {
			put(t, w, "one", bot.PriorityAnswer)
			put(t, w, fmt.Sprint("p", i), bot.PriorityNotice)
		}
		other := bottest.New(t, bottest.WithWall(time.Now), bottest.At(w.URL()), bottest.On(w.Channel), bottest.Owner("two"))
		ctx, stop := context.WithCancel(t.Context())
		var couriers sync.WaitGroup
		couriers.Go(func() { w.Courier.Run(ctx) })
		couriers.Go(func() { other.Courier.Run(ctx) })
		time.Sleep(3 * time.Minute)
		stop()
		couriers.Wait()
		seen := map[int64]int{}
		var last time.Time
		for _, a := range w.Channel.Attempts() {
			seen[a.ID]++
			if a.To == "one" {
				require.GreaterOrEqual(t, a.At.Sub(last), 3*time.Second, "one after the other")
				last = a.At
			}
		}
		require.Len(t, seen, 60)
		for id, n := range seen {
			require.Equal(t, 1, n, "%d was sent twice", id)
		}
		for _, d := range allRows(t, w, store.Sent) {
			if d.ToAccount == "one" {
				require.Equal(t, 1, d.Attempts, "its one claim lasted")
			}
		}
	})
}

// TestARunningCourierTriesAgainByItself: no commit wakes it, and it is on time.
func TestARunningCourierTriesAgainByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.New(t, bottest.WithWall(time.Now))
		w.Channel.Now = time.Now
		w.Channel.Does.Limits = "dingtalk/group"
		ctx, stop := context.WithCancel(t.Context())
		var courier sync.WaitGroup
		courier.Go(func() { w.Courier.Run(ctx) })
		w.Channel.Away(bot.NotSent)
		for i := range 25 {
			put(t, w, []string{"群", fmt.Sprint("g", i)}[i%2], bot.PriorityAnswer, func(d *store.Delivery) { d.ToKind = "group" })
		}
		w.Courier.Wake()
		time.Sleep(10 * time.Minute)
		require.Less(t, len(w.Channel.Attempts()), 120, "a first try each, and then one probe at a time")
		require.Empty(t, w.Channel.Shown("群"))
		w.Channel.Away("")
		time.Sleep(40 * time.Second)
		require.Len(t, allRows(t, w, store.Sent), 25)
		stop()
		courier.Wait()
	})
}
