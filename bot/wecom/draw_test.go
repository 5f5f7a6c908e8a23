package wecom

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

// card is a bot's card as package bot makes it.
func card(id int64, to, title, body string, labels ...string) bot.Parcel {
	r := bot.Reply{Kind: bot.CardReply, Title: title, Body: body, Text: body}
	if title != "" {
		r.Text = "【" + title + "】\n" + body
	}
	for i, label := range labels {
		r.Buttons = append(r.Buttons, bot.Button{Label: label, Tap: fmt.Sprint("menu.pick:", i+1), Code: i + 1})
		r.Text += fmt.Sprintf("\n%d %s", i+1, label)
	}
	return bot.Parcel{ID: id, To: person(to), Reply: r}
}

func TestACardIsDrawnWhereItFitsAndSaidInWordsWhereNot(t *testing.T) {
	long := strings.Repeat("凤城镇建设路12号，", 20)
	six := []string{"一", "二", "三", "四", "五", "六"}
	for name, c := range map[string]struct {
		parcel bot.Parcel
		texts  int    // that come before the card
		title  string // of the card; "" = there is none
		words  []string
	}{
		"a short text":             {card(1, "a", "周报", "本周还没有报。\n周五 17:30 截止", "零报告"), 0, "周报", []string{"本周还没有报。\n周五 17:30 截止"}},
		"lines of names":           {card(1, "a", "线索", "地点：凤城镇建设路12号\n\n货值：3万元", "提交", "修改"), 0, "线索", []string{"地点", "凤城镇建设路12号", "货值", "3万元"}},
		"a name that is too long":  {card(1, "a", "线索", "违法行为类型：假冒\n货值：3万元", "提交"), 0, "线索", []string{"违法行为类型：假冒\n货值：3万元"}},
		"seven lines of names":     {card(1, "a", "线索", strings.Repeat("地点：凤城\n", 7), "提交"), 0, "线索", []string{strings.TrimSpace(strings.Repeat("地点：凤城\n", 7))}},
		"112 characters":           {card(1, "a", "线索", strings.Repeat("好", 112), "提交"), 0, "线索", []string{strings.Repeat("好", 112)}},
		"113 characters":           {card(1, "a", "线索", strings.Repeat("好", 113), "提交"), 1, "线索", nil},
		"a long text":              {card(1, "a", "线索", strings.Repeat(long, 6), six...), 2, "线索", nil},
		"six buttons":              {card(1, "a", "菜单", "请选", six...), 0, "菜单", []string{"请选"}},
		"seven buttons":            {card(1, "a", "菜单", "请选", append(six, "七")...), 1, "", nil},
		"no button":                {card(1, "a", "公告", "周五开会"), 1, "", nil},
		"a long label":             {card(1, "a", "菜单", "请选", "按上一期的数字原样报送"), 1, "菜单", nil},
		"a long title":             {card(1, "a", strings.Repeat("题", 27), "请选", "好"), 1, strings.Repeat("题", 25) + "…", nil},
		"no title":                 {card(1, "a", "", "请选", "好"), 0, "", []string{"请选"}},
		"no title and a long text": {card(1, "a", "", long, "好"), 1, "请选择", nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			pieces := w.channel.Pieces(c.parcel)
			first, err := w.channel.Send(t.Context(), c.parcel)
			require.NoError(t, err)
			again, err := w.channel.Send(t.Context(), c.parcel)
			require.NoError(t, err)
			require.Equal(t, first, again, "the same bytes once more")
			shown := w.server.Shown("a")
			require.Len(t, shown, pieces)
			for _, m := range shown[:c.texts] {
				require.Nil(t, m.Card)
			}
			if c.texts > 0 {
				require.Equal(t, c.parcel.Reply.Text, strings.Join(w.server.Texts("a")[:c.texts], ""), "in full, with its numbers")
			}
			if c.title == "" && c.words == nil {
				require.Len(t, shown, c.texts)
				return
			}
			require.Len(t, shown, c.texts+1)
			drawn := shown[c.texts].Card
			require.Equal(t, c.title, drawn.Title)
			require.Equal(t, c.words, drawn.Words)
			require.Empty(t, drawn.Cut)
			require.Len(t, drawn.Buttons, len(c.parcel.Reply.Buttons))
			for i, b := range c.parcel.Reply.Buttons {
				require.Equal(t, wecomtest.CardButton{Text: shorten(b.Label, 10), Key: b.Tap}, drawn.Buttons[i])
			}
		})
	}
}

func TestAnAnswerIsACardOnlyWhereAnswersAreToBe(t *testing.T) {
	for use, cards := range map[CardUse]int{CardNotices: 0, CardAlways: 1, CardNever: 0} {
		w := newWorld(t, func(_ *wecomtest.Options, o *Options) { o.Cards = use })
		p := card(1, "a", "菜单", "请选", "好")
		p.Asked = true
		_, err := w.channel.Send(t.Context(), p)
		require.NoError(t, err)
		require.Len(t, w.server.Shown("a"), 1)
		require.Equal(t, cards == 1, w.server.Shown("a")[0].Card != nil, use)
	}
}

func TestWhatOnlyChangesACardIsNoMessage(t *testing.T) {
	w := newWorld(t)
	require.Zero(t, w.channel.Pieces(done(1, "c")))
	require.Equal(t, 1, w.channel.Pieces(parcel(1, "a", "在")))
	require.Equal(t, 2, w.channel.Pieces(parcel(1, "a", strings.Repeat("好", 1000))))
}

func TestNoCardLosesACharacter(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.MemberMinute, o.PerMinute = -1, 1<<30 })
	id := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		id++
		w.server.Forget()
		text := rapid.StringMatching(`([好𠮷a]{1,9}：?[好𠮷a ]{0,30}\n?){0,12}`)
		p := card(id, "a", rapid.StringMatching(`[题t]{0,30}`).Draw(t, "title"), text.Draw(t, "body"), rapid.SliceOfN(rapid.StringMatching(`[键b]{1,12}`), 1, 8).Draw(t, "labels")...)
		if strings.TrimSpace(p.Reply.Text) == "" {
			return
		}
		_, err := w.channel.Send(w.t.Context(), p)
		require.NoError(t, err)
		strip := strings.NewReplacer("\n", "", " ", "", "：", "").Replace
		shown := w.server.Shown("a")
		var all strings.Builder
		for _, m := range shown {
			if m.Card != nil {
				require.Empty(t, m.Card.Cut)
			}
			if m.Card == nil || len(shown) == 1 {
				all.WriteString(m.Text)
			}
		}
		require.Contains(t, strip(all.String()), strip(p.Reply.Body))
	})
}

// refusing lets the server refuse cards with a code.
func refusing(w *world, code int) {
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.SendPath && strings.Contains(string(c.Body), `"msgtype":"template_card"`) {
			return &wecomtest.Answer{ErrCode: code, ErrMsg: "no"}
		}
		return nil
	})
}

func TestWhereCardsAreRefusedTheirTextArrivesAtOnce(t *testing.T) {
	for code, after := range map[int]int{40008: 1, 40016: 1, 40057: 1, 42045: 1, 40058: 3, 40035: 3, 45002: 0, 99999: 0} {
		off := after > 0 // from then on not even tried
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			w := newWorld(t)
			refusing(w, code)
			require.True(t, w.channel.Traits().Buttons)
			for i := range int64(3) {
				_, err := w.channel.Send(t.Context(), card(i+1, "a", "周报", fmt.Sprint("第", i), "报"))
				require.NoError(t, err)
			}
			require.Equal(t, []string{"【周报】\n第0\n1 报", "【周报】\n第1\n1 报", "【周报】\n第2\n1 报"}, w.server.Texts("a"))
			calls := 6
			if after == 1 {
				calls = 4
			}
			require.Equal(t, calls, w.server.Calls(wecomtest.SendPath))
			require.Equal(t, !off, w.channel.Traits().Buttons)
			warnings := strings.Count(w.log.String(), "level=WARN")
			require.Equal(t, off, warnings == 1)
		})
	}
}

func TestCardsThatAreOnAreTriedEveryTime(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, mine *Options) { o.NoCallback, mine.Features.Cards = true, On })
	for i := range int64(2) {
		_, err := w.channel.Send(t.Context(), card(i+1, "a", "周报", fmt.Sprint("第", i), "报"))
		require.NoError(t, err)
	}
	require.Equal(t, 4, w.server.Calls(wecomtest.SendPath))
	require.Len(t, w.server.Texts("a"), 2)
	require.True(t, w.channel.Traits().Buttons)
}

func TestARefusedRecipientIsNoRefusedCard(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.Members = []string{"a"} })
	_, err := w.channel.Send(t.Context(), card(1, "b", "周报", "x", "报"))
	require.Equal(t, bot.NotVisible, failure(t, err).Reason)
	require.Equal(t, 1, w.server.Calls(wecomtest.SendPath))
	require.True(t, w.channel.Traits().Buttons)
}

func TestALongTextWhoseCardIsRefusedIsNotSaidTwice(t *testing.T) {
	w := newWorld(t)
	refusing(w, 45002)
	p := card(1, "a", "线索", strings.Repeat("好", 113), "提交")
	_, err := w.channel.Send(t.Context(), p)
	require.NoError(t, err)
	require.Equal(t, []string{p.Reply.Text}, w.server.Texts("a"))
}

// A text that took a refused card's place, and of which nobody knows whether it
// arrived, is sent again with the same bytes, by this process or another.
func TestATextInPlaceOfACardIsShownOnce(t *testing.T) {
	w := newWorld(t)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		switch {
		case c.Path != wecomtest.SendPath:
			return nil
		case strings.Contains(string(c.Body), `"msgtype":"template_card"`):
			return &wecomtest.Answer{ErrCode: 40008}
		case c.N == 2:
			return &wecomtest.Answer{Done: true, Drop: true}
		}
		return nil
	})
	p := card(1, "a", "周报", "x", "报")
	_, err := w.channel.Send(t.Context(), p)
	require.Equal(t, bot.Unknown, failure(t, err).Fate)
	for _, c := range []*Channel{w.channel, w.replica(func(*Options) {})} {
		_, err = c.Send(t.Context(), p)
		require.NoError(t, err)
	}
	require.Equal(t, []string{p.Reply.Text}, w.server.Texts("a"))
}

// A card of which nobody knows whether it arrived stays one, though it has turned out
// meanwhile that WeCom takes no more of them: as a text it would be another message.
func TestACardInDoubtStaysACard(t *testing.T) {
	w := newWorld(t)
	refuse := false
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		switch {
		case c.Path != wecomtest.SendPath:
			return nil
		case c.N == 1:
			return &wecomtest.Answer{Done: true, Drop: true}
		case refuse && strings.Contains(string(c.Body), `"msgtype":"template_card"`):
			return &wecomtest.Answer{ErrCode: 40008}
		}
		return nil
	})
	p := card(1, "a", "周报", "x", "报")
	_, err := w.channel.Send(t.Context(), p)
	require.Equal(t, bot.Unknown, failure(t, err).Fate)
	p.Doubt = w.clock.Now()
	w.clock.Forward(time.Second)
	refuse = true
	_, err = w.channel.Send(t.Context(), card(2, "b", "周报", "x", "报"))
	require.NoError(t, err)
	require.False(t, w.channel.Traits().Buttons)
	refuse = false // it would take the first again, but knows it already
	_, err = w.channel.Send(t.Context(), p)
	require.NoError(t, err)
	require.Len(t, w.server.Shown("a"), 1)
	require.NotNil(t, w.server.Shown("a")[0].Card)
}

func TestABroadcastIsACardForEverybody(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.Members = []string{"a", "b"} })
	ps := []bot.Parcel{card(1, "a", "通知", "周五开会", "收到"), card(2, "B", "通知", "周五开会", "收到"), card(3, "c", "通知", "周五开会", "收到")}
	out := w.channel.SendAll(t.Context(), ps)
	require.NoError(t, out[0].Err)
	require.NoError(t, out[1].Err)
	require.Equal(t, bot.NotVisible, failure(t, out[2].Err).Reason)
	require.Equal(t, 1, w.server.Calls(wecomtest.SendPath))
	for _, member := range []string{"a", "b"} {
		_, err := w.client.Tap(t.Context(), w.server, member, "收到")
		require.NoError(t, err)
	}
	heard := w.desk.messages()
	require.Equal(t, heard[0].Tap, heard[1].Tap)
	require.NotEqual(t, heard[0].Card, heard[1].Card)
}

// Halves of a call that one account made fail are different calls, whose cards have
// different tasks.
func TestACallThatIsSplitHasTasksOfItsOwn(t *testing.T) {
	w := newWorld(t)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.SendPath && strings.Contains(string(c.Body), "|") {
			return &wecomtest.Answer{ErrCode: 60111}
		}
		return nil
	})
	for _, o := range w.channel.SendAll(t.Context(), []bot.Parcel{card(1, "a", "通知", "x", "收到"), card(2, "b", "通知", "x", "收到")}) {
		require.NoError(t, o.Err)
	}
	require.NotEqual(t, w.server.Shown("a")[0].Card.TaskID, w.server.Shown("b")[0].Card.TaskID)
}

func TestWhatIsACardIsSet(t *testing.T) {
	for use, want := range map[CardUse]struct{ buttons, carried bool }{
		"": {true, true}, CardNotices: {true, true}, CardAlways: {true, false}, CardNever: {false, true},
	} {
		w := newWorld(t, func(_ *wecomtest.Options, o *Options) { o.Cards = use })
		require.Equal(t, want.buttons, w.channel.Traits().Buttons, use)
		require.Equal(t, want.buttons, w.channel.Traits().Updates, use)
		_, err := w.client.Say(t.Context(), "a", "1", "周报")
		require.NoError(t, err)
		require.Equal(t, want.carried, w.desk.messages()[0].CarryCards, use)
		refusing(w, 40008)
		_, err = w.channel.Send(t.Context(), card(1, "a", "周报", "x", "报"))
		require.NoError(t, err)
		_, err = w.client.Say(t.Context(), "a", "2", "周报")
		require.NoError(t, err)
		require.True(t, w.desk.messages()[1].CarryCards, "where cards are refused, an answer comes at once again")
	}
}

func TestAMessageIsRecalledInAllItsPieces(t *testing.T) {
	w := newWorld(t)
	r, err := w.channel.Send(t.Context(), parcel(1, "a", strings.Repeat("好", 1000)))
	require.NoError(t, err)
	require.Len(t, w.server.Shown("a"), 2)
	require.NoError(t, w.channel.Recall(t.Context(), r.Ref))
	require.Empty(t, w.server.Shown("a"))
	require.Equal(t, bot.Refused, failure(t, w.channel.Recall(t.Context(), r.Ref)).Fate, "it is gone")
	require.Equal(t, bot.Refused, failure(t, w.channel.Recall(t.Context(), "")).Fate)
	r, err = w.channel.Send(t.Context(), parcel(2, "a", "好"))
	require.NoError(t, err)
	w.clock.Forward(24*time.Hour + time.Second)
	require.Equal(t, bot.Refused, failure(t, w.channel.Recall(t.Context(), r.Ref)).Fate, "too late")
	off := w.replica(func(o *Options) { o.Features.Recall = Off })
	require.Equal(t, bot.NotPermitted, failure(t, off.Recall(t.Context(), r.Ref)).Reason)
}
