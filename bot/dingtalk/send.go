package dingtalk

import (
	"context"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/batch"
	"zhuanban/bot/internal/uploads"
)

var (
	_ bot.BatchSender = (*Channel)(nil)
	_ bot.Particular  = (*Channel)(nil)
	_ bot.Measurer    = (*Channel)(nil)
	_ bot.Metered     = (*Channel)(nil)
)

// Traits says that DingTalk takes texts, images and files, twenty persons in one call,
// and does not know a parcel that it has. It draws buttons where a card template is
// configured.
func (c *Channel) Traits() bot.Traits {
	return bot.Traits{Buttons: c.draws(), Updates: c.draws(), Files: true, MaxTextSize: longestText,
		Limits: Name + "/" + string(c.o.Edition), Batch: mostPersons}
}

// TraitsTo are the traits towards a person or a group. A group with nothing but a custom
// robot takes no files.
func (c *Channel) TraitsTo(r bot.Recipient) bot.Traits {
	t := c.Traits()
	if r.Kind != bot.ToGroup {
		return t
	}
	t.Buttons, t.Updates, t.Batch = false, false, 0
	if g, ok := c.groups.named(r.Account); ok && g.Conversation == "" {
		t.Files, t.Limits = false, Name+"/group"
	}
	return t
}

// Pieces is in how many messages a reply arrives.
func (c *Channel) Pieces(p bot.Parcel) int {
	switch p.Reply.Kind {
	case bot.CardDone:
		return 0
	case bot.ImageReply, bot.FileReply:
		return 1
	}
	if len(p.Reply.Text) <= longestText || c.drawn(p) {
		return 1
	}
	return max(1, len(inPieces(p.Reply.Text)))
}

// Calls is how many counted calls a parcel takes: none where it answers at a live webhook
// or leaves through a group's custom robot. A card that only changes is no reason to wait
// for another month.
func (c *Channel) Calls(ctx context.Context, p bot.Parcel) int {
	if p.Reply.Kind == bot.CardDone {
		return 0
	}
	if _, ok := c.asked(ctx, p); ok {
		return 0
	}
	if g, ok := c.groups.named(p.To.Account); ok && p.To.Kind == bot.ToGroup && !uploads.Wanted(p.Reply) && c.shouts(p, g) {
		return 0
	}
	return c.Pieces(p)
}

// Month is how many calls were counted in this month, as far as is known, and when the
// next one begins.
func (c *Channel) Month(ctx context.Context) (used int, m bot.Month) {
	used, next := c.out.budget.used(ctx)
	name, _ := monthOf(c.o.Wall())
	return used, bot.Month{Name: name, End: next}
}

// Send hands one parcel to DingTalk, a long text in several messages, one after the
// other. The receipt names the messages, joined by "|"; it is empty for what leaves
// through a webhook.
func (c *Channel) Send(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	switch {
	case p.Reply.Kind == bot.CardDone:
		return c.grey(ctx, p)
	case uploads.Wanted(p.Reply):
		return c.sendUpload(ctx, p)
	case p.Reply.Kind != bot.TextReply && p.Reply.Kind != bot.CardReply:
		return bot.Receipt{}, refuse(bot.BadContent, "a reply of kind "+string(p.Reply.Kind))
	case c.drawn(p):
		o := c.deal(ctx, []bot.Parcel{p})[0]
		if spare := p.Asked && o.Err != nil && fateOf(o.Err) != bot.Unknown; !spare && !fallsBack(o.Err) { // an answer has another way
			return o.Receipt, o.Err
		}
	}
	words, err := c.wordsOf(p.To, p.Reply)
	if err != nil {
		return bot.Receipt{}, err
	}
	pieces := inPieces(words)
	if len(pieces) == 0 {
		return bot.Receipt{}, refuse(bot.BadContent, "an empty text")
	}
	ways, err := c.ways(ctx, p)
	if err != nil {
		return bot.Receipt{}, err
	}
	return c.descend(ctx, p, pieces, ways)
}

// SendAll sends one reply to many people, twenty in a call. DingTalk says of each whether
// it was taken. A parcel whose reply differs from the first one's, or whose recipient has
// one already, goes by itself: nobody gets what was meant for another.
func (c *Channel) SendAll(ctx context.Context, ps []bot.Parcel) []bot.Outcome {
	return batch.Way{Most: mostPersons,
		Of: func(p bot.Parcel) (string, bool, error) {
			user, err := c.userOf(p.To)
			return user, p.To.Kind != bot.ToPerson || p.Asked || p.Reply.Kind == bot.CardDone || len(c.out.said.Of(p)) > 0, err
		},
		Many: func(ps []bot.Parcel) []bot.Outcome { return c.toMany(ctx, ps) },
		One:  func(p bot.Parcel) (bot.Receipt, error) { return c.Send(ctx, p) },
	}.Send(ps)
}

// toMany sends one reply to no more persons than one call takes, all of whom have a
// userId: as a card where it can be one, to whom that does not reach as words.
func (c *Channel) toMany(ctx context.Context, ps []bot.Parcel) []bot.Outcome {
	if c.drawn(ps[0]) {
		out := c.deal(ctx, ps)
		var left []bot.Parcel
		var at []int
		for i, o := range out {
			if fallsBack(o.Err) {
				left, at = append(left, ps[i]), append(at, i)
			}
		}
		for k, o := range c.wordsToMany(ctx, left) {
			out[at[k]] = o
		}
		return out
	}
	return c.wordsToMany(ctx, ps)
}

// wordsToMany is toMany for texts, images and files.
func (c *Channel) wordsToMany(ctx context.Context, ps []bot.Parcel) []bot.Outcome {
	if len(ps) == 0 {
		return nil
	}
	messages, err := c.messages(ctx, ps[0])
	out := make([]bot.Outcome, len(ps))
	refs := make([][]string, len(ps))
	for i := range out {
		out[i].Err = err
	}
	for _, m := range messages {
		var users []string
		var at []int
		for i, o := range out {
			if o.Err == nil {
				user, _ := c.userOf(ps[i].To)
				users, at = append(users, user), append(at, i)
			}
		}
		if len(users) == 0 {
			break
		}
		for k, o := range c.toPersons(ctx, users, m) {
			i := at[k]
			if out[i].Err = c.lostUpload(ctx, ps[i], o.Err); o.Err == nil {
				refs[i] = append(refs[i], o.Receipt.Ref)
			}
		}
	}
	for i := range out {
		if out[i].Err != nil {
			out[i].Err = c.stopped(ps[i], refs[i], out[i].Err)
			continue
		}
		out[i].Receipt.Ref = strings.Join(refs[i], "|")
	}
	return out
}

// messages are what a reply says by the OpenAPI.
func (c *Channel) messages(ctx context.Context, p bot.Parcel) ([]Content, error) {
	if uploads.Wanted(p.Reply) {
		m, err := c.uploadedMessage(ctx, p)
		return []Content{m}, err
	}
	var out []Content
	for _, piece := range inPieces(p.Reply.Text) {
		out = append(out, Text(piece))
	}
	if len(out) == 0 {
		return nil, refuse(bot.BadContent, "an empty text")
	}
	return out, nil
}
