package store

import (
	"context"
	"fmt"
	"time"
)

// LeadEvent is one thing that happened to a lead.
type LeadEvent struct {
	ID     int64
	LeadID int64
	At     time.Time
	Actor  string // the account of who did it
	Kind   string
	Data   []byte // JSON
}

// LeadEvents is the leads' history. It is only added to.
type LeadEvents struct{ tx *Tx }

// LeadEvents gives the leads' history.
func (tx *Tx) LeadEvents() LeadEvents { return LeadEvents{tx} }

var leadEventCols = []string{"id", "lead_id", "happened_at", "actor", "kind", "data"}

func scanLeadEvent(r scanner) (e LeadEvent, err error) {
	err = r.Scan(&e.ID, &e.LeadID, at(&e.At), &e.Actor, &e.Kind, doc(&e.Data))
	return e, err
}

// Append adds an event.
func (r LeadEvents) Append(ctx context.Context, e LeadEvent) error {
	err := r.tx.insert(ctx, "lead_events", leadEventCols,
		[]any{r.tx.id(e.ID), e.LeadID, millis(e.At), e.Actor, e.Kind, string(e.Data)})
	if err != nil {
		return fmt.Errorf("recording %s of lead %d: %w", e.Kind, e.LeadID, err)
	}
	return nil
}

// List is a lead's events in the order they were added.
func (r LeadEvents) List(ctx context.Context, leadID int64) ([]LeadEvent, error) {
	out, err := all(ctx, r.tx, scanLeadEvent, "SELECT "+columns(leadEventCols)+
		" FROM lead_events WHERE lead_id = ? ORDER BY id", leadID)
	if err != nil {
		return nil, fmt.Errorf("reading the history of lead %d: %w", leadID, err)
	}
	return out, nil
}
