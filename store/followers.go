package store

import (
	"context"
	"fmt"
	"time"
)

// Followers is who wants to hear how a lead goes on that is not theirs.
type Followers struct{ tx *Tx }

// Followers gives the leads' followers.
func (tx *Tx) Followers() Followers { return Followers{tx} }

// Add lets an account follow a lead, and says whether it did not before.
func (r Followers) Add(ctx context.Context, lead int64, account string, at time.Time) (bool, error) {
	fresh, err := r.tx.insertOnce(ctx, "lead_followers", []string{"lead_id", "account", "since"}, lead, account, millis(at))
	if err != nil {
		return false, fmt.Errorf("following lead %d: %w", lead, err)
	}
	return fresh, nil
}

// Of lists the accounts that follow a lead, by name.
func (r Followers) Of(ctx context.Context, lead int64) ([]string, error) {
	out, err := all(ctx, r.tx, scanText, "SELECT account FROM lead_followers WHERE lead_id = ? ORDER BY account", lead)
	if err != nil {
		return nil, fmt.Errorf("listing the followers of lead %d: %w", lead, err)
	}
	return out, nil
}
