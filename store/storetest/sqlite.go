package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// SQLiteURL is the address of a fresh SQLite file whose tables are made already: a copy of
// one that is made once in a process, because making them takes longer than most tests.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	empty, err := emptySQLite()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "zhuanban.db")
	require.NoError(t, os.WriteFile(path, empty, 0o600))
	return "sqlite:" + path
}

// emptySQLite is a file with all tables and nothing in them.
var emptySQLite = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "zbsqlite")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "zhuanban.db")
	s, err := store.Open(context.Background(), "sqlite:"+path, store.Options{Wall: time.Now, Fast: true})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil { // which brings all of it into the one file
		return nil, err
	}
	return os.ReadFile(path)
})
