package store

import (
	"context"
	"fmt"
)

// Settings is what was set while running: a text for each name.
type Settings struct{ tx *Tx }

// Settings gives the settings.
func (tx *Tx) Settings() Settings { return Settings{tx} }

// Get reads a setting, or gives ErrNotFound.
func (r Settings) Get(ctx context.Context, name string) (string, error) {
	v, err := one(ctx, r.tx, scanText, "SELECT value FROM settings WHERE name = ?", name)
	if err != nil {
		return "", fmt.Errorf("reading setting %s: %w", name, err)
	}
	return v, nil
}

// Set writes a setting.
func (r Settings) Set(ctx context.Context, name, value string) error {
	err := r.tx.upsert(ctx, "settings", []string{"name"}, []string{"value"}, []any{name, value})
	if err != nil {
		return fmt.Errorf("writing setting %s: %w", name, err)
	}
	return nil
}
