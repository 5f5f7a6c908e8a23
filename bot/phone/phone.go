// Package phone is a phone in the browser: the chat app that a campaign's people
// have open, with the bot in it, to try the bot and to demonstrate it.
//
// It stands in for a whole platform. As a [bot.Channel] named "phone" its Send
// puts a parcel into the recipient's inbox; as an [http.Handler] it serves the
// page that shows the inboxes and hands in what is said. In between it does
// what a platform's server does: it keeps the message, then brings it to the
// bot, and brings it again, the same, when the page asks for that.
//
// What it promises:
//   - A parcel is shown once, however often it is sent (the delivery id decides).
//   - A message is kept once and handed in the same each time, however often the
//     page posts it (sender, chat and the page's own message id decide).
//   - A page that lost its connection misses nothing: the event stream goes on
//     behind the last entry that the page saw, from the inbox and not from memory.
//   - What another process puts into the inbox appears within about a second.
//   - A person sees only the chats that they are in; a file that the bot sent is
//     reached through its entry, so nothing else of the data folder can be.
//
// There is no login, by design: whoever opens the page may be anyone in the
// roster. That is for demonstration, so main serves it on the loopback address
// only, or where no real platform is configured. The page refuses requests of
// other sites and names that it was not told (DNS rebinding).
//
// It leaves to others what is stored (Inbox, Evidence), what is answered (Desk)
// and how time passes (Clock). The page's own wording is in web/; every sentence
// of the bot comes through Desk and Send. Wall times on the page are the
// campaign's, not the browser's.
package phone

import (
	"context"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"zhuanban/bot"
)

// Desk is what the page needs from the bot.
type Desk interface {
	// Handle takes one message; it is durable when Handle returns. The replies
	// come through Send as they do to everybody, so the page ignores these.
	Handle(ctx context.Context, m bot.Message) (bot.Answer, error)
	Roster() *bot.Roster
}

// Clock is the campaign's simulated clock.
type Clock interface {
	Now() time.Time
	// Next is the next reminder; not ok when there is none.
	Next(ctx context.Context) (at time.Time, what string, ok bool, err error)
	// AdvanceTo fires what falls due on the way, in order. The page reports as
	// sent what has arrived by the time AdvanceTo returns.
	AdvanceTo(ctx context.Context, t time.Time) error
}

// Inbox is the message history of all chats.
type Inbox interface {
	// Append adds an entry, or finds the one with the same DeliveryID: then fresh
	// is false and id is the old one.
	Append(ctx context.Context, e Entry) (id int64, fresh bool, err error)
	// History lists the newest entries of a chat with ids below before (0 = no
	// bound), at most limit of them, oldest first.
	History(ctx context.Context, chat string, before int64, limit int) ([]Entry, error)
	// After lists the entries of all chats with ids above id, oldest first.
	After(ctx context.Context, id int64, limit int) ([]Entry, error)
	// MarkRead says that the viewer has seen the chat up to and including id.
	MarkRead(ctx context.Context, viewer, chat string, id int64) error
	// Unread counts, for each chat, what others said that the viewer has not seen.
	Unread(ctx context.Context, viewer string, chats []string) (map[string]int, error)
}

// Evidence keeps the bytes of photos and files by their SHA-256.
type Evidence interface {
	Put(ctx context.Context, r io.Reader, max int64) (sha string, size int64, err error)
	Open(sha string) (*os.File, error)
}

// Options are what main supplies.
type Options struct {
	Desk     Desk
	Inbox    Inbox
	Evidence Evidence
	Clock    Clock            // nil when the clock is real: the page has no clock controls then
	Now      func() time.Time // in the campaign's zone; may be left out when Clock is given
	Data     *os.Root         // the data folder, for the images and files that the bot sends; may be nil
	Title    string           // the campaign's name
	Words    []string         // words that the bot knows, offered above the keyboard
	Here     bot.Location     // what the form for a place starts with
	Hosts    []string         // host names the page may be called by, besides localhost and bare addresses
	Log      *slog.Logger     // nil = slog.Default()

	// Tick makes the tickers of the event stream; nil = time.NewTicker.
	Tick func(every time.Duration) (tick <-chan time.Time, stop func())
}

// Phone is the channel and its page.
type Phone struct {
	o    Options
	log  *slog.Logger
	page *template.Template
	mux  http.Handler
	hub  *hub

	sent      atomic.Int64 // parcels shown since start
	advancing sync.Mutex   // one step of the clock at a time

	headMu sync.Mutex
	head   int64 // the newest entry known; only ever a starting point
}

// New makes the phone. It starts nothing: streams live as long as their requests.
func New(o Options) (*Phone, error) {
	if o.Desk == nil || o.Inbox == nil || o.Evidence == nil {
		return nil, errors.New("phone: Desk, Inbox and Evidence are required")
	}
	if o.Clock != nil {
		o.Now = o.Clock.Now
	}
	if o.Now == nil {
		return nil, errors.New("phone: Now is required where there is no Clock")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Tick == nil {
		o.Tick = newTicker
	}
	page, err := parsePage()
	if err != nil {
		return nil, err
	}
	p := &Phone{o: o, log: o.Log, page: page, hub: newHub()}
	p.mux = p.routes()
	return p, nil
}

func newTicker(every time.Duration) (<-chan time.Time, func()) {
	t := time.NewTicker(every)
	return t.C, t.Stop
}

// Close ends the event streams, so that a server can shut down; it is made for
// http.Server.RegisterOnShutdown. Pages reconnect to the next process.
func (p *Phone) Close() { p.hub.close() }

// ServeHTTP serves the page at / and what it needs below /phone/.
func (p *Phone) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }
