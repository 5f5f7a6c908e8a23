package phone

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// NewInbox keeps the entries in the store. It is also how another process says
// something into a chat: every page open on the same database shows it.
func NewInbox(s *store.Store) Inbox { return inbox{store: s} }

// NewSealedInbox is one that keeps what people type sealed, and what the bot says only
// once, so that the database shows neither. now is the campaign's time.
func NewSealedInbox(s *store.Store, seal bot.Sealer, now func() time.Time) Inbox {
	return inbox{s, seal, now}
}

// inbox turns entries into the store's phone messages and back.
type inbox struct {
	store *store.Store
	seal  bot.Sealer // nil = nothing is sealed
	now   func() time.Time
}

// botAuthor is the bot among the store's authors; accounts of the roster are
// letters, digits and dots of a unit and a role.
const botAuthor = "bot"

// Append is a transaction of its own, as is each of the following.
func (b inbox) Append(ctx context.Context, e Entry) (id int64, fresh bool, err error) {
	sealed, err := b.sealed(e)
	if err != nil {
		return 0, false, err
	}
	body, err := json.Marshal(sealed)
	if err != nil {
		return 0, false, fmt.Errorf("encode an entry of %s: %w", e.Chat, err)
	}
	m := store.PhoneMessage{Chat: e.Chat, Author: e.Author, Body: body, At: e.At, DeliveryID: e.DeliveryID}
	if m.Author == "" {
		m.Author = botAuthor
	}
	err = b.store.Update(ctx, func(tx *store.Tx) error {
		id, fresh, err = tx.Phone().Append(ctx, m)
		return err
	})
	return id, fresh, err
}

// History reads one chat.
func (b inbox) History(ctx context.Context, chat string, before int64, limit int) ([]Entry, error) {
	return b.read(ctx, func(p store.Phone) ([]store.PhoneMessage, error) { return p.History(ctx, chat, before, limit) })
}

// After reads all chats.
func (b inbox) After(ctx context.Context, id int64, limit int) ([]Entry, error) {
	return b.read(ctx, func(p store.Phone) ([]store.PhoneMessage, error) { return p.After(ctx, id, limit) })
}

func (b inbox) read(ctx context.Context, query func(store.Phone) ([]store.PhoneMessage, error)) ([]Entry, error) {
	var found []store.PhoneMessage
	err := b.store.View(ctx, func(tx *store.Tx) (err error) {
		found, err = query(tx.Phone())
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]Entry, len(found))
	for i, m := range found {
		out[i] = Entry{ID: m.ID, Chat: m.Chat, Author: m.Author, At: m.At, DeliveryID: m.DeliveryID}
		if m.Author == botAuthor {
			out[i].Author = ""
		}
		if err := json.Unmarshal(m.Body, &out[i].Body); err != nil {
			return nil, fmt.Errorf("decode entry %d of %s: %w", m.ID, m.Chat, err)
		}
		b.open(&out[i])
	}
	return out, nil
}

// MarkRead moves the viewer's mark forward, never back.
func (b inbox) MarkRead(ctx context.Context, viewer, chat string, id int64) error {
	return b.store.Update(ctx, func(tx *store.Tx) error { return tx.Phone().MarkRead(ctx, viewer, chat, id) })
}

// Unread leaves out the chats where nothing waits.
func (b inbox) Unread(ctx context.Context, viewer string, chats []string) (out map[string]int, err error) {
	err = b.store.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Phone().Unread(ctx, viewer, chats)
		return err
	})
	return out, err
}
