package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// LeadState is where a lead stands. Which states there are and who may set them is
// the campaign's flow, not the store's.
type LeadState string

// Lead is one suspected violation in the ledger. What is listed and counted by has
// a field; all that was filed, as it was filed, is in Details.
type Lead struct {
	ID           int64
	Number       string // as people see it: AX-2024-0132
	State        LeadState
	RegisteredAt time.Time
	FoundAt      time.Time
	Source       string
	Unit         string
	Reporter     string
	Subject      string
	Place        string
	Township     string
	Violation    string
	Category     string
	Urgency      string
	Content      string
	Value        *int64 // 分; nil = not known
	Quantity     string
	Phone        string
	Platform     string
	Shop         string
	Link         string
	Details      []byte // JSON of all values as filed
	FormHash     string
	Version      int64 // 1 when inserted; Update counts it up
	UpdatedAt    time.Time
}

// LeadFilter chooses leads; what is zero does not choose. It is only ever for
// reading: there is no way to remove leads.
type LeadFilter struct {
	Unit                       string
	Reporter                   string
	States                     []LeadState
	From, To                   time.Time // registered from, and before
	Violation, Source, Urgency string
	BeforeID                   int64 // the page after the one that ended with this id
	Limit                      int   // 0 = all
}

// Leads is the ledger.
type Leads struct{ tx *Tx }

// Leads gives the ledger.
func (tx *Tx) Leads() Leads { return Leads{tx} }

var leadCols = []string{"id", "number", "state", "registered_at", "found_at", "source", "unit", "reporter", "subject",
	"place", "township", "violation", "category", "urgency", "content", "value", "quantity", "phone", "platform", "shop",
	"link", "details", "form_hash", "updated_at", "version"}

func scanLead(r scanner) (l Lead, err error) {
	err = r.Scan(&l.ID, &l.Number, &l.State, at(&l.RegisteredAt), at(&l.FoundAt), &l.Source, &l.Unit, &l.Reporter,
		&l.Subject, &l.Place, &l.Township, &l.Violation, &l.Category, &l.Urgency, &l.Content, &l.Value, &l.Quantity,
		&l.Phone, &l.Platform, &l.Shop, &l.Link, doc(&l.Details), &l.FormHash, at(&l.UpdatedAt), &l.Version)
	return l, err
}

func (l Lead) row() []any {
	return []any{l.ID, l.Number, string(l.State), millis(l.RegisteredAt), millis(l.FoundAt), l.Source, l.Unit, l.Reporter,
		l.Subject, l.Place, l.Township, l.Violation, l.Category, l.Urgency, l.Content, l.Value, l.Quantity,
		l.Phone, l.Platform, l.Shop, l.Link, string(l.Details), l.FormHash, millis(l.UpdatedAt), l.Version}
}

// Insert enters a lead, as version 1. A number that is taken gives ErrDuplicate.
func (r Leads) Insert(ctx context.Context, l Lead) error {
	l.ID, l.Version = r.tx.id(l.ID), 1
	if err := r.tx.insert(ctx, "leads", leadCols, l.row()); err != nil {
		return fmt.Errorf("entering lead %s: %w", l.Number, err)
	}
	return r.tx.LeadTerms().put(ctx, l)
}

// Get reads one lead, or gives ErrNotFound.
func (r Leads) Get(ctx context.Context, id int64) (Lead, error) {
	l, err := one(ctx, r.tx, scanLead, "SELECT "+columns(leadCols)+" FROM leads WHERE id = ?", id)
	if err != nil {
		return l, fmt.Errorf("reading lead %d: %w", id, err)
	}
	return l, nil
}

// ByNumber reads the lead that people call by this number, or gives ErrNotFound.
func (r Leads) ByNumber(ctx context.Context, number string) (Lead, error) {
	l, err := one(ctx, r.tx, scanLead, "SELECT "+columns(leadCols)+" FROM leads WHERE number = ?", number)
	if err != nil {
		return l, fmt.Errorf("reading lead %s: %w", number, err)
	}
	return l, nil
}

// Update writes a lead over the version that it was read as, and counts the version
// up. ErrConflict if somebody else has written it meanwhile.
func (r Leads) Update(ctx context.Context, l Lead) error {
	if err := r.tx.LeadTerms().change(ctx, l); err != nil {
		return err
	}
	changed := leadCols[1 : len(leadCols)-1]
	args := append(l.row()[1:len(leadCols)-1], l.ID, l.Version)
	n, err := r.tx.exec(ctx, "UPDATE leads SET "+strings.Join(changed, " = ?, ")+
		" = ?, version = version + 1 WHERE id = ? AND version = ?", args...)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("changing lead %s: %w", l.Number, err)
	}
	return nil
}

// List is the leads of a filter, newest first.
func (r Leads) List(ctx context.Context, f LeadFilter) ([]Lead, error) {
	where, args := f.where()
	query := "SELECT " + columns(leadCols) + " FROM leads" + where + " ORDER BY id DESC"
	if f.Limit > 0 {
		query, args = query+" LIMIT ?", append(args, f.Limit)
	}
	query, args, err := in(query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing leads: %w", err)
	}
	out, err := all(ctx, r.tx, scanLead, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing leads: %w", err)
	}
	return out, nil
}

// Counts is how many leads of a filter there are for each source, state, unit or
// violation. Pages do not matter to it: BeforeID and Limit are left out.
func (r Leads) Counts(ctx context.Context, f LeadFilter, by string) (map[string]int64, error) {
	switch by {
	case "source", "state", "unit", "violation":
	default:
		return nil, fmt.Errorf("counting leads: there is no counting by %q", by)
	}
	f.BeforeID = 0
	where, args := f.where()
	query, args, err := in("SELECT "+by+", COUNT(*) FROM leads"+where+" GROUP BY "+by, args...)
	if err != nil {
		return nil, fmt.Errorf("counting leads: %w", err)
	}
	out, err := r.tx.sums(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("counting leads by %s: %w", by, err)
	}
	return out, nil
}

func (f LeadFilter) where() (string, []any) {
	var conds []string
	var args []any
	add := func(use bool, cond string, arg any) {
		if use {
			conds, args = append(conds, cond), append(args, arg)
		}
	}
	add(f.Unit != "", "unit = ?", f.Unit)
	add(f.Reporter != "", "reporter = ?", f.Reporter)
	add(len(f.States) > 0, "state IN (?)", f.States)
	add(f.Violation != "", "violation = ?", f.Violation)
	add(f.Source != "", "source = ?", f.Source)
	add(f.Urgency != "", "urgency = ?", f.Urgency)
	add(!f.From.IsZero(), "registered_at >= ?", millis(f.From))
	add(!f.To.IsZero(), "registered_at < ?", millis(f.To))
	add(f.BeforeID != 0, "id < ?", f.BeforeID)
	if len(conds) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conds, " AND "), args
}
