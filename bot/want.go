package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhuanban/store"
)

// want puts down what came with the message and is still to be fetched: in the
// message's own transaction, so that it is durable with it.
func (t *Turn) want(ctx context.Context) error {
	var rows []store.Media
	t.Message.Attachments = slices.Clone(t.Message.Attachments) // another run gives other ids
	for i := range t.Message.Attachments {
		a := &t.Message.Attachments[i]
		if a.Ref == "" || a.SHA256 != "" {
			continue
		}
		a.ID = t.Tx.NewID()
		rows = append(rows, store.Media{ID: a.ID, Platform: t.Message.Platform, Ref: a.Ref, Kind: string(a.Kind), Name: a.Name,
			MIME: a.MIME, Size: a.Size, Person: t.Person.Account, Cause: t.cause, SaidAt: t.Now, WantedAt: t.bot.wall()})
	}
	if len(rows) == 0 {
		return nil
	}
	t.wanted = true
	if err := t.Tx.Media().Want(ctx, rows...); err != nil {
		return fmt.Errorf("keeping what is to be fetched: %w", err)
	}
	return nil
}

// mute says whether the message is a voice note whose words nobody knows, and
// nothing else.
func (t *Turn) mute() bool {
	m := t.Message
	return len(m.Attachments) > 0 && m.Location == nil && strings.TrimSpace(m.Text) == "" &&
		!slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return a.Kind != Voice })
}
