// Package delivery is the one door out: everything that the bot says waits as a
// row of the outbox, and a Courier takes it to its recipient. It never swallows a
// report and never nags twice.
//
// # A row's way
//
// A courier claims due rows by a lease and prepares them in the same transaction
// (prepare.go): it asks whether a row is still wanted (no reminder to someone who
// has filed meanwhile), whether the hour is civil (manners.go), whether the same
// was just said too often (loop.go), merges what piled up into one message
// (digest.go), numbers the buttons and freezes the bytes, so that a retry is the
// same to the byte. What a channel has to do before (an upload) is done once
// (ready.go) and kept with the row. Workers (pool.go) hand the rows to the platforms within their
// limits (limits.go, pace.go), and what became of them (fate.go) is written in
// batches. What ends in trouble is told to the office (report.go).
//
// # What it guarantees
//
// One recipient's rows leave in order, except that a more urgent one passes one
// that has to wait. Nothing is in two hands: claims are guarded UPDATEs, and a
// claim's number is the fence against a courier that lost its lease. A send ends as
// sent, or in one of three fates: not sent (again later, for a day), refused (given
// up, visibly), unknown (perhaps delivered: again only where the platform
// recognises a second copy, otherwise the rule of its template decides: rules.go).
// A try is noted before it is known what becomes of it; a courier that dies in
// between leaves a row of unknown fate and not a second message.
//
// A platform that does not answer is paused (breaker.go): one row at a time finds
// out whether it is back, and the others wait without burning tries.
//
// It is woken by every commit that queued something; looking by itself every
// while is only the safety net. What is not claimed because a courier died is
// claimed by another when the lease is over.
//
// # What it leaves to others
//
// The rows and their states are package store's, the words package bot's and the
// templates'. A broadcast to thousands is queued batch by batch by a Broadcaster
// (broadcast.go).
package delivery

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
	"zhuanban/store/redis"
)

// Writer makes the final words of a row, and renders the courier's own: package
// bot's Bot.
type Writer interface {
	Word(n bot.Notice) (bot.Reply, error)
	Freeze(ctx context.Context, tx *store.Tx, d store.Delivery, now time.Time) (bot.Reply, error)
	Wanted(ctx context.Context, tx *store.Tx, question string) (bool, error)
}

// Courier delivers what the outbox holds. One runs per process.
type Courier struct {
	Store    *store.Store
	Writer   Writer
	Channels map[string]bot.Channel
	Clock    bot.Clock        // the campaign's time: what has expired, what is held
	Wall     func() time.Time // the real time: leases, retries, pacing
	Owner    string           // of this process's leases; unique among replicas
	Log      *slog.Logger

	// Reveal opens what a reply says only once, at the moment of its send: Bot.RevealRow;
	// nil = such a reply goes out with the words that take its place.
	Reveal func(d store.Delivery, r bot.Reply, now time.Time) (bot.Reply, error)

	Manners  Manners        // towards people who did not ask
	Office   Office         // who hears of what could not be delivered; nil = nobody
	Budget   Budget         // shared by the replicas; nil = one of this process alone
	Accounts int            // of the organisation on the platform, for limits that grow with it
	Chance   func() float64 // from 0 to below 1, for waits; nil = by real chance

	once    sync.Once
	bell    chan struct{}
	turn    sync.Mutex // one Flush at a time
	breaker breaker
	tally   tally
	trouble trouble
	quotas  quotas
}

// The courier's pace. A lease outlives the slowest send by far; a dead courier's
// rows wait no longer than it.
const (
	lease    = 10 * time.Second
	sendTime = 4 * time.Second // for one parcel
	claim    = 100             // rows at once: one commit for all, and no more than is sent within a lease
	glance   = 2 * time.Second // the safety net
)

// ready makes what a Courier has inside, once.
func (c *Courier) ready() {
	c.once.Do(func() {
		c.bell = make(chan struct{}, 1)
		if c.Budget == nil {
			c.Budget = new(redis.MemoryBudget)
		}
		if c.Chance == nil {
			c.Chance = rand.Float64
		}
		c.breaker.of = map[string]*pause{}
		c.tally.sends = map[SendKey]int{}
		c.trouble.seen = true // what a former process left
	})
}

// Wake says that something was queued. It never blocks.
func (c *Courier) Wake() {
	c.ready()
	select {
	case c.bell <- struct{}{}:
	default:
	}
}

// Flush delivers everything that is due now, one parcel after the other, and
// returns how many rows reached an end. It may be used beside Run.
func (c *Courier) Flush(ctx context.Context) (done int, err error) {
	c.ready()
	c.turn.Lock()
	defer c.turn.Unlock()
	for ctx.Err() == nil {
		n, ended, err := c.round(ctx)
		done += ended
		if err != nil {
			return done, err
		}
		if n > 0 {
			continue
		}
		said, err := c.report(ctx)
		if err != nil || !said {
			return done, err
		}
	}
	return done, ctx.Err()
}

// round claims once, for every platform that is to be probed and then for all
// others, and says how many rows it claimed and how many came to an end.
func (c *Courier) round(ctx context.Context) (claimed, ended int, err error) {
	for _, only := range append(c.breaker.probes(c.Wall()), "") {
		t, err := c.take(ctx, order{least: lowest, only: only, jobs: claim})
		if err != nil {
			return claimed, ended, err
		}
		claimed += t.claimed
		ended += t.ended
		var out []store.Delivery
		for _, j := range t.jobs {
			c.run(context.WithoutCancel(ctx), ctx.Done(), j, func(d store.Delivery) { out = append(out, d) })
		}
		if err := c.settle(context.WithoutCancel(ctx), out); err != nil {
			return claimed, ended, err
		}
		ended += count(out)
	}
	return claimed, ended, nil
}

// settle gives rows out of hand.
func (c *Courier) settle(ctx context.Context, out []store.Delivery) error {
	if len(out) == 0 {
		return nil
	}
	var kept []store.Delivery // for their next try
	for _, d := range out {
		if d.State == store.Queued && len(d.Prepared) > 0 {
			kept = append(kept, d)
		}
	}
	var lost []int64
	err := c.Store.Update(ctx, func(tx *store.Tx) (err error) {
		if _, err = tx.Deliveries().Prepare(ctx, c.Wall().Add(lease), kept...); err != nil { // who is lost here is lost there, too
			return err
		}
		if lost, err = tx.Deliveries().Settle(ctx, out...); err != nil {
			return err
		}
		return forget(ctx, tx, out)
	})
	if err != nil {
		return fmt.Errorf("writing what became of %d deliveries: %w", len(out), err)
	}
	if len(lost) > 0 { // their leases ran out meanwhile: they are another courier's
		c.Log.WarnContext(ctx, "leases were lost", "deliveries", lost)
	}
	c.note(ctx, out)
	return nil
}

// note tells the operator's log what did not arrive, and remembers that there is
// something to report.
func (c *Courier) note(ctx context.Context, out []store.Delivery) {
	for _, d := range out {
		if troubled(d.State) {
			c.trouble.add()
			c.Log.WarnContext(ctx, "not delivered", "delivery", d.ID, "state", d.State, "template", d.Template, "reason", d.Reason,
				"why", d.Why, "err", d.Error)
		}
	}
}

// count is how many of these rows have come to an end.
func count(ds []store.Delivery) (n int) {
	for _, d := range ds {
		if d.State != store.Queued && d.State != store.Held {
			n++
		}
	}
	return n
}
