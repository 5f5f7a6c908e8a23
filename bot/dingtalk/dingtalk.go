package dingtalk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/internal/stream"
	"zhuanban/bot/internal/token"
	"zhuanban/templates"
)

// Name is the channel's name.
const Name = "dingtalk"

// Where DingTalk answers everybody.
const (
	publicAPI  = "https://api.dingtalk.com"
	publicOAPI = "https://oapi.dingtalk.com"
)

// Mode is how DingTalk hands over messages.
type Mode string

// The modes.
const (
	Stream Mode = "stream" // over connections that this program opens; no public address is needed
	HTTP   Mode = "http"   // it calls back at /dingtalk/callback
)

// Allowed lists the modes, for the configuration's errors.
func (Mode) Allowed() []string { return []string{string(Stream), string(HTTP)} }

// Options are what a Channel is made of.
type Options struct {
	ClientID     string // of the app (AppKey)
	ClientSecret string // of the app (AppSecret); it also signs callbacks in HTTP mode
	RobotCode    string // "" = ClientID, as it is for internal apps
	Mode         Mode   // "" = Stream
	APIBase      string // "" = https://api.dingtalk.com
	OAPIBase     string // "" = https://oapi.dingtalk.com

	Groups []Group // that the campaign speaks in

	// Connections are how many stand at once in Stream mode; 0 = one. With two, what is said
	// while one breaks comes over the other.
	Connections int
	pace        *stream.Pace // nil = the usual one

	// What leaves.
	CAFile  string  // PEM of authorities beside the system's, for the bases above; "" = none
	Edition Edition // whose limits hold; "" = Standard
	Counter Counter // keeps how many calls the month has seen; nil = this process alone counts
	// Features say what else of DingTalk's is used; the zero value is right for most.
	Features Features
	// CardTemplate is the id of the template of interactive cards (see draw.go for its
	// variables), FormTemplate of those with a form; "" = there is none, and cards go as
	// their plain text with numbers. Cards says what leaves as a card.
	CardTemplate string
	FormTemplate string
	Cards        CardUse
	// CardRoute is the callbackRouteKey with which the callback of cards is registered, in
	// HTTP mode; "" = there is none, and no cards are drawn in that mode.
	CardRoute string
	// AgentID is the app's number, for work notices; 0 = there are none.
	AgentID int64

	// Data is the folder that the paths of images and files are below, Evidence what is
	// kept by its hash; nil = there is none, and they are refused.
	Data     *os.Root
	Evidence interface {
		Open(sha string) (*os.File, error)
	}

	Desk      Desk
	People    People
	Contacts  Contacts // hears that the directory has changed; nil = nobody
	Templates *templates.Set
	Shared    token.Shared     // of the replicas: tokens, uploads, webhooks that live; nil = each process keeps its own
	Wall      func() time.Time // the real time
	Log       *slog.Logger
}

// Desk is who hears what people say: package bot's Bot.
type Desk interface {
	Handle(ctx context.Context, m bot.Message) (bot.Answer, error)
}

// People tells which person of the campaign is which user of DingTalk's. Nobody is
// known by their name.
type People interface {
	// Account is the account of the person who has this userId; for one who is nobody's, a
	// name under which they can be answered and which is no person's account.
	Account(userID string) string
	// UserID is the userId of an account, also of one that Account has made; ok is false
	// where the person has none.
	UserID(account string) (userID string, ok bool)
}

// Contacts hears what DingTalk says of its directory. With an error, DingTalk has to say
// it again.
type Contacts interface {
	Changed(ctx context.Context, m bot.MemberChange) error
}

// Channel is the robot of an internal app of DingTalk's. It is safe for use by many
// goroutines.
type Channel struct {
	o      Options
	groups groups
	in     *inlet
	out    outlet
}

// New checks the options, naming the wrong one, and makes a Channel. It asks DingTalk
// nothing yet.
func New(o Options) (*Channel, error) {
	if o.Desk == nil || o.People == nil || o.Templates == nil || o.Wall == nil || o.Log == nil {
		return nil, errors.New("dingtalk: Desk, People, Templates, Wall and Log are required")
	}
	for base, public := range map[*string]string{&o.APIBase: publicAPI, &o.OAPIBase: publicOAPI} {
		if *base = strings.TrimRight(*base, "/"); *base == "" {
			*base = public
		}
	}
	if o.RobotCode == "" {
		o.RobotCode = o.ClientID
	}
	if o.Mode == "" {
		o.Mode = Stream
	}
	c := &Channel{o: o}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("dingtalk: %w", err)
	}
	var err error
	if c.groups, err = newGroups(o.Groups); err != nil {
		return nil, fmt.Errorf("dingtalk: %w", err)
	}
	if c.in, err = newInlet(c, o.pace); err != nil {
		return nil, fmt.Errorf("dingtalk: %w", err)
	}
	if err := c.open(); err != nil {
		return nil, fmt.Errorf("dingtalk: %w", err)
	}
	return c, nil
}

// check reads what the office has configured. No error shows a secret.
func (c *Channel) check() error {
	o := &c.o
	switch {
	case o.ClientID == "" || strings.ContainsAny(o.ClientID, " \t\r\n"):
		return errors.New("ClientID: it is empty or has blanks in it; it is in the developer console on the app's page 凭证与基础信息")
	case o.ClientSecret == "" || strings.ContainsAny(o.ClientSecret, " \t\r\n"):
		return errors.New("ClientSecret: it is empty or has blanks in it; it is beside the Client ID")
	}
	for name, base := range map[string]string{"APIBase": o.APIBase, "OAPIBase": o.OAPIBase} {
		u, err := url.Parse(base)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("%s: such as %s is right, without anything behind a question mark", name, publicAPI)
		}
	}
	return nil
}

// Name is "dingtalk".
func (c *Channel) Name() string { return Name }
