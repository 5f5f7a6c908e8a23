package phone

import (
	"context"
	"encoding/json"
	"fmt"

	"zhuanban/store"
)

// Forgetter is an inbox that can forget what somebody said.
type Forgetter interface {
	// Forget takes the words out of an entry: that something was said stays.
	Forget(ctx context.Context, e Entry) error
}

// sealPurpose is what entries are sealed for.
const sealPurpose = "phone"

func (e Entry) place() string { return fmt.Sprintf("%s %d", e.Chat, e.DeliveryID) }

// sealed is an entry's body as it is kept.
func (b inbox) sealed(e Entry) (Body, error) {
	body := e.Body
	if b.seal == nil {
		return body, nil
	}
	words := body.Text
	body.Text = ""
	if r := body.Reply; r != nil && r.Once != nil && r.Once.After != "" {
		kept, once := *r, *r.Once
		words, kept.Text, once.After = r.Text, once.After, ""
		kept.Once, body.Reply = &once, &kept
	}
	if words == "" {
		return body, nil
	}
	var err error
	if body.Sealed, err = b.seal.Seal(sealPurpose, e.place(), []byte(words)); err != nil {
		return body, fmt.Errorf("seal an entry of %s: %w", e.Chat, err)
	}
	return body, nil
}

// open puts an entry's words back. What was said only once has none when its time is
// past; what was sealed with a key that is not here shows that it was said.
func (b inbox) open(e *Entry) {
	sealed := e.Body.Sealed
	e.Body.Sealed = nil
	if sealed == nil {
		return
	}
	r := e.Body.Reply
	if r != nil && (r.Once == nil || b.now == nil || b.now().After(r.Once.Until)) {
		return
	}
	var words []byte
	if b.seal != nil {
		words, _ = b.seal.Open(sealPurpose, e.place(), sealed)
	}
	switch {
	case r == nil:
		e.Body.Text, e.Body.Hushed = string(words), words == nil
	case words != nil:
		r.Once.After, r.Text = r.Text, string(words)
	}
}

// Forget writes the entry anew without its words.
func (b inbox) Forget(ctx context.Context, e Entry) error {
	e.Body.Text, e.Body.Sealed, e.Body.Hushed = "", nil, true
	body, err := json.Marshal(e.Body)
	if err != nil {
		return fmt.Errorf("encode an entry of %s: %w", e.Chat, err)
	}
	return b.store.Update(ctx, func(tx *store.Tx) error { return tx.Phone().Rewrite(ctx, e.ID, body) })
}

// hush forgets an entry's words, once the bot says that they are sealed. If that fails
// they stay as they were kept, sealed.
func (p *Phone) hush(ctx context.Context, e Entry) {
	f, ok := p.o.Inbox.(Forgetter)
	if !ok {
		return
	}
	if err := f.Forget(ctx, e); err != nil {
		p.log.ErrorContext(ctx, "an entry was not forgotten", "entry", e.ID, "err", err)
	}
	p.hub.wake()
}
