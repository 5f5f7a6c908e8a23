package spool

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"zhuanban/bot"
)

// key names a message, as the bot knows it.
type key struct{ platform, sender, id string }

func keyOf(m bot.Message) key { return key{m.Platform, m.Sender, m.ID} }

// entry is a message in the spool: all but what it says.
type entry struct {
	key   key
	at    time.Time // the platform's
	kept  time.Time
	seq   int64 // of arrival
	tries int   // failed for reasons of its own so often
	place place

	ready chan struct{} // closed when it is on disk, or err says why not; then nil
	err   error
}

// stand is its place among the person's messages, wherever they wait.
func (e *entry) stand() bot.Place { return bot.Place{At: e.at, Kept: e.kept} }

func (e *entry) compare(o *entry) int {
	if c := e.at.Compare(o.at); c != 0 {
		return c
	}
	return cmp.Compare(e.seq, o.seq)
}

// outcome is whether an entry came to be on disk, for who sent it again meanwhile.
func (s *Spool) outcome(ctx context.Context, e *entry) error {
	s.mu.Lock()
	ready, err := e.ready, e.err
	s.mu.Unlock()
	if ready == nil {
		return err
	}
	select {
	case <-ready:
		return e.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lane is a person of whom something is under way. The Spool's mutex guards all but
// the token.
type lane struct {
	person  string
	token   chan struct{} // whose holder decides about a message: pass it, or keep it
	users   int           // hold the token or wait for it
	writing []*entry      // on their way to the disk
	waiting []*entry      // on disk, in order
	busy    bool          // being handed in, or about to be
	handing bool          // its first is in the bot's hands
	passed  int           // so often in a row, others were ahead
	told    bot.Place     // what the others know to be the oldest
	toldIn  int           // the epoch in which they were told
}

// enter waits for the person's turn. Messages of one person are decided in the order
// of arrival, so that none passes one that will be kept. On success the caller owes
// leave and users.Done.
func (s *Spool) enter(ctx context.Context, person string) (*lane, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, errClosed
	}
	s.users.Add(1)
	l := s.lane(person)
	l.users++
	s.mu.Unlock()
	select {
	case l.token <- struct{}{}:
		return l, nil
	case <-ctx.Done():
		s.mu.Lock()
		l.users--
		s.settle(l)
		s.mu.Unlock()
		s.users.Done()
		return nil, fmt.Errorf("waiting for the turn: %w", ctx.Err())
	}
}

// leave ends the turn.
func (s *Spool) leave(l *lane) {
	<-l.token
	s.mu.Lock()
	l.users--
	s.settle(l)
	s.mu.Unlock()
}

// lane finds or makes a person's lane.
func (s *Spool) lane(person string) *lane {
	l := s.lanes[person]
	if l == nil {
		l = &lane{person: person, token: make(chan struct{}, 1)}
		s.lanes[person] = l
	}
	return l
}

// settle forgets a lane with nothing under way, and queues one whose messages may be
// handed in: none that might come before them is still being written.
func (s *Spool) settle(l *lane) {
	switch {
	case l.busy || len(l.writing) > 0:
	case len(l.waiting) > 0:
		l.busy = true
		s.ready = append(s.ready, l)
		poke(s.wake)
	case l.users == 0:
		delete(s.lanes, l.person)
	}
}

// mayPass says whether nothing of the person is in the spool, and Next worth trying.
// While the database is away that is so only for who is alone: others may have, in
// their spools, what comes first.
func (s *Spool) mayPass(l *lane) bool {
	if s.late.Load() >= maxLate || s.away.Load() && !s.alone() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(l.writing) == 0 && len(l.waiting) == 0
}

// admit gives a message its place in the order of arrival; again says that it is
// there already, untold that the others do not know that anything as old waits here.
func (s *Spool) admit(l *lane, m bot.Message) (e *entry, again, untold bool) {
	now := s.o.Wall()
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.keys[keyOf(m)]; e != nil {
		return e, true, false
	}
	s.seq++
	e = &entry{key: keyOf(m), at: m.At, kept: now, seq: s.seq, ready: make(chan struct{})}
	s.keys[e.key] = e
	l.writing = append(l.writing, e)
	return e, false, s.untold(l, e)
}

// written notes that an admitted message is on disk, or why it is not.
func (s *Spool) written(l *lane, e *entry, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.writing = slices.DeleteFunc(l.writing, func(o *entry) bool { return o == e })
	if e.err = err; err != nil {
		delete(s.keys, e.key)
	} else {
		s.insert(l, e)
	}
	close(e.ready)
	e.ready = nil // there may be very many
	s.settle(l)
}

func (s *Spool) insert(l *lane, e *entry) {
	i, _ := slices.BinarySearchFunc(l.waiting, e, (*entry).compare)
	l.waiting = slices.Insert(l.waiting, i, e)
	s.bytes += e.place.size
}

// restore puts a record back that was found at Open.
func (s *Spool) restore(f found) {
	k := keyOf(f.message)
	if s.keys[k] != nil { // twice, after a write that failed only in the end
		s.journal.finish(f.place)
		return
	}
	s.seq++
	e := &entry{key: k, at: f.message.At, kept: f.kept, seq: s.seq, place: f.place}
	s.keys[k] = e
	l := s.lane(s.person(k.sender))
	s.insert(l, e)
	s.settle(l)
}

// queued says whether there is anybody whose messages may be handed in.
func (s *Spool) queued() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ready) > 0
}

// hands notes whether a person's first message is in the bot's hands.
func (s *Spool) hands(l *lane, are bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.handing = are
}

// pick takes a person out whose messages may be handed in: there is one. Only Run does.
func (s *Spool) pick() *lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.ready[0]
	s.ready = slices.Delete(s.ready, 0, 1)
	return l
}

// head is the person's first message, about to be handed in, and where the one behind it
// stands; nil if there is none now, or one that may come before it is on its way to the
// disk. Told says that the others know of it.
func (s *Spool) head(l *lane) (e *entry, next bot.Place, told bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(l.writing) > 0 || len(l.waiting) == 0 {
		return nil, next, false
	}
	if e = l.waiting[0]; len(l.waiting) > 1 {
		next = l.waiting[1].stand()
	}
	return e, next, !s.untold(l, e)
}

// release ends the handing in of a person's messages for now.
func (s *Spool) release(l *lane) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.busy = false
	s.settle(l)
}

// remove takes an entry out. Another may have come before it meanwhile.
func (s *Spool) remove(l *lane, e *entry) {
	s.journal.finish(e.place)
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, ok := slices.BinarySearchFunc(l.waiting, e, (*entry).compare); ok {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	}
	delete(s.keys, e.key)
	s.bytes -= e.place.size
	if l.passed = 0; len(l.waiting) == 0 {
		l.toldIn = 0
	} else if l.toldIn == s.epoch {
		l.told = l.waiting[0].stand()
	}
}
