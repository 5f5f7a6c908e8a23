package bot

import (
	"encoding/json"
	"fmt"
	"time"

	"zhuanban/store"
	"zhuanban/templates"
)

// Turn is one message being handled: who said what, when, the transaction that
// all of it happens in, and what the bot says because of it. Nothing a handler
// does through a turn has happened before the transaction commits.
type Turn struct {
	Message Message
	Person  Person
	Now     time.Time
	Tx      *store.Tx

	bot     *Bot
	roster  *Roster // in force when the turn began
	conv    *Conversation
	cause   string
	replies []Reply
	queue   []said
	err     error  // the first failure to say something
	draft   int64  // the draft that was shown
	carried bool   // the answer goes out with the acknowledgement
	wanted  bool   // something is to be fetched
	waits   bool   // an older message of the person is to be handled before, elsewhere
	carded  bool   // a card was said: passing cards of earlier turns are over
	hushed  bool   // the words of the message are to be forgotten
	why     string // files leave, for the audit
	// understood says that the running form takes the message, and that only who is
	// Certain of it can have it.
	understood bool
}

// Understood says, to a Claim, that the running form understands the message, so that
// any claim less than Certain is in vain: what is costly to find out can be left.
func (t *Turn) Understood() bool { return t.understood }

// Roster is who and what the campaign consists of.
func (t *Turn) Roster() *Roster { return t.roster }

// Unit is the speaker's unit.
func (t *Turn) Unit() Unit {
	u, _ := t.roster.Unit(t.Person.Unit)
	return u
}

// Say answers the speaker with a template. The numbers on its card hold until the
// next card.
func (t *Turn) Say(template string, data any) { t.say(template, true, template, data) }

// SayAbout answers the speaker with a template about an open item ("draft:42"): the
// numbers on its card belong to that item until it is closed or a later card
// about it takes them over.
func (t *Turn) SayAbout(item, template string, data any) { t.say(item, false, template, data) }

func (t *Turn) say(item string, passing bool, template string, data any) {
	page, err := t.bot.templates.Render(template, data)
	if err != nil {
		t.fail(err)
		return
	}
	r := asReply(page)
	if len(r.Buttons) > 0 {
		if !t.carded {
			t.conv.TurnOver()
			t.carded = true
		}
		r = numbered(r, t.conv.Number(item, passing, r.Buttons, t.Now))
	}
	t.Show(r)
}

// Show answers the speaker with a finished reply: an image or a file.
func (t *Turn) Show(r Reply) {
	t.replies = append(t.replies, r)
	t.send(Recipient{ToPerson, t.Person.Account}, t.Message.Platform, r)
}

// said is something on its way into the outbox. Of an answer the final reply is
// here; it is put into bytes only when it is known that it has to go that way.
type said struct {
	store.Delivery
	reply *Reply
}

// send queues a reply whose words are final.
func (t *Turn) send(to Recipient, platform string, r Reply) {
	t.queue = append(t.queue, said{store.Delivery{
		ToKind: string(to.Kind), ToAccount: to.Account, Platform: platform, Priority: PriorityAnswer,
		Cause: t.cause, CreatedAt: t.Now,
	}, &r})
}

// deliveries are the rows of all that was said.
func (t *Turn) deliveries() ([]store.Delivery, error) {
	rows := make([]store.Delivery, len(t.queue))
	for i, s := range t.queue {
		rows[i] = s.Delivery
		if s.reply == nil {
			continue
		}
		var err error
		if rows[i].Body, err = json.Marshal(s.reply); err != nil {
			return nil, fmt.Errorf("encoding a reply: %w", err)
		}
	}
	return rows, nil
}

// Notify queues a notice to somebody else.
func (t *Turn) Notify(n Notice) {
	d, err := t.bot.notice(n, t.cause, t.Now)
	if err != nil {
		t.fail(err)
		return
	}
	t.queue = append(t.queue, said{Delivery: d})
}

// Close frees the numbers that were printed on cards about an item.
func (t *Turn) Close(item string) { t.conv.Close(item) }

func (t *Turn) fail(err error) {
	if t.err == nil {
		t.err = err
	}
}

// Render fills a template without saying it, for a line within another.
func (t *Turn) Render(template string, data any) (templates.Page, error) {
	return t.bot.templates.Render(template, data)
}
