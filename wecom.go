package main

import (
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/config"
	"zhuanban/bot/staff"
	"zhuanban/bot/wecom"
	"zhuanban/templates"
)

// groupSettings is a group, and how the bot speaks in it on each platform.
type groupSettings struct {
	bot.Group `yaml:",inline"`
	Robot     string `yaml:"robot"` // the chat id of the smart robot's group
	WeCom     struct {
		Webhook string `yaml:"webhook" secret:"true"`
		Chat    string `yaml:"chat"`
		Owner   string `yaml:"owner"`
	} `yaml:"wecom"`
	DingTalk struct {
		Conversation string `yaml:"conversation"`
		Webhook      string `yaml:"webhook" secret:"true"`
		Secret       string `yaml:"secret" secret:"true"`
	} `yaml:"dingtalk"`
}

// wecom is the group as WeCom's channel knows it; who belongs to it is asked of the
// roster.
func (g groupSettings) wecom(roster func() *bot.Roster) wecom.Group {
	return wecom.Group{Name: g.Name, Webhook: g.WeCom.Webhook, Chat: g.WeCom.Chat, Owner: g.WeCom.Owner, Members: func() (out []string) {
		now, ok := roster().Group(g.Name) // with the accounts that its people have now
		if !ok {
			now = g.Group
		}
		for _, p := range roster().People {
			if now.In(p.Account) {
				out = append(out, p.Account)
			}
		}
		return out
	}}
}

type wecomSettings struct {
	CorpID      string            `yaml:"corp_id"`
	AgentID     string            `yaml:"agent_id"`
	Secret      string            `yaml:"secret" secret:"true"`
	Token       string            `yaml:"token" secret:"true"`
	AESKey      string            `yaml:"aes_key" secret:"true"`
	APIBase     string            `yaml:"api_base"`
	Authorize   string            `yaml:"authorize_base"`
	CAFile      string            `yaml:"ca_file"`
	Passive     bool              `yaml:"passive"`
	Cards       wecom.CardUse     `yaml:"cards"`
	CallbackURL string            `yaml:"callback_url"`
	Directory   directorySettings `yaml:"directory"`
	Features    wecom.Features    `yaml:"features"`
	Menu        []wecom.MenuEntry `yaml:"menu"`
	Bot         robotSettings     `yaml:"bot"`
}

// wecomOptions is the self-built app as it is configured, for the people of a roster.
func (c *campaign) wecomOptions(words *templates.Set, roster func() *bot.Roster, desk wecom.Desk, log *slog.Logger) wecom.Options {
	w := c.WeCom
	var groups []wecom.Group
	for _, g := range c.Groups {
		groups = append(groups, g.wecom(roster))
	}
	return wecom.Options{Groups: groups, Menu: w.Menu, PersonName: func(account string) string { return roster().PersonName(account) },
		CorpID: w.CorpID, AgentID: w.AgentID, Secret: w.Secret, Token: w.Token, AESKey: w.AESKey, APIBase: w.APIBase, AuthorizeBase: w.Authorize,
		CAFile: w.CAFile, Unlimited: c.settings.Delivery.Limits == noLimits, Active: !w.Passive,
		Cards: w.Cards, Features: w.Features, Desk: desk, Templates: words, Wall: time.Now, Log: log}
}

// openWeCom makes the self-built app's channel, where there is one, and what keeps the
// roster by its directory.
func (d *desk) openWeCom() (err error) {
	if d.cfg.WeCom.CorpID == "" {
		return nil
	}
	w := d.cfg.wecomOptions(d.words, d.Roster, d, d.log)
	w.Shared, w.Data, w.Evidence, w.Contacts = d.shared(), d.data, d.evidence, contacts{d}
	d.wecom, err = wecom.New(w)
	if err != nil {
		return err
	}
	d.courier.Channels[wecom.Name] = d.wecom
	var directory staff.Directory
	if d.cfg.WeCom.Directory.read() {
		directory = d.wecom
	}
	d.people, err = d.staffed(wecom.Name, d.cfg.WeCom.Directory, directory)
	return err
}

// shared is where the replicas share access tokens and uploads; nil without Redis.
func (d *desk) shared() wecom.Shared {
	if d.redis == nil {
		return nil
	}
	return d.redis
}

// checkWeCom finds what WeCom would not take of its groups and its menu.
func (c *campaign) checkWeCom(faults *config.Faults) {
	robots := map[string]string{}
	for i, g := range c.Groups {
		at := func(k string) string { return fmt.Sprintf("groups[%d].wecom%s", i, k) }
		w := g.wecom(c.configured)
		if other := robots[w.Key()]; other != "" && w.Webhook != "" {
			_ = faults.Add(c.fault(at(".webhook"), fmt.Sprintf("it is the robot of %s", other), "every group has a robot of its own: WeCom counts what each one says"))
		}
		robots[w.Key()] = g.Name
		if err := w.Mistake(); err != nil {
			key, found, _ := strings.Cut(err.Error(), ": ")
			_ = faults.Add(c.fault(at("."+key), found, "correct it, or leave it out: without webhook and chat the bot does not speak in this group"))
			continue
		}
		_, known := c.roster.Person(g.WeCom.Owner)
		switch n := len(w.Members()); {
		case g.WeCom.Owner != "" && !known:
			_ = faults.Add(c.fault(at(".owner"), fmt.Sprintf("there is no account %q", g.WeCom.Owner), "use the account of a person of the list people"))
		case g.WeCom.Owner != "" && !g.In(g.WeCom.Owner):
			_ = faults.Add(c.fault(at(".owner"), fmt.Sprintf("%q is no member of the group", g.WeCom.Owner), "add the account to the group's members, or choose another owner"))
		case g.WeCom.Chat == wecom.AutoChat && (n < 2 || n > 2000):
			_ = faults.Add(c.fault(at(".chat"), fmt.Sprintf("a group of %d members", n), "a chat that is made has 2 to 2000: change members, or use a webhook"))
		}
	}
	for _, m := range wecom.MenuMistakes(c.WeCom.Menu) {
		_ = faults.Add(c.fault("wecom.menu"+m.At, m.Found, m.Remedy))
	}
}

// checkDirectory finds departments and tags of WeCom that mean nothing here.
func (c *campaign) checkDirectory(faults *config.Faults) {
	d := c.WeCom.Directory
	for id, unit := range d.Departments {
		key := "wecom.directory.departments." + id
		if !wecomID.MatchString(id) {
			_ = faults.Add(c.fault(key, fmt.Sprintf("%q is no department's number", id), "use the number that the console shows under 通讯录 → 部门 → 部门ID, in quotes"))
		}
		if _, ok := c.roster.Unit(unit); !ok {
			_ = faults.Add(c.fault(key, fmt.Sprintf("there is no unit %q", unit), "use the id of a unit"))
		}
	}
	for id := range d.Tags {
		if !wecomID.MatchString(id) {
			_ = faults.Add(c.fault("wecom.directory.tags."+id, fmt.Sprintf("%q is no tag's number", id), "use the number that the console shows under 通讯录 → 标签 → 标签ID, in quotes"))
		}
	}
	if len(d.Tags) > 0 && len(d.Departments) == 0 {
		_ = faults.Add(c.fault("wecom.directory.tags", "tags give roles, and no department makes anybody a person of the campaign", "set wecom.directory.departments, or take the tags out"))
	}
	if d.read() && c.WeCom.CorpID == "" {
		_ = faults.Add(c.fault("wecom.directory", "only the self-built app reads the directory, and there is none", "set wecom.corp_id, or take departments and every out"))
	}
	if d.Every < 0 || d.Every > 0 && d.Every < time.Minute {
		_ = faults.Add(c.fault("wecom.directory.every", d.Every.String()+" is too often for WeCom", "use 1m or more, such as 1h"))
	}
	if u := c.WeCom.CallbackURL; u != "" {
		p, err := url.Parse(u)
		if err != nil || p.Scheme != "https" && p.Scheme != "http" || p.Host == "" || p.User != nil || p.RawQuery != "" {
			_ = faults.Add(c.fault("wecom.callback_url", fmt.Sprintf("%q is no address that WeCom could call", u), "write it as in the console, such as https://YOUR-HOST/wecom/callback"))
		}
	}
}

// wecomID is how WeCom names departments and tags.
var wecomID = regexp.MustCompile(`^[1-9][0-9]{0,9}$`)
