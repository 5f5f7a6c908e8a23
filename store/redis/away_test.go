package redis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store/redis/redistest"
)

// behind is a server's address by way of a proxy.
func behind(t *testing.T, p *redistest.Proxy, s *redistest.Server) string {
	t.Helper()
	u, err := url.Parse(s.URL())
	require.NoError(t, err)
	u.Host = p.Host
	return u.String()
}

// uses are all that Redis is asked for, each with what it must answer without Redis and
// with it.
var uses = map[string]func(ctx context.Context, r *Redis, key string, there bool) error{
	"Get": func(ctx context.Context, r *Redis, key string, there bool) error {
		if there {
			r.Set(ctx, key, []byte("x"), time.Hour)
		}
		value, ok := r.Get(ctx, key)
		return expect(string(value) == "x" == there && ok == there, "value %q, %v", value, ok)
	},
	"Set": func(ctx context.Context, r *Redis, key string, there bool) error {
		before := r.Stats().Values.Done
		r.Set(ctx, key, []byte("x"), time.Hour)
		return expect(r.Stats().Values.Done > before == there, "it was set")
	},
	"Delete": func(ctx context.Context, r *Redis, key string, there bool) error {
		before := r.Stats().Values.Done
		r.Delete(ctx, key)
		return expect(r.Stats().Values.Done > before == there, "it was deleted")
	},
	"Once": useOnce,
	"Ring": func(_ context.Context, r *Redis, key string, there bool) error {
		before := r.Stats().Rings.Done
		r.Ring(key)
		if !there {
			return nil // that it returns at once is all
		}
		for tick := time.NewTicker(time.Millisecond); r.Stats().Rings.Done == before; <-tick.C {
			if r.away() {
				return errors.New("away")
			}
		}
		return nil
	},
	"Take": func(ctx context.Context, r *Redis, key string, there bool) error {
		wait, err := r.Take(ctx, noon, []Charge{{Key: key, N: 1, Limit: 1 << 30, Per: time.Hour}})
		return expect(wait == 0 && errors.Is(err, ErrAway) != there, "wait %v, %v", wait, err)
	},
	"Refund": func(ctx context.Context, r *Redis, key string, there bool) error {
		err := r.Refund(ctx, noon, []Charge{{Key: key, N: 1, Limit: 5, Per: time.Hour}})
		return expect(errors.Is(err, ErrAway) != there, "%v", err)
	},
	"Spent": func(ctx context.Context, r *Redis, key string, there bool) error {
		_, err := r.Spent(ctx, noon, []Charge{{Key: key, Per: time.Hour}})
		return expect(errors.Is(err, ErrAway) != there, "%v", err)
	},
	"Stats": func(_ context.Context, r *Redis, _ string, there bool) error {
		return expect(r.Stats().Away != there, "away %v", !there)
	},
}

func useOnce(ctx context.Context, r *Redis, key string, there bool) error {
	mine, release := r.Once(ctx, key, time.Hour)
	defer release()
	if there && !mine { // held by who asked while Redis hung, until its ttl is over
		return useOnce(ctx, r, key+"'", there)
	}
	again, release2 := r.Once(ctx, key, time.Hour)
	defer release2()
	return expect(mine && again != there, "mine %v, then %v", mine, again)
}

func expect(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// faults are what a network and a server do to their clients.
var faults = map[string]func(p *redistest.Proxy, s *redistest.Server){
	"refuses":        func(p *redistest.Proxy, _ *redistest.Server) { p.Refuse() },
	"network hangs":  func(p *redistest.Proxy, _ *redistest.Server) { p.Hang() },
	"server hangs":   func(_ *redistest.Proxy, s *redistest.Server) { s.Freeze() },
	"server is dead": func(_ *redistest.Proxy, s *redistest.Server) { s.Stop() },
	"slow":           func(p *redistest.Proxy, _ *redistest.Server) { p.Slow(300 * time.Millisecond) },
}

func heal(p *redistest.Proxy, s *redistest.Server, fault string) {
	switch fault {
	case "server hangs":
		s.Thaw()
	case "server is dead":
		s.Start()
	default:
		p.Heal()
	}
}

// bearable is how long a caller may be held up here: 40 ms, and what a busy machine and
// the race detector add. Without a limit of ours it would be seconds.
const bearable = 400 * time.Millisecond

// Whatever happens to Redis, every use has its answer, the first caller is held up for no
// longer than Patience and the next ones not at all; and when it is over, every use has
// Redis back by itself.
func TestEveryUseThroughEveryFault(t *testing.T) {
	for fault, begin := range faults {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t)
			p := redistest.NewProxy(t, s.Host)
			// Each use has a Redis of its own, so that each is the first to notice.
			users := map[string]*Redis{}
			for use := range uses {
				users[use] = open(t, behind(t, p, s), Options{})
			}
			begin(p, s)
			for use, r := range users {
				if use == "Stats" {
					_, _ = r.Get(t.Context(), "notice")
				}
				took(t, 2*bearable, use+", the first, and Once is two", func() error { return uses[use](t.Context(), r, use, false) })
				redistest.Eventually(t, "it is noticed", func() error { return expect(r.away(), "not away") })
				took(t, bearable, use+", a hundred more", func() error {
					var all error
					for range 100 {
						all = errors.Join(all, uses[use](t.Context(), r, use, false))
					}
					return all
				})
			}
			heal(p, s, fault)
			for use, r := range users {
				// A busy machine may lose it again, so one try need not do.
				redistest.Eventually(t, use+" has it back", func() error { return uses[use](t.Context(), r, use, true) })
			}
		})
	}
}

// took does it and looks that it took no longer.
func took(t *testing.T, limit time.Duration, what string, do func() error) {
	t.Helper()
	done := make(chan error, 1)
	late := time.NewTimer(limit)
	defer late.Stop()
	go func() { done <- do() }()
	select {
	case err := <-done:
		require.NoError(t, err, what)
	case <-late.C:
		require.NoError(t, <-done, what)
		require.Fail(t, "held up too long", what)
	}
}

// A Redis that is away from the start is no error, costs nobody anything, and is used when
// it comes.
func TestAwayFromTheStart(t *testing.T) {
	for _, fault := range []string{"refuses", "network hangs"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t)
			p := redistest.NewProxy(t, s.Host)
			faults[fault](p, s)
			r := prepare(t, behind(t, p, s), Options{})
			heard := listen(t, r, "outbox")
			for use := range uses {
				took(t, bearable, use, func() error { return uses[use](t.Context(), r, use, false) })
			}
			err := r.Ping(t.Context())
			require.ErrorContains(t, err, "asking Redis (redis "+p.Host+"/1) for a sign of life: ")
			require.NotContains(t, err.Error(), "s3cret")
			require.Empty(t, heard)
			p.Heal()
			hears(t, heard, "the beginning")
			redistest.Eventually(t, "Ping", func() error { return r.Ping(t.Context()) })
			for use := range uses {
				redistest.Eventually(t, use, func() error { return uses[use](t.Context(), r, use, true) })
			}
		})
	}
}

// Connections that break with the server well, as when it restarts, are lost all at once
// and not one by one.
func TestBrokenConnectionsAreNotTriedOneByOne(t *testing.T) {
	s := redistest.Start(t)
	p := redistest.NewProxy(t, s.Host)
	r := open(t, behind(t, p, s), Options{Patience: calm})
	var many sync.WaitGroup
	for range 20 {
		many.Go(func() { r.Get(context.Background(), "token") })
	}
	many.Wait()
	p.Cut()
	before := r.Stats().Values
	redistest.Eventually(t, "it is back", func() error { return uses["Get"](t.Context(), r, "token", true) })
	require.EqualValues(t, 1, r.Stats().Values.Failed-before.Failed)
}

// While Redis is away it is asked by the keeper only, and by callers not at all.
func TestNobodyAsksWhileAway(t *testing.T) {
	s := redistest.Start(t)
	p := redistest.NewProxy(t, s.Host)
	r := open(t, behind(t, p, s), Options{Patience: calm})
	p.Refuse()
	for range 50 {
		_, ok := r.Get(t.Context(), "token")
		require.False(t, ok)
	}
	require.Equal(t, Use{Failed: 1, Skipped: 49}, r.Stats().Values)
}

// A caller that gives up has lost its own patience, and is no reason to do without Redis.
func TestACallerThatGivesUp(t *testing.T) {
	s := redistest.Start(t)
	p := redistest.NewProxy(t, s.Host)
	r := open(t, behind(t, p, s), Options{Patience: calm})
	p.Hang()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := r.Take(ctx, noon, []Charge{{Key: "app", N: 1, Limit: 1, Per: time.Hour}})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.False(t, r.Stats().Away)
	p.Heal()
	require.NoError(t, uses["Get"](t.Context(), r, "token", true))
}

// A full Redis answers a ping and takes no writes: it is away until it has room.
func TestAFullRedisIsAway(t *testing.T) {
	s := redistest.Start(t)
	r, c := open(t, s.URL(), Options{}), s.Client()
	require.NoError(t, c.ConfigSet(t.Context(), "maxmemory", "1").Err())
	require.NoError(t, uses["Take"](t.Context(), r, "app", false))
	require.ErrorContains(t, r.Ping(t.Context()), "OOM")
	require.NoError(t, c.ConfigSet(t.Context(), "maxmemory", "0").Err())
	redistest.Eventually(t, "it has room", func() error { return uses["Take"](t.Context(), r, "app", true) })
}

// What the account may not do fails by itself; the rest goes on.
func TestWhatIsForbiddenConcernsNothingElse(t *testing.T) {
	s := redistest.Start(t)
	r := open(t, s.URL(), Options{Patience: calm})
	require.NoError(t, s.Client().Do(t.Context(), "ACL", "SETUSER", redistest.User, "-get").Err())
	_, ok := r.Get(t.Context(), "token")
	require.False(t, ok)
	require.Equal(t, Use{Failed: 1}, r.Stats().Values)
	require.NoError(t, uses["Take"](t.Context(), r, "app", true))
	require.False(t, r.Stats().Away)
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (j *journal) log() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// says waits until the log has said so many times that Redis is away and that it is back.
func (j *journal) says(t *testing.T, away, back int) {
	t.Helper()
	redistest.Eventually(t, "the log", func() error {
		text := j.String()
		return expect(strings.Count(text, "Redis is away") == away && strings.Count(text, "Redis is back") == back, "%s", text)
	})
}

func TestAWrongPassword(t *testing.T) {
	s, j := redistest.Start(t), &journal{}
	r := prepare(t, "redis://desk:wr0ng@"+s.Host+"/1", Options{Patience: calm, Log: j.log()})
	err := r.Ping(t.Context())
	require.ErrorContains(t, err, "WRONGPASS")
	j.says(t, 1, 0)
	require.NotContains(t, err.Error()+j.String(), "wr0ng")
}

// The log hears once of every loss, and once of every return.
func TestTheLogHearsOfEveryLossOnce(t *testing.T) {
	s, j := redistest.Start(t), &journal{}
	p := redistest.NewProxy(t, s.Host)
	p.Refuse()
	r := prepare(t, behind(t, p, s), Options{Patience: calm, Log: j.log()})
	j.says(t, 1, 0)
	require.Error(t, r.Ping(t.Context()))
	p.Heal()
	require.NoError(t, r.Ping(t.Context()))
	j.says(t, 1, 1)
	p.Refuse()
	for range 50 {
		r.Get(t.Context(), "token")
	}
	j.says(t, 2, 1)
	p.Heal()
	require.NoError(t, r.Ping(t.Context()))
	j.says(t, 2, 2)
	require.NotContains(t, j.String(), "s3cret")
}

// After Close every use is answered as without Redis, and closing again is no error.
func TestClosed(t *testing.T) {
	r := open(t, redistest.Start(t).URL(), Options{})
	heard, ended := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(ended)
		r.Listen(context.Background(), "outbox", func() { heard <- struct{}{} })
	}()
	hears(t, heard, "the beginning")
	require.NoError(t, r.Close())
	<-ended
	for use := range uses {
		took(t, bearable, use, func() error { return uses[use](t.Context(), r, use, false) })
	}
	r.Listen(t.Context(), "outbox", func() { t.Error("heard something") })
	require.Error(t, r.Ping(t.Context()))
}
