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
	unsure       bool            // drafts were written past it

	// What has to be written.
	locked        bool
	mine          bool             // the turn is taken: nobody else can write the conversation
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

// glance reads what these units need, without taking anybody's turn: whoever writes has
// to want the conversations unchanged. told are the units whose messages are to be
// looked for.
func (tx *Tx) glance(ctx context.Context, units, told []*unit) error {
	of := make(map[string]*unit, len(units))
	people := make([]any, len(units))
	for i, u := range units {
		of[u.of.Person], people[i] = u, u.of.Person
	}
	if len(people) > 0 {
		if err := tx.readTogether(ctx, of, people); err != nil {
			return fmt.Errorf("reading what %d messages need: %w", len(units), err)
		}
	}
	if len(told) == 0 {
		return nil
	}
	if err := tx.readMessages(ctx, told); err != nil {
		return fmt.Errorf("looking for %d messages: %w", len(told), err)
	}
	return nil
}

func newUnit(t Turn) *unit {
	return &unit{of: t, conversation: Conversation{Person: t.Person}}
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
		err := r.Scan(append(append(c.columns(), &priority), d.columns()...)...)
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
	var messages [][]any
	var drafts [2][][]any // by what has changed
	var queued []Delivery
	if err := tx.writeConversations(ctx, units); err != nil {
		return err
	}
	for _, u := range units {
		for id, what := range u.changed {
			drafts[what] = append(drafts[what], draftRow(u.drafts[id]))
		}
		for _, m := range u.newMessages {
			messages = append(messages, messageRow(m))
		}
		queued = append(queued, u.newDeliveries...)
		u.changed, u.newMessages, u.newDeliveries = nil, nil, nil
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

// writeConversations writes those of units whose turn is taken, and takes the turn of
// the others, wanting that nobody has had one since they were read.
func (tx *Tx) writeConversations(ctx context.Context, units []*unit) error {
	var first, mine, theirs [][]any
	for _, u := range units {
		if !u.locked {
			continue
		}
		row := conversationRow(u.conversation)
		switch {
		case u.version == 0 && !u.begun:
			first = append(first, row)
		case u.mine:
			mine = append(mine, row)
		default:
			theirs = append(theirs, row)
		}
		u.locked, u.begun, u.mine = false, true, true
	}
	// Whoever has a first turn elsewhere at this moment must not be written over.
	if err := tx.lostRace(tx.insert(ctx, "conversations", conversationCols, first...)); err != nil {
		return err
	}
	if err := tx.upsert(ctx, "conversations", conversationCols[:1], conversationCols[1:], mine...); err != nil {
		return err
	}
	if len(theirs) == 0 {
		return nil
	}
	// In one order, or two replicas would wait for each other.
	slices.SortFunc(theirs, func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	tail := " " + tx.dialect.guarded(conversationCols[:1], conversationCols[2:])
	n, err := tx.insertRows(ctx, insertInto("conversations", conversationCols), tail, len(conversationCols), theirs)
	if err == nil && !tx.dialect.updated(n, len(theirs)) {
		err = fmt.Errorf("%w: one of %d conversations", ErrConflict, len(theirs))
	}
	return err
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
	u.conversation.Version = u.version + 1
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
