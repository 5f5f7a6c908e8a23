package announce_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/delivery"
	"zhuanban/handlers/announce"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// office is a world with two in the office, a leader, and as many stations as asked
// for, each with a filer (f1, …) and a head (h1, …); and a section with a filer.
func office(t *testing.T, stations int, opts ...bottest.Option) *bottest.World {
	people := []bot.Person{
		{Account: "dora", Name: "专项办主任", Unit: "office", Role: bot.Director},
		{Account: "cleo", Name: "专项办职员", Unit: "office", Role: bot.Clerk},
		{Account: "lead", Name: "组长", Unit: "leaders", Role: bot.Chief},
		{Account: "sec", Name: "填报员·网络交易与广告股", Unit: "sec", Role: bot.Filer},
	}
	units := []bot.Unit{
		{ID: "office", Name: "专项办", Kind: bot.Office}, {ID: "leaders", Name: "专班组长", Kind: bot.Leading},
		{ID: "sec", Name: "网广股", Alias: []string{"网络交易与广告股"}, Kind: bot.Section},
	}
	for i := 1; i <= stations; i++ {
		id, unit := fmt.Sprint(i), fmt.Sprintf("%d号所", i)
		units = append(units, bot.Unit{ID: id, Name: unit, Alias: []string{"老" + unit}, Kind: bot.Station})
		people = append(people, bot.Person{Account: "f" + id, Name: "填报员·" + unit, Unit: id, Role: bot.Filer},
			bot.Person{Account: "h" + id, Name: "所长·" + unit, Unit: id, Role: bot.Head})
	}
	return bottest.New(t, append([]bottest.Option{bottest.WithRoster(bot.NewRoster(people, units, nil)),
		bottest.WithHandlers(func() []bot.Handler { return []bot.Handler{announce.New().Handler()} })}, opts...)...)
}

// cast queues what has begun and delivers it, to the end.
func cast(w *bottest.World) {
	for more := true; more; w.Flush() {
		more = step(w) > 0
	}
}

// step queues the next batch, as the program's broadcaster does every second.
func step(w *bottest.World) int {
	b := &delivery.Broadcaster{Store: w.Store, Clock: w.Clock, Wall: w.Wall.Now, Wake: w.Courier.Wake, Log: w.Courier.Log,
		Home: w.Bot.Home, Done: announce.Done(w.Bot)}
	n, err := b.Step(context.Background())
	if err != nil {
		panic(err)
	}
	return n
}

// each runs on both databases.
func each(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, storetest.SQLiteURL(t)) })
	t.Run("mysql", func(t *testing.T) { test(t, storetest.MariaDBURL(t)) })
}

func said(replies []bot.Reply) string {
	var all []string
	for _, r := range replies {
		all = append(all, r.Text)
	}
	return strings.Join(all, "\n")
}

// got counts who outside the office has been told something.
func got(w *bottest.World, words string) (n int) {
	for _, a := range w.Channel.Attempts() {
		if a.Fate == "" && a.To != "cleo" && a.To != "dora" && strings.Contains(a.Bytes, words) {
			n++
		}
	}
	return n
}

func TestNothingLeavesBeforeItIsSent(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		w := office(t, 2, bottest.At(url))
		card := said(w.Say("cleo", "群发 周五前请报送第2期统计表，谢谢！"))
		require.Contains(t, card, "所有报送单位的填报员和负责人，共 5 人")
		require.Contains(t, card, "【专项办通知】\n周五前请报送第2期统计表，谢谢！\n（专项办职员 发）", "as it was typed")
		cast(w)
		w.ExpectNothing("f1")

		require.Contains(t, said(w.Tap("cleo", "发送")), "已开始发送，共 5 人。")
		w.Restart()
		cast(w)
		for _, to := range []string{"f1", "h1", "f2", "h2", "sec"} {
			require.Len(t, w.Channel.Shown(to), 1)
			w.Expect(to, "【专项办通知】\n周五前请报送第2期统计表，谢谢！")
		}
		w.ExpectNothing("dora")
		w.ExpectNothing("lead")
		require.Contains(t, said(w.Say("dora", "群发进度")), "【群发已发完】\n「周五前请报送第2期统计表，谢谢！」\n"+
			"专项办职员 1月19日 09:00 开始，1月19日 09:00 发完，共 5 人\n已送达 5、未送达 0")
	})
}

func TestWhoItIsFor(t *testing.T) {
	for order, want := range map[string]string{
		"群发 开会":               "所有报送单位的填报员和负责人，共 7 人",
		"群发开会":                "所有报送单位的填报员和负责人，共 7 人",
		"群发通知：开会":             "所有报送单位的填报员和负责人，共 7 人",
		"请群发 开会":              "所有报送单位的填报员和负责人，共 7 人",
		"群发给 各所：开会":           "各所的填报员和负责人，共 6 人",
		"群发给各所:开会":            "各所的填报员和负责人，共 6 人",
		"群发给各所 开会":            "各所的填报员和负责人，共 6 人",
		"群发给各所 明天9:30开会":      "各所的填报员和负责人，共 6 人\n收到的样子：\n——\n【专项办通知】\n明天9:30开会\n",
		"群发给各所，明天9点开会":        "各所的填报员和负责人，共 6 人\n收到的样子：\n——\n【专项办通知】\n明天9点开会\n",
		"群发给 1号所 3号所，老2号所：开会": "1号所、3号所、2号所，共 6 人",
		"群发给 某某所：明天9:30开会":    "没找到「某某所」",
		"群发给 1号所、老3号所：开会":     "1号所、3号所，共 4 人",
		"群发给 1号所和3号所：开会":      "1号所、3号所，共 4 人",
		"群发给 1号所、各所、1号所：开会":   "共 6 人",
		"群发给 网络交易与广告股：开会":     "发给：网广股，共 1 人",
		"群发给 各股室：开会":          "各股室的填报员和负责人，共 1 人",
		"群发给 负责人：开会":          "各单位负责人，共 3 人",
		"群发给 填报员：开会":          "各单位填报员，共 4 人",
		"群发给 全体：开会":           "专班全体人员，共 9 人（不含您本人）",
		"群发给 专项办：开会":          "发给：专项办，共 1 人",
		"群发给 4号所、各所、某某办：开会":   "没找到「4号所」「某某办」，没有发出",
		"群发":              "要群发什么？",
		"群发给 各所：":         "要群发什么？",
		"群发给 各所":          "要群发什么？",
		"群发 " + long(500): "共 7 人",
		"群发 " + long(501): "这条有 501 字，群发一次最多 500 字，没有发出",
		"群发给 1号所：开会\n一、几点：九点\n二、带材料": "开会\n一、几点：九点\n二、带材料\n（",
	} {
		t.Run(order[:min(len(order), 60)], func(t *testing.T) {
			require.Contains(t, said(office(t, 3).Say("cleo", order)), want)
		})
	}
}

func long(n int) string { return strings.Repeat("字", n) }

func TestTheLongestBroadcastIsOneMessageOfWeCom(t *testing.T) {
	w := office(t, 1)
	w.Say("cleo", "群发 "+long(500))
	w.Tap("cleo", "发送")
	cast(w)
	require.LessOrEqual(t, len(w.Channel.Shown("f1")[0].Text), 2048)
}

func TestNobodyIsLeft(t *testing.T) {
	w := office(t, 1, bottest.WithRoster(bot.NewRoster([]bot.Person{{Account: "cleo", Name: "专项办职员", Unit: "office", Role: bot.Clerk}},
		[]bot.Unit{{ID: "office", Name: "专项办", Kind: bot.Office}}, nil)))
	require.Contains(t, said(w.Say("cleo", "群发给 全体：开会")), "没有符合的人")
}

func TestOnlyTheOfficeMay(t *testing.T) {
	w := office(t, 1)
	w.Say("cleo", "群发 开会")
	send := w.Button("cleo", "发送").Tap
	for _, who := range []string{"f1", "h1", "lead"} {
		for _, order := range []string{"群发 开会", "群发给 各所：开会", "群发进度", "停止群发"} {
			require.Contains(t, said(w.Say(who, order)), "只有专项办能群发", order)
		}
		m := w.Message(who, "")
		m.Tap = send
		require.Contains(t, said(w.Send(m)), "只有专项办能群发")
		require.NotContains(t, said(w.Say(who, "发送")), "群发", "another's word")
	}
	m := w.Message("dora", "")
	m.Tap = send
	require.Contains(t, said(w.Send(m)), "没有发出", "it is her colleague's card")
	cast(w)
	require.Zero(t, got(w, "【专项办通知】"))
}

func TestItIsSentOnceHoweverOftenItIsTapped(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		w := office(t, 1, bottest.At(url))
		w.Say("cleo", "群发给 1号所：开会")
		tap := w.Message("cleo", "")
		tap.Tap = w.Button("cleo", "发送").Tap
		first := w.Send(tap)
		w.Restart()
		require.Equal(t, first, w.Send(tap), "handed in again: the same answer")
		again := w.Message("cleo", "")
		again.Tap = tap.Tap
		require.Contains(t, said(w.Send(again)), "这条已经发过，没有再发一次。")
		cast(w)
		again = w.Message("cleo", "")
		again.Tap = tap.Tap
		require.Contains(t, said(w.Send(again)), "【群发已发完】\n这条已经发过，没有再发一次。")
		require.Contains(t, said(w.Say("cleo", "发送")), "没有等着发送的群发")
		cast(w)
		require.Len(t, w.Channel.Shown("f1"), 1)
		require.Len(t, w.Channel.Shown("h1"), 1)
	})
}

func TestTheWordSendsTheLatestCard(t *testing.T) {
	w := office(t, 1)
	w.Say("cleo", "群发 第一")
	w.Say("cleo", "群发 第二")
	w.Say("dora", "群发 别人的")
	require.Contains(t, said(w.Say("cleo", "发送")), "已开始发送")
	cast(w)
	require.Len(t, w.Channel.Shown("f1"), 1)
	w.Expect("f1", "第二")
}

func TestNumbersBelongToTheirCards(t *testing.T) {
	w := office(t, 1)
	require.Contains(t, said(w.Say("cleo", "群发 第一")), "回复 1 发送  2 取消")
	require.Contains(t, said(w.Say("cleo", "群发 第二")), "回复 3 发送  4 取消")
	require.Contains(t, said(w.Say("cleo", "2")), "已取消，什么也没有发出")
	require.Contains(t, said(w.Say("cleo", "回复3")), "已开始发送")
	cast(w)
	require.Len(t, w.Channel.Shown("f1"), 1)
	w.Expect("f1", "第二")
}

func TestWhatIsDroppedNeverLeaves(t *testing.T) {
	w := office(t, 1)
	w.Say("cleo", "群发 开会")
	send := w.Button("cleo", "发送").Tap
	require.Contains(t, said(w.Say("cleo", "取消群发")), "已取消")
	m := w.Message("cleo", "")
	m.Tap = send
	require.Contains(t, said(w.Send(m)), "过期")
	require.Contains(t, said(w.Say("cleo", "群发进度")), "还没有群发过")
	require.Contains(t, said(w.Say("cleo", "停止群发")), "还没有群发过")
	cast(w)
	w.ExpectNothing("f1")
}

func TestACardThatIsOlderThanADaySendsNothing(t *testing.T) {
	w := office(t, 1)
	w.Say("cleo", "群发 开会")
	tap := w.Button("cleo", "发送").Tap
	w.FastForward(25 * time.Hour)
	m := w.Message("cleo", "")
	m.Tap = tap
	require.Contains(t, said(w.Send(m)), "这张卡片已过期，没有发出")
	w.Say("cleo", "群发 再开会") // what is old is forgotten now
	m = w.Message("cleo", "")
	m.Tap = tap
	require.Contains(t, said(w.Send(m)), "过期")
	cast(w)
	w.ExpectNothing("f1")
}

// TestAThousandAreToldAcrossARestart: the program is closed with a batch in the
// outbox; what is said on the way is true.
func TestAThousandAreToldAcrossARestart(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		w := office(t, 400, bottest.At(url))
		w.Channel.FailWith("f7", bot.SendError{Fate: bot.Refused, Reason: bot.NotVisible})
		w.Say("cleo", "群发给 各所：开会")
		require.Contains(t, said(w.Tap("cleo", "发送")), "共 800 人")
		require.Equal(t, 500, step(w))
		require.Contains(t, said(w.Tap("cleo", "进度")), "已送达 0、未送达 0、还有 800 人")
		require.Contains(t, said(w.Tap("cleo", "进度")), "已送达 499、未送达 1、还有 300 人")
		w.Restart()
		cast(w)
		require.Contains(t, said(w.Say("cleo", "群发进度")), "已送达 799、未送达 1")
		require.Equal(t, 799, got(w, "【专项办通知】"))
		told := 0
		for _, r := range w.Channel.Shown("cleo") {
			if strings.Contains(r.Text, "群发已发完") {
				told++
			}
		}
		require.Equal(t, 2, told, "when it was through, without asking, and when asked")
	})
}

func TestStoppingWithdrawsWhatHasNotLeft(t *testing.T) {
	each(t, func(t *testing.T, url string) {
		w := office(t, 400, bottest.At(url))
		w.Say("cleo", "群发给 各所：开会")
		w.Tap("cleo", "发送")
		step(w)
		w.Flush()
		w.Say("cleo", "群发进度")
		step(w)
		m := w.Message("dora", "停止群发")
		replies, err := w.Handle(m) // before the second batch leaves
		require.NoError(t, err)
		require.Contains(t, said(replies), "【群发已停止】")
		require.Contains(t, said(replies), "已送达 500、未送达 0、撤下未发 300 人")
		w.Restart()
		cast(w)
		require.Equal(t, 500, got(w, "【专项办通知】"))
		require.Contains(t, said(w.Say("cleo", "停止群发")), "撤下未发 300 人", "it is stopped already")
		require.Contains(t, said(w.Say("cleo", "群发进度")), "1月19日 09:00 停止")
		w.Expect("cleo", "1月19日 09:00 由专项办主任停止")
		require.NotContains(t, w.Channel.Read("cleo")+w.Channel.Read("dora"), "已发完")
	})
}

func TestTheLatestIsMeant(t *testing.T) {
	w := office(t, 1)
	for _, text := range []string{"第一", "第二"} {
		w.Say("cleo", "群发 "+text)
		w.Tap("cleo", "发送")
		w.FastForward(time.Minute)
	}
	require.Contains(t, said(w.Say("dora", "群发进度")), "第二")
	require.Contains(t, said(w.Say("dora", "停止群发")), "第二")
	require.Contains(t, said(w.Say("dora", "停止群发")), "第一", "the latest that runs")
	require.Contains(t, said(w.Say("dora", "停止群发")), "第二", "none runs: the latest")
	cast(w)
	w.ExpectNothing("f1")
}

func TestWhatWaitsForTheMorningIsTold(t *testing.T) {
	w := office(t, 1)
	w.Courier.Manners = delivery.Manners{Quiet: delivery.Quiet{From: 22 * time.Hour, Until: 7 * time.Hour}}
	w.FastForward(14 * time.Hour)
	w.Say("cleo", "群发给 1号所：开会")
	w.Tap("cleo", "发送")
	cast(w)
	require.Contains(t, said(w.Say("cleo", "群发进度")), "还有 2 人\n其中 2 人因免打扰时段或当天消息已多，稍后送达")
	w.FastForward(9 * time.Hour)
	cast(w)
	require.Contains(t, said(w.Say("cleo", "群发进度")), "【群发已发完】")
}

// TestOneSilentCopy: a broadcast is never sent twice to be sure.
func TestOneSilentCopy(t *testing.T) {
	require.Equal(t, delivery.Silence, delivery.RuleOf("announce.broadcast", ""))
	w := office(t, 1)
	w.Channel.Does.Dedupes = false
	w.Channel.FailFor("f1", bot.Unknown)
	w.Say("cleo", "群发给 1号所：开会")
	w.Tap("cleo", "发送")
	cast(w)
	w.FastForward(time.Hour)
	cast(w)
	require.Len(t, w.Channel.Shown("f1"), 1)
	require.NoError(t, w.Store.View(t.Context(), func(tx *store.Tx) error {
		b, err := tx.Broadcasts().Latest(t.Context(), "announce.broadcast", "", store.BroadcastDone)
		require.NoError(t, err)
		p, err := delivery.BroadcastProgress(t.Context(), tx, b)
		require.Equal(t, 1, p.Failed)
		return err
	}))
}
