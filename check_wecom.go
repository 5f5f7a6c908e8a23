package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/wecom"
	"zhuanban/templates"
)

// Where to click, in the console's own words.
const (
	pageApp      = "应用管理 → 自建 → the app"
	pageTrusted  = pageApp + " → 企业可信IP → 配置"
	pageVisible  = pageApp + " → 可见范围 → 编辑"
	pageReceive  = pageApp + " → 接收消息 → 设置API接收"
	pageCorp     = "我的企业 → 企业信息 → 企业ID"
	pageContacts = "通讯录"
)

// mostSkew is how far a clock may be off before somebody should look: callbacks are
// refused at two hours, tokens are kept by it to the minute.
const mostSkew = time.Minute

// wecomCheck walks the setup of the self-built app in the order in which it is set up.
// Nothing is sent to anybody.
type wecomCheck struct {
	*checker
	ctx context.Context
	cfg *campaign
	ch  *wecom.Channel
}

// checkWeCom looks at everything that WeCom needs.
func (c *checker) checkWeCom(w *world, cfg *campaign) {
	words, err := templates.Load()
	if err != nil {
		c.fault("wecom", err.Error(), "")
		return
	}
	ch, err := wecom.New(cfg.wecomOptions(words, cfg.configured, nobody{}, w.log))
	if err != nil {
		c.fault("wecom", err.Error(), "correct it in config.yaml or in the environment")
		return
	}
	defer ch.Close()
	k := wecomCheck{c, w.ctx, cfg, ch}
	k.clock()
	if k.token() && k.app() {
		k.people()
		k.rights()
		k.groups()
	}
	k.callback()
}

// clock compares ours with WeCom's.
func (k wecomCheck) clock() {
	skew, err := k.ch.Skew(k.ctx)
	switch {
	case err != nil:
		k.fault("wecom clock", err.Error(), "see that this machine reaches WeCom (wecom.api_base; a proxy is taken from HTTPS_PROXY)")
	case skew.Abs() > mostSkew:
		k.fault("wecom clock", fmt.Sprintf("this machine's clock is %s off WeCom's", skew), "set it by NTP (timedatectl set-ntp true): callbacks are refused when it is two hours off")
	default:
		k.ok("wecom clock", "within a minute of WeCom's")
	}
}

// token says whether corp and secret belong together.
func (k wecomCheck) token() bool {
	err := k.ch.Check(k.ctx)
	if err != nil {
		k.fault("wecom token", err.Error(), k.remedy(err))
		return false
	}
	k.ok("wecom token", "corp id and secret are accepted")
	return true
}

// remedy is what to do about one of WeCom's codes.
func (k wecomCheck) remedy(err error) string {
	switch wecom.CodeOf(err) {
	case 40001:
		return "wecom.secret is not this app's: copy it from " + pageApp + " → Secret → 查看"
	case 40013:
		return "wecom.corp_id is not right: copy it from " + pageCorp
	case 40056, 301002:
		return "wecom.agent_id and wecom.secret are of two apps: copy both from " + pageApp + " (AgentId, Secret)"
	case 60020:
		if ip := wecom.AddressOf(err); ip != "" {
			return "add " + ip + " under " + pageTrusted + " (it needs a 可信域名 or the API接收 address first)"
		}
		return "add this machine's public address under " + pageTrusted
	case 60011:
		return "give the app the right to see it: " + pageVisible
	case 48002:
		return "the app lacks the permission for this call: " + pageApp + " → 开发者接口 and 功能, or ask WeCom's support of a private deployment"
	case 45009, 45033, -1:
		return "WeCom is busy or was asked too often: try again in a minute"
	}
	return "see that this machine reaches wecom.api_base and that it is WeCom that answers there; WeCom explains its codes at https://open.work.weixin.qq.com/devtool/query"
}

// app says whether the app is there and used by anybody.
func (k wecomCheck) app() bool {
	a, err := k.ch.Agent(k.ctx)
	if err != nil {
		k.fault("wecom app", err.Error(), k.remedy(err))
		return wecom.CodeOf(err) == 0 && k.ctx.Err() == nil // a deployment without that call may have the others
	}
	switch {
	case a.Closed:
		k.fault("wecom app", fmt.Sprintf("the app 「%s」 is disabled", a.Name), "switch it on: "+pageApp+" → 启用应用")
	case a.Nobody():
		k.fault("wecom app", fmt.Sprintf("the app 「%s」 is visible to nobody", a.Name), "add the campaign's departments or people: "+pageVisible)
	default:
		k.ok("wecom app", fmt.Sprintf("「%s」, visible to %d members, %d departments, %d tags", a.Name, len(a.Users), len(a.Departments), len(a.Tags)))
	}
	return true
}

// people compares the configuration with the directory.
func (k wecomCheck) people() {
	d := k.cfg.WeCom.Directory
	tags := slices.Sorted(maps.Keys(d.Tags))
	dir, err := k.ch.Directory(k.ctx, tags)
	if err != nil {
		k.fault("wecom people", "the directory cannot be read: "+err.Error(), k.remedy(err))
		return
	}
	there := map[string]bot.Member{}
	for _, m := range dir.Members {
		there[m.Account] = m
	}
	var unseen, disabled []string
	for _, p := range k.cfg.People {
		m, ok := there[strings.ToLower(p.Account)]
		if !ok {
			if m, ok, err = k.ch.Member(k.ctx, p.Account); err != nil {
				k.fault("wecom people", fmt.Sprintf("asking for %s: %v", p.Account, err), k.remedy(err))
				return
			}
		}
		switch {
		case !ok:
			unseen = append(unseen, p.Account)
		case !m.Active:
			disabled = append(disabled, p.Account)
		}
	}
	if len(unseen) > 0 {
		k.fault("wecom people", fmt.Sprintf("%d accounts of config.yaml are not visible to the app, or unknown: %s", len(unseen), few(unseen)),
			"compare them with "+pageContacts+" → the member → 帐号, and add the members to the app: "+pageVisible)
	}
	if len(disabled) > 0 {
		k.fault("wecom people", fmt.Sprintf("%d accounts of config.yaml are disabled or have left: %s", len(disabled), few(disabled)),
			"take them out of config.yaml, or enable them: "+pageContacts+" → the member → 启用")
	}
	if len(unseen)+len(disabled) == 0 {
		k.ok("wecom people", fmt.Sprintf("the app sees %d members, all %d of config.yaml among them", len(dir.Members), len(k.cfg.People)))
	}
	k.mapping(d, dir)
}

// mapping looks for departments and tags that mean something here and are not there.
func (k wecomCheck) mapping(d directorySettings, dir bot.Directory) {
	if !d.read() {
		return
	}
	var lost []string
	for _, id := range slices.Sorted(maps.Keys(d.Departments)) {
		if _, ok := dir.Parent[id]; !ok {
			lost = append(lost, id)
		}
	}
	if len(lost) > 0 {
		k.fault("wecom mapping", "departments of wecom.directory that the app does not see: "+few(lost),
			"compare the numbers with "+pageContacts+" → the department → 部门ID, and add the departments to the app: "+pageVisible)
	}
	if !dir.Tagged {
		k.fault("wecom mapping", "not all tags of wecom.directory can be read: "+few(slices.Sorted(maps.Keys(d.Tags))),
			"compare the numbers with "+pageContacts+" → 标签 → 标签ID, and add the app under 标签 → 可使用的应用")
	}
	if !dir.Complete {
		k.fault("wecom mapping", "some of the visible departments cannot be read: leavers are found by WeCom's callback only", "add these departments to the app: "+pageVisible)
	}
	if len(lost) == 0 && dir.Tagged && dir.Complete {
		k.ok("wecom mapping", fmt.Sprintf("%d departments and %d tags have a meaning", len(d.Departments), len(d.Tags)))
	}
}

// rights asks what the app may do.
func (k wecomCheck) rights() {
	for _, r := range []struct {
		what string
		ask  func(context.Context) error
	}{{"sending", k.ch.SendAllowed}, {"the menu", k.ch.MenuAllowed}} {
		err := r.ask(k.ctx)
		switch {
		case err == nil:
			k.ok("wecom rights", r.what+" is permitted")
		case wecom.CodeOf(err) != 0:
			k.fault("wecom rights", r.what+": "+err.Error(), k.remedy(err))
		default:
			k.ok("wecom rights", r.what+" cannot be asked about here: "+err.Error())
		}
	}
}

// callback does what the console does when the address is saved.
func (k wecomCheck) callback() {
	address := k.cfg.WeCom.CallbackURL
	if address == "" {
		k.ok("wecom callback", "save it under "+pageReceive+" as https://YOUR-HOST/wecom/callback with wecom.token and wecom.aes_key, while this program runs; set wecom.callback_url to have it tried here")
		return
	}
	ctx, cancel := context.WithTimeout(k.ctx, probing)
	defer cancel()
	begin := time.Now()
	err := k.ch.Probe(ctx, address)
	took := time.Since(begin)
	switch {
	case errors.Is(err, wecom.ErrOtherKeys):
		k.fault("wecom callback", address+": "+err.Error(), "wecom.token and wecom.aes_key here are not those of the program that answers there, or its clock is wrong: use the same config.yaml, as in "+pageReceive)
	case errors.Is(err, wecom.ErrElse):
		k.fault("wecom callback", address+": "+err.Error(), "see that the proxy hands /wecom/callback to this program, with its query, and asks for no login")
	case err != nil:
		k.fault("wecom callback", address+": "+err.Error(), "see that the program runs (zhuanban serve), that the name resolves, and that proxy and firewall let port 443 through"+k.callers())
	case took > verifying:
		k.fault("wecom callback", fmt.Sprintf("%s took %s", address, took.Round(time.Millisecond)), "WeCom waits one second when the address is saved: look at the proxy and the network")
	default:
		k.ok("wecom callback", address+" is answered by this program's keys; save it under "+pageReceive)
	}
}

// callers says whom a firewall has to let in.
func (k wecomCheck) callers() string {
	ips, err := k.ch.CallbackIPs(k.ctx)
	if err != nil || len(ips) == 0 {
		return ""
	}
	return "; WeCom calls from " + few(ips)
}

const (
	// verifying is how long WeCom waits for a verification.
	verifying = time.Second
	probing   = 10 * time.Second
	// fewNames is how many names one line bears.
	fewNames = 20
)

// few names the first of many.
func few(names []string) string {
	if more := len(names) - fewNames; more > 0 {
		return strings.Join(names[:fewNames], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

// groups says how the bot gets into the groups.
func (k wecomCheck) groups() {
	for _, g := range k.ch.CheckGroups(k.ctx) {
		if g.Err != nil {
			k.fault("wecom group", g.Group+": "+g.Err.Error(), g.Remedy)
			continue
		}
		k.ok("wecom group", g.Group+": "+g.Found)
	}
}
