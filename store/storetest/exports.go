package storetest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func ledger(t *testing.T, s *store.Store) {
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		for i, number := range []string{"C", "A", "B"} {
			l := store.Lead{ID: tx.NewID(), Number: number, Unit: "hutou", RegisteredAt: noon.AddDate(0, 0, []int{2, 0, 1}[i])}
			require.NoError(t, tx.Leads().Insert(ctx, l))
			if number == "B" {
				require.NoError(t, tx.Leads().KeepCells(ctx, l.ID, map[string]string{"note": "旧"}))
				require.NoError(t, tx.Leads().KeepCells(ctx, l.ID, map[string]string{"note": "新"}))
			}
		}
		return nil
	})
	walk := func(f store.LeadFilter) (numbers, notes []string) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Leads().Each(ctx, f, func(l store.LeadRow) error {
				numbers, notes = append(numbers, l.Number), append(notes, l.Cells["note"])
				return nil
			})
		})
		return numbers, notes
	}
	t.Run("it is read in the order of registration, with what was imported", func(t *testing.T) {
		numbers, notes := walk(store.LeadFilter{})
		require.Equal(t, []string{"A", "B", "C"}, numbers)
		require.Equal(t, []string{"", "新", ""}, notes)
	})
	t.Run("a part of it is read and counted", func(t *testing.T) {
		f := store.LeadFilter{From: noon.AddDate(0, 0, 1), Unit: "hutou", Limit: 1}
		numbers, _ := walk(f)
		require.Equal(t, []string{"B", "C"}, numbers)
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.Leads().Count(ctx, f)
			require.Equal(t, 2, n)
			return err
		})
	})
	t.Run("taken numbers", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Leads().Taken(ctx, []string{"A", "Z"})
			require.Equal(t, map[string]bool{"A": true}, got)
			return err
		})
	})
	t.Run("who stops reading is told why", func(t *testing.T) {
		err := s.View(t.Context(), func(tx *store.Tx) error {
			return tx.Leads().Each(t.Context(), store.LeadFilter{}, func(store.LeadRow) error { return context.Canceled })
		})
		require.ErrorIs(t, err, context.Canceled)
	})
}

func exports(t *testing.T, s *store.Store) {
	e := store.Export{ID: s.NewID(), Number: "TZ-2024-0001", State: store.ExportAsked, AskedBy: "office.clerk", AskedAt: noon, Platform: "phone",
		Filter: []byte(`{"unit":"hutou"}`), Whole: true, Reason: "核对", Cause: "m:1"}
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Exports().Insert(ctx, e) })
	e.State, e.DecidedBy, e.DecidedAt = store.ExportApproved, "office.director", noon
	move := func(from store.ExportState) error {
		return try(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Exports().Move(ctx, e, from) })
	}
	require.NoError(t, move(store.ExportAsked))
	require.ErrorIs(t, move(store.ExportAsked), store.ErrConflict, "it is approved once")
	look(t, s, func(ctx context.Context, tx *store.Tx) error {
		due, err := tx.Exports().In(ctx, store.ExportApproved)
		require.NoError(t, err)
		require.Equal(t, []store.Export{e}, due)
		none, err := tx.Exports().In(ctx, store.ExportAsked)
		require.NoError(t, err)
		require.Empty(t, none)
		got, err := tx.Exports().Get(ctx, e.ID)
		require.Equal(t, e, got)
		return err
	})
	e.State, e.Total, e.File, e.SHA256, e.MadeAt = store.ExportDone, 12, "exports/TZ-2024-0001.xlsx", "ab", noon
	require.NoError(t, move(store.ExportApproved))
	require.ErrorIs(t, try(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.Exports().Insert(ctx, store.Export{Number: e.Number})
	}), store.ErrDuplicate)
}
