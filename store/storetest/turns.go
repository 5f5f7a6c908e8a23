package storetest

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func turns(t *testing.T, s *store.Store) {
	t.Run("a person's first turn finds nothing remembered", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Conversations().Lock(ctx, "first", noon)
			require.Equal(t, store.Conversation{Person: "first", Version: 1, UpdatedAt: noon}, c)
			return err
		})
	})
	t.Run("the next turn finds what was saved", func(t *testing.T) {
		later := noon.Add(time.Minute)
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Conversations().Lock(ctx, "next", noon)
			require.NoError(t, err)
			c.State = []byte(`{"active":1}`)
			return tx.Conversations().Save(ctx, c)
		})
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Conversations().Lock(ctx, "next", later)
			require.Equal(t, store.Conversation{Person: "next", Version: 2, State: []byte(`{"active":1}`), UpdatedAt: later}, c)
			return err
		})
	})
	t.Run("a turn that was not taken cannot be saved", func(t *testing.T) {
		err := try(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Conversations().Save(ctx, store.Conversation{Person: "next", Version: 1})
		})
		require.ErrorIs(t, err, store.ErrConflict)
	})
	t.Run("a turn waits for the one before, and sees all that it wrote", func(t *testing.T) { waits(t, s) })
	t.Run("many turns of one person at once lose nothing", func(t *testing.T) { rush(t, s) })
}

// waits holds a turn open while another begins.
func waits(t *testing.T, s *store.Store) {
	ctx := t.Context()
	holding, begun, order := make(chan bool), make(chan bool), make(chan string, 2)
	first := func() error {
		return s.Update(ctx, func(tx *store.Tx) error {
			if _, err := tx.Conversations().Lock(ctx, "waits", noon); err != nil {
				return err
			}
			close(holding)
			<-begun
			order <- "first"
			return tx.Settings().Set(ctx, "waits", "written by the first")
		})
	}
	var seen string
	second := func() error {
		<-holding
		close(begun)
		return s.Update(ctx, func(tx *store.Tx) (err error) {
			if _, err = tx.Conversations().Lock(ctx, "waits", noon); err != nil {
				return err
			}
			order <- "second"
			seen, err = tx.Settings().Get(ctx, "waits")
			return err
		})
	}
	together(t, first, second)
	require.Equal(t, "written by the first", seen)
	require.Equal(t, []string{"first", "second"}, []string{<-order, <-order})
}

// rush counts in a place that nothing but the turn protects.
func rush(t *testing.T, s *store.Store) {
	ctx := t.Context()
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Settings().Set(ctx, "rush", "0") })
	turn := func(tx *store.Tx) error {
		c, err := tx.Conversations().Lock(ctx, "rush", noon)
		if err != nil {
			return err
		}
		v, err := tx.Settings().Get(ctx, "rush")
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(v)
		if err != nil {
			return err
		}
		c.State = []byte(strconv.Itoa(n + 1))
		if err := tx.Settings().Set(ctx, "rush", strconv.Itoa(n+1)); err != nil {
			return err
		}
		return tx.Conversations().Save(ctx, c)
	}
	ten := func() error {
		for range 10 {
			if err := s.Update(ctx, turn); err != nil {
				return err
			}
		}
		return nil
	}
	together(t, ten, ten, ten)
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.Conversations().Lock(ctx, "rush", noon)
		require.Equal(t, "30", string(c.State))
		require.EqualValues(t, 31, c.Version)
		return err
	})
}
