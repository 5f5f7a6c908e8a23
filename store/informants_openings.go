package store

import (
	"context"
	"fmt"
	"time"
)

// OpeningState is where a wish to see an informant stands.
type OpeningState string

// The states of an opening.
const (
	OpeningAsked    OpeningState = "asked"    // waits for the custodian
	OpeningApproved OpeningState = "approved" // may be opened until ExpiresAt
	OpeningRefused  OpeningState = "refused"  // an end
	OpeningOpened   OpeningState = "opened"   // was shown, once; an end
)

// Opening is somebody's wish to see an informant, with its reason and what became of
// it.
type Opening struct {
	ID        int64
	LeadID    int64
	Asker     string
	Reason    string
	State     OpeningState
	AskedAt   time.Time
	DecidedBy string
	DecidedAt time.Time
	ExpiresAt time.Time // of an approval
	OpenedAt  time.Time
}

// Openings is these wishes. None is removed.
type Openings struct{ tx *Tx }

// Openings gives the openings.
func (tx *Tx) Openings() Openings { return Openings{tx} }

var openingCols = []string{"id", "lead_id", "asker", "reason", "state", "asked_at", "decided_by", "decided_at", "expires_at", "opened_at"}

func scanOpening(r scanner) (o Opening, err error) {
	err = r.Scan(&o.ID, &o.LeadID, &o.Asker, &o.Reason, &o.State, at(&o.AskedAt), &o.DecidedBy, at(&o.DecidedAt), at(&o.ExpiresAt), at(&o.OpenedAt))
	return o, err
}

// Insert keeps a new one.
func (r Openings) Insert(ctx context.Context, o Opening) error {
	err := r.tx.insert(ctx, "openings", openingCols, []any{o.ID, o.LeadID, o.Asker, o.Reason, string(o.State),
		millis(o.AskedAt), o.DecidedBy, millis(o.DecidedAt), millis(o.ExpiresAt), millis(o.OpenedAt)})
	if err != nil {
		return fmt.Errorf("keeping who wants to see the informant of lead %d: %w", o.LeadID, err)
	}
	return nil
}

// Get reads one, or gives ErrNotFound.
func (r Openings) Get(ctx context.Context, id int64) (Opening, error) {
	o, err := one(ctx, r.tx, scanOpening, "SELECT "+columns(openingCols)+" FROM openings WHERE id = ?", id)
	if err != nil {
		return o, fmt.Errorf("reading opening %d: %w", id, err)
	}
	return o, nil
}

// Waiting is what somebody has asked for about a lead and nobody has decided;
// ErrNotFound if nothing.
func (r Openings) Waiting(ctx context.Context, lead int64, asker string) (Opening, error) {
	o, err := one(ctx, r.tx, scanOpening, "SELECT "+columns(openingCols)+
		" FROM openings WHERE lead_id = ? AND asker = ? AND state = 'asked' ORDER BY id DESC LIMIT 1", lead, asker)
	if err != nil {
		return o, fmt.Errorf("looking for what waits about lead %d: %w", lead, err)
	}
	return o, nil
}

// Move writes what became of one that was in a state before. ErrConflict if it is in it
// no more: of two who decide or open at the same time, one does.
func (r Openings) Move(ctx context.Context, o Opening, from OpeningState) error {
	n, err := r.tx.exec(ctx, "UPDATE openings SET state = ?, decided_by = ?, decided_at = ?, expires_at = ?, opened_at = ? WHERE id = ? AND state = ?",
		string(o.State), o.DecidedBy, millis(o.DecidedAt), millis(o.ExpiresAt), millis(o.OpenedAt), o.ID, string(from))
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("moving opening %d: %w", o.ID, err)
	}
	return nil
}
