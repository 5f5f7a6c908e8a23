package wecom

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/batch"
	"zhuanban/bot/wecom/internal/name"
)

// mostRecipients is how many members one call may be for.
const mostRecipients = 1000

// Send hands one parcel to WeCom, a long text in several messages, one after the
// other. The receipt names the messages, joined by "|".
func (c *Channel) Send(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	if p.To.Kind == bot.ToGroup {
		return c.sendGroup(ctx, p)
	}
	if err := acceptable(p); err != nil {
		return bot.Receipt{}, err
	}
	if p.Reply.Kind == bot.CardDone {
		return c.grey(ctx, p)
	}
	out := c.deliver(ctx, []bot.Parcel{p})[0]
	return out.Receipt, out.Err
}

// SendAll sends one reply to many people. WeCom says of each whether it was taken.
// A parcel whose reply differs from the first one's, or whose recipient has one
// already, goes by itself: nobody gets what was meant for another.
//
// The first parcel by id tells the call from others (see the duplicate check), so
// a call of unknown fate is best repeated with the same parcels.
func (c *Channel) SendAll(ctx context.Context, ps []bot.Parcel) []bot.Outcome {
	return batch.Way{Most: mostRecipients,
		Of: func(p bot.Parcel) (string, bool, error) {
			err := acceptable(p)
			return strings.ToLower(p.To.Account), err == nil && p.Reply.Kind == bot.CardDone, err
		},
		Many: func(ps []bot.Parcel) []bot.Outcome { return c.deliver(ctx, ps) },
		One:  func(p bot.Parcel) (bot.Receipt, error) { return c.Send(ctx, p) },
	}.Send(ps)
}

// acceptable refuses what WeCom would not take, or would take for something else:
// "@all" is everybody.
func acceptable(p bot.Parcel) error {
	switch {
	case p.To.Kind != bot.ToPerson:
		return noGroup()
	case !name.Account(p.To.Account):
		return refuse(bot.NoSuchAccount, "the account is none that WeCom could have")
	}
	return nil
}

// deliver sends one reply to the recipients of these parcels, which are sorted by
// id, acceptable and no more than one call takes.
func (c *Channel) deliver(ctx context.Context, ps []bot.Parcel) []bot.Outcome {
	var messages []message
	ready, err := c.readied(ctx, ps)
	if err == nil {
		ps = ready
		messages, err = c.put(ps[0])
	}
	if err != nil {
		out := make([]bot.Outcome, len(ps))
		for i := range out {
			out[i].Err = err
		}
		return out
	}
	return c.dispatch(ctx, ps, messages)
}

// dispatch sends messages, one after the other, to the recipients of these parcels.
func (c *Channel) dispatch(ctx context.Context, ps []bot.Parcel, messages []message) []bot.Outcome {
	out := make([]bot.Outcome, len(ps))
	to := make([]string, len(ps))
	for i, p := range ps {
		to[i] = p.To.Account
	}
	var refs []string
	for piece := 0; piece < len(messages); piece++ {
		var r sent
		v, err := c.api(ctx, http.MethodPost, sendPath, nil, c.encode(ps[0].ID, piece, to, messages[piece]), &r)
		if err != nil && v.alone && len(ps) > 1 && piece == 0 {
			// One wrong account has made the whole call fail; nobody has anything yet.
			half := len(ps) / 2
			return append(c.dispatch(ctx, ps[:half], messages), c.dispatch(ctx, ps[half:], messages)...)
		}
		if err != nil {
			if words, ok := c.instead(ctx, ps[0], piece, messages[piece], v, err); ok {
				messages, piece = words, -1
				continue
			}
			err = c.lostUpload(ctx, ps[0], err)
			for i := range out {
				if out[i].Err == nil {
					out[i].Err = err
				}
			}
			break
		}
		if messages[piece].Card != nil {
			c.cards.Accepted()
		}
		refs = append(refs, string(r.MsgID))
		c.mark(ctx, out, to, r)
	}
	for i := range out {
		if out[i].Err == nil {
			out[i].Receipt.Ref = strings.Join(refs, "|")
		}
	}
	return out
}

// mark marks the recipients whom WeCom has left out of a call that it took.
func (c *Channel) mark(ctx context.Context, out []bot.Outcome, to []string, r sent) {
	mark := func(left leftOut, why string) {
		for i, name := range to {
			if out[i].Err == nil && left.has(name) {
				out[i].Err = c.failure(invisible(), sendPath, errors.New(why))
			}
		}
	}
	mark(r.InvalidUser, "invaliduser")
	mark(r.UnlicensedUser, "unlicenseduser")
	if len(r.InvalidParty)+len(r.InvalidTag) > 0 { // nobody asked for any
		c.o.Log.WarnContext(ctx, "WeCom names departments or tags that it left out", "parties", len(r.InvalidParty), "tags", len(r.InvalidTag))
	}
}

const sendPath = "/cgi-bin/message/send"

// sent is what message/send says of a call that it took.
type sent struct {
	MsgID          word    `json:"msgid"`
	InvalidUser    leftOut `json:"invaliduser"`
	InvalidParty   leftOut `json:"invalidparty"`
	InvalidTag     leftOut `json:"invalidtag"`
	UnlicensedUser leftOut `json:"unlicenseduser"`
}
