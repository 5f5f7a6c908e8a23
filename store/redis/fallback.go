package redis

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Fallback is a Budget that always answers: from the one that the replicas share while it
// is there, from memory while it is away. It keeps the two honest to each other:
//
//   - What the shared one grants is counted in memory too, so that memory does not grant
//     again what was just spent; nor does a shared one that has lost what it knew.
//   - In memory each limit is divided among the live replicas, since none sees what the others
//     spend. It is at least 1, and at least what is charged at once.
//   - What memory granted alone is counted in the shared one before it is asked again,
//     so that it does not grant again what was just spent either.
//
// What cannot be known is what other replicas spent just before the loss, and what they
// spent alone until they next ask the shared one. In a window around a loss or a return the
// sum may therefore be above the limit: by less than once more, as long as the limit is not
// smaller than the number of replicas.
type Fallback struct {
	shared shared
	share  func() int
	memory MemoryBudget

	mu   sync.Mutex
	owed MemoryBudget // what was granted alone and the shared one does not know yet
}

// shared is what Fallback needs of Redis.
type shared interface {
	Budget
	count(ctx context.Context, now time.Time, lines []line) error
}

// NewFallback makes a Budget of r, which may be nil where there is no Redis at all, and
// memory. Share tells how many replicas are alive; less than 1 is taken as 1.
func NewFallback(r *Redis, share func() int) *Fallback {
	f := &Fallback{share: share}
	if r != nil {
		f.shared = r
	}
	return f
}

// Take takes charges from the shared budgets, or else from memory; see Budget. It never
// gives ErrAway.
func (f *Fallback) Take(ctx context.Context, now time.Time, charges []Charge) (time.Duration, error) {
	lines, err := plan(now, charges)
	if err != nil {
		return 0, err
	}
	if wait := f.memory.look(now, lines); wait > 0 {
		return wait, nil
	}
	if f.shared != nil && f.pay(ctx, now, lines) {
		wait, err := f.shared.Take(ctx, now, charges)
		switch {
		case err == nil && wait == 0:
			f.memory.count(now, lines)
			return 0, nil
		case !errors.Is(err, ErrAway): // refused, or the caller has given up
			return wait, err
		}
	}
	return f.alone(now, lines), nil
}

// alone grants from memory, and remembers that the shared budgets do not know of it.
func (f *Fallback) alone(now time.Time, lines []line) time.Duration {
	replicas := max(f.share(), 1)
	ours := make([]line, len(lines))
	for i, l := range lines {
		l.limit = max(l.limit/replicas, l.n, 1)
		ours[i] = l
	}
	wait := f.memory.take(now, ours)
	if wait == 0 && f.shared != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.owed.count(now, ours)
	}
	return wait
}

// pay counts in the shared budgets what was granted from them alone; of the budgets that are
// asked now only, so that a long outage is paid for in many small sums. It tells
// whether they know all. Who comes meanwhile waits: it must not be granted what is owed.
func (f *Fallback) pay(ctx context.Context, now time.Time, lines []line) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	debts := f.owed.of(now, lines)
	if len(debts) == 0 {
		return true
	}
	if f.shared.count(ctx, now, debts) != nil {
		return false // or it was, and will be counted twice: the safe side
	}
	f.owed.refund(debts)
	return true
}

// Refund gives charges back wherever they were counted; see Budget. While the shared
// budgets are away what they granted is not given back there, which is the safe side.
func (f *Fallback) Refund(ctx context.Context, now time.Time, charges []Charge) error {
	lines, err := plan(now, charges)
	if err != nil {
		return err
	}
	f.memory.refund(lines)
	if f.shared == nil {
		return nil
	}
	var rest []Charge
	f.mu.Lock()
	for i, n := range f.owed.refund(lines) {
		if l := lines[i]; n < l.n {
			rest = append(rest, Charge{Key: l.key, N: l.n - n, Limit: l.limit, Per: l.per})
		}
	}
	f.mu.Unlock()
	if len(rest) == 0 {
		return nil
	}
	if err := f.shared.Refund(ctx, now, rest); !errors.Is(err, ErrAway) {
		return err
	}
	return nil
}

// Spent says what counts in the shared budgets, or else what this replica has spent; see
// Budget. It never gives ErrAway.
func (f *Fallback) Spent(ctx context.Context, now time.Time, charges []Charge) ([]int, error) {
	if f.shared != nil {
		if sums, err := f.shared.Spent(ctx, now, charges); !errors.Is(err, ErrAway) {
			return sums, err
		}
	}
	return f.memory.Spent(ctx, now, charges)
}

// Seed counts in memory what was spent before the process began. Where there is a shared
// budget that one has not forgotten it.
func (f *Fallback) Seed(at time.Time, charges ...Charge) {
	if f.shared == nil {
		f.memory.Seed(at, charges...)
	}
}
