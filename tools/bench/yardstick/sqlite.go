package yardstick

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The work of one step, as statements: keep the message, read where the form
// stands, write where it stands now, keep the value.
const (
	keepMessage  = "INSERT INTO msg(msg_id,user,content,created) VALUES(?,?,?,?)"
	readSession  = "SELECT step,data FROM session WHERE user=?"
	writeSession = "REPLACE INTO session(user,step,data,updated) VALUES(?,?,?,?)"
	keepValue    = "INSERT INTO answer(user,step,value,created) VALUES(?,?,?,?)"
)

// formSteps is how many questions the imagined form has.
const formSteps = 7

var sqliteTables = []string{
	"CREATE TABLE IF NOT EXISTS msg(msg_id INTEGER PRIMARY KEY, user TEXT, content TEXT, created INTEGER)",
	"CREATE TABLE IF NOT EXISTS session(user TEXT PRIMARY KEY, step INTEGER, data TEXT, updated INTEGER)",
	"CREATE TABLE IF NOT EXISTS answer(id INTEGER PRIMARY KEY, user TEXT, step INTEGER, value TEXT, created INTEGER)",
}

// openSQLite opens a file as durably as SQLite can: a write-ahead log that is flushed
// with every commit.
func openSQLite(file string) (Store, error) {
	q := url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "busy_timeout(5000)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+file+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", file, err)
	}
	db.SetMaxOpenConns(1) // SQLite has one writer
	w := &sqliteWork{db: db}
	if err := w.prepare(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return newGroup(db, w.commit), nil
}

type sqliteWork struct {
	db                                *sql.DB
	message, session, stand, newValue *sql.Stmt
}

func (w *sqliteWork) prepare() (err error) {
	for _, table := range sqliteTables {
		if _, err := w.db.Exec(table); err != nil {
			return fmt.Errorf("making a table: %w", err)
		}
	}
	for statement, text := range map[**sql.Stmt]string{
		&w.message: keepMessage, &w.session: readSession, &w.stand: writeSession, &w.newValue: keepValue,
	} {
		if *statement, err = w.db.Prepare(text); err != nil {
			return fmt.Errorf("preparing %q: %w", text, err)
		}
	}
	return nil
}

func (w *sqliteWork) commit(steps []Step) error {
	tx, err := w.db.Begin()
	if err != nil {
		return fmt.Errorf("beginning: %w", err)
	}
	for _, s := range steps {
		if err := w.step(tx, s); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

func (w *sqliteWork) step(tx *sql.Tx, s Step) error {
	var clash *sqlite.Error
	if _, err := tx.Stmt(w.message).Exec(s.ID, s.User, s.Content, s.At); errors.As(err, &clash) && clash.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY {
		return ErrKnown
	} else if err != nil {
		return fmt.Errorf("keeping the message: %w", err)
	}
	var at int
	var data string
	if err := tx.Stmt(w.session).QueryRow(s.User).Scan(&at, &data); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the session: %w", err)
	}
	at = (at + 1) % formSteps
	if _, err := tx.Stmt(w.stand).Exec(s.User, at, data, s.At); err != nil {
		return fmt.Errorf("writing the session: %w", err)
	}
	if _, err := tx.Stmt(w.newValue).Exec(s.User, at, s.Content, s.At); err != nil {
		return fmt.Errorf("keeping the value: %w", err)
	}
	return nil
}
