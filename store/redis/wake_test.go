package redis

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store/redis/redistest"
)

// A subscription that is lost, however it is lost, begins again by itself; that is heard
// too, because something may have been missed.
func TestListenThroughEveryFault(t *testing.T) {
	for fault, begin := range faults {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t)
			p := redistest.NewProxy(t, s.Host)
			// Calm: only the subscription itself can notice. Slow is no fault for it.
			r := open(t, behind(t, p, s), Options{Patience: calm})
			heard := listen(t, r, "outbox")
			hears(t, heard, "the beginning")
			if begin(p, s); fault == "slow" {
				other := open(t, s.URL(), Options{Patience: calm})
				other.Ring("outbox")
				hears(t, heard, "a slow ring")
				return
			}
			redistest.Eventually(t, "it is noticed", func() error { return expect(r.away(), "not away") })
			heal(p, s, fault)
			hears(t, heard, "the new beginning")
			redistest.Eventually(t, "Ring", func() error { return uses["Ring"](t.Context(), r, "outbox", true) })
			hears(t, heard, "a ring")
			require.EqualValues(t, 2, r.Stats().Subscribed)
		})
	}
}

// A connection on which nothing happens stays.
func TestListenInSilence(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	r := open(t, s.URL(), Options{Patience: calm})
	heard := listen(t, r, "outbox")
	hears(t, heard, "the beginning")
	late := time.After(5 * silent / 2)
	select {
	case <-heard:
		require.Fail(t, "nothing was rung")
	case <-late:
	}
	r.Ring("outbox")
	hears(t, heard, "a ring")
	require.EqualValues(t, 1, r.Stats().Subscribed)
}

// Listen ends with its context, at once, also while Redis is away.
func TestListenEnds(t *testing.T) {
	s := redistest.Start(t)
	for name, r := range map[string]*Redis{
		"there": open(t, s.URL(), Options{Patience: calm}),
		"away":  prepare(t, "redis://127.0.0.1:1", Options{}),
	} {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			r.Listen(ctx, "outbox", func() { cancel() })
		}()
		if name == "away" {
			cancel()
		}
		took(t, bearable, name, func() error { <-ended; return nil })
		cancel()
	}
}

// Who may not listen does not lose the rest.
func TestListenForbidden(t *testing.T) {
	s := redistest.Start(t)
	r := open(t, s.URL(), Options{Patience: calm})
	require.NoError(t, s.Client().Do(t.Context(), "ACL", "SETUSER", redistest.User, "-subscribe").Err())
	heard := listen(t, r, "outbox")
	for range 20 {
		require.NoError(t, uses["Take"](t.Context(), r, "app", true))
	}
	require.Empty(t, heard)
}
