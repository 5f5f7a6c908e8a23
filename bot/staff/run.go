package staff

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// glance is how often a replica looks whether another has learned something.
	glance = 2 * time.Second
	// settle is how long after a change of the directory it is read: an administrator
	// who moves thirty people makes thirty changes.
	settle = 10 * time.Second
	// bucket is in how much time changes lead to one reading at most.
	bucket = 30 * time.Second
	// retry is how long after a failed reading the same replica tries again, until
	// the next period begins.
	retry = time.Minute
	// reading is how long one sync may take.
	reading = 5 * time.Minute
)

// turn is what this replica has to do with syncs. Only Step touches it, which is called
// by one goroutine at a time.
type turn struct {
	period time.Time // the last one that was claimed, here or elsewhere
	again  time.Time // when to try once more; zero = no need
}

// ask says that the directory should be read soon.
func (s *Staff) ask() {
	s.asking.Lock()
	defer s.asking.Unlock()
	s.asked = s.o.Wall()
}

// Run keeps the roster up to date until the context ends.
func (s *Staff) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() {
		every(ctx, glance, func() { s.Glance(ctx) })
	})
	if s.o.Directory != nil {
		both.Go(func() {
			s.Step(ctx)
			every(ctx, glance, func() { s.Step(ctx) })
		})
	}
	both.Wait()
}

func every(ctx context.Context, d time.Duration, do func()) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

// Glance looks once whether another replica has learned something.
func (s *Staff) Glance(ctx context.Context) {
	if err := errors.Join(s.settle(ctx), s.Load(ctx)); err != nil && ctx.Err() == nil {
		s.o.Log.WarnContext(ctx, "looking who is a member", "err", err)
	}
}

// Step reads the directory if that is due and this replica's turn.
func (s *Staff) Step(ctx context.Context) {
	mine, err := s.due(ctx, s.o.Wall())
	if err != nil {
		if ctx.Err() == nil {
			s.o.Log.WarnContext(ctx, "claiming the reading of the directory", "err", err)
		}
		return
	}
	if !mine {
		return
	}
	limit, cancel := context.WithTimeout(ctx, reading)
	defer cancel()
	out, err := s.Sync(limit)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.turn.again = s.o.Wall().Add(retry)
		s.o.Log.WarnContext(ctx, "the directory was not read", "err", err)
	default:
		s.o.Log.InfoContext(ctx, "the directory was read", "members", out.Seen, "complete", out.Complete, "came", out.Came, "left", out.Left)
	}
}

// due says whether this replica is to read the directory now.
func (s *Staff) due(ctx context.Context, now time.Time) (mine bool, err error) {
	if period := now.Truncate(s.o.Every); period.After(s.turn.period) {
		if mine, err = s.claim(ctx, s.job, period); err != nil {
			return false, err
		}
		s.turn = turn{period: period}
		if mine {
			s.seenTo(now)
			return true, nil
		}
	}
	if again := s.turn.again; !again.IsZero() && !now.Before(again) {
		s.turn.again = time.Time{}
		return true, nil
	}
	s.asking.Lock()
	asked := s.asked
	s.asking.Unlock()
	if asked.IsZero() || now.Sub(asked) < settle {
		return false, nil
	}
	if mine, err = s.claim(ctx, s.job+":asked", now.Truncate(bucket)); mine {
		s.seenTo(asked)
	}
	return mine, err // if not, the next bucket is
}

// seenTo forgets that something has changed, unless something has since.
func (s *Staff) seenTo(until time.Time) {
	s.asking.Lock()
	defer s.asking.Unlock()
	if !s.asked.After(until) {
		s.asked = time.Time{}
	}
}
