package store_test

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"zhuanban/store"
	"zhuanban/store/storetest"
)

func TestIsAway(t *testing.T) {
	server := func(code uint16) error { return &mysql.MySQLError{Number: code, Message: "as the server says"} }
	for _, c := range []struct {
		what string
		err  error
		away bool
	}{
		{"nothing", nil, false},
		{"a handler's error", errors.New("a handler panicked"), false},
		{"not found", store.ErrNotFound, false},
		{"there already", store.ErrDuplicate, false},
		{"a conflict", store.ErrConflict, false},
		{"a caller who gave up", context.Canceled, false},
		{"a caller who gave up, as the network says it", &net.OpError{Op: "dial", Err: context.Canceled}, false},
		{"the end of a file that a handler read", io.ErrUnexpectedEOF, false},
		{"a deadline that passed", context.DeadlineExceeded, true},
		{"a lost connection", driver.ErrBadConn, true},
		{"a lost connection, in the middle", mysql.ErrInvalidConn, true},
		{"a refused connection", &net.OpError{Op: "dial", Err: errors.New("connection refused")}, true},
		{"an unknown host", &net.DNSError{Name: "db"}, true},
		{"too many connections", server(1040), true},
		{"no cluster", server(1047), true},
		{"shutting down", server(1053), true},
		{"host blocked", server(1129), true},
		{"too many of this user", server(1203), true},
		{"read-only after a fail-over", server(1290), true},
		{"in a read-only transaction", server(1792), true},
		{"read-only", server(1836), true},
		{"wrong password", server(1045), false},
		{"no such database", server(1049), false},
		{"syntax", server(1064), false},
		{"somebody has it already", server(1062), false},
		{"a lock that was not given", server(1205), false},
		{"a deadlock", server(1213), false},
	} {
		t.Run(c.what, func(t *testing.T) {
			require.Equal(t, c.away, store.IsAway(c.err))
			if c.err != nil {
				require.Equal(t, c.away, store.IsAway(fmt.Errorf("handling a message: %w", c.err)), "wrapped")
			}
		})
	}
}

// TestIsAwayOfSQLite lets the driver itself say what is wrong.
func TestIsAwayOfSQLite(t *testing.T) {
	for name, c := range map[string]struct {
		file, params string
		other        []string // what another connection has done
		before       []string // what must succeed
		fails        string
		away         bool
	}{
		"full":              {before: []string{"CREATE TABLE t (x)", "PRAGMA max_page_count = 3"}, fails: "INSERT INTO t VALUES (zeroblob(100000))", away: true},
		"read-only":         {params: "&mode=ro", fails: "CREATE TABLE t (x)", away: true},
		"held by another":   {other: []string{"BEGIN IMMEDIATE"}, fails: "BEGIN IMMEDIATE", away: true},
		"a wrong statement": {fails: "SELEKT 1", away: false},
		"a broken rule":     {before: []string{"CREATE TABLE t (x UNIQUE)", "INSERT INTO t VALUES (1)"}, fails: "INSERT INTO t VALUES (1)", away: false},
		"out of reach":      {file: "no/such/folder/db", fails: "CREATE TABLE t (x)", away: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			open := func(path, params string) *sql.DB {
				db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(0)"+params)
				require.NoError(t, err)
				db.SetMaxOpenConns(1)
				t.Cleanup(func() { require.NoError(t, db.Close()) })
				return db
			}
			do := func(db *sql.DB, statements ...string) {
				for _, s := range statements {
					_, err := db.ExecContext(t.Context(), s)
					require.NoError(t, err)
				}
			}
			other := open(filepath.Join(dir, "db"), "")
			do(other, "CREATE TABLE there (x)")
			do(other, c.other...)
			db := open(filepath.Join(dir, cmp.Or(c.file, "db")), c.params)
			do(db, c.before...)
			_, err := db.ExecContext(t.Context(), c.fails)
			require.Error(t, err)
			require.Equal(t, c.away, store.IsAway(err), err)
		})
	}
}

func TestIsAwayOfAServerThatStops(t *testing.T) {
	line, address := storetest.Through(t, storetest.MariaDBURL(t))
	s, err := open(t.Context(), address)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	count := func(tx *store.Tx) error {
		_, err := tx.Counters().Next(t.Context(), "n")
		return err
	}
	require.NoError(t, s.Update(t.Context(), count))
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		if err := count(tx); err != nil {
			return err
		}
		line.Cut()
		return count(tx)
	})
	require.True(t, store.IsAway(err), "in the middle: %v", err)
	err = s.Update(t.Context(), count)
	require.True(t, store.IsAway(err), "at the beginning: %v", err)
	require.True(t, store.IsAway(s.Ping(t.Context())))
	line.Mend()
	require.NoError(t, s.Update(t.Context(), count))

	line.Hold()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = s.Update(ctx, count)
	require.True(t, store.IsAway(err), "no answer: %v", err)
}

// TestIsAwayOfADatabaseThatIsHeld: another writer holds the rows, or the file, for
// longer than the caller waits.
func TestIsAwayOfADatabaseThatIsHeld(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func(t *testing.T) *store.Store) {
		s := open(t)
		count := func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Counters().Next(ctx, "n")
			return err
		}
		require.NoError(t, s.Update(t.Context(), func(tx *store.Tx) error {
			if err := count(t.Context(), tx); err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			err := s.Update(ctx, func(tx *store.Tx) error { return count(ctx, tx) })
			require.True(t, store.IsAway(err), "%v", err)
			return nil
		}))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := s.Update(ctx, func(tx *store.Tx) error { return count(ctx, tx) })
		require.Error(t, err)
		require.False(t, store.IsAway(err), "the caller gave up: %v", err)
	})
}
