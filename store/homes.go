package store

import (
	"context"
	"fmt"
	"time"
)

// Home is the platform on which a person wrote last.
type Home struct {
	Person    string
	Platform  string
	ChangedAt time.Time
}

// Homes is where people are met.
type Homes struct{ tx *Tx }

// Homes gives where people are met.
func (tx *Tx) Homes() Homes { return Homes{tx} }

const selectHomes = "SELECT person, platform, changed_at FROM homes"

func scanHome(r scanner) (h Home, err error) {
	err = r.Scan(&h.Person, &h.Platform, at(&h.ChangedAt))
	return h, err
}

// All lists everybody's.
func (r Homes) All(ctx context.Context) ([]Home, error) {
	out, err := all(ctx, r.tx, scanHome, selectHomes+" ORDER BY person")
	if err != nil {
		return nil, fmt.Errorf("listing where people are met: %w", err)
	}
	return out, nil
}

// Get gives one person's, or ErrNotFound.
func (r Homes) Get(ctx context.Context, person string) (Home, error) {
	h, err := one(ctx, r.tx, scanHome, selectHomes+" WHERE person = ?", person)
	if err != nil {
		return h, fmt.Errorf("looking where %s is met: %w", person, err)
	}
	return h, nil
}

// Save writes one person's.
func (r Homes) Save(ctx context.Context, h Home) error {
	err := r.tx.upsert(ctx, "homes", []string{"person"}, []string{"platform", "changed_at"}, []any{h.Person, h.Platform, millis(h.ChangedAt)})
	if err != nil {
		return fmt.Errorf("writing where %s is met: %w", h.Person, err)
	}
	return nil
}

// Version differs from what it was if anything of this has changed.
func (r Homes) Version(ctx context.Context) (string, error) {
	v, err := one(ctx, r.tx, scanVersion, "SELECT COUNT(*), COALESCE(SUM(changed_at), 0) FROM homes")
	if err != nil {
		return "", fmt.Errorf("looking whether people are met elsewhere: %w", err)
	}
	return v, nil
}
