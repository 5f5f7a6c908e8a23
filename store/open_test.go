package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func TestOpenMakesTheFolderAndTheTables(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "a b?", "zhuanban.db")
	began := time.Now()
	s, err := store.Open(context.Background(), url, store.Options{Wall: time.Now})
	require.NoError(t, err)
	t.Log("first start", time.Since(began))
	empty, err := s.Empty(context.Background())
	require.NoError(t, err)
	require.True(t, empty)
	require.NoError(t, s.Close())
	began = time.Now()
	s, err = store.Open(context.Background(), url, store.Options{Wall: time.Now})
	require.NoError(t, err)
	t.Log("second start", time.Since(began))
	require.NoError(t, s.Update(context.Background(), func(tx *store.Tx) error {
		now := time.Now()
		require.NoError(t, tx.Deliveries().Queue(context.Background(), store.Delivery{ToKind: "person", ToAccount: "a", CreatedAt: now}))
		ds, err := tx.Deliveries().Claim(context.Background(), "me", now, time.Minute, 10)
		require.NoError(t, err)
		require.Len(t, ds, 1)
		require.NoError(t, tx.Deliveries().Freeze(context.Background(), ds[0].ID, "me", []byte("x")))
		require.NoError(t, tx.Leads().Insert(context.Background(), store.Lead{Number: "A-1"}))
		require.NoError(t, tx.Filings().Insert(context.Background(), &store.Filing{Table: "w", Unit: "u", Period: 20240105, Values: map[string]int64{"a": 5}}))
		return nil
	}))
	require.NoError(t, s.Close())
}
