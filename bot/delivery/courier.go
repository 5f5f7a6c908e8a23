// Package delivery is the one door out: everything that the bot says waits as a
// row of the outbox, and a Courier takes it to its recipient.
//
// A courier claims due rows by a lease, in order per recipient. Before the first
// attempt it asks whether a row is still wanted (no reminder to someone who has
// filed meanwhile), numbers the buttons and freezes the bytes, so that a retry is
// the same to the byte. A send ends as sent, or in one of three fates: not sent
// (again later), refused (given up, visibly), unknown (perhaps delivered: again
// only where the platform recognises a second copy).
//
// It is woken by every commit that queued something; looking by itself every
// while is only the safety net. What is not claimed because a courier died is
// claimed by another when the lease is over.
//
// To come with the delivery issue: pacing by the platforms' limits, quiet hours
// and digests. The rows and their states are made for them already.
package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Writer makes the final words of a row: package bot's Bot.
type Writer interface {
	Freeze(ctx context.Context, tx *store.Tx, d store.Delivery, now time.Time) (bot.Reply, error)
	Wanted(ctx context.Context, tx *store.Tx, question string) (bool, error)
}

// Courier delivers what the outbox holds. One runs per process.
type Courier struct {
	Store    *store.Store
	Writer   Writer
	Channels map[string]bot.Channel
	Clock    bot.Clock        // the campaign's time: what has expired
	Wall     func() time.Time // the real time: leases and retries
	Owner    string           // of this process's leases; unique among replicas
	Log      *slog.Logger

	once sync.Once
	bell chan struct{}
	turn sync.Mutex // one round at a time
}

// The courier's pace. A lease outlives the slowest send by far; a dead courier's
// rows wait no longer than it.
const (
	lease     = 10 * time.Second
	sendTime  = 4 * time.Second // for one parcel
	batch     = 100
	glance    = 2 * time.Second // the safety net
	firstWait = 2 * time.Second
	longest   = 10 * time.Minute
	patience  = 12 // attempts
)

func (c *Courier) ring() chan struct{} {
	c.once.Do(func() { c.bell = make(chan struct{}, 1) })
	return c.bell
}

// Wake says that something was queued. It never blocks.
func (c *Courier) Wake() {
	select {
	case c.ring() <- struct{}{}:
	default:
	}
}

// Run delivers until the context ends. It finishes the parcel in its hands.
func (c *Courier) Run(ctx context.Context) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		if _, err := c.Flush(ctx); err != nil && ctx.Err() == nil {
			c.Log.ErrorContext(ctx, "delivery", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-c.ring():
		case <-tick.C:
		}
	}
}

// Flush delivers everything that is due now and returns how many rows reached an
// end.
func (c *Courier) Flush(ctx context.Context) (done int, err error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	for {
		var rows []store.Delivery
		err := c.Store.Update(ctx, func(tx *store.Tx) (err error) {
			rows, err = tx.Deliveries().Claim(ctx, c.Owner, c.Wall(), lease, batch)
			return err
		})
		if err != nil {
			return done, fmt.Errorf("claiming deliveries: %w", err)
		}
		if len(rows) == 0 {
			return done, nil
		}
		held := map[string]bool{} // recipients whose earlier row must come first
		for _, d := range rows {
			to := d.ToKind + ":" + d.ToAccount
			if held[to] {
				if err := c.release(ctx, d); err != nil {
					return done, err
				}
				continue
			}
			ended, err := c.deliver(context.WithoutCancel(ctx), d)
			if err != nil {
				return done, err
			}
			if ended {
				done++
			} else {
				held[to] = true
			}
		}
	}
}

// deliver takes one row to its recipient. ended says that it needs no further
// attempt.
func (c *Courier) deliver(ctx context.Context, d store.Delivery) (ended bool, err error) {
	reply, state, err := c.prepare(ctx, d)
	if errors.Is(err, store.ErrConflict) {
		return true, nil // the lease was lost: it is another's now
	}
	if err != nil && d.Attempts >= patience {
		return true, c.finish(ctx, d, store.Failed, "", "preparing: "+err.Error())
	}
	if err != nil {
		return false, c.later(ctx, d, "preparing: "+err.Error(), c.backoff(d))
	}
	if state != "" {
		return true, c.finish(ctx, d, state, "", "")
	}
	ch, ok := c.Channels[d.Platform]
	if !ok {
		return true, c.finish(ctx, d, store.Refused, "", fmt.Sprintf("no channel %q is configured", d.Platform))
	}
	if c.Wall().Add(sendTime).After(d.LeaseUntil) {
		return false, c.release(ctx, d) // the batch took long: not to be sent without a lease
	}
	short, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	receipt, err := ch.Send(short, bot.Parcel{ID: d.ID, Reply: reply,
		To: bot.Recipient{Kind: bot.RecipientKind(d.ToKind), Account: d.ToAccount}})
	if err == nil {
		return true, c.finish(ctx, d, store.Sent, receipt.Ref, "")
	}
	return c.fate(ctx, d, ch, err)
}

// prepare asks whether the row is still wanted and freezes its bytes. A state
// that is not empty is where the row ends without being sent.
func (c *Courier) prepare(ctx context.Context, d store.Delivery) (reply bot.Reply, end store.DeliveryState, err error) {
	now := c.Clock.Now()
	err = c.Store.Update(ctx, func(tx *store.Tx) error {
		end = ""
		if len(d.Body) == 0 { // never attempted
			if !d.ExpiresAt.IsZero() && now.After(d.ExpiresAt) {
				end = store.Expired
				return nil
			}
			if d.Wanted != "" {
				wanted, err := c.Writer.Wanted(ctx, tx, d.Wanted)
				if err != nil {
					return err
				}
				if !wanted {
					end = store.Withdrawn
					return nil
				}
			}
		}
		if reply, err = c.Writer.Freeze(ctx, tx, d, now); err != nil || len(d.Body) > 0 {
			return err
		}
		body, err := json.Marshal(reply)
		if err != nil {
			return fmt.Errorf("encoding delivery %d: %w", d.ID, err)
		}
		return tx.Deliveries().Freeze(ctx, d.ID, c.Owner, body)
	})
	return reply, end, err
}

// fate decides what becomes of a row that was not taken.
func (c *Courier) fate(ctx context.Context, d store.Delivery, ch bot.Channel, err error) (ended bool, _ error) {
	fate := bot.Unknown
	var failed *bot.SendError
	if errors.As(err, &failed) {
		fate = failed.Fate
	}
	switch {
	case fate == bot.Refused:
		return true, c.finish(ctx, d, store.Refused, "", err.Error())
	case fate == bot.Unknown && !ch.Traits().Dedupes:
		return true, c.finish(ctx, d, store.Unknown, "", err.Error())
	case d.Attempts >= patience:
		return true, c.finish(ctx, d, store.Failed, "", err.Error())
	}
	return false, c.later(ctx, d, err.Error(), c.backoff(d))
}

// backoff doubles the wait with every attempt.
func (c *Courier) backoff(d store.Delivery) time.Duration {
	wait := firstWait
	for range min(d.Attempts, 10) {
		wait *= 2
	}
	return min(wait, longest)
}

// release gives back a row that has to wait for one before it.
func (c *Courier) release(ctx context.Context, d store.Delivery) error {
	err := c.Store.Update(ctx, func(tx *store.Tx) error { return tx.Deliveries().Release(ctx, d.ID, c.Owner) })
	return lost(err, "giving back", d)
}

func (c *Courier) later(ctx context.Context, d store.Delivery, why string, wait time.Duration) error {
	err := c.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Deliveries().Retry(ctx, d.ID, c.Owner, c.Wall().Add(wait), why)
	})
	return lost(err, "putting off", d)
}

func (c *Courier) finish(ctx context.Context, d store.Delivery, state store.DeliveryState, ref, why string) error {
	if why != "" {
		c.Log.WarnContext(ctx, "not delivered", "delivery", d.ID, "state", state, "template", d.Template, "why", why)
	}
	now := c.Clock.Now()
	err := c.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Deliveries().Finish(ctx, d.ID, c.Owner, state, ref, why, now)
	})
	return lost(err, "finishing", d)
}

// lost forgives a lease that ran out meanwhile: the row is another courier's.
func lost(err error, doing string, d store.Delivery) error {
	if err == nil || errors.Is(err, store.ErrConflict) {
		return nil
	}
	return fmt.Errorf("%s delivery %d: %w", doing, d.ID, err)
}
