package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// unit is what a joined transaction holds of the rows that every message reads and
// writes. They are read for all messages of the group at once, changed in memory,
// and written at once when the group has run, each row once. A statement that
// touches one of these tables by itself finds everything written before it runs, so
// nobody can tell the difference.
type unit struct {
	conversations map[string]*heldConversation
	drafts        map[int64]*heldDraft
	people        map[string]bool // whose open drafts are all here
	messages      map[messageKey]Message
	asked         map[messageKey]bool // what is not in messages was never handled
	waiting       map[string]bool     // recipients with unfinished deliveries

	newMessages   []Message
	newDeliveries []Delivery
	dirty         bool
}

type messageKey struct{ platform, sender, id string }

type heldConversation struct {
	row   Conversation
	dirty bool
}

type heldDraft struct {
	row   Draft
	dirty bool
}

// held are the tables of a unit.
var held = [...]string{"conversations", "drafts", "messages", "deliveries"}

// begin reads what the group needs. The conversations come first and are locked, so
// that everything read after them is as of the group's turn.
func (tx *Tx) begin(ctx context.Context, group []*joined) error {
	u := &unit{conversations: make(map[string]*heldConversation, len(group)), drafts: map[int64]*heldDraft{},
		people: make(map[string]bool, len(group)), messages: map[messageKey]Message{},
		asked: make(map[messageKey]bool, len(group)), waiting: map[string]bool{}}
	people := make([]any, 0, len(group))
	for _, j := range group {
		if !u.people[j.turn.Person] {
			u.people[j.turn.Person] = true
			people = append(people, j.turn.Person)
		}
		u.asked[messageKey{j.turn.Platform, j.turn.Sender, j.turn.MsgID}] = true
	}
	if err := u.read(ctx, tx, people); err != nil {
		return fmt.Errorf("reading what %d messages need: %w", len(group), err)
	}
	tx.unit = u
	return nil
}

func (u *unit) read(ctx context.Context, tx *Tx, people []any) error {
	list := "(?" + strings.Repeat(", ?", len(people)-1) + ")"
	err := tx.query(ctx, func(r scanner) error {
		c, err := scanConversation(r)
		u.conversations[c.Person] = &heldConversation{row: c}
		return err
	}, "SELECT "+columns(conversationCols)+" FROM conversations WHERE person IN "+list+tx.dialect.forUpdate(), people...)
	if err != nil {
		return err
	}
	for person := range u.people {
		if u.conversations[person] == nil {
			u.conversations[person] = &heldConversation{row: Conversation{Person: person}}
		}
	}
	err = tx.query(ctx, func(r scanner) error {
		d, err := scanDraft(r)
		u.drafts[d.ID] = &heldDraft{row: d}
		return err
	}, "SELECT "+columns(draftCols)+" FROM drafts WHERE status = 'open' AND person IN "+list, people...)
	if err != nil {
		return err
	}
	if err := u.readMessages(ctx, tx); err != nil {
		return err
	}
	recipients := make([]any, len(people))
	for i, p := range people {
		recipients[i] = Delivery{ToKind: "person", ToAccount: p.(string)}.recipient()
	}
	return tx.query(ctx, func(r scanner) error {
		name, err := scanText(r)
		u.waiting[name] = true
		return err
	}, "SELECT recipient FROM deliveries WHERE "+unfinished+" AND recipient IN "+list, recipients...)
}

func (u *unit) readMessages(ctx context.Context, tx *Tx) error {
	var cond []string
	var args []any
	for k := range u.asked {
		cond, args = append(cond, "(platform = ? AND sender = ? AND msg_id = ?)"), append(args, k.platform, k.sender, k.id)
	}
	return tx.query(ctx, func(r scanner) error {
		m, err := scanMessage(r)
		u.messages[messageKey{m.Platform, m.Sender, m.MsgID}] = m
		return err
	}, "SELECT "+columns(messageCols)+" FROM messages WHERE "+strings.Join(cond, " OR "), args...)
}

// settleFor writes what is held back, if a statement touches a table of which there
// is any.
func (tx *Tx) settleFor(ctx context.Context, query string) error {
	if tx.unit == nil || !tx.unit.dirty {
		return nil
	}
	for _, table := range held {
		if strings.Contains(query, table) {
			return tx.settle(ctx)
		}
	}
	return nil
}

// settle writes everything that is held back.
func (tx *Tx) settle(ctx context.Context) error {
	u := tx.unit
	if u == nil || !u.dirty {
		return nil
	}
	u.dirty = false
	if err := errors.Join(u.writeConversations(ctx, tx), u.writeDrafts(ctx, tx), u.writeMessages(ctx, tx)); err != nil {
		return err
	}
	if len(u.newDeliveries) == 0 {
		return nil
	}
	queued := u.newDeliveries
	u.newDeliveries = nil
	return tx.Deliveries().insert(ctx, queued)
}

func (u *unit) writeConversations(ctx context.Context, tx *Tx) error {
	var rows [][]any
	for _, c := range u.conversations {
		if c.dirty {
			c.dirty = false
			rows = append(rows, []any{c.row.Person, c.row.Version, string(c.row.State), millis(c.row.UpdatedAt)})
		}
	}
	return tx.upsert(ctx, "conversations", conversationCols[:1], conversationCols[1:], rows...)
}

func (u *unit) writeDrafts(ctx context.Context, tx *Tx) error {
	var rows [][]any
	for _, d := range u.drafts {
		if d.dirty {
			d.dirty = false
			rows = append(rows, draftRow(d.row))
		}
	}
	return tx.upsert(ctx, "drafts", draftCols[:1], draftCols[1:], rows...)
}

func (u *unit) writeMessages(ctx context.Context, tx *Tx) error {
	rows := make([][]any, len(u.newMessages))
	for i, m := range u.newMessages {
		rows[i] = messageRow(m)
	}
	u.newMessages = nil
	return tx.insert(ctx, "messages", messageCols, rows...)
}

// lock takes a person's turn in the unit; ok is false for people whom it does not
// hold.
func (u *unit) lock(person string) (Conversation, bool) {
	if u == nil || u.conversations[person] == nil {
		return Conversation{}, false
	}
	c := u.conversations[person]
	c.row.Version++
	c.dirty, u.dirty = true, true
	return c.row, true
}

func (u *unit) saveConversation(c Conversation) (err error, ok bool) {
	if u == nil || u.conversations[c.Person] == nil {
		return nil, false
	}
	h := u.conversations[c.Person]
	if h.row.Version != c.Version {
		return ErrConflict, true
	}
	h.row, h.dirty, u.dirty = c, true, true
	return nil, true
}

func (u *unit) draft(id int64) (Draft, bool) {
	if u == nil || u.drafts[id] == nil {
		return Draft{}, false
	}
	return u.drafts[id].row, true
}

// keepDraft holds a draft that is new, or is held already.
func (u *unit) keepDraft(d Draft, fresh bool) bool {
	if u == nil || u.drafts[d.ID] == nil && !fresh {
		return false
	}
	u.drafts[d.ID] = &heldDraft{row: d, dirty: true}
	u.dirty = true
	return true
}

// open lists a person's open drafts, newest first.
func (u *unit) open(person string) (out []Draft, ok bool) {
	if u == nil || !u.people[person] {
		return nil, false
	}
	for _, d := range u.drafts {
		if d.row.Person == person && d.row.Status == DraftOpen {
			out = append(out, d.row)
		}
	}
	slices.SortFunc(out, func(a, b Draft) int { return int(max(-1, min(1, b.ID-a.ID))) })
	return out, true
}

// keepMessage holds a message that has just been handled.
func (u *unit) keepMessage(m Message) bool {
	key := messageKey{m.Platform, m.Sender, m.MsgID}
	if _, there := u.known(key); u == nil || there || !u.asked[key] {
		return false // the database will say what it thinks of it
	}
	u.messages[key], u.dirty = m, true
	u.newMessages = append(u.newMessages, m)
	return true
}

func (u *unit) known(key messageKey) (m Message, ok bool) {
	if u == nil {
		return m, false
	}
	m, ok = u.messages[key]
	return m, ok
}
