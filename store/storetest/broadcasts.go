package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func broadcasts(t *testing.T, s *store.Store) {
	v := store.Broadcast{ID: s.NewID(), Author: "office.clerk", Platform: "phone", Template: "broadcast", Body: []byte(`{"text":"开会"}`),
		Recipients: []string{"a", "b", "c"}, CreatedAt: noon}
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Broadcasts().Insert(ctx, v) })
	running := func() (ids []int64) {
		look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			ids, err = tx.Broadcasts().Running(ctx)
			return err
		})
		return ids
	}
	change := func(fn func(ctx context.Context, r store.Broadcasts) error) error {
		return try(t, s, func(ctx context.Context, tx *store.Tx) error { return fn(ctx, tx.Broadcasts()) })
	}
	advance := func(from, to int) error {
		return change(func(ctx context.Context, r store.Broadcasts) error { return r.Advance(ctx, v.ID, from, to) })
	}
	end := func() error {
		return change(func(ctx context.Context, r store.Broadcasts) error {
			return r.End(ctx, v.ID, store.BroadcastStopped, noon.Add(time.Hour))
		})
	}
	t.Run("one is kept as it was begun", func(t *testing.T) {
		v.Total, v.State = 3, store.BroadcastRunning
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Broadcasts().Get(ctx, v.ID)
			require.Equal(t, v, got)
			return err
		})
		require.Equal(t, []int64{v.ID}, running())
	})
	t.Run("its cursor moves from where it is, and from nowhere else", func(t *testing.T) {
		require.NoError(t, advance(0, 2))
		require.ErrorIs(t, advance(0, 2), store.ErrConflict)
		require.NoError(t, advance(2, 3))
	})
	t.Run("it ends once, and then nothing moves", func(t *testing.T) {
		require.NoError(t, end())
		require.ErrorIs(t, end(), store.ErrConflict)
		require.ErrorIs(t, advance(3, 3), store.ErrConflict)
		require.Empty(t, running())
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			state, err := tx.Broadcasts().State(ctx, v.ID)
			require.Equal(t, store.BroadcastStopped, state)
			return err
		})
	})
	t.Run("one that is not there is not found", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Broadcasts().Get(ctx, 1)
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = tx.Broadcasts().State(ctx, 1)
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
	})
}
