package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// scanner is the row that a scan function reads.
type scanner interface{ Scan(dest ...any) error }

// all collects a SELECT's rows.
func all[T any](ctx context.Context, tx *Tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := tx.query(ctx, func(r scanner) error {
		v, err := scan(r)
		out = append(out, v)
		return err
	}, query, args...)
	return out, err
}

// one is the first row of a SELECT, or ErrNotFound.
func one[T any](ctx context.Context, tx *Tx, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	rows, err := all(ctx, tx, scan, query, args...)
	if err == nil && len(rows) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return rows[0], nil
}

func scanInt(r scanner) (n int, err error) {
	err = r.Scan(&n)
	return n, err
}

func scanText(r scanner) (s string, err error) {
	err = r.Scan(&s)
	return s, err
}

// rowsAtOnce bounds one INSERT: far below the 32766 parameters that SQLite takes.
const rowsAtOnce = 200

// insert adds rows, many at a time.
func (tx *Tx) insert(ctx context.Context, table string, cols []string, rows ...[]any) error {
	return tx.insertWith(ctx, insertInto(table, cols), "", len(cols), rows)
}

// insertWith runs head VALUES (…), (…) tail for rows of n columns.
func (tx *Tx) insertWith(ctx context.Context, head, tail string, n int, rows [][]any) error {
	_, err := tx.insertRows(ctx, head, tail, n, rows)
	return err
}

// insertRows says how many rows the database counts as changed.
func (tx *Tx) insertRows(ctx context.Context, head, tail string, n int, rows [][]any) (affected int64, err error) {
	tuple := "(?" + strings.Repeat(", ?", n-1) + ")"
	for len(rows) > 0 {
		part := rows[:min(len(rows), rowsAtOnce)]
		rows = rows[len(part):]
		args := make([]any, 0, len(part)*n)
		for _, r := range part {
			args = append(args, r...)
		}
		query := head + " VALUES " + tuple + strings.Repeat(", "+tuple, len(part)-1) + tail
		more, err := tx.exec(ctx, query, args...)
		if err != nil {
			return affected, err
		}
		affected += more
	}
	return affected, nil
}

// upsert adds rows, or gives those that are there by their keys the new columns.
func (tx *Tx) upsert(ctx context.Context, table string, keys, cols []string, rows ...[]any) error {
	names := append(append([]string{}, keys...), cols...)
	return tx.insertWith(ctx, insertInto(table, names), " "+tx.dialect.upsert(keys, cols), len(names), rows)
}

// insertOnce adds a row unless it is there, and says whether it did. It is not INSERT
// IGNORE, which on MySQL also lets through texts cut short.
func (tx *Tx) insertOnce(ctx context.Context, table string, cols []string, row ...any) (bool, error) {
	err := tx.insert(ctx, table, cols, row)
	if errors.Is(err, ErrDuplicate) {
		return false, nil
	}
	return err == nil, err
}

func insertInto(table string, cols []string) string {
	return "INSERT INTO " + table + " (" + strings.Join(cols, ", ") + ")"
}

// in expands slices among args into lists.
func in(query string, args ...any) (string, []any, error) { return sqlx.In(query, args...) }

// columns is a SELECT list.
func columns(cols []string) string { return strings.Join(cols, ", ") }

// millis is how a time is stored: milliseconds since 1970, 0 for none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at reads a stored time.
func at(t *time.Time) *timeColumn { return (*timeColumn)(t) }

type timeColumn time.Time

// Scan reads milliseconds.
func (c *timeColumn) Scan(v any) error {
	n, err := number(v)
	if err != nil {
		return err
	}
	*c = timeColumn{}
	if n != 0 {
		*c = timeColumn(time.UnixMilli(n).UTC())
	}
	return nil
}

// number is an integer as a driver gives it.
func number(v any) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case []byte:
		return strconv.ParseInt(string(v), 10, 64)
	case nil:
		return 0, nil
	}
	return 0, fmt.Errorf("store: %T is not a number", v)
}

// doc reads an opaque document; none stays nil.
func doc(b *[]byte) *docColumn { return (*docColumn)(b) }

type docColumn []byte

// Scan copies the bytes.
func (c *docColumn) Scan(v any) error {
	*c = nil
	switch v := v.(type) {
	case nil:
	case string:
		if v != "" {
			*c = docColumn(v)
		}
	case []byte:
		if len(v) > 0 {
			*c = append(docColumn{}, v...)
		}
	default:
		return fmt.Errorf("store: %T is not a document", v)
	}
	return nil
}

// bit is how a bool is stored.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
