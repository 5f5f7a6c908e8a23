package store

import (
	"context"
	"fmt"
	"time"
)

// ExportState is where an export stands.
type ExportState string

// The states of an export.
const (
	ExportAsked    ExportState = "asked"    // waits for approval; set when it is asked for
	ExportApproved ExportState = "approved" // its file is to be made; set by who approves
	ExportDone     ExportState = "done"     // its file was made; set by who made it
	ExportRefused  ExportState = "refused"  // it was not approved
	ExportFailed   ExportState = "failed"   // its file could not be made
)

// Export is one list that left the records as a file, or was to.
type Export struct {
	ID        int64
	Number    string // on every page of it
	State     ExportState
	AskedBy   string // an account, or who ran the command
	AskedAt   time.Time
	Platform  string // where it was asked, "" = at the command line
	Filter    []byte // JSON of what was asked for
	Whole     bool   // with personal data
	Reason    string
	Cause     string // the message that made it due
	DecidedBy string
	DecidedAt time.Time
	Total     int // rows
	File      string
	SHA256    string
	MadeAt    time.Time
}

// Exports is the register of exports. Nothing is ever removed from it.
type Exports struct{ tx *Tx }

// Exports gives the register of exports.
func (tx *Tx) Exports() Exports { return Exports{tx} }

var exportCols = []string{"id", "number", "state", "asked_by", "asked_at", "platform", "filter", "whole", "reason", "cause", "decided_by",
	"decided_at", "total", "file", "sha256", "made_at"}

func scanExport(r scanner) (e Export, err error) {
	err = r.Scan(&e.ID, &e.Number, &e.State, &e.AskedBy, at(&e.AskedAt), &e.Platform, doc(&e.Filter), &e.Whole, &e.Reason, &e.Cause, &e.DecidedBy,
		at(&e.DecidedAt), &e.Total, &e.File, &e.SHA256, at(&e.MadeAt))
	return e, err
}

func (e Export) row() []any {
	return []any{e.ID, e.Number, string(e.State), e.AskedBy, millis(e.AskedAt), e.Platform, string(e.Filter), bit(e.Whole), e.Reason, e.Cause, e.DecidedBy,
		millis(e.DecidedAt), e.Total, e.File, e.SHA256, millis(e.MadeAt)}
}

// Insert enters an export.
func (r Exports) Insert(ctx context.Context, e Export) error {
	e.ID = r.tx.id(e.ID)
	if err := r.tx.insert(ctx, "exports", exportCols, e.row()); err != nil {
		return fmt.Errorf("entering export %s: %w", e.Number, err)
	}
	return nil
}

// Get reads an export, or gives ErrNotFound.
func (r Exports) Get(ctx context.Context, id int64) (Export, error) {
	e, err := one(ctx, r.tx, scanExport, "SELECT "+columns(exportCols)+" FROM exports WHERE id = ?", id)
	if err != nil {
		return e, fmt.Errorf("reading export %d: %w", id, err)
	}
	return e, nil
}

// Move writes an export that stood at from. ErrConflict if it does no longer.
func (r Exports) Move(ctx context.Context, e Export, from ExportState) error {
	n, err := r.tx.exec(ctx, "UPDATE exports SET state = ?, cause = ?, decided_by = ?, decided_at = ?, total = ?, file = ?, sha256 = ?, made_at = ? WHERE id = ? AND state = ?",
		string(e.State), e.Cause, e.DecidedBy, millis(e.DecidedAt), e.Total, e.File, e.SHA256, millis(e.MadeAt), e.ID, string(from))
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("changing export %s: %w", e.Number, err)
	}
	return nil
}

// In lists the exports of a state, oldest first.
func (r Exports) In(ctx context.Context, state ExportState) ([]Export, error) {
	out, err := all(ctx, r.tx, scanExport, "SELECT "+columns(exportCols)+" FROM exports WHERE state = ? ORDER BY id", string(state))
	if err != nil {
		return nil, fmt.Errorf("listing exports: %w", err)
	}
	return out, nil
}
