package store

import (
	"context"
	"fmt"
	"time"
)

// Case is what a lead became when a case was filed. A lead is at most one case.
type Case struct {
	LeadID   int64
	Number   string // of the document that filed it
	Unit     string
	Cause    string // a row of the weekly table's matrix
	Category string // of goods
	FiledAt  time.Time
	Value    int64 // 分
	Fine     int64 // 分, with what was confiscated
	Goods    int64 // pieces seized
	Seized   int64 // what they are worth, 分
	// What fields it belongs to; it may be several (H of the weekly table).
	Ecom, Live, Market, Rural, Local, Abroad bool
	Decision                                 string // number of the document
	DecidedAt                                time.Time
	ClosedAt                                 time.Time
	UpdatedAt                                time.Time
}

// Cases is the register of cases.
type Cases struct{ tx *Tx }

// Cases gives the register of cases.
func (tx *Tx) Cases() Cases { return Cases{tx} }

var caseCols = []string{"lead_id", "number", "unit", "cause", "category", "filed_at", "value", "fine", "goods", "seized", "ecom", "live",
	"market", "rural", "local", "abroad", "decision", "decided_at", "closed_at", "updated_at"}

func scanCase(r scanner) (c Case, err error) {
	var tags [6]int
	err = r.Scan(&c.LeadID, &c.Number, &c.Unit, &c.Cause, &c.Category, at(&c.FiledAt), &c.Value, &c.Fine, &c.Goods, &c.Seized,
		&tags[0], &tags[1], &tags[2], &tags[3], &tags[4], &tags[5], &c.Decision, at(&c.DecidedAt), at(&c.ClosedAt), at(&c.UpdatedAt))
	for i, into := range c.tags() {
		*into = tags[i] != 0
	}
	return c, err
}

// tags are the fields in the order of their columns.
func (c *Case) tags() [6]*bool {
	return [6]*bool{&c.Ecom, &c.Live, &c.Market, &c.Rural, &c.Local, &c.Abroad}
}

// Put writes a case, new or changed.
func (r Cases) Put(ctx context.Context, c Case) error {
	row := []any{c.LeadID, c.Number, c.Unit, c.Cause, c.Category, millis(c.FiledAt), c.Value, c.Fine, c.Goods, c.Seized}
	for _, tag := range c.tags() {
		row = append(row, bit(*tag))
	}
	row = append(row, c.Decision, millis(c.DecidedAt), millis(c.ClosedAt), millis(c.UpdatedAt))
	if err := r.tx.upsert(ctx, "cases", caseCols[:1], caseCols[1:], row); err != nil {
		return fmt.Errorf("writing the case of lead %d: %w", c.LeadID, err)
	}
	return nil
}

// Get reads the case that a lead became, or gives ErrNotFound.
func (r Cases) Get(ctx context.Context, leadID int64) (Case, error) {
	c, err := one(ctx, r.tx, scanCase, "SELECT "+columns(caseCols)+" FROM cases WHERE lead_id = ?", leadID)
	if err != nil {
		return c, fmt.Errorf("reading the case of lead %d: %w", leadID, err)
	}
	return c, nil
}

// CaseEvent is what dates cases are counted by.
type CaseEvent string

// The events.
const (
	CaseFiled   CaseEvent = "filed_at"
	CaseDecided CaseEvent = "decided_at"
	CaseClosed  CaseEvent = "closed_at"
)

// CaseTotal is the cases of one cause and one category of goods.
type CaseTotal struct {
	Cause, Category                          string
	Cases, Major                             int64
	Value, Fine, Goods, Seized               int64
	Ecom, Live, Market, Rural, Local, Abroad int64
}

// Totals adds up the cases of a unit with which something happened from a time and
// before another. A case worth major 分 or more is a major one.
func (r Cases) Totals(ctx context.Context, unit string, what CaseEvent, from, to time.Time, major int64) ([]CaseTotal, error) {
	switch what {
	case CaseFiled, CaseDecided, CaseClosed:
	default:
		return nil, fmt.Errorf("adding up cases: %q is no event of a case", what)
	}
	column := string(what)
	out, err := all(ctx, r.tx, func(s scanner) (c CaseTotal, err error) {
		err = s.Scan(&c.Cause, &c.Category, &c.Cases, &c.Major, &c.Value, &c.Fine, &c.Goods, &c.Seized,
			&c.Ecom, &c.Live, &c.Market, &c.Rural, &c.Local, &c.Abroad)
		return c, err
	}, `SELECT cause, category, COUNT(*), SUM(CASE WHEN value >= ? THEN 1 ELSE 0 END), SUM(value), SUM(fine), SUM(goods), SUM(seized),
		SUM(ecom), SUM(live), SUM(market), SUM(rural), SUM(local), SUM(abroad)
		FROM cases WHERE unit = ? AND `+column+` >= ? AND `+column+` < ? GROUP BY cause, category ORDER BY cause, category`,
		major, unit, millis(from), millis(to))
	if err != nil {
		return nil, fmt.Errorf("adding up the cases of %s: %w", unit, err)
	}
	return out, nil
}
