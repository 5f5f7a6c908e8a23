package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// AuditEntry is something that somebody did and has to answer for: saw, opened, sent
// out, decided. It says who, what and why, and nothing of the contents.
type AuditEntry struct {
	Link
	At      time.Time
	Actor   string // the account; "" = the program
	Action  string // "informant.opened"
	Object  string // what it was done to: "AX-2024-0132"
	Reason  string // as given by the actor
	Details string
}

// Audit is the record of such acts: one hash chain for the whole database, only added
// to. There is no way to change or remove anything of it.
type Audit struct{ tx *Tx }

// Audit gives the audit.
func (tx *Tx) Audit() Audit { return Audit{tx} }

const auditChain = "audit"

var auditCols = []string{"seq", "happened_at", "actor", "action", "object", "reason", "details", "prev", "hash"}

func scanAudit(r scanner) (e AuditEntry, err error) {
	err = r.Scan(&e.Seq, at(&e.At), &e.Actor, &e.Action, &e.Object, &e.Reason, &e.Details, &e.Prev, &e.Hash)
	return e, err
}

func (e AuditEntry) link() Link      { return e.Link }
func (e AuditEntry) time() time.Time { return e.At }
func (e AuditEntry) content() any {
	return []any{millis(e.At), e.Actor, e.Action, e.Object, e.Reason, e.Details}
}

// Append adds an entry. It makes all other writers of the audit wait until this
// transaction ends: it is for what is rare.
func (r Audit) Append(ctx context.Context, e AuditEntry) error {
	l, err := r.tx.extend(ctx, auditChain, e.content())
	if err == nil {
		err = r.tx.insert(ctx, "audit", auditCols,
			[]any{l.Seq, millis(e.At), e.Actor, e.Action, e.Object, e.Reason, e.Details, l.Prev, l.Hash})
	}
	if err != nil {
		return fmt.Errorf("recording %s in the audit: %w", e.Action, err)
	}
	return nil
}

// Of is the last limit entries about an object, newest first; about all where it is "".
func (r Audit) Of(ctx context.Context, object string, limit int) ([]AuditEntry, error) {
	query, args := "SELECT "+columns(auditCols)+" FROM audit", []any{}
	if object != "" {
		query, args = query+" WHERE object = ?", append(args, object)
	}
	out, err := all(ctx, r.tx, scanAudit, query+" ORDER BY seq DESC LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("reading the audit of %s: %w", object, err)
	}
	return out, nil
}

// Verify follows the chain from its beginning and gives its head. The error is a *Flaw
// where it is broken.
func (r Audit) Verify(ctx context.Context) (Link, error) {
	f := follower{chain: auditChain, name: "audit"}
	const page = 1000
	for {
		rows, err := all(ctx, r.tx, scanAudit, "SELECT "+columns(auditCols)+" FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", f.last.Seq, page)
		if err != nil {
			return f.last, fmt.Errorf("reading the audit: %w", err)
		}
		for _, e := range rows {
			if err := f.next(e); err != nil {
				return f.last, err
			}
		}
		if len(rows) < page {
			break
		}
	}
	head, err := r.tx.head(ctx, auditChain)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return f.last, fmt.Errorf("reading the audit's head: %w", err)
	}
	return f.last, f.end(head)
}
