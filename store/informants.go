package store

import (
	"context"
	"fmt"
	"time"
)

// Informant is who told of a lead. What names them is sealed before it comes here, and
// nobody but the holder of the keys can read it; this package cannot.
type Informant struct {
	ID           int64
	LeadID       int64
	Name         []byte // sealed; nil = not told
	Phone        []byte // sealed; likewise
	IDNumber     []byte // sealed; likewise
	Reach        []byte // sealed: how else to reach them; likewise
	RealName     bool   // told by name (实名), not anonymous
	Confidential bool   // wishes that it is kept secret
	EnteredBy    string
	EnteredAt    time.Time
	Version      int64 // 1 when inserted; counted up by every change
}

// Informants is who told of what; one for each lead.
type Informants struct{ tx *Tx }

// Informants gives the informants.
func (tx *Tx) Informants() Informants { return Informants{tx} }

var informantCols = []string{"id", "lead_id", "name", "phone", "id_number", "reach", "real_name", "confidential", "entered_by", "entered_at", "version"}

func scanInformant(r scanner) (i Informant, err error) {
	err = r.Scan(&i.ID, &i.LeadID, doc(&i.Name), doc(&i.Phone), doc(&i.IDNumber), doc(&i.Reach), &i.RealName, &i.Confidential,
		&i.EnteredBy, at(&i.EnteredAt), &i.Version)
	return i, err
}

func (i Informant) row() []any {
	return []any{i.ID, i.LeadID, i.Name, i.Phone, i.IDNumber, i.Reach, bit(i.RealName), bit(i.Confidential),
		i.EnteredBy, millis(i.EnteredAt), i.Version}
}

// Insert enters a lead's informant, as version 1. ErrDuplicate if the lead has one.
func (r Informants) Insert(ctx context.Context, i Informant) error {
	i.Version = 1
	if err := r.tx.insert(ctx, "informants", informantCols, i.row()); err != nil {
		return fmt.Errorf("entering the informant of lead %d: %w", i.LeadID, err)
	}
	return nil
}

// Update writes an informant over the version that it was read as. ErrConflict if
// somebody else has written it meanwhile.
func (r Informants) Update(ctx context.Context, i Informant) error {
	n, err := r.tx.exec(ctx, "UPDATE informants SET name = ?, phone = ?, id_number = ?, reach = ?, real_name = ?, confidential = ?,"+
		" entered_by = ?, entered_at = ?, version = version + 1 WHERE id = ? AND version = ?",
		i.Name, i.Phone, i.IDNumber, i.Reach, bit(i.RealName), bit(i.Confidential), i.EnteredBy, millis(i.EnteredAt), i.ID, i.Version)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("changing the informant of lead %d: %w", i.LeadID, err)
	}
	return nil
}

// Of reads a lead's informant, or gives ErrNotFound.
func (r Informants) Of(ctx context.Context, lead int64) (Informant, error) {
	i, err := one(ctx, r.tx, scanInformant, "SELECT "+columns(informantCols)+" FROM informants WHERE lead_id = ?", lead)
	if err != nil {
		return i, fmt.Errorf("reading the informant of lead %d: %w", lead, err)
	}
	return i, nil
}

// After is the first limit informants after an id, in order: to seal them anew.
func (r Informants) After(ctx context.Context, id int64, limit int) ([]Informant, error) {
	out, err := all(ctx, r.tx, scanInformant, "SELECT "+columns(informantCols)+" FROM informants WHERE id > ? ORDER BY id LIMIT ?", id, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the informants: %w", err)
	}
	return out, nil
}
