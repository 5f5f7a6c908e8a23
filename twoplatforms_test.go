package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk"
	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/store"
)

// both is the whole program between the imitations of WeCom and of DingTalk.
type both struct {
	*desk
	t      *testing.T
	server *wecomtest.Server
	client *wecomtest.Client
	ding   *dingtalktest.Server
	gate   *dingtalktest.Gateway
	said   int
	read   map[string]int
}

func newBoth(t *testing.T, url string, edits ...edit) *both {
	b := &both{t: t, server: wecomtest.New(wecomtest.Options{CorpID: "ww1", AgentID: 1000002, Secret: "geheim"}), read: map[string]int{},
		ding: dingtalktest.NewServer(dingtalktest.Options{ClientID: "ding1", ClientSecret: "heimlich"}),
		gate: dingtalktest.NewGateway(dingtalktest.GatewayOptions{ClientID: "ding1", ClientSecret: "heimlich"})}
	web := httptest.NewServer(b.server)
	t.Cleanup(web.Close)
	ding := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.gate.Serves(r.URL.Path) {
			b.gate.ServeHTTP(w, r)
			return
		}
		b.ding.ServeHTTP(w, r)
	}))
	t.Cleanup(ding.Close)
	t.Cleanup(b.gate.Close)
	b.ding.Open(ding.URL)
	edits = append(edits, edit{"clock: simulated", "clock: real"}, edit{`until: "07:00"`, `until: "22:00"`},
		edit{"{account: fengcheng.filer, ", "{account: fengcheng.filer, dingtalk: '0421', "})
	cfg, err := loadCampaign(edited(t, edits...), append(environment(t, url), "ZHUANBAN_WECOM_CORP_ID=ww1", "ZHUANBAN_WECOM_AGENT_ID=1000002",
		"ZHUANBAN_WECOM_SECRET=geheim", "ZHUANBAN_WECOM_TOKEN=token", "ZHUANBAN_WECOM_AES_KEY="+soakKey, "ZHUANBAN_WECOM_API_BASE="+web.URL,
		"ZHUANBAN_DINGTALK_CLIENT_ID=ding1", "ZHUANBAN_DINGTALK_CLIENT_SECRET=heimlich", "ZHUANBAN_DINGTALK_API_BASE="+ding.URL, "ZHUANBAN_DINGTALK_OAPI_BASE="+ding.URL))
	require.NoError(t, err)
	b.desk, err = openDesk(t.Context(), cfg, quiet)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.desk.close()) })
	heard := b.hear(t.Context())
	t.Cleanup(heard.leave)
	require.NoError(t, b.gate.Connected(t.Context(), 1))
	b.client = &wecomtest.Client{Callback: b.wecom, CorpID: "ww1", AgentID: "1000002", Token: "token", AESKey: soakKey}
	return b
}

// settle delivers what is due, and lets this process know what was decided.
func (b *both) settle() {
	b.t.Helper()
	require.NoError(b.t, b.book.Load(b.t.Context()))
	require.NoError(b.t, b.homes.Load(b.t.Context()))
	require.NoError(b.t, b.drain(b.t.Context()))
}

// onDingTalk is what a user hears there when they say something.
func (b *both) onDingTalk(user, text string) string {
	b.t.Helper()
	b.said++
	hook, _ := b.ding.PersonWebhook(user)
	f, err := b.gate.Say(dingtalktest.Message{ID: fmt.Sprint("d", b.said), From: user, Text: text, Webhook: hook})
	require.NoError(b.t, err)
	ack, err := b.gate.Ack(b.t.Context(), f.ID())
	require.NoError(b.t, err)
	require.Equal(b.t, 200, ack.Code)
	b.settle()
	return b.heard(user)
}

// heard is what a user of DingTalk's was shown since the last time.
func (b *both) heard(user string) string {
	all := dingtalktest.Texts(b.ding.Shown(user))
	news := all[b.read[user]:]
	b.read[user] = len(all)
	return strings.Join(news, "\n")
}

// onWeCom is the same there.
func (b *both) onWeCom(member, text string) string {
	b.t.Helper()
	b.said++
	before := len(b.server.Texts(member))
	reply, err := b.client.Say(b.t.Context(), member, fmt.Sprint("w", b.said), text)
	require.NoError(b.t, err)
	require.Equal(b.t, 200, reply.Status)
	b.settle()
	return strings.Join(append(b.server.Texts(member)[before:], reply.Text), "\n")
}

func TestADraftBegunOnDingTalkIsFinishedOnWeCom(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		b := newBoth(t, url)
		card := b.onDingTalk("0421", "报线索 今天群众举报凤城镇建设路12号某某鞋店卖假冒运动鞋，货值两万五")
		require.Contains(t, card, "某某鞋店")
		require.Equal(t, dingtalk.Name, b.bot.Home("fengcheng.filer"))
		require.Contains(t, b.onWeCom("fengcheng.filer", "改货值 3万"), "30,000")
		require.Equal(t, wecom.Name, b.bot.Home("Fengcheng.Filer"))
		require.Contains(t, b.onDingTalk("0421", "继续"), "30,000", "and back")
		require.Contains(t, b.onWeCom("fengcheng.filer", "提交"), "AX-")
		require.NoError(t, b.store.View(t.Context(), func(tx *store.Tx) error {
			open, err := tx.Drafts().Open(t.Context(), "fengcheng.filer")
			require.Empty(t, open)
			return err
		}))
		require.Contains(t, b.onDingTalk("0421", "进度"), "某某鞋店")
	})
}

func TestAUserOfDingTalkIsBoundByTheOfficeOnWeCom(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		b := newBoth(t, url)
		require.Equal(t, "dingtalk:chengxiang.filer", b.book.Account("chengxiang.filer"), "two organisations' names are two things")
		require.Contains(t, b.onDingTalk("77", "绑定 chengxiang.filer"), "已收到")
		require.Contains(t, strings.Join(b.server.Texts("chengxiang.filer"), "\n"), "不是我")
		require.Contains(t, b.onWeCom("office.clerk", "1"), "已确认")
		require.Contains(t, b.heard("77"), "绑定成功")
		require.Equal(t, "chengxiang.filer", b.book.Account("77"))
		require.Contains(t, b.onDingTalk("77", "帮助"), "报线索")

		// what nobody has asked for comes where they wrote last
		notice := bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: "chengxiang.filer"}, Template: "help.thanks", Urgent: true}
		require.NoError(t, b.store.Update(t.Context(), func(tx *store.Tx) error {
			return b.bot.Queue(t.Context(), tx, "test", b.clock.Now(), notice)
		}))
		b.settle()
		require.NotEmpty(t, b.heard("77"))
		require.Contains(t, b.onWeCom("chengxiang.filer", "不是我"), "已停用")
		require.Equal(t, "dingtalk:77", b.book.Account("77"))
		require.Equal(t, wecom.Name, b.bot.Home("chengxiang.filer"), "who cannot be reached there is met on the other")
	})
}

// TestABroadcastFindsEverybodyAtHome: each of its people on the platform on which they
// wrote last.
func TestABroadcastFindsEverybodyAtHome(t *testing.T) {
	b := newBoth(t, "sqlite:"+t.TempDir()+"/zhuanban.db")
	b.onDingTalk("0421", "你好")
	b.onWeCom("office.clerk", "群发给 凤城所：明天上午九点开会")
	b.onWeCom("office.clerk", "发送")
	b.settle()
	require.Contains(t, b.heard("0421"), "明天上午九点开会")
	require.Contains(t, strings.Join(b.server.Texts("fengcheng.head"), "\n"), "明天上午九点开会")
	require.NotContains(t, strings.Join(b.server.Texts("fengcheng.filer"), "\n"), "明天上午九点开会")
}

// TestDingTalkIsServed: over connections, which /readyz and the metrics show, and in HTTP
// mode at its callback.
func TestDingTalkIsServed(t *testing.T) {
	get := func(d *desk, path string) string {
		w := httptest.NewRecorder()
		d.routes().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w.Body.String()
	}
	b := newBoth(t, "sqlite:"+t.TempDir()+"/zhuanban.db")
	require.NotEmpty(t, b.onDingTalk("0421", "帮助")) // then it is certain that it knows
	require.Contains(t, get(b.desk, "/readyz"), "dingtalk: connected (1)")
	require.Contains(t, get(b.desk, "/metrics"), "zhuanban_dingtalk_up 1")
	w := httptest.NewRecorder()
	b.routes().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/dingtalk/callback", nil))
	require.NotEqual(t, http.StatusOK, w.Code, "nothing is open that is not used")

	cfg, err := loadCampaign(edited(t, edit{"clock: simulated", "clock: real"}, edit{"mode: stream ", "mode: http "}, edit{"  enabled: true ", "  enabled: false "}),
		append(environment(t, "sqlite:"+t.TempDir()+"/zhuanban.db"), "ZHUANBAN_DINGTALK_CLIENT_ID=ding1", "ZHUANBAN_DINGTALK_CLIENT_SECRET=heimlich"))
	require.NoError(t, err)
	d, err := openDesk(t.Context(), cfg, quiet)
	require.NoError(t, err)
	defer func() { require.NoError(t, d.close()) }()
	require.Contains(t, get(d, "/readyz"), "dingtalk: called back")
	require.NotContains(t, get(d, "/metrics"), "zhuanban_dingtalk_up")
	for secret, want := range map[string]int{"heimlich": http.StatusOK, "another": http.StatusUnauthorized} {
		now := time.Now()
		r, err := dingtalktest.Callback(t.Context(), "http://x/dingtalk/callback", secret, dingtalktest.Message{ID: "m" + secret, From: "fengcheng.filer", Text: "帮助"}.Body(now), now)
		require.NoError(t, err)
		w := httptest.NewRecorder()
		d.routes().ServeHTTP(w, r)
		require.Equal(t, want, w.Code)
	}
	require.NoError(t, d.store.View(t.Context(), func(tx *store.Tx) error {
		m, err := tx.Messages().Find(t.Context(), dingtalk.Name, "fengcheng.filer", "mheimlich")
		require.Equal(t, "fengcheng.filer", m.Person)
		return err
	}))
}
