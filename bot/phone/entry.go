package phone

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"

	"zhuanban/bot"
)

// Entry is one line of a chat: something a person or the bot said.
type Entry struct {
	ID     int64
	Chat   string // "p:ACCOUNT", that person's chat with the bot, or "g:GROUP"
	Author string // an account; "" is the bot
	At     time.Time
	Body   Body
	// DeliveryID makes an entry unique: the parcel's id for what the bot said, a
	// negative number made of the sender's message id for what people said.
	DeliveryID int64
}

// Body is what an entry says: Reply where the bot speaks, the rest where a
// person does.
type Body struct {
	Reply *bot.Reply `json:"reply,omitempty"`

	MessageID   string           `json:"message_id,omitempty"` // made by the page, so that it knows its own
	Text        string           `json:"text,omitempty"`
	Tap         string           `json:"tap,omitempty"`
	Label       string           `json:"label,omitempty"`   // of the button tapped
	Mention     bool             `json:"mention,omitempty"` // in a group: said to the bot
	Attachments []bot.Attachment `json:"attachments,omitempty"`
	Location    *bot.Location    `json:"location,omitempty"`
	Sealed      []byte           `json:"sealed,omitempty"` // the words, as they are kept; see sealed.go
	Hushed      bool             `json:"hushed,omitempty"` // something was said whose words are not kept
}

const (
	privatePrefix = "p:"
	groupPrefix   = "g:"
)

// PrivateChat is the key of a person's chat with the bot.
func PrivateChat(account string) string { return privatePrefix + account }

// GroupChat is the key of a group's chat.
func GroupChat(name string) string { return groupPrefix + name }

// chatsOf lists the chats a person is in: the private one first.
func chatsOf(r *bot.Roster, account string) []string {
	out := []string{PrivateChat(account)}
	for _, g := range r.Groups {
		if g.In(account) {
			out = append(out, GroupChat(g.Name))
		}
	}
	return out
}

// membersOf lists the accounts that see a chat.
func membersOf(r *bot.Roster, chat string) []string {
	if account, ok := strings.CutPrefix(chat, privatePrefix); ok {
		return []string{account}
	}
	g, ok := r.Group(strings.TrimPrefix(chat, groupPrefix))
	if !ok {
		return nil
	}
	var out []string
	for _, p := range r.People {
		if g.In(p.Account) {
			out = append(out, p.Account)
		}
	}
	return out
}

// saidKey turns a person's message id into a DeliveryID. It is negative, so that
// it never meets a parcel's, and depends on nothing but its arguments, so that
// the same message finds its entry again in any process.
func saidKey(account, chat, id string) int64 {
	sum := sha256.Sum256([]byte(account + "\x00" + chat + "\x00" + id))
	return -int64(binary.BigEndian.Uint64(sum[:8])&(math.MaxInt64>>1)) - 1
}

// message is what the bot is handed for an entry. It is made from the entry as
// kept, so that the second time is the same as the first.
func (e Entry) message() bot.Message {
	group, _ := strings.CutPrefix(e.Chat, groupPrefix)
	if strings.HasPrefix(e.Chat, privatePrefix) {
		group = ""
	}
	return bot.Message{
		Platform: Name, ID: e.Body.MessageID, Sender: e.Author, Group: group, At: e.At,
		Text: e.Body.Text, Tap: e.Body.Tap, Attachments: e.Body.Attachments, Location: e.Body.Location,
	}
}

// forBot says whether the bot hears an entry: all of a private chat; of a group
// what mentions the bot or taps its button, as on the platforms.
func (e Entry) forBot() bool {
	return strings.HasPrefix(e.Chat, privatePrefix) || e.Body.Mention || e.Body.Tap != ""
}

// entry finds one entry by id.
func (p *Phone) entry(ctx context.Context, id int64) (Entry, bool, error) {
	found, err := p.o.Inbox.After(ctx, id-1, 1)
	if err != nil {
		return Entry{}, false, fmt.Errorf("read entry %d: %w", id, err)
	}
	if len(found) == 0 || found[0].ID != id {
		return Entry{}, false, nil
	}
	return found[0], true, nil
}

// newest is the id of the newest entry. The first call walks the whole history;
// later ones only what is new.
func (p *Phone) newest(ctx context.Context) (int64, error) {
	const page = 500
	p.headMu.Lock()
	defer p.headMu.Unlock()
	for {
		found, err := p.o.Inbox.After(ctx, p.head, page)
		if err != nil {
			return 0, fmt.Errorf("find the newest entry: %w", err)
		}
		if len(found) > 0 {
			p.head = found[len(found)-1].ID
		}
		if len(found) < page {
			return p.head, nil
		}
	}
}
