package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// terms is how the contract's leads are indexed: by the characters of their subjects, and
// by minus the length of their units' names.
func terms(l store.Lead) []int64 {
	out := []int64{-int64(len(l.Unit)) - 1}
	seen := map[rune]bool{}
	for _, r := range l.Subject {
		if !seen[r] {
			seen[r], out = true, append(out, int64(r))
		}
	}
	return out
}

// index begins with an empty store.
func index(t *testing.T, s *store.Store) {
	ids := map[string]int64{}
	enter := func(subject, unit string) {
		l := store.Lead{ID: s.NewID(), Number: fmt.Sprint("N", len(ids)), Subject: subject, Unit: unit}
		ids[subject] = l.ID
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Leads().Insert(ctx, l) })
	}
	enter("甲乙", "a")
	enter("甲丙", "bb")
	enter("甲乙丙", "bb")
	find := func(t *testing.T, q store.LeadQuery) (subjects []string, next int64) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			var found []int64
			var err error
			found, next, err = tx.LeadTerms().Find(ctx, q)
			require.NoError(t, err)
			leads, err := tx.Leads().ByIDs(ctx, found)
			for _, l := range leads {
				subjects = append(subjects, l.Subject)
			}
			return err
		})
		return subjects, next
	}
	one := func(terms ...rune) (groups [][]int64) {
		for _, r := range terms {
			groups = append(groups, []int64{int64(r)})
		}
		return groups
	}
	for name, c := range map[string]struct {
		groups [][]int64
		want   []string
	}{
		"a term, newest first":                {one('甲'), []string{"甲乙丙", "甲丙", "甲乙"}},
		"both of two terms":                   {one('甲', '乙'), []string{"甲乙丙", "甲乙"}},
		"one of two terms":                    {[][]int64{{'乙', '丙'}}, []string{"甲乙丙", "甲丙", "甲乙"}},
		"a term, and what somebody may see":   {append(one('乙'), []int64{-2, -9}), []string{"甲乙"}},
		"nothing that nobody has":             {one('甲', '丁'), nil},
		"nothing where nothing is looked for": {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, next := find(t, store.LeadQuery{Groups: c.groups, Limit: 9})
			require.Equal(t, c.want, got)
			require.Zero(t, next)
		})
	}
	t.Run("page by page", func(t *testing.T) {
		got, next := find(t, store.LeadQuery{Groups: one('甲'), Limit: 2})
		require.Equal(t, []string{"甲乙丙", "甲丙"}, got)
		got, next = find(t, store.LeadQuery{Groups: one('甲'), Limit: 2, BeforeID: next})
		require.Equal(t, []string{"甲乙"}, got)
		require.Zero(t, next)
	})
	t.Run("a lead that is changed is found by what it is now", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			l, err := tx.Leads().Get(ctx, ids["甲乙"])
			require.NoError(t, err)
			l.Subject = "丁乙"
			return tx.Leads().Update(ctx, l)
		})
		got, _ := find(t, store.LeadQuery{Groups: one('甲'), Limit: 9})
		require.Equal(t, []string{"甲乙丙", "甲丙"}, got)
		got, _ = find(t, store.LeadQuery{Groups: one('丁', '乙'), Limit: 9})
		require.Equal(t, []string{"丁乙"}, got)
	})
	t.Run("a lead that could not be entered is not found", func(t *testing.T) {
		err := try(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.Leads().Insert(ctx, store.Lead{ID: tx.NewID(), Number: "x", Subject: "戊"}))
			return context.Canceled
		})
		require.ErrorIs(t, err, context.Canceled)
		got, _ := find(t, store.LeadQuery{Groups: one('戊'), Limit: 9})
		require.Empty(t, got)
	})
	t.Run("older leads are indexed once, and again when terms are made differently", func(t *testing.T) {
		require.NoError(t, s.RenewTerms(t.Context(), 1))
		require.NoError(t, s.RenewTerms(t.Context(), 1))
		require.NoError(t, s.RenewTerms(t.Context(), 2))
		got, _ := find(t, store.LeadQuery{Groups: one('甲'), Limit: 9})
		require.Equal(t, []string{"甲乙丙", "甲丙"}, got)
	})
	t.Run("many more than one walk, no hit among them", func(t *testing.T) { longWalk(t, s) })
	t.Run("a lead's followers, each once", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, who := range []string{"b", "a", "b"} {
				fresh, err := tx.Followers().Add(ctx, 7, who, noon)
				require.NoError(t, err)
				_ = fresh
			}
			got, err := tx.Followers().Of(ctx, 7)
			require.Equal(t, []string{"a", "b"}, got)
			return err
		})
	})
}

// longWalk looks for two terms that thousands of leads have, and only the very first both.
func longWalk(t *testing.T, s *store.Store) {
	var first int64
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		l := store.Lead{ID: tx.NewID(), Number: "first", Subject: "己庚"}
		first = l.ID
		require.NoError(t, tx.Leads().Insert(ctx, l))
		for i := range 2100 {
			for j, subject := range []string{"己", "庚"} {
				l := store.Lead{ID: tx.NewID(), Number: fmt.Sprintf("W%d-%d", i, j), Subject: subject}
				if err := tx.Leads().Insert(ctx, l); err != nil {
					return err
				}
			}
		}
		return nil
	})
	look(t, s, func(ctx context.Context, tx *store.Tx) error {
		q := store.LeadQuery{Groups: [][]int64{{'己'}, {'庚'}}, Limit: 3}
		got, next, err := tx.LeadTerms().Find(ctx, q)
		require.Equal(t, []int64{first}, got)
		require.Zero(t, next)
		return err
	})
}
