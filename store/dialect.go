package store

import (
	"errors"
	"fmt"
	"strings"
)

// dialect is what the two databases do not say in the same words.
type dialect interface {
	name() string
	// upsert is the tail of an INSERT that gives a row that is there by its keys
	// the new columns.
	upsert(keys, cols []string) string
	// guarded is the same for a row with a column version: only one whose version is
	// the one before the new one's gets anything.
	guarded(keys, cols []string) string
	// updated says whether n rows, of which each was there, all got their new columns,
	// from what the database says of how many it has changed.
	updated(affected int64, n int) bool
	// forUpdate is the tail of a SELECT that keeps the rows for this transaction.
	forUpdate() string
	// writers is how many groups of turns are worth writing at the same time.
	writers() int
	// isDuplicate says that a unique key was already there.
	isDuplicate(err error) bool
	// isRetryable says that the transaction met another and may be run again.
	isRetryable(err error) bool
}

// errURL never quotes what it was given: there may be a password in any part of an
// address that does not parse.
var errURL = errors.New(`database.url is neither "sqlite:PATH" nor "mysql://user:password@host:3306/name" ` +
	`(in a password write : / ? # @ % as %3A %2F %3F %23 %40 %25)`)

func connect(url string, o Options) (*Store, error) {
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		return connectSQLite(strings.TrimPrefix(url, "sqlite:"), o)
	case strings.HasPrefix(url, "mysql://"):
		return connectMySQL(url, o)
	}
	return nil, errURL
}

// sets is "a = WORD(a), b = WORD(b)".
func sets(cols []string, form string) string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = fmt.Sprintf("%s = "+form, c, c)
	}
	return strings.Join(out, ", ")
}
