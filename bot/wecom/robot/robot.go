package robot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/internal/lanes"
	"zhuanban/bot/internal/line"
	"zhuanban/bot/internal/progress"
	"zhuanban/bot/internal/secret"
	"zhuanban/bot/internal/told"
	"zhuanban/bot/internal/uploads"
	"zhuanban/bot/wecom/internal/cards"
	"zhuanban/bot/wecom/internal/seal"
	"zhuanban/templates"
)

// Name is the channel's name.
const Name = "wecom.robot"

// publicURL is where the long connection of everybody without a deployment of their own
// goes.
const publicURL = "wss://openws.work.weixin.qq.com"

// Options are what a Channel is made of.
type Options struct {
	ID     string // of the robot (Bot ID)
	Secret string // of its long connection
	WSURL  string // "" = wss://openws.work.weixin.qq.com; a private deployment has its own
	CAFile string // PEM of the authorities that a private deployment's certificate comes from; "" = the system's

	// Webhook makes it called back instead of keeping a connection; then Token and
	// AESKey are needed, and ID and Secret are not.
	Webhook bool
	Token   string // signs callbacks
	AESKey  string // opens and seals callbacks: EncodingAESKey, 43 characters

	// Groups are the chat ids of the groups that it is in, by the groups' names.
	Groups map[string]string
	// Plain says that cards go as their words, with the numbers to reply.
	Plain bool
	// Insist says that cards are tried even where WeCom has said that it takes none, and
	// that each refusal is a warning.
	Insist bool
	// Unlimited says that this deployment knows no limits (a private one).
	Unlimited bool

	// Data is the folder that the paths of images and files are below, Evidence what is
	// kept by its hash; nil = there is none, and they are refused.
	Data     *os.Root
	Evidence interface {
		Open(sha string) (*os.File, error)
	}
	// Uploads is where replicas share what they have uploaded; nil = each keeps its own.
	Uploads uploads.Shared

	Desk Desk
	// Said gives the reply of a parcel that was sent, so that a card that is tapped can
	// say what was chosen; nil = it says that something was.
	Said      func(ctx context.Context, parcel int64) (bot.Reply, error)
	Seat      Seat   // who has the connection; nil = this process, which is the only one
	Wake      func() // called when the connection is up: what waited for it may be sent
	Templates *templates.Set
	Wall      func() time.Time // the real time
	Log       *slog.Logger
}

// Address is where the connection goes.
func (o Options) Address() string {
	if o.WSURL == "" {
		return publicURL
	}
	return o.WSURL
}

// Desk is who hears what people say: package bot's Bot.
type Desk interface {
	Handle(ctx context.Context, m bot.Message) (bot.Answer, error)
}

// Channel is a smart robot of WeCom: a bot.Seated channel, and the http.Handler of its
// callback. It is safe for use by many goroutines.
type Channel struct {
	o       Options
	client  *http.Client
	outside *http.Client // for what lies in the public cloud
	codec   *seal.Codec
	words   words
	pace    pace

	chats   map[string]string // a configured group's chat id, by its name
	groups  map[string]string // the other way round
	told    told.Told         // groups that were told their chat id
	sent    progress.Memory
	cards   cards.Taken // whether WeCom takes them
	uploads *uploads.Uploads
	urls    addresses

	running atomic.Bool
	live    atomic.Pointer[link] // the connection that is up
	state   atomic.Pointer[State]
	lanes   lanes.Lanes
	working sync.WaitGroup // messages in hand
	slots   chan struct{}

	refusals seal.Refusals
}

var (
	_ bot.Seated   = (*Channel)(nil)
	_ bot.Measurer = (*Channel)(nil)
	_ http.Handler = (*Channel)(nil)
)

// words are what the channel says by itself.
type words struct{ unsupported, welcome, failed string }

// inFlight is how many messages are in hand at once.
const inFlight = 1024

// New checks the options, naming the wrong one, and makes a Channel. It asks WeCom
// nothing yet: Run does.
func New(o Options) (*Channel, error) {
	if o.Desk == nil || o.Templates == nil || o.Wall == nil || o.Log == nil {
		return nil, errors.New("robot: Desk, Templates, Wall and Log are required")
	}
	o.WSURL = o.Address()
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Seat == nil {
		o.Seat = alone{o.Wall}
	}
	c := &Channel{o: o, pace: usualPace, slots: make(chan struct{}, inFlight), chats: map[string]string{}, groups: map[string]string{}}
	c.refusals.Log, c.refusals.Wall, c.refusals.Hide, c.refusals.Of = o.Log, o.Wall, c.redact, " of the robot"
	c.uploads = uploads.New(o.Uploads, o.Wall)
	c.state.Store(&State{Phase: Starting})
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("robot: %w", err)
	}
	for name, chat := range o.Groups {
		c.chats[name], c.groups[chat] = chat, name
	}
	for name, into := range map[string]*string{"robot.unsupported": &c.words.unsupported, "robot.welcome": &c.words.welcome, "robot.failed": &c.words.failed} {
		page, err := o.Templates.Render(name, nil)
		if err != nil {
			return nil, fmt.Errorf("robot: %w", err)
		}
		*into = page.Body
	}
	return c, nil
}

// check reads what the office has configured. No error shows a secret.
func (c *Channel) check() (err error) {
	o := &c.o
	blank := func(s string) bool { return s == "" || strings.ContainsAny(s, " \t\r\n") }
	if c.client, err = line.New(line.Options{CAFile: o.CAFile, Connecting: connecting}); err != nil {
		return wrong("CAFile", "%w", err)
	}
	c.outside = line.Outside(c.client, connecting)
	if o.Webhook {
		if blank(o.Token) || len(o.Token) > 32 {
			return wrong("Token", "1 to 32 letters and digits are right; it is on the robot's page, API模式, 使用URL回调")
		}
		if c.codec, err = seal.New(o.Token, o.AESKey, ""); err != nil {
			return wrong("AESKey", "%w; EncodingAESKey is on the robot's page, API模式, 使用URL回调", err)
		}
		return nil
	}
	switch u, err := url.Parse(o.WSURL); {
	case blank(o.ID):
		return wrong("ID", "it is empty or has blanks in it; Bot ID is on the robot's page, API模式, 使用长连接")
	case blank(o.Secret):
		return wrong("Secret", "it is empty or has blanks in it; it is on the robot's page, API模式, 使用长连接")
	case err != nil || u.Scheme != "wss" && u.Scheme != "ws" || u.Host == "" || u.User != nil || u.Fragment != "":
		return wrong("WSURL", "such as %s is right", publicURL)
	}
	return nil
}

// wrong names an option and says what is wrong with it.
func wrong(option, why string, args ...any) error {
	return fmt.Errorf(option+": "+why, args...)
}

// Name is "wecom.robot".
func (c *Channel) Name() string { return Name }

// Traits says that the robot draws buttons, unless it is to be plain or WeCom takes no
// cards, and takes images and files over its connection, none of that where it is called
// back, and does not know a parcel that it has.
func (c *Channel) Traits() bot.Traits {
	t := bot.Traits{Buttons: c.draws(), Files: !c.o.Webhook, MaxTextSize: longestText, Limits: Name}
	if c.o.Unlimited {
		t.Limits = ""
	}
	return t
}

// draws says whether cards are drawn now.
func (c *Channel) draws() bool {
	return !c.o.Webhook && !c.o.Plain && (c.o.Insist || c.cards.At(time.Time{}))
}

// Here says whether this process has the connection, up. A robot that is called back
// needs none, but is where Run runs: where its callbacks arrive.
func (c *Channel) Here() bool { return c.running.Load() && c.o.Webhook || c.live.Load() != nil }

// redact takes every secret out of a text, whoever put it there, and keeps it within a
// line of a log.
func (c *Channel) redact(s string) string {
	return secret.Line(secret.Hide(s, c.o.Secret, c.o.Token, c.o.AESKey))
}
