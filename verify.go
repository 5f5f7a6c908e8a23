package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/store"
)

type verifyCommand struct{}

// errBroken says that a chain is broken; what and where is printed.
var errBroken = errors.New("something was changed: keep the database, the data folder and all backups as they are, and tell the custodian and the head of the office")

// Run follows the audit chain and all evidence chains, hashes the files that stand in
// them, and names what is broken first in each.
func (*verifyCommand) Run(w *world) error {
	return w.withDesk(func(d *desk) error {
		v := verifier{desk: d, out: w.out, seen: map[string]error{}}
		if err := v.audit(w.ctx); err != nil {
			return err
		}
		if err := v.evidence(w.ctx); err != nil {
			return err
		}
		if v.faults > 0 {
			return errBroken
		}
		return nil
	})
}

// verifier checks chain after chain.
type verifier struct {
	*desk
	out    io.Writer
	faults int
	seen   map[string]error // files that were hashed
}

func (v *verifier) broken(f *store.Flaw) {
	v.faults++
	if !f.At.IsZero() {
		f.At = f.At.In(calendar.Shanghai)
	}
	fmt.Fprintf(v.out, "BROKEN %s\n", f)
}

// audit follows the audit. Only a database that does not answer is an error.
func (v *verifier) audit(ctx context.Context) error {
	var head store.Link
	err := v.store.View(ctx, func(tx *store.Tx) (err error) {
		head, err = tx.Audit().Verify(ctx)
		return err
	})
	var flaw *store.Flaw
	switch {
	case errors.As(err, &flaw):
		v.broken(flaw)
	case err != nil:
		return err
	default:
		fmt.Fprintf(v.out, "ok     audit: %d entries, head %s\n", head.Seq, orNone(head.Hash))
	}
	return nil
}

func orNone(hash string) string {
	if hash == "" {
		return "none"
	}
	return hash
}

// evidence follows all evidence chains, page by page, and hashes their files.
func (v *verifier) evidence(ctx context.Context) error {
	const page = 200
	chains, entries, before := 0, int64(0), v.faults
	for after := ""; ; {
		var owners []string
		err := v.store.View(ctx, func(tx *store.Tx) (err error) {
			owners, err = tx.EvidenceLog().Owners(ctx, after, page)
			return err
		})
		if err != nil {
			return err
		}
		for _, o := range owners {
			n, err := v.owner(ctx, o)
			if err != nil {
				return err
			}
			chains, entries, after = chains+1, entries+n, o
		}
		if len(owners) < page {
			break
		}
	}
	if v.faults == before {
		fmt.Fprintf(v.out, "ok     evidence: %d chains, %d entries, %d files\n", chains, entries, len(v.seen))
	}
	return v.store.View(ctx, func(tx *store.Tx) error {
		n, err := tx.EvidenceLog().Strays(ctx)
		if err == nil && n > 0 {
			fmt.Fprintf(v.out, "note   %d files are from before there were chains, and in none\n", n)
		}
		return err
	})
}

// owner follows one chain to its first flaw.
func (v *verifier) owner(ctx context.Context, owner string) (entries int64, err error) {
	var found []store.EvidenceEntry
	var refs map[int64]store.FileRef
	var number string
	err = v.store.View(ctx, func(tx *store.Tx) (err error) {
		refs, number = map[int64]store.FileRef{}, numberOf(ctx, tx, owner)
		files, err := tx.Files().Of(ctx, owner)
		if err != nil {
			return err
		}
		for _, f := range files {
			refs[f.ID] = f
		}
		found, _, err = tx.EvidenceLog().VerifyOwner(ctx, owner)
		return err
	})
	var flaw *store.Flaw
	if errors.As(err, &flaw) {
		flaw.Chain += number
		v.broken(flaw)
		return int64(len(found)), nil
	}
	if err != nil {
		return 0, err
	}
	for _, e := range found {
		if what := v.file(e, refs); what != "" {
			v.broken(&store.Flaw{Chain: "evidence of " + owner + number, Seq: e.Seq, At: e.At, What: what})
			break
		}
	}
	return int64(len(found)), nil
}

// numberOf is what people call the record that evidence belongs to, in brackets.
func numberOf(ctx context.Context, tx *store.Tx, owner string) string {
	var id string
	if n, err := fmt.Sscanf(owner, "lead:%s", &id); n != 1 || err != nil {
		return ""
	}
	l, err := tx.Leads().Get(ctx, bot.ID(id))
	if err != nil {
		return ""
	}
	return " (" + l.Number + ")"
}

// file says what is wrong with the file of an entry; "" = nothing, or it has none.
func (v *verifier) file(e store.EvidenceEntry, refs map[int64]store.FileRef) string {
	if e.File == 0 {
		return ""
	}
	ref, ok := refs[e.File]
	switch {
	case !ok:
		return "the record of its file is gone"
	case e.SHA256 == "":
		return ""
	case ref.SHA256 != e.SHA256 || ref.Size != e.Size:
		return "the record of its file was changed"
	}
	err, known := v.seen[e.SHA256]
	if !known {
		err = v.hash(e.SHA256)
		v.seen[e.SHA256] = err
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "the file " + e.SHA256 + " is not on the disk"
	case err != nil:
		return err.Error()
	}
	return ""
}

// hash reads a kept file anew.
func (v *verifier) hash(sha string) error {
	f, err := v.desk.evidence.Open(sha)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("the file %s cannot be read: %w", sha, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sha {
		return fmt.Errorf("the file %s was changed: its hash is now %s", sha, got)
	}
	return nil
}
