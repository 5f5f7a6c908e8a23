package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// BroadcastState is where a broadcast stands.
type BroadcastState string

// The states of a broadcast.
const (
	BroadcastPrepared BroadcastState = "prepared" // shown to its author, who has not said that it may leave; set by Prepare
	BroadcastRunning  BroadcastState = "running"  // its recipients are being queued; set by Insert and Begin
	BroadcastStopped  BroadcastState = "stopped"  // nothing more is queued, what was not sent is withdrawn; set by End
	BroadcastDone     BroadcastState = "done"     // every recipient's delivery has come to its end; set by End
)

// Broadcast is one reply to many people.
type Broadcast struct {
	ID         int64
	Author     string
	Platform   string
	Template   string // names its kind, for rules and reports
	Body       []byte // the frozen reply, the same for everyone
	Recipients []string
	Total      int
	Next       int // how many of the recipients are queued
	State      BroadcastState
	CreatedAt  time.Time // when it began; of one that is prepared, since when it is
	DoneAt     time.Time
}

// Broadcasts are the broadcasts.
type Broadcasts struct{ tx *Tx }

// Broadcasts gives them.
func (tx *Tx) Broadcasts() Broadcasts { return Broadcasts{tx} }

var broadcastCols = []string{"id", "author", "platform", "template", "body", "recipients", "total", "next", "state",
	"created_at", "done_at"}

func scanBroadcast(r scanner) (b Broadcast, err error) {
	var recipients []byte
	err = r.Scan(&b.ID, &b.Author, &b.Platform, &b.Template, doc(&b.Body), doc(&recipients), &b.Total, &b.Next, &b.State,
		at(&b.CreatedAt), at(&b.DoneAt))
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal(recipients, &b.Recipients)
}

// Insert begins a broadcast: running, with none of its recipients queued.
func (r Broadcasts) Insert(ctx context.Context, b Broadcast) error {
	return r.insert(ctx, b, BroadcastRunning)
}

// Prepare keeps a broadcast of which nothing leaves until Begin.
func (r Broadcasts) Prepare(ctx context.Context, b Broadcast) error {
	return r.insert(ctx, b, BroadcastPrepared)
}

func (r Broadcasts) insert(ctx context.Context, b Broadcast, s BroadcastState) error {
	recipients, err := json.Marshal(b.Recipients)
	if err != nil {
		return fmt.Errorf("encoding the recipients: %w", err)
	}
	err = r.tx.insert(ctx, "broadcasts", broadcastCols, []any{b.ID, b.Author, b.Platform, b.Template, b.Body,
		string(recipients), len(b.Recipients), 0, string(s), millis(b.CreatedAt), 0})
	if err != nil {
		return fmt.Errorf("keeping the broadcast: %w", err)
	}
	return nil
}

// Get reads one broadcast, or gives ErrNotFound.
func (r Broadcasts) Get(ctx context.Context, id int64) (Broadcast, error) {
	b, err := one(ctx, r.tx, scanBroadcast, "SELECT "+columns(broadcastCols)+" FROM broadcasts WHERE id = ?", id)
	if err != nil {
		return b, fmt.Errorf("reading broadcast %d: %w", id, err)
	}
	return b, nil
}

// State reads only where a broadcast stands, or gives ErrNotFound.
func (r Broadcasts) State(ctx context.Context, id int64) (BroadcastState, error) {
	s, err := one(ctx, r.tx, scanText, "SELECT state FROM broadcasts WHERE id = ?", id)
	if err != nil {
		return "", fmt.Errorf("reading broadcast %d: %w", id, err)
	}
	return BroadcastState(s), nil
}

// Running lists the ids of the running broadcasts, oldest first.
func (r Broadcasts) Running(ctx context.Context) ([]int64, error) {
	out, err := all(ctx, r.tx, scanID, "SELECT id FROM broadcasts WHERE state = ? ORDER BY id", string(BroadcastRunning))
	if err != nil {
		return nil, fmt.Errorf("listing the running broadcasts: %w", err)
	}
	return out, nil
}

// Fresh lists the ids of the running broadcasts of which nothing has been queued yet.
func (r Broadcasts) Fresh(ctx context.Context) ([]int64, error) {
	out, err := all(ctx, r.tx, scanID, "SELECT id FROM broadcasts WHERE state = ? AND next = 0 ORDER BY id", string(BroadcastRunning))
	if err != nil {
		return nil, fmt.Errorf("listing the broadcasts that have just begun: %w", err)
	}
	return out, nil
}

// Latest reads the one of a kind that began last of those in the given states, by
// one author or by anybody (""), or gives ErrNotFound.
func (r Broadcasts) Latest(ctx context.Context, template, author string, states ...BroadcastState) (Broadcast, error) {
	query, args, err := in("SELECT id FROM broadcasts WHERE template = ? AND state IN (?) AND (author = ? OR ? = '')"+
		" ORDER BY created_at DESC, id DESC LIMIT 1", template, states, author, author)
	if err != nil {
		return Broadcast{}, fmt.Errorf("looking for the latest broadcast: %w", err)
	}
	id, err := one(ctx, r.tx, scanID, query, args...)
	if err != nil {
		return Broadcast{}, fmt.Errorf("looking for the latest broadcast: %w", err)
	}
	return r.Get(ctx, id)
}

// Begin lets a prepared broadcast leave. ErrConflict if it is not prepared: then it
// has begun already.
func (r Broadcasts) Begin(ctx context.Context, id int64, now time.Time) error {
	return r.change(ctx, "beginning", id, "UPDATE broadcasts SET state = 'running', created_at = ? WHERE id = ? AND state = 'prepared'", millis(now), id)
}

// Drop forgets a prepared broadcast. ErrConflict if it is not prepared.
func (r Broadcasts) Drop(ctx context.Context, id int64) error {
	return r.change(ctx, "dropping", id, "DELETE FROM broadcasts WHERE id = ? AND state = 'prepared'", id)
}

// DropOld forgets what was prepared before a time and never begun.
func (r Broadcasts) DropOld(ctx context.Context, before time.Time) error {
	_, err := r.tx.exec(ctx, "DELETE FROM broadcasts WHERE state = 'prepared' AND created_at < ?", millis(before))
	if err != nil {
		return fmt.Errorf("dropping old broadcasts: %w", err)
	}
	return nil
}

// Advance moves the cursor of a running broadcast on, in the transaction that
// queues what lies between. ErrConflict if it stands elsewhere, or is not running:
// then nothing may be queued.
func (r Broadcasts) Advance(ctx context.Context, id int64, from, to int) error {
	return r.change(ctx, "advancing", id, "UPDATE broadcasts SET next = ? WHERE id = ? AND next = ? AND state = 'running'", to, id, from)
}

// End ends a running broadcast. ErrConflict if it is not running.
func (r Broadcasts) End(ctx context.Context, id int64, s BroadcastState, now time.Time) error {
	return r.change(ctx, "ending", id, "UPDATE broadcasts SET state = ?, done_at = ? WHERE id = ? AND state = 'running'", string(s), millis(now), id)
}

func (r Broadcasts) change(ctx context.Context, doing string, id int64, query string, args ...any) error {
	n, err := r.tx.exec(ctx, query, args...)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("%s broadcast %d: %w", doing, id, err)
	}
	return nil
}
