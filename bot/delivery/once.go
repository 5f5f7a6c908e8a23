package delivery

import (
	"context"
	"slices"

	"zhuanban/bot"
	"zhuanban/store"
)

// reveal opens what a reply says only once, for its send alone: the row and all that is
// kept of it stay sealed.
func (c *Courier) reveal(p parcel) (parcel, error) {
	if p.reply.Once == nil || c.Reveal == nil {
		return p, nil
	}
	r, err := c.Reveal(p.Delivery, p.reply, c.Clock.Now())
	if err != nil {
		return p, &bot.SendError{Fate: bot.Refused, Reason: bot.BadContent, Err: err}
	}
	p.reply = r
	return p, nil
}

// forget takes out of rows that have come to their end what they said only once.
func forget(ctx context.Context, tx *store.Tx, out []store.Delivery) error {
	for _, d := range out {
		if slices.Contains([]store.DeliveryState{store.Queued, store.Held, store.Sending}, d.State) {
			continue
		}
		if body, ok := bot.Forgotten(d); ok {
			if err := tx.Deliveries().Forget(ctx, d.ID, body); err != nil {
				return err
			}
		}
	}
	return nil
}
