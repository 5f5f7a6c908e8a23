package robot

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

func TestACardThatFitsIsOneMessageAndALongOneTwo(t *testing.T) {
	w := newWorld(t)
	w.up()
	w.server.Spoken("ann")
	card := func(body string, labels ...string) bot.Reply {
		r := bot.Reply{Kind: bot.CardReply, Title: "线索登记", Body: body}
		var numbers []string
		for i, l := range labels {
			r.Buttons = append(r.Buttons, bot.Button{Label: l, Tap: fmt.Sprint("tap:", i), Code: i + 1})
			numbers = append(numbers, fmt.Sprint(i+1, " ", l))
		}
		r.Text = "【" + r.Title + "】\n" + body + "\n\n回复 " + strings.Join(numbers, "  ")
		return r
	}
	long := strings.Repeat("货值三万元，", 20)
	for i, c := range []struct {
		reply bot.Reply
		want  []string // kinds
	}{
		{card("货值 3万元", "提交", "修改"), []string{"template_card"}},
		{card(long, "提交", "修改"), []string{"markdown", "template_card"}},
		{card("货值 3万元", "这个按钮上的字超过了十个"), []string{"markdown", "template_card"}},
		{card("货值 3万元", "一", "二", "三", "四", "五", "六", "七"), []string{"markdown", "template_card", "template_card"}},
	} {
		before := len(w.server.Shown("ann"))
		_, err := w.channel.Send(t.Context(), bot.Parcel{ID: int64(i + 1), To: person("ann"), Reply: c.reply})
		require.NoError(t, err)
		shown := w.server.Shown("ann")[before:]
		var kinds, keys []string
		for _, m := range shown {
			kinds = append(kinds, m.Kind)
			if m.Card != nil {
				require.LessOrEqual(t, len(m.Card.Buttons), 6)
				for _, b := range m.Card.Buttons {
					keys = append(keys, b.Key)
					require.LessOrEqual(t, utf8.RuneCountInString(b.Text), 10)
				}
			}
		}
		require.Equal(t, c.want, kinds)
		require.Equal(t, len(kinds), w.channel.Pieces(bot.Parcel{To: person("ann"), Reply: c.reply}))
		require.Len(t, keys, len(c.reply.Buttons), "every button is somewhere")
		require.Contains(t, shown[0].Text, "回复 1", "everything can be typed")
		if len(shown) > 1 {
			require.Equal(t, c.reply.Text, shown[0].Text)
		}
	}
}

func TestAPlainRobotSaysTheWordsOfACard(t *testing.T) {
	w := newWorld(t, func(_ *wecomtest.RobotOptions, o *Options) { o.Plain = true })
	w.up()
	w.server.Spoken("ann")
	require.False(t, w.channel.Traits().Buttons)
	require.True(t, w.channel.Traits().Files, "it takes them all the same")
	text := "【线索】\n货值 3万元\n\n回复 1 提交"
	_, err := w.channel.Send(t.Context(), bot.Parcel{ID: 1, To: person("ann"), Reply: bot.Reply{Kind: bot.CardReply, Title: "线索",
		Text: text, Buttons: []bot.Button{{Label: "提交", Tap: "x", Code: 1}}}})
	require.NoError(t, err)
	require.Equal(t, []string{text}, w.server.Texts("ann"))
	require.Len(t, w.server.Shown("ann"), 1)
	require.Equal(t, 1, w.channel.Pieces(bot.Parcel{To: person("ann"), Reply: bot.Reply{Kind: bot.CardReply, Text: text, Buttons: []bot.Button{{Label: "提交", Tap: "x", Code: 1}}}}))
	require.Equal(t, 1, w.channel.Pieces(bot.Parcel{To: person("ann"), Reply: bot.Reply{Kind: bot.FileReply, Path: "nothing"}}))
}

func TestACardThatIsRefusedGoesAsText(t *testing.T) {
	for _, code := range []int{40008, 40016, 40035, 40057, 40058, 42014, 42045} {
		w := newWorld(t)
		w.up()
		w.server.Spoken("ann")
		w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
			if c.Cmd == cmdSend && strings.Contains(string(c.Body), "template_card") {
				return &wecomtest.RobotAnswer{ErrCode: code, ErrMsg: "invalid message type"}
			}
			return nil
		})
		for i, text := range []string{"【线索】\n短\n\n回复 1 提交", "【线索】\n" + strings.Repeat("长", 200) + "\n\n回复 1 提交"} {
			_, err := w.channel.Send(t.Context(), bot.Parcel{ID: int64(i + 1), To: person("ann"), Reply: bot.Reply{Kind: bot.CardReply, Title: "线索",
				Text: text, Buttons: []bot.Button{{Label: "提交", Tap: "x", Code: 1}}}})
			require.NoError(t, err, code)
			require.Equal(t, text, w.server.Texts("ann")[i], code)
		}
		require.Len(t, w.server.Shown("ann"), 2, code)
	}
}

// TestThatCardsAreRefusedIsRemembered: what WeCom has said that it does not take is not
// tried with every message; unless the office insists.
func TestThatCardsAreRefusedIsRemembered(t *testing.T) {
	for name, c := range map[string]struct {
		code, sends, tried int
		insist             bool
	}{
		"not known here":           {code: 40008, sends: 5, tried: 1},
		"nobody knows why":         {code: 40058, sends: 5, tried: 3},
		"of this one card":         {code: 42014, sends: 5, tried: 5},
		"the office insists on it": {code: 40008, sends: 5, tried: 5, insist: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(_ *wecomtest.RobotOptions, o *Options) { o.Insist = c.insist })
			w.up()
			w.server.Spoken("ann")
			tried := 0
			w.server.Bend(func(call wecomtest.RobotCall) *wecomtest.RobotAnswer {
				if call.Cmd != cmdSend || !strings.Contains(string(call.Body), "template_card") {
					return nil
				}
				tried++
				return &wecomtest.RobotAnswer{ErrCode: c.code, ErrMsg: "no"}
			})
			card := bot.Reply{Kind: bot.CardReply, Title: "线索", Text: "【线索】\n短\n\n回复 1 提交", Buttons: []bot.Button{{Label: "提交", Tap: "x", Code: 1}}}
			for i := range c.sends {
				_, err := w.channel.Send(t.Context(), bot.Parcel{ID: int64(i + 1), To: person("ann"), Reply: card})
				require.NoError(t, err)
			}
			require.Equal(t, c.tried, tried)
			require.Len(t, w.server.Shown("ann"), c.sends)
			require.Equal(t, c.tried == c.sends, w.channel.Traits().Buttons)
			warnings := map[bool]int{true: c.sends, false: min(1, c.sends-c.tried)}[c.insist]
			require.Equal(t, warnings, strings.Count(w.log.String(), "level=WARN"), w.log.String())
		})
	}
}
