package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// Tx is one transaction. It ends with the function that it was handed to, and is
// for one goroutine.
type Tx struct {
	sql     statements
	dialect dialect
	ids     *ids
	// keptForms is the store's; see Forms.Keep.
	keptForms *sync.Map
	terms     func(Lead) []int64 // the store's; nil in what only reads
	newForms  map[string]bool    // written in this transaction
	readOnly  bool
	poison    error    // the conflict after which this run cannot be committed
	unit      *unit    // of a joined transaction; nil otherwise
	before    []*unit  // of the members of its group that were handled before
	writing   bool     // a unit is being written
	refused   bool     // a statement was refused because of the poison
	taken     []string // whose turns were taken, not in a joined transaction
}

// statements is what runs them: a transaction, or for a glance the database itself.
type statements interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// A transaction that keeps meeting others is tried this often. With pauses of 2,
// 4, 8 … 256 ms, halved by chance, that is about two seconds.
const (
	maxTries   = 14
	firstPause = 2 * time.Millisecond
	lastPause  = 256 * time.Millisecond
)

// errAgain is a conflict that a fresh run of the transaction resolves.
var errAgain = fmt.Errorf("%w: run again", ErrConflict)

var errReadOnly = errors.New("a View cannot write")

// Update runs fn in a read-write transaction and commits if it returns nil. fn may
// run again, from the beginning, when it met another transaction. It must not call
// Update itself.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	return s.again(ctx, func() error { return s.run(ctx, s.write, false, fn) })
}

// View runs fn in a read-only snapshot. It never keeps a writer waiting.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	return s.again(ctx, func() error { return s.run(ctx, s.read, true, fn) })
}

func (s *Store) again(ctx context.Context, try func() error) error {
	pause := firstPause
	for n := 1; ; n++ {
		err := try()
		if err == nil || !s.retryable(err) {
			return err
		}
		if n == maxTries {
			return fmt.Errorf("store: given up after %d tries: %w", n, err)
		}
		if stop := wait(ctx, pause/2+rand.N(pause/2)); stop != nil {
			return errors.Join(stop, err)
		}
		pause = min(2*pause, lastPause)
	}
}

func (s *Store) retryable(err error) bool {
	return errors.Is(err, errAgain) || s.dialect.isRetryable(err)
}

// run is one try. A View is rolled back in place of being begun READ ONLY, which
// TiDB refuses; the Tx itself and SQLite's read pool keep it from writing.
func (s *Store) run(ctx context.Context, pool *sqlx.DB, readOnly bool, fn func(*Tx) error) error {
	t, err := pool.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	// After a commit this does nothing; otherwise, and in a panic, it undoes all.
	defer func() { _ = t.Rollback() }()
	tx := &Tx{sql: t, dialect: s.dialect, ids: s.ids, keptForms: s.keptForms, terms: s.terms, readOnly: readOnly}
	err = fn(tx)
	if tx.poison != nil {
		return tx.poison
	}
	if err != nil || readOnly {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	if len(tx.taken) > 0 {
		s.stands.forget(tx.taken...)
	}
	return nil
}

// NewID makes an id, as Store.NewID does.
func (tx *Tx) NewID() int64 { return tx.ids.next() }

// id is the given one, or a new one where it is zero.
func (tx *Tx) id(id int64) int64 {
	if id == 0 {
		return tx.NewID()
	}
	return id
}

// exec runs one statement and says how many rows it met.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	if tx.poison != nil {
		tx.refused = true
		return 0, tx.poison
	}
	if tx.readOnly {
		return 0, errReadOnly
	}
	if err := tx.settleFor(ctx, query); err != nil {
		return 0, err
	}
	res, err := tx.sql.ExecContext(tx.patient(ctx), query, args...)
	if err != nil {
		return 0, tx.failed(err)
	}
	return res.RowsAffected()
}

// patient is the context of a statement. In a joined transaction nobody's impatience
// may end a statement half way, which would cost the others theirs; and a context
// without an end costs SQLite's driver no watcher for each statement.
func (tx *Tx) patient(ctx context.Context) context.Context {
	if tx.unit == nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// query runs one SELECT and hands each row to scan.
func (tx *Tx) query(ctx context.Context, scan func(scanner) error, query string, args ...any) error {
	if tx.poison != nil {
		tx.refused = true
		return tx.poison
	}
	if err := tx.settleFor(ctx, query); err != nil {
		return err
	}
	rows, err := tx.sql.QueryContext(tx.patient(ctx), query, args...)
	if err != nil {
		return tx.failed(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return tx.failed(err)
	}
	return nil
}

// Again makes the whole transaction start over, for a caller whose row somebody else has
// changed meanwhile: the next run reads it as it is then. Return what it returns.
func (tx *Tx) Again() error { return tx.again() }

// again makes the whole transaction start over.
func (tx *Tx) again() error {
	tx.poison = errAgain
	return errAgain
}

// lostRace turns the ErrDuplicate of a row that an UPDATE had just not found into a
// fresh run: somebody else has made it meanwhile.
func (tx *Tx) lostRace(err error) error {
	if errors.Is(err, ErrDuplicate) {
		return tx.again()
	}
	return err
}

func (tx *Tx) failed(err error) error {
	switch {
	case tx.dialect.isDuplicate(err):
		return fmt.Errorf("%w (%w)", ErrDuplicate, err)
	case tx.dialect.isRetryable(err):
		tx.poison = err
	case errors.Is(err, sql.ErrTxDone):
		return fmt.Errorf("the transaction is over: %w", err)
	}
	return err
}
