package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// file files a table in a transaction of its own and gives it as it was kept.
func file(t *testing.T, s *store.Store, unit string, period int32, values map[string]int64) store.Filing {
	t.Helper()
	f := store.Filing{Table: "weekly", TableHash: "h1", Unit: unit, Period: period, Zero: len(values) == 0,
		Reporter: unit + ".filer", Reviewer: unit + ".head", FiledAt: noon, DueAt: noon.Add(time.Hour), Late: true,
		Kind: store.FirstFiling, Reason: "", Remark: "无", Notes: []byte(`{"rule1":"已核"}`), Values: values, By: unit + ".filer"}
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		f.ID = 0
		return tx.Filings().Insert(ctx, &f)
	})
	return f
}

func filings(t *testing.T, s *store.Store) {
	const friday, before, old = 20240119, 20240112, 20240105
	first := file(t, s, "hutou", friday, map[string]int64{"cases": 3e6, "value": 12_345_678_900, "none": 0})
	other := file(t, s, "xiping", friday, map[string]int64{"cases": 1e6})
	earlier := file(t, s, "hutou", before, map[string]int64{"cases": 5e6})
	oldest := file(t, s, "hutou", old, map[string]int64{})
	view := func(t *testing.T, fn func(ctx context.Context, r store.Filings) error) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error { return fn(ctx, tx.Filings()) })
	}
	sums := func(t *testing.T, want map[string]int64, from, to int32, units ...string) {
		view(t, func(ctx context.Context, r store.Filings) error {
			got, err := r.Sums(ctx, "weekly", from, to, units)
			require.Equal(t, want, got)
			return err
		})
	}
	t.Run("a filing is kept as it was filed, as version 1", func(t *testing.T) {
		require.Equal(t, 1, first.Version)
		view(t, func(ctx context.Context, r store.Filings) error {
			got, err := r.Current(ctx, "weekly", "hutou", friday)
			require.Equal(t, first, got)
			return err
		})
	})
	t.Run("not filed is not zero: it is not found, and adds nothing", func(t *testing.T) {
		view(t, func(ctx context.Context, r store.Filings) error {
			_, err := r.Current(ctx, "weekly", "gande", friday)
			require.ErrorIs(t, err, store.ErrNotFound)
			zero, err := r.Current(ctx, "weekly", "hutou", old)
			require.True(t, zero.Zero)
			return err
		})
		sums(t, map[string]int64{}, friday, friday, "gande")
	})
	t.Run("totals add up units and periods, both ends included", func(t *testing.T) {
		sums(t, map[string]int64{"cases": 4e6, "value": 12_345_678_900}, friday, friday)
		sums(t, map[string]int64{"cases": 8e6, "value": 12_345_678_900}, before, friday, "hutou", "gande")
		sums(t, map[string]int64{"cases": 9e6, "value": 12_345_678_900}, old, friday)
	})
	t.Run("totals by unit", func(t *testing.T) {
		view(t, func(ctx context.Context, r store.Filings) error {
			got, err := r.SumsByUnit(ctx, "weekly", before, friday, nil)
			require.Equal(t, map[string]map[string]int64{"hutou": {"cases": 8e6, "value": 12_345_678_900}, "xiping": {"cases": 1e6}}, got)
			return err
		})
	})
	corrected := file(t, s, "hutou", friday, map[string]int64{"cases": 2e6, "seized": 7e6, "value": 0})
	t.Run("a correction is the next version, and totals count it alone", func(t *testing.T) {
		require.Equal(t, 2, corrected.Version)
		sums(t, map[string]int64{"cases": 2e6, "seized": 7e6}, friday, friday, "hutou")
		view(t, func(ctx context.Context, r store.Filings) error {
			all, err := r.CurrentAll(ctx, "weekly", friday)
			require.Equal(t, []store.Filing{corrected, other}, all)
			require.NoError(t, err)
			history, err := r.History(ctx, "weekly", "hutou", friday)
			require.Equal(t, []store.Filing{first, corrected}, history)
			return err
		})
	})
	t.Run("the weeks before, newest first, as corrected", func(t *testing.T) {
		view(t, func(ctx context.Context, r store.Filings) error {
			got, err := r.Recent(ctx, "weekly", "hutou", 20240126, 2)
			require.Equal(t, []store.Filing{corrected, earlier}, got)
			require.NoError(t, err)
			got, err = r.Recent(ctx, "weekly", "hutou", before, 2)
			require.Equal(t, []store.Filing{oldest}, got)
			return err
		})
	})
	t.Run("a correction to zero takes everything out of the totals", func(t *testing.T) {
		file(t, s, "hutou", friday, nil)
		sums(t, map[string]int64{}, friday, friday, "hutou")
	})
	t.Run("many who correct at once get one version each, and the last one counts", func(t *testing.T) { crowd(t, s) })
}

// crowd files one period from several sides, in transactions that have read before.
func crowd(t *testing.T, s *store.Store) {
	ctx := t.Context()
	correct := func(n int64) func() error {
		return func() error {
			return s.Update(ctx, func(tx *store.Tx) error {
				if _, err := tx.Filings().History(ctx, "weekly", "crowd", 20240119); err != nil {
					return err
				}
				return tx.Filings().Insert(ctx, &store.Filing{Table: "weekly", Unit: "crowd", Period: 20240119,
					Values: map[string]int64{"cases": n, "x": n % 2}})
			})
		}
	}
	together(t, correct(1), correct(2), correct(3), correct(4))
	look(t, s, func(ctx context.Context, tx *store.Tx) error {
		history, err := tx.Filings().History(ctx, "weekly", "crowd", 20240119)
		require.NoError(t, err)
		require.Len(t, history, 4)
		last := history[3]
		require.Equal(t, 4, last.Version)
		want := map[string]int64{}
		for figure, v := range last.Values {
			if v != 0 {
				want[figure] = v
			}
		}
		got, err := tx.Filings().Sums(ctx, "weekly", 20240119, 20240119, []string{"crowd"})
		require.Equal(t, want, got)
		return err
	})
}
