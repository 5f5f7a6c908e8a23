package store

import (
	"context"
	"fmt"
	"time"
)

// Conversation is what the bot remembers of a person from one message to the next.
type Conversation struct {
	Person    string
	Version   int64 // how many turns the person has had
	State     []byte
	UpdatedAt time.Time
	Waits     []Wait // of the person's messages in spools; seldom any
}

// Conversations is where turns are taken.
type Conversations struct{ tx *Tx }

// Conversations gives the conversations.
func (tx *Tx) Conversations() Conversations { return Conversations{tx} }

var conversationCols = []string{"person", "version", "state", "updated_at", "waits"}

func scanConversation(r scanner) (c Conversation, err error) {
	err = r.Scan(c.columns()...)
	return c, err
}

// columns are where its row is read into.
func (c *Conversation) columns() []any {
	return []any{&c.Person, &c.Version, doc(&c.State), at(&c.UpdatedAt), waits(&c.Waits)}
}

func conversationRow(c Conversation) []any {
	return []any{c.Person, c.Version, string(c.State), millis(c.UpdatedAt), waitsText(c.Waits)}
}

// Lock takes the person's turn: until this transaction ends, no other one, on any
// replica, gets past its own Lock of that person. Call it before anything is read:
// on MySQL a transaction sees the world as of its first SELECT, and what the turn
// before has written must be in it. That is why the row is first written to, by an
// UPDATE that waits for the lock, and only then read.
func (r Conversations) Lock(ctx context.Context, person string, now time.Time) (Conversation, error) {
	if c, ok := r.tx.unit.lock(person); ok {
		return c, nil
	}
	c, err := r.lock(ctx, person, now)
	if err != nil {
		return c, fmt.Errorf("taking the turn of %s: %w", person, err)
	}
	return c, nil
}

func (r Conversations) lock(ctx context.Context, person string, now time.Time) (Conversation, error) {
	r.tx.taken = append(r.tx.taken, person)
	const take = "UPDATE conversations SET version = version + 1, updated_at = ? WHERE person = ?"
	n, err := r.tx.exec(ctx, take, millis(now), person)
	if err != nil {
		return Conversation{}, err
	}
	if n == 0 {
		err := r.tx.insert(ctx, "conversations", conversationCols, conversationRow(Conversation{Person: person, Version: 1, UpdatedAt: now}))
		if err := r.tx.lostRace(err); err != nil {
			return Conversation{}, err
		}
	}
	return one(ctx, r.tx, scanConversation, "SELECT "+columns(conversationCols)+
		" FROM conversations WHERE person = ?", person)
}

// Save writes the state and the waits of a conversation that this transaction has locked. With
// any other it gives ErrConflict.
func (r Conversations) Save(ctx context.Context, c Conversation) error {
	if ok, err := r.tx.unit.saveConversation(c); ok {
		return err
	}
	n, err := r.tx.exec(ctx, "UPDATE conversations SET state = ?, updated_at = ?, waits = ? WHERE person = ? AND version = ?",
		string(c.State), millis(c.UpdatedAt), waitsText(c.Waits), c.Person, c.Version)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	if err != nil {
		return fmt.Errorf("saving the conversation of %s: %w", c.Person, err)
	}
	return nil
}
