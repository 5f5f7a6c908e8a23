package redis

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store/redis/redistest"
)

// All that is done with Redis works on one server, behind a sentinel and in a cluster.
func TestEveryUseOnEveryKind(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"server":   func(t *testing.T) string { return redistest.Start(t).URL() },
		"sentinel": func(t *testing.T) string { return redistest.StartSentinel(t).URL() },
		"cluster":  func(t *testing.T) string { return redistest.StartCluster(t).URL() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := url(t)
			a, b := open(t, url, Options{Patience: calm}), open(t, url, Options{Patience: calm})
			require.NotContains(t, a.Describe(), "s3cret")

			t.Run("values", func(t *testing.T) { testValues(t, a, b) })
			t.Run("once", func(t *testing.T) { testOnce(t, a, b) })
			t.Run("wake", func(t *testing.T) { testWake(t, a, b) })
			t.Run("budgets", func(t *testing.T) { testBudgets(t, a, b) })

			s := a.Stats()
			for _, u := range []Use{s.Rings, s.Budgets, s.Values, s.Locks} {
				require.NotZero(t, u.Done)
				require.Zero(t, u.Failed+u.Skipped)
			}
			require.False(t, s.Away)
		})
	}
}

// What one replica keeps, another has.
func testValues(t *testing.T, a, b *Redis) {
	ctx := t.Context()
	_, ok := b.Get(ctx, "token")
	require.False(t, ok, "nothing was set")
	for _, value := range []string{"令牌 1", ""} {
		a.Set(ctx, "token", []byte(value), time.Hour)
		got, ok := b.Get(ctx, "token")
		require.True(t, ok)
		require.Equal(t, value, string(got))
	}
	b.Delete(ctx, "token")
	_, ok = a.Get(ctx, "token")
	require.False(t, ok, "deleted")

	for _, ttl := range []time.Duration{0, -time.Second, time.Microsecond} {
		a.Set(ctx, "token", []byte("old"), time.Hour)
		a.Set(ctx, "token", []byte("new"), ttl)
		_, ok = b.Get(ctx, "token")
		require.False(t, ok, "ttl %s keeps nothing, nor what was there before", ttl)
	}

	a.Set(ctx, "token", []byte("short"), 50*time.Millisecond)
	redistest.Eventually(t, "a value ends with its ttl", func() error {
		if _, ok := b.Get(ctx, "token"); ok {
			return errors.New("still there")
		}
		return nil
	})
}

// Of several replicas one has it, until it lets go or its time is over.
func testOnce(t *testing.T, a, b *Redis) {
	ctx := t.Context()
	mine, release := a.Once(ctx, "refresh", time.Hour)
	require.True(t, mine)
	other, nothing := b.Once(ctx, "refresh", time.Hour)
	require.False(t, other)
	nothing()
	other, _ = b.Once(ctx, "refresh", time.Hour)
	require.False(t, other, "who does not have it cannot let go of it")
	release()
	other, release2 := b.Once(ctx, "refresh", time.Hour)
	require.True(t, other, "it was let go")
	release()
	mine, _ = a.Once(ctx, "refresh", time.Hour)
	require.False(t, mine, "letting go twice takes it from nobody")
	release2()

	_, late := a.Once(ctx, "refresh", 30*time.Millisecond)
	var theirs func()
	redistest.Eventually(t, "it ends with its ttl", func() error {
		var ok bool
		if ok, theirs = b.Once(ctx, "refresh", time.Hour); !ok {
			return errors.New("still held")
		}
		return nil
	})
	late()
	mine, _ = a.Once(ctx, "refresh", time.Hour)
	require.False(t, mine, "letting go late takes it from nobody")
	theirs()

	mine, release = a.Once(ctx, "refresh", 0)
	require.True(t, mine, "for no time it is everybody's")
	release()

	done, cancel := context.WithCancel(ctx)
	mine, release = a.Once(done, "refresh", time.Hour)
	require.True(t, mine)
	cancel()
	release()
	mine, release = b.Once(ctx, "refresh", time.Hour)
	require.True(t, mine, "it was let go although its context had ended")
	release()
}

// listen listens, and gives what is heard: one value per call.
func listen(t *testing.T, r *Redis, topic string) <-chan struct{} {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	heard, ended := make(chan struct{}, 100), make(chan struct{})
	go func() {
		defer close(ended)
		r.Listen(ctx, topic, func() { heard <- struct{}{} })
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return heard
}

// hears waits until something is heard.
func hears(t *testing.T, heard <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-heard:
	case <-time.After(20 * time.Second):
		require.Fail(t, "not heard", what)
	}
}

func testWake(t *testing.T, a, b *Redis) {
	outbox, here, schedule := listen(t, b, "outbox"), listen(t, a, "outbox"), listen(t, b, "schedule")
	for _, heard := range []<-chan struct{}{outbox, here, schedule} {
		hears(t, heard, "the beginning")
	}
	for range 3 {
		a.Ring("outbox")
		hears(t, outbox, "a ring from another replica")
		hears(t, here, "one's own ring")
	}
	require.Empty(t, schedule, "another topic")
	b.Ring("schedule")
	hears(t, schedule, "that topic")
	require.Empty(t, outbox)
}

// All or nothing, over all replicas, with one answer how long to wait.
func testBudgets(t *testing.T, a, b *Redis) {
	ctx := t.Context()
	minute := Charge{Key: "app", N: 2, Limit: 5, Per: time.Minute}
	person := Charge{Key: "person.1", N: 1, Limit: 2, Per: time.Hour}
	both := []Charge{minute, person}
	take := func(r *Redis, after time.Duration, charges ...Charge) time.Duration {
		t.Helper()
		wait, err := r.Take(ctx, noon.Add(after), charges)
		require.NoError(t, err)
		return wait
	}
	spent := func(after time.Duration) []int {
		t.Helper()
		sums, err := b.Spent(ctx, noon.Add(after), both)
		require.NoError(t, err)
		return sums
	}
	require.Zero(t, take(a, 0, both...))
	require.Zero(t, take(b, time.Second, both...))
	require.Equal(t, []int{4, 2}, spent(time.Second))
	require.Equal(t, 59*time.Second, take(a, 2*time.Second, minute), "until the first two count no more")
	require.Equal(t, time.Hour+time.Minute-2*time.Second, take(a, 2*time.Second, both...), "the longer of the two")
	require.Equal(t, []int{4, 2}, spent(2*time.Second), "nothing was counted")

	require.NoError(t, b.Refund(ctx, noon, both))
	require.Equal(t, []int{2, 1}, spent(2*time.Second))
	require.NoError(t, b.Refund(ctx, noon.Add(-time.Minute), both))
	require.Equal(t, []int{2, 1}, spent(2*time.Second), "there was nothing then that could be given back")
	require.Zero(t, take(a, 2*time.Second, both...))
	require.Equal(t, []int{0, 2}, spent(2*time.Minute), "a minute counts no more, an hour still does")

	_, err := a.Take(ctx, noon, []Charge{{Key: "app", N: 6, Limit: 5, Per: time.Minute}})
	require.EqualError(t, err, "budget app per 1m0s: 6 at once is more than its limit 5")
	require.NotErrorIs(t, err, ErrAway)
	require.Zero(t, take(a, 0), "nothing is always granted")
}
