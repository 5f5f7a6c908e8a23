package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

const waitingLeadsSQL = " FROM leads WHERE state = ? AND registered_at < ? ORDER BY registered_at LIMIT ?"

// forever is later than anything is registered.
const forever = int64(1) << 62

// Waiting is the leads in some states, the one that has waited longest first. Each
// state is read by its index, and no more of it than asked.
func (r Leads) Waiting(ctx context.Context, states []LeadState, limit int) ([]Lead, error) {
	var out []Lead
	for _, s := range states {
		rows, err := all(ctx, r.tx, scanLead, "SELECT "+columns(leadCols)+waitingLeadsSQL, string(s), forever, limit)
		if err != nil {
			return nil, fmt.Errorf("listing the leads that wait: %w", err)
		}
		out = append(out, rows...)
	}
	slices.SortStableFunc(out, func(a, b Lead) int {
		return cmp.Or(a.RegisteredAt.Compare(b.RegisteredAt), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(limit, len(out))], nil
}

// InState counts the leads in a state.
func (r Leads) InState(ctx context.Context, s LeadState) (int64, error) {
	n, err := one(ctx, r.tx, scanInt, "SELECT COUNT(*) FROM leads WHERE state = ?", string(s))
	if err != nil {
		return 0, fmt.Errorf("counting the leads that are %s: %w", s, err)
	}
	return int64(n), nil
}

// Of reads the leads of some ids, by id.
func (r Leads) Of(ctx context.Context, ids []int64) (map[int64]Lead, error) {
	out := map[int64]Lead{}
	if len(ids) == 0 {
		return out, nil
	}
	query, args, err := in("SELECT "+columns(leadCols)+" FROM leads WHERE id IN (?)", ids)
	if err != nil {
		return nil, fmt.Errorf("reading leads: %w", err)
	}
	rows, err := all(ctx, r.tx, scanLead, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading leads: %w", err)
	}
	for _, l := range rows {
		out[l.ID] = l
	}
	return out, nil
}

// Ask is what somebody was asked last about a lead.
type Ask struct {
	Person string
	LeadID int64
	Move   string
	Said   string // what they had said before
	At     time.Time
}

// Asks is what people were asked last: one question each.
type Asks struct{ tx *Tx }

// Asks gives what people were asked last.
func (tx *Tx) Asks() Asks { return Asks{tx} }

// Put keeps what a person was asked, in place of what it was before.
func (r Asks) Put(ctx context.Context, a Ask) error {
	err := r.tx.upsert(ctx, "asks", []string{"person"}, []string{"lead_id", "move", "said", "asked_at"},
		[]any{a.Person, a.LeadID, a.Move, a.Said, millis(a.At)})
	if err != nil {
		return fmt.Errorf("keeping what %s was asked: %w", a.Person, err)
	}
	return nil
}

// Get is what a person was asked last, or ErrNotFound. An answered question has Move "".
func (r Asks) Get(ctx context.Context, person string) (Ask, error) {
	a, err := one(ctx, r.tx, func(s scanner) (a Ask, err error) {
		err = s.Scan(&a.Person, &a.LeadID, &a.Move, &a.Said, at(&a.At))
		return a, err
	}, "SELECT person, lead_id, move, said, asked_at FROM asks WHERE person = ?", person)
	if err != nil {
		return a, fmt.Errorf("reading what %s was asked: %w", person, err)
	}
	return a, nil
}
