package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// LeadRow is a lead with all that the records know of it.
type LeadRow struct {
	Lead
	Cells     map[string]string // what the ledger that it was imported from says; nil = nothing
	Handling  *Handling         // nil = nobody has touched it
	Case      *Case
	Transfers []Transfer
	Spans     []Span
}

const (
	eachSQL   = "SELECT id FROM leads"
	eachOrder = " ORDER BY registered_at, id"
	// eachPage is how many leads are held at once.
	eachPage = 500
)

// Each hands every lead of a filter to do, in the order of registration. It holds a page of
// them, and eight bytes for each: ten leads and a million need nearly the same memory.
// BeforeID and Limit are left out.
func (r Leads) Each(ctx context.Context, f LeadFilter, do func(LeadRow) error) error {
	f.BeforeID = 0
	where, args := f.where()
	query, args, err := in(eachSQL+where+eachOrder, args...)
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	ids, err := all(ctx, r.tx, scanID, query, args...)
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	for part := range slices.Chunk(ids, eachPage) {
		rows, err := r.rows(ctx, part)
		if err != nil {
			return fmt.Errorf("reading the ledger: %w", err)
		}
		for _, id := range part {
			if err := do(*rows[id]); err != nil {
				return err
			}
		}
	}
	return nil
}

// rows reads some leads with what belongs to them.
func (r Leads) rows(ctx context.Context, ids []int64) (map[int64]*LeadRow, error) {
	leads, err := r.Of(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]*LeadRow, len(leads))
	for id, l := range leads {
		out[id] = &LeadRow{Lead: l}
	}
	handled, err := r.tx.Handlings().Of(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id, h := range handled {
		out[id].Handling = &h
	}
	read := func(query string, scan func(scanner) error) {
		if err == nil {
			var args []any
			if query, args, err = in(query, ids); err == nil {
				err = r.tx.query(ctx, scan, query, args...)
			}
		}
	}
	read("SELECT lead_id, cells FROM lead_ledger WHERE lead_id IN (?)", func(s scanner) error {
		var id int64
		var kept []byte
		if err := s.Scan(&id, doc(&kept)); err != nil {
			return err
		}
		return json.Unmarshal(kept, &out[id].Cells)
	})
	read("SELECT "+columns(caseCols)+" FROM cases WHERE lead_id IN (?)", func(s scanner) error {
		c, err := scanCase(s)
		if err == nil {
			out[c.LeadID].Case = &c
		}
		return err
	})
	read("SELECT "+columns(transferCols)+" FROM transfers WHERE lead_id IN (?) ORDER BY id", func(s scanner) error {
		t, err := scanTransfer(s)
		if err == nil {
			out[t.LeadID].Transfers = append(out[t.LeadID].Transfers, t)
		}
		return err
	})
	read("SELECT "+columns(spanCols)+" FROM lead_spans WHERE lead_id IN (?) ORDER BY id", func(s scanner) error {
		sp, err := scanSpan(s)
		if err == nil {
			out[sp.LeadID].Spans = append(out[sp.LeadID].Spans, sp)
		}
		return err
	})
	return out, err
}

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
