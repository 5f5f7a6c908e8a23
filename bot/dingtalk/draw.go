package dingtalk

import (
	"context"
	"strconv"
	"strings"

	"zhuanban/bot"
)

// A bot's card as an interactive one. Its template is made in DingTalk's card platform
// with these variables, all texts: title, body, label1 to label6 and tap1 to tap6 of the
// buttons, done. A button with an empty label is hidden; where done is not empty, all
// buttons are, and it stands in their place. A button's callback has the parameter tap
// with the tap of its number. What does not fit is said in words, with the numbers to
// reply, which works in any case.
const mostButtons = 6

// The variables of the template.
const (
	varTitle = "title"
	varBody  = "body"
	varLabel = "label" // and 1 to 6
	varTap   = "tap"   // and 1 to 6
	varDone  = "done"
)

// draws says whether cards are drawn.
func (c *Channel) draws() bool {
	return c.o.CardTemplate != "" && c.o.Cards != CardNever && !c.o.Features.Cards.Off() && (c.o.Mode != HTTP || c.o.CardRoute != "")
}

// drawn says whether a parcel goes as a card, as long as DingTalk takes it.
func (c *Channel) drawn(p bot.Parcel) bool {
	return c.draws() && p.Reply.Kind == bot.CardReply && p.To.Kind == bot.ToPerson && len(p.Reply.Buttons) > 0 &&
		(!p.Asked || c.o.Cards == CardAlways) && fits(p.Reply)
}

// fits says whether nothing of a card would be cut off.
func fits(r bot.Reply) bool {
	return len(r.Buttons) <= mostButtons && variablesOf(r).check() == nil
}

// variablesOf are a card's. All buttons are named, so that a template shows none of
// another card.
func variablesOf(r bot.Reply) variables {
	v := variables{varTitle: r.Title, varBody: breaks(r.Body), varDone: ""}
	for i := range mostButtons {
		var b bot.Button
		if i < len(r.Buttons) {
			b = r.Buttons[i]
		}
		n := strconv.Itoa(i + 1)
		v[varLabel+n], v[varTap+n] = b.Label, b.Tap
	}
	return v
}

// breaks keeps lines apart where they are shown as Markdown: by two blanks.
func breaks(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), "\n", "  \n") }

// deal sends one reply to persons as a card; the outcomes are theirs, in order.
func (c *Channel) deal(ctx context.Context, ps []bot.Parcel) []bot.Outcome {
	users := make([]string, len(ps))
	for i, p := range ps {
		user, err := c.userOf(p.To)
		if users[i] = user; err != nil {
			return []bot.Outcome{{Err: err}} // of one alone: many have been looked at
		}
	}
	r := ps[0].Reply
	shown := r.Title
	if shown == "" {
		shown, _, _ = strings.Cut(strings.TrimSpace(r.Body), "\n")
	}
	out := c.dealTo(ctx, users, c.o.CardTemplate, trackOf(ps[0].ID, len(ps) > 1), shown, variablesOf(r))
	for i, o := range out {
		if o.Err == nil || !fallsBack(o.Err) {
			continue
		}
		if !ps[i].Doubt.IsZero() && duplicate(o.Err) { // the try before has brought it there
			out[i] = bot.Outcome{Receipt: bot.Receipt{Ref: cardRef(trackOf(ps[0].ID, len(ps) > 1))}}
			continue
		}
		c.o.Log.Log(ctx, levelOf(c.o.Features.Cards), "a card goes as text", "delivery", ps[i].ID, "err", o.Err)
	}
	return out
}

// fallsBack says whether a card that failed may go as text at once: DingTalk has refused
// it, or never made it, for a reason that does not hold for a text too.
func fallsBack(err error) bool {
	if err == nil || turnedAway(err) {
		return false
	}
	switch v := verdictOf(err); {
	case v.spent, v.wide, v.refresh:
		return false
	case v.reason == bot.NoSuchAccount:
		return false
	case v.shuts:
		return true // a throttle, or a permission: of this call alone
	}
	return fateOf(err) == bot.Refused
}

// duplicate says whether DingTalk has refused a card because there is one of its name.
func duplicate(err error) bool {
	code := strings.ToLower(CodeOf(err))
	return strings.Contains(code, "duplicat") || strings.Contains(code, "exist") && !strings.Contains(code, "not")
}

// grey lets the card that somebody tapped show what was chosen. It is only for the eye:
// it is tried once, whatever comes of it, so that no answer waits for it and nobody is
// told.
func (c *Channel) grey(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	if p.Reply.Ref == "" || strings.TrimSpace(p.Reply.Text) == "" {
		return bot.Receipt{}, nil
	}
	user, err := c.userOf(p.To)
	if err == nil {
		err = c.alter(ctx, p.Reply.Ref, user, variables{varDone: p.Reply.Text})
	}
	if err != nil {
		c.o.Log.Log(ctx, levelOf(c.o.Features.Cards), "a tapped card is not changed", "delivery", p.ID, "err", err)
	}
	return bot.Receipt{}, nil
}
