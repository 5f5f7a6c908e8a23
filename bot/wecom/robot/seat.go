package robot

import (
	"context"
	"sync"
	"time"

	"zhuanban/store"
)

// Seat says which process may have the connection.
type Seat interface {
	// Take takes the seat, or keeps it, for a time from now on. held is false if it is
	// another process's; then Tenure says whose and until when.
	Take(ctx context.Context, life time.Duration) (t Tenure, held bool, err error)
	// Release gives it back.
	Release(ctx context.Context, t Tenure) error
}

// Tenure is a seat in somebody's hands.
type Tenure struct {
	Owner string
	Until time.Time
	Fence int64 // grows with every holder
}

// alone is the seat of the only process.
type alone struct{ wall func() time.Time }

func (a alone) Take(_ context.Context, life time.Duration) (Tenure, bool, error) {
	return Tenure{Until: a.wall().Add(life)}, true, nil
}

func (alone) Release(context.Context, Tenure) error { return nil }

// Lease is a seat that the processes on one database share.
type Lease struct {
	Store *store.Store
	Name  string // of the lease: the robot's
	Owner string // this process
	Wall  func() time.Time
}

// Take asks the database.
func (s *Lease) Take(ctx context.Context, life time.Duration) (t Tenure, held bool, err error) {
	now := s.Wall() // before the question: an answer that comes late makes the lease shorter, not longer
	err = s.Store.Update(ctx, func(tx *store.Tx) error {
		l, ok, err := tx.Leases().Take(ctx, s.Name, s.Owner, now, now.Add(life))
		t, held = Tenure{l.Owner, l.Until, l.Fence}, ok
		return err
	})
	if held {
		t.Until = now.Add(life) // by this process's own clock
	}
	return t, held && err == nil, err
}

// Release gives the lease back if it is still the same.
func (s *Lease) Release(ctx context.Context, t Tenure) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error { return tx.Leases().Release(ctx, s.Name, s.Owner, t.Fence) })
}

// Run keeps the connection whenever it is this process's turn, until the context ends.
// Then it closes it, waits for the messages in hand, and gives the seat back. A robot
// that is called back has nothing to keep.
func (c *Channel) Run(ctx context.Context) {
	c.running.Store(true)
	defer c.running.Store(false)
	if c.o.Webhook {
		c.o.Wake()
		<-ctx.Done()
		return
	}
	defer c.working.Wait()
	for ctx.Err() == nil {
		t, held, err := c.o.Seat.Take(ctx, c.pace.lease)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			c.enter(Away, "", c.redact(err.Error()))
			c.o.Log.WarnContext(ctx, "whose turn it is to keep the robot's connection is not known", "err", err)
		case held:
			c.o.Log.InfoContext(ctx, "it is this process's turn to keep the robot's connection", "fence", t.Fence)
			c.sit(ctx, t)
		default:
			c.enter(Elsewhere, t.Owner, "")
		}
		select {
		case <-ctx.Done():
		case <-time.After(jitter(c.pace.renew)):
		}
	}
}

// sit keeps the connection as long as the seat is ours, and closes it before that ends.
func (c *Channel) sit(ctx context.Context, t Tenure) {
	seated, leave := context.WithCancel(ctx)
	var kept sync.WaitGroup
	kept.Go(func() { c.keep(seated) })
	for c.stay(ctx, &t) {
	}
	leave()
	kept.Wait()
	if ctx.Err() == nil {
		c.o.Log.WarnContext(ctx, "the robot's seat is lost, its connection closed", "fence", t.Fence)
		return
	}
	c.working.Wait() // so that the next holder does not overtake what was heard here
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.pace.margin)
	defer cancel()
	if err := c.o.Seat.Release(last, t); err != nil {
		c.o.Log.WarnContext(last, "giving back the robot's seat", "err", err)
	}
}

// stay waits for the next renewal and makes it. false says that the seat must be left:
// it is another's, it ends in a moment and nobody answers, or the work is over.
func (c *Channel) stay(ctx context.Context, t *Tenure) bool {
	leaveAt := t.Until.Add(-c.pace.margin)
	left := leaveAt.Sub(c.o.Wall())
	if left <= 0 {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(min(c.pace.renew, left)):
	}
	if left = leaveAt.Sub(c.o.Wall()); left <= 0 {
		return false
	}
	asking, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	next, held, err := c.o.Seat.Take(asking, c.pace.lease)
	switch {
	case err != nil: // as long as there is time, once more
		return ctx.Err() == nil
	case held:
		*t = next
	}
	return held
}
