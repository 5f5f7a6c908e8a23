package main

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/config"
	"zhuanban/bot/delivery"
	"zhuanban/bot/dingtalk"
	"zhuanban/bot/identity"
	"zhuanban/bot/staff"
	"zhuanban/templates"
)

// dingtalkSettings are those of the robot of an internal app of DingTalk's.
type dingtalkSettings struct {
	ClientID     string            `yaml:"client_id"`
	ClientSecret string            `yaml:"client_secret" secret:"true"`
	RobotCode    string            `yaml:"robot_code"`
	Mode         dingtalk.Mode     `yaml:"mode"`
	Connections  int               `yaml:"connections"`
	APIBase      string            `yaml:"api_base"`
	OAPIBase     string            `yaml:"oapi_base"`
	CAFile       string            `yaml:"ca_file"`
	Edition      dingtalk.Edition  `yaml:"edition"`
	AgentID      int64             `yaml:"agent_id"`
	Cards        dingtalk.CardUse  `yaml:"cards"`
	CardTemplate string            `yaml:"card_template"`
	FormTemplate string            `yaml:"form_template"`
	CardRoute    string            `yaml:"card_route"`
	Accounts     accountsKind      `yaml:"accounts"`
	Directory    dingtalkDirectory `yaml:"directory"`
	Features     dingtalk.Features `yaml:"features"`
}

// dingtalkDirectory says what DingTalk's directory means to the campaign.
type dingtalkDirectory struct {
	Departments map[string]string `yaml:"departments"`
	Role        bot.Role          `yaml:"role"`
	Every       time.Duration     `yaml:"every"`
}

// as is the same as of a directory that has tags.
func (d dingtalkDirectory) as() directorySettings {
	return directorySettings{Departments: d.Departments, Role: d.Role, Every: d.Every}
}

// accountsKind says whether a userId of DingTalk's may be an account of the roster.
type accountsKind string

const (
	accountsSame  accountsKind = "same"  // it is one, where they are the same
	accountsBound accountsKind = "bound" // only the configuration and the office say who is who
)

// Allowed lists the kinds.
func (accountsKind) Allowed() []string { return []string{string(accountsSame), string(accountsBound)} }

// sameAccounts says whether a userId is an account. Where WeCom is configured as well,
// the roster has its accounts, and two organisations' names are two things.
func (c *campaign) sameAccounts() bool {
	if c.DingTalk.Accounts == "" {
		return !c.onWeCom()
	}
	return c.DingTalk.Accounts == accountsSame
}

// dingtalkGroups are the groups as DingTalk's channel knows them.
func (c *campaign) dingtalkGroups() (out []dingtalk.Group) {
	for _, g := range c.Groups {
		if d := g.DingTalk; d.Conversation != "" || d.Webhook != "" {
			out = append(out, dingtalk.Group{Name: g.Name, Conversation: d.Conversation, Webhook: d.Webhook, Secret: d.Secret})
		}
	}
	return out
}

// dingtalkOptions is the robot as it is configured.
func (c *campaign) dingtalkOptions(words *templates.Set, people dingtalk.People, desk dingtalk.Desk, log *slog.Logger) dingtalk.Options {
	s := c.DingTalk
	return dingtalk.Options{ClientID: s.ClientID, ClientSecret: s.ClientSecret, RobotCode: s.RobotCode, Mode: s.Mode, Connections: s.Connections, APIBase: s.APIBase,
		OAPIBase: s.OAPIBase, CAFile: s.CAFile, Edition: s.Edition, Features: s.Features, CardTemplate: s.CardTemplate, FormTemplate: s.FormTemplate, Cards: s.Cards,
		CardRoute: s.CardRoute, AgentID: s.AgentID, Groups: c.dingtalkGroups(), Desk: desk, People: people, Templates: words, Wall: time.Now, Log: log}
}

// openDingTalk makes the robot's channel, where there is one, and where WeCom keeps no
// roster, what keeps it by DingTalk's directory. It does not connect yet.
func (d *desk) openDingTalk() (err error) {
	if d.cfg.DingTalk.ClientID == "" {
		return nil
	}
	o := d.cfg.dingtalkOptions(d.words, d.book, d, d.log)
	o.Shared, o.Data, o.Evidence, o.Contacts = d.shared(), d.data, d.evidence, dingtalkContacts{d}
	o.Counter = delivery.Calls{Store: d.store, Platform: dingtalk.Name}
	if d.dingtalk, err = dingtalk.New(o); err != nil {
		return err
	}
	d.courier.Channels[dingtalk.Name] = d.dingtalk
	if !d.cfg.keptByDingTalk() {
		return nil
	}
	var directory staff.Directory
	if d.cfg.DingTalk.Directory.as().read() {
		directory = identity.Reader{Book: d.book, Of: d.dingtalk}
	}
	d.people, err = d.staffed(dingtalk.Name, d.cfg.DingTalk.Directory.as(), directory)
	return err
}

// hear keeps DingTalk's connections until leave: what is in hand then is acknowledged
// first.
func (d *desk) hear(ctx context.Context) sitting {
	if d.dingtalk == nil {
		return sitting{func() {}}
	}
	hearing, stop := context.WithCancel(context.WithoutCancel(ctx))
	var heard sync.WaitGroup
	heard.Go(func() { d.onceAwake(hearing, d.dingtalk.Run) })
	return sitting{func() { stop(); heard.Wait() }}
}

// keptByDingTalk says whether DingTalk's directory may add people and take them away: not
// where WeCom's does.
func (c *campaign) keptByDingTalk() bool { return c.DingTalk.ClientID != "" && c.WeCom.CorpID == "" }

// dingtalkContacts hears what DingTalk says of its directory.
type dingtalkContacts struct{ desk *desk }

// Changed puts it in force: who has left is nobody's there at once, and where DingTalk
// keeps the roster, of the campaign no more.
func (c dingtalkContacts) Changed(ctx context.Context, m bot.MemberChange) error {
	if m.Account == "" { // departments, or so many people that it names none
		if c.desk.cfg.keptByDingTalk() {
			return c.desk.people.Changed(ctx, m)
		}
		return nil
	}
	account, before := c.desk.book.Holder(m.Account)
	if err := c.desk.book.Changed(ctx, m); err != nil {
		return err
	}
	if !c.desk.cfg.keptByDingTalk() {
		return nil
	}
	after, ok := c.desk.book.Holder(m.Account)
	switch {
	case before:
		m.Account = strings.ToLower(account)
	case ok:
		m.Account = strings.ToLower(after)
	case !c.desk.cfg.sameAccounts():
		return nil // nobody's, and never was
	default:
		m.Account = strings.ToLower(m.Account)
	}
	return c.desk.people.Changed(ctx, m)
}

// checkDingTalk finds what contradicts itself about DingTalk, its directory and its
// groups, and who is who there.
func (c *campaign) checkDingTalk(faults *config.Faults) {
	d := c.DingTalk
	if d.ClientID == "" && d.ClientSecret != "" {
		_ = faults.Add(c.fault("dingtalk.client_secret", "a secret without a client_id", "set dingtalk.client_id, from the app's page 凭证与基础信息"))
	}
	if d.ClientID != "" && d.ClientSecret == "" {
		_ = faults.Add(c.fault("dingtalk.client_id", "an app without its secret", "set dingtalk.client_secret, from the app's page 凭证与基础信息"))
	}
	if d.Connections < 1 || d.Connections > 8 {
		_ = faults.Add(c.fault("dingtalk.connections", fmt.Sprintf("%d connections for each replica", d.Connections), "use 1 or 2: DingTalk allows an app fifty, over all replicas"))
	}
	users := map[string]string{}
	for i, p := range c.People {
		if p.DingTalk == "" {
			continue
		}
		if other, taken := users[p.DingTalk]; taken {
			_ = faults.Add(c.fault(fmt.Sprintf("people[%d].dingtalk", i), fmt.Sprintf("the userId is that of %s", other), "give it to one of the two: DingTalk's console shows it under 通讯录 → the member → 员工UserID"))
		}
		users[p.DingTalk] = p.Account
	}
	of := map[string]string{}
	for i, g := range c.Groups {
		at := func(k string) string { return fmt.Sprintf("groups[%d].dingtalk.%s", i, k) }
		for key, value := range map[string]string{"conversation": g.DingTalk.Conversation, "webhook": g.DingTalk.Webhook} {
			if other, ok := of[value]; ok && value != "" {
				_ = faults.Add(c.fault(at(key), fmt.Sprintf("it is that of the group %q", other), "mention the robot in the group: it says the group's conversation; every custom robot is of one group"))
			}
			of[value] = g.Name
		}
		if g.DingTalk.Secret != "" && g.DingTalk.Webhook == "" {
			_ = faults.Add(c.fault(at("secret"), "a secret without the webhook that it signs", "set webhook, or take the secret out"))
		}
	}
	c.checkDingTalkDirectory(faults)
}

// checkDingTalkDirectory finds departments of DingTalk that mean nothing here.
func (c *campaign) checkDingTalkDirectory(faults *config.Faults) {
	d := c.DingTalk.Directory
	for id, unit := range d.Departments {
		key := "dingtalk.directory.departments." + id
		if !dingtalkID.MatchString(id) {
			_ = faults.Add(c.fault(key, fmt.Sprintf("%q is no department's number", id), "use the number that DingTalk's console shows under 通讯录 → the department → 部门ID, in quotes; 1 is the whole organisation"))
		}
		if _, ok := c.roster.Unit(unit); !ok {
			_ = faults.Add(c.fault(key, fmt.Sprintf("there is no unit %q", unit), "use the id of a unit"))
		}
	}
	switch {
	case len(d.Departments) > 0 && c.WeCom.CorpID != "":
		_ = faults.Add(c.fault("dingtalk.directory.departments", "WeCom's directory decides who is in the campaign", "take them out; every alone finds who has left DingTalk"))
	case len(d.Departments) > 0 && !c.sameAccounts():
		_ = faults.Add(c.fault("dingtalk.directory.departments", "people of a department have their userId for an account, and no userId is one", "set dingtalk.accounts: same, or take the departments out"))
	case d.as().read() && c.DingTalk.ClientID == "":
		_ = faults.Add(c.fault("dingtalk.directory", "only an app reads the directory, and there is none", "set dingtalk.client_id, or take departments and every out"))
	}
	if d.Every < 0 || d.Every > 0 && d.Every < time.Minute {
		_ = faults.Add(c.fault("dingtalk.directory.every", d.Every.String()+" is too often for DingTalk", "use 1m or more, such as 1h"))
	}
}

// dingtalkID is how DingTalk names departments.
var dingtalkID = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)
