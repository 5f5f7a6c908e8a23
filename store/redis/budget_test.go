package redis

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/store/redis/redistest"
)

// exact is what budgets are measured by: every grant with its time, to the nanosecond.
type exact []grant

type grant struct {
	at      time.Time
	charges []Charge
}

// spent is what was granted from c's budget in the last span, both ends included.
func (e exact) spent(c Charge, now time.Time, span time.Duration) int {
	sum := 0
	for _, g := range e {
		for _, o := range g.charges {
			if o.Key == c.Key && o.Per == c.Per && !g.at.Before(now.Add(-span)) {
				sum += o.N
			}
		}
	}
	return sum
}

// budgets are those of one run of the property: keys with one period and with several.
func budgets(run string) []Charge {
	return []Charge{
		{Key: "app" + run, Limit: 5, Per: time.Minute},
		{Key: "app" + run, Limit: 12, Per: time.Hour},
		{Key: "person" + run, Limit: 3, Per: 7 * time.Second / 3},
		{Key: "month" + run, Limit: 20, Per: 31 * 24 * time.Hour},
	}
}

// some draws charges from budgets, each at most once.
func some(t *rapid.T, of []Charge) []Charge {
	var charges []Charge
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(of)-1), 1, 3, rapid.ID[int]).Draw(t, "budgets") {
		c := of[i]
		c.N = rapid.IntRange(0, c.Limit).Draw(t, "n")
		charges = append(charges, c)
	}
	return charges
}

// steps are between two calls: none, a nanosecond, about a sub-bucket, about a period.
func step(t *rapid.T, of []Charge) time.Duration {
	per := rapid.SampledFrom(of).Draw(t, "scale").Per
	switch rapid.IntRange(0, 4).Draw(t, "kind of step") {
	case 0:
		return 0
	case 1:
		return 1
	case 2:
		return time.Duration(rapid.Int64Range(0, int64(per)/parts*2).Draw(t, "sub-bucket"))
	case 3:
		return time.Duration(rapid.Int64Range(0, int64(per)/4).Draw(t, "part"))
	default:
		return time.Duration(rapid.Int64Range(int64(per), int64(per)+int64(per)/parts).Draw(t, "period"))
	}
}

// In no window of the length Per is more granted than Limit. Nothing is refused that an exact
// count over a sixtieth more would grant. After the wait it is granted, and a nanosecond
// before it is not; the wait is more than 0 and at most Per and a sixtieth. Memory
// and Redis give the same answers.
func TestNeverMoreThanTheLimitInAnyWindow(t *testing.T) {
	// A hash that is no list gives its fields in any order.
	r := open(t, redistest.Start(t, "hash-max-listpack-entries 0").URL(), Options{Patience: calm})
	ctx, run := t.Context(), 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		of := budgets(fmt.Sprintf(".%d", run))
		memory, now := &MemoryBudget{}, noon
		var granted exact

		// take takes from both, and counts what is granted.
		take := func(now time.Time, charges []Charge) time.Duration {
			wait, err := memory.Take(ctx, now, charges)
			require.NoError(t, err)
			shared, err := r.Take(ctx, now, charges)
			require.NoError(t, err)
			require.Equal(t, wait, shared, "memory and Redis")
			if wait == 0 {
				granted = append(granted, grant{now, charges})
				for _, c := range charges {
					require.LessOrEqual(t, granted.spent(c, now, c.Per), c.Limit, "%s per %s", c.Key, c.Per)
				}
			}
			return wait
		}
		t.Repeat(map[string]func(*rapid.T){
			"take": func(t *rapid.T) {
				now = now.Add(step(t, of))
				charges := some(t, of)
				wait := take(now, charges)
				if wait == 0 {
					return
				}
				long, full := time.Duration(0), false
				for _, c := range charges {
					long = max(long, c.Per+c.Per/parts)
					full = full || granted.spent(c, now, c.Per+c.Per/parts)+c.N > c.Limit
				}
				require.True(t, full, "refused without reason")
				require.Positive(t, wait)
				require.LessOrEqual(t, wait, long)
				if rapid.Bool().Draw(t, "come back") {
					require.Positive(t, take(now.Add(wait-1), charges), "granted before the wait is over")
					now = now.Add(wait)
					require.Zero(t, take(now, charges), "the wait is over")
				}
			},
			"refund": func(t *rapid.T) {
				if len(granted) == 0 {
					return
				}
				i := rapid.IntRange(0, len(granted)-1).Draw(t, "grant")
				g := granted[i]
				require.NoError(t, memory.Refund(ctx, g.at, g.charges))
				require.NoError(t, r.Refund(ctx, g.at, g.charges))
				granted = append(granted[:i:i], granted[i+1:]...)
			},
			"": func(t *rapid.T) {
				sums, err := memory.Spent(ctx, now, of)
				require.NoError(t, err)
				shared, err := r.Spent(ctx, now, of)
				require.NoError(t, err)
				require.Equal(t, sums, shared, "memory and Redis")
				for i, c := range of {
					require.GreaterOrEqual(t, sums[i], granted.spent(c, now, c.Per))
					require.LessOrEqual(t, sums[i], granted.spent(c, now, c.Per+c.Per/parts))
				}
			},
		})
	})
}

// Where clocks differ by d, the limit holds in every window that is shorter by d, and no wait
// is longer than promised.
func TestClocksThatDiffer(t *testing.T) {
	r := open(t, redistest.Start(t).URL(), Options{Patience: calm})
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		c := Charge{Key: fmt.Sprint("app.", run), N: 1, Limit: rapid.IntRange(1, 5).Draw(t, "limit"), Per: time.Minute}
		apart := time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(t, "apart"))
		var budget MemoryBudget
		var granted exact // in true time
		now := noon
		for range rapid.IntRange(1, 60).Draw(t, "calls") {
			now = now.Add(step(t, []Charge{c}))
			clock := now
			if rapid.Bool().Draw(t, "ahead") {
				clock = clock.Add(apart)
			}
			wait, err := budget.Take(t.Context(), clock, []Charge{c})
			require.NoError(t, err)
			shared, err := r.Take(t.Context(), clock, []Charge{c})
			require.NoError(t, err)
			require.Equal(t, wait, shared, "memory and Redis")
			require.LessOrEqual(t, wait, c.Per+c.Per/parts)
			if wait == 0 {
				granted = append(granted, grant{now, []Charge{c}})
				// One nanosecond less: the far end of the window is not included here.
				require.LessOrEqual(t, granted.spent(c, now, c.Per-apart-1), c.Limit)
			}
		}
	})
}

// Many at once get exactly the limit between them.
func TestManyTakeAtOnce(t *testing.T) {
	r := open(t, redistest.Start(t).URL(), Options{Patience: calm})
	for name, budget := range map[string]Budget{"memory": &MemoryBudget{}, "redis": r, "fallback": NewFallback(r, func() int { return 1 })} {
		charges := []Charge{{Key: "app." + name, N: 1, Limit: 50, Per: time.Hour}, {Key: "all." + name, N: 2, Limit: math.MaxInt32, Per: time.Hour}}
		var mu sync.Mutex
		var all sync.WaitGroup
		granted := 0
		for range 100 {
			all.Go(func() {
				wait, err := budget.Take(context.Background(), noon, charges)
				mu.Lock()
				defer mu.Unlock()
				if err == nil && wait == 0 {
					granted++
				}
			})
		}
		all.Wait()
		require.Equal(t, 50, granted, name)
		sums, err := budget.Spent(t.Context(), noon, charges)
		require.NoError(t, err)
		require.Equal(t, []int{50, 100}, sums, name)
	}
}

// What can never be granted is an error, and counts nothing.
func TestWhatCannotBeCharged(t *testing.T) {
	good := Charge{Key: "app", N: 1, Limit: 5, Per: time.Minute}
	r := open(t, redistest.Start(t).URL(), Options{Patience: calm})
	for want, charge := range map[string]Charge{
		"budget app per 1m0s: 6 at once is more than its limit 5":        {Key: "app", N: 5, Limit: 5, Per: time.Minute},
		"budget app per 1h0m0s: 1 at once is more than its limit 0":      {Key: "app", N: 1, Limit: 0, Per: time.Hour},
		"budget app per 1m0s: less than nothing cannot be charged":       {Key: "app", N: -1, Limit: 5, Per: time.Minute},
		"budget app per 0s: a period must be from 1ms to 768h0m0s":       {Key: "app", N: 1, Limit: 5},
		"budget app per 769h0m0s: a period must be from 1ms to 768h0m0s": {Key: "app", N: 1, Limit: 5, Per: 769 * time.Hour},
	} {
		for _, budget := range []Budget{&MemoryBudget{}, r, NewFallback(nil, func() int { return 3 })} {
			_, err := budget.Take(t.Context(), noon, []Charge{good, charge})
			require.EqualError(t, err, want)
			require.EqualError(t, budget.Refund(t.Context(), noon, []Charge{good, charge}), want)
			sums, err := budget.Spent(t.Context(), noon, []Charge{good})
			require.NoError(t, err)
			require.Equal(t, []int{0}, sums)
		}
	}
}

// Two charges to one budget are one, under the lower limit.
func TestTwoChargesToOneBudget(t *testing.T) {
	r := open(t, redistest.Start(t).URL(), Options{Patience: calm})
	for _, budget := range []Budget{&MemoryBudget{}, r, NewFallback(nil, func() int { return 1 })} {
		twice := []Charge{{Key: "app", N: 1, Limit: 9, Per: time.Minute}, {Key: "app", N: 2, Limit: 4, Per: time.Minute}}
		for _, granted := range []bool{true, false} {
			wait, err := budget.Take(t.Context(), noon, twice)
			require.NoError(t, err)
			require.Equal(t, granted, wait == 0)
		}
		sums, err := budget.Spent(t.Context(), noon, twice)
		require.NoError(t, err)
		require.Equal(t, []int{3, 3}, sums)
	}
}

// Every key begins with the prefix and ends by itself; a budget not before it counts
// for nothing.
func TestKeysEndByThemselves(t *testing.T) {
	server := redistest.Start(t)
	r := open(t, server.URL(), Options{Prefix: "desk", Patience: calm})
	ctx, c := t.Context(), server.Client()
	_, err := r.Take(ctx, noon, []Charge{{Key: "app", N: 1, Limit: 5, Per: time.Minute}, {Key: "month", N: 1, Limit: 5, Per: longest}})
	require.NoError(t, err)
	r.Set(ctx, "token", []byte("x"), time.Hour)
	_, release := r.Once(ctx, "refresh", time.Hour)
	defer release()
	keys, err := c.Keys(ctx, "*").Result()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(keys), 4)
	for _, key := range keys {
		require.True(t, strings.HasPrefix(key, "desk:"), key)
		left, err := c.PTTL(ctx, key).Result()
		require.NoError(t, err)
		require.Positive(t, left, key)
		switch {
		case strings.Contains(key, "app"):
			require.InDelta(t, time.Minute+time.Second+margin, left, float64(5*time.Second))
		case strings.Contains(key, "month"):
			require.InDelta(t, longest+longest/parts+margin, left, float64(5*time.Second))
		}
	}
}

// A budget in Redis holds no more numbers than a period has sub-buckets, and memory is given
// back for what no longer counts.
func TestBudgetsStaySmall(t *testing.T) {
	server := redistest.Start(t)
	r := open(t, server.URL(), Options{Patience: calm})
	var memory MemoryBudget
	c := Charge{Key: "app", N: 1, Limit: math.MaxInt32, Per: time.Minute}
	for i := range 300 {
		for _, budget := range []Budget{r, &memory} {
			_, err := budget.Take(t.Context(), noon.Add(time.Duration(i)*time.Second), []Charge{c})
			require.NoError(t, err)
		}
	}
	n, err := server.Client().HLen(t.Context(), r.budgetKey("app", c.Per)).Result()
	require.NoError(t, err)
	require.LessOrEqual(t, n, int64(parts+1))
	require.LessOrEqual(t, len(memory.windows[budgetID{"app", c.Per}].buckets), parts+1)

	for i := range 1000 {
		_, err := memory.Take(t.Context(), noon, []Charge{{Key: fmt.Sprint("person.", i), N: 1, Limit: 5, Per: time.Minute}})
		require.NoError(t, err)
	}
	_, err = memory.Take(t.Context(), noon.Add(time.Hour), []Charge{c})
	require.NoError(t, err)
	require.Len(t, memory.windows, 1)
}
