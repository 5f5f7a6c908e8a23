package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func transactions(t *testing.T, s *store.Store) {
	read := func(t *testing.T, name string) (v string) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			var err error
			if v, err = tx.Settings().Get(ctx, name); errors.Is(err, store.ErrNotFound) {
				return nil
			}
			return err
		})
		return v
	}
	set := func(name, value string) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error { return tx.Settings().Set(ctx, name, value) }
	}
	t.Run("an Update that fails leaves nothing behind", func(t *testing.T) {
		broken := errors.New("broken")
		err := try(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, set("failed", "yes")(ctx, tx))
			return broken
		})
		require.ErrorIs(t, err, broken)
		require.Empty(t, read(t, "failed"))
	})
	t.Run("an Update that panics leaves nothing behind, and the store usable", func(t *testing.T) {
		require.Panics(t, func() {
			_ = try(t, s, func(ctx context.Context, tx *store.Tx) error {
				require.NoError(t, set("panicked", "yes")(ctx, tx))
				panic("a handler's mistake")
			})
		})
		require.Empty(t, read(t, "panicked"))
		do(t, s, set("after", "yes"))
		require.Equal(t, "yes", read(t, "after"))
	})
	t.Run("a View cannot write", func(t *testing.T) {
		ctx := t.Context()
		require.Error(t, s.View(ctx, func(tx *store.Tx) error { return set("viewed", "yes")(ctx, tx) }))
		require.Empty(t, read(t, "viewed"))
	})
	t.Run("a View sees one moment, and keeps no writer waiting", func(t *testing.T) {
		do(t, s, set("moment", "before"))
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			first, err := tx.Settings().Get(ctx, "moment")
			require.NoError(t, err)
			do(t, s, set("moment", "after"))
			second, err := tx.Settings().Get(ctx, "moment")
			require.Equal(t, []string{"before", "before"}, []string{first, second})
			return err
		})
		require.Equal(t, "after", read(t, "moment"))
	})
	t.Run("what follows an ErrDuplicate still commits", func(t *testing.T) {
		o := store.Occurrence{Job: "duplicate", DueAt: noon, FiredAt: noon}
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.Occurrences().Insert(ctx, o))
			require.ErrorIs(t, tx.Occurrences().Insert(ctx, o), store.ErrDuplicate)
			return set("after duplicate", "yes")(ctx, tx)
		})
		require.Equal(t, "yes", read(t, "after duplicate"))
	})
	t.Run("an Update that met another runs again, and loses nothing", func(t *testing.T) { ring(t, s) })
	t.Run("a context that is done ends the waiting", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := s.Update(ctx, func(tx *store.Tx) error { return set("cancelled", "yes")(ctx, tx) })
		require.ErrorIs(t, err, context.Canceled)
		require.Empty(t, read(t, "cancelled"))
	})
}

// ring lets two transactions take two counters in opposite order, so that each waits
// for the other: the database must throw one out. On SQLite they queue instead.
func ring(t *testing.T, s *store.Store) {
	ctx := t.Context()
	do(t, s, func(ctx context.Context, tx *store.Tx) error { // the rows are there
		_, err := tx.Counters().Next(ctx, "left")
		require.NoError(t, err)
		_, err = tx.Counters().Next(ctx, "right")
		return err
	})
	take := func(names ...string) func() error {
		return func() error {
			for range 10 {
				err := s.Update(ctx, func(tx *store.Tx) error {
					for _, name := range names {
						if _, err := tx.Counters().Next(ctx, name); err != nil {
							return nil // swallowed: still nothing of this run may be committed
						}
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		}
	}
	together(t, take("left", "right"), take("right", "left"))
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		left, err := tx.Counters().Next(ctx, "left")
		require.NoError(t, err)
		right, err := tx.Counters().Next(ctx, "right")
		require.Equal(t, []int64{22, 22}, []int64{left, right})
		return err
	})
}

func ids(t *testing.T, s *store.Store) {
	t.Run("ids rise strictly, whoever asks", func(t *testing.T) {
		var mine, theirs [2000]int64
		draw := func(into []int64) func() error {
			return func() error {
				for i := range into {
					into[i] = s.NewID()
				}
				return nil
			}
		}
		together(t, draw(mine[:]), draw(theirs[:]))
		seen := map[int64]bool{}
		for _, ids := range [][]int64{mine[:], theirs[:]} {
			for i, id := range ids {
				require.False(t, seen[id], "the same id twice")
				seen[id] = true
				require.True(t, i == 0 || id > ids[i-1])
			}
		}
	})
}

func empty(t *testing.T, open Opener) {
	is := func(t *testing.T, s *store.Store, want bool) {
		got, err := s.Empty(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	s := open(t)
	t.Run("a new store is empty, settings and counters notwithstanding", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Settings().Set(ctx, "a", "b") })
		is(t, s, true)
	})
	t.Run("with a message, a lead or a filing it is not", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Messages().Insert(ctx, store.Message{Platform: "phone", Sender: "a", MsgID: "1"})
		})
		is(t, s, false)
	})
	require.NoError(t, s.Ping(t.Context()))
}
