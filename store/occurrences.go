package store

import (
	"context"
	"fmt"
	"time"
)

// Occurrence is one due time of a job that was seen to. Its row is written in the
// transaction that does the work: whoever writes it first has done it.
type Occurrence struct {
	Job     string
	DueAt   time.Time
	FiredAt time.Time
	Outcome string
}

// Occurrences is the register of what the schedule did.
type Occurrences struct{ tx *Tx }

// Occurrences gives the register of what the schedule did.
func (tx *Tx) Occurrences() Occurrences { return Occurrences{tx} }

const selectOccurrences = "SELECT job, due_at, fired_at, outcome FROM occurrences WHERE job = ?"

func scanOccurrence(r scanner) (o Occurrence, err error) {
	err = r.Scan(&o.Job, at(&o.DueAt), at(&o.FiredAt), &o.Outcome)
	return o, err
}

// Insert claims an occurrence. One that was seen to gives ErrDuplicate.
func (r Occurrences) Insert(ctx context.Context, o Occurrence) error {
	err := r.tx.insert(ctx, "occurrences", []string{"job", "due_at", "fired_at", "outcome"},
		[]any{o.Job, millis(o.DueAt), millis(o.FiredAt), o.Outcome})
	if err != nil {
		return fmt.Errorf("recording %s of %s: %w", o.Job, o.DueAt.Format(time.RFC3339), err)
	}
	return nil
}

// Fired lists a job's occurrences due from a time on and before another, in order.
func (r Occurrences) Fired(ctx context.Context, job string, from, to time.Time) ([]Occurrence, error) {
	out, err := all(ctx, r.tx, scanOccurrence, selectOccurrences+" AND due_at >= ? AND due_at < ? ORDER BY due_at",
		job, millis(from), millis(to))
	if err != nil {
		return nil, fmt.Errorf("listing what %s did: %w", job, err)
	}
	return out, nil
}

// Last is a job's latest occurrence, or ErrNotFound.
func (r Occurrences) Last(ctx context.Context, job string) (Occurrence, error) {
	o, err := one(ctx, r.tx, scanOccurrence, selectOccurrences+" ORDER BY due_at DESC LIMIT 1", job)
	if err != nil {
		return o, fmt.Errorf("looking for the last %s: %w", job, err)
	}
	return o, nil
}
