package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Link is an entry's place in a hash chain: its hash covers the entry and the hash of
// the one before, so that none can be changed, left out or put in without all that
// follow showing it.
type Link struct {
	Seq  int64  // 1, 2, 3 … without a gap
	Prev string // the hash of the entry before; "" before the first
	Hash string // SHA-256, hexadecimal
}

// Flaw is where a chain is broken first, for whoever has to look into it.
type Flaw struct {
	Chain string    // "audit", "evidence of lead:42"
	Seq   int64     // of the entry; 0 = the chain as a whole
	At    time.Time // of the entry; zero = not known
	What  string
}

// Error is the flaw as a sentence.
func (f *Flaw) Error() string {
	s := f.Chain
	if f.Seq != 0 {
		s += fmt.Sprintf(", entry %d", f.Seq)
	}
	if !f.At.IsZero() {
		s += " of " + f.At.Format(time.RFC3339)
	}
	return s + ": " + f.What
}

// chained is something that stands in a chain.
type chained interface {
	link() Link
	time() time.Time
	// content is what the hash covers beside the place in the chain: one JSON text for
	// the same entry, for ever.
	content() any
}

// hashOf is an entry's hash.
func hashOf(chain string, seq int64, prev string, content any) (string, error) {
	text, err := json.Marshal([]any{chain, seq, prev, content})
	if err != nil {
		return "", fmt.Errorf("encoding an entry of %s: %w", chain, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// extend takes the next place of a chain for an entry. Others who want one of the
// same chain wait until this transaction ends; one that is rolled back gives it back.
func (tx *Tx) extend(ctx context.Context, chain string, content any) (l Link, err error) {
	met, err := tx.exec(ctx, "UPDATE chains SET seq = seq + 1 WHERE name = ?", chain)
	if err != nil {
		return l, err
	}
	if met > 0 {
		if l, err = tx.head(ctx, chain); err != nil {
			return l, err
		}
		l.Prev = l.Hash
	} else {
		l.Seq = 1
	}
	if l.Hash, err = hashOf(chain, l.Seq, l.Prev, content); err != nil {
		return l, err
	}
	if met == 0 {
		err = tx.insert(ctx, "chains", []string{"name", "seq", "hash"}, []any{chain, l.Seq, l.Hash})
		return l, tx.lostRace(err)
	}
	_, err = tx.exec(ctx, "UPDATE chains SET hash = ? WHERE name = ?", l.Hash, chain)
	return l, err
}

// head is a chain's last place; ErrNotFound if it was never begun.
func (tx *Tx) head(ctx context.Context, chain string) (Link, error) {
	return one(ctx, tx, func(r scanner) (l Link, err error) {
		err = r.Scan(&l.Seq, &l.Hash)
		return l, err
	}, "SELECT seq, hash FROM chains WHERE name = ?", chain)
}

// follower checks a chain's entries one after the other.
type follower struct {
	chain string // as hashed
	name  string // as people call it
	last  Link
}

// next checks one entry; nil = it follows.
func (f *follower) next(e chained) error {
	l := e.link()
	flaw := func(what string) error { return &Flaw{Chain: f.name, Seq: l.Seq, At: e.time(), What: what} }
	if l.Seq != f.last.Seq+1 {
		return &Flaw{Chain: f.name, Seq: f.last.Seq + 1, What: fmt.Sprintf("it is missing: entry %d follows entry %d", l.Seq, f.last.Seq)}
	}
	if l.Prev != f.last.Hash {
		return flaw("it does not follow the entry before: its prev is not that one's hash")
	}
	hash, err := hashOf(f.chain, l.Seq, l.Prev, e.content())
	if err != nil {
		return err
	}
	if hash != l.Hash {
		return flaw("it was changed: its hash is not that of what it says")
	}
	f.last = l
	return nil
}

// end checks that the chain ends where its head says.
func (f *follower) end(head Link) error {
	switch {
	case head.Seq > f.last.Seq:
		return &Flaw{Chain: f.name, Seq: f.last.Seq + 1, What: fmt.Sprintf("it is missing: there were %d entries", head.Seq)}
	case head.Seq != f.last.Seq || head.Hash != f.last.Hash:
		return &Flaw{Chain: f.name, Seq: f.last.Seq, What: "the head of the chain is not this, its last entry"}
	}
	return nil
}
