package wecom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/internal/line"
	"zhuanban/bot/internal/token"
	"zhuanban/bot/internal/uploads"
	"zhuanban/bot/wecom/internal/cards"
	"zhuanban/bot/wecom/internal/seal"
	"zhuanban/templates"
)

// Name is the channel's name.
const Name = "wecom"

// publicBase is where WeCom's servers answer everybody without one of their own.
const publicBase = "https://qyapi.weixin.qq.com"

// Options are what a Channel is made of.
type Options struct {
	CorpID  string // of the corp (企业ID), also the receiver in every callback
	AgentID string // of the app, digits
	Secret  string // of the app
	Token   string // signs callbacks
	AESKey  string // opens and seals callbacks: EncodingAESKey, 43 characters
	APIBase string // "" = https://qyapi.weixin.qq.com; a private deployment has its own
	// AuthorizeBase is where the page of Authorize is; "" = https://open.weixin.qq.com; a
	// private deployment has its own.
	AuthorizeBase string
	CAFile        string // PEM of the authorities that a private deployment's certificate comes from; "" = the system's

	// Active says that no answer goes out with the acknowledgement: for a deployment
	// that does not show passive replies.
	Active bool
	// Unlimited says that this deployment knows no limits (a private one).
	Unlimited bool
	// Cards says what leaves as a card with buttons.
	Cards CardUse
	// Features say what this deployment knows; the zero value is the public cloud.
	Features Features

	// Data is the folder that the paths of images and files are below, Evidence what is
	// kept by its hash; nil = there is none, and they are refused.
	Data     *os.Root
	Evidence interface {
		Open(sha string) (*os.File, error)
	}
	// Groups are the group chats that the bot speaks in.
	Groups []Group
	// Menu is what the app's chat shows at its foot; nil or empty = what the console
	// has set stays.
	Menu []MenuEntry
	// PersonName is what people are called in the words that name them; nil = by
	// nothing but their accounts.
	PersonName func(account string) string

	Desk      Desk
	Contacts  Contacts // hears that the directory has changed; nil = nobody
	Templates *templates.Set
	Shared    Shared           // of the replicas: tokens and uploads; nil = each process keeps its own
	Wall      func() time.Time // the real time
	Log       *slog.Logger
}

// Desk is who hears what people say: package bot's Bot.
type Desk interface {
	Handle(ctx context.Context, m bot.Message) (bot.Answer, error)
}

// Channel is a self-built app of WeCom: a bot.Channel that sends to many at once, readies
// and measures what it sends, takes it back, and does less in groups; the media.Source of
// what people send; and the http.Handler of the callback. It is safe for use by many
// goroutines.
type Channel struct {
	o           Options
	agent       int
	codec       *seal.Codec
	client      *http.Client
	tokens      *token.Source
	uploads     *uploads.Uploads
	unsupported string // what is said about a kind of message that is not taken
	groups      groups
	opening     string        // the first words in a chat that was made
	retry       time.Duration // of what Tend does, at first
	choose      string        // the title of a card without one
	cards       cards.Taken   // whether WeCom takes them
	oldAuth     atomic.Bool   // only the older path says whose a code is
	slots       chan struct{}
	rooms       sync.Pool // of *room
	refusals    seal.Refusals
	doors       doors
}

var (
	_ bot.BatchSender = (*Channel)(nil)
	_ bot.Particular  = (*Channel)(nil)
	_ bot.Recaller    = (*Channel)(nil)
	_ bot.Measurer    = (*Channel)(nil)
	_ http.Handler    = (*Channel)(nil)
)

// New checks the options, naming the wrong one, and makes a Channel. It asks
// WeCom nothing yet.
func New(o Options) (*Channel, error) {
	if o.Desk == nil || o.Templates == nil || o.Wall == nil || o.Log == nil {
		return nil, errors.New("wecom: Desk, Templates, Wall and Log are required")
	}
	for base, public := range map[*string]string{&o.APIBase: publicBase, &o.AuthorizeBase: publicAuthorize} {
		if *base = strings.TrimRight(*base, "/"); *base == "" {
			*base = public
		}
	}
	c := &Channel{o: o, retry: firstRetry, slots: make(chan struct{}, inFlight), rooms: sync.Pool{New: func() any { return new(room) }}}
	if err := errors.Join(c.check(), c.groups.set(o), menuFault(o.Menu)); err != nil {
		return nil, fmt.Errorf("wecom: %w", err)
	}
	for name, into := range map[string]*string{"wecom.unsupported": &c.unsupported, "wecom.choose": &c.choose, "wecom.greeting": &c.opening} {
		page, err := o.Templates.Render(name, nil)
		if err != nil {
			return nil, fmt.Errorf("wecom: %w", err)
		}
		*into = page.Body
	}
	c.refusals.Log, c.refusals.Wall, c.refusals.Hide = o.Log, o.Wall, c.redact
	c.uploads = uploads.New(o.Shared, o.Wall)
	c.tokens = token.New(o.Shared, "wecom:token:"+o.CorpID+":"+o.AgentID, o.Wall, c.fetchToken)
	return c, nil
}

var corpID = regexp.MustCompile(`^[0-9A-Za-z_\-]{1,64}$`)

// check reads what the office has configured. No error shows a secret.
func (c *Channel) check() (err error) {
	o := &c.o
	switch {
	case !corpID.MatchString(o.CorpID):
		return wrong("CorpID", "%q is no corp id; it is on the console's page 我的企业 and begins with ww", o.CorpID)
	case o.Secret == "" || strings.ContainsAny(o.Secret, " \t\r\n"):
		return wrong("Secret", "it is empty or has blanks in it; it is on the app's page")
	case o.Token == "" || len(o.Token) > 32 || strings.ContainsAny(o.Token, " \t\r\n"):
		return wrong("Token", "1 to 32 letters and digits are right; it is on the app's page 接收消息")
	}
	if c.agent, err = strconv.Atoi(o.AgentID); err != nil || c.agent <= 0 || strconv.Itoa(c.agent) != o.AgentID {
		return wrong("AgentID", "%q is no app's number, such as 1000002; it is on the app's page", o.AgentID)
	}
	if c.codec, err = seal.New(o.Token, o.AESKey, o.CorpID); err != nil {
		return wrong("AESKey", "%w; EncodingAESKey is on the app's page 接收消息", err)
	}
	if err := o.Features.check(); err != nil {
		return err
	}
	for option, base := range map[string]string{"APIBase": o.APIBase, "AuthorizeBase": o.AuthorizeBase} {
		u, err := url.Parse(base)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return wrong(option, "such as %s is right, without anything behind a question mark", publicBase)
		}
	}
	if c.client, err = line.New(line.Options{CAFile: o.CAFile, Connecting: connecting, Answering: answering, Connections: connections}); err != nil {
		return wrong("CAFile", "%w", err)
	}
	return nil
}

// wrong names an option and says what is wrong with it.
func wrong(option, why string, args ...any) error {
	return fmt.Errorf(option+": "+why, args...)
}

// Name is "wecom".
func (c *Channel) Name() string { return Name }

// Traits says that WeCom takes plain texts of 2048 bytes, images and files, to a
// thousand people in one call, knows a parcel that it has unless the duplicate check is
// off, and draws cards unless it has refused one.
func (c *Channel) Traits() bot.Traits {
	t := bot.Traits{Buttons: c.draws(), Updates: c.updates(), Files: true, Dedupes: true, DedupeFor: shortestCheck * time.Second,
		MaxTextSize: longestText, Limits: Name, Batch: mostRecipients}
	if c.o.Features.DuplicateCheck.Off() {
		t.Dedupes, t.DedupeFor = false, 0
	}
	if c.o.Unlimited {
		t.Limits = ""
	}
	return t
}

// Close lets go of the connections to WeCom. Sends that are under way end as they
// would.
func (c *Channel) Close() { c.client.CloseIdleConnections() }

// Check asks WeCom for an access token, which shows that its servers are reached and
// that corp and secret belong together.
func (c *Channel) Check(ctx context.Context) error {
	if _, err := c.tokens.Get(ctx); err != nil {
		return fmt.Errorf("asking WeCom for an access token: %w", err)
	}
	return nil
}
