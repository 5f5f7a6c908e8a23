package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestNoScanGrowsWithTheYears asks SQLite how it would answer what is asked often: by
// an index, never by reading a whole table.
func TestNoScanGrowsWithTheYears(t *testing.T) {
	ctx := t.Context()
	s, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "db"), Options{Wall: time.Now, Fast: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	sums, args, err := sumQuery("figure, SUM(value)", "figure", "weekly", 20240105, 20240126, nil)
	require.NoError(t, err)
	queries := map[string]struct {
		sql   string
		args  []any
		index string
	}{
		"who waits for a delivery": {waitingSQL + waitingOrder, []any{20, 1, 1, 100},
			"COVERING INDEX deliveries_due (state=? AND priority=? AND due_at<?)"},
		"who has one in hand":     {waitingSQL + waitingOrder, []any{20, 1, 1, 100}, "COVERING INDEX deliveries_state (state=?)"},
		"the lane below":          {laneSQL, []any{20}, "COVERING INDEX deliveries_due (state=? AND priority<?)"},
		"whose lease is over":     {expiredSQL + expiredOrder, []any{0, 1, 1, 100}, "INDEX deliveries_"},
		"what waits for its hour": {nextHoldSQL, nil, "COVERING INDEX deliveries_hold (state=?)"},
		"who heard what lately":   {recentSQL + "(?)", []any{1, "person:a"}, "INDEX deliveries_recent (recipient=? AND done_at>?)"},
		"how many were sent":      {sentByHourSQL, []any{1, "wecom"}, "COVERING INDEX deliveries_ended (state=? AND done_at>?)"},
		"totals of some weeks":    {sums, args, "PRIMARY KEY (table_id=? AND period>? AND period<?)"},
		"who has filed":           {"SELECT id" + selectCurrentFilings + " AND period = ?", []any{"w", 1}, "INDEX filings_table_id"},
		"a message seen before": {"SELECT id FROM messages WHERE platform = ? AND sender = ? AND msg_id = ?",
			[]any{"", "", ""}, "INDEX sqlite_autoindex_messages_1"},
		"what is due":                 {"SELECT lead_id" + dueSQL, []any{1, 50}, "INDEX handlings_due (due_at>? AND due_at<?)"},
		"how much is late":            {lateSQL, []any{1}, "COVERING INDEX handlings_due (due_at>? AND due_at<?)"},
		"a unit's work":               {"SELECT lead_id" + workSQL, []any{"u", 50}, "INDEX handlings_unit (unit=? AND open=?)"},
		"the office's queue":          {"SELECT id" + waitingLeadsSQL, []any{"registered", forever, 50}, "INDEX leads_state (state=? AND registered_at<?)"},
		"outcomes of a week":          {outcomesSQL, []any{"u", 1, 2}, "COVERING INDEX handlings_outcome (unit=? AND outcome_at>? AND outcome_at<?)"},
		"ways decided in a week":      {routedSQL, []any{"u", 1, 2}, "COVERING INDEX handlings_origin (origin=? AND routed_at>? AND routed_at<?)"},
		"leads by state":              {"SELECT state, COUNT(*) FROM leads GROUP BY state", nil, "COVERING INDEX leads_state"},
		"the leads of a term":         {newestSQL, []any{1, 2, 3}, "PRIMARY KEY (term=? AND lead_id<?)"},
		"which leads have a term":     {"SELECT lead_id FROM lead_terms WHERE term = ? AND lead_id IN (?, ?)", []any{1, 2, 3}, "PRIMARY KEY (term=? AND lead_id=?)"},
		"how many leads a term has":   {countSQL, []any{1, 2}, "PRIMARY KEY (term=?)"},
		"the ledger of some months":   {eachSQL + " WHERE registered_at >= ? AND registered_at < ?" + eachOrder, []any{1, 2}, "INDEX leads_registered_at (registered_at>? AND registered_at<?)"},
		"exports that are to be made": {"SELECT id FROM exports WHERE state = ? ORDER BY id", []any{"approved"}, "INDEX exports_state (state=?)"},
		"a unit's leads by state":     {"SELECT state, COUNT(*) FROM leads WHERE unit = ? GROUP BY state", []any{"u"}, "COVERING INDEX leads_unit_state (unit=?)"},
		"who follows a lead":          {"SELECT account FROM lead_followers WHERE lead_id = ? ORDER BY account", []any{1}, "PRIMARY KEY (lead_id=?)"},
	}
	for name, q := range queries {
		t.Run(name, func(t *testing.T) {
			var plan []string
			require.NoError(t, s.View(ctx, func(tx *Tx) error {
				return tx.query(ctx, func(r scanner) error {
					var id, parent, unused int
					var detail string
					err := r.Scan(&id, &parent, &unused, &detail)
					plan = append(plan, detail)
					return err
				}, "EXPLAIN QUERY PLAN "+q.sql, q.args...)
			}))
			require.Contains(t, strings.Join(plan, "\n"), q.index)
		})
	}
}
