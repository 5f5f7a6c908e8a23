package store

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// group is several messages in one transaction. Each has a Tx of its own, with its
// unit, and they are handled beside each other as far as they only need that: units
// are of different people. The first statement of its own gives a message the
// transaction for itself until it has been handled; so those that read or count
// across people still do so one after the other.
type group struct {
	members []*joined

	statements sync.Mutex // held by the member that has the transaction
	ended      sync.Mutex
	units      []*unit // of members that have been handled
	failed     atomic.Bool
}

// run handles all members in the transaction.
func (g *group) run(ctx context.Context, tx *Tx) error {
	units, err := tx.begin(ctx, g.members)
	if err != nil {
		return err
	}
	errs := make([]error, len(g.members))
	var next atomic.Int64
	work := func() {
		for i := next.Add(1) - 1; i < int64(len(g.members)) && !g.failed.Load(); i = next.Add(1) - 1 {
			if errs[i] = g.handle(tx, g.members[i], units[i]); errs[i] != nil {
				g.failed.Store(true)
			}
		}
	}
	var beside sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(g.members)) - 1 {
		beside.Go(work)
	}
	work()
	beside.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return tx.write(ctx, units)
}

// handle is one member's part. A panic is left for the run that it makes by itself,
// in the goroutine whose it is.
func (g *group) handle(whole *Tx, j *joined, u *unit) (err error) {
	tx := &Tx{sql: whole.sql, dialect: whole.dialect, ids: whole.ids, keptForms: whole.keptForms, unit: u, group: g}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panicked in a group: %w", errApart)
		}
		g.ended.Lock()
		g.units = append(g.units, u)
		g.ended.Unlock()
		if tx.holds {
			g.statements.Unlock()
		}
	}()
	if err := j.fn(tx); err != nil {
		return err
	}
	return tx.poison
}

// hold waits until the transaction is this member's alone.
func (tx *Tx) hold() {
	if tx.group != nil && !tx.holds {
		tx.group.statements.Lock()
		tx.holds = true
	}
}

// settleFor writes what is held back, before a statement that touches one of its
// tables: of this member, and of those that have been handled.
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
	units := []*unit{tx.unit}
	if tx.group != nil {
		tx.group.ended.Lock()
		units = append(units, tx.group.units...)
		tx.group.ended.Unlock()
	}
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
