package redis

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store/redis/redistest"
)

// pair is two replicas with one Redis, of which each can lose its connection.
type pair struct {
	*testing.T
	a, b   *Fallback
	pa, pb *redistest.Proxy
	ra, rb *Redis
}

func newPair(t *testing.T) *pair {
	t.Helper()
	s := redistest.Start(t)
	p := &pair{T: t, pa: redistest.NewProxy(t, s.Host), pb: redistest.NewProxy(t, s.Host)}
	p.ra = open(t, behind(t, p.pa, s), Options{Patience: calm})
	p.rb = open(t, behind(t, p.pb, s), Options{Patience: calm})
	two := func() int { return 2 }
	p.a, p.b = NewFallback(p.ra, two), NewFallback(p.rb, two)
	return p
}

// cut takes Redis away from both.
func (p *pair) cut() {
	p.Helper()
	p.pa.Refuse()
	p.pb.Refuse()
	for _, r := range []*Redis{p.ra, p.rb} {
		redistest.Eventually(p, "away", func() error {
			r.Get(p.Context(), "notice")
			return expect(r.away(), "not away")
		})
	}
}

// heal gives it back to both.
func (p *pair) heal() {
	p.Helper()
	p.pa.Heal()
	p.pb.Heal()
	for _, r := range []*Redis{p.ra, p.rb} {
		redistest.Eventually(p, "back", func() error { return r.Ping(p.Context()) })
	}
}

// takes asks f for n up to times times, and gives how often it was granted.
func (p *pair) takes(f *Fallback, after time.Duration, n, times int) int {
	p.Helper()
	for i := range times {
		wait, err := f.Take(p.Context(), noon.Add(after), ten(n))
		require.NoError(p, err)
		if wait > 0 {
			require.LessOrEqual(p, wait, time.Minute+time.Second)
			return i
		}
	}
	return times
}

func (p *pair) spent(f *Fallback, after time.Duration) int {
	p.Helper()
	sums, err := f.Spent(p.Context(), noon.Add(after), ten(0))
	require.NoError(p, err)
	return sums[0]
}

// ten is a charge to a budget of ten a minute.
func ten(n int) []Charge { return []Charge{{Key: "app", N: n, Limit: 10, Per: time.Minute}} }

// While Redis is there, all replicas have one limit between them.
func TestFallbackShares(t *testing.T) {
	p := newPair(t)
	require.Equal(t, 7, p.takes(p.a, 0, 1, 7))
	require.Equal(t, 3, p.takes(p.b, 0, 1, 7))
	require.Equal(t, 10, p.spent(p.a, 0))
}

// A sudden loss does not double what was just sent: memory knows it.
func TestFallbackAfterALoss(t *testing.T) {
	p := newPair(t)
	require.Equal(t, 4, p.takes(p.a, 0, 1, 4))
	require.Equal(t, 3, p.takes(p.b, 0, 1, 3))
	p.cut()
	require.Equal(t, 1, p.takes(p.a, time.Second, 1, 9), "half of ten, four of which are spent")
	require.Equal(t, 2, p.takes(p.b, time.Second, 1, 9))
	require.Equal(t, 5, p.spent(p.a, time.Second), "what this replica knows of")
	require.Equal(t, 5, p.takes(p.a, 2*time.Minute, 1, 9), "half of ten")
}

// Nor does a sudden return: what was granted alone is counted before Redis is asked.
func TestFallbackAfterAReturn(t *testing.T) {
	p := newPair(t)
	p.cut()
	require.Equal(t, 5, p.takes(p.a, 0, 1, 9))
	require.Equal(t, 5, p.takes(p.b, 30*time.Second, 1, 9))
	p.heal()
	require.Equal(t, 5, p.takes(p.b, 40*time.Second, 1, 5), "five of its own, and a's are not known yet")
	require.Zero(t, p.takes(p.a, 40*time.Second, 1, 1), "a's five are told first")
	require.Equal(t, 15, p.spent(p.a, 40*time.Second), "less than the limit too many, as is said above")
	require.Equal(t, 15-5, p.spent(p.b, 62*time.Second), "each counts from when it was granted")
}

// Nor does a Redis that comes back empty.
func TestFallbackWhenRedisHasForgotten(t *testing.T) {
	s := redistest.Start(t)
	p := &pair{T: t, a: NewFallback(open(t, s.URL(), Options{Patience: calm}), func() int { return 1 })}
	require.Equal(t, 8, p.takes(p.a, 0, 1, 8))
	require.NoError(t, s.Client().FlushAll(t.Context()).Err())
	require.Equal(t, 2, p.takes(p.a, time.Second, 1, 8))
	require.Equal(t, 2, p.spent(p.a, time.Second), "it was there, and had forgotten")
}

// What was granted alone and given back is owed no more.
func TestFallbackRefund(t *testing.T) {
	p := newPair(t)
	require.Equal(t, 3, p.takes(p.a, 0, 1, 3))
	p.cut()
	require.Equal(t, 2, p.takes(p.a, 0, 1, 9))
	require.NoError(t, p.a.Refund(t.Context(), noon, ten(1)))
	require.Equal(t, 1, p.takes(p.a, 0, 1, 9), "memory has room again")
	require.NoError(t, p.a.Refund(t.Context(), noon, ten(2)))
	p.heal()
	require.Zero(t, p.takes(p.a, 0, 10, 1))
	require.Equal(t, 3, p.spent(p.b, 0), "none of what was granted alone is owed any more")
	require.NoError(t, p.a.Refund(t.Context(), noon, ten(2)))
	require.Equal(t, 1, p.spent(p.b, 0), "what was granted together is given back together")
	p.cut()
	require.NoError(t, p.a.Refund(t.Context(), noon, ten(1)), "lost, but no error")
	p.heal()
	require.Equal(t, 1, p.spent(p.b, 0))
}

// What fits into the limit at once is granted by one replica alone, though its share is less.
func TestFallbackOfOneLargeCharge(t *testing.T) {
	for _, n := range []int{10, 1} {
		f := NewFallback(nil, func() int { return 100 })
		wait, err := f.Take(t.Context(), noon, ten(n))
		require.NoError(t, err)
		require.Zero(t, wait)
		wait, err = f.Take(t.Context(), noon, ten(1))
		require.NoError(t, err)
		require.Positive(t, wait)
	}
	_, err := NewFallback(nil, func() int { return 100 }).Take(t.Context(), noon, ten(11))
	require.EqualError(t, err, "budget app per 1m0s: 11 at once is more than its limit 10")
}

// Without Redis, one process has the whole limit; nobody alive is one alive.
func TestFallbackWithoutRedis(t *testing.T) {
	for _, replicas := range []int{1, 0, -1} {
		p := &pair{T: t, a: NewFallback(nil, func() int { return replicas })}
		require.Equal(t, 10, p.takes(p.a, 0, 1, 20))
		require.Equal(t, 10, p.spent(p.a, 0))
		require.NoError(t, p.a.Refund(t.Context(), noon, ten(4)))
		require.Equal(t, 6, p.spent(p.a, 0))
	}
}

// broken is a shared budget that fails to be asked, and may fail to be told.
type broken struct {
	Budget
	told int
	fail bool
}

func (b *broken) Take(context.Context, time.Time, []Charge) (time.Duration, error) { return 0, ErrAway }

func (b *broken) count(_ context.Context, _ time.Time, lines []line) error {
	if b.fail {
		return ErrAway
	}
	b.told += len(lines)
	return nil
}

// What is owed is told once, as soon as it can be, and not at all when it no longer counts.
func TestFallbackOwes(t *testing.T) {
	shared := &broken{fail: true}
	f := &Fallback{shared: shared, share: func() int { return 1 }}
	p := &pair{T: t, a: f}
	require.Equal(t, 1, p.takes(f, 0, 1, 1))
	require.Equal(t, 1, p.takes(f, 10*time.Second, 1, 1))
	require.Zero(t, shared.told)
	shared.fail = false
	require.Equal(t, 1, p.takes(f, 20*time.Second, 1, 1))
	require.Equal(t, 2, shared.told, "the two sub-buckets before")
	require.Equal(t, 1, p.takes(f, 21*time.Second, 1, 1))
	require.Equal(t, 3, shared.told, "the one since")
	require.Equal(t, 1, p.takes(f, time.Hour, 1, 1))
	require.Equal(t, 3, shared.told, "nothing of it counts any more")

	_, err := f.Take(t.Context(), noon.Add(time.Hour), []Charge{{Key: "person", N: 1, Limit: 1, Per: time.Minute}})
	require.NoError(t, err)
	require.Equal(t, 3, shared.told, "another budget's debts can wait until that is asked")
	require.Equal(t, 1, p.takes(f, 2*time.Hour, 1, 1))
	require.Len(t, f.owed.windows, 1, "what no longer counts takes no memory")
}

// A caller that has given up hears so.
func TestFallbackOfACallerThatHasGivenUp(t *testing.T) {
	p := newPair(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := p.a.Take(ctx, noon, ten(1))
	require.True(t, errors.Is(err, context.Canceled))
	require.Zero(t, p.spent(p.a, 0))
}
