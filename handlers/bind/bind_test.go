package bind_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/identity"
	"zhuanban/handlers/bind"
	"zhuanban/handlers/help"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// pair is a desk between two platforms: the world's, whose users are named by the
// roster's accounts, and another, whose are not.
type pair struct {
	*bottest.World
	t     *testing.T
	book  *identity.Book
	homes *identity.Homes
	ding  *bottest.Channel
}

func newPair(t *testing.T) *pair {
	url := storetest.SQLiteURL(t)
	s := storetest.Open(t, url)
	roster := bot.NewRoster([]bot.Person{
		{Account: "ann", Name: "填报员·甲", Unit: "a", Role: bot.Filer}, {Account: "ben", Name: "填报员·乙", Unit: "a", Role: bot.Filer},
		{Account: "cleo", Name: "专项办职员", Unit: "office", Role: bot.Clerk}, {Account: "dora", Name: "专项办主任", Unit: "office", Role: bot.Director},
	}, []bot.Unit{{ID: "a", Name: "甲所", Kind: bot.Station}, {ID: "office", Name: "专项办", Kind: bot.Office}}, nil)
	p := &pair{t: t, ding: bottest.NewChannel("dingtalk")}
	clock := bottest.NewClock(bottest.Friday)
	log := slog.New(slog.DiscardHandler)
	var err error
	p.book, err = identity.New(identity.Options{Store: s, Platform: "dingtalk", Configured: map[string]string{"01": "ben"},
		Roster: func() *bot.Roster { return roster }, Wall: clock.Now, Log: log})
	require.NoError(t, err)
	p.homes, err = identity.NewHomes(identity.HomesOptions{Store: s, Places: []identity.Place{{Name: "test"}, {Name: "dingtalk", Book: p.book}}, Log: log})
	require.NoError(t, err)
	duties := func() []bot.Handler {
		return []bot.Handler{help.Handler(), bind.New(p.homes.Reach, p.book).Handler()}
	}
	p.World = bottest.New(t, bottest.At(url), bottest.WithRoster(roster), bottest.WithHandlers(duties), bottest.WithHomes(p.homes))
	p.Courier.Channels["dingtalk"] = p.ding
	return p
}

// from is what a user of the other platform hears when they say something there.
func (p *pair) from(user, text string) string {
	p.t.Helper()
	m := p.Message(p.book.Account(user), text)
	m.Platform, m.Nick = "dingtalk", "所长\n（可信）"
	return p.hear(m)
}

func (p *pair) hear(m bot.Message) string {
	p.t.Helper()
	p.Send(m)
	require.NoError(p.t, p.book.Load(p.t.Context()))
	require.NoError(p.t, p.homes.Load(p.t.Context()))
	p.Flush()
	return p.ding.Read(m.Sender)
}

// tap taps the button with a label on what somebody was shown last.
func (p *pair) tap(who, label string) {
	p.t.Helper()
	for _, r := range p.Channel.Shown(who) {
		for _, b := range r.Buttons {
			if b.Label == label {
				m := p.Message(who, "")
				m.Tap = b.Tap
				defer p.hear(m)
				return
			}
		}
	}
	require.Failf(p.t, "no such button", "%s has no %s: %v", who, label, p.Channel.Shown(who))
}

// typed says what somebody types, and puts in force what comes of it.
func (p *pair) typed(who, text string) {
	p.t.Helper()
	p.hear(p.Message(who, text))
}

func TestAUserIsBound(t *testing.T) {
	p := newPair(t)
	require.Contains(t, p.from("042", "你好"), "绑定 员工账号")
	require.Contains(t, p.from("042", "绑定 Ann。"), "已收到")
	for _, who := range []string{"cleo", "dora"} {
		p.Expect(who, "账号绑定申请", "042", "对方自称「所长 （可信）」", "ann", "甲所 填报员·甲", "1 确认")
	}
	p.Expect("ann", "有人申请绑定您的账号", "不是我")
	require.Contains(t, p.from("042", "绑定ann"), "不用重复发")
	require.Contains(t, p.from("042", "帮助"), "正在等专项办核对")
	p.ExpectNothing("cleo")

	p.typed("cleo", "1")
	p.Expect("cleo", "已确认", "填报员·甲", "解绑 ann")
	require.Contains(t, p.ding.Read("dingtalk:042"), "绑定成功：您是「填报员·甲」")
	p.Expect("ann", "专项办职员已确认", "不是我")
	require.Equal(t, "ann", p.book.Account("042"))
	require.Contains(t, p.from("042", "帮助"), "填报员·甲", "they are in")
	p.tap("dora", "确认")
	p.Expect("dora", "已由专项办职员处理过")

	require.Contains(t, p.from("042", "绑定 ben"), "不用绑定")
	p.typed("ann", "帮助")
	require.Equal(t, "test", p.homes.Home("ann"))
}

func TestNobodyLearnsWhichAccountsThereAre(t *testing.T) {
	p := newPair(t)
	known, unknown := p.from("042", "绑定 ann"), p.from("043", "绑定 xxx")
	require.Equal(t, known, strings.ReplaceAll(unknown, "xxx", "ann"))
	p.Expect("cleo", "名册里没有这个账号")
	taken := p.from("044", "绑定 ben")
	require.Equal(t, known, strings.ReplaceAll(taken, "ben", "ann"))
	p.Expect("cleo", "已有另一个钉钉用户")
	require.Equal(t, []string{"拒绝"}, labels(p.Channel.Shown("cleo")[2]), "there is nothing to confirm")
}

func labels(r bot.Reply) (out []string) {
	for _, b := range r.Buttons {
		out = append(out, b.Label)
	}
	return out
}

func TestARefusalIsHeard(t *testing.T) {
	p := newPair(t)
	p.from("042", "我要绑定：ann")
	p.tap("dora", "拒绝")
	p.Expect("dora", "已拒绝")
	require.Contains(t, p.ding.Read("dingtalk:042"), "没有通过")
	require.Equal(t, "dingtalk:042", p.book.Account("042"))
	p.tap("cleo", "确认")
	p.Expect("cleo", "已由专项办主任处理过")
	require.Equal(t, "dingtalk:042", p.book.Account("042"))
}

func TestTheHolderSaysThatItIsNotThem(t *testing.T) {
	for _, way := range []string{"tapped", "typed"} {
		t.Run(way, func(t *testing.T) {
			p := newPair(t)
			p.from("042", "绑定 ann")
			p.tap("cleo", "确认")
			require.Equal(t, "ann", p.book.Account("042"))
			p.typed("ben", "不是我") // nobody has said that he is
			p.Expect("ben", "没看懂")
			if way == "tapped" {
				p.tap("ann", "不是我")
			} else {
				p.typed("ann", "不是我")
			}
			p.Expect("ann", "已停用")
			p.Expect("cleo", "绑定被本人否认", "解绑 042")
			require.Contains(t, p.ding.Read("dingtalk:042"), "停办")
			require.Contains(t, p.from("042", "绑定 ben"), "停办")
			p.typed("cleo", "解绑 042")
			p.tap("cleo", "解除")
			require.Contains(t, p.from("042", "绑定 ben"), "已收到")
		})
	}
}

func TestOneOfTheOfficeDoesNotDecideAboutThemself(t *testing.T) {
	p := newPair(t)
	p.from("042", "绑定 cleo")
	p.Expect("cleo", "有人申请绑定您的账号")
	require.Equal(t, []string{"不是我"}, labels(p.Channel.Shown("cleo")[0]))
	m := p.Message("cleo", "")
	m.Tap = p.Channel.Shown("dora")[0].Buttons[0].Tap
	p.hear(m)
	p.Expect("cleo", "不由您处理")
	m = p.Message("ben", "")
	m.Tap = p.Channel.Shown("dora")[0].Buttons[0].Tap
	p.hear(m)
	p.Expect("ben", "由专项办办理")
	p.tap("dora", "确认")
	require.Equal(t, "cleo", p.book.Account("042"))
}

func TestABindingEnds(t *testing.T) {
	p := newPair(t)
	bound := func() {
		p.from("042", "绑定 ann")
		m := p.Message("cleo", "")
		shown := p.Channel.Shown("cleo")
		m.Tap = shown[len(shown)-1].Buttons[0].Tap
		p.hear(m)
		require.Equal(t, "ann", p.book.Account("042"))
		p.ding.Read("dingtalk:042")
	}
	bound()
	require.Contains(t, p.from("042", "解绑"), "解除后")
	m := p.Message("ann", "")
	shown := p.ding.Shown("ann")
	m.Platform, m.Tap = "dingtalk", shown[len(shown)-1].Buttons[0].Tap
	p.hear(m)
	require.Contains(t, p.ding.Read("dingtalk:042"), "绑定已解除")
	require.Equal(t, "dingtalk:042", p.book.Account("042"))

	bound()
	p.typed("cleo", "解绑 ann")
	p.tap("cleo", "解除")
	p.Expect("cleo", "已解除")
	require.Contains(t, p.ding.Read("dingtalk:042"), "绑定已解除")

	p.typed("ben", "解绑")
	p.Expect("ben", "没有可以自己解除的绑定")
	p.typed("ben", "解绑 ann")
	p.Expect("ben", "由专项办办理")
	p.typed("cleo", "解绑 ann")
	p.Expect("cleo", "没有找到")
}

func TestTheOfficeLooksForWhatWaits(t *testing.T) {
	p := newPair(t)
	p.typed("cleo", "绑定申请")
	p.Expect("cleo", "没有等着核对")
	p.from("042", "绑定 ann")
	p.Channel.Read("cleo")
	p.typed("cleo", "绑定申请")
	p.Expect("cleo", "账号绑定申请", "填报员·甲", "3天")
	p.typed("ann", "绑定申请")
	p.Expect("ann", "由专项办办理")
	p.Clock.Set(p.Clock.Now().Add(identity.OpenFor))
	p.tap("cleo", "确认")
	p.Expect("cleo", "超过3天")
	p.typed("cleo", "绑定申请")
	p.Expect("cleo", "没有等着核对")
}

func TestInAGroupNobodyIsBound(t *testing.T) {
	p := newPair(t)
	m := p.Message("dingtalk:042", "绑定 ann")
	m.Platform, m.Group = "dingtalk", "群"
	require.Contains(t, p.hear(m), "请在与我的单聊里办")
	p.ExpectNothing("cleo")
	require.Contains(t, p.from("042", "绑定 某某鞋店"), "没看懂")
	require.Contains(t, p.from("042", "绑定"), "绑定 员工账号")
	require.Contains(t, p.from("042", strings.Repeat("绑定 a", 40)), "没看懂")
	p.ExpectNothing("cleo")
	p.typed("stray", "绑定 ann")
	require.Contains(t, p.Channel.Read("stray"), "还不在本次专项行动的名册里", "on a platform with the roster's accounts there is nothing to bind")
}

func TestTheOfficeIsNotSpokenToWithoutEnd(t *testing.T) {
	p := newPair(t)
	for _, account := range []string{"a", "b", "c"} {
		require.Contains(t, p.from("042", "绑定 "+account), "已收到")
	}
	require.Contains(t, p.from("042", "绑定 ann"), "次数已满")
	p.Clock.Set(p.Clock.Now().Add(25 * time.Hour))
	require.Contains(t, p.from("042", "绑定 ann"), "已收到")
}

func TestEveryStepIsKept(t *testing.T) {
	p := newPair(t)
	p.from("042", "绑定 ann")
	p.tap("cleo", "确认")
	p.typed("cleo", "解绑 ann")
	p.tap("cleo", "解除")
	require.NoError(t, p.Store.View(t.Context(), func(tx *store.Tx) error {
		steps, err := tx.Identities().Steps(t.Context(), "dingtalk", "042", time.Time{})
		require.Len(t, steps, 3)
		for i, want := range []string{"asked dingtalk:042", "confirmed cleo", "unbound cleo"} {
			require.Equal(t, want, steps[i].Step+" "+steps[i].By)
			require.True(t, strings.EqualFold("ann", steps[i].Account))
			require.WithinDuration(t, p.Clock.Now(), steps[i].At, time.Second)
		}
		return err
	}))
}
