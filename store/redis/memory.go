package redis

import (
	"context"
	"slices"
	"sync"
	"time"
)

// MemoryBudget keeps budgets in this process's memory, by the same rules as Redis. The zero
// value is ready for use, by many goroutines. Budgets in which nothing counts any more
// take no memory for longer than a minute of the callers' time, as long as others are used.
type MemoryBudget struct {
	mu      sync.Mutex
	windows map[budgetID]*window
	swept   time.Time
}

// budgetID tells budgets apart.
type budgetID struct {
	key string
	per time.Duration
}

// window is what was spent, in the order of the sub-buckets.
type window struct{ buckets []bucket }

type bucket struct {
	at int64
	n  int
}

// sweepEvery is how often unused budgets are looked for. Looking at a thousand takes
// microseconds.
const sweepEvery = time.Minute

// Take takes charges from budgets in memory; see Budget.
func (m *MemoryBudget) Take(_ context.Context, now time.Time, charges []Charge) (time.Duration, error) {
	lines, err := plan(now, charges)
	if err != nil {
		return 0, err
	}
	return m.take(now, lines), nil
}

func (m *MemoryBudget) take(now time.Time, lines []line) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	wait := m.wait(now, lines)
	if wait == 0 {
		m.add(lines)
	}
	return wait
}

// look says what take would, and counts nothing.
func (m *MemoryBudget) look(now time.Time, lines []line) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.wait(now, lines)
}

func (m *MemoryBudget) wait(now time.Time, lines []line) time.Duration {
	var wait time.Duration
	for _, l := range lines {
		if full, bucket := m.window(l).full(l); full {
			wait = max(wait, l.wait(now, bucket))
		}
	}
	return wait
}

// count counts what was granted elsewhere, whatever the limit.
func (m *MemoryBudget) count(now time.Time, lines []line) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	m.add(lines)
}

// Seed counts what was spent before there was this budget, whatever the limit. What it
// cannot count, because the charge is none, it leaves out.
func (m *MemoryBudget) Seed(at time.Time, charges ...Charge) {
	for i := range charges {
		charges[i].Limit = max(charges[i].Limit, charges[i].N)
	}
	if lines, err := plan(at, charges); err == nil {
		m.count(at, lines)
	}
}

// Refund gives charges back to budgets in memory; see Budget.
func (m *MemoryBudget) Refund(_ context.Context, now time.Time, charges []Charge) error {
	lines, err := plan(now, charges)
	if err != nil {
		return err
	}
	m.refund(lines)
	return nil
}

// refund says how much of each line was there to be given back.
func (m *MemoryBudget) refund(lines []line) []int {
	m.mu.Lock()
	defer m.mu.Unlock()
	var given []int
	for _, l := range lines {
		given = append(given, m.window(l).remove(l.bucket, l.n))
	}
	return given
}

// of gives what counts in the budgets of lines, each sub-bucket as a line.
func (m *MemoryBudget) of(now time.Time, lines []line) []line {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep(now)
	var all []line
	for _, l := range lines {
		for _, b := range m.window(l).buckets {
			if b.at >= l.oldest {
				l.bucket, l.n = b.at, b.n
				all = append(all, l)
			}
		}
	}
	return all
}

// Spent says what counts in budgets in memory; see Budget.
func (m *MemoryBudget) Spent(_ context.Context, now time.Time, charges []Charge) ([]int, error) {
	lines, err := each(now, charges)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var sums []int
	for _, l := range lines {
		sums = append(sums, m.window(l).sum(l.oldest))
	}
	return sums, nil
}

// window gives a line's window; an empty one, not kept, if nothing was spent.
func (m *MemoryBudget) window(l line) *window {
	if w := m.windows[budgetID{l.key, l.per}]; w != nil {
		return w
	}
	return &window{}
}

func (m *MemoryBudget) add(lines []line) {
	if m.windows == nil {
		m.windows = map[budgetID]*window{}
	}
	for _, l := range lines {
		if l.n == 0 {
			continue
		}
		w := m.window(l)
		w.forget(l.oldest)
		w.add(l.bucket, l.n)
		m.windows[budgetID{l.key, l.per}] = w
	}
}

// sweep frees the budgets in which nothing counts any more.
func (m *MemoryBudget) sweep(now time.Time) {
	if since := now.Sub(m.swept); since >= 0 && since < sweepEvery {
		return
	}
	m.swept = now
	for id, w := range m.windows {
		w.forget(newLine(now, Charge{Per: id.per}).oldest)
		if len(w.buckets) == 0 {
			delete(m.windows, id)
		}
	}
}

// full tells whether a line does not fit in, and then which sub-bucket must no longer
// count before it does.
func (w *window) full(l line) (bool, int64) {
	sum := w.sum(l.oldest)
	if sum+l.n <= l.limit {
		return false, 0
	}
	for _, b := range w.buckets {
		if b.at < l.oldest {
			continue
		}
		if sum -= b.n; sum+l.n <= l.limit {
			return true, b.at
		}
	}
	panic("a charge above its limit got past plan")
}

func (w *window) sum(oldest int64) int {
	sum := 0
	for _, b := range w.buckets {
		if b.at >= oldest {
			sum += b.n
		}
	}
	return sum
}

// forget drops what no longer counts.
func (w *window) forget(oldest int64) {
	w.buckets = slices.DeleteFunc(w.buckets, func(b bucket) bool { return b.at < oldest })
}

func (w *window) find(at int64) (int, bool) {
	return slices.BinarySearchFunc(w.buckets, at, func(b bucket, at int64) int { return int(b.at - at) })
}

func (w *window) add(at int64, n int) {
	i, found := w.find(at)
	if !found {
		w.buckets = slices.Insert(w.buckets, i, bucket{at: at})
	}
	w.buckets[i].n += n
}

// remove takes out up to n and says how much was there.
func (w *window) remove(at int64, n int) int {
	i, found := w.find(at)
	if !found {
		return 0
	}
	n = min(n, w.buckets[i].n)
	if w.buckets[i].n -= n; w.buckets[i].n == 0 {
		w.buckets = slices.Delete(w.buckets, i, i+1)
	}
	return n
}
