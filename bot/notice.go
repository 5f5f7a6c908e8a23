package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhuanban/store"
	"zhuanban/templates"
)

// The priorities of delivery: answers before reminders before broadcasts.
const (
	PriorityAnswer    = 30
	PriorityUrgent    = 25 // a notice that cannot wait for the morning
	PriorityNotice    = 20
	PriorityReminder  = 15
	PriorityBroadcast = 10
)

// Notice is something said to a person or group that did not ask for it.
type Notice struct {
	To       Recipient
	Template string
	Data     any
	// Item is what the numbers on the card belong to; "" = the template.
	Item string
	// Replaces begins the names of older items whose numbers this one's card takes
	// over ("weekly:"); "" = none.
	Replaces string
	// Wanted names a question that is asked just before sending
	// ("weekly.unfiled:fengcheng:20240119"); "" = always wanted.
	Wanted   string
	Priority int       // 0 = PriorityNotice
	Urgent   bool      // is not held for quiet hours, the day's cap or a digest; at least PriorityUrgent
	Expires  time.Time // of no use after that; zero = never
	Mention  []string  // accounts to call by name, in a group
}

// draftNotice is a notice between queueing and sending: its words are final, its
// numbers are not, because they must not collide with those of cards that reach
// the person first.
type draftNotice struct {
	Reply    Reply  `json:"reply"`
	Item     string `json:"item"`
	Replaces string `json:"replaces,omitempty"`
}

// notice renders a notice into an outbox row.
func (b *Bot) notice(n Notice, cause string, now time.Time) (store.Delivery, error) {
	r, err := b.Word(n)
	if err != nil {
		return store.Delivery{}, err
	}
	item := n.Item
	if item == "" {
		item = n.Template
	}
	args, err := json.Marshal(draftNotice{Reply: r, Item: item, Replaces: n.Replaces})
	if err != nil {
		return store.Delivery{}, fmt.Errorf("encoding the notice %s: %w", n.Template, err)
	}
	priority := n.Priority
	if priority == 0 {
		priority = PriorityNotice
	}
	if n.Urgent {
		priority = max(priority, PriorityUrgent)
	}
	return store.Delivery{
		ToKind: string(n.To.Kind), ToAccount: n.To.Account, Platform: b.platformOf(n.To), Priority: priority,
		Template: n.Template, Args: args, Wanted: n.Wanted, Cause: cause, CreatedAt: now, ExpiresAt: n.Expires,
	}, nil
}

// Homes knows on which platform each person is met. It is for more platforms than one.
type Homes interface {
	// Home is where an account hears what it did not ask for.
	Home(account string) string
	// Heard notes, in the caller's transaction, that a person has written from a platform.
	Heard(ctx context.Context, tx *store.Tx, account, platform string, now time.Time) error
}

// platformOf is where somebody hears what they did not ask for.
func (b *Bot) platformOf(to Recipient) string {
	if p, ok := b.groups[to.Account]; ok && to.Kind == ToGroup {
		return p
	}
	if to.Kind == ToPerson {
		return b.Home(to.Account)
	}
	return b.platform
}

// Home is the platform on which an account hears what it did not ask for.
func (b *Bot) Home(account string) string {
	if b.homes == nil {
		return b.platform
	}
	return b.homes.Home(account)
}

// Queue queues notices in a transaction of the caller's: what the schedule says.
// cause tells later what they came of.
func (b *Bot) Queue(ctx context.Context, tx *store.Tx, cause string, now time.Time, notices ...Notice) error {
	rows := make([]store.Delivery, 0, len(notices))
	for _, n := range notices {
		d, err := b.notice(n, cause, now)
		if err != nil {
			return err
		}
		rows = append(rows, d)
	}
	return b.enqueue(ctx, tx, rows)
}

func (b *Bot) enqueue(ctx context.Context, tx *store.Tx, rows []store.Delivery) error {
	if len(rows) == 0 {
		return nil
	}
	due := b.wall()
	for i := range rows {
		rows[i].DueAt = due
	}
	if err := tx.Deliveries().Queue(ctx, rows...); err != nil {
		return fmt.Errorf("queueing what was said: %w", err)
	}
	return nil
}

// Freeze makes the final reply of a queued delivery: it gives the numbers on a
// person's card their meaning in that person's conversation. The caller's
// transaction keeps both.
func (b *Bot) Freeze(ctx context.Context, tx *store.Tx, d store.Delivery, now time.Time) (Reply, error) {
	r, err := Words(d)
	if err != nil || len(d.Body) > 0 {
		return r, err
	}
	var n draftNotice
	if err := json.Unmarshal(d.Args, &n); err != nil {
		return r, fmt.Errorf("reading delivery %d: %w", d.ID, err)
	}
	if len(r.Buttons) == 0 || d.ToKind != string(ToPerson) {
		return r, nil
	}
	row, err := tx.Conversations().Lock(ctx, d.ToAccount, now)
	if err != nil {
		return r, fmt.Errorf("numbering delivery %d: %w", d.ID, err)
	}
	conv, err := b.conversation(row)
	if err != nil {
		return r, err
	}
	if n.Replaces != "" {
		conv.CloseAll(n.Replaces)
	}
	r = numbered(r, conv.Number(n.Item, false, r.Buttons, now))
	if row.State, err = b.recentTalks.encode(row.Person, *conv); err != nil {
		return r, fmt.Errorf("encoding the conversation: %w", err)
	}
	row.UpdatedAt = now
	return r, tx.Conversations().Save(ctx, row)
}

// Wanted asks a delivery's handler whether it is still wanted.
func (b *Bot) Wanted(ctx context.Context, tx *store.Tx, question string) (bool, error) {
	name, arg, _ := strings.Cut(question, ":")
	handler, word, _ := strings.Cut(name, ".")
	for _, h := range b.handlers {
		if h.Name != handler {
			continue
		}
		if ask, ok := h.Wanted[word]; ok {
			return ask(ctx, tx, arg)
		}
	}
	return false, fmt.Errorf("nobody answers whether %q is still wanted", name)
}

// asReply turns a rendered page into a reply without numbers.
func asReply(p templates.Page) Reply {
	if p.Title == "" && len(p.Buttons) == 0 {
		return Reply{Kind: TextReply, Text: p.Body}
	}
	r := Reply{Kind: CardReply, Title: p.Title, Body: p.Body}
	for _, b := range p.Buttons {
		r.Buttons = append(r.Buttons, Button{Label: b.Label, Tap: b.Tap})
	}
	r.Text = plainCard(r)
	return r
}

// numbered puts the numbers on a card.
func numbered(r Reply, buttons []Button) Reply {
	r.Buttons = buttons
	r.Text = plainCard(r)
	return r
}

// plainCard is a card as plain text: 「回复 1 提交 2 修改」 stands for its buttons.
func plainCard(r Reply) string {
	var b strings.Builder
	if r.Title != "" {
		b.WriteString("【" + r.Title + "】\n")
	}
	b.WriteString(r.Body)
	for i, btn := range r.Buttons {
		switch {
		case btn.Code == 0:
			continue
		case i == 0:
			b.WriteString("\n\n回复 ")
		default:
			b.WriteString("  ")
		}
		b.WriteString(strconv.Itoa(btn.Code) + " " + btn.Label)
	}
	return b.String()
}

// Words are the words of a delivery, sent or not.
func Words(d store.Delivery) (Reply, error) {
	if len(d.Body) > 0 {
		var r Reply
		if err := json.Unmarshal(d.Body, &r); err != nil {
			return r, fmt.Errorf("reading delivery %d: %w", d.ID, err)
		}
		return r, nil
	}
	var n draftNotice
	if err := json.Unmarshal(d.Args, &n); err != nil {
		return n.Reply, fmt.Errorf("reading delivery %d: %w", d.ID, err)
	}
	return n.Reply, nil
}

// Word renders a notice without queueing it.
func (b *Bot) Word(n Notice) (Reply, error) {
	page, err := b.templates.Render(n.Template, n.Data)
	if err != nil {
		return Reply{}, err
	}
	r := asReply(page)
	r.Mention = n.Mention
	return r, nil
}
