package yardstick

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
)

var mysqlTables = []string{
	"CREATE TABLE IF NOT EXISTS msg(msg_id BIGINT PRIMARY KEY, user VARCHAR(64), content VARCHAR(2048), created BIGINT) ENGINE=InnoDB",
	"CREATE TABLE IF NOT EXISTS session(user VARCHAR(64) PRIMARY KEY, step INT, data TEXT, updated BIGINT) ENGINE=InnoDB",
	"CREATE TABLE IF NOT EXISTS answer(id BIGINT AUTO_INCREMENT PRIMARY KEY, user VARCHAR(64), step INT, value VARCHAR(2048), created BIGINT) ENGINE=InnoDB",
}

// duplicateKey is MySQL's number for a primary key that is taken.
const duplicateKey = 1062

// openMySQL opens a database. The values of a statement go into its text on this
// side, so that a batch is one journey for each table, however many steps it holds.
func openMySQL(dsn string) (Store, error) {
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the database: %w", err)
	}
	c.InterpolateParams = true
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	db := sql.OpenDB(connector)
	for _, table := range mysqlTables {
		if _, err := db.Exec(table); err != nil {
			return nil, errors.Join(fmt.Errorf("making a table: %w", err), db.Close())
		}
	}
	return newGroup(db, func(steps []Step) error { return commitBatch(db, steps) }), nil
}

// commitBatch keeps the steps. Where the forms stand is known in memory in a bot
// that batches, so nothing is read.
func commitBatch(db *sql.DB, steps []Step) error {
	tx, err := db.Begin()
	if err != nil {
		return fmt.Errorf("beginning: %w", err)
	}
	for _, table := range []struct {
		head string
		row  func(Step) []any
	}{
		{"INSERT INTO msg(msg_id,user,content,created)", func(s Step) []any { return []any{s.ID, s.User, s.Content, s.At} }},
		{"REPLACE INTO session(user,step,data,updated)", func(s Step) []any { return []any{s.User, 1, "", s.At} }},
		{"INSERT INTO answer(user,step,value,created)", func(s Step) []any { return []any{s.User, 1, s.Content, s.At} }},
	} {
		var values []any
		for _, s := range steps {
			values = append(values, table.row(s)...)
		}
		rows := strings.TrimSuffix(strings.Repeat("(?,?,?,?),", len(steps)), ",")
		if _, err := tx.Exec(table.head+" VALUES"+rows, values...); err != nil {
			return errors.Join(known(err), tx.Rollback())
		}
	}
	return tx.Commit()
}

func known(err error) error {
	var clash *mysql.MySQLError
	if errors.As(err, &clash) && clash.Number == duplicateKey {
		return ErrKnown
	}
	return fmt.Errorf("keeping steps: %w", err)
}
