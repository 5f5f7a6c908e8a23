package store

import (
	"context"
	"fmt"
	"time"
)

// FormVersion is a form's definition as it once was. Old drafts and records keep
// the definition that they were made with, whatever the configuration says now.
type FormVersion struct {
	Form      string
	Hash      string
	Body      []byte
	FirstUsed time.Time
}

// Forms is where the versions of forms are kept.
type Forms struct{ tx *Tx }

// Forms gives the versions of forms.
func (tx *Tx) Forms() Forms { return Forms{tx} }

var formCols = []string{"form", "hash", "body", "first_used"}

func scanForm(r scanner) (v FormVersion, err error) {
	err = r.Scan(&v.Form, &v.Hash, doc(&v.Body), at(&v.FirstUsed))
	return v, err
}

// Keep keeps a version. One that is there stays as it is.
func (r Forms) Keep(ctx context.Context, v FormVersion) error {
	known := v.Form + "/" + v.Hash
	if _, ok := r.tx.keptForms.Load(known); ok {
		return nil // versions are never taken away
	}
	have, err := all(ctx, r.tx, scanInt, "SELECT 1 FROM form_versions WHERE form = ? AND hash = ?", v.Form, v.Hash)
	if len(have) > 0 && !r.tx.newForms[known] { // committed, not only written here
		r.tx.keptForms.Store(known, true)
	}
	if err == nil && len(have) == 0 {
		if r.tx.newForms == nil {
			r.tx.newForms = map[string]bool{}
		}
		r.tx.newForms[known] = true
		_, err = r.tx.insertOnce(ctx, "form_versions", formCols, v.Form, v.Hash, string(v.Body), millis(v.FirstUsed))
	}
	if err != nil {
		return fmt.Errorf("keeping form %s: %w", v.Form, err)
	}
	return nil
}

// Get reads a version, or gives ErrNotFound.
func (r Forms) Get(ctx context.Context, form, hash string) (FormVersion, error) {
	v, err := one(ctx, r.tx, scanForm, "SELECT "+columns(formCols)+
		" FROM form_versions WHERE form = ? AND hash = ?", form, hash)
	if err != nil {
		return v, fmt.Errorf("reading form %s as of %s: %w", form, hash, err)
	}
	return v, nil
}
