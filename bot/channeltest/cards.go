package channeltest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

// runCards is what a platform that draws buttons must hold: nobody misses a word or a
// choice because of them.
func runCards(t *testing.T, open func(t *testing.T) Kit) {
	buttons := func(n int) (out []bot.Button) {
		for i := range n {
			out = append(out, bot.Button{Label: fmt.Sprintf("选项%d", i+1), Tap: fmt.Sprint("menu.pick:", i+1), Code: i + 1})
		}
		return out
	}
	card := func(body string, buttons []bot.Button) bot.Reply {
		r := bot.Reply{Kind: bot.CardReply, Title: "线索", Body: body, Buttons: buttons, Text: "【线索】\n" + body + "\n\n回复"}
		for _, b := range buttons {
			r.Text += fmt.Sprintf(" %d %s", b.Code, b.Label)
		}
		return r
	}
	for name, r := range map[string]bot.Reply{
		"a long card":                card(strings.TrimSpace(strings.Repeat("凤城镇建设路12号某某鞋店 涉嫌销售假冒运动鞋\n", 200)), buttons(2)),
		"a card with many buttons":   card("请选择", buttons(12)),
		"a card with lines":          card("地点：凤城镇建设路12号\n货值：3万元", buttons(2)),
		"a card with a long label":   card("请选择", append(buttons(1), bot.Button{Label: "按上一期的数字原样报送并附上说明", Tap: "menu.same", Code: 2})),
		"a card without a title":     {Kind: bot.CardReply, Text: "请选择\n\n回复 1 选项1", Body: "请选择", Buttons: buttons(1)},
		"a card of a title":          {Kind: bot.CardReply, Title: "要提交吗", Text: "【要提交吗】\n\n回复 1 选项1", Buttons: buttons(1)},
		"a card with a button twice": card("请选择", append(buttons(1), buttons(1)...)),
	} {
		t.Run("no word and no choice is lost of "+name, func(t *testing.T) {
			k := open(t)
			person := bot.Recipient{Kind: bot.ToPerson, Account: k.Person}
			_, err := k.Channel.Send(t.Context(), bot.Parcel{ID: 1, To: person, Reply: r})
			require.NoError(t, err)
			var all strings.Builder
			taps := map[string]bool{}
			for _, seen := range k.Seen(t, person) {
				all.WriteString(seen.Title + seen.Text + seen.Body)
				for _, b := range seen.Buttons {
					taps[b.Tap] = true
				}
			}
			for _, word := range strings.FieldsFunc(r.Title+"\n"+r.Body, func(r rune) bool { return r == '\n' || r == '：' }) {
				require.Contains(t, all.String(), word)
			}
			require.GreaterOrEqual(t, strings.Count(all.String(), "凤城镇"), strings.Count(r.Body, "凤城镇"))
			for _, b := range r.Buttons {
				typed := strings.Contains(all.String(), fmt.Sprintf("%d %s", b.Code, b.Label))
				require.True(t, taps[b.Tap] || typed, "%s can be tapped or typed", b.Label)
			}
		})
	}
	t.Run("shows on a card what was tapped, where it says that it updates cards, and never minds", func(t *testing.T) {
		k := open(t)
		if !k.Channel.Traits().Updates {
			return // it does not say so
		}
		person := bot.Recipient{Kind: bot.ToPerson, Account: k.Person}
		_, err := k.Channel.Send(t.Context(), bot.Parcel{ID: 1, To: person, Reply: card("请选择", buttons(2))})
		require.NoError(t, err)
		done := bot.Reply{Kind: bot.CardDone, Text: "已选：选项2", Ref: k.Tap(t, k.Person, "选项2")}
		for range 2 { // the second time its handle is used up
			_, err = k.Channel.Send(t.Context(), bot.Parcel{ID: 2, To: person, Reply: done})
			require.NoError(t, err)
		}
		done.Ref = "of-another-day"
		_, err = k.Channel.Send(t.Context(), bot.Parcel{ID: 3, To: person, Reply: done})
		require.NoError(t, err)
		seen := k.Seen(t, person)
		require.Len(t, seen, 1, "it says nothing new")
		require.Empty(t, seen[0].Buttons)
		require.Contains(t, seen[0].Text, done.Text)
	})
}
