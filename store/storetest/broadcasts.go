package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func broadcasts(t *testing.T, s *store.Store) {
	v := store.Broadcast{ID: s.NewID(), Author: "office.clerk", Platform: "phone", Template: "announce.broadcast", Body: []byte(`{"text":"开会"}`),
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
	t.Run("one that is prepared waits for its word, and begins once", func(t *testing.T) {
		p := v
		p.ID, p.Author, p.State, p.CreatedAt = s.NewID(), "office.director", store.BroadcastPrepared, noon.Add(time.Hour)
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Broadcasts().Prepare(ctx, p) })
		latest := func(author string, states ...store.BroadcastState) (got store.Broadcast, err error) {
			err = s.View(t.Context(), func(tx *store.Tx) (err error) {
				got, err = tx.Broadcasts().Latest(t.Context(), p.Template, author, states...)
				return err
			})
			return got, err
		}
		got, err := latest("office.director", store.BroadcastPrepared)
		require.NoError(t, err)
		require.Equal(t, p, got)
		_, err = latest("office.clerk", store.BroadcastPrepared)
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = latest("", store.BroadcastRunning)
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = latest("")
		require.Error(t, err, "of no state")
		require.Empty(t, running())

		begin := func() error {
			return change(func(ctx context.Context, r store.Broadcasts) error { return r.Begin(ctx, p.ID, noon.Add(2*time.Hour)) })
		}
		require.NoError(t, begin())
		require.ErrorIs(t, begin(), store.ErrConflict)
		require.Equal(t, []int64{p.ID}, running())
		got, err = latest("", store.BroadcastRunning, store.BroadcastStopped)
		require.NoError(t, err)
		require.Equal(t, p.ID, got.ID, "not the one that was stopped before")
		require.True(t, got.CreatedAt.Equal(noon.Add(2*time.Hour)), "it is as old as its beginning")
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			fresh, err := tx.Broadcasts().Fresh(ctx)
			require.Equal(t, []int64{p.ID}, fresh)
			return err
		})
		require.ErrorIs(t, change(func(ctx context.Context, r store.Broadcasts) error { return r.Drop(ctx, p.ID) }), store.ErrConflict,
			"what has begun is not forgotten")
	})
	t.Run("what is prepared can be forgotten, and what is old is", func(t *testing.T) {
		p := v
		prepare := func(at time.Time) int64 {
			p.ID, p.CreatedAt = s.NewID(), at
			do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Broadcasts().Prepare(ctx, p) })
			return p.ID
		}
		there := func(id int64) bool {
			err := s.View(t.Context(), func(tx *store.Tx) error { _, err := tx.Broadcasts().State(t.Context(), id); return err })
			return err == nil
		}
		dropped, old, young := prepare(noon), prepare(noon), prepare(noon.Add(time.Hour))
		require.NoError(t, change(func(ctx context.Context, r store.Broadcasts) error { return r.Drop(ctx, dropped) }))
		require.False(t, there(dropped))
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Broadcasts().DropOld(ctx, noon.Add(time.Minute))
		})
		require.False(t, there(old))
		require.True(t, there(young))
		require.True(t, there(v.ID), "what has begun stays")
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
