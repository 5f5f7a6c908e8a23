package store

import (
	"context"
	"fmt"
	"time"
)

// TransferKind is where something goes.
type TransferKind string

// The kinds of transfer.
const (
	ToPolice TransferKind = "police"
	ToOther  TransferKind = "other"  // another department
	ToPlace  TransferKind = "out"    // the authority of another place
	ToAssist TransferKind = "assist" // assistance that another place asks for
)

// Transfer is what went, or is to go, to somebody outside the campaign.
type Transfer struct {
	ID         int64
	LeadID     int64
	Kind       TransferKind
	Unit       string // that sends it
	Agency     string // to whom
	Document   string // its number
	Reason     string
	Persons    int64
	Papers     string // what went with it, and evidence that was fixed
	ProposedBy string
	ProposedAt time.Time
	DecidedBy  string
	DecidedAt  time.Time // zero = nobody has decided yet
	Approved   bool
	Decision   string // why it was refused
	SentAt     time.Time
	Answer     string // what they did: filed, refused, done
	AnsweredAt time.Time
}

// Transfers is all that went out.
type Transfers struct{ tx *Tx }

// Transfers gives all that went out.
func (tx *Tx) Transfers() Transfers { return Transfers{tx} }

var transferCols = []string{"id", "lead_id", "kind", "unit", "agency", "document", "reason", "persons", "papers", "proposed_by", "proposed_at",
	"decided_by", "decided_at", "approved", "decision", "sent_at", "answer", "answered_at"}

func scanTransfer(r scanner) (t Transfer, err error) {
	var approved int
	err = r.Scan(&t.ID, &t.LeadID, &t.Kind, &t.Unit, &t.Agency, &t.Document, &t.Reason, &t.Persons, &t.Papers, &t.ProposedBy, at(&t.ProposedAt),
		&t.DecidedBy, at(&t.DecidedAt), &approved, &t.Decision, at(&t.SentAt), &t.Answer, at(&t.AnsweredAt))
	t.Approved = approved != 0
	return t, err
}

// Put writes a transfer, new or changed.
func (r Transfers) Put(ctx context.Context, t Transfer) error {
	err := r.tx.upsert(ctx, "transfers", transferCols[:1], transferCols[1:], []any{r.tx.id(t.ID), t.LeadID, string(t.Kind), t.Unit, t.Agency,
		t.Document, t.Reason, t.Persons, t.Papers, t.ProposedBy, millis(t.ProposedAt), t.DecidedBy, millis(t.DecidedAt), bit(t.Approved),
		t.Decision, millis(t.SentAt), t.Answer, millis(t.AnsweredAt)})
	if err != nil {
		return fmt.Errorf("writing a transfer of lead %d: %w", t.LeadID, err)
	}
	return nil
}

// List is a lead's transfers in the order in which they were proposed.
func (r Transfers) List(ctx context.Context, leadID int64) ([]Transfer, error) {
	out, err := all(ctx, r.tx, scanTransfer, "SELECT "+columns(transferCols)+" FROM transfers WHERE lead_id = ? ORDER BY id", leadID)
	if err != nil {
		return nil, fmt.Errorf("reading the transfers of lead %d: %w", leadID, err)
	}
	return out, nil
}

// Sent counts what a unit has sent from a time and before another, by kind.
func (r Transfers) Sent(ctx context.Context, unit string, from, to time.Time) (map[string]int64, error) {
	out, err := r.tx.sums(ctx, "SELECT kind, COUNT(*) FROM transfers WHERE unit = ? AND kind IN ('police', 'other', 'out')"+
		" AND sent_at >= ? AND sent_at < ? GROUP BY kind", unit, millis(from), millis(to))
	if err != nil {
		return nil, fmt.Errorf("counting the transfers of %s: %w", unit, err)
	}
	return out, nil
}

// Persons counts the persons that a unit has transferred to the police.
func (r Transfers) Persons(ctx context.Context, unit string, from, to time.Time) (int64, error) {
	n, err := one(ctx, r.tx, scanInt, "SELECT COALESCE(SUM(persons), 0) FROM transfers WHERE unit = ? AND kind = 'police'"+
		" AND sent_at >= ? AND sent_at < ?", unit, millis(from), millis(to))
	if err != nil {
		return 0, fmt.Errorf("counting the persons that %s has transferred: %w", unit, err)
	}
	return int64(n), nil
}

// Answered counts the answers of one kind to a unit's transfers.
func (r Transfers) Answered(ctx context.Context, unit, answer string, from, to time.Time) (int64, error) {
	n, err := one(ctx, r.tx, scanInt, "SELECT COUNT(*) FROM transfers WHERE unit = ? AND answer = ? AND answered_at >= ? AND answered_at < ?",
		unit, answer, millis(from), millis(to))
	if err != nil {
		return 0, fmt.Errorf("counting the answers to %s: %w", unit, err)
	}
	return int64(n), nil
}

// PoliceByCause counts the transfers of a unit to the police by the cause of the lead.
func (r Transfers) PoliceByCause(ctx context.Context, unit string, from, to time.Time) (map[string]int64, error) {
	out, err := r.tx.sums(ctx, "SELECT l.violation, COUNT(*) FROM transfers t JOIN leads l ON l.id = t.lead_id WHERE t.unit = ? AND t.kind = 'police'"+
		" AND t.sent_at >= ? AND t.sent_at < ? GROUP BY l.violation", unit, millis(from), millis(to))
	if err != nil {
		return nil, fmt.Errorf("counting the transfers of %s by cause: %w", unit, err)
	}
	return out, nil
}
