// Package storetest is the store's contract, as tests that read like it: what every
// database has to hold, in subtests named by the promise. Run is the whole of it;
// Each runs a test of one's own on both databases.
//
// SQLite is a file in the test's folder. MySQL is a throwaway MariaDB, one for the
// test process, with a fresh database for every store; it needs the Debian package
// mariadb-server and fails, rather than skips, without.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// Opener makes a fresh, empty store that ends with the test.
type Opener func(t *testing.T) *store.Store

// Each runs a test on each database.
func Each(t *testing.T, test func(t *testing.T, open func(t *testing.T) *store.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite) })
	t.Run("mysql", func(t *testing.T) { test(t, MariaDB) })
}

// Run is the contract. open gives a fresh, empty store at every call.
func Run(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("transactions", func(t *testing.T) { transactions(t, open(t)) })
	t.Run("joined transactions", func(t *testing.T) { joined(t, open) })
	t.Run("ids", func(t *testing.T) { ids(t, open(t)) })
	t.Run("an empty store", func(t *testing.T) { empty(t, open) })
	t.Run("messages", func(t *testing.T) { messages(t, open(t)) })
	t.Run("turns", func(t *testing.T) { turns(t, open(t)) })
	t.Run("what waits in spools", func(t *testing.T) { spooled(t, open(t)) })
	t.Run("drafts and forms", func(t *testing.T) { drafts(t, open(t)) })
	t.Run("outbox", func(t *testing.T) { outbox(t, open) })
	t.Run("outbox, by many senders", func(t *testing.T) { senders(t, open) })
	t.Run("broadcasts", func(t *testing.T) { broadcasts(t, open(t)) })
	t.Run("occurrences", func(t *testing.T) { occurrences(t, open(t)) })
	t.Run("counters", func(t *testing.T) { counters(t, open(t)) })
	t.Run("leads", func(t *testing.T) { leads(t, open(t)) })
	t.Run("the index of leads", func(t *testing.T) { index(t, open(t)) })
	t.Run("the ledger", func(t *testing.T) { ledger(t, open(t)) })
	t.Run("exports", func(t *testing.T) { exports(t, open(t)) })
	t.Run("how leads are handled", func(t *testing.T) { handlings(t, open(t)) })
	t.Run("a transaction begun again", func(t *testing.T) { begunAgain(t, open(t)) })
	t.Run("time added and time that does not count", func(t *testing.T) { spans(t, open(t)) })
	t.Run("cases", func(t *testing.T) { cases(t, open(t)) })
	t.Run("transfers", func(t *testing.T) { transfers(t, open(t)) })
	t.Run("supervision", func(t *testing.T) { supervisions(t, open(t)) })
	t.Run("files", func(t *testing.T) { files(t, open(t)) })
	t.Run("media", func(t *testing.T) { media(t, open) })
	t.Run("what was prepared for a delivery", func(t *testing.T) { prepared(t, open(t)) })
	t.Run("filings", func(t *testing.T) { filings(t, open(t)) })
	t.Run("members", func(t *testing.T) { members(t, open(t)) })
	t.Run("identities", func(t *testing.T) { identities(t, open(t)) })
	t.Run("homes", func(t *testing.T) { homes(t, open(t)) })
	t.Run("audit", func(t *testing.T) { audit(t, open(t)) })
	t.Run("evidence", func(t *testing.T) { evidence(t, open(t)) })
	t.Run("informants", func(t *testing.T) { informants(t, open(t)) })
	t.Run("openings", func(t *testing.T) { openings(t, open(t)) })
	t.Run("settings", func(t *testing.T) { settings(t, open(t)) })
	t.Run("phone", func(t *testing.T) { phone(t, open(t)) })
	t.Run("leases", func(t *testing.T) { leasing(t, open) })
}

// SQLite opens a fresh store in the test's folder.
func SQLite(t *testing.T) *store.Store {
	t.Helper()
	return Open(t, SQLiteURL(t))
}

// Open opens a store for the length of the test.
func Open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.Options{Wall: time.Now, Fast: true, Terms: terms})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// noon is the moment at which the contract's stories begin.
var noon = time.Date(2024, 1, 19, 4, 0, 0, 0, time.UTC)

// do runs fn in an Update that must succeed.
func do(t *testing.T, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, s.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }))
}

// look runs fn in a View that must succeed.
func look(t *testing.T, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, s.View(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }))
}

// try runs fn in an Update and gives its error.
func try(t *testing.T, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) error {
	t.Helper()
	ctx := t.Context()
	return s.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) })
}

// together runs all at the same time and waits; each must succeed.
func together(t *testing.T, fns ...func() error) {
	t.Helper()
	errs := make(chan error, len(fns))
	for _, fn := range fns {
		go func() { errs <- fn() }()
	}
	for range fns {
		require.NoError(t, <-errs)
	}
}
