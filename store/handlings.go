package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Handling is how a lead is handled: who has it, until when something is due, and what
// came of it. Where it stands is Lead.State. What the columns are filled with is the
// campaign's flow, not the store's.
type Handling struct {
	LeadID     int64
	Origin     string // the unit that registered the lead
	Unit       string // that answers for it now: the one it is assigned to, before that the origin
	Person     string // who accepted it
	Route      string // which way it was sent
	EnteredAt  time.Time
	RoutedAt   time.Time // when its way was first decided; zero = it waits for triage
	AssignedAt time.Time // zero = to no unit
	AcceptedAt time.Time
	ToldAt     time.Time // of the latest feedback
	InformedAt time.Time // when whoever it came from was told of the outcome
	DemandAt   time.Time // until when the office wants it; zero = as the law allows
	Outcome    string    // what the checking ended with; "" = it goes on
	OutcomeAt  time.Time
	CheckDueAt time.Time // until when it has to be checked; zero = its limit stands still
	DueAt      time.Time // the next thing that is due; zero = nothing is
	DueKind    string    // what that is
	Open       bool      // it is somebody's work
	Before     LeadState // before it was laid aside
	Series     string    // of leads that belong together
	MergedInto int64
	Supervised int64    // how many notices press it
	Refused    []string // the units that have sent it back, in order
	Note       string   // what the office said when it was assigned
	UpdatedAt  time.Time
}

// Handlings is how the leads are handled. A lead that no program that knows of them has
// touched has none; see Get.
type Handlings struct{ tx *Tx }

// Handlings gives how the leads are handled.
func (tx *Tx) Handlings() Handlings { return Handlings{tx} }

var handlingCols = []string{"origin", "unit", "person", "route", "entered_at", "routed_at", "assigned_at", "accepted_at", "told_at", "informed_at", "demand_at",
	"outcome", "outcome_at", "check_due_at", "due_at", "due_kind", "open", "before_state", "series", "merged_into", "supervised",
	"refused", "note", "updated_at"}

const selectHandling = "SELECT lead_id, "

func scanHandling(r scanner) (h Handling, err error) {
	var open int
	var refused string
	err = r.Scan(&h.LeadID, &h.Origin, &h.Unit, &h.Person, &h.Route, at(&h.EnteredAt), at(&h.RoutedAt), at(&h.AssignedAt),
		at(&h.AcceptedAt), at(&h.ToldAt), at(&h.InformedAt), at(&h.DemandAt), &h.Outcome, at(&h.OutcomeAt), at(&h.CheckDueAt), at(&h.DueAt), &h.DueKind, &open,
		&h.Before, &h.Series, &h.MergedInto, &h.Supervised, &refused, &h.Note, at(&h.UpdatedAt))
	h.Open = open != 0
	if refused != "" {
		h.Refused = strings.Split(refused, ",")
	}
	return h, err
}

func (h Handling) row() []any {
	return []any{h.LeadID, h.Origin, h.Unit, h.Person, h.Route, millis(h.EnteredAt), millis(h.RoutedAt), millis(h.AssignedAt),
		millis(h.AcceptedAt), millis(h.ToldAt), millis(h.InformedAt), millis(h.DemandAt), h.Outcome, millis(h.OutcomeAt), millis(h.CheckDueAt), millis(h.DueAt), h.DueKind,
		bit(h.Open), string(h.Before), h.Series, h.MergedInto, h.Supervised, strings.Join(h.Refused, ","), h.Note, millis(h.UpdatedAt)}
}

// Put writes how a lead is handled, whether anything was written of it before or not.
// That two do not write at the same time is seen to by the lead's version; see
// Leads.Update.
func (r Handlings) Put(ctx context.Context, h Handling) error {
	if err := r.tx.upsert(ctx, "handlings", []string{"lead_id"}, handlingCols, h.row()); err != nil {
		return fmt.Errorf("writing how lead %d is handled: %w", h.LeadID, err)
	}
	return nil
}

// Get reads how a lead is handled. One of which nothing is written waits for triage with
// the unit that registered it.
func (r Handlings) Get(ctx context.Context, l Lead) (Handling, error) {
	h, err := one(ctx, r.tx, scanHandling, selectHandling+columns(handlingCols)+" FROM handlings WHERE lead_id = ?", l.ID)
	if errors.Is(err, ErrNotFound) {
		return Handling{LeadID: l.ID, Origin: l.Unit, Unit: l.Unit, EnteredAt: l.RegisteredAt, Open: true}, nil
	}
	if err != nil {
		return h, fmt.Errorf("reading how lead %d is handled: %w", l.ID, err)
	}
	return h, nil
}

const (
	dueSQL  = " FROM handlings WHERE due_at > 0 AND due_at < ? ORDER BY due_at LIMIT ?"
	workSQL = " FROM handlings WHERE unit = ? AND open = 1 ORDER BY due_at LIMIT ?"
)

// Due is what falls due before a time, the oldest first.
func (r Handlings) Due(ctx context.Context, before time.Time, limit int) ([]Handling, error) {
	out, err := all(ctx, r.tx, scanHandling, selectHandling+columns(handlingCols)+dueSQL, millis(before), limit)
	if err != nil {
		return nil, fmt.Errorf("listing what is due: %w", err)
	}
	return out, nil
}

// Work is what a unit has in hand, in the order in which it is due; what has no date
// comes first.
func (r Handlings) Work(ctx context.Context, unit string, limit int) ([]Handling, error) {
	out, err := all(ctx, r.tx, scanHandling, selectHandling+columns(handlingCols)+workSQL, unit, limit)
	if err != nil {
		return nil, fmt.Errorf("listing the work of %s: %w", unit, err)
	}
	return out, nil
}

// Of reads how the leads of some ids are handled.
func (r Handlings) Of(ctx context.Context, ids []int64) (map[int64]Handling, error) {
	out := map[int64]Handling{}
	if len(ids) == 0 {
		return out, nil
	}
	query, args, err := in(selectHandling+columns(handlingCols)+" FROM handlings WHERE lead_id IN (?)", ids)
	if err != nil {
		return nil, fmt.Errorf("reading handlings: %w", err)
	}
	rows, err := all(ctx, r.tx, scanHandling, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading handlings: %w", err)
	}
	for _, h := range rows {
		out[h.LeadID] = h
	}
	return out, nil
}

// InSeries lists the leads of a series.
func (r Handlings) InSeries(ctx context.Context, series string) ([]Handling, error) {
	if series == "" {
		return nil, nil
	}
	out, err := all(ctx, r.tx, scanHandling, selectHandling+columns(handlingCols)+" FROM handlings WHERE series = ? ORDER BY lead_id", series)
	if err != nil {
		return nil, fmt.Errorf("listing the series %s: %w", series, err)
	}
	return out, nil
}
