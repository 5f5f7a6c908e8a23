// Package store keeps the records: what was heard, what is being filled, what is
// to be sent, what was filed. It knows rows and transactions and nothing of what
// they mean; it imports nothing else of ours.
//
// # Shape
//
// Store is the one door. Update runs a function in a read-write transaction, View
// in a read-only snapshot; both hand it a *Tx, which gives one small repository
// for each aggregate (tx.Leads(), tx.Deliveries(), …), one file each. Records are
// plain structs. There is no way to read or write outside a transaction.
//
// # Two databases, one text
//
// SQLite for one machine, MySQL (MariaDB, TiDB) for replicas. The SQL is the same
// text for both; the four things that cannot be are in dialect. To make that
// possible: ids are made here (NewID), times are milliseconds since 1970 in UTC,
// money and figures are scaled integers, JSON is an opaque text that the database
// never looks into, and what is filtered on has a column of its own.
//
// # Guarantees
//
//   - A transaction that fails leaves nothing behind. One that meets another's lock
//     is rolled back and run again, so fn must not keep what it learnt in an earlier
//     run. A statement that met a conflict poisons its Tx: nothing of that run can
//     be committed, even if fn swallows the error.
//   - ErrDuplicate leaves the transaction usable: what fn does next can still commit.
//   - Nothing waits for SKIP LOCKED (TiDB parses it and locks nothing): work is
//     claimed by an UPDATE that repeats its conditions, and whoever finds fewer rows
//     than it chose starts over.
//   - An error never shows the database's password.
//
// # Testing
//
// Package storetest has the contract as a suite that every database passes.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
)

// What a caller may want to tell apart.
var (
	ErrNotFound  = errors.New("not found")
	ErrDuplicate = errors.New("already there")
	ErrConflict  = errors.New("changed by somebody else meanwhile")
)

// Options is what the store needs from outside.
type Options struct {
	Wall   func() time.Time   // the wall clock, for ids; required
	Logger *slog.Logger       // of the drivers; nil = none
	Fast   bool               // for tests: a power cut may lose the last commits
	Terms  func(Lead) []int64 // what a lead is found by, see LeadTerms; nil = leads are not indexed
}

// Store is an open database.
type Store struct {
	write   *sqlx.DB
	read    *sqlx.DB // the same as write, where the database needs no second pool
	dialect dialect
	lines   *lines // to the server; nil for SQLite
	ids     *ids
	joiner  joiner
	stands  standing
	wall    func() time.Time
	terms   func(Lead) []int64
	// keptForms are the versions of forms that were seen in the database.
	keptForms *sync.Map
}

// Open connects to "sqlite:PATH" (and makes the folder) or to
// "mysql://user:password@host:3306/name", and brings the tables up to date.
// Any number of processes may open the same database at the same time.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	s, err := Connect(url, o)
	if err != nil {
		return nil, err
	}
	if err := s.Migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Connect is Open's first half. It asks a server nothing yet, which therefore may be
// away. Before Migrate has succeeded, nothing but Ping and Close may be called.
func Connect(url string, o Options) (*Store, error) {
	if o.Wall == nil {
		return nil, errors.New("store: Options.Wall is required")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	gen, err := newIDs(o.Wall)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s, err := connect(url, o)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s.ids, s.wall, s.keptForms, s.terms = gen, o.Wall, new(sync.Map), o.Terms
	s.joiner.writing, s.joiner.enough = make(chan struct{}, s.dialect.writers()), make(chan struct{}, 1)
	return s, nil
}

// Migrate is Open's second half: it brings the tables up to date. IsAway tells whether
// it is worth trying again.
func (s *Store) Migrate(ctx context.Context) error {
	if err := s.migrate(ctx); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Close ends all connections. Transactions still running fail.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	return err
}

// Ping asks the database whether it is there.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	return nil
}

// Writable asks the database whether it would take a write now: of a file, that no
// other process holds it.
func (s *Store) Writable(ctx context.Context) error {
	t, err := s.write.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("the database takes no writes: %w", err)
	}
	return t.Rollback()
}

// Dialect is "sqlite" or "mysql".
func (s *Store) Dialect() string { return s.dialect.name() }

// NewID makes an id that no other process makes, larger than all that this one
// made before.
func (s *Store) NewID() int64 { return s.ids.next() }

// Empty says whether nothing was ever heard or recorded here.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	var n int
	err := s.View(ctx, func(tx *Tx) (err error) {
		n, err = one(ctx, tx, scanInt, `SELECT EXISTS(SELECT 1 FROM messages) + EXISTS(SELECT 1 FROM leads)
			+ EXISTS(SELECT 1 FROM filings)`)
		return err
	})
	return n == 0, err
}
