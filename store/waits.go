package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Wait says that messages of a person wait in the spool of a process, and where the
// oldest of them stands. It is kept in the person's conversation, which every turn reads
// anyhow, so that no process answers a later message first. There is one for each spool.
type Wait struct {
	Spool    string    // its name, without spaces
	At, Kept time.Time // of the oldest: the platform's time of it, and when it was kept
	Until    time.Time // from then on nobody minds it: a process that is gone keeps nobody waiting
}

// mostWaits are kept, as many as fit into the column: 64 spools with messages of one
// person. The earliest are.
const mostWaits = 64

// waitsText is how waits are stored.
func waitsText(ws []Wait) string {
	if len(ws) == 0 {
		return ""
	}
	ws = slices.Clone(ws)
	slices.SortFunc(ws, func(a, b Wait) int { return a.At.Compare(b.At) })
	var b strings.Builder
	for _, w := range ws[:min(len(ws), mostWaits)] {
		fmt.Fprintln(&b, w.Spool, millis(w.At), millis(w.Kept), millis(w.Until))
	}
	return b.String()
}

// waits reads stored ones.
func waits(to *[]Wait) *waitsColumn { return (*waitsColumn)(to) }

type waitsColumn []Wait

// Scan reads what waitsText wrote.
func (c *waitsColumn) Scan(v any) error {
	*c = nil
	var text string
	switch v := v.(type) {
	case string:
		text = v
	case []byte:
		if len(v) > 0 {
			text = string(v)
		}
	}
	for line := range strings.Lines(text) {
		var w Wait
		var at, kept, until int64
		if _, err := fmt.Sscan(line, &w.Spool, &at, &kept, &until); err != nil {
			return fmt.Errorf("store: %q says nothing about a spool: %w", line, err)
		}
		w.At, w.Kept, w.Until = time.UnixMilli(at).UTC(), time.UnixMilli(kept).UTC(), time.UnixMilli(until).UTC()
		*c = append(*c, w)
	}
	return nil
}

// peopleAtOnce bounds how many conversations one statement of Wait is about.
const peopleAtOnce = 200

// Wait notes for people where the oldest of their messages stands that waits in a
// spool; zero times say that none does any more. It takes their turns: whoever has read
// their conversations before, on any replica, reads them again.
func (r Conversations) Wait(ctx context.Context, now time.Time, people map[string]Wait) error {
	names := make([]string, 0, len(people))
	for p := range people {
		names = append(names, p)
	}
	slices.Sort(names) // in one order, or two replicas would wait for each other
	for part := range slices.Chunk(names, peopleAtOnce) {
		if err := r.wait(ctx, now, part, people); err != nil {
			return fmt.Errorf("noting what waits of %d people: %w", len(part), err)
		}
	}
	return nil
}

func (r Conversations) wait(ctx context.Context, now time.Time, names []string, people map[string]Wait) error {
	args := make([]any, len(names))
	for i, p := range names {
		args[i] = p
	}
	r.tx.taken = append(r.tx.taken, names...)
	there, err := all(ctx, r.tx, scanConversation, "SELECT "+columns(conversationCols)+" FROM conversations WHERE person IN "+
		list(len(names))+" ORDER BY person"+r.tx.dialect.forUpdate(), args...)
	if err != nil {
		return err
	}
	var first, known [][]any
	for _, c := range there {
		c.Version++
		c.Waits = Waiting(c.Waits, people[c.Person], now)
		known = append(known, conversationRow(c))
	}
	for _, p := range names {
		w := people[p]
		if !w.At.IsZero() && !slices.ContainsFunc(there, func(c Conversation) bool { return c.Person == p }) {
			first = append(first, conversationRow(Conversation{Person: p, Version: 1, UpdatedAt: now, Waits: []Wait{w}}))
		}
	}
	if err := r.tx.lostRace(r.tx.insert(ctx, "conversations", conversationCols, first...)); err != nil {
		return err
	}
	return r.tx.upsert(ctx, "conversations", conversationCols[:1], conversationCols[1:], known...)
}

// Waiting are the waits of a person when that of one spool is w; without a time, that it
// has none. What is over goes.
func Waiting(ws []Wait, w Wait, now time.Time) []Wait {
	var out []Wait
	for _, o := range ws {
		if o.Spool != w.Spool && o.Until.After(now) {
			out = append(out, o)
		}
	}
	if !w.At.IsZero() {
		out = append(out, w)
	}
	return out
}
