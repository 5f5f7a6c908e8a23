package store

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Turn names what a message's transaction is going to need, so that the needs of
// many are read at once: the person's conversation and open drafts, and whether
// the message was handled before.
type Turn struct {
	Person                  string
	Platform, Sender, MsgID string
	// Fresh says that the message was hardly handled before: it is not looked for, and
	// if it was all the same, its row says so when it is to be written.
	Fresh bool
}

// mostJoined bounds how many commit together: enough that the disk or the network
// is no longer what is waited for, and few enough that the first of them need not
// wait for the last longer than some milliseconds.
const mostJoined = 64

// Join runs fn as Update does, and lets the transaction be shared with others that
// come while the one before is being committed (group commit): one fsync, one round
// of statements for all. They are of different people, and run beside each other and
// ahead of the commit before; see group. What the last turns have left is not read
// again; see standing. If one fails, nothing of that run is committed, and each runs by
// itself; so, as with Update, fn may run more than once and must keep nothing from an
// earlier run.
//
// The rows that every message reads and writes (conversations, drafts, messages,
// deliveries) are read together at the beginning and written together at the end;
// see unit. Nobody waits for company: a lone caller is committed at once.
func (s *Store) Join(ctx context.Context, t Turn, fn func(*Tx) error) error {
	j := &joined{ctx: ctx, turn: t, fn: fn, told: make(chan verdict, 1)}
	if s.joiner.leads(j) {
		return s.lead(j)
	}
	var v verdict
	select {
	case v = <-j.told:
	case <-ctx.Done():
		if s.joiner.withdraw(j) {
			return ctx.Err()
		}
		v = <-j.told // it is being run: its end is near
	}
	switch v {
	case beLeader:
		return s.lead(j)
	case runAlone:
		return s.alone(j)
	}
	return j.err
}

// joined is one caller of Join.
type joined struct {
	ctx  context.Context
	turn Turn
	fn   func(*Tx) error
	told chan verdict
	err  error
}

// verdict is what a waiting caller is told.
type verdict int

const (
	ended    verdict = iota // it has run; err says how
	beLeader                // run it, and those behind it
	runAlone                // somebody in the group failed: run it by itself
)

// joiner is the queue before the commit. There is no goroutine of its own: who comes
// first leads, runs what waits, and hands the lead to the next who waits. It does so
// when its group begins to write: by then as many have come as one group's work takes
// time for, and they are handled ahead while that one is written. Groups that are
// written at the same time are of different people, too, if nobody is let in with the
// next thing before the last is answered; if somebody is, the versions tell.
type joiner struct {
	mu      sync.Mutex
	led     bool
	waiting []*joined
	writing chan struct{} // full while as many groups are being written as may be

	want   int           // how many have to wait to be worth handling ahead
	enough chan struct{} // says that they do
	last   int           // how many the group before had
}

// leads makes j the leader if there is none; otherwise j waits.
func (q *joiner) leads(j *joined) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.led {
		if q.waiting = append(q.waiting, j); len(q.waiting) == q.want {
			select {
			case q.enough <- struct{}{}:
			default: // it is said already
			}
		}
		return false
	}
	q.led = true
	return true
}

// withdraw takes j out of the queue; false if somebody has it already.
func (q *joiner) withdraw(j *joined) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, j)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// take gives the leader company: each a different person.
func (q *joiner) take(leader *joined) []*joined {
	q.mu.Lock()
	defer q.mu.Unlock()
	group := append(make([]*joined, 0, min(len(q.waiting), mostJoined-1)+1), leader)
	people := make(map[string]bool, cap(group))
	people[leader.turn.Person] = true
	later := q.waiting[:0]
	for _, j := range q.waiting {
		if len(group) == mostJoined || people[j.turn.Person] {
			later = append(later, j)
			continue
		}
		people[j.turn.Person] = true
		group = append(group, j)
	}
	clear(q.waiting[len(later):])
	q.waiting, q.last, q.want = later, len(group), 0
	return group
}

// next hands the lead on, or ends it.
func (q *joiner) next() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.led = false
		return
	}
	j := q.waiting[0]
	q.waiting = slices.Delete(q.waiting, 0, 1)
	j.told <- beLeader
}

// expect waits until as many wait as are worth handling ahead, half of what the group
// before had, or until one may be written. mine says that it is this one; ok is false if the leader, still alone, has lost patience.
func (q *joiner) expect(j *joined) (mine, ok bool) {
	q.mu.Lock()
	q.want = 0
	select {
	case <-q.enough: // of an earlier leader
	default:
	}
	if len(q.waiting) >= q.last/2 && len(q.waiting) > 0 {
		q.mu.Unlock()
		return false, true
	}
	q.want = max(1, q.last/2)
	q.mu.Unlock()
	select {
	case q.writing <- struct{}{}:
		return true, true
	case <-q.enough:
		return false, true
	case <-j.ctx.Done():
		q.next()
		return false, false
	}
}

// lead runs j and those who wait.
func (s *Store) lead(j *joined) error {
	q := &s.joiner
	mine, ok := q.expect(j)
	if !ok {
		return j.ctx.Err()
	}
	g := &group{members: q.take(j), relies: s.stands.relies()}
	g.prepare(s)
	if !mine {
		q.writing <- struct{}{}
	}
	q.next()
	err := s.together(g)
	if errors.Is(err, errStale) {
		s.stands.wrong(g.members)
		g = &group{members: g.members}
		g.prepare(s)
		err = s.together(g)
	}
	<-q.writing
	v := ended
	if errors.Is(err, errApart) {
		v = runAlone
	}
	for _, other := range g.members[1:] {
		other.err = err
		other.told <- v
	}
	if v == runAlone {
		return s.alone(j)
	}
	return err
}

// errStale says that a group has relied on what is no longer so.
var errStale = errors.New("what the group relied on is no longer so")

// errApart says that a group has to be taken apart: one of them failed, and it is
// not told which.
var errApart = errors.New("somebody in the group failed")

// together runs a group in one transaction. What fails before the commit has not
// happened, and the group is taken apart; what becomes of a failed commit nobody
// knows, so all are told of it.
func (s *Store) together(g *group) error {
	if len(g.members) == 1 && (g.err != nil || len(g.late) > 0) {
		return s.alone(g.members[0])
	}
	committing := false
	ctx := g.context()
	err := s.run(ctx, s.write, false, func(tx *Tx) error {
		err := g.finish(ctx, tx)
		committing = err == nil
		return err
	})
	switch {
	case err == nil:
		s.stands.keep(g.units, s.wall())
	case committing && !s.retryable(err):
	case g.relies && g.err == nil && (errors.Is(err, ErrConflict) || errors.Is(err, ErrDuplicate)):
		return errStale
	default:
		return errApart
	}
	return err
}

// alone runs a member by itself. It is read before its transaction begins, as a group
// is, because within one there is a database (TiDB) that shows what it was at its beginning
// even after the turn had to be waited for.
func (s *Store) alone(j *joined) error {
	var u *unit
	err := s.again(j.ctx, func() error {
		u = newUnit(j.turn)
		if err := s.glancer().glance(j.ctx, []*unit{u}, []*unit{u}); err != nil {
			return err
		}
		return s.run(j.ctx, s.write, false, func(tx *Tx) error {
			if err := tx.lock(j.ctx, []*unit{u}); err != nil {
				return err
			}
			tx.unit = u
			if err := j.fn(tx); err != nil {
				return err
			}
			return tx.settle(j.ctx)
		})
	})
	if err == nil {
		s.stands.keep([]*unit{u}, s.wall())
	}
	return err
}

// glancer reads without a transaction: each statement sees what is committed by then.
func (s *Store) glancer() *Tx {
	return &Tx{sql: s.read, dialect: s.dialect, ids: s.ids, readOnly: true}
}
