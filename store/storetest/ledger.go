package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// wholeLead is a lead with every field filled.
func wholeLead(s *store.Store) store.Lead {
	value := int64(2500000)
	return store.Lead{ID: s.NewID(), Number: "AX-2024-0001", State: "registered", RegisteredAt: noon, FoundAt: noon.Add(-time.Hour),
		Source: "巡查", Unit: "fengcheng", Reporter: "fengcheng.filer", Subject: "某茶叶店", Place: "建设路1号", Township: "凤城镇",
		Violation: "假冒注册商标", Category: "食品", Urgency: "一般", Content: "涉嫌销售假冒铁观音 🍵", Value: &value, Quantity: "20盒",
		Phone: "059523230000", Platform: "某电商", Shop: "某店", Link: "https://shop.example/1?a=b", Details: []byte(`{"b":1,"a":1.50}`),
		FormHash: "h1", Version: 1, UpdatedAt: noon}
}

func leads(t *testing.T, s *store.Store) {
	l := wholeLead(s)
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Leads().Insert(ctx, l) })
	get := func(t *testing.T) (got store.Lead) {
		look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			got, err = tx.Leads().Get(ctx, l.ID)
			return err
		})
		return got
	}
	t.Run("a lead is kept as it was entered, to the byte", func(t *testing.T) { require.Equal(t, l, get(t)) })
	t.Run("it is found by its number, and no other is", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Leads().ByNumber(ctx, l.Number)
			require.Equal(t, l, got)
			require.NoError(t, err)
			_, err = tx.Leads().ByNumber(ctx, "ax-2024-0001")
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
	})
	t.Run("a number is given once", func(t *testing.T) {
		err := try(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Leads().Insert(ctx, store.Lead{Number: l.Number})
		})
		require.ErrorIs(t, err, store.ErrDuplicate)
	})
	t.Run("who changes what somebody else has changed meanwhile is told", func(t *testing.T) {
		stale := get(t)
		l.State, l.Value, l.Version = "triaged", nil, 2
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			mine := l
			mine.Version = 1
			return tx.Leads().Update(ctx, mine)
		})
		err := try(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Leads().Update(ctx, stale) })
		require.ErrorIs(t, err, store.ErrConflict)
		require.Equal(t, l, get(t))
	})
	t.Run("its history is read in the order it was written", func(t *testing.T) {
		e1 := store.LeadEvent{ID: s.NewID(), LeadID: l.ID, At: noon, Actor: "office.clerk", Kind: "triaged", Data: []byte(`{"to":"zhifa"}`)}
		e2 := store.LeadEvent{ID: s.NewID(), LeadID: l.ID, At: noon, Actor: "zhifa.head", Kind: "accepted"}
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.LeadEvents().Append(ctx, e1))
			require.NoError(t, tx.LeadEvents().Append(ctx, e2))
			require.NoError(t, tx.LeadEvents().Append(ctx, store.LeadEvent{LeadID: 1, Kind: "of another"}))
			got, err := tx.LeadEvents().List(ctx, l.ID)
			require.Equal(t, []store.LeadEvent{e1, e2}, got)
			return err
		})
	})
	t.Run("lists and counts", func(t *testing.T) { leadLists(t, s) })
}

// leadLists adds four leads to the one there is: AX-1 … AX-4, a day apart.
func leadLists(t *testing.T, s *store.Store) {
	ids := map[string]int64{}
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		for i, l := range []store.Lead{
			{Number: "AX-1", Unit: "hutou", State: "registered", Source: "巡查"},
			{Number: "AX-2", Unit: "hutou", State: "closed", Source: "举报"},
			{Number: "AX-3", Unit: "xiping", State: "registered", Source: "举报", Reporter: "xiping.filer"},
			{Number: "AX-4", Unit: "hutou", State: "assigned", Source: "举报"},
		} {
			l.ID, l.RegisteredAt = tx.NewID(), noon.AddDate(0, 0, i+1)
			ids[l.Number] = l.ID
			if err := tx.Leads().Insert(ctx, l); err != nil {
				return err
			}
		}
		return nil
	})
	lists := map[string]struct {
		filter store.LeadFilter
		want   []string
	}{
		"all, newest first":           {store.LeadFilter{}, []string{"AX-4", "AX-3", "AX-2", "AX-1", "AX-2024-0001"}},
		"a page":                      {store.LeadFilter{Limit: 2}, []string{"AX-4", "AX-3"}},
		"the next page":               {store.LeadFilter{Limit: 2, BeforeID: ids["AX-3"]}, []string{"AX-2", "AX-1"}},
		"of a unit":                   {store.LeadFilter{Unit: "hutou"}, []string{"AX-4", "AX-2", "AX-1"}},
		"of a reporter":               {store.LeadFilter{Reporter: "xiping.filer"}, []string{"AX-3"}},
		"in some states":              {store.LeadFilter{States: []store.LeadState{"closed", "assigned"}}, []string{"AX-4", "AX-2"}},
		"registered from, and before": {store.LeadFilter{From: noon.AddDate(0, 0, 2), To: noon.AddDate(0, 0, 4)}, []string{"AX-3", "AX-2"}},
		"all at once":                 {store.LeadFilter{Unit: "hutou", States: []store.LeadState{"registered"}, To: noon.AddDate(0, 0, 9)}, []string{"AX-1"}},
		"none":                        {store.LeadFilter{Unit: "nobody"}, nil},
	}
	for name, c := range lists {
		t.Run(name, func(t *testing.T) {
			look(t, s, func(ctx context.Context, tx *store.Tx) error {
				got, err := tx.Leads().List(ctx, c.filter)
				var numbers []string
				for _, l := range got {
					numbers = append(numbers, l.Number)
				}
				require.Equal(t, c.want, numbers)
				return err
			})
		})
	}
	counts := map[string]map[string]int64{
		"unit":      {"hutou": 3, "xiping": 1},
		"state":     {"registered": 2, "closed": 1, "assigned": 1},
		"source":    {"巡查": 1, "举报": 3},
		"violation": {"": 4},
	}
	for by, want := range counts {
		t.Run("counted by "+by+", pages left out", func(t *testing.T) {
			look(t, s, func(ctx context.Context, tx *store.Tx) error {
				f := store.LeadFilter{From: noon.AddDate(0, 0, 1), Limit: 1, BeforeID: 1}
				got, err := tx.Leads().Counts(ctx, f, by)
				require.Equal(t, want, got)
				return err
			})
		})
	}
	t.Run("there is no counting by what was written freely", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Leads().Counts(ctx, store.LeadFilter{}, "content")
			require.Error(t, err)
			return nil
		})
	})
}
