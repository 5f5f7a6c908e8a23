package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
	"zhuanban/store/storetest"
)

// TestHangUp: whoever waits for a server that hangs fails at once, whatever context it
// has, and so does whoever comes later.
func TestHangUp(t *testing.T) {
	t.Parallel()
	line, address := storetest.Through(t, storetest.MariaDBURL(t))
	s := storetest.Open(t, address)
	ctx := context.Background()
	begun, failed := make(chan struct{}), make(chan error, 1)
	go func() {
		failed <- s.Update(ctx, func(tx *store.Tx) error {
			close(begun)
			if err := tx.Settings().Set(ctx, "a", "1"); err != nil {
				return err
			}
			line.Hold()
			return nil // the COMMIT hangs
		})
	}()
	<-begun
	select {
	case err := <-failed:
		t.Fatalf("it does not hang: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	s.HangUp()
	select {
	case err := <-failed:
		require.True(t, store.IsAway(err), err)
	case <-time.After(5 * time.Second):
		t.Fatal("it still hangs")
	}
	line.Release()
	err := s.Ping(ctx)
	require.ErrorContains(t, err, "hung up")
	require.True(t, store.IsAway(err), "a message that comes now is for the spool")
	s.HangUp() // once more does nothing
}

// TestNothingToHangUp: SQLite has no server.
func TestNothingToHangUp(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, "sqlite:"+t.TempDir()+"/x.db")
	s.HangUp()
	require.NoError(t, s.Ping(t.Context()))
}
