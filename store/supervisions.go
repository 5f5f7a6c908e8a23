package store

import (
	"context"
	"fmt"
	"time"
)

// Supervision is a numbered notice that presses a unit about a lead (督办), signed by
// hand. One that nobody has signed is not in the register.
type Supervision struct {
	ID         int64
	Number     string
	LeadID     int64
	Unit       string
	Cause      string
	DueAt      time.Time
	ProposedBy string
	SignedBy   string
	SignedAt   time.Time
	EndedAt    time.Time // zero = it still presses
}

// Supervisions is the register of them.
type Supervisions struct{ tx *Tx }

// Supervisions gives the register.
func (tx *Tx) Supervisions() Supervisions { return Supervisions{tx} }

var supervisionCols = []string{"id", "number", "lead_id", "unit", "cause", "due_at", "proposed_by", "signed_by", "signed_at", "ended_at"}

func scanSupervision(r scanner) (s Supervision, err error) {
	err = r.Scan(&s.ID, &s.Number, &s.LeadID, &s.Unit, &s.Cause, at(&s.DueAt), &s.ProposedBy, &s.SignedBy, at(&s.SignedAt), at(&s.EndedAt))
	return s, err
}

// Insert enters a notice. A number that is taken gives ErrDuplicate.
func (r Supervisions) Insert(ctx context.Context, s Supervision) error {
	err := r.tx.insert(ctx, "supervisions", supervisionCols, []any{r.tx.id(s.ID), s.Number, s.LeadID, s.Unit, s.Cause, millis(s.DueAt),
		s.ProposedBy, s.SignedBy, millis(s.SignedAt), millis(s.EndedAt)})
	if err != nil {
		return fmt.Errorf("entering %s: %w", s.Number, err)
	}
	return nil
}

// End ends all notices about a lead that still press, and says how many there were.
func (r Supervisions) End(ctx context.Context, leadID int64, at time.Time) (int64, error) {
	n, err := r.tx.exec(ctx, "UPDATE supervisions SET ended_at = ? WHERE lead_id = ? AND ended_at = 0", millis(at), leadID)
	if err != nil {
		return 0, fmt.Errorf("ending the supervision of lead %d: %w", leadID, err)
	}
	return n, nil
}

// List is the notices about a lead in the order in which they were signed.
func (r Supervisions) List(ctx context.Context, leadID int64) ([]Supervision, error) {
	out, err := all(ctx, r.tx, scanSupervision, "SELECT "+columns(supervisionCols)+" FROM supervisions WHERE lead_id = ? ORDER BY id", leadID)
	if err != nil {
		return nil, fmt.Errorf("reading the supervision of lead %d: %w", leadID, err)
	}
	return out, nil
}

// Signed counts the notices to a unit that were signed from a time and before another.
func (r Supervisions) Signed(ctx context.Context, unit string, from, to time.Time) (int64, error) {
	n, err := one(ctx, r.tx, scanInt, "SELECT COUNT(*) FROM supervisions WHERE unit = ? AND signed_at >= ? AND signed_at < ?", unit, millis(from), millis(to))
	if err != nil {
		return 0, fmt.Errorf("counting the supervision of %s: %w", unit, err)
	}
	return int64(n), nil
}
