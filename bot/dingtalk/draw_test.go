package dingtalk

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

func choice(body string) bot.Reply {
	return bot.Reply{Kind: bot.CardReply, Title: "线索", Body: body, Text: "【线索】\n" + body + "\n\n回复 1 提交  2 修改",
		Buttons: []bot.Button{{Label: "提交", Tap: "form.submit:1:1", Code: 1}, {Label: "修改", Tap: "form.edit:1", Code: 2}}}
}

func TestACardIsDealtAndChanged(t *testing.T) {
	w := newOutside(t, withCards)
	r, err := w.send(bot.Parcel{ID: 7, To: person("ann"), Reply: choice("货值 3万元\n地点 凤城镇")})
	require.NoError(t, err)
	track := w.server.Shown("u-ann")[0].Card.Track
	require.Equal(t, "zhuanban-7", track)
	require.Equal(t, "card:zhuanban-7", r.Ref)
	card, _ := w.server.CardOf(track, "u-ann")
	require.Equal(t, "STREAM", card.Callback)
	require.Equal(t, "货值 3万元  \n地点 凤城镇", card.Values["body"], "lines stay apart in Markdown")
	require.Equal(t, []dingtalktest.Button{{Label: "提交", Tap: "form.submit:1:1"}, {Label: "修改", Tap: "form.edit:1"}}, card.Buttons())
	require.Equal(t, 1, w.server.Counted())

	done := bot.Parcel{ID: 8, To: person("ann"), Reply: bot.Reply{Kind: bot.CardDone, Ref: track, Text: "已提交"}}
	require.Zero(t, w.channel.Calls(t.Context(), done))
	_, err = w.send(done)
	require.NoError(t, err)
	card, _ = w.server.CardOf(track, "u-ann")
	require.Empty(t, card.Buttons())
	require.Equal(t, "线索", card.Values["title"], "the rest stays")
}

func TestInHTTPModeACardNamesTheRouteOfItsCallback(t *testing.T) {
	w := newOutside(t, withCards, func(_ *dingtalktest.Options, o *Options) { o.Mode, o.CardRoute = HTTP, "zhuanban" })
	_, err := w.send(bot.Parcel{ID: 7, To: person("ann"), Reply: choice("货值")})
	require.NoError(t, err)
	card, _ := w.server.CardOf("zhuanban-7", "u-ann")
	require.Equal(t, "HTTP", card.Callback)
	w.o.CardRoute = ""
	require.False(t, w.replica(func(o *Options) { o.CardRoute = "" }).Traits().Buttons, "without one no tap would arrive")
}

func TestAnAnswerIsACardOnlyWhereItIsToBe(t *testing.T) {
	w := newOutside(t, withCards)
	_, err := w.send(w.asked(bot.Parcel{ID: 1, To: person("ann"), Reply: choice("货值")}))
	require.NoError(t, err)
	require.Equal(t, []string{choice("货值").Text}, w.texts("ann"))
	require.Zero(t, w.server.Counted())

	w = newOutside(t, withCards, func(_ *dingtalktest.Options, o *Options) { o.Cards = CardAlways })
	p := w.asked(bot.Parcel{ID: 1, To: person("ann"), Reply: choice("货值")})
	_, err = w.send(p)
	require.NoError(t, err)
	require.NotNil(t, w.server.Shown("u-ann")[0].Card)
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		return bendPath(c, dingtalktest.DealPath, dingtalktest.Spent(false))
	})
	p.ID = 2
	_, err = w.send(p)
	require.NoError(t, err)
	require.True(t, w.server.Shown("u-ann")[1].Free, "with the month's calls used up it has the webhook still")
}

func bendPath(c dingtalktest.Call, path string, a *dingtalktest.Answer) *dingtalktest.Answer {
	if c.Path == path {
		return a
	}
	return nil
}

// TestACardThatIsRefusedGoesAsText in the same send.
func TestACardThatIsRefusedGoesAsText(t *testing.T) {
	many := choice("货值")
	for i := range 7 {
		many.Buttons = append(many.Buttons, bot.Button{Label: fmt.Sprint("第", i), Tap: "x.y"})
	}
	for name, x := range map[string]struct {
		bend   func(w *outside)
		reply  bot.Reply
		counts int
	}{
		"too many buttons": {func(*outside) {}, many, 1},
		"too long":         {func(*outside) {}, choice(strings.Repeat("货", 400)), 1},
		"refused":          {func(w *outside) { w.bend(dingtalktest.DealPath, dingtalktest.Refused(400, "param.error")) }, choice("货"), 1},
		"no permission": {func(w *outside) {
			w.bend(dingtalktest.DealPath, dingtalktest.Refused(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied"))
		}, choice("货"), 1},
		"throttled":     {func(w *outside) { w.bend(dingtalktest.DealPath, dingtalktest.QPSLimit()) }, choice("货"), 1},
		"not delivered": {func(w *outside) { w.server.RefuseCard("u-ann", "robot is not in the space") }, choice("货"), 2},
		"no success": {func(w *outside) {
			w.bend(dingtalktest.DealPath, &dingtalktest.Answer{JSON: map[string]any{"success": false, "result": nil}})
		}, choice("货"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newOutside(t, withCards)
			x.bend(w)
			r, err := w.send(bot.Parcel{ID: 1, To: person("ann"), Reply: x.reply})
			require.NoError(t, err)
			require.NotContains(t, r.Ref, "card:")
			require.Equal(t, x.reply.Text, strings.Join(w.texts("ann"), ""))
			require.Equal(t, x.counts, w.server.Counted())
			w.withoutSecrets()
		})
	}
}

func (w *outside) bend(path string, a *dingtalktest.Answer) {
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer { return bendPath(c, path, a) })
}

func TestACardOfUnknownFateIsNoTextAsWell(t *testing.T) {
	w := newOutside(t, withCards)
	w.bend(dingtalktest.DealPath, &dingtalktest.Answer{Done: true, Drop: true})
	p := bot.Parcel{ID: 1, To: person("ann"), Reply: choice("货")}
	_, err := w.send(p)
	require.Equal(t, bot.Unknown, failure(t, err).Fate)
	require.Len(t, w.server.Shown("u-ann"), 1)

	w.server.Bend(nil)
	p.Doubt = w.clock.Now()
	r, err := w.send(p)
	require.NoError(t, err, "its name says that it is there")
	require.Equal(t, "card:zhuanban-1", r.Ref)
	require.Len(t, w.server.Shown("u-ann"), 1)
}

func TestOneCardForManyIsChangedForOne(t *testing.T) {
	w := newOutside(t, withCards, func(theirs *dingtalktest.Options, _ *Options) { theirs.Users = []string{"u-ann", "u-ben", "u-cleo"} })
	w.server.RefuseCard("u-cleo", "no")
	r := choice("货")
	var ps []bot.Parcel
	for i, who := range []string{"ann", "ben", "cleo", "gone"} {
		ps = append(ps, bot.Parcel{ID: int64(i + 1), To: person(who), Reply: r})
	}
	out := w.channel.SendAll(t.Context(), ps)
	for _, o := range out[:3] {
		require.NoError(t, o.Err)
	}
	require.Equal(t, bot.NoSuchAccount, failure(t, out[3].Err).Reason)
	require.Equal(t, 1, w.server.Calls(dingtalktest.DealPath))
	require.Equal(t, []string{r.Text}, w.texts("cleo"), "as text")
	require.NotContains(t, out[2].Receipt.Ref, "card:")

	track := w.server.Shown("u-ann")[0].Card.Track
	_, err := w.send(bot.Parcel{ID: 9, To: person("ann"), Reply: bot.Reply{Kind: bot.CardDone, Ref: track, Text: "已提交"}})
	require.NoError(t, err)
	hers, _ := w.server.CardOf(track, "u-ann")
	his, _ := w.server.CardOf(track, "u-ben")
	require.Empty(t, hers.Buttons())
	require.Len(t, his.Buttons(), 2)
}

func TestACardThatCannotBeChangedIsNoLoss(t *testing.T) {
	w := newOutside(t, withCards, func(_ *dingtalktest.Options, o *Options) { o.Features.Cards = On })
	w.bend(dingtalktest.ChangePath, dingtalktest.Page(504))
	for _, ref := range []string{"zhuanban-1", ""} {
		_, err := w.send(bot.Parcel{ID: 9, To: person("ann"), Reply: bot.Reply{Kind: bot.CardDone, Ref: ref, Text: "已提交"}})
		require.NoError(t, err)
	}
	require.Contains(t, w.log.String(), "level=WARN msg=\"a tapped card is not changed\"")
}
