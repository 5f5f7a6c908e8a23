package spool

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"zhuanban/bot"
)

// Others are the other processes that serve, each with a spool of its own.
type Others interface {
	// Alone says that there are none.
	Alone() bool
	// Waiting lets them know where the oldest messages of people stand that wait in a
	// spool; a zero place says that none do any more. It replaces what they knew, and
	// is forgotten after a while; see bot.Bot.
	Waiting(ctx context.Context, spool string, list []bot.Waiting) error
}

const (
	// settleTime is how long after it has found the database back a replica that is not
	// alone hands in nothing, so that the others have found it too and said what waits
	// with them: twice as long as any of them pauses between two questions. Others may
	// have asked just before it was back, so that is added for which the last question
	// stayed without an answer.
	settleTime = 2 * lastPause
	// watchEvery is how often a replica that is not alone asks whether the database is
	// there, when nobody says anything: so it knows before another's spool has
	// acknowledged something that the next message would have to wait for.
	watchEvery = 500 * time.Millisecond
	// renewEvery is how often the others are reminded of what has not had its turn.
	renewEvery = 15 * time.Second
	// The pauses before a message is tried again that others are ahead of.
	firstTurn = 50 * time.Millisecond
	lastTurn  = 800 * time.Millisecond
	// announceTime is how long an acknowledgement waits until the others are told. Its
	// person's turn may have taken the grace before, and the platform waits five seconds.
	announceTime = time.Second
	// tellAtOnce bounds how many people the others are told of at a time.
	tellAtOnce = 200
)

// alone says that nobody else has to be minded.
func (s *Spool) alone() bool { return s.o.Others == nil || s.o.Others.Alone() }

// tell lets the others know what is the oldest message of each of some people: on
// disk, or on its way there.
func (s *Spool) tell(ctx context.Context, lanes ...*lane) error {
	if s.o.Others == nil {
		return nil
	}
	for some := range slices.Chunk(lanes, tellAtOnce) {
		ctx, cancel := context.WithTimeout(ctx, pingTime)
		err := s.tellSome(ctx, some)
		cancel()
		if err != nil {
			return fmt.Errorf("telling the other replicas what waits here: %w", err)
		}
	}
	return nil
}

// tellSome leaves out who is being handed in: that turn says it.
func (s *Spool) tellSome(ctx context.Context, lanes []*lane) error {
	select {
	case s.telling <- struct{}{}: // what was true later is to be said later
		defer func() { <-s.telling }()
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.Lock()
	epoch, list := s.epoch, make([]bot.Waiting, 0, len(lanes))
	told := make([]*lane, 0, len(lanes))
	for _, l := range lanes {
		if l.handing {
			continue
		}
		w := bot.Waiting{Person: l.person, Place: l.oldest()}
		if list, told = append(list, w), append(told, l); w.At.IsZero() {
			l.toldIn = 0 // whatever is kept from here on has to be told
		}
	}
	s.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	if err := s.o.Others.Waiting(ctx, s.name, list); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, l := range told {
		if !list[i].At.IsZero() {
			l.told, l.toldIn = list[i].Place, epoch
		}
	}
	return nil
}

// untold says whether the others have to be told of an entry before it is acknowledged.
// The Spool's mutex is held.
func (s *Spool) untold(l *lane, e *entry) bool {
	reachable := s.registering || !s.away.Load()
	return s.o.Others != nil && reachable && (l.toldIn != s.epoch || e.stand().Before(l.told))
}

// oldest is where the person's oldest message stands; zero if there is none.
func (l *lane) oldest() (p bot.Place) {
	for _, list := range [][]*entry{l.writing, l.waiting[:min(1, len(l.waiting))]} {
		for _, e := range list {
			if p.At.IsZero() || e.stand().Before(p) {
				p = e.stand()
			}
		}
	}
	return p
}

// announce is Handle's part: it tells the others of a message that is about to be kept.
// Where they cannot be reached, they are told when the database is back.
func (s *Spool) announce(ctx context.Context, l *lane) {
	ctx, cancel := context.WithTimeout(ctx, announceTime)
	defer cancel()
	if err := s.tell(ctx, l); err != nil {
		if s.o.Away(err) {
			s.lost(err)
		}
		s.o.Log.WarnContext(ctx, "a message is kept of which the other replicas do not know", "person", l.person, "err", err)
	}
}

// regain is the way back of a replica that is not alone: it tells the others what waits
// here, all that comes meanwhile too, and gives them the time to do the same.
func (s *Spool) regain(ctx context.Context, settle time.Duration) {
	s.mu.Lock()
	s.registering = true
	var lanes []*lane
	for _, l := range s.lanes {
		if len(l.waiting)+len(l.writing) > 0 {
			lanes = append(lanes, l)
		}
	}
	s.mu.Unlock()
	err := s.tell(ctx, lanes...)
	if err == nil {
		wait(ctx, settle)
		err = errors.Join(ctx.Err(), s.ping(ctx))
	}
	if err == nil {
		s.found()
	} else {
		s.o.Log.Warn("the database was back only for a moment", "err", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.registering = false
}

// remind tells the others again of one person of whom no turn tells them.
func (s *Spool) remind(ctx context.Context, l *lane) {
	if err := s.tell(ctx, l); err != nil {
		s.o.Log.WarnContext(ctx, "the other replicas are not told", "person", l.person, "err", err)
	}
}

// renew tells the others again of all who have not had a turn, which nobody gives them
// meanwhile.
func (s *Spool) renew(ctx context.Context) {
	s.mu.Lock()
	lanes := slices.Clone(s.ready)
	s.mu.Unlock()
	if err := s.tell(ctx, lanes...); err != nil {
		s.o.Log.WarnContext(ctx, "the other replicas are not told", "err", err)
	}
}

// watch asks whether the database is there, where there are others.
func (s *Spool) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s.away.Load() || s.alone() {
			continue
		}
		if err := s.ping(ctx); err != nil && ctx.Err() == nil {
			s.lost(err)
		}
	}
}

// turnPause is how long a person's messages wait that others are ahead of.
func (l *lane) turnPause() time.Duration {
	l.passed++
	return min(firstTurn<<min(l.passed-1, 8), lastTurn)
}

// nameBytes make a spool's name one that no other has.
const nameBytes = 8

// nameOf is the name of a spool, which stays with its folder: whoever has it next, after
// a crash, goes on under the name that the others know.
func nameOf(dir string) (string, error) {
	path := filepath.Join(dir, "lock")
	name, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if _, err := hex.DecodeString(string(name)); err == nil && len(name) == 2*nameBytes {
		return string(name), nil
	}
	random := make([]byte, nameBytes)
	_, _ = rand.Read(random) // it never fails
	name = hex.AppendEncode(nil, random)
	return string(name), os.WriteFile(path, name, 0o600)
}
