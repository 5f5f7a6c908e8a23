package delivery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// order is what a round asks for.
type order struct {
	least int    // nothing below this priority
	only  string // only of this platform, and one row: to find out whether it is back
	jobs  int    // at most so many
}

// taken is what a round got.
type taken struct {
	jobs    []job
	claimed int // rows, with those that came to their end without being sent
	ended   int
}

// parcel is a row that is ready to be sent.
type parcel struct {
	store.Delivery // as it was before this try
	reply          bot.Reply
	fresh          bool // its bytes or words are not kept yet
	noted          bool // its try is noted already
	made           bool // what the channel did for it is not kept yet
}

// take claims rows and prepares them, in one transaction.
func (c *Courier) take(ctx context.Context, o order) (t taken, err error) {
	var out []store.Delivery
	err = c.Store.Update(ctx, func(tx *store.Tx) error { // may run again: it starts from nothing
		t, out = taken{}, nil
		rowsMost, peopleMost := c.most(o)
		w := store.Want{Owner: c.Owner, Now: c.Wall(), Campaign: c.Clock.Now(), Lease: lease, Limit: rowsMost, People: peopleMost,
			Least: o.least, Only: o.only, Pauses: append(c.breaker.pauses(c.Wall(), o.only), c.elsewhere()...)}
		rows, err := tx.Deliveries().Claim(ctx, w)
		if err != nil || len(rows) == 0 {
			return err
		}
		b := batch{c: c, tx: tx, now: w.Campaign, wall: w.Now}
		if err := b.prepare(ctx, b.few(rows, o.jobs)); err != nil {
			return err
		}
		t.claimed, t.ended, out = len(rows)-b.back, count(b.out), b.out
		t.jobs = c.jobs(b.parcels)
		for i := range t.jobs {
			t.jobs[i].probe = o.only != ""
		}
		return nil
	})
	if err != nil {
		return taken{}, fmt.Errorf("claiming deliveries: %w", err)
	}
	c.note(ctx, out)
	return t, nil
}

// most is how many rows one claim may take, and of how many people: as many people
// as there are jobs for, but where a platform takes many in one call, which are one
// job, as many rows as that.
func (c *Courier) most(o order) (rows, people int) {
	if o.only != "" {
		return 1, 1
	}
	rows, people = claim, o.jobs
	for _, ch := range c.Channels {
		if n := ch.Traits().Batch; n > 1 {
			rows, people = max(rows, n), 0
		}
	}
	return rows, people
}

// batch is the rows of one claim on their way to the workers.
type batch struct {
	c         *Courier
	tx        *store.Tx
	now, wall time.Time
	parcels   []parcel
	out       []store.Delivery // decided without being sent
	carried   []store.Delivery // of these, what is said within another
	back      int              // of these, given back as they were

	broadcasts map[string]store.BroadcastState // that were asked after
}

// few gives back what would be more jobs than there are workers for.
func (b *batch) few(rows []store.Delivery, most int) []store.Delivery {
	seen := map[string]bool{}
	for i, d := range rows {
		key := address(d)
		if b.c.together(d) {
			key = string(d.Body)
		}
		seen[key] = true
		if len(seen) > most {
			for _, d := range rows[i:] {
				b.out = append(b.out, requeue(d))
			}
			b.back = len(rows) - i
			return rows[:i]
		}
	}
	return rows
}

// address is whose order a row keeps.
func address(d store.Delivery) string { return d.ToKind + ":" + d.ToAccount }

// prepare decides about rows without sending them where it can, and freezes the
// rest. What is decided is written.
func (b *batch) prepare(ctx context.Context, rows []store.Delivery) error {
	var left []store.Delivery
	waits := map[string]store.Delivery{} // rows that could not be prepared, by whom they hold up
	for _, d := range rows {
		if w, ok := waits[address(d)]; ok && w.Priority >= d.Priority {
			d.Why, d.DueAt = fmt.Sprintf("waits behind %d", w.ID), w.DueAt
			b.out = append(b.out, requeue(d))
			continue
		}
		end, err := b.early(ctx, d)
		switch {
		case err != nil:
			d = b.c.later(d, "", fmt.Errorf("preparing: %w", err), b.c.backoff(d.Attempts))
			waits[address(d)] = d
			b.out = append(b.out, d)
		case end != nil:
			b.out = append(b.out, *end)
		default:
			left = append(left, d)
		}
	}
	left, err := b.civil(ctx, left)
	if err != nil {
		return err
	}
	for _, d := range left {
		p, err := b.freeze(ctx, d)
		if err != nil {
			b.out = append(b.out, b.c.later(d, bot.BadContent, fmt.Errorf("preparing: %w", err), b.c.backoff(d.Attempts)))
			continue
		}
		if p.reply.Kind == bot.CardDone && !b.c.Channels[d.Platform].Traits().Updates {
			b.out = append(b.out, finish(d, store.Withdrawn, "", "this platform changes no cards", b.now))
			continue
		}
		b.parcels = append(b.parcels, p)
	}
	b.digest()
	return b.write(ctx)
}

// early is what can be decided about a row by itself; nil = it is to be sent.
func (b *batch) early(ctx context.Context, d store.Delivery) (end *store.Delivery, err error) {
	to := func(s store.DeliveryState, r bot.Reason, why string) (*store.Delivery, error) {
		d = finish(d, s, r, why, b.now)
		return &d, nil
	}
	if _, ok := b.c.Channels[d.Platform]; !ok {
		return to(store.Refused, bot.NotConfigured, fmt.Sprintf("no channel %q is configured", d.Platform))
	}
	if d.Doubts > 0 { // it may have arrived: nothing is asked any more, only whether a copy may follow
		if !mayFollow(d, b.c.traits(d), b.wall) {
			return to(store.Unknown, bot.PerhapsArrived, "perhaps arrived, and a copy would show")
		}
		return nil, nil
	}
	if !d.ExpiresAt.IsZero() && b.now.After(d.ExpiresAt) {
		return to(store.Expired, "", "its time was over")
	}
	if b.left(d) {
		return to(store.Refused, bot.HasLeft, "the recipient has left")
	}
	stopped, err := b.stopped(ctx, d)
	if err != nil {
		return nil, err
	}
	if stopped {
		return to(store.Withdrawn, "", "the broadcast was stopped")
	}
	wanted, err := b.wanted(ctx, d)
	if err != nil {
		return nil, err
	}
	if !wanted {
		return to(store.Withdrawn, "", "no longer wanted")
	}
	return nil, nil
}

// left says that a notice is for somebody who is in the roster no more. The answer to
// what they say still leaves: it tells them so.
func (b *batch) left(d store.Delivery) bool {
	if b.c.Office == nil || d.ToKind != string(bot.ToPerson) || d.Priority >= bot.PriorityAnswer {
		return false
	}
	_, left := b.c.Office.Roster().Former(d.ToAccount)
	return left
}

// wanted asks the row's handler. A panic there costs this row a try and no other
// anything.
func (b *batch) wanted(ctx context.Context, d store.Delivery) (ok bool, err error) {
	if d.Wanted == "" {
		return true, nil
	}
	defer b.guard(ctx, d, &err)
	return b.c.Writer.Wanted(ctx, b.tx, d.Wanted)
}

func (b *batch) guard(ctx context.Context, d store.Delivery, err *error) {
	if p := recover(); p != nil {
		b.c.Log.ErrorContext(ctx, "preparing a delivery panicked", "delivery", d.ID, "at", string(debug.Stack()))
		*err = errors.New("a handler panicked")
	}
}

// freeze makes the row's final bytes. Its words are known by what they were before
// the numbers on a card, which differ every time.
func (b *batch) freeze(ctx context.Context, d store.Delivery) (p parcel, err error) {
	defer b.guard(ctx, d, &err)
	fresh := len(d.Body) == 0
	if d.Words == "" && d.Priority < bot.PriorityAnswer {
		words, err := bot.Words(d)
		if err != nil {
			return p, err
		}
		d.Words, fresh = fingerprint(words.Text), true
	}
	reply, err := b.c.Writer.Freeze(ctx, b.tx, d, b.now)
	if err != nil {
		return p, err
	}
	if len(d.Body) == 0 {
		if d.Body, err = json.Marshal(reply); err != nil {
			return p, fmt.Errorf("encoding the reply: %w", err)
		}
	}
	return parcel{Delivery: d, reply: reply, fresh: fresh}, nil
}

// fingerprint tells words from others without keeping them.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// write keeps what was decided, the frozen bytes, and, where it does no harm, that
// the rows are tried now.
func (b *batch) write(ctx context.Context) error {
	var noted []store.Delivery
	frozen := b.carried
	for i, p := range b.parcels {
		if p.fresh {
			frozen = append(frozen, p.Delivery)
		}
		if !b.c.prepares(p) && withClaim(p.Delivery, b.c.traits(p.Delivery)) {
			b.parcels[i].noted = true
			noted = append(noted, p.Delivery)
		}
	}
	r := b.tx.Deliveries()
	for _, write := range []func() ([]int64, error){
		func() ([]int64, error) { return r.Freeze(ctx, frozen...) },
		func() ([]int64, error) { return r.Settle(ctx, b.out...) },
		func() ([]int64, error) { return r.Try(ctx, b.wall, noted...) },
	} {
		lost, err := write()
		if err != nil {
			return err
		}
		if len(lost) > 0 { // in the transaction that claimed them: other bytes were tried
			return fmt.Errorf("deliveries %v: %w", lost, store.ErrConflict)
		}
	}
	return forget(ctx, b.tx, b.out)
}

// withClaim says whether a row's try may be noted with its claim, which saves a commit:
// where a try that never was does no harm, because a copy may follow in any case.
func withClaim(d store.Delivery, t bot.Traits) bool {
	return knows(d, t) || RuleOf(d.Template, d.Words) == Repeat
}

// lowest is a priority that nothing is below.
const lowest = math.MinInt32

// requeue gives a row back as it is.
func requeue(d store.Delivery) store.Delivery {
	d.State = store.Queued
	return d
}

// finish is a row at its end.
func finish(d store.Delivery, s store.DeliveryState, r bot.Reason, why string, now time.Time) store.Delivery {
	d.State, d.Reason, d.Why, d.DoneAt = s, string(r), why, now
	return d
}
