package delivery

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"zhuanban/bot"
)

// readyTime is how long a channel may take to make a parcel ready: 20 MB over a poor
// line. It is more than a lease, which is made longer when it has taken so long.
const readyTime = 20 * time.Second

// prepares says whether a parcel's channel has something to do for it before it is
// sent.
func (c *Courier) prepares(p parcel) bool {
	_, ok := c.Channels[p.Platform].(bot.Preparer)
	return ok && (p.reply.Kind == bot.ImageReply || p.reply.Kind == bot.FileReply)
}

// makeReady lets the channel prepare parcels, all of the same reply: once, for the
// first of them. What it gave is kept with the note of the try. An error means that
// nothing was sent.
func (c *Courier) makeReady(ctx context.Context, stop <-chan struct{}, ps ...parcel) ([]parcel, error) {
	if !c.prepares(ps[0]) {
		return ps, nil
	}
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	ended := make(chan struct{})
	go func() { // a stop does not wait for an upload
		defer close(ended)
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	made, err := c.make(ctx, ps[0])
	cancel()
	<-ended
	if err != nil {
		return nil, err
	}
	out := slices.Clone(ps)
	for i := range out {
		out[i].made = !bytes.Equal(out[i].Prepared, made)
		out[i].Prepared = made
	}
	return out, nil
}

// make asks the channel. Whatever goes wrong there, nothing was sent.
func (c *Courier) make(ctx context.Context, p parcel) (made []byte, err error) {
	defer func() {
		var failed *bot.SendError
		if err = bot.Unshown(err); err != nil && !errors.As(err, &failed) {
			err = &bot.SendError{Fate: bot.NotSent, Err: err}
		}
	}()
	defer c.caught(ctx, p.ID, &err)
	return c.Channels[p.Platform].(bot.Preparer).Prepare(ctx, wire(p))
}
