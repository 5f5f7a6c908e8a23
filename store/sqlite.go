package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type sqliteDialect struct{}

// readers is how many snapshots are read at the same time.
const readers = 4

// busyTimeout is how long (ms) one process waits for another that is writing:
// `chat` beside `serve`, or a backup.
const busyTimeout = 10000

// connectSQLite opens the file twice. All writing goes through one connection,
// which takes the write lock when it begins: two writers then queue in place of
// failing half way. Readers have a pool of their own and read beside it (WAL).
// synchronous=FULL makes a commit survive a power cut.
func connectSQLite(path string, o Options) (*Store, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, errors.New(`database.url "sqlite:" needs the path of a file`)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the database's folder: %w", err)
	}
	synchronous := "synchronous(FULL)"
	if o.Fast {
		synchronous = "synchronous(NORMAL)"
	}
	busy := fmt.Sprintf("busy_timeout(%d)", busyTimeout)
	write := openSQLite(path, 1, url.Values{"_txlock": {"immediate"}, "_pragma": {busy, "journal_mode(WAL)", synchronous}})
	read := openSQLite(path, readers, url.Values{"_pragma": {busy, "query_only(1)"}})
	return &Store{write: write, read: read, dialect: sqliteDialect{}}, nil
}

// openSQLite connects when the first is needed.
func openSQLite(path string, conns int, params url.Values) *sqlx.DB {
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + params.Encode()
	db := sqlx.NewDb(sql.OpenDB(preparing{name}), "sqlite")
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

func (sqliteDialect) name() string { return "sqlite" }

// forUpdate is nothing: a transaction that writes is alone from its beginning.
func (sqliteDialect) forUpdate() string { return "" }

func (sqliteDialect) upsert(keys, cols []string) string {
	return "ON CONFLICT (" + columns(keys) + ") DO UPDATE SET " + sets(cols, "excluded.%s")
}

func (d sqliteDialect) guarded(keys, cols []string) string {
	return d.upsert(keys, append([]string{"version"}, cols...)) + " WHERE version = excluded.version - 1"
}

func (sqliteDialect) updated(affected int64, n int) bool { return affected == int64(n) }

// writers is one: there is one connection that writes.
func (sqliteDialect) writers() int { return 1 }

func (sqliteDialect) isDuplicate(err error) bool {
	code := sqliteCode(err)
	return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

// isRetryable looks at the primary code, which the extended ones (BUSY_SNAPSHOT,
// BUSY_RECOVERY, …) carry in their low byte.
func (sqliteDialect) isRetryable(err error) bool {
	code := sqliteCode(err) & 0xff
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}
