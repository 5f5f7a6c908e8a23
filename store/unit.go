package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// unit is what a joined transaction holds, for one message, of the rows that every
// message reads and writes. They are read for the whole group at once, changed in
// memory, and written for the whole group at once, each row once. A statement that
// touches one of these tables by itself finds everything written before it runs
// (settleFor), so a handler cannot tell the difference.
//
// A unit belongs to one person, whose turn it is, and to one goroutine.
type unit struct {
	of           Turn
	version      int64 // of the conversation as it was read; 0 = there was none
	conversation Conversation
	drafts       map[int64]Draft // all open ones, and those begun or changed since
	before       *Message        // the message, if it was handled before
	busy         int             // the highest priority of deliveries to the person that have not ended

	// What has to be written.
	locked        bool
	begun         bool             // a conversation that was not there has been written
	changed       map[int64]change // drafts
	newMessages   []Message
	newDeliveries []Delivery
}

// change is what has changed of a draft: usually only its state, which is in no index.
type change int

const (
	stated change = iota
	moved
)

// draftSets are the columns to set, by what has changed.
var draftSets = [2][]string{stated: {"state", "updated_at"}, moved: {"topic", "state", "status", "updated_at"}}

// held are the tables of a unit.
var held = [...]string{"conversations", "drafts", "messages", "deliveries"}

// begin reads what the members need and gives each its unit. The conversations come
// first. With lock they are taken for this transaction, so that everything read after
// them is as of the members' turn; without, whoever writes has to want them unchanged.
func (tx *Tx) begin(ctx context.Context, group []*joined, lock bool) ([]*unit, error) {
	units := make([]*unit, len(group))
	of := make(map[string]*unit, len(group))
	people := make([]any, len(group))
	for i, j := range group {
		units[i] = &unit{of: j.turn, conversation: Conversation{Person: j.turn.Person}}
		of[j.turn.Person], people[i] = units[i], j.turn.Person
	}
	var err error
	if lock {
		err = tx.readLocked(ctx, of, people)
	} else {
		err = tx.readTogether(ctx, of, people)
	}
	if err == nil {
		err = tx.readMessages(ctx, units)
	}
	if err != nil {
		return nil, fmt.Errorf("reading what %d messages need: %w", len(group), err)
	}
	return units, nil
}

// busy is the highest priority of what has not ended yet for a person.
const busy = "(SELECT MAX(priority) FROM deliveries WHERE " + unfinished + " AND recipient = CONCAT('person:', c.person))"

var (
	selectTurn = "SELECT " + prefixed("c", conversationCols) + ", " + busy
	openDrafts = "drafts d ON d.person = c.person AND d.status = 'open'"
	// selectTogether gives a row for each open draft, and one for who has none.
	selectTogether = selectTurn + ", " + prefixed("d", draftCols) + " FROM conversations c LEFT JOIN " + openDrafts + " WHERE c.person IN "
)

// readTogether reads conversations and drafts in one statement.
func (tx *Tx) readTogether(ctx context.Context, of map[string]*unit, people []any) error {
	return tx.query(ctx, func(r scanner) error {
		var c Conversation
		var priority sql.NullInt64
		var d optionalDraft
		err := r.Scan(append([]any{&c.Person, &c.Version, doc(&c.State), at(&c.UpdatedAt), &priority}, d.columns()...)...)
		if err != nil {
			return err
		}
		u := of[c.Person]
		u.conversation, u.version, u.busy = c, c.Version, int(priority.Int64)
		if d.id.Valid {
			u.holdDraft(d.draft())
		}
		return nil
	}, selectTogether+list(len(people)), people...)
}

// readLocked reads them one after the other: only the conversations are to be locked.
func (tx *Tx) readLocked(ctx context.Context, of map[string]*unit, people []any) error {
	err := tx.query(ctx, func(r scanner) error {
		var c Conversation
		var priority sql.NullInt64
		if err := r.Scan(&c.Person, &c.Version, doc(&c.State), at(&c.UpdatedAt), &priority); err != nil {
			return err
		}
		u := of[c.Person]
		u.conversation, u.version, u.busy = c, c.Version, int(priority.Int64)
		return nil
	}, selectTurn+" FROM conversations c WHERE c.person IN "+list(len(people))+tx.dialect.forUpdate(), people...)
	if err != nil {
		return err
	}
	return tx.query(ctx, func(r scanner) error {
		d, err := scanDraft(r)
		if err == nil {
			of[d.Person].holdDraft(d)
		}
		return err
	}, "SELECT "+columns(draftCols)+" FROM drafts WHERE status = 'open' AND person IN "+list(len(people)), people...)
}

// readMessages finds which of the messages were handled before.
func (tx *Tx) readMessages(ctx context.Context, units []*unit) error {
	const one = "platform = ? AND sender = ? AND msg_id = ?"
	keys := make([]any, 0, 3*len(units))
	for _, u := range units {
		keys = append(keys, u.of.Platform, u.of.Sender, u.of.MsgID)
	}
	return tx.query(ctx, func(r scanner) error {
		m, err := scanMessage(r)
		for _, u := range units {
			if u.of.named(m) {
				u.before = &m
			}
		}
		return err
	}, "SELECT "+columns(messageCols)+" FROM messages WHERE "+one+strings.Repeat(" OR "+one, len(units)-1), keys...)
}

// list is (?, ?, …).
func list(n int) string { return "(?" + strings.Repeat(", ?", n-1) + ")" }

// prefixed is a SELECT list of a table's columns.
func prefixed(table string, cols []string) string {
	return table + "." + strings.Join(cols, ", "+table+".")
}

// optionalDraft is a draft that may not be there.
type optionalDraft struct {
	id                                sql.NullInt64
	person, form, hash, topic, status sql.NullString
	state                             []byte
	created, updated                  time.Time
}

func (o *optionalDraft) columns() []any {
	return []any{&o.id, &o.person, &o.form, &o.hash, &o.topic, doc(&o.state), &o.status, at(&o.created), at(&o.updated)}
}

func (o *optionalDraft) draft() Draft {
	return Draft{ID: o.id.Int64, Person: o.person.String, Form: o.form.String, FormHash: o.hash.String, Topic: o.topic.String,
		State: o.state, Status: DraftStatus(o.status.String), CreatedAt: o.created, UpdatedAt: o.updated}
}

// named says whether a message is this turn's.
func (t Turn) named(m Message) bool {
	return m.MsgID == t.MsgID && m.Sender == t.Sender && m.Platform == t.Platform
}

func (u *unit) holdDraft(d Draft) {
	if u.drafts == nil {
		u.drafts = map[int64]Draft{}
	}
	u.drafts[d.ID] = d
}

// write writes what these units hold back.
func (tx *Tx) write(ctx context.Context, units []*unit) error {
	var conversations, first, messages [][]any
	var drafts [2][][]any // by what has changed
	var queued []Delivery
	for _, u := range units {
		if u.locked {
			c := u.conversation
			row := []any{c.Person, c.Version, string(c.State), millis(c.UpdatedAt)}
			if u.version == 0 && !u.begun {
				u.begun, first = true, append(first, row)
			} else {
				conversations = append(conversations, row)
			}
		}
		for id, what := range u.changed {
			drafts[what] = append(drafts[what], draftRow(u.drafts[id]))
		}
		for _, m := range u.newMessages {
			messages = append(messages, messageRow(m))
		}
		queued = append(queued, u.newDeliveries...)
		u.locked, u.changed, u.newMessages, u.newDeliveries = false, nil, nil, nil
	}
	// Whoever has a first turn elsewhere at this moment must not be written over.
	if err := tx.lostRace(tx.insert(ctx, "conversations", conversationCols, first...)); err != nil {
		return err
	}
	if err := tx.upsert(ctx, "conversations", conversationCols[:1], conversationCols[1:], conversations...); err != nil {
		return err
	}
	for what, rows := range drafts {
		if err := tx.insertWith(ctx, insertInto("drafts", draftCols), " "+tx.dialect.upsert(draftCols[:1], draftSets[what]), len(draftCols), rows); err != nil {
			return err
		}
	}
	if err := tx.insert(ctx, "messages", messageCols, messages...); err != nil {
		return err
	}
	if len(queued) == 0 {
		return nil
	}
	return tx.Deliveries().insert(ctx, queued)
}

// fresh is a copy of a unit in which nothing has happened yet.
func (u *unit) fresh() *unit {
	c := *u
	c.drafts = maps.Clone(u.drafts)
	return &c
}

// dirty says whether anything is held back.
func (u *unit) dirty() bool {
	return u.locked || len(u.changed) > 0 || len(u.newMessages) > 0 || len(u.newDeliveries) > 0
}

// lock takes the person's turn; ok is false for other people, of whom the unit
// knows nothing.
func (u *unit) lock(person string) (c Conversation, ok bool) {
	if u == nil || u.of.Person != person {
		return c, false
	}
	u.conversation.Version++
	u.locked = true
	return u.conversation, true
}

// saveConversation keeps what the turn has come to.
func (u *unit) saveConversation(c Conversation) (ok bool, err error) {
	if u == nil || u.of.Person != c.Person {
		return false, nil
	}
	if u.conversation.Version != c.Version {
		return true, ErrConflict
	}
	u.conversation, u.locked = c, true
	return true, nil
}

func (u *unit) draft(id int64) (d Draft, ok bool) {
	if u == nil {
		return d, false
	}
	d, ok = u.drafts[id]
	return d, ok
}

// keepDraft holds a draft of the person's that is new, or is held already.
func (u *unit) keepDraft(d Draft, fresh bool) (ok bool) {
	if u == nil || u.of.Person != d.Person {
		return false
	}
	before, there := u.drafts[d.ID]
	if there == fresh {
		return false
	}
	u.holdDraft(d)
	if u.changed == nil {
		u.changed = map[int64]change{}
	}
	if fresh || before.Topic != d.Topic || before.Status != d.Status {
		u.changed[d.ID] = moved
	} else {
		u.changed[d.ID] = max(u.changed[d.ID], stated)
	}
	return true
}

// open lists the person's open drafts, newest first.
func (u *unit) open(person string) (out []Draft, ok bool) {
	if u == nil || u.of.Person != person {
		return nil, false
	}
	for _, d := range u.drafts {
		if d.Status == DraftOpen {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Draft) int { return int(max(-1, min(1, b.ID-a.ID))) })
	return out, true
}

// find looks for a message; ok is false for any but the turn's own.
func (u *unit) find(of Turn) (m *Message, ok bool) {
	if u == nil || of.MsgID != u.of.MsgID || of.Sender != u.of.Sender || of.Platform != u.of.Platform {
		return nil, false
	}
	return u.before, true
}

// keepMessage holds the turn's own message, once.
func (u *unit) keepMessage(m Message) (ok bool) {
	if u == nil || !u.of.named(m) || u.before != nil {
		return false // the database will say what it thinks of it
	}
	u.before = &m
	u.newMessages = append(u.newMessages, m)
	return true
}

// queue holds deliveries, to whomever.
func (u *unit) queue(ds []Delivery) {
	for _, d := range ds {
		if d.ToKind == "person" && d.ToAccount == u.of.Person {
			u.busy = max(u.busy, d.Priority)
		}
	}
	u.newDeliveries = append(u.newDeliveries, ds...)
}
