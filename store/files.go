package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// FileRef says that a photo or file belongs to a draft or record. Its bytes are in
// the Evidence under SHA256; "" = they have not been fetched.
type FileRef struct {
	ID     int64
	Media  int64 // what it is fetched as; 0 = its bytes were there from the beginning
	Lost   bool  // its bytes will never come
	SHA256 string
	Name   string // as the sender's device named it
	MIME   string
	Kind   string
	Size   int64  // bytes
	Owner  string // "draft:123", "lead:456"
	By     string // the account of who sent it
	At     time.Time
	// Where it came from.
	Platform string    // the channel; "" = not known
	Source   string    // the platform's id of the message that it came with
	SaidAt   time.Time // when that was said
}

// Files is what belongs to what.
type Files struct{ tx *Tx }

// Files gives the files' places.
func (tx *Tx) Files() Files { return Files{tx} }

var fileCols = []string{"id", "sha256", "name", "mime", "kind", "size", "owner", "attached_by", "attached_at", "media", "platform", "source", "said_at"}

// lostFile says whether a file will never come.
const lostFile = "EXISTS (SELECT 1 FROM media WHERE media.id = file_refs.media AND media.state = 'lost')"

func scanFile(r scanner) (f FileRef, err error) {
	err = r.Scan(&f.ID, &f.SHA256, &f.Name, &f.MIME, &f.Kind, &f.Size, &f.Owner, &f.By, at(&f.At), &f.Media,
		&f.Platform, &f.Source, at(&f.SaidAt), &f.Lost)
	return f, err
}

// Attach adds a file to its owner. One that is fetched is complete, whether its
// bytes come before or after this: the row of media is locked by both. A file of a
// record becomes an entry of its evidence chain.
func (r Files) Attach(ctx context.Context, f FileRef) error {
	if f.Media != 0 {
		m, err := one(ctx, r.tx, scanMedia, "SELECT "+columns(mediaCols)+" FROM media WHERE id = ?"+r.tx.dialect.forUpdate(), f.Media)
		switch {
		case err != nil && !errors.Is(err, ErrNotFound):
			return fmt.Errorf("attaching a file to %s: %w", f.Owner, err)
		case err == nil && m.State == MediaFetched:
			f.SHA256, f.Name, f.MIME, f.Size = m.SHA256, m.Name, m.MIME, m.Size
		}
	}
	f.ID = r.tx.id(f.ID)
	err := r.tx.insert(ctx, "file_refs", fileCols, []any{f.ID, f.SHA256, f.Name, f.MIME, f.Kind, f.Size, f.Owner, f.By,
		millis(f.At), f.Media, f.Platform, f.Source, millis(f.SaidAt)})
	if err == nil {
		err = r.tx.EvidenceLog().attached(ctx, f)
	}
	if err != nil {
		return fmt.Errorf("attaching a file to %s: %w", f.Owner, err)
	}
	return nil
}

// Of lists an owner's files in the order they came.
func (r Files) Of(ctx context.Context, owner string) ([]FileRef, error) {
	out, err := all(ctx, r.tx, scanFile, "SELECT "+columns(fileCols)+", "+lostFile+" FROM file_refs WHERE owner = ? ORDER BY id", owner)
	if err != nil {
		return nil, fmt.Errorf("listing the files of %s: %w", owner, err)
	}
	return out, nil
}

// Move gives all files of one owner to another: when a draft becomes a record.
func (r Files) Move(ctx context.Context, from, to string) error {
	if from == "" || to == "" {
		return fmt.Errorf("moving files from %q to %q: an owner is missing", from, to)
	}
	files, err := r.Of(ctx, from)
	if err != nil {
		return err
	}
	_, err = r.tx.exec(ctx, "UPDATE file_refs SET owner = ? WHERE owner = ?", to, from)
	for _, f := range files {
		if f.Owner = to; err == nil {
			err = r.tx.EvidenceLog().attached(ctx, f)
		}
	}
	if err != nil {
		return fmt.Errorf("moving files from %s to %s: %w", from, to, err)
	}
	return nil
}
