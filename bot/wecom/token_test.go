package wecom

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

// memoryTokens is the place that replicas share.
type memoryTokens struct {
	mu    sync.Mutex
	wall  func() time.Time
	held  map[string][]byte
	ends  map[string]time.Time
	taken map[string]bool
	away  bool
	keeps bool // deletes nothing
}

func newMemoryTokens(wall func() time.Time) *memoryTokens {
	return &memoryTokens{wall: wall, held: map[string][]byte{}, ends: map[string]time.Time{}, taken: map[string]bool{}}
}

func (m *memoryTokens) Get(_ context.Context, key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.held[key]
	return v, ok && !m.away && m.wall().Before(m.ends[key])
}

func (m *memoryTokens) Set(_ context.Context, key string, value []byte, ttl time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ttl <= 0 {
		panic("Redis takes no such time to live")
	}
	m.held[key], m.ends[key] = value, m.wall().Add(ttl)
}

func (m *memoryTokens) Delete(_ context.Context, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.keeps {
		delete(m.held, key)
	}
}

func (m *memoryTokens) Once(_ context.Context, key string, _ time.Duration) (bool, func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return true, func() {}
	}
	if m.taken[key] {
		return false, nil
	}
	m.taken[key] = true
	return true, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.taken, key)
	}
}

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
					place = newMemoryTokens(time.Now)
				}
				s := newSource(place, "k", time.Now, m.fetch)
				var all sync.WaitGroup
				ask := func(want string) {
					for range 1000 {
						all.Go(func() {
							token, err := s.get(t.Context())
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
					all.Go(func() { s.invalidate(t.Context(), "t2") })
				}
				all.Wait()
				ask("t3")
				s.invalidate(t.Context(), "t2") // late
				ask("t3")
				require.EqualValues(t, 3, m.given.Load())
			})
		})
	}
}

func TestReplicasFetchOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: 7200, slow: time.Second}
		place := newMemoryTokens(time.Now)
		var replicas []*source
		for range 10 {
			replicas = append(replicas, newSource(place, "k", time.Now, m.fetch))
		}
		var all sync.WaitGroup
		ask := func(want string) {
			for _, s := range replicas {
				all.Go(func() {
					token, err := s.get(t.Context())
					require.NoError(t, err)
					require.Equal(t, want, token)
				})
			}
			all.Wait()
		}
		ask("t1")
		for _, s := range replicas { // all are refused, one after the other
			s.invalidate(t.Context(), "t1")
		}
		ask("t2")
		replicas[0].invalidate(t.Context(), "t1") // late: t2 stays
		ask("t2")
		require.EqualValues(t, 2, m.given.Load())
	})
}

func TestARefusedTokenThatStillLiesInTheSharedPlaceIsNotTakenUpAgain(t *testing.T) {
	place := newMemoryTokens(time.Now)
	place.keeps = true
	s := newSource(place, "k", time.Now, (&mint{life: 7200}).fetch)
	for _, want := range []string{"t1", "t2", "t3"} {
		token, err := s.get(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, token)
		s.invalidate(t.Context(), token)
	}
}

func TestAReplicaThatDiedWhileFetchingIsNotWaitedForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		place := newMemoryTokens(time.Now)
		mine, _ := place.Once(t.Context(), "k:refresh", time.Hour) // and never releases
		require.True(t, mine)
		m := &mint{life: 7200}
		begun := time.Now()
		token, err := newSource(place, "k", time.Now, m.fetch).get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t1", token)
		require.Equal(t, watching, time.Since(begun))
	})
}

func TestWithoutTheSharedPlaceEachAsksForItself(t *testing.T) {
	place := newMemoryTokens(time.Now)
	place.away = true
	m := &mint{life: 20} // shorter than what is taken off
	s := newSource(place, "k", time.Now, m.fetch)
	for range 3 {
		token, err := s.get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t1", token)
	}
	s.invalidate(t.Context(), "t1")
	token, err := s.get(t.Context())
	require.NoError(t, err)
	require.Equal(t, "t2", token)
}

func TestWhatLiesInTheSharedPlaceIsNotTrusted(t *testing.T) {
	for _, text := range []string{"", "null", "{}", `{"token":"","until":99999999999}`, `{"token":"old","until":1}`, "t0", `{"token":5}`} {
		place := newMemoryTokens(time.Now)
		place.Set(t.Context(), "k", []byte(text), time.Hour)
		m := &mint{life: 7200}
		token, err := newSource(place, "k", time.Now, m.fetch).get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t1", token, text)
	}
}

func TestARefusedSecretIsNotTriedAllTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{err: &bot.SendError{Reason: bot.NotTrusted, Err: errors.New("40001")}}
		s := newSource(nil, "k", time.Now, m.fetch)
		for range 100 {
			_, err := s.get(t.Context())
			require.ErrorIs(t, err, m.err)
		}
		require.EqualValues(t, 1, m.given.Load())
		time.Sleep(sulking)
		m.err = nil
		_, err := s.get(t.Context())
		require.NoError(t, err)
	})
}

func TestACallerWhoLeavesDoesNotSpoilItForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mint{life: 7200, slow: time.Second}
		s := newSource(nil, "k", time.Now, m.fetch)
		hurried, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := s.get(hurried)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		token, err := s.get(t.Context())
		require.NoError(t, err)
		require.Equal(t, "t1", token)
		require.EqualValues(t, 1, m.given.Load())
	})
}

func TestARevokedTokenIsReplacedInTheMiddleOfABroadcast(t *testing.T) {
	w := newWorld(t)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.SendPath && c.N == 3 {
			w.server.RevokeToken()
		}
		return nil
	})
	var ps []bot.Parcel
	for i := range 4000 {
		ps = append(ps, parcel(int64(i+1), fmt.Sprintf("user%d", i), "周五截止"))
	}
	for _, o := range w.channel.SendAll(t.Context(), ps) {
		require.NoError(t, o.Err)
	}
	require.Equal(t, 4000, w.server.Counts().Shown)
	require.Equal(t, 2, w.server.Counts().Tokens)
	require.Equal(t, 5, w.server.Calls(wecomtest.SendPath), "four of them and one again")
}

func TestManySendersOutliveRevokedTokens(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.MemberMinute = -1 })
	place := newMemoryTokens(w.clock.Now)
	channels := []*Channel{w.replica(func(o *Options) { o.Shared = place }), w.replica(func(o *Options) { o.Shared = place })}
	const revoked = 4
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 5 * revoked {
				if i == 0 && j%5 == 4 {
					w.server.RevokeToken()
				}
				send := func() error {
					_, err := channels[i%2].Send(t.Context(), parcel(int64(1+i*100+j), "a", "在"))
					return err
				}
				err := send()
				for again := 1; err != nil && again < revoked; again++ { // revoked twice within one call: the courier tries again
					assert.Equal(t, bot.NotSent, failure(t, err).Fate)
					err = send()
				}
				assert.NoError(t, err)
			}
		})
	}
	all.Wait()
	require.Equal(t, 16*5*revoked, w.server.Counts().Shown)
	require.LessOrEqual(t, w.server.Counts().Tokens, 1+revoked)
}

func TestShortTokensAreRenewed(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.TokenLife = 40 * time.Second })
	for i := range 10 {
		_, err := w.channel.Send(t.Context(), parcel(int64(i+1), "a", "在"))
		require.NoError(t, err)
		w.clock.Forward(25 * time.Second)
	}
	require.Len(t, w.server.Shown("a"), 10)
}

func TestAWrongSecretIsSaidSoAndStopsEverybody(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.Secret = "another" })
	_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
	got := failure(t, err)
	require.Equal(t, bot.SendError{Fate: bot.NotSent, Reason: bot.NotTrusted, Wait: time.Minute, Everybody: true, Err: got.Err}, *got)
	require.ErrorContains(t, err, "40001")
	require.Zero(t, w.server.Calls(wecomtest.SendPath))
}
