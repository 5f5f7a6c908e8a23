package dingtalk

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

func TestEveryKindOfMessage(t *testing.T) {
	button := func(n int) (out []ActionButton) {
		for i := range n {
			out = append(out, ActionButton{string(rune('A' + i)), "https://x/" + string(rune('a'+i))})
		}
		return out
	}
	for _, x := range []struct {
		content    Content
		key, param string
	}{
		{Text("收到<>"), "sampleText", `{"content":"收到<>"}`},
		{Markdown{"t", "# x"}, "sampleMarkdown", `{"title":"t","text":"# x"}`},
		{Picture("@lAL"), "sampleImageMsg", `{"photoURL":"@lAL"}`},
		{Link{"t", "x", "", "https://x"}, "sampleLink", `{"title":"t","text":"x","picUrl":"","messageUrl":"https://x"}`},
		{Action{"t", "x", button(1), false}, "sampleActionCard", `{"singleTitle":"A","singleURL":"https://x/a","text":"x","title":"t"}`},
		{Action{"t", "x", button(2), false}, "sampleActionCard2", `{"actionTitle1":"A","actionTitle2":"B","actionURL1":"https://x/a","actionURL2":"https://x/b","text":"x","title":"t"}`},
		{Action{"t", "x", button(5), false}, "sampleActionCard5", `{"actionTitle1":"A","actionTitle2":"B","actionTitle3":"C","actionTitle4":"D","actionTitle5":"E","actionURL1":"https://x/a","actionURL2":"https://x/b","actionURL3":"https://x/c","actionURL4":"https://x/d","actionURL5":"https://x/e","text":"x","title":"t"}`},
		{Action{"t", "x", button(2), true}, "sampleActionCard6", `{"buttonTitle1":"A","buttonTitle2":"B","buttonUrl1":"https://x/a","buttonUrl2":"https://x/b","text":"x","title":"t"}`},
		{Audio{"@m", 1500 * time.Millisecond}, "sampleAudio", `{"mediaId":"@m","duration":"1500"}`},
		{Video{"@m", "@p", "mp4", time.Second}, "sampleVideo", `{"videoMediaId":"@m","picMediaId":"@p","videoType":"mp4","duration":"1000"}`},
		{Document{"@m", "表.xlsx", "xlsx"}, "sampleFile", `{"mediaId":"@m","fileName":"表.xlsx","fileType":"xlsx"}`},
	} {
		m, err := encoded(x.content)
		require.NoError(t, err)
		require.Equal(t, robotMessage{x.key, x.param}, m)
	}
	for want, c := range map[string]Content{
		"content": Text("\xff"), "title": Markdown{"", "x"}, "messageUrl": Link{"t", "x", "", ""}, "6 buttons": Action{"t", "x", button(6), false},
		"3 buttons": Action{"t", "x", button(3), true}, "0 buttons": Action{Title: "t", Text: "x"}, "the address of button 1": Action{"t", "x", []ActionButton{{"A", ""}}, false},
		"15000 are the most": Text(strings.Repeat("长", 5000)), "picMediaId": Video{"@m", "", "mp4", 1}, "only the webhook": Feed{{"t", "", "p", "u"}},
	} {
		_, err := encoded(c)
		require.ErrorContains(t, err, want)
		require.Equal(t, bot.BadContent, failure(t, err).Reason)
	}
}

func TestWhatAWebhookTakes(t *testing.T) {
	for _, x := range []struct {
		content Content
		want    string
	}{
		{Text("收到"), `{"msgtype":"text","text":{"content":"收到"}}`},
		{Markdown{"t", "x"}, `{"msgtype":"markdown","markdown":{"title":"t","text":"x"}}`},
		{Link{"t", "x", "p", "u"}, `{"msgtype":"link","link":{"title":"t","text":"x","messageUrl":"u","picUrl":"p"}}`},
		{Action{"t", "x", []ActionButton{{"A", "u"}}, false}, `{"msgtype":"actionCard","actionCard":{"title":"t","text":"x","singleTitle":"A","singleURL":"u"}}`},
		{Action{"t", "x", []ActionButton{{"A", "u"}, {"B", "v"}}, false}, `{"msgtype":"actionCard","actionCard":{"title":"t","text":"x","btnOrientation":"0","btns":[{"title":"A","actionURL":"u"},{"title":"B","actionURL":"v"}]}}`},
		{Feed{{"t", "", "p", "u"}}, `{"msgtype":"feedCard","feedCard":{"links":[{"title":"t","messageURL":"u","picURL":"p"}]}}`},
	} {
		h, err := asHooked(x.content)
		require.NoError(t, err)
		require.JSONEq(t, x.want, string(compact(h)))
	}
	for _, c := range []Content{Picture("@lAL"), Document{"@m", "x", "pdf"}, Text(""), Feed{}, Feed{{"t", "", "", "u"}}} {
		_, err := asHooked(c)
		require.Equal(t, bot.BadContent, failure(t, err).Reason)
	}
}

func TestWhatNoReplyIsCanBePosted(t *testing.T) {
	w := newOutside(t, withGroups)
	link, feed := Link{"公告", "第2期", "", "https://x"}, Feed{{"公告", "", "https://p", "https://x"}}
	r, err := w.channel.Post(t.Context(), "ann", link)
	require.NoError(t, err)
	require.NotEmpty(t, r.Ref)
	require.Equal(t, "sampleLink", w.server.Shown("u-ann")[0].Kind)
	_, err = w.channel.Post(t.Context(), "nobody", link)
	require.Equal(t, bot.NoSuchAccount, failure(t, err).Reason)
	for _, name := range []string{appGroup, bothGroup, robotGroup} {
		_, err = w.channel.PostGroup(t.Context(), name, link)
		require.NoError(t, err)
	}
	require.Len(t, w.server.Said("cidBoth=="), 1)
	require.Equal(t, "link", w.server.Said("robot:token-1")[0].Kind)
	_, err = w.channel.PostGroup(t.Context(), bothGroup, feed)
	require.NoError(t, err)
	require.Equal(t, "feedCard", w.server.Said("robot:token-2")[0].Kind)
	_, err = w.channel.PostGroup(t.Context(), appGroup, feed)
	require.Equal(t, bot.BadContent, failure(t, err).Reason)
	_, err = w.channel.PostGroup(t.Context(), "x", link)
	require.Equal(t, bot.NoSuchGroup, failure(t, err).Reason)
}
