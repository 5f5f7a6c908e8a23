package delivery

import (
	"context"
	"sync"
	"time"
)

// Budget counts what has been used of the platforms' limits. In any window of a
// charge's length no more than its limit is given out.
type Budget interface {
	// Take books all charges or none. wait > 0 means none, and how long to wait before
	// it is worth asking again.
	Take(ctx context.Context, now time.Time, charges []Charge) (wait time.Duration, err error)
	// Refund gives back what was taken at that time and not used.
	Refund(ctx context.Context, at time.Time, charges []Charge) error
}

// Charge is what one call uses of one limit.
type Charge struct {
	Key   string // whose limit: "wecom/member/ann"; the same key with another Per is another limit
	N     int
	Limit int
	Per   time.Duration
}

// spent is what one process has used, in windows that slide.
type spent struct {
	mu sync.Mutex
	of map[window][]use
}

type window struct {
	key string
	per time.Duration
}

type use struct {
	from, at time.Time // the first and the last of what is taken together
	n        int
}

// NewBudget makes a budget of this process alone.
func NewBudget() Budget { return &spent{of: map[window][]use{}} }

// grain bounds how many uses are kept of a window one by one. Beyond, those that lie
// within a 64th of it are taken together as of the later one, which errs on the safe
// side.
const grain = 64

// Take books all charges or none.
func (s *spent) Take(_ context.Context, now time.Time, charges []Charge) (wait time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range charges {
		wait = max(wait, s.wait(now, c))
	}
	if wait > 0 {
		return wait, nil
	}
	for _, c := range charges {
		s.book(now, c)
	}
	return 0, nil
}

// wait is how long it takes until a charge fits; 0 = it does.
func (s *spent) wait(now time.Time, c Charge) time.Duration {
	uses := s.fresh(now, window{c.Key, c.Per})
	used := 0
	for _, u := range uses {
		used += u.n
	}
	if used+c.N <= c.Limit {
		return 0
	}
	for _, u := range uses {
		if used -= u.n; used+c.N <= c.Limit {
			return u.at.Add(c.Per).Sub(now)
		}
	}
	return c.Per // more than the limit at once: never, and it is not for us to say
}

// fresh forgets what has left the window.
func (s *spent) fresh(now time.Time, w window) []use {
	uses := s.of[w]
	i := 0
	for i < len(uses) && !uses[i].at.After(now.Add(-w.per)) {
		i++
	}
	if uses = uses[i:]; len(uses) == 0 {
		delete(s.of, w)
		return nil
	}
	s.of[w] = uses
	return uses
}

func (s *spent) book(now time.Time, c Charge) {
	w := window{c.Key, c.Per}
	uses := s.of[w]
	n := len(uses)
	if n > 0 && now.Before(uses[n-1].at) { // whoever was on the way at the same time
		now = uses[n-1].at
	}
	if n > grain && now.Sub(uses[n-1].from) < c.Per/grain {
		uses[n-1].n += c.N
		uses[n-1].at = now
		return
	}
	s.of[w] = append(uses, use{now, now, c.N})
}

// Refund gives back what was taken.
func (s *spent) Refund(_ context.Context, at time.Time, charges []Charge) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range charges {
		uses := s.of[window{c.Key, c.Per}]
		for i := len(uses) - 1; i >= 0; i-- {
			if !uses[i].at.Before(at) && uses[i].n >= c.N {
				uses[i].n -= c.N
				break
			}
		}
	}
	return nil
}

// Seed books what was used at an earlier time: what a former process sent. Charges
// must come in the order of their times.
func (s *spent) Seed(at time.Time, c Charge) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of[window{c.Key, c.Per}] = append(s.of[window{c.Key, c.Per}], use{at, at, c.N})
}

// Used is what is booked in a charge's window.
func (s *spent) Used(now time.Time, c Charge) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.fresh(now, window{c.Key, c.Per}) {
		n += u.n
	}
	return n
}
