package delivery

import (
	"context"
	"slices"
	"sync"
	"time"

	"zhuanban/store"
)

// Stats is how delivery stands, for the operator's measurements.
type Stats struct {
	Sends    map[SendKey]int // since the process began
	InFlight int             // rows in somebody's hands, of all processes
	Paused   []Paused
	Budgets  []Usage                     // of the limits of a day and more, as of the last count
	States   map[store.DeliveryState]int // unfinished, and ended within the last day
	Lanes    []LaneAge
}

// SendKey is a platform and what became of a send: "sent" or a bot.Fate.
type SendKey struct{ Platform, Fate string }

// Paused is a platform that is left alone because it does not answer.
type Paused struct {
	Platform string
	Since    time.Time
	Until    time.Time // when it is asked next
	Why      string
}

// Usage is how much of a limit is used.
type Usage struct {
	Platform string
	Scope    Scope
	Per      time.Duration
	Used     int
	Limit    int
}

// LaneAge is what is due at one priority.
type LaneAge struct {
	Priority int
	Due      int
	Oldest   time.Duration // how long the first of it has waited
}

// Stats takes the figures.
func (c *Courier) Stats(ctx context.Context) (s Stats, err error) {
	c.ready()
	now := c.Wall()
	err = c.Store.View(ctx, func(tx *store.Tx) error {
		if s.States, err = tx.Deliveries().Counts(ctx, c.Clock.Now().Add(-day)); err != nil {
			return err
		}
		lanes, err := tx.Deliveries().Lanes(ctx, now)
		s.Lanes = nil
		for _, l := range lanes {
			s.Lanes = append(s.Lanes, LaneAge{l.Priority, l.Due, now.Sub(l.Oldest)})
		}
		return err
	})
	s.InFlight = s.States[store.Sending]
	s.Sends = c.tally.snapshot()
	s.Paused = c.breaker.list()
	s.Budgets = c.quotas.list()
	return s, err
}

// list tells of the paused platforms, by name.
func (b *breaker) list() (out []Paused) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, p := range b.of {
		if !p.since.IsZero() {
			out = append(out, Paused{name, p.since, p.until, p.why})
		}
	}
	slices.SortFunc(out, func(a, b Paused) int { return a.Since.Compare(b.Since) })
	return out
}

func (q *quotas) list() (out []Usage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, u := range q.used {
		out = append(out, u...)
	}
	return out
}

// tally counts sends, and knows when the next row comes due that was put off here.
type tally struct {
	mu    sync.Mutex
	sends map[SendKey]int
	next  []time.Time
}

func (t *tally) add(platform, fate string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sends[SendKey{platform, fate}]++
}

func (t *tally) snapshot() map[SendKey]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make(map[SendKey]int, len(t.sends))
	for k, n := range t.sends {
		out[k] = n
	}
	return out
}

// remembered bounds the times that are kept: beyond, the glance finds the rows.
const remembered = 256

// soon remembers when rows that were put off are due.
func (t *tally) soon(ds []store.Delivery) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, d := range ds {
		if d.State == store.Queued && len(t.next) < remembered {
			t.next = append(t.next, d.DueAt)
		}
	}
}

// due is the soonest of these times after now.
func (t *tally) due(now time.Time) (at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = slices.DeleteFunc(t.next, func(d time.Time) bool { return !d.After(now) })
	for _, d := range t.next {
		if at.IsZero() || d.Before(at) {
			at = d
		}
	}
	return at
}
