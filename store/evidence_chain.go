package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// EvidenceKind is what an entry of an evidence chain says.
type EvidenceKind string

// The kinds of entry.
const (
	EvidenceFile     EvidenceKind = "file"     // a file whose bytes are here
	EvidencePromised EvidenceKind = "promised" // a file whose bytes the platform still has
	EvidenceArrived  EvidenceKind = "arrived"  // the bytes of one that was promised
	EvidenceLink     EvidenceKind = "link"     // an address, as somebody saw it
)

// EvidenceEntry is one thing that proves something about a record.
type EvidenceEntry struct {
	Link
	Owner    string // "lead:42"
	At       time.Time
	Person   string // who fixed it
	Kind     EvidenceKind
	File     int64 // the FileRef; 0 = none
	Name     string
	SHA256   string
	Size     int64 // bytes
	MIME     string
	URL      string
	Note     string    // what stands there, in the person's words
	Platform string    // the channel that it came by
	Source   string    // the platform's id of the message that it came with
	SaidAt   time.Time // when that message was said
}

// EvidenceLog is what proves what: a hash chain for each record, only added to.
type EvidenceLog struct{ tx *Tx }

// EvidenceLog gives the evidence chains.
func (tx *Tx) EvidenceLog() EvidenceLog { return EvidenceLog{tx} }

var evidenceCols = []string{"owner", "seq", "happened_at", "person", "kind", "file", "name", "sha256", "size", "mime", "url", "note", "platform", "source", "said_at", "prev", "hash"}

func scanEvidence(r scanner) (e EvidenceEntry, err error) {
	err = r.Scan(&e.Owner, &e.Seq, at(&e.At), &e.Person, &e.Kind, &e.File, &e.Name, &e.SHA256, &e.Size, &e.MIME, &e.URL, &e.Note,
		&e.Platform, &e.Source, at(&e.SaidAt), &e.Prev, &e.Hash)
	return e, err
}

func (e EvidenceEntry) link() Link      { return e.Link }
func (e EvidenceEntry) time() time.Time { return e.At }
func (e EvidenceEntry) content() any {
	return []any{millis(e.At), e.Person, string(e.Kind), e.File, e.Name, e.SHA256, e.Size, e.MIME, e.URL, e.Note, e.Platform, e.Source, millis(e.SaidAt)}
}

const evidencePrefix = "evidence:"

// Append adds an entry to its owner's chain.
func (r EvidenceLog) Append(ctx context.Context, e EvidenceEntry) (Link, error) {
	l, err := r.tx.extend(ctx, evidencePrefix+e.Owner, e.content())
	if err == nil {
		err = r.tx.insert(ctx, "evidence", evidenceCols, []any{e.Owner, l.Seq, millis(e.At), e.Person, string(e.Kind), e.File, e.Name,
			e.SHA256, e.Size, e.MIME, e.URL, e.Note, e.Platform, e.Source, millis(e.SaidAt), l.Prev, l.Hash})
	}
	if err != nil {
		return l, fmt.Errorf("adding to the evidence of %s: %w", e.Owner, err)
	}
	return l, nil
}

// Of is an owner's chain, the oldest first.
func (r EvidenceLog) Of(ctx context.Context, owner string) ([]EvidenceEntry, error) {
	out, err := all(ctx, r.tx, scanEvidence, "SELECT "+columns(evidenceCols)+" FROM evidence WHERE owner = ? ORDER BY seq", owner)
	if err != nil {
		return nil, fmt.Errorf("reading the evidence of %s: %w", owner, err)
	}
	return out, nil
}

// attached notes a file of a record. What belongs to a draft proves nothing yet.
func (r EvidenceLog) attached(ctx context.Context, f FileRef) error {
	if strings.HasPrefix(f.Owner, "draft:") {
		return nil
	}
	kind := EvidenceFile
	if f.SHA256 == "" {
		kind = EvidencePromised
	}
	_, err := r.Append(ctx, EvidenceEntry{Owner: f.Owner, At: f.At, Person: f.By, Kind: kind, File: f.ID, Name: f.Name, SHA256: f.SHA256,
		Size: f.Size, MIME: f.MIME, Platform: f.Platform, Source: f.Source, SaidAt: f.SaidAt})
	return err
}

// arrived notes that bytes which had been promised are here.
func (r EvidenceLog) arrived(ctx context.Context, m Media) error {
	files, err := all(ctx, r.tx, scanFile, "SELECT "+columns(fileCols)+", "+lostFile+" FROM file_refs WHERE media = ? ORDER BY id", m.ID)
	for _, f := range files {
		if err == nil && !strings.HasPrefix(f.Owner, "draft:") {
			_, err = r.Append(ctx, EvidenceEntry{Owner: f.Owner, At: m.DoneAt, Person: f.By, Kind: EvidenceArrived, File: f.ID, Name: m.Name,
				SHA256: m.SHA256, Size: m.Size, MIME: m.MIME, Platform: f.Platform, Source: f.Source, SaidAt: f.SaidAt})
		}
	}
	return err
}

// VerifyOwner follows one chain and gives its head. The error is a *Flaw where it is
// broken.
func (r EvidenceLog) VerifyOwner(ctx context.Context, owner string) ([]EvidenceEntry, Link, error) {
	entries, err := r.Of(ctx, owner)
	if err != nil {
		return nil, Link{}, err
	}
	f := follower{chain: evidencePrefix + owner, name: "evidence of " + owner}
	for _, e := range entries {
		if err := f.next(e); err != nil {
			return entries, f.last, err
		}
	}
	head, err := r.tx.head(ctx, evidencePrefix+owner)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return entries, f.last, fmt.Errorf("reading the head of the evidence of %s: %w", owner, err)
	}
	return entries, f.last, f.end(head)
}

// Owners is the first limit owners after one, in order, who have evidence or had some.
func (r EvidenceLog) Owners(ctx context.Context, after string, limit int) ([]string, error) {
	out, err := all(ctx, r.tx, scanText, "SELECT name FROM chains WHERE name > ? AND name >= ? AND name < ?"+
		" UNION SELECT CONCAT('"+evidencePrefix+"', owner) FROM evidence WHERE owner > ? ORDER BY 1 LIMIT ?",
		evidencePrefix+after, evidencePrefix, "evidence;", after, limit)
	if err != nil {
		return nil, fmt.Errorf("listing what has evidence: %w", err)
	}
	for i := range out {
		out[i] = strings.TrimPrefix(out[i], evidencePrefix)
	}
	return out, nil
}

// Strays is how many files of records are in no chain: those of before there were
// chains.
func (r EvidenceLog) Strays(ctx context.Context) (int, error) {
	n, err := one(ctx, r.tx, scanInt, "SELECT COUNT(*) FROM file_refs f WHERE f.owner NOT LIKE 'draft:%'"+
		" AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.file = f.id)")
	if err != nil {
		return 0, fmt.Errorf("counting files without a chain: %w", err)
	}
	return n, nil
}
