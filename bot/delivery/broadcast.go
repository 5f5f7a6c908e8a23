package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Broadcaster says one thing to thousands: it queues the recipients batch by batch,
// the next when most of the last is gone, so that the outbox stays small and a
// broadcast can be stopped in its middle. Where it stands is a row; a process that
// is killed goes on from there, and nobody is queued twice, because the cursor moves
// in the transaction that queues.
type Broadcaster struct {
	Store *store.Store
	Clock bot.Clock
	Wall  func() time.Time
	Wake  func() // called when something was queued
	Log   *slog.Logger
	// Home is the platform of a person, for a broadcast that goes to each on their own.
	Home func(account string) string
	// Done, if set, is told of a broadcast that is through, in the transaction that ends
	// it: so once, whatever happens to the process.
	Done func(ctx context.Context, tx *store.Tx, v store.Broadcast, p Progress) error
}

// Broadcast is what is said, and to whom.
type Broadcast struct {
	Author   string
	Platform string // "" = each person's own, when their turn comes
	// Template is what its words were made of, by which rules and reports know it.
	Template string
	Reply    bot.Reply // final: the same for everyone, without numbers to reply
	To       []string  // accounts; named twice is named once
}

const (
	// broadcastBatch is as many as half a call of the largest platform takes, and few
	// enough for one transaction.
	broadcastBatch = 500
	// broadcastLow is how many of a batch may be left when the next is queued: enough
	// to be busy with meanwhile.
	broadcastLow = broadcastBatch / 5
	// broadcastEvery is how often it is looked whether the last batch is gone.
	broadcastEvery = time.Second
)

// causePrefix begins the cause of a broadcast's rows.
const causePrefix = "b:"

// BroadcastCause is the cause of a broadcast's rows in the outbox.
func BroadcastCause(id int64) string { return causePrefix + strconv.FormatInt(id, 10) }

// Start begins a broadcast and gives its id. Nothing of it is queued yet: Run or
// Step does that.
func (b *Broadcaster) Start(ctx context.Context, v Broadcast) (id int64, err error) {
	row, err := v.row(b.Store.NewID(), b.Clock.Now())
	if err != nil {
		return 0, err
	}
	err = b.Store.Update(ctx, func(tx *store.Tx) error { return tx.Broadcasts().Insert(ctx, row) })
	if err != nil {
		return 0, fmt.Errorf("beginning a broadcast: %w", err)
	}
	return row.ID, nil
}

// PrepareBroadcast keeps a broadcast in the caller's transaction and gives it back
// as it is kept. Nothing of it leaves until its author has seen it and it is begun
// (store.Broadcasts.Begin); then Run finds it.
func PrepareBroadcast(ctx context.Context, tx *store.Tx, v Broadcast, now time.Time) (store.Broadcast, error) {
	row, err := v.row(tx.NewID(), now)
	if err != nil {
		return row, err
	}
	if err := tx.Broadcasts().Prepare(ctx, row); err != nil {
		return row, fmt.Errorf("preparing a broadcast: %w", err)
	}
	return row, nil
}

// row is the broadcast as it is kept: its words frozen, everybody named once.
func (v Broadcast) row(id int64, now time.Time) (store.Broadcast, error) {
	body, err := json.Marshal(v.Reply)
	if err != nil {
		return store.Broadcast{}, fmt.Errorf("encoding the broadcast: %w", err)
	}
	if slices.ContainsFunc(v.Reply.Buttons, func(b bot.Button) bool { return b.Code != 0 }) {
		return store.Broadcast{}, errors.New("a broadcast cannot have numbers to reply: they are each person's own")
	}
	var to []string
	seen := map[string]bool{}
	for _, account := range v.To {
		if !seen[account] {
			seen[account], to = true, append(to, account)
		}
	}
	return store.Broadcast{ID: id, Author: v.Author, Platform: v.Platform, Template: v.Template, Body: body,
		Recipients: to, Total: len(to), CreatedAt: now}, nil
}

// Run queues until the context ends.
func (b *Broadcaster) Run(ctx context.Context) {
	tick := time.NewTicker(broadcastEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if _, err := b.Step(ctx); err != nil && ctx.Err() == nil {
			b.Log.ErrorContext(ctx, "broadcast", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// Step queues the next batch of every running broadcast whose last is mostly gone,
// ends those that are through, and says how many rows it queued.
func (b *Broadcaster) Step(ctx context.Context) (queued int, err error) {
	var running []int64
	err = b.Store.View(ctx, func(tx *store.Tx) (err error) {
		running, err = tx.Broadcasts().Running(ctx)
		return err
	})
	if err != nil {
		return 0, err
	}
	ended := false
	for _, id := range running {
		var n int
		var end bool
		err := b.Store.Update(ctx, func(tx *store.Tx) (err error) {
			n, end, err = b.step(ctx, tx, id)
			return err
		})
		if errors.Is(err, store.ErrConflict) { // another process was faster, or it was stopped
			continue
		}
		if err != nil {
			return queued, fmt.Errorf("broadcast %d: %w", id, err)
		}
		queued, ended = queued+n, ended || end
	}
	if (queued > 0 || ended) && b.Wake != nil {
		b.Wake()
	}
	return queued, nil
}

func (b *Broadcaster) step(ctx context.Context, tx *store.Tx, id int64) (queued int, ended bool, err error) {
	left, _, err := unfinished(ctx, tx, id)
	if err != nil || left > broadcastLow {
		return 0, false, err
	}
	v, err := tx.Broadcasts().Get(ctx, id)
	if err != nil {
		return 0, false, err
	}
	if v.Next == v.Total {
		if left > 0 {
			return 0, false, nil
		}
		return 0, true, b.end(ctx, tx, v)
	}
	to := min(v.Next+broadcastBatch, v.Total)
	if err := tx.Broadcasts().Advance(ctx, id, v.Next, to); err != nil {
		return 0, false, err
	}
	var rows []store.Delivery
	for _, account := range v.Recipients[v.Next:to] {
		platform := v.Platform
		if platform == "" {
			platform = b.Home(account)
		}
		rows = append(rows, store.Delivery{ToKind: string(bot.ToPerson), ToAccount: account, Platform: platform,
			Priority: bot.PriorityBroadcast, Template: v.Template, Body: v.Body, Cause: BroadcastCause(id),
			CreatedAt: b.Clock.Now(), DueAt: b.Wall()})
	}
	return len(rows), false, tx.Deliveries().Queue(ctx, rows...)
}

// end ends a broadcast that is through, and tells of it.
func (b *Broadcaster) end(ctx context.Context, tx *store.Tx, v store.Broadcast) error {
	v.State, v.DoneAt = store.BroadcastDone, b.Clock.Now()
	if err := tx.Broadcasts().End(ctx, v.ID, v.State, v.DoneAt); err != nil || b.Done == nil {
		return err
	}
	p, err := BroadcastProgress(ctx, tx, v)
	if err != nil {
		return err
	}
	return b.Done(ctx, tx, v, p)
}

// unfinished is how many rows of a broadcast have not come to their end, and how
// many are in which state.
func unfinished(ctx context.Context, tx *store.Tx, id int64) (left int, of map[store.DeliveryState]int, err error) {
	of, err = tx.Deliveries().CountsOf(ctx, BroadcastCause(id))
	return of[store.Queued] + of[store.Sending] + of[store.Held], of, err
}

// Progress is how far a broadcast has come.
type Progress struct {
	State     store.BroadcastState
	Total     int
	Queued    int // in the outbox, not at their end
	Held      int // of these, waiting for the end of quiet hours or of a full day
	Sent      int // with what went out within a digest
	Failed    int // refused, failed, unknown, withheld
	Withdrawn int // not sent because it was stopped, or no longer of use
	ToGo      int // not queued yet; of one that was stopped, never to be
}

// Progress tells how far a broadcast has come.
func (b *Broadcaster) Progress(ctx context.Context, id int64) (p Progress, err error) {
	err = b.Store.View(ctx, func(tx *store.Tx) error {
		v, err := tx.Broadcasts().Get(ctx, id)
		if err != nil {
			return err
		}
		p, err = BroadcastProgress(ctx, tx, v)
		return err
	})
	return p, err
}

// BroadcastProgress tells in the caller's transaction how far a broadcast has come.
func BroadcastProgress(ctx context.Context, tx *store.Tx, v store.Broadcast) (Progress, error) {
	left, of, err := unfinished(ctx, tx, v.ID)
	if err != nil {
		return Progress{}, fmt.Errorf("counting broadcast %d: %w", v.ID, err)
	}
	p := Progress{State: v.State, Total: v.Total, Queued: left, Held: of[store.Held], Sent: of[store.Sent] + of[store.Merged],
		Withdrawn: of[store.Withdrawn] + of[store.Expired], ToGo: v.Total - v.Next}
	for _, s := range store.Trouble() {
		p.Failed += of[s]
	}
	return p, nil
}

// Stop ends a broadcast: nothing more is queued, and what waits in the outbox is
// withdrawn. What is just being sent is sent.
func (b *Broadcaster) Stop(ctx context.Context, id int64) error {
	return b.Store.Update(ctx, func(tx *store.Tx) error { return StopBroadcast(ctx, tx, id, b.Clock.Now()) })
}

// StopBroadcast is Stop in the caller's transaction. store.ErrConflict if it is not
// running.
func StopBroadcast(ctx context.Context, tx *store.Tx, id int64, now time.Time) error {
	err := tx.Broadcasts().End(ctx, id, store.BroadcastStopped, now)
	if err == nil {
		_, err = tx.Deliveries().Withdraw(ctx, BroadcastCause(id), "the broadcast was stopped", now)
	}
	if err != nil {
		return fmt.Errorf("stopping broadcast %d: %w", id, err)
	}
	return nil
}

// stopped says whether a row belongs to a broadcast that was stopped while it was in
// somebody's hands.
func (b *batch) stopped(ctx context.Context, d store.Delivery) (bool, error) {
	name, ok := strings.CutPrefix(d.Cause, causePrefix)
	if !ok {
		return false, nil
	}
	if state, ok := b.broadcasts[name]; ok {
		return state == store.BroadcastStopped, nil
	}
	id, err := strconv.ParseInt(name, 10, 64)
	if err != nil {
		return false, nil
	}
	state, err := b.tx.Broadcasts().State(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	if b.broadcasts == nil {
		b.broadcasts = map[string]store.BroadcastState{}
	}
	b.broadcasts[name] = state
	return state == store.BroadcastStopped, nil
}
