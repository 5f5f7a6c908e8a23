package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// group is several messages of different people in one transaction. It goes three
// steps, of which only the last has the database for itself:
//
//  1. read: what members need and is not known from their last turns (standing) is
//     read at once.
//  2. ahead: each is handled in memory, beside the others and while the group before
//     is still being written. Whoever needs a statement of its own stops, and begins
//     again in step 3.
//  3. finish: the transaction begins. If anybody needs statements, the turns of all are
//     taken first, and who needs them is handled now, one after the other. Then
//     everything is written, which takes the turns that are not taken yet. Had anybody
//     had one since they were read, nothing of it is: the group is run anew without
//     relying on anything, and if that does not help, taken apart.
//
// So the processors work while the disk does.
type group struct {
	members []*joined
	relies  bool // on what is remembered, and on fresh messages being so
	units   []*unit
	late    []int // who needs statements
	err     error // of the first who failed
}

// errLater stops a member that needs a statement before there is a transaction.
var errLater = fmt.Errorf("%w: not before there is a transaction", ErrConflict)

// context is that of the whole group: nobody's impatience ends the others'
// transaction.
func (g *group) context() context.Context {
	if len(g.members) == 1 {
		return g.members[0].ctx
	}
	return context.WithoutCancel(g.members[0].ctx)
}

// prepare goes the first two steps.
func (g *group) prepare(s *Store) {
	g.units = make([]*unit, len(g.members))
	var unknown, told []*unit
	now := s.wall()
	for i, j := range g.members {
		if g.relies {
			g.units[i] = s.stands.find(j.turn, now)
		}
		if g.units[i] == nil {
			g.units[i] = newUnit(j.turn)
			unknown = append(unknown, g.units[i])
		}
		if !g.relies || !j.turn.Fresh {
			told = append(told, g.units[i])
		}
	}
	// No snapshot is needed: the conversations are read first, and whoever takes the
	// turns wants them unchanged since.
	if g.err = s.glancer().glance(g.context(), unknown, told); g.err == nil {
		g.run(g.ahead(s))
	}
}

// ahead is a member's part before there is a transaction.
func (g *group) ahead(s *Store) func(i int) error {
	return func(i int) error {
		tx := &Tx{dialect: s.dialect, ids: s.ids, keptForms: s.keptForms, unit: g.units[i].fresh(), poison: errLater}
		err := handle(tx, g.members[i])
		if tx.refused {
			return errLater
		}
		g.units[i] = tx.unit
		return err
	}
}

// run handles all members beside each other.
func (g *group) run(part func(i int) error) {
	errs := make([]error, len(g.members))
	var next atomic.Int64
	var failed atomic.Bool
	work := func() {
		for i := next.Add(1) - 1; i < int64(len(g.members)) && !failed.Load(); i = next.Add(1) - 1 {
			if errs[i] = part(int(i)); errs[i] != nil && !errors.Is(errs[i], errLater) {
				failed.Store(true)
			}
		}
	}
	var beside sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(g.members)) - 1 {
		beside.Go(work)
	}
	work()
	beside.Wait()
	for i, err := range errs {
		switch {
		case errors.Is(err, errLater):
			g.late = append(g.late, i)
		case err != nil:
			g.err = err
		}
	}
}

// finish takes everybody's turn, handles who is late, and writes.
func (g *group) finish(ctx context.Context, tx *Tx) error {
	if g.err != nil {
		return g.err
	}
	if !g.relies || len(g.late) > 0 {
		if err := tx.lock(ctx, g.units); err != nil {
			return err
		}
	}
	late := make(map[int]bool, len(g.late))
	for _, i := range g.late {
		late[i] = true
	}
	tx.newForms = map[string]bool{} // one for all: see Forms.Keep
	done := make([]*unit, 0, len(g.units))
	for i, u := range g.units {
		if !late[i] {
			done = append(done, u)
		}
	}
	for _, i := range g.late {
		own := &Tx{sql: tx.sql, dialect: tx.dialect, ids: tx.ids, keptForms: tx.keptForms, newForms: tx.newForms,
			unit: g.units[i].fresh(), before: done}
		if err := handle(own, g.members[i]); err != nil {
			return err
		}
		if own.poison != nil {
			return own.poison
		}
		g.units[i] = own.unit
		done = append(done, own.unit)
	}
	return tx.write(ctx, done)
}

// lock takes these people's turns, and wants that nobody has had one since they were
// read.
func (tx *Tx) lock(ctx context.Context, units []*unit) error {
	people := make([]any, len(units))
	versions := make(map[string]int64, len(units))
	for i, u := range units {
		people[i], versions[u.of.Person] = u.of.Person, u.version
	}
	err := tx.query(ctx, func(r scanner) error {
		var person string
		var version int64
		if err := r.Scan(&person, &version); err != nil {
			return err
		}
		if versions[person] != version {
			return fmt.Errorf("%w: the conversation of %s", errAgain, person)
		}
		delete(versions, person)
		return nil
	}, "SELECT person, version FROM conversations WHERE person IN "+list(len(people))+tx.dialect.forUpdate(), people...)
	if err != nil {
		return err
	}
	for person, version := range versions { // of whom there is no row
		if version != 0 {
			return fmt.Errorf("%w: the conversation of %s", errAgain, person)
		}
	}
	for _, u := range units {
		u.mine = true
	}
	return nil
}

// handle is one member's part. A panic is left for the run that it makes by itself, in
// the goroutine whose it is.
func handle(tx *Tx, j *joined) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panicked in a group: %w", errApart)
		}
	}()
	return j.fn(tx)
}

// settleFor writes what is held back, before a statement that touches one of its
// tables: of this member, and of those that were handled before it.
func (tx *Tx) settleFor(ctx context.Context, query string) error {
	if tx.unit == nil || tx.writing {
		return nil
	}
	for _, table := range held {
		if strings.Contains(query, table) {
			return tx.settle(ctx)
		}
	}
	return nil
}

func (tx *Tx) settle(ctx context.Context) error {
	units := append([]*unit{tx.unit}, tx.before...)
	for _, u := range units {
		if u.dirty() {
			tx.writing = true
			err := tx.write(ctx, units)
			tx.writing = false
			return err
		}
	}
	return nil
}
