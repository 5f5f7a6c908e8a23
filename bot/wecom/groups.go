package wecom

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanban/bot"
	"zhuanban/bot/internal/progress"
	"zhuanban/bot/wecom/internal/name"
)

// Group is a group chat that the bot speaks in: through the group's own robot
// (消息推送), or as a chat of the app's (appchat). Where both are given, the robot
// speaks. Either only speaks: no app hears what is said in a group.
type Group struct {
	Name    string // by which the bot knows it, and what a chat that is made is called
	Webhook string // key of the group's robot, or the whole address that WeCom shows; a secret
	// Chat is AutoChat, or the id of a chat that this app has made; "" = none.
	Chat string
	// Owner and Members are of a chat that is made, as accounts; "" = WeCom chooses
	// the owner. Members are asked for anew each time: 2 to 2000.
	Owner   string
	Members func() []string
}

// AutoChat is a chat that the app makes by itself and keeps as it is configured.
const AutoChat = "auto"

// longestName is how many characters the name of a chat may have.
const longestName = 50

var (
	webhookKey = regexp.MustCompile(`^[0-9A-Za-z_\-]{8,64}$`)
	chatID     = regexp.MustCompile(`^[0-9A-Za-z]{1,32}$`)
)

// Mistake says what is wrong with the group; nil if nothing is. It shows no key.
func (g Group) Mistake() error {
	switch {
	case g.Webhook != "" && !webhookKey.MatchString(g.Key()):
		return wrong("webhook", "it is no key of a group's robot, nor the address that ends in key=…; it is in the group's settings under 消息推送")
	case g.Chat != "" && g.Chat != AutoChat && !chatID.MatchString(g.Chat):
		return wrong("chat", "%q is neither auto nor the id of a chat, 1 to 32 letters and digits", g.Chat)
	case g.Chat == AutoChat && g.Webhook == "" && utf8.RuneCountInString(g.Name) > longestName:
		return wrong("chat", "a chat's name has at most %d characters, this one has %d", longestName, utf8.RuneCountInString(g.Name))
	case g.Owner != "" && !name.Account(g.Owner):
		return wrong("owner", "%q is no account", g.Owner)
	}
	return nil
}

// Key is the robot's key by itself: a secret.
func (g Group) Key() string {
	if _, key, ok := strings.Cut(g.Webhook, "key="); ok {
		key, _, _ = strings.Cut(key, "&")
		return key
	}
	return g.Webhook
}

// groups are the groups by their names, and what was said of parcels of which not all
// was.
type groups struct {
	of   map[string]*group
	all  []*group
	keys []string // of the robots, which no error may show
	said progress.Progress
}

// group is a Group with the names that WeCom knows it by.
type group struct {
	Group
	key string // "" = a chat
	id  string // of the chat
}

// auto says whether the chat is the app's to make and keep.
func (g *group) auto() bool { return g.key == "" && g.Chat == AutoChat }

// set takes the groups that something can be said in.
func (gs *groups) set(o Options) error {
	gs.of = map[string]*group{}
	for _, g := range o.Groups {
		if err := g.Mistake(); err != nil {
			return fmt.Errorf("group %s: %w", g.Name, err)
		}
		if g.Webhook == "" && g.Chat == "" {
			continue
		}
		m := &group{Group: g, key: g.Key(), id: g.Chat}
		if m.key == "" && o.Features.AppChat.Off() {
			continue
		}
		if m.auto() {
			m.id = autoID(o.CorpID, o.AgentID, g.Name)
		}
		if m.key != "" {
			gs.keys = append(gs.keys, m.key)
		}
		gs.of[g.Name] = m
		gs.all = append(gs.all, m)
	}
	return nil
}

// TraitsTo are the traits towards a member or a group. In groups WeCom recognises
// nothing that it has already.
func (c *Channel) TraitsTo(r bot.Recipient) bot.Traits {
	g := c.groups.of[r.Account]
	if r.Kind != bot.ToGroup || g == nil {
		return c.Traits()
	}
	t := bot.Traits{Files: c.o.Data != nil, MaxTextSize: longestText, Limits: "wecom/appchat"}
	if g.key != "" {
		t.Limits = "wecom/group"
	}
	if c.o.Unlimited {
		t.Limits = ""
	}
	return t
}

// groupOf is the group that a recipient is; nil for a person.
func (c *Channel) groupOf(to bot.Recipient) (*group, error) {
	if to.Kind != bot.ToGroup {
		return nil, nil
	}
	if g := c.groups.of[to.Account]; g != nil {
		return g, nil
	}
	return nil, noGroup()
}

func noGroup() error {
	return refuse(bot.NoSuchGroup, "neither a webhook nor a chat is configured for this group")
}

// sendGroup says one parcel in a group, in as many messages as it needs. What a try
// before has said already is not said again, as far as this process knows.
func (c *Channel) sendGroup(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	g, err := c.groupOf(p.To)
	if err != nil {
		return bot.Receipt{}, err
	}
	ready, err := c.readied(ctx, []bot.Parcel{p})
	if err != nil {
		return bot.Receipt{}, err
	}
	posts, err := c.posts(g, ready[0])
	if err != nil {
		return bot.Receipt{}, err
	}
	refs := c.groups.said.Take(p.ID)
	for _, m := range posts[min(len(refs), len(posts)):] {
		ref, err := c.say(ctx, g, m)
		if err != nil {
			c.groups.said.Keep(p.ID, refs)
			return bot.Receipt{}, c.lostUpload(ctx, ready[0], err)
		}
		refs = append(refs, ref)
	}
	refs = slices.DeleteFunc(refs, func(r string) bool { return r == "" })
	return bot.Receipt{Ref: strings.Join(refs, "|")}, nil
}

// say says one message in a group, and gives WeCom's name of it, if it has one.
func (c *Channel) say(ctx context.Context, g *group, m post) (ref string, err error) {
	if g.key != "" {
		return "", c.webhook(ctx, g.key, compact(m))
	}
	return c.sayInChat(ctx, g, m)
}
