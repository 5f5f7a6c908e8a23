package dingtalk

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

func TestAnAnswerGoesToTheLiveWebhookAndCostsNothing(t *testing.T) {
	w := newOutside(t)
	p := w.asked(parcel(1, "ann", "收到"))
	require.Zero(t, w.channel.Calls(t.Context(), p))
	r, err := w.send(p)
	require.NoError(t, err)
	require.Empty(t, r.Ref)
	require.Equal(t, []string{"收到"}, w.texts("ann"))
	require.True(t, w.server.Shown("u-ann")[0].Free)
	require.Zero(t, w.server.Counted())
	require.Zero(t, w.server.Tokens(), "nor does it need a token")
}

func TestWhatNobodyAskedForNeverGoesToAWebhook(t *testing.T) {
	w := newOutside(t)
	p := w.asked(parcel(1, "ann", "周报还没有报"))
	p.Asked = false
	require.Equal(t, 1, w.channel.Calls(t.Context(), p))
	r, err := w.send(p)
	require.NoError(t, err)
	require.NotEmpty(t, r.Ref)
	require.False(t, w.server.Shown("u-ann")[0].Free)
}

func TestAWebhookThatHasEndedLeavesTheAnswerToTheOpenAPI(t *testing.T) {
	w := newOutside(t)
	p := w.asked(parcel(1, "ann", "收到"))
	w.server.ExpireWebhooks() // DingTalk answers HTTP 200 with 300001
	_, err := w.send(p)
	require.NoError(t, err)
	require.Equal(t, []string{"收到"}, w.texts("ann"))
	p.ID = 2
	_, err = w.send(p)
	require.NoError(t, err)
	require.Equal(t, 1, w.server.Calls(dingtalktest.SessionPath), "it is asked once")
	require.Equal(t, 2, w.server.Calls(dingtalktest.PersonsPath))
	w.withoutSecrets()
}

func TestAnAnswerOfUnknownFateGoesNoOtherWay(t *testing.T) {
	for name, answer := range map[string]*dingtalktest.Answer{
		"shown, and nothing said": {Done: true, Drop: true}, "a gateway's page": dingtalktest.Page(504), "no errcode": {JSON: map[string]any{"ok": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newOutside(t)
			p := w.asked(parcel(1, "ann", "收到"))
			w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
				if c.Path == dingtalktest.SessionPath {
					return answer
				}
				return nil
			})
			_, err := w.send(p)
			require.Equal(t, bot.Unknown, failure(t, err).Fate)
			require.LessOrEqual(t, len(w.texts("ann")), 1)
			require.Zero(t, w.server.Calls(dingtalktest.PersonsPath))
			w.withoutSecrets(err.Error())
		})
	}
}

func TestARefusedAnswerGoesOnWithoutLosingItsWebhook(t *testing.T) {
	w := newOutside(t)
	p := w.asked(parcel(1, "ann", "收到"))
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		if c.Path == dingtalktest.SessionPath && c.N == 1 {
			return dingtalktest.RefusedOld(90030, "")
		}
		return nil
	})
	for range 2 {
		_, err := w.send(p)
		require.NoError(t, err)
	}
	require.Equal(t, []bool{false, true}, []bool{w.server.Shown("u-ann")[0].Free, w.server.Shown("u-ann")[1].Free})
}

func TestThePunishedAskNothingMore(t *testing.T) {
	w := newOutside(t)
	p := w.asked(parcel(1, "ann", "收到"))
	w.server.Bend(func(dingtalktest.Call) *dingtalktest.Answer { return dingtalktest.Page(200) })
	_, err := w.send(p)
	failed := failure(t, err)
	require.Equal(t, []any{bot.NotSent, 5 * time.Minute, true}, []any{failed.Fate, failed.Wait, failed.Everybody})
	require.Zero(t, w.server.Calls(dingtalktest.TokenPath)+w.server.Calls(dingtalktest.PersonsPath))
}

func TestLongTextsGoInPiecesOnWhicheverWayTakesThem(t *testing.T) {
	w := newOutside(t)
	text := strings.TrimSpace(strings.Repeat("凤城镇建设路12号 某某鞋店 涉嫌销售假冒运动鞋\n", 500))
	p := w.asked(parcel(1, "ann", text))
	require.Equal(t, 4, w.channel.Pieces(p))
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		if c.Path == dingtalktest.SessionPath && c.N == 3 { // it ends in the middle
			return dingtalktest.RefusedOld(300001, "")
		}
		return nil
	})
	_, err := w.send(p)
	require.NoError(t, err)
	require.Equal(t, text, strings.Join(w.texts("ann"), "\n"), "nothing twice, nothing lost")
	free := 0
	for _, m := range w.server.Shown("u-ann") {
		require.LessOrEqual(t, utf8.RuneCountInString(m.Text), longestText)
		if m.Free {
			free++
		}
	}
	require.Equal(t, 2, free)

	require.Len(t, inPieces(strings.Repeat("\x01", longestText)), 3, "what JSON writes longer is cut shorter")
	for _, piece := range inPieces(strings.Repeat("𠮷\"", 4000)) {
		_, err := encoded(Text(piece))
		require.NoError(t, err)
	}
}

func TestWhatWasSaidIsNotSaidAgain(t *testing.T) {
	w := newOutside(t)
	text := strings.TrimSpace(strings.Repeat("凤城镇建设路12号\n", 1000))
	throttled := true
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		if c.Path == dingtalktest.PersonsPath && c.N == 2 && throttled {
			return dingtalktest.QPSLimit()
		}
		return nil
	})
	p := parcel(1, "ann", text)
	_, err := w.send(p)
	failed := failure(t, err)
	require.Equal(t, []any{bot.NotSent, bot.Throttled, time.Second, false}, []any{failed.Fate, failed.Reason, failed.Wait, failed.Everybody})
	throttled = false
	w.clock.Forward(time.Second)
	r, err := w.send(p)
	require.NoError(t, err)
	require.Equal(t, text, strings.Join(w.texts("ann"), "\n"))
	require.Len(t, strings.Split(r.Ref, "|"), 3)
	require.NotEmpty(t, failed.Kept, "so that another process goes on from there")
	require.Empty(t, w.channel.out.said.Of(parcel(1, "ann", text)), "nothing is remembered of what is done")
}

func TestGroupsAndTheirWays(t *testing.T) {
	w := newOutside(t, withGroups)
	say := func(to string, mention ...string) bot.Parcel {
		p := bot.Parcel{ID: 1, To: group(to), Reply: bot.Reply{Kind: bot.TextReply, Text: "还没有报：凤城所", Mention: mention}}
		_, err := w.send(p)
		require.NoError(t, err)
		return p
	}
	p := say(appGroup, "ann")
	require.Equal(t, []string{"还没有报：凤城所"}, dingtalktest.Texts(w.server.Said("cidApp==")))
	require.Equal(t, 1, w.channel.Calls(t.Context(), p))

	p = say(robotGroup, "ann", "nobody")
	require.Equal(t, []string{"u-ann"}, w.server.Said("robot:token-1")[0].At, "signed, and calling by name")
	require.Zero(t, w.channel.Calls(t.Context(), p))
	require.Equal(t, "dingtalk/group", w.channel.TraitsTo(group(robotGroup)).Limits)
	require.False(t, w.channel.TraitsTo(group(robotGroup)).Files)

	require.Equal(t, 1, w.channel.Calls(t.Context(), say(bothGroup)))
	require.Len(t, w.server.Said("cidBoth=="), 1, "nobody is to be called: through the app")
	require.Zero(t, w.channel.Calls(t.Context(), say(bothGroup, "ann")))
	require.Equal(t, []string{"u-ann"}, w.server.Said("robot:token-2")[0].At)

	p.To, p.Asked = group(bothGroup), true
	_, err := w.send(w.asked(p))
	require.NoError(t, err)
	require.True(t, w.server.Said("cidBoth==")[1].Free, "an answer goes where it was asked")
	require.Equal(t, []string{"u-ann"}, w.server.Said("cidBoth==")[1].At)
	w.withoutSecrets()
}

func TestAGroupsRobotThatSaysNoLeavesItToTheApp(t *testing.T) {
	w := newOutside(t, withGroups)
	p := bot.Parcel{ID: 1, To: group(bothGroup), Reply: bot.Reply{Kind: bot.TextReply, Text: "催", Mention: []string{"ann"}}}
	for range 21 {
		_, err := w.send(p)
		require.NoError(t, err)
	}
	require.Len(t, w.server.Said("robot:token-2"), 20)
	require.Len(t, w.server.Said("cidBoth=="), 1)

	p.To = group(robotGroup)
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		if c.Path == dingtalktest.RobotPath {
			return dingtalktest.RefusedOld(310000, "")
		}
		return nil
	})
	_, err := w.send(p)
	failed := failure(t, err)
	require.Equal(t, []any{bot.NotSent, bot.NotTrusted}, []any{failed.Fate, failed.Reason})
	w.withoutSecrets(err.Error())
}

func TestThreeWaysOutAndNoneIsOpen(t *testing.T) {
	w := newOutside(t, withGroups)
	p := w.asked(bot.Parcel{ID: 1, To: group(bothGroup), Reply: bot.Reply{Kind: bot.TextReply, Text: "催", Mention: []string{"ann"}}})
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		switch c.Path {
		case dingtalktest.SessionPath:
			return dingtalktest.RefusedOld(300001, "")
		case dingtalktest.RobotPath:
			return dingtalktest.RefusedOld(130101, "")
		case dingtalktest.GroupPath:
			return dingtalktest.Refused(400, "invalidParameter.openConversationId.invalid")
		}
		return nil
	})
	_, err := w.send(p)
	failed := failure(t, err)
	require.Equal(t, []any{bot.NotSent, bot.Throttled, 10 * time.Minute}, []any{failed.Fate, failed.Reason, failed.Wait}, "one of them opens again")
}
