package bot

import (
	"slices"
	"time"

	"zhuanban/store"
)

// changeFor is how long a tapped card may still be changed: later its owner has read
// the answer, and a change would only puzzle.
const changeFor = 10 * time.Minute

// label is what stands on a button, as far as the cards that are open know it.
func (c *Conversation) label(tap string) string {
	for _, o := range c.Open {
		if i := slices.IndexFunc(o.Codes, func(b Button) bool { return b.Tap == tap }); i >= 0 {
			return o.Codes[i].Label
		}
	}
	return ""
}

// done lets the card that was tapped show what was chosen, behind everything else
// that the turn says. label is of the button; "" if its card is closed.
func (t *Turn) done(label string) {
	if t.Message.Card == "" || t.Message.Tap == "" {
		return
	}
	page, err := t.bot.templates.Render("bot.card_done", label)
	if err != nil {
		t.fail(err)
		return
	}
	r := Reply{Kind: CardDone, Text: page.Body, Ref: t.Message.Card}
	t.queue = append(t.queue, said{store.Delivery{ToKind: string(ToPerson), ToAccount: t.Person.Account, Platform: t.Message.Platform,
		Priority: PriorityAnswer, Cause: t.cause, CreatedAt: t.Now, ExpiresAt: t.Now.Add(changeFor)}, &r})
}
