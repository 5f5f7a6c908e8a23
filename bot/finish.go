package bot

import (
	"context"
	"encoding/json"
	"fmt"

	"zhuanban/store"
)

// carry takes the answer out of the queue, if it is one plain text that the
// acknowledgement can carry and no other answer is on its way to the speaker, which it
// would overtake.
func (t *Turn) carry(ctx context.Context) error {
	if t.Message.Carry == 0 || t.Message.Group != "" || len(t.replies) != 1 || t.replies[0].Once != nil {
		return nil
	}
	r := t.replies[0]
	plain := r.Kind == TextReply || r.Kind == CardReply && t.Message.CarryCards
	if !plain || len(r.Text) > t.Message.Carry {
		return nil
	}
	waiting, err := t.Tx.Deliveries().Waiting(ctx, string(ToPerson), t.Person.Account, PriorityAnswer)
	if err != nil || waiting {
		return err
	}
	var others []said
	for _, d := range t.queue {
		if d.ToKind != string(ToPerson) || d.ToAccount != t.Person.Account {
			others = append(others, d)
		}
	}
	if len(t.queue)-len(others) == 1 { // otherwise there is a notice to the speaker too
		t.queue, t.carried = others, true
		t.replies[0] = Reply{Kind: TextReply, Text: r.Text} // that is what is heard, and kept
	}
	return nil
}

// finish writes what the turn has come to: the conversation, the answer under the
// message's id, and everything said.
func (b *Bot) finish(ctx context.Context, t *Turn, row store.Conversation) error {
	if err := t.carry(ctx); err != nil {
		return fmt.Errorf("carrying the answer: %w", err)
	}
	answer, err := json.Marshal(lasting(t.replies))
	if err != nil {
		return fmt.Errorf("encoding the answer: %w", err)
	}
	chat := "p:" + t.Person.Account
	if t.Message.Group != "" {
		chat = "g:" + t.Message.Group
	}
	err = t.Tx.Messages().Insert(ctx, store.Message{
		ID: t.Tx.NewID(), Platform: t.Message.Platform, Sender: t.Message.Sender, MsgID: t.Message.ID,
		Person: t.Person.Account, Chat: chat, ReceivedAt: t.Now, Answer: answer, Carried: t.carried})
	if err != nil {
		return fmt.Errorf("keeping the message: %w", err)
	}
	if row.State, err = b.recentTalks.encode(t.Person.Account, *t.conv); err != nil {
		return fmt.Errorf("encoding the conversation: %w", err)
	}
	row.UpdatedAt = t.Now
	if err := t.Tx.Conversations().Save(ctx, row); err != nil {
		return fmt.Errorf("keeping the conversation: %w", err)
	}
	if err := t.sent(ctx); err != nil {
		return err
	}
	rows, err := t.deliveries()
	if err != nil {
		return err
	}
	return b.enqueue(ctx, t.Tx, rows)
}
