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
	BroadcastRunning BroadcastState = "running" // its recipients are being queued; set by Insert
	BroadcastStopped BroadcastState = "stopped" // nothing more is queued, what was not sent is withdrawn; set by End
	BroadcastDone    BroadcastState = "done"    // every recipient's delivery has come to its end; set by End
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
	CreatedAt  time.Time
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
	recipients, err := json.Marshal(b.Recipients)
	if err != nil {
		return fmt.Errorf("encoding the recipients: %w", err)
	}
	err = r.tx.insert(ctx, "broadcasts", broadcastCols, []any{b.ID, b.Author, b.Platform, b.Template, b.Body,
		string(recipients), len(b.Recipients), 0, string(BroadcastRunning), millis(b.CreatedAt), 0})
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
