package store

import (
	"context"
	"fmt"
	"time"
)

// Outcomes counts what the checking of a unit's leads ended with from a time and before
// another.
func (r Handlings) Outcomes(ctx context.Context, unit string, from, to time.Time) (map[string]int64, error) {
	out, err := r.tx.sums(ctx, outcomesSQL, unit, millis(from), millis(to))
	if err != nil {
		return nil, fmt.Errorf("counting the outcomes of %s: %w", unit, err)
	}
	return out, nil
}

const (
	outcomesSQL = "SELECT outcome, COUNT(*) FROM handlings WHERE unit = ? AND outcome_at >= ? AND outcome_at < ? GROUP BY outcome"
	routedSQL   = "SELECT COUNT(*) FROM handlings WHERE origin = ? AND routed_at >= ? AND routed_at < ?"
	// At the end of a period goes on what had no outcome then, whatever it has now.
	pendingSQL = "SELECT COUNT(*) FROM handlings WHERE unit = ? AND (outcome_at = 0 OR outcome_at >= ?) AND entered_at < ?"
	overdueSQL = pendingSQL + " AND check_due_at > 0 AND check_due_at <= ?"
	// untouchedSQL counts leads that were registered by a program that knows no handlings.
	untouchedSQL = "SELECT COUNT(*) FROM leads l LEFT JOIN handlings h ON h.lead_id = l.id" +
		" WHERE l.state = ? AND l.unit = ? AND l.registered_at < ? AND h.lead_id IS NULL"
)

// Routed counts the leads of a unit whose way was decided from a time and before
// another.
func (r Handlings) Routed(ctx context.Context, origin string, from, to time.Time) (int64, error) {
	return r.count(ctx, routedSQL, origin, millis(from), millis(to))
}

// Pending counts the leads that a unit answered for at a time and whose checking went
// on; overdue how many of them should have been checked by then. Leads in the given
// state of which nothing is written count too, as pending with their unit.
func (r Handlings) Pending(ctx context.Context, unit string, end time.Time, untouched LeadState) (pending, overdue int64, err error) {
	ms := millis(end)
	if pending, err = r.count(ctx, pendingSQL, unit, ms, ms); err != nil {
		return 0, 0, err
	}
	if overdue, err = r.count(ctx, overdueSQL, unit, ms, ms, ms); err != nil {
		return 0, 0, err
	}
	more, err := r.count(ctx, untouchedSQL, string(untouched), unit, ms)
	return pending + more, overdue, err
}

func (r Handlings) count(ctx context.Context, query string, args ...any) (int64, error) {
	n, err := one(ctx, r.tx, scanInt, query, args...)
	if err != nil {
		return 0, fmt.Errorf("counting how leads are handled: %w", err)
	}
	return int64(n), nil
}
