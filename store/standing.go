package store

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// standing remembers how people's last turns have left their rows, so that a
// conversation that goes on is not read anew for every message (half of a group's
// statements). The database stays the only truth: a group that relied on what is
// remembered writes each conversation only if its version is still the one that was
// remembered, and every turn of anybody, anywhere, moves the version on, as does a
// draft that somebody else writes; see Drafts. A group that was wrong has written
// nothing, and is read and run anew (errStale).
//
// What is not remembered is who has an answer under way: that ends without a turn.
// What others say to a person meanwhile needs no remembering: Waiting asks for
// answers, and those come of the person's own turns.
type standing struct {
	mu    sync.Mutex
	known map[string]stand
	// sober is how many groups are still to be read in full.
	sober atomic.Int32
}

// stand is a unit as its turn has left it.
type stand struct {
	version      int64
	conversation Conversation
	drafts       map[int64]Draft // the open ones; nobody changes it
	until        time.Time
}

const (
	// mostStanding are remembered: as many as talk within a minute in a large office.
	mostStanding = 2048
	// standingFor bounds how long somebody who changes rows by hand is overlooked.
	standingFor = 2 * time.Minute
	// soberFor is for how many groups nothing is relied on after one was wrong: where
	// replicas take turns with the same people, that is most of the time.
	soberFor = 64
)

// find is a unit for a turn of somebody who is remembered; nil for others.
func (s *standing) find(t Turn, now time.Time) *unit {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.known[t.Person]
	if !ok || !now.Before(k.until) {
		return nil
	}
	return &unit{of: t, version: k.version, conversation: k.conversation, drafts: k.drafts}
}

// keep remembers units that have been committed.
func (s *standing) keep(units []*unit, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]stand{}
	}
	unsure := slices.ContainsFunc(units, func(u *unit) bool { return u.unsure }) // of whose drafts, nobody knows
	for _, u := range units {
		person := u.of.Person
		if unsure || u.busy != 0 || u.conversation.Version == 0 {
			delete(s.known, person)
			continue
		}
		if _, there := s.known[person]; !there && len(s.known) >= mostStanding {
			for other := range s.known { // any one: the next turn is read
				delete(s.known, other)
				break
			}
		}
		s.known[person] = stand{u.conversation.Version, u.conversation, u.opened(), now.Add(standingFor)}
	}
}

// forget is for people whose turn was taken otherwise.
func (s *standing) forget(people ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range people {
		delete(s.known, p)
	}
}

// wrong is for a group that was: for a while, nothing is relied on.
func (s *standing) wrong(members []*joined) {
	s.sober.Store(soberFor)
	for _, j := range members {
		s.forget(j.turn.Person)
	}
}

// relies says whether the next group may rely on what is remembered.
func (s *standing) relies() bool {
	if s.sober.Load() <= 0 {
		return true
	}
	s.sober.Add(-1)
	return false
}

// opened are a unit's open drafts.
func (u *unit) opened() map[int64]Draft {
	out := make(map[int64]Draft, len(u.drafts))
	for id, d := range u.drafts {
		if d.Status == DraftOpen {
			out[id] = d
		}
	}
	return out
}
