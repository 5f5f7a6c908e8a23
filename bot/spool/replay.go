package spool

import (
	"context"
	"sync"
	"time"
)

const (
	// parallel is how many people's messages are handed in at a time: the store's pool
	// has sixteen connections.
	parallel = 16
	// While the database is away it is asked after these pauses. A second is the
	// longest that anybody waits needlessly; twenty times a second bothers nobody.
	firstPause = 50 * time.Millisecond
	lastPause  = time.Second
	// pingTime is how long an answer may take: longer is away.
	pingTime = 2 * time.Second
	// handTime is how long one message may take, as on the channels.
	handTime = time.Minute
)

// retries are the pauses after which a message that fails for reasons of its own is
// tried again: a minute in all, so that a passing cause which Away does not know
// is outlasted, and nobody is blocked for longer.
var retries = [...]time.Duration{time.Second, 4 * time.Second, 15 * time.Second, 40 * time.Second}

// Run hands in what waits, until ctx ends.
func (s *Spool) Run(ctx context.Context) {
	var workers sync.WaitGroup
	defer workers.Wait()
	slots := make(chan struct{}, parallel)
	pause := firstPause
	for ctx.Err() == nil {
		l := s.pick()
		if l == nil {
			select {
			case <-ctx.Done():
			case <-s.wake:
			}
			continue
		}
		for s.away.Load() && ctx.Err() == nil {
			if s.moved.Swap(false) {
				pause = firstPause
			}
			s.probe(ctx, pause)
			pause = min(2*pause, lastPause)
		}
		select {
		case <-ctx.Done():
			s.release(l)
		case slots <- struct{}{}:
			workers.Go(func() {
				pause := s.replay(ctx, l)
				<-slots
				wait(ctx, pause)
				s.release(l)
			})
		}
	}
}

// probe waits, unless somebody finds the database back meanwhile, and asks.
func (s *Spool) probe(ctx context.Context, pause time.Duration) {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return
	case <-s.back:
		return
	case <-t.C:
	}
	if s.ping(ctx) == nil {
		s.found()
	}
}

func (s *Spool) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	return s.o.Ping(ctx)
}

// replay hands in a person's messages while there are any and the database is
// there. It returns how long to wait before the next try.
func (s *Spool) replay(ctx context.Context, l *lane) time.Duration {
	for ctx.Err() == nil && !s.away.Load() {
		e := s.head(l)
		if e == nil {
			return 0
		}
		err := s.hand(ctx, e)
		switch {
		case err == nil:
			s.remove(l, e)
			s.replayed.Add(1)
			s.moved.Store(true)
		case ctx.Err() != nil:
			return 0
		case s.o.Away(err), s.ping(ctx) != nil:
			s.lost(err)
			return 0
		default:
			return s.failed(l, e, err)
		}
	}
	return 0
}

// hand reads a message from the disk and hands it in.
func (s *Spool) hand(ctx context.Context, e *entry) error {
	m, err := s.journal.read(e.place)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, handTime)
	defer cancel()
	_, err = s.next(ctx, m)
	return err
}

// failed counts a failure that the database is not to blame for, and in the end sets
// the message aside.
func (s *Spool) failed(l *lane, e *entry, err error) time.Duration {
	log := s.o.Log.With("person", l.person, "platform", e.key.platform, "id", e.key.id)
	if e.tries < len(retries) {
		log.Warn("a message from the spool fails", "try", e.tries+1, "err", err)
		e.tries++
		return retries[e.tries-1]
	}
	file, failure := s.journal.reject(e.place)
	if failure != nil {
		log.Error("a message from the spool fails and cannot be set aside", "err", err, "because", failure)
		return retries[len(retries)-1]
	}
	s.remove(l, e)
	s.rejected.Add(1)
	log.Error("a message from the spool was set aside: it fails again and again", "file", file, "err", err)
	return 0
}

// wait waits.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
