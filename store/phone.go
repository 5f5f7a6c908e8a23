package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// PhoneMessage is one line in a chat of the phone page, kept as a platform's server
// would keep it.
type PhoneMessage struct {
	ID         int64  // rises in the order of commits, over all chats; small enough for a browser
	Chat       string // "p:ACCOUNT" private with the bot, "g:GROUP"
	Author     string // an account, or "bot"
	Body       []byte // JSON
	At         time.Time
	DeliveryID int64 // the delivery that brought it; 0 = said by a person
}

// Phone is the phone page's chats.
type Phone struct{ tx *Tx }

// Phone gives the phone page's chats.
func (tx *Tx) Phone() Phone { return Phone{tx} }

const selectPhone = "SELECT id, chat, author, body, said_at, delivery_id FROM phone_messages"

func scanPhone(r scanner) (m PhoneMessage, err error) {
	var delivery sql.NullInt64
	err = r.Scan(&m.ID, &m.Chat, &m.Author, doc(&m.Body), at(&m.At), &delivery)
	m.DeliveryID = delivery.Int64
	return m, err
}

// Append adds a line and gives its id. One that its delivery has brought already is
// ignored: fresh is false and id that of the line that is there. Ids are counted
// within the transaction, so that a reader who asks for what is after an id never
// misses a line that was written at the same time.
func (r Phone) Append(ctx context.Context, m PhoneMessage) (id int64, fresh bool, err error) {
	if id, fresh, err = r.add(ctx, m); err != nil {
		return 0, false, fmt.Errorf("adding to the chat %s: %w", m.Chat, err)
	}
	return id, fresh, nil
}

func (r Phone) add(ctx context.Context, m PhoneMessage) (int64, bool, error) {
	// The counter first: it makes appends take turns, so what is read next is final.
	id, err := r.tx.Counters().Next(ctx, "phone")
	if err != nil {
		return 0, false, err
	}
	delivery := sql.NullInt64{Int64: m.DeliveryID, Valid: m.DeliveryID != 0}
	added, err := r.tx.insertOnce(ctx, "phone_messages",
		[]string{"id", "chat", "author", "body", "said_at", "delivery_id"},
		id, m.Chat, m.Author, string(m.Body), millis(m.At), delivery)
	if err != nil || added {
		return id, added, err
	}
	there, err := all(ctx, r.tx, scanPhone, selectPhone+" WHERE delivery_id = ?", m.DeliveryID)
	if err == nil && len(there) == 0 { // written after this transaction's snapshot
		err = r.tx.again()
	}
	if err != nil {
		return 0, false, err
	}
	return there[0].ID, false, nil
}

// Rewrite puts another body in the place of a line's own.
func (r Phone) Rewrite(ctx context.Context, id int64, body []byte) error {
	n, err := r.tx.exec(ctx, "UPDATE phone_messages SET body = ? WHERE id = ?", string(body), id)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("rewriting line %d: %w", id, err)
	}
	return nil
}

// History is the last limit lines of a chat before an id (0 = the newest), the oldest
// first.
func (r Phone) History(ctx context.Context, chat string, beforeID int64, limit int) ([]PhoneMessage, error) {
	query, args := selectPhone+" WHERE chat = ?", []any{chat}
	if beforeID != 0 {
		query, args = query+" AND id < ?", append(args, beforeID)
	}
	out, err := all(ctx, r.tx, scanPhone, query+" ORDER BY id DESC LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("reading the chat %s: %w", chat, err)
	}
	slices.Reverse(out)
	return out, nil
}

// After is the first limit lines of all chats after an id, in order.
func (r Phone) After(ctx context.Context, id int64, limit int) ([]PhoneMessage, error) {
	out, err := all(ctx, r.tx, scanPhone, selectPhone+" WHERE id > ? ORDER BY id LIMIT ?", id, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the chats after %d: %w", id, err)
	}
	return out, nil
}

// MarkRead notes that a viewer has read a chat up to a line. It never goes back.
func (r Phone) MarkRead(ctx context.Context, viewer, chat string, id int64) error {
	n, err := r.tx.exec(ctx, "UPDATE phone_reads SET last_id = CASE WHEN last_id < ? THEN ? ELSE last_id END"+
		" WHERE viewer = ? AND chat = ?", id, id, viewer, chat)
	if err == nil && n == 0 {
		err = r.tx.lostRace(r.tx.insert(ctx, "phone_reads", []string{"viewer", "chat", "last_id"}, []any{viewer, chat, id}))
	}
	if err != nil {
		return fmt.Errorf("marking the chat %s read: %w", chat, err)
	}
	return nil
}

// Unread is how many lines by others a viewer has not read in each of these chats; a
// chat without any is not in the map.
func (r Phone) Unread(ctx context.Context, viewer string, chats []string) (map[string]int, error) {
	out := map[string]int{}
	if len(chats) == 0 {
		return out, nil
	}
	query, args, err := in("SELECT m.chat, COUNT(*) FROM phone_messages m"+
		" LEFT JOIN phone_reads r ON r.viewer = ? AND r.chat = m.chat"+
		" WHERE m.chat IN (?) AND m.author <> ? AND m.id > COALESCE(r.last_id, 0) GROUP BY m.chat", viewer, chats, viewer)
	if err != nil {
		return nil, fmt.Errorf("counting unread lines: %w", err)
	}
	counts, err := r.tx.sums(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("counting what %s has not read: %w", viewer, err)
	}
	for chat, n := range counts {
		out[chat] = int(n)
	}
	return out, nil
}
