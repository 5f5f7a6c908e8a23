package wecom

import "time"

// CardUse says what leaves as a card with buttons.
type CardUse string

// The uses of cards.
const (
	// CardNotices: whatever leaves through the API. What somebody has just typed is
	// still answered in the acknowledgement, at once, as text with numbers. "" is the
	// same.
	CardNotices CardUse = "notices"
	CardAlways  CardUse = "always" // answers with buttons, too
	CardNever   CardUse = "never"  // nothing
)

// Allowed lists the uses, for the configuration's errors.
func (CardUse) Allowed() []string {
	return []string{string(CardNotices), string(CardAlways), string(CardNever)}
}

// draws says whether cards are drawn now.
func (c *Channel) draws() bool { return c.drew(time.Time{}) }

// drew says whether they were at a time; zero = now.
func (c *Channel) drew(at time.Time) bool {
	return c.o.Cards != CardNever && !c.o.Features.Cards.Off() && c.cards.At(at)
}

// updates says whether a card that was tapped is changed.
func (c *Channel) updates() bool { return c.draws() && !c.o.Features.UpdateCard.Off() }

// carriesCards says whether an answer with buttons goes out as text with the
// acknowledgement.
func (c *Channel) carriesCards() bool { return c.o.Cards != CardAlways || !c.draws() }
