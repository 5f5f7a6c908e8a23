package yardstick

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"

	_ "github.com/go-sql-driver/mysql" // registers itself
	_ "modernc.org/sqlite"             // registers itself
)

// Step is one message with what a form makes of it.
type Step struct {
	ID            int64
	User, Content string
	At            int64
}

// ErrKnown says that the step was kept before.
var ErrKnown = errors.New("this message was here before")

// Store keeps steps durably.
type Store interface {
	Save(s Step) error
	Close() error
}

// The kinds of store.
const (
	None   = "none"             // keeps nothing: decryption and HTTP alone
	SQLite = "sqlite-stepgroup" // everything waiting in one transaction, four statements a step
	MySQL  = "mysql-stepbatch"  // everything waiting in one transaction, one statement a table
)

// batchSize bounds what is committed together, so that nobody waits for a crowd.
const batchSize = 256

// Open opens a store of a kind: for SQLite dsn is a file, for MySQL what its driver
// takes.
func Open(kind, dsn string) (Store, error) {
	switch kind {
	case None:
		return nothing{}, nil
	case SQLite:
		return openSQLite(dsn)
	case MySQL:
		return openMySQL(dsn)
	}
	return nil, fmt.Errorf("there is no store %q: use %s, %s or %s", kind, None, SQLite, MySQL)
}

type nothing struct{}

func (nothing) Save(Step) error { return nil }
func (nothing) Close() error    { return nil }

// group commits together what comes while the last commit is under way.
type group struct {
	db     *sql.DB
	commit func([]Step) error
	jobs   chan job
	writer sync.WaitGroup
}

type job struct {
	step Step
	done chan error
}

func newGroup(db *sql.DB, commit func([]Step) error) *group {
	g := &group{db: db, commit: commit, jobs: make(chan job, 4*batchSize)}
	g.writer.Go(g.write)
	return g
}

// Save returns when the step is durable.
func (g *group) Save(s Step) error {
	j := job{s, make(chan error, 1)}
	g.jobs <- j
	return <-j.done
}

// Close commits what is left. Nobody may be saving any more.
func (g *group) Close() error {
	close(g.jobs)
	g.writer.Wait()
	return g.db.Close()
}

func (g *group) write() {
	for first := range g.jobs {
		batch := []job{first}
	gather:
		for len(batch) < batchSize {
			select {
			case j, open := <-g.jobs:
				if !open {
					break gather
				}
				batch = append(batch, j)
			default:
				break gather
			}
		}
		g.settle(batch)
	}
}

// settle commits a batch. If it holds a message that was here before, each step is
// committed alone, and that one is told.
func (g *group) settle(batch []job) {
	steps := make([]Step, len(batch))
	for i, j := range batch {
		steps[i] = j.step
	}
	err := g.commit(steps)
	for _, j := range batch {
		if errors.Is(err, ErrKnown) && len(batch) > 1 {
			j.done <- g.commit([]Step{j.step})
			continue
		}
		j.done <- err
	}
}
