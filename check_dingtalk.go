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
	"zhuanban/bot/dingtalk"
	"zhuanban/bot/identity"
	"zhuanban/store"
	"zhuanban/templates"
)

// Where to click in DingTalk's developer console (open-dev.dingtalk.com), in its own words.
const (
	pageDing        = "应用开发 → 企业内部应用 → the app"
	pageCredentials = pageDing + " → 凭证与基础信息"
	pageRobot       = pageDing + " → 应用能力 → 机器人"
	pageRights      = pageDing + " → 开发配置 → 权限管理"
	pageRelease     = pageDing + " → 版本管理与发布 → 创建新版本"
	pageSeen        = pageRights + " → 通讯录权限范围"
	pageExit        = pageDing + " → 安全设置 → 服务器出口IP"
)

// dingtalkCheck walks the setup of the robot in the order in which it is set up. Nothing
// is sent to anybody, and no connection is kept.
type dingtalkCheck struct {
	*checker
	ctx  context.Context
	cfg  *campaign
	ch   *dingtalk.Channel
	book *identity.Book
}

// checkDingTalk looks at everything that DingTalk needs.
func (c *checker) checkDingTalk(w *world, cfg *campaign) {
	if cfg.DingTalk.ClientID == "" {
		return
	}
	book, end, err := readBook(w, cfg)
	if err != nil {
		c.fault("dingtalk people", err.Error(), "")
		return
	}
	defer end()
	words, err := templates.Load()
	if err != nil {
		c.fault("dingtalk", err.Error(), "")
		return
	}
	ch, err := dingtalk.New(cfg.dingtalkOptions(words, book, nobody{}, w.log))
	if err != nil {
		c.fault("dingtalk", err.Error(), "correct it in config.yaml or in the environment")
		return
	}
	defer ch.Close()
	k := dingtalkCheck{c, w.ctx, cfg, ch, book}
	if k.token() {
		k.way()
		k.robot()
		k.people()
	}
	c.ok("dingtalk edition", fmt.Sprintf("%s, as dingtalk.edition says; DingTalk tells nobody: if it is another, see docs/dingtalk.zh-CN.md", cfg.DingTalk.Edition))
}

// readBook is who DingTalk's users are, by the configuration and what was confirmed.
func readBook(w *world, cfg *campaign) (book *identity.Book, end func(), err error) {
	s, err := store.Open(w.ctx, cfg.Database.URL, store.Options{Wall: time.Now, Logger: w.log})
	if err != nil {
		return nil, nil, fmt.Errorf("who is bound cannot be read: %w", err)
	}
	book, err = identity.New(identity.Options{Store: s, Platform: dingtalk.Name, Configured: cfg.userIDs(), Same: cfg.sameAccounts(),
		Roster: cfg.configured, Wall: time.Now, Log: w.log})
	if err == nil {
		err = book.Load(w.ctx)
	}
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return book, func() { _ = s.Close() }, nil
}

// token says whether id and secret belong together.
func (k dingtalkCheck) token() bool {
	if err := k.ch.Check(k.ctx); err != nil {
		k.fault("dingtalk token", err.Error(), k.remedy(err))
		return false
	}
	k.ok("dingtalk token", "Client ID and Client Secret are accepted")
	return true
}

// remedy is what to do about what DingTalk has said.
func (k dingtalkCheck) remedy(err error) string {
	if scopes := dingtalk.ScopesOf(err); len(scopes) > 0 {
		return "apply for " + strings.Join(scopes, ", ") + " under " + pageRights + ", and publish a version: " + pageRelease
	}
	var failed *bot.SendError
	code := strings.ToLower(dingtalk.CodeOf(err))
	switch {
	case strings.Contains(code, "ipnotinwhitelist") || code == "60020":
		return "add this machine's public address under " + pageExit
	case slices.Contains([]string{"invalidclientidorsecret", "authfailed", "40089", "40096", "40013"}, code):
		return "copy dingtalk.client_id and dingtalk.client_secret anew from " + pageCredentials
	case code == "60011" || strings.Contains(code, "permission"):
		return "apply for the permission under " + pageRights + ", and publish a version: " + pageRelease
	case code == "50002" || code == "50004":
		return "widen what the app may see: " + pageSeen + ", and publish a version: " + pageRelease
	case strings.Contains(code, "robotcode"):
		return "copy dingtalk.robot_code from " + pageRobot + " (RobotCode), and publish a version: " + pageRelease
	case errors.As(err, &failed) && failed.Reason == bot.Throttled:
		return "DingTalk was asked too often, or the month's calls are used up: try again in a minute; see docs/dingtalk.zh-CN.md 九"
	}
	return "see that this machine reaches api.dingtalk.com and oapi.dingtalk.com, or dingtalk.api_base and .oapi_base, and that it is DingTalk that answers there"
}

// way is how messages come in.
func (k dingtalkCheck) way() {
	if k.cfg.DingTalk.Mode == dingtalk.HTTP {
		k.ok("dingtalk callback", "save https://YOUR-HOST/dingtalk/callback under "+pageRobot+" → 消息接收模式 → HTTP模式")
		return
	}
	host, err := k.ch.Gateway(k.ctx)
	if err != nil {
		k.fault("dingtalk stream", err.Error(), k.remedy(err))
		return
	}
	k.ok("dingtalk stream", "the gateway gives connections at "+host+", which this machine has to reach; whether one is up shows at /readyz while serve runs. The robot has to be in Stream模式: "+pageRobot+" → 消息接收模式")
}

// robot says whether the robot may speak, and in which groups it is.
func (k dingtalkCheck) robot() {
	in, err := k.ch.Seated(k.ctx)
	var failed *bot.SendError
	switch {
	case err == nil:
		k.ok("dingtalk robot", fmt.Sprintf("it is in %d groups", len(in)))
	case errors.As(err, &failed) && (failed.Reason == bot.NotPermitted || failed.Reason == bot.NotTrusted):
		k.fault("dingtalk robot", err.Error(), k.remedy(err))
		return
	default:
		k.ok("dingtalk robot", "cannot be asked about here: "+err.Error())
		return
	}
	for _, g := range k.cfg.dingtalkGroups() {
		switch {
		case g.Conversation == "":
			k.ok("dingtalk group", g.Name+": through its custom robot, which nobody can be asked about")
		case slices.Contains(in, g.Conversation):
			k.ok("dingtalk group", g.Name+": the robot is in it")
		default:
			k.fault("dingtalk group", g.Name+": the robot is in no group of that conversation", "add it: the group's 群设置 → 机器人 → 添加机器人; mention it there, and it says the conversation (capitals count)")
		}
	}
}

// people compares the configuration, and who is bound, with the directory.
func (k dingtalkCheck) people() {
	dir, err := k.ch.Directory(k.ctx, nil)
	if err != nil {
		k.fault("dingtalk people", "the directory cannot be read: "+err.Error(), k.remedy(err))
		return
	}
	there := map[string]bool{}
	for _, m := range dir.Members {
		there[strings.ToLower(m.UserID)] = true
	}
	var unseen, nobodys []string
	for _, p := range k.cfg.People {
		userID, ok := k.book.UserID(p.Account)
		switch {
		case !ok:
			nobodys = append(nobodys, p.Account)
		case !there[strings.ToLower(userID)]:
			unseen = append(unseen, p.Account)
		}
	}
	if len(unseen) > 0 {
		k.fault("dingtalk people", fmt.Sprintf("%d people have userIds that the app does not see, or that are unknown: %s", len(unseen), few(unseen)),
			"compare them with 通讯录 → the member → 员工UserID in DingTalk's administration, and widen what the app may see: "+pageSeen)
	}
	if len(nobodys) > 0 {
		k.ok("dingtalk people", fmt.Sprintf("%d people are no users of DingTalk's yet (each says 「绑定 员工账号」 there, or set people[].dingtalk): %s", len(nobodys), few(nobodys)))
	}
	if len(unseen) == 0 {
		k.ok("dingtalk people", fmt.Sprintf("the app sees %d members, with %d of the %d people of config.yaml among them", len(dir.Members), len(k.cfg.People)-len(nobodys), len(k.cfg.People)))
	}
	k.mapping(dir)
}

// mapping looks for departments that mean something here and are not there.
func (k dingtalkCheck) mapping(dir bot.Directory) {
	d := k.cfg.DingTalk.Directory.as()
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
		k.fault("dingtalk mapping", "departments of dingtalk.directory that the app does not see: "+few(lost),
			"compare the numbers with 通讯录 → the department → 部门ID, and widen what the app may see: "+pageSeen)
	}
	if !dir.Complete {
		k.fault("dingtalk mapping", "some departments cannot be read: leavers are found by DingTalk's events only", "widen what the app may see: "+pageSeen)
	}
	if len(lost) == 0 && dir.Complete {
		k.ok("dingtalk mapping", fmt.Sprintf("%d departments have a meaning", len(d.Departments)))
	}
}
