package wecom

import (
	"sync/atomic"
	"time"
)

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
	return c.o.Cards != CardNever && !c.o.Features.Cards.Off() && c.cards.taken(at)
}

// cards is whether WeCom takes cards here. It does until it has said that it does not,
// or has refused several one after the other without a better word.
type cards struct {
	since atomic.Int64 // when it turned out that it does not, in Unix nanoseconds; 0 = it does
	odd   atomic.Int32 // refused since one was taken
}

// mostOdd is how many in a row are no accident any more.
const mostOdd = 3

// taken says whether cards went out as such at a time, which may be before it turned
// out; zero = now.
func (c *cards) taken(at time.Time) bool {
	since := c.since.Load()
	return since == 0 || !at.IsZero() && at.UnixNano() < since
}

// accepted notes that one was taken.
func (c *cards) accepted() { c.odd.Store(0) }

// refused notes that one was not, with a code that says why or one that may mean
// anything. news is true if from now on none will be sent.
func (c *cards) refused(code int64, now time.Time) (news bool) {
	if !unknownCard(code) && (!oddCard(code) || c.odd.Add(1) < mostOdd) {
		return false
	}
	return c.since.CompareAndSwap(0, now.UnixNano())
}

// updates says whether a card that was tapped is changed.
func (c *Channel) updates() bool { return c.draws() && !c.o.Features.UpdateCard.Off() }

// carriesCards says whether an answer with buttons goes out as text with the
// acknowledgement.
func (c *Channel) carriesCards() bool { return c.o.Cards != CardAlways || !c.draws() }
