// Package bottest is the whole engine in a test: a bot with the given handlers and
// jobs, records in a real database, a clock that stands still until it is moved,
// and a channel that records what it is handed and fails when it is told to.
//
//	w := bottest.New(t, bottest.WithHandlers(duty), bottest.WithPeople(ann, ben))
//	w.Say("ann", "记事 买纸")
//	w.Expect("ann", "请核对")
//	w.Restart() // everything from the database again
//	w.Tap("ann", "提交")
//
// It knows no handler of the desk: it is below them. The desk's own conversations
// are tested from package main, with the configuration that ships.
package bottest

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/delivery"
	"zhuanban/bot/schedule"
	"zhuanban/seal"
	"zhuanban/store"
	"zhuanban/store/storetest"
	"zhuanban/templates"
)

// Friday is when a world begins: a reminder day of the campaign, at nine.
var Friday = time.Date(2024, 1, 19, 9, 0, 0, 0, calendar.Shanghai)

// World is a bot with everything around it.
type World struct {
	Store   *store.Store
	Bot     *bot.Bot
	Courier *delivery.Courier
	Runner  *schedule.Runner
	Channel *Channel   // the platform; it outlives a Restart, as platforms do
	Clock   *Clock     // of the campaign
	Wall    *Clock     // of the machine: leases and retries
	Seal    *seal.Ring // of a key that everybody knows

	t        *testing.T
	o        options
	replies  map[string][]bot.Reply // to each person's last message
	mu       sync.Mutex
	messages int
}

type options struct {
	handlers func() []bot.Handler
	jobs     []schedule.Job
	roster   *bot.Roster
	url      string
	owner    string
	wall     func() time.Time
	channel  *Channel
	homes    bot.Homes
}

// Option changes how a world is made.
type Option func(*options)

// WithHandlers gives the bot its duties. They are made anew at every Restart, so
// that nothing can hide in them.
func WithHandlers(make func() []bot.Handler) Option { return func(o *options) { o.handlers = make } }

// WithJobs gives the schedule its jobs.
func WithJobs(jobs ...schedule.Job) Option { return func(o *options) { o.jobs = jobs } }

// WithRoster replaces the people: filers ann and ben, office cleo, and the group 群.
func WithRoster(r *bot.Roster) Option { return func(o *options) { o.roster = r } }

// At puts the records into the database with that address: storetest.MariaDBURL,
// or one that another world uses, as replicas do.
func At(url string) Option { return func(o *options) { o.url = url } }

// Owner names the process of this world in its leases.
func Owner(name string) Option { return func(o *options) { o.owner = name } }

// WithWall makes the machine's time another clock than World.Wall: time.Now, in a
// test whose time is synthetic.
func WithWall(now func() time.Time) Option { return func(o *options) { o.wall = now } }

// On makes the world's platform the same as another world's, as for replicas.
func On(c *Channel) Option { return func(o *options) { o.channel = c } }

// WithHomes says where people are met, where there are more platforms than the world's.
func WithHomes(h bot.Homes) Option { return func(o *options) { o.homes = h } }

// people is who is there unless WithRoster says otherwise.
func people() *bot.Roster {
	return bot.NewRoster([]bot.Person{
		{Account: "ann", Name: "填报员·甲", Unit: "a", Role: bot.Filer},
		{Account: "ben", Name: "填报员·乙", Unit: "b", Role: bot.Filer},
		{Account: "cleo", Name: "专项办职员", Unit: "office", Role: bot.Clerk},
	}, []bot.Unit{
		{ID: "a", Name: "甲所", Kind: bot.Station}, {ID: "b", Name: "乙所", Kind: bot.Station}, {ID: "office", Name: "专项办", Kind: bot.Office},
	}, []bot.Group{{Name: "群"}})
}

// New makes a world that ends with the test. Its database is a fresh SQLite file
// unless At says otherwise.
func New(t *testing.T, opts ...Option) *World {
	t.Helper()
	w := &World{t: t, replies: map[string][]bot.Reply{}, Clock: NewClock(Friday), Wall: NewClock(Friday), Channel: NewChannel("test")}
	w.o = options{roster: people(), owner: "one", handlers: func() []bot.Handler { return nil }}
	var err error
	w.Seal, err = seal.New(make([]byte, seal.MasterSize))
	require.NoError(t, err)
	for _, o := range opts {
		o(&w.o)
	}
	if w.o.channel != nil {
		w.Channel = w.o.channel
	}
	if w.o.wall == nil {
		w.o.wall = w.Wall.Now
	}
	if w.o.url == "" {
		w.o.url = storetest.SQLiteURL(t)
	}
	w.open()
	require.NoError(t, w.Runner.Start(t.Context(), w.Clock.Now()))
	return w
}

// open builds everything from the database.
func (w *World) open() {
	words, err := templates.Load()
	require.NoError(w.t, err)
	w.Store = storetest.Open(w.t, w.o.url)
	log := slog.New(slog.DiscardHandler)
	w.Courier = &delivery.Courier{Store: w.Store, Clock: w.Clock, Wall: w.o.wall, Owner: w.o.owner, Log: log,
		Chance: func() float64 { return 0.5 }, Channels: map[string]bot.Channel{w.Channel.Name(): w.Channel}}
	w.Bot, err = bot.New(bot.Options{Store: w.Store, Roster: w.o.roster, Templates: words, Handlers: w.o.handlers(),
		Clock: w.Clock, Wall: w.o.wall, Wake: w.Courier.Wake, Platform: w.Channel.Name(), Homes: w.o.homes, Seal: w.Seal, Log: log})
	require.NoError(w.t, err)
	w.Courier.Writer, w.Courier.Reveal = w.Bot, w.Bot.RevealRow
	w.Runner = &schedule.Runner{Store: w.Store, Jobs: w.o.jobs, Queue: w.Bot.Queue, Wake: w.Courier.Wake}
}

// Restart closes the database and builds everything from it again, with the given
// changes (a new version of a duty).
func (w *World) Restart(changes ...Option) {
	w.t.Helper()
	require.NoError(w.t, w.Store.Close())
	for _, o := range changes {
		o(&w.o)
	}
	w.open()
}

// URL is the address of the world's database, for another world At it.
func (w *World) URL() string { return w.o.url }

// Message makes a message with an id of its own.
func (w *World) Message(as, text string) bot.Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.messages++
	return bot.Message{Platform: w.Channel.Name(), ID: fmt.Sprint("m", w.messages), Sender: as, Text: text, At: w.Clock.Now()}
}

// Handle hands a message to the bot, as a channel does, and delivers nothing.
func (w *World) Handle(m bot.Message) ([]bot.Reply, error) {
	answer, err := w.Bot.Handle(w.t.Context(), m)
	if err == nil {
		w.mu.Lock()
		w.replies[m.Sender] = answer.Replies
		w.mu.Unlock()
	}
	return answer.Replies, err
}

// Send hands a message to the bot, which must take it, and delivers what came of it.
func (w *World) Send(m bot.Message) []bot.Reply {
	w.t.Helper()
	replies, err := w.Handle(m)
	require.NoError(w.t, err)
	w.Flush()
	return replies
}

// Say says a text.
func (w *World) Say(as, text string) []bot.Reply {
	w.t.Helper()
	return w.Send(w.Message(as, text))
}

// Button is the button with a label on what the person was answered last.
func (w *World) Button(as, label string) bot.Button {
	w.t.Helper()
	for _, r := range w.replies[as] {
		for _, b := range r.Buttons {
			if b.Label == label {
				return b
			}
		}
	}
	require.Failf(w.t, "no such button", "%s has no button %q on %v", as, label, w.replies[as])
	return bot.Button{}
}

// Tap taps the button with a label on what the person was answered last.
func (w *World) Tap(as, label string) []bot.Reply {
	w.t.Helper()
	m := w.Message(as, "")
	m.Tap = w.Button(as, label).Tap
	return w.Send(m)
}

// Flush delivers what is due.
func (w *World) Flush() {
	w.t.Helper()
	_, err := w.Courier.Flush(w.t.Context())
	require.NoError(w.t, err)
}

// FastForward moves both clocks on, fires what falls due on the way and delivers it.
func (w *World) FastForward(d time.Duration) []schedule.Fired {
	w.t.Helper()
	to := w.Clock.Now().Add(d)
	w.Wall.Set(w.Wall.Now().Add(d))
	fired, err := w.Runner.RunDue(w.t.Context(), to, func(at time.Time) error { w.Clock.Set(at); return nil })
	require.NoError(w.t, err)
	w.Clock.Set(to)
	w.Flush()
	return fired
}

// Expect wants each of these in what has been delivered to a person or group since
// it was looked at last, and takes that as read.
func (w *World) Expect(to string, words ...string) {
	w.t.Helper()
	text := w.Channel.Read(to)
	for _, s := range words {
		require.Contains(w.t, text, s)
	}
}

// ExpectNothing wants nothing delivered to a person or group since then.
func (w *World) ExpectNothing(to string) {
	w.t.Helper()
	require.Empty(w.t, w.Channel.Read(to))
}

// Clock stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock that stands at a time.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock.
func (c *Clock) Set(to time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = to
}
