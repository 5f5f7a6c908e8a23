package wecom

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/channeltest"
	"zhuanban/bot/wecom/wecomtest"
)

// The groups of these tests: one with a robot, one of the app's own.
const (
	robotGroup = "专班工作群"
	chatGroup  = "专项办群"
	robotKey   = "693a91f6-7aac-4bc4-97a0-0ec2sifa5aaa"
	pngHead    = "\x89PNG\r\n\x1a\n"
)

var calledBy = map[string]string{"Hutou.Filer": "填报员·湖头所", "fengcheng.filer": "填报员·凤城所", "zhang": "张三", "zhangfeng": "张三丰"}

// withGroups gives the world its groups and a data folder.
func withGroups(t testing.TB) func(*wecomtest.Options, *Options) {
	return func(theirs *wecomtest.Options, o *Options) {
		for name, data := range map[string]string{"chart.png": pngHead + "chart", "big.png": pngHead + strings.Repeat("x", webhookImage), "table.xlsx": "sheet sheet", "tiny": "x"} {
			require.NoError(t, o.Data.WriteFile(name, []byte(data), 0o600))
		}
		theirs.Webhooks = []string{robotKey}
		theirs.Members = []string{"hutou.filer", "fengcheng.filer", "office.director", "office.clerk"}
		o.PersonName = func(account string) string { return calledBy[account] }
		o.Groups = []Group{
			{Name: robotGroup, Webhook: publicBase + "/cgi-bin/webhook/send?key=" + robotKey},
			{Name: chatGroup, Chat: AutoChat, Owner: "office.director", Members: func() []string { return []string{"Office.Clerk", "office.director"} }},
			{Name: "别的群"},
		}
	}
}

func inGroup(id int64, group string, r bot.Reply) bot.Parcel {
	if r.Kind == "" {
		r.Kind = bot.TextReply
	}
	return bot.Parcel{ID: id, To: bot.Recipient{Kind: bot.ToGroup, Account: group}, Reply: r}
}

// said lists what was said in a group, without the first words of a chat.
func (w *world) said(group string) []wecomtest.Said {
	g := w.channel.groups.of[group]
	if g == nil {
		return nil
	}
	all := w.server.Said(g.key + g.id)
	if g.auto() && len(all) > 0 {
		require.Equal(w.t, w.channel.opening, all[0].Text)
		all = all[1:]
	}
	return all
}

func (w *world) texts(group string) (out []string) {
	for _, s := range w.said(group) {
		out = append(out, s.Text)
	}
	return out
}

func TestGroupsHoldWhatEveryPlatformMust(t *testing.T) {
	for _, group := range []string{robotGroup, chatGroup} {
		t.Run(group, func(t *testing.T) {
			channeltest.Run(t, func(t *testing.T) channeltest.Kit {
				w := newWorld(t, withGroups(t))
				return channeltest.Kit{Channel: w.channel, Person: "hutou.filer", Group: group, Put: w.put, Seen: w.seen, Tap: w.tap}
			})
		})
	}
}

func TestWhoIsCalledIsReallyCalled(t *testing.T) {
	w := newWorld(t, withGroups(t))
	for i, group := range []string{robotGroup, chatGroup} {
		_, err := w.channel.Send(t.Context(), inGroup(int64(i+1), group, bot.Reply{
			Text:    "尚未报送 2 家：\n@填报员·湖头所 @张三丰 @李四 <@all>\n请私聊我报送",
			Mention: []string{"Hutou.Filer", "fengcheng.filer", "zhang", "@all", "all", "hutou.filer", "a b"}}))
		require.NoError(t, err)
		said := w.said(group)
		require.Len(t, said, 1)
		require.Equal(t, "尚未报送 2 家：\n<@hutou.filer> @张三丰 @李四 <＠all>\n请私聊我报送", said[0].Text)
		require.ElementsMatch(t, []string{"fengcheng.filer", "zhang"}, said[0].Mentioned, "whom the words do not name; 张三 is not 张三丰; nobody calls everybody")
	}
}

func TestALongTextInAGroupGoesInPiecesOnceEach(t *testing.T) {
	w := newWorld(t, withGroups(t))
	line := strings.Repeat("凤城所 检查42户 ", 10)
	text := strings.TrimSpace(strings.Repeat(line+"@填报员·湖头所 \n", 30))
	throttle := true
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.WebhookPath && c.N == 3 && throttle {
			return &wecomtest.Answer{ErrCode: 45009, ErrMsg: "api freq out of limit"}
		}
		return nil
	})
	p := inGroup(1, robotGroup, bot.Reply{Text: text, Mention: []string{"Hutou.Filer"}})
	pieces := w.channel.Pieces(p)
	_, err := w.channel.Send(t.Context(), p)
	got := failure(t, err)
	require.Equal(t, bot.SendError{Fate: bot.NotSent, Reason: bot.Throttled, Wait: time.Minute, Err: got.Err}, *got, "the others have robots of their own")
	require.Len(t, w.said(robotGroup), 2)
	throttle = false
	_, err = w.channel.Send(t.Context(), p)
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(text, "@填报员·湖头所", "<@hutou.filer>"), strings.Join(w.texts(robotGroup), "\n"))
	require.Len(t, w.said(robotGroup), pieces)
	for _, s := range w.said(robotGroup) {
		require.LessOrEqual(t, len(s.Text), longestText)
		require.Empty(t, s.Mentioned)
	}
	require.Zero(t, w.channel.groups.said.Len(), "nothing is remembered of what is done")
}

func TestPicturesAndFilesInGroups(t *testing.T) {
	w := newWorld(t, withGroups(t))
	send := func(group string, r bot.Reply) {
		t.Helper()
		_, err := w.channel.Send(t.Context(), inGroup(1, group, r))
		require.NoError(t, err)
	}
	for _, group := range []string{robotGroup, chatGroup} {
		send(group, bot.Reply{Kind: bot.ImageReply, Path: "chart.png", Text: "第2期报送情况"})
		send(group, bot.Reply{Kind: bot.ImageReply, Path: "big.png"})
		send(group, bot.Reply{Kind: bot.FileReply, Path: "table.xlsx", Name: `台账 "1月".xlsx`})
		said := w.said(group)
		require.Len(t, said, 4)
		require.Equal(t, "image", said[0].Kind)
		require.Equal(t, pngHead+"chart", string(said[0].Image))
		require.Equal(t, "第2期报送情况", said[1].Text)
		require.Equal(t, map[string]string{robotGroup: "file", chatGroup: "image"}[group], said[2].Kind, "a robot's image has at most 2 MB; more goes as a file")
		require.Equal(t, "big.png", said[2].File)
		require.Equal(t, []string{"file", "台账 '1月'.xlsx", "sheet sheet"}, []string{said[3].Kind, said[3].File, string(said[3].Image)})
	}
	for name, c := range map[string]struct {
		reply bot.Reply
		why   bot.Reason
	}{
		"too small":      {bot.Reply{Kind: bot.FileReply, Path: "tiny"}, bot.BadContent},
		"not there":      {bot.Reply{Kind: bot.FileReply, Path: "nothing"}, bot.NoSuchFile},
		"outside":        {bot.Reply{Kind: bot.FileReply, Path: "../../etc/passwd"}, bot.NoSuchFile},
		"no words":       {bot.Reply{Kind: bot.TextReply, Text: " \n"}, bot.BadContent},
		"a strange kind": {bot.Reply{Kind: "song", Text: "la"}, bot.BadContent},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.channel.Send(t.Context(), inGroup(2, robotGroup, c.reply))
			require.Equal(t, []any{bot.Refused, c.why}, []any{failure(t, err).Fate, failure(t, err).Reason})
		})
	}
}

func TestAnUploadThatIsLostHasShownNothing(t *testing.T) {
	w := newWorld(t, withGroups(t))
	for path, group := range map[string]string{wecomtest.WebhookUploadPath: robotGroup, wecomtest.UploadPath: chatGroup} {
		w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
			if c.Path != path {
				return nil
			}
			return &wecomtest.Answer{Done: true, Drop: true}
		})
		p := inGroup(1, group, bot.Reply{Kind: bot.FileReply, Path: "table.xlsx"})
		_, err := w.channel.Send(t.Context(), p)
		require.Equal(t, bot.NotSent, failure(t, err).Fate)
		w.server.Bend(nil)
		_, err = w.channel.Send(t.Context(), p)
		require.NoError(t, err)
		require.Len(t, w.said(group), 1)
	}
}

func TestATableGoesAsOneAndCardsSayWhereToAnswer(t *testing.T) {
	w := newWorld(t, withGroups(t))
	rows := "本周数据\n| 单位 | 检查 |\n| --- | ---: |\n| 凤城所 | 42 |"
	for i, r := range []bot.Reply{
		{Text: rows},
		{Text: rows, Mention: []string{"zhang"}},
		{Kind: bot.CardReply, Title: "会商", Text: "【会商】\n周五 15:00", Body: "周五 15:00", Buttons: []bot.Button{{Label: "参加", Tap: "x"}, {Label: "请假", Tap: "y"}}},
	} {
		_, err := w.channel.Send(t.Context(), inGroup(int64(i), robotGroup, r))
		require.NoError(t, err)
	}
	said := w.said(robotGroup)
	require.Equal(t, []string{"markdown_v2", rows}, []string{said[0].Kind, said[0].Text})
	require.Equal(t, []string{"text", rows}, []string{said[1].Kind, said[1].Text}, "that Markdown calls nobody")
	require.Equal(t, "【会商】\n周五 15:00\n请打开与我的单聊办理：参加、请假。", said[2].Text)
}

func TestWhatFailsBesideSendingIsNotOfEverybody(t *testing.T) {
	for name, answer := range map[string]*wecomtest.Answer{"no such path": {Status: 404}, "away": {Status: 503}, "not permitted": {ErrCode: 48002}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, withGroups(t))
			w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
				if c.Path == wecomtest.TokenPath {
					return nil
				}
				return answer
			})
			for _, p := range []bot.Parcel{
				inGroup(1, chatGroup, bot.Reply{Text: "在"}),
				{ID: 2, To: person("hutou.filer"), Reply: bot.Reply{Kind: bot.FileReply, Path: "table.xlsx"}},
				inGroup(3, robotGroup, bot.Reply{Kind: bot.FileReply, Path: "table.xlsx"}),
			} {
				_, err := w.channel.Send(t.Context(), p)
				require.False(t, failure(t, err).Everybody, "%d", p.ID)
			}
			_, err := w.channel.Send(t.Context(), parcel(4, "hutou.filer", "在"))
			require.True(t, failure(t, err).Everybody)
		})
	}
}

func TestOtherMessagesInGroups(t *testing.T) {
	w := newWorld(t, withGroups(t))
	page := &Link{Type: 1, URL: "https://example.com/"}
	ok := map[string]Content{
		"markdown":      Markdown("**周报** <@hutou.filer>"),
		"markdown_v2":   Wide("| a | b |"),
		"news":          News{{Title: strings.Repeat("题", 60), URL: "https://example.com/"}},
		"template_card": TextNotice{Frame: Frame{Title: Heading{Title: "周报"}, Horizontal: []Pair{{Name: "截止", Value: "周五"}}, Action: page}},
	}
	for kind, what := range ok {
		require.NoError(t, w.channel.PostGroup(t.Context(), robotGroup, what), kind)
		said := w.said(robotGroup)
		require.Equal(t, kind, said[len(said)-1].Kind)
	}
	require.NoError(t, w.channel.PostGroup(t.Context(), robotGroup, NewsNotice{Frame: Frame{Title: Heading{Title: "周报"}, Action: page}, Image: &Image{"https://example.com/a.png", 2}}))
	_, err := w.channel.Send(t.Context(), inGroup(1, chatGroup, bot.Reply{Text: "在"}))
	require.NoError(t, err)
	for _, what := range []Content{Text("在"), ok["markdown"], ok["news"], TextCard{Title: "周报", Description: "第2期", URL: "https://example.com/"}} {
		require.NoError(t, w.channel.PostGroup(t.Context(), chatGroup, what))
	}
	wrong := map[string][]Content{
		robotGroup: {Wide(" "), Wide(strings.Repeat("好", 1366)), News{}, TextNotice{}, right()["button_interaction"], TextCard{Title: "周报", Description: "第2期", URL: "https://example.com/"}},
		chatGroup:  {ok["markdown_v2"], ok["template_card"]},
	}
	for group, all := range wrong {
		for i, what := range all {
			require.Equal(t, bot.BadContent, failure(t, w.channel.PostGroup(t.Context(), group, what)).Reason, "%s %d", group, i)
		}
	}
	require.Equal(t, bot.NoSuchGroup, failure(t, w.channel.PostGroup(t.Context(), "别的群", ok["news"])).Reason)
}

func TestWhatARobotsAnswerMeans(t *testing.T) {
	drop := &wecomtest.Answer{Done: true, Drop: true}
	for name, c := range map[string]struct {
		answer *wecomtest.Answer
		want   bot.SendError
	}{
		"too often":       {&wecomtest.Answer{ErrCode: 45009}, bot.SendError{Fate: bot.NotSent, Reason: bot.Throttled, Wait: time.Minute}},
		"busy":            {&wecomtest.Answer{ErrCode: -1}, bot.SendError{Fate: bot.NotSent, Reason: bot.PlatformAway, Wait: soon}},
		"no such robot":   {&wecomtest.Answer{ErrCode: 93000}, bot.SendError{Fate: bot.Refused, Reason: bot.NoSuchGroup}},
		"too long":        {&wecomtest.Answer{ErrCode: 40058}, bot.SendError{Fate: bot.Refused, Reason: bot.BadContent}},
		"a page":          {&wecomtest.Answer{Type: "text/html", Body: "<html>"}, bot.SendError{Fate: bot.Unknown, Reason: bot.PlatformAway, Wait: soon}},
		"a gateway":       {&wecomtest.Answer{Status: 502}, bot.SendError{Fate: bot.Unknown, Reason: bot.PlatformAway, Wait: soon}},
		"a lost answer":   {drop, bot.SendError{Fate: bot.Unknown, Reason: bot.PlatformAway, Wait: soon}},
		"a closed server": {&wecomtest.Answer{Status: 503}, bot.SendError{Fate: bot.NotSent, Reason: bot.PlatformAway, Wait: soon, Everybody: true}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, withGroups(t))
			w.server.Bend(func(call wecomtest.Call) *wecomtest.Answer {
				if call.N > 1 {
					return nil
				}
				return c.answer
			})
			p := inGroup(1, robotGroup, bot.Reply{Text: "在"})
			_, err := w.channel.Send(t.Context(), p)
			got := failure(t, err)
			c.want.Err = got.Err
			require.Equal(t, c.want, *got)
			if got.Fate == bot.NotSent {
				_, err = w.channel.Send(t.Context(), p)
				require.NoError(t, err)
				require.Equal(t, []string{"在"}, w.texts(robotGroup))
			}
		})
	}
}

func TestARobotsKeyIsShownNowhere(t *testing.T) {
	for name, answer := range map[string]*wecomtest.Answer{
		"a code that repeats it": {ErrCode: 93000, ErrMsg: "invalid webhook url key=" + robotKey},
		"a page":                 {Status: 404, Body: robotKey},
		"broken":                 {Drop: true},
		"html":                   {Type: "text/html; key=" + robotKey, Body: robotKey},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, withGroups(t))
			w.server.Bend(func(wecomtest.Call) *wecomtest.Answer { return answer })
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			for _, ctx := range []context.Context{t.Context(), ctx} {
				for _, r := range []bot.Reply{{Text: "在"}, {Kind: bot.FileReply, Path: "table.xlsx"}} {
					_, err := w.channel.Send(ctx, inGroup(1, robotGroup, r))
					require.Error(t, err)
					require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), robotKey)
				}
			}
			w.web.Close()
			_, err := w.channel.Send(t.Context(), inGroup(1, robotGroup, bot.Reply{Text: "在"}))
			require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), robotKey)
			require.NotContains(t, w.log.String(), robotKey)
		})
	}
	for _, g := range []Group{{Webhook: "short"}, {Webhook: robotKey + " "}, {Webhook: "https://example.com/?key=" + robotKey + "!"}, {Webhook: robotKey, Chat: "群"}, {Owner: "a b"}, {Chat: AutoChat, Name: strings.Repeat("群", 51)}} {
		err := g.Mistake()
		require.Error(t, err)
		require.NotContains(t, err.Error(), robotKey)
		w := newWorld(t)
		o := w.o
		o.Groups = []Group{g}
		_, err = New(o)
		require.Error(t, err)
		require.NotContains(t, err.Error(), robotKey)
	}
}

func TestTraitsTowardsGroupsAreOthers(t *testing.T) {
	w := newWorld(t, withGroups(t))
	to := func(group string) bot.Traits {
		return bot.TraitsTo(w.channel, bot.Recipient{Kind: bot.ToGroup, Account: group})
	}
	require.Equal(t, bot.Traits{Files: true, MaxTextSize: longestText, Limits: "wecom/group"}, to(robotGroup))
	require.Equal(t, bot.Traits{Files: true, MaxTextSize: longestText, Limits: "wecom/appchat"}, to(chatGroup))
	require.Equal(t, w.channel.Traits(), bot.TraitsTo(w.channel, person("hutou.filer")))
	private := w.replica(func(o *Options) { o.Unlimited = true })
	require.Empty(t, bot.TraitsTo(private, bot.Recipient{Kind: bot.ToGroup, Account: robotGroup}).Limits)
}
