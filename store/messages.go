package store

import (
	"context"
	"fmt"
	"time"
)

// Message is one message that was handled: the proof that it was, and what was
// answered, for the day the platform hands it in again.
type Message struct {
	ID         int64
	Platform   string
	Sender     string // the sender's account on that platform
	MsgID      string // the platform's id; the three together name the message
	Person     string
	Chat       string
	ReceivedAt time.Time
	Answer     []byte // the replies, as the bot encodes them
	Carried    bool   // the answer went out with the acknowledgement, and was not queued
}

// Messages is the register of handled messages.
type Messages struct{ tx *Tx }

// Messages gives the register of handled messages.
func (tx *Tx) Messages() Messages { return Messages{tx} }

var messageCols = []string{"id", "platform", "sender", "msg_id", "person", "chat", "received_at", "answer", "carried"}

func scanMessage(r scanner) (m Message, err error) {
	err = r.Scan(&m.ID, &m.Platform, &m.Sender, &m.MsgID, &m.Person, &m.Chat, at(&m.ReceivedAt), doc(&m.Answer), &m.Carried)
	return m, err
}

func messageRow(m Message) []any {
	return []any{m.ID, m.Platform, m.Sender, m.MsgID, m.Person, m.Chat, millis(m.ReceivedAt), m.Answer, bit(m.Carried)}
}

// Find looks a message up by the platform's name for it, or gives ErrNotFound.
func (r Messages) Find(ctx context.Context, platform, sender, msgID string) (Message, error) {
	if m, ok := r.tx.unit.find(Turn{Platform: platform, Sender: sender, MsgID: msgID}); ok {
		if m == nil {
			return Message{}, fmt.Errorf("finding message %s of %s: %w", msgID, platform, ErrNotFound)
		}
		return *m, nil
	}
	m, err := one(ctx, r.tx, scanMessage, "SELECT "+columns(messageCols)+
		" FROM messages WHERE platform = ? AND sender = ? AND msg_id = ?", platform, sender, msgID)
	if err != nil {
		return m, fmt.Errorf("finding message %s of %s: %w", msgID, platform, err)
	}
	return m, nil
}

// Insert keeps a message. One that is there already gives ErrDuplicate.
func (r Messages) Insert(ctx context.Context, m Message) error {
	m.ID = r.tx.id(m.ID)
	if r.tx.unit.keepMessage(m) {
		return nil
	}
	err := r.tx.insert(ctx, "messages", messageCols, messageRow(m))
	if err != nil {
		return fmt.Errorf("keeping message %s of %s: %w", m.MsgID, m.Platform, err)
	}
	return nil
}

// NotCarried notes that a message's answer has been queued after all.
func (r Messages) NotCarried(ctx context.Context, id int64) error {
	if _, err := r.tx.exec(ctx, "UPDATE messages SET carried = 0 WHERE id = ?", id); err != nil {
		return fmt.Errorf("noting that an answer was queued: %w", err)
	}
	return nil
}

// Prune removes the oldest messages received before a time, at most limit of them,
// and says how many. No platform hands a message in again after some days.
func (r Messages) Prune(ctx context.Context, before time.Time, limit int) (int, error) {
	n, err := r.tx.exec(ctx, `DELETE FROM messages WHERE id IN (SELECT id FROM (
		SELECT id FROM messages WHERE received_at < ? ORDER BY received_at LIMIT ?) oldest)`, millis(before), limit)
	if err != nil {
		return 0, fmt.Errorf("pruning messages: %w", err)
	}
	return int(n), nil
}
