package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/templates"
)

// checked runs the command against an imitation of WeCom whose directory holds all
// people of the shipped configuration.
type checked struct {
	env    []string
	path   string
	server *wecomtest.Server
	dir    wecomtest.Directory
	date   string // of the answers; "" = now
}

func newChecked(t *testing.T, edits ...edit) *checked {
	c := &checked{path: edited(t, append([]edit{{"clock: simulated", "clock: real"}}, edits...)...)}
	c.server = wecomtest.New(wecomtest.Options{CorpID: "ww1", AgentID: 1000002, Secret: "geheim"})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.date != "" {
			w.Header().Set("Date", c.date)
		}
		c.server.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	c.env = append(environment(t, databases[0].url(t)), "ZHUANBAN_WECOM_CORP_ID=ww1", "ZHUANBAN_WECOM_AGENT_ID=1000002",
		"ZHUANBAN_WECOM_SECRET=geheim", "ZHUANBAN_WECOM_TOKEN=geheimnis", "ZHUANBAN_WECOM_AES_KEY="+soakKey, "ZHUANBAN_WECOM_API_BASE="+web.URL)
	cfg, err := loadCampaign(c.path, c.env)
	require.NoError(t, err)
	c.dir = wecomtest.Directory{Departments: []wecomtest.Department{{ID: 1}, {ID: 12, Parent: 1}, {ID: 77}}, Parties: []int64{1},
		Tags: map[int64]wecomtest.Tag{3: {}}}
	for _, p := range cfg.People {
		c.dir.People = append(c.dir.People, wecomtest.Person{UserID: p.Account, Departments: []int64{12}, Mobile: "13800000000"})
	}
	return c
}

func (c *checked) run(t *testing.T) told {
	c.server.SetDirectory(c.dir)
	got := command(t, c.env, "", "--config", c.path, "check")
	for _, secret := range []string{"geheim", soakKey, c.server.Token(), "13800000000"} {
		require.False(t, secret != "" && strings.Contains(got.out+got.errs, secret), "a secret is shown")
	}
	require.Zero(t, c.server.Counts().Shown, "nobody is sent anything")
	return got
}

func TestCheckWalksTheWholeSetupOfWeCom(t *testing.T) {
	c := newChecked(t, edit{"directory: {departments: {}", `directory: {departments: {"12": fengcheng}, tags: {"3": head}`}, edit{", tags: {}, role", ", role"})
	got := c.run(t)
	require.NotContains(t, got.out, "FAULT  wecom") // whatever else is wrong on this machine and this day
	for _, want := range []string{"wecom clock", "wecom token", "「专班」, visible to 0 members, 1 departments, 0 tags",
		"the app sees 47 members, all 47 of config.yaml", "1 departments and 1 tags have a meaning", "sending is permitted", "the menu is permitted", "设置API接收"} {
		require.Contains(t, got.out, want)
	}
}

func TestCheckSaysWhatToClick(t *testing.T) {
	on := func(path string, a *wecomtest.Answer) func(*checked) {
		return func(c *checked) {
			c.server.Bend(func(call wecomtest.Call) *wecomtest.Answer {
				if call.Path == path {
					return a
				}
				return nil
			})
		}
	}
	set := func(key, value string) func(*checked) {
		return func(c *checked) {
			i := slices.IndexFunc(c.env, func(e string) bool { return strings.HasPrefix(e, key+"=") })
			c.env[i] = key + "=" + value
		}
	}
	for name, c := range map[string]struct {
		bend  func(*checked)
		fault string
		then  []string
	}{
		"another secret":     {set("ZHUANBAN_WECOM_SECRET", "other"), "wecom token", []string{"40001", "Secret → 查看"}},
		"another corp":       {set("ZHUANBAN_WECOM_CORP_ID", "ww2"), "wecom token", []string{"40013", "我的企业"}},
		"another app":        {set("ZHUANBAN_WECOM_AGENT_ID", "1000003"), "wecom app", []string{"301002", "AgentId"}},
		"no AES key":         {set("ZHUANBAN_WECOM_AES_KEY", "short"), "wecom ", []string{"AESKey", "接收消息"}},
		"an unknown address": {on(wecomtest.AgentGetPath, wecomtest.Refuse(60020, "not allow to access from your ip")), "wecom app", []string{"add 203.0.113.7 under", "企业可信IP"}},
		"a closed app":       {func(c *checked) { c.dir.Closed = true }, "wecom app", []string{"启用应用"}},
		"nobody sees it":     {func(c *checked) { c.dir.Parties = nil }, "wecom app", []string{"visible to nobody", "可见范围"}},
		"some do not see it": {func(c *checked) { c.dir.People[1].Departments = []int64{77} }, "wecom people", []string{"1 accounts", ": office.clerk", "可见范围"}},
		"some are unknown":   {func(c *checked) { c.dir.People = c.dir.People[:24] }, "wecom people", []string{"23 accounts", "and 3 more", "帐号"}},
		"some are disabled":  {func(c *checked) { c.dir.People[0].Status = 2 }, "wecom people", []string{"office.director", "启用"}},
		"no details":         {on(wecomtest.UserListPath, &wecomtest.Answer{ErrCode: 45009}), "", nil},
		"no messages":        {on(wecomtest.StatisticsPath, wecomtest.Refuse(48002, "api forbidden")), "wecom rights", []string{"sending: ", "开发者接口"}},
		"a clock that is off": {func(c *checked) { c.date = time.Now().Add(-10 * time.Minute).UTC().Format(http.TimeFormat) }, "wecom clock",
			[]string{"10m", "NTP"}},
		"nobody there": {set("ZHUANBAN_WECOM_API_BASE", "http://127.0.0.1:1"), "wecom clock", []string{"api_base"}},
	} {
		t.Run(name, func(t *testing.T) {
			k := newChecked(t)
			c.bend(k)
			got := k.run(t)
			if c.fault == "" {
				require.NotContains(t, got.out, "FAULT  wecom")
				return
			}
			require.Equal(t, exitFailed, got.code, got.out)
			require.Contains(t, got.out, "FAULT  "+c.fault)
			for _, want := range c.then {
				require.Contains(t, got.out, want)
			}
		})
	}
}

func TestCheckTriesTheCallback(t *testing.T) {
	words, err := templates.Load()
	require.NoError(t, err)
	channel := func(token, key string) http.Handler {
		ch, err := wecom.New(wecom.Options{CorpID: "ww1", AgentID: "1000002", Secret: "geheim", Token: token, AESKey: key, Desk: nobody{},
			Templates: words, Wall: time.Now, Log: quiet})
		require.NoError(t, err)
		return ch
	}
	otherKey := strings.Repeat("b", 42) + "A"
	for name, c := range map[string]struct {
		there http.Handler
		want  string
	}{
		"ours":               {channel("geheimnis", soakKey), "ok     wecom callback"},
		"with another token": {channel("another", soakKey), "are not those of the program"},
		"with another key":   {channel("geheimnis", otherKey), "are not those of the program"},
		"a login page":       {http.RedirectHandler("/login", http.StatusFound), "asks for no login"},
		"a page":             {http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }), "hands /wecom/callback"},
		"nothing":            {nil, "firewall"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newChecked(t)
			address := "http://127.0.0.1:1"
			if c.there != nil {
				web := httptest.NewServer(c.there)
				defer web.Close()
				address = web.URL
			}
			k.env = append(k.env, "ZHUANBAN_WECOM_CALLBACK_URL="+address+"/wecom/callback")
			got := k.run(t)
			require.Contains(t, got.out, c.want)
			require.Equal(t, name != "ours", strings.Contains(got.out, "FAULT  wecom"), got.out)
			if c.there == nil {
				require.Contains(t, got.out, "WeCom calls from 203.0.113.1, 203.0.113.2")
			}
		})
	}
}
