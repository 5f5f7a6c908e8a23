package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

var eachSQL = "SELECT " + prefixed("leads", leadCols) + ", COALESCE(k.cells, '') FROM leads LEFT JOIN lead_ledger k ON k.lead_id = leads.id"

const eachOrder = " ORDER BY registered_at, id"

// Each hands every lead of a filter to do, in the order of registration, with what the
// ledger that it was imported from says of it (nil = nothing). It keeps none: ten leads
// and a million need the same memory. do must not use the transaction. BeforeID and
// Limit are left out.
func (r Leads) Each(ctx context.Context, f LeadFilter, do func(l Lead, cells map[string]string) error) error {
	f.BeforeID = 0
	where, args := f.where()
	query, args, err := in(eachSQL+where+eachOrder, args...)
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	err = r.tx.query(ctx, func(s scanner) error {
		var kept []byte
		l, err := scanLead(more{s, []any{doc(&kept)}})
		if err != nil {
			return err
		}
		var cells map[string]string
		if len(kept) > 0 {
			if err := json.Unmarshal(kept, &cells); err != nil {
				return fmt.Errorf("reading what was imported of %s: %w", l.Number, err)
			}
		}
		return do(l, cells)
	}, query, args...)
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	return nil
}

// more is a row that has further columns than the reader knows.
type more struct {
	scanner
	also []any
}

// Scan reads the row into the reader's and the further columns.
func (m more) Scan(dest ...any) error { return m.scanner.Scan(append(dest, m.also...)...) }

// Count is how many leads a filter chooses. BeforeID and Limit are left out.
func (r Leads) Count(ctx context.Context, f LeadFilter) (int, error) {
	f.BeforeID = 0
	where, args := f.where()
	query, args, err := in("SELECT COUNT(*) FROM leads"+where, args...)
	if err != nil {
		return 0, fmt.Errorf("counting leads: %w", err)
	}
	n, err := one(ctx, r.tx, scanInt, query, args...)
	if err != nil {
		return 0, fmt.Errorf("counting leads: %w", err)
	}
	return n, nil
}

// KeepCells keeps what an imported ledger says of a lead beside its registration.
func (r Leads) KeepCells(ctx context.Context, lead int64, cells map[string]string) error {
	body, err := json.Marshal(cells)
	if err == nil {
		err = r.tx.upsert(ctx, "lead_ledger", []string{"lead_id"}, []string{"cells"}, []any{lead, string(body)})
	}
	if err != nil {
		return fmt.Errorf("keeping what was imported of lead %d: %w", lead, err)
	}
	return nil
}

// Taken are those of some numbers that leads have.
func (r Leads) Taken(ctx context.Context, numbers []string) (map[string]bool, error) {
	out := map[string]bool{}
	for len(numbers) > 0 {
		part := numbers[:min(len(numbers), rowsAtOnce)]
		numbers = numbers[len(part):]
		query, args, err := in("SELECT number FROM leads WHERE number IN (?)", part)
		if err != nil {
			return nil, err
		}
		some, err := all(ctx, r.tx, scanText, query, args...)
		if err != nil {
			return nil, fmt.Errorf("looking for taken numbers (%s …): %w", strings.Join(part[:1], ""), err)
		}
		for _, n := range some {
			out[n] = true
		}
	}
	return out, nil
}
