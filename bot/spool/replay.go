package spool

import (
	"context"
	"errors"
	"sync"
	"time"

	"zhuanban/bot"
)

const (
	// parallel is how many people's messages are handed in at a time: the store's pool
	// has sixteen connections.
	parallel = 16
	// While the database is away it is asked after these pauses. A quarter of a second is
	// the longest that anybody waits needlessly; twenty times a second bothers nobody.
	firstPause = 50 * time.Millisecond
	lastPause  = 250 * time.Millisecond
	// pingTime is how long an answer may take: longer is away.
	pingTime = 2 * time.Second
	// handTime is how long one message may take, as on the channels.
	handTime = time.Minute
	// holdTime is the same where there are others: what a person says meanwhile waits for
	// it, and with it for its own acknowledgement.
	holdTime = 2 * time.Second
)

// retries are the pauses after which a message that fails for reasons of its own is
// tried again: a minute in all, so that a passing cause which Away does not know
// is outlasted, and nobody is blocked for longer.
var retries = [...]time.Duration{time.Second, 4 * time.Second, 15 * time.Second, 40 * time.Second}

// Run hands in what waits, until ctx ends.
func (s *Spool) Run(ctx context.Context) {
	var workers sync.WaitGroup
	defer workers.Wait()
	var renew <-chan time.Time
	if s.o.Others != nil {
		workers.Go(func() { s.watch(ctx) })
		tick := time.NewTicker(renewEvery)
		defer tick.Stop()
		renew = tick.C
	}
	slots := make(chan struct{}, parallel)
	pause, took := firstPause, time.Duration(0)
	for ctx.Err() == nil {
		if s.away.Load() && (s.queued() || !s.alone()) {
			if s.moved.Swap(false) {
				pause = firstPause
			}
			took = s.probe(ctx, pause, took)
			pause = min(2*pause, lastPause)
			continue
		}
		var slot chan<- struct{}
		if s.queued() {
			slot = slots
		}
		select {
		case <-ctx.Done():
		case <-s.wake:
		case <-renew:
			s.renew(ctx)
		case slot <- struct{}{}:
			l := s.pick()
			workers.Go(func() {
				pause := s.replay(ctx, l)
				<-slots
				wait(ctx, pause)
				s.release(l)
			})
		}
	}
}

// probe waits, unless somebody finds the database back meanwhile, and asks. Who is alone
// goes on at once when it is there. It gives how long the database took not to answer, and
// is given what that was the last time.
func (s *Spool) probe(ctx context.Context, pause, took time.Duration) time.Duration {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return 0
	case <-s.back:
		return 0
	case <-t.C:
	}
	begin := s.o.Wall()
	switch {
	case s.ping(ctx) != nil:
		return s.o.Wall().Sub(begin)
	case s.alone():
		s.found()
	default:
		s.regain(ctx, settleTime+took)
	}
	return 0
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
		e, err := s.handFirst(ctx, l)
		switch {
		case e == nil:
			return 0
		case err == nil:
			s.replayed.Add(1)
			s.moved.Store(true)
		case ctx.Err() != nil:
			return 0
		case errors.Is(err, bot.ErrWaits):
			return l.turnPause()
		case errors.Is(err, errLate), s.o.Away(err), s.ping(ctx) != nil:
			s.lost(err)
			return 0
		default:
			return s.failed(ctx, l, e, err)
		}
	}
	return 0
}

// handFirst hands in a person's first message; nil if there is none. Nobody decides about
// another message of the person meanwhile: what the turn says about the rest, that the
// next is so old or that there is none, must be so when it has been said.
func (s *Spool) handFirst(ctx context.Context, l *lane) (*entry, error) {
	select {
	case l.token <- struct{}{}:
	case <-ctx.Done():
		return nil, nil
	}
	defer func() { <-l.token }()
	e, next, told := s.head(l)
	if e == nil {
		return nil, nil
	}
	if !told {
		short, cancel := context.WithTimeout(ctx, announceTime)
		err := s.tell(short, l)
		cancel()
		if err != nil {
			return e, err
		}
	}
	s.hands(l, true)
	defer s.hands(l, false)
	err := s.hand(ctx, e, next)
	if err == nil {
		s.remove(l, e)
	}
	return e, err
}

// hand reads a message from the disk and hands it in.
func (s *Spool) hand(ctx context.Context, e *entry, next bot.Place) error {
	m, err := s.journal.read(e.place)
	if err != nil {
		return err
	}
	most, grace := handTime, s.o.Grace
	if s.o.Others != nil {
		m.Line = &bot.Line{Spool: s.name, Kept: e.kept, Next: next}
		most, grace = holdTime, min(grace, holdTime)
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	c := s.begin(grace)
	defer s.end(c)
	_, err, cause := s.pass(ctx, c, m)
	if cause != nil {
		return cause
	}
	return err
}

// failed counts a failure that the database is not to blame for, and in the end sets
// the message aside.
func (s *Spool) failed(ctx context.Context, l *lane, e *entry, err error) time.Duration {
	log := s.o.Log.With("person", l.person, "platform", e.key.platform, "id", e.key.id)
	if e.tries < len(retries) {
		log.Warn("a message from the spool fails", "try", e.tries+1, "err", err)
		e.tries++
		s.remind(ctx, l)
		return retries[e.tries-1]
	}
	file, failure := s.journal.reject(e.place)
	if failure != nil {
		log.Error("a message from the spool fails and cannot be set aside", "err", err, "because", failure)
		return retries[len(retries)-1]
	}
	s.remove(l, e)
	s.rejected.Add(1)
	s.remind(ctx, l)
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
