package store

import (
	"context"
	"fmt"
	"time"
)

// DraftStatus is what has become of a draft.
type DraftStatus string

// The statuses of a draft.
const (
	DraftOpen    DraftStatus = "open"    // being filled; set when it is begun or taken up again
	DraftFiled   DraftStatus = "filed"   // became a record; set by the handler that filed it
	DraftDropped DraftStatus = "dropped" // given up; set by its person or by the office
)

// Draft is a form being filled by a person.
type Draft struct {
	ID        int64
	Person    string
	Form      string
	FormHash  string // the version of the form that it was begun with
	Topic     string // what it is about: "weekly:fengcheng:20240119"
	State     []byte
	Status    DraftStatus
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Drafts is where drafts are kept.
type Drafts struct{ tx *Tx }

// Drafts gives the drafts.
func (tx *Tx) Drafts() Drafts { return Drafts{tx} }

var draftCols = []string{"id", "person", "form", "form_hash", "topic", "state", "status", "created_at", "updated_at"}

func scanDraft(r scanner) (d Draft, err error) {
	err = r.Scan(&d.ID, &d.Person, &d.Form, &d.FormHash, &d.Topic, doc(&d.State), &d.Status,
		at(&d.CreatedAt), at(&d.UpdatedAt))
	return d, err
}

func draftRow(d Draft) []any {
	return []any{d.ID, d.Person, d.Form, d.FormHash, d.Topic, string(d.State), string(d.Status),
		millis(d.CreatedAt), millis(d.UpdatedAt)}
}

// Get reads one draft, or gives ErrNotFound.
func (r Drafts) Get(ctx context.Context, id int64) (Draft, error) {
	if d, ok := r.tx.unit.draft(id); ok {
		return d, nil
	}
	d, err := one(ctx, r.tx, scanDraft, "SELECT "+columns(draftCols)+" FROM drafts WHERE id = ?", id)
	if err != nil {
		return d, fmt.Errorf("reading draft %d: %w", id, err)
	}
	return d, nil
}

// Insert keeps a new draft.
func (r Drafts) Insert(ctx context.Context, d Draft) error {
	d.ID = r.tx.id(d.ID)
	if r.tx.unit.keepDraft(d, true) {
		return nil
	}
	err := r.tx.insert(ctx, "drafts", draftCols, draftRow(d))
	if err == nil {
		err = r.moved(ctx, d.ID)
	}
	if err != nil {
		return fmt.Errorf("beginning draft %d: %w", d.ID, err)
	}
	return nil
}

// moved is for a draft that is written outside of a turn of its person: whoever
// remembers how that one's last turn has left the drafts has to read them again.
func (r Drafts) moved(ctx context.Context, id int64) error {
	if r.tx.unit != nil {
		r.tx.unit.unsure = true
	}
	_, err := r.tx.exec(ctx, "UPDATE conversations SET version = version + 1 WHERE person = (SELECT person FROM drafts WHERE id = ?)", id)
	return err
}

// Save writes a draft's topic, state, status and time. Whose it is, of which form
// and since when never changes.
func (r Drafts) Save(ctx context.Context, d Draft) error {
	if r.tx.unit.keepDraft(d, false) {
		return nil
	}
	n, err := r.tx.exec(ctx, "UPDATE drafts SET topic = ?, state = ?, status = ?, updated_at = ? WHERE id = ?",
		d.Topic, string(d.State), string(d.Status), millis(d.UpdatedAt), d.ID)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err == nil {
		err = r.moved(ctx, d.ID)
	}
	if err != nil {
		return fmt.Errorf("saving draft %d: %w", d.ID, err)
	}
	return nil
}

// Open lists a person's open drafts, newest first.
func (r Drafts) Open(ctx context.Context, person string) ([]Draft, error) {
	if out, ok := r.tx.unit.open(person); ok {
		return out, nil
	}
	return r.open(ctx, "person", person)
}

// OpenAbout lists everybody's open drafts about a topic, newest first.
func (r Drafts) OpenAbout(ctx context.Context, topic string) ([]Draft, error) {
	return r.open(ctx, "topic", topic)
}

func (r Drafts) open(ctx context.Context, column, value string) ([]Draft, error) {
	out, err := all(ctx, r.tx, scanDraft, "SELECT "+columns(draftCols)+" FROM drafts WHERE "+column+
		" = ? AND status = ? ORDER BY id DESC", value, string(DraftOpen))
	if err != nil {
		return nil, fmt.Errorf("listing the open drafts of %s %s: %w", column, value, err)
	}
	return out, nil
}
