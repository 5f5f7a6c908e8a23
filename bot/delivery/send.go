package delivery

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// job is what one worker does at a time: one recipient's rows in order, or the same
// reply for many people in one call.
type job struct {
	parcels  []parcel
	together bool
	probe    bool                   // finds out whether a paused platform is back
	leased   func(parcel) time.Time // until when a row is, if not as it was claimed
}

// low says that a job has nothing urgent about it.
func (j job) low() bool {
	return !slices.ContainsFunc(j.parcels, func(p parcel) bool { return p.Priority >= bot.PriorityAnswer })
}

// together says whether a row may go to its recipient in one call with others: a
// person's, of a broadcast, on a platform that takes such calls.
func (c *Courier) together(d store.Delivery) bool {
	b, ok := c.Channels[d.Platform].(bot.BatchSender)
	return ok && b.Traits().Batch > 1 && d.ToKind == string(bot.ToPerson) && d.Priority <= bot.PriorityBroadcast &&
		len(d.Body) > 0 && d.Doubts == 0
}

// jobs makes jobs of the parcels, in their order. A row goes together with others
// only if its recipient has no other row here.
func (c *Courier) jobs(ps []parcel) []job {
	rows := map[string]int{}
	for _, p := range ps {
		rows[address(p.Delivery)]++
	}
	var out []job
	at := map[string]int{}
	for _, p := range ps {
		key, together := address(p.Delivery), false
		if rows[key] == 1 && c.together(p.Delivery) {
			key, together = p.Platform+"\x00"+string(p.Body)+"\x00"+string(p.Prepared), true
		}
		i, ok := at[key]
		if !ok || together && len(out[i].parcels) >= c.Channels[p.Platform].Traits().Batch {
			i = len(out)
			at[key], out = i, append(out, job{together: together})
		}
		out[i].parcels = append(out[i].parcels, p)
	}
	return out
}

// run does a job and says of each row what has become of it. What is not tried
// because something before it has to wait, or because the work is to stop, is
// given back.
func (c *Courier) run(ctx context.Context, stop <-chan struct{}, j job, say func(store.Delivery)) {
	if j.together {
		c.sendAll(ctx, stop, j, say)
		return
	}
	var waits []store.Delivery
	for _, p := range j.parcels {
		d := p.Delivery
		i := slices.IndexFunc(waits, func(w store.Delivery) bool { return w.Priority >= d.Priority })
		switch {
		case stopped(stop):
			say(requeue(d))
			continue
		case i >= 0:
			d.DueAt, d.Why = waits[i].DueAt, fmt.Sprintf("waits behind %d", waits[i].ID)
			say(requeue(d))
			continue
		case !j.probe && c.breaker.paused(d) || !c.here(d.Platform) || !c.leased(j, p):
			say(requeue(d))
			continue
		}
		if d, ok := c.send(ctx, stop, p); ok {
			if d.State == store.Queued {
				waits = append(waits, d)
			}
			say(d)
		}
	}
}

func stopped(stop <-chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// leased says whether a row's lease outlasts a send.
func (c *Courier) leased(j job, p parcel) bool {
	until := p.LeaseUntil
	if j.leased != nil {
		until = j.leased(p)
	}
	return !c.Wall().Add(sendTime).After(until)
}

// send hands one row to its platform if its budget allows. ok is false if the row is
// no longer ours.
func (c *Courier) send(ctx context.Context, stop <-chan struct{}, p parcel) (d store.Delivery, ok bool) {
	if d, wait := c.pace(ctx, p.Delivery); wait {
		return d, true
	}
	made, err := c.makeReady(ctx, stop, p)
	if err != nil {
		return c.after(p, bot.Receipt{}, err), true
	}
	p = made[0]
	if !p.noted {
		mine, err := c.try(ctx, p)
		if err != nil {
			return c.later(p.Delivery, "", err, firstWait), true
		}
		if len(mine) == 0 {
			return d, false
		}
	}
	shown, err := c.reveal(p)
	if err != nil {
		return c.after(p, bot.Receipt{}, err), true
	}
	short, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	receipt, err := c.hand(short, shown)
	return c.after(p, receipt, err), true
}

// try notes that rows are handed to the platform now, and gives those that are still
// ours.
func (c *Courier) try(ctx context.Context, ps ...parcel) (mine []parcel, err error) {
	ds, made := make([]store.Delivery, 0, len(ps)), []store.Delivery{}
	for _, p := range ps {
		ds = append(ds, p.Delivery)
		if p.made {
			made = append(made, p.Delivery)
		}
	}
	var lost []int64
	err = c.Store.Update(ctx, func(tx *store.Tx) error {
		if _, err := tx.Deliveries().Prepare(ctx, c.Wall().Add(lease), made...); err != nil { // who is lost here is lost there, too
			return err
		}
		var err error
		lost, err = tx.Deliveries().Try(ctx, c.Wall(), ds...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("noting the try: %w", err)
	}
	return slices.DeleteFunc(slices.Clone(ps), func(p parcel) bool { return slices.Contains(lost, p.ID) }), nil
}

// hand hands one parcel over. A panic in the channel costs this parcel.
func (c *Courier) hand(ctx context.Context, p parcel) (r bot.Receipt, err error) {
	defer c.caught(ctx, p.ID, &err)
	return c.Channels[p.Platform].Send(ctx, wire(p))
}

func wire(p parcel) bot.Parcel {
	return bot.Parcel{ID: p.ID, Reply: p.reply, Prepared: p.Prepared, Asked: p.Priority >= bot.PriorityAnswer,
		Doubt: p.DoubtAt, To: addressee(p.Delivery)}
}

func (c *Courier) caught(ctx context.Context, id int64, err *error) {
	if r := recover(); r != nil {
		c.Log.ErrorContext(ctx, "a channel panicked", "delivery", id, "at", string(debug.Stack()))
		*err = &bot.SendError{Fate: bot.Unknown, Err: errPanic}
	}
}

// sendAll hands the same reply for many people over in one call.
func (c *Courier) sendAll(ctx context.Context, stop <-chan struct{}, j job, say func(store.Delivery)) {
	ps := j.parcels
	if !j.probe && c.breaker.paused(ps[0].Delivery) {
		for _, p := range ps {
			say(requeue(p.Delivery))
		}
		return
	}
	ps = c.paceAll(ctx, slices.DeleteFunc(slices.Clone(ps), func(p parcel) bool {
		if c.leased(j, p) {
			return false
		}
		say(requeue(p.Delivery))
		return true
	}), say)
	if len(ps) == 0 {
		return
	}
	made, err := c.makeReady(ctx, stop, ps...)
	if err != nil {
		for _, p := range ps {
			say(c.after(p, bot.Receipt{}, err))
		}
		return
	}
	if ps = made; !ps[0].noted {
		mine, err := c.try(ctx, ps...)
		if err != nil {
			for _, p := range ps {
				say(c.later(p.Delivery, "", err, firstWait))
			}
			return
		}
		ps = mine
	}
	if len(ps) == 0 {
		return
	}
	short, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	out, err := c.handAll(short, ps)
	for i, p := range ps {
		o := bot.Outcome{Err: err}
		if i < len(out) {
			o = out[i]
		} else if err == nil {
			o.Err = errors.New("the channel did not say what became of it")
		}
		say(c.after(p, o.Receipt, o.Err))
	}
}

func (c *Courier) handAll(ctx context.Context, ps []parcel) (out []bot.Outcome, err error) {
	defer c.caught(ctx, ps[0].ID, &err)
	all := make([]bot.Parcel, 0, len(ps))
	for _, p := range ps {
		all = append(all, wire(p))
	}
	return c.Channels[ps[0].Platform].(bot.BatchSender).SendAll(ctx, all), nil
}
