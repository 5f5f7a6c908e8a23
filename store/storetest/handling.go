package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// aLead enters a lead with a number, and gives it back.
func aLead(t *testing.T, s *store.Store, number string, day int) store.Lead {
	t.Helper()
	l := store.Lead{ID: s.NewID(), Number: number, State: "registered", RegisteredAt: noon.AddDate(0, 0, day), FoundAt: noon, Unit: "fengcheng",
		Reporter: "fengcheng.filer", Violation: "tm", Version: 1, UpdatedAt: noon}
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Leads().Insert(ctx, l) })
	return l
}

func handlings(t *testing.T, s *store.Store) {
	a, b, c := aLead(t, s, "H-1", 0), aLead(t, s, "H-2", -2), aLead(t, s, "H-3", -1)
	full := store.Handling{LeadID: a.ID, Origin: "fengcheng", Unit: "zhifa", Person: "zhifa.filer", Route: "local", EnteredAt: noon,
		RoutedAt: noon.Add(time.Hour), AssignedAt: noon.Add(time.Hour), AcceptedAt: noon.Add(2 * time.Hour), ToldAt: noon.Add(3 * time.Hour),
		InformedAt: noon.Add(4 * time.Hour), DemandAt: noon.AddDate(0, 0, 4),
		Outcome: "filed", OutcomeAt: noon.AddDate(0, 0, 3), CheckDueAt: noon.AddDate(0, 0, 5), DueAt: noon.AddDate(0, 0, 5), DueKind: "check",
		Open: true, Before: "checking", Series: "S1", MergedInto: 7, Supervised: 2, Refused: []string{"gande", "hutou"}, Note: "尽快",
		UpdatedAt: noon}
	t.Run("a lead of which nothing is written waits with the unit that registered it", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			h, err := tx.Handlings().Get(ctx, a)
			require.Equal(t, store.Handling{LeadID: a.ID, Origin: "fengcheng", Unit: "fengcheng", EnteredAt: a.RegisteredAt, Open: true}, h)
			return err
		})
	})
	t.Run("what is put is read again, and put over", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.Handlings().Put(ctx, store.Handling{LeadID: a.ID, Unit: "x"}))
			require.NoError(t, tx.Handlings().Put(ctx, full))
			return tx.Handlings().Put(ctx, store.Handling{LeadID: b.ID, Origin: "fengcheng", Unit: "zhifa", EnteredAt: b.RegisteredAt, Open: true,
				CheckDueAt: noon.AddDate(0, 0, 2), DueAt: noon.AddDate(0, 0, 2)})
		})
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			h, err := tx.Handlings().Get(ctx, a)
			require.NoError(t, err)
			require.Equal(t, full, h)
			of, err := tx.Handlings().Of(ctx, []int64{a.ID, c.ID})
			require.Equal(t, map[int64]store.Handling{a.ID: full}, of)
			return err
		})
	})
	t.Run("what is due comes by its time, and what is not due does not", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			due, err := tx.Handlings().Due(ctx, noon.AddDate(0, 0, 9), 10)
			require.NoError(t, err)
			require.Equal(t, []int64{b.ID, a.ID}, []int64{due[0].LeadID, due[1].LeadID})
			due, err = tx.Handlings().Due(ctx, noon.AddDate(0, 0, 3), 10)
			require.NoError(t, err)
			require.Len(t, due, 1)
			work, err := tx.Handlings().Work(ctx, "zhifa", 1)
			require.NoError(t, err)
			require.Len(t, work, 1)
			require.Equal(t, b.ID, work[0].LeadID)
			none, err := tx.Handlings().Work(ctx, "fengcheng", 9)
			require.Empty(t, none)
			return err
		})
	})
	t.Run("a series is its leads, and no series is nobody's", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			in, err := tx.Handlings().InSeries(ctx, "S1")
			require.NoError(t, err)
			require.Len(t, in, 1)
			none, err := tx.Handlings().InSeries(ctx, "")
			require.Empty(t, none)
			return err
		})
	})
	t.Run("figures of a period stay what they were when it ended", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			out, err := tx.Handlings().Outcomes(ctx, "zhifa", noon, noon.AddDate(0, 0, 7))
			require.NoError(t, err)
			require.Equal(t, map[string]int64{"filed": 1}, out)
			n, err := tx.Handlings().Routed(ctx, "fengcheng", noon, noon.AddDate(0, 0, 1))
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
			for _, tt := range []struct{ day, pending, overdue int64 }{{-3, 0, 0}, {1, 2, 0}, {2, 2, 1}, {3, 2, 1}, {4, 1, 1}} {
				p, o, err := tx.Handlings().Pending(ctx, "zhifa", noon.AddDate(0, 0, int(tt.day)), "registered")
				require.NoError(t, err)
				require.Equal(t, tt.pending, p, "day %d", tt.day)
				require.Equal(t, tt.overdue, o, "day %d", tt.day)
			}
			p, _, err := tx.Handlings().Pending(ctx, "fengcheng", noon.AddDate(0, 0, 9), "registered")
			require.EqualValues(t, 1, p, "the lead of which nothing is written")
			return err
		})
	})
	t.Run("the office's queue begins with who has waited longest", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Leads().Waiting(ctx, []store.LeadState{"registered", "triaged"}, 2)
			require.NoError(t, err)
			require.Equal(t, []string{"H-2", "H-3"}, []string{got[0].Number, got[1].Number})
			n, err := tx.Leads().InState(ctx, "registered")
			require.NoError(t, err)
			require.EqualValues(t, 3, n)
			of, err := tx.Leads().Of(ctx, []int64{c.ID})
			require.NoError(t, err)
			require.Equal(t, "H-3", of[c.ID].Number)
			of, err = tx.Leads().Of(ctx, nil)
			require.Empty(t, of)
			return err
		})
	})
	t.Run("one question a person, the last one", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Asks().Get(ctx, "zhifa.filer")
			require.ErrorIs(t, err, store.ErrNotFound)
			for _, move := range []string{"refuse", "file"} {
				require.NoError(t, tx.Asks().Put(ctx, store.Ask{Person: "zhifa.filer", LeadID: a.ID, Move: move, Said: "案值3万", At: noon}))
			}
			got, err := tx.Asks().Get(ctx, "zhifa.filer")
			require.Equal(t, store.Ask{Person: "zhifa.filer", LeadID: a.ID, Move: "file", Said: "案值3万", At: noon}, got)
			return err
		})
	})
}

func spans(t *testing.T, s *store.Store) {
	asked := store.Span{ID: s.NewID(), LeadID: 5, Kind: store.Extension, Limit: "check", Units: 15, Reason: "等鉴定", AskedBy: "a", AskedAt: noon,
		Status: store.SpanAsked}
	excluded := store.Span{ID: s.NewID(), LeadID: 5, Kind: store.Inspection, From: "2024-01-20", Until: "2024-01-29", Reason: "鉴定", AskedBy: "a",
		AskedAt: noon, Status: store.SpanHolds}
	t.Run("spans are listed as they were asked for, each as it now stands", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.Spans().Put(ctx, asked))
			require.NoError(t, tx.Spans().Put(ctx, excluded))
			asked.Status, asked.AnsweredBy, asked.AnsweredAt = store.SpanHolds, "b", noon.Add(time.Hour)
			return tx.Spans().Put(ctx, asked)
		})
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Spans().List(ctx, 5)
			require.NoError(t, err)
			require.Equal(t, []store.Span{asked, excluded}, got)
			none, err := tx.Spans().List(ctx, 6)
			require.Empty(t, none)
			return err
		})
	})
}

func cases(t *testing.T, s *store.Store) {
	c := store.Case{LeadID: 1, Number: "安市监立〔2024〕12号", Unit: "zhifa", Cause: "tm", Category: "shoes", FiledAt: noon, Value: 3_000_000,
		Fine: 200, Goods: 20, Seized: 100, Ecom: true, Rural: true, Abroad: true, Decision: "安市监罚〔2024〕3号", DecidedAt: noon.AddDate(0, 0, 9), UpdatedAt: noon}
	other := store.Case{LeadID: 2, Number: "安市监立〔2024〕13号", Unit: "zhifa", Cause: "tm", Category: "shoes", FiledAt: noon.AddDate(0, 0, 1), Value: 60_000_000, Ecom: true}
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		require.NoError(t, tx.Cases().Put(ctx, store.Case{LeadID: 1, Number: "x", Live: true}))
		require.NoError(t, tx.Cases().Put(ctx, c))
		require.NoError(t, tx.Cases().Put(ctx, other))
		return tx.Cases().Put(ctx, store.Case{LeadID: 3, Unit: "gande", Cause: "food", FiledAt: noon})
	})
	t.Run("a case is read as it was written last", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Cases().Get(ctx, 1)
			require.NoError(t, err)
			require.Equal(t, c, got)
			_, err = tx.Cases().Get(ctx, 9)
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
	})
	t.Run("totals are of the unit, the event and the time", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Cases().Totals(ctx, "zhifa", store.CaseFiled, noon, noon.AddDate(0, 0, 2), 50_000_000)
			require.NoError(t, err)
			require.Equal(t, []store.CaseTotal{{Cause: "tm", Category: "shoes", Cases: 2, Major: 1, Value: 63_000_000, Fine: 200, Goods: 20,
				Seized: 100, Ecom: 2, Rural: 1, Abroad: 1}}, got)
			got, err = tx.Cases().Totals(ctx, "zhifa", store.CaseDecided, noon, noon.AddDate(0, 0, 10), 1)
			require.NoError(t, err)
			require.EqualValues(t, 1, got[0].Cases)
			got, err = tx.Cases().Totals(ctx, "zhifa", store.CaseClosed, time.Unix(1, 0), noon.AddDate(1, 0, 0), 1)
			require.NoError(t, err)
			require.Empty(t, got)
			_, err = tx.Cases().Totals(ctx, "zhifa", "id; DROP TABLE cases", noon, noon, 1)
			require.Error(t, err)
			return nil
		})
	})
}

func transfers(t *testing.T, s *store.Store) {
	l := aLead(t, s, "T-1", 0)
	police := store.Transfer{ID: s.NewID(), LeadID: l.ID, Kind: store.ToPolice, Unit: "zhifa", Agency: "公安", Document: "移〔2024〕1号", Reason: "数额",
		Persons: 2, Papers: "移送书", ProposedBy: "a", ProposedAt: noon, DecidedBy: "b", DecidedAt: noon.Add(time.Hour), Approved: true, Decision: "同意",
		SentAt: noon.Add(2 * time.Hour), Answer: "filed", AnsweredAt: noon.AddDate(0, 0, 2)}
	proposed := store.Transfer{ID: s.NewID(), LeadID: l.ID, Kind: store.ToPolice, Unit: "zhifa", Persons: 9, ProposedAt: noon}
	out := store.Transfer{ID: s.NewID(), LeadID: l.ID, Kind: store.ToPlace, Unit: "zhifa", Agency: "南安", SentAt: noon.Add(3 * time.Hour)}
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, tr := range []store.Transfer{police, proposed, out} {
			require.NoError(t, tx.Transfers().Put(ctx, tr))
		}
		return nil
	})
	t.Run("only what was sent counts", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Transfers().List(ctx, l.ID)
			require.NoError(t, err)
			require.Equal(t, []store.Transfer{police, proposed, out}, got)
			from, to := noon, noon.AddDate(0, 0, 7)
			sent, err := tx.Transfers().Sent(ctx, "zhifa", from, to)
			require.NoError(t, err)
			require.Equal(t, map[string]int64{"police": 1, "out": 1}, sent)
			persons, err := tx.Transfers().Persons(ctx, "zhifa", from, to)
			require.NoError(t, err)
			require.EqualValues(t, 2, persons)
			none, err := tx.Transfers().Persons(ctx, "gande", from, to)
			require.NoError(t, err)
			require.Zero(t, none)
			filed, err := tx.Transfers().Answered(ctx, "zhifa", "filed", from, to)
			require.NoError(t, err)
			require.EqualValues(t, 1, filed)
			by, err := tx.Transfers().PoliceByCause(ctx, "zhifa", from, to)
			require.Equal(t, map[string]int64{"tm": 1}, by)
			return err
		})
	})
}

func supervisions(t *testing.T, s *store.Store) {
	n := store.Supervision{ID: s.NewID(), Number: "督办〔2024〕1号", LeadID: 4, Unit: "zhifa", Cause: "超期", DueAt: noon.AddDate(0, 0, 3), ProposedBy: "a",
		SignedBy: "b", SignedAt: noon}
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Supervisions().Insert(ctx, n) })
	t.Run("a number is given once", func(t *testing.T) {
		again := n
		again.ID = 0
		err := try(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Supervisions().Insert(ctx, again) })
		require.ErrorIs(t, err, store.ErrDuplicate)
	})
	t.Run("it counts when it was signed, and ends once", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			signed, err := tx.Supervisions().Signed(ctx, "zhifa", noon, noon.Add(time.Second))
			require.NoError(t, err)
			require.EqualValues(t, 1, signed)
			for _, want := range []int64{1, 0} {
				ended, err := tx.Supervisions().End(ctx, 4, noon.Add(time.Hour))
				require.NoError(t, err)
				require.Equal(t, want, ended)
			}
			got, err := tx.Supervisions().List(ctx, 4)
			n.EndedAt = noon.Add(time.Hour)
			require.Equal(t, []store.Supervision{n}, got)
			return err
		})
	})
}
