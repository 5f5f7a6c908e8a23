package robot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot"
	"zhuanban/bot/channeltest"
	"zhuanban/bot/delivery"
	"zhuanban/bot/wecom/wecomtest"
)

func TestChannel(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Kit {
		w := newWorld(t)
		w.up()
		w.server.Spoken("hutou.filer")
		w.server.Spoken(groupChat)
		return channeltest.Kit{Channel: w.channel, Person: "hutou.filer", Group: groupName, Put: w.put,
			Seen: func(t *testing.T, to bot.Recipient) []bot.Reply {
				chat := to.Account
				if to.Kind == bot.ToGroup {
					chat = groupChat
				}
				return replies(w.server.Shown(chat))
			}}
	})
}

// replies are messages as replies: a number on a card is that of its button.
func replies(shown []wecomtest.RobotShown) (out []bot.Reply) {
	for _, m := range shown {
		r := bot.Reply{Kind: bot.TextReply, Text: m.Text}
		if m.Card != nil {
			r.Kind, r.Title = bot.CardReply, m.Card.Title.Title
			for i, b := range m.Card.Buttons {
				r.Buttons = append(r.Buttons, bot.Button{Label: b.Text, Tap: b.Key, Code: i + 1})
			}
		}
		if m.Media != "" {
			r.Kind, r.Name = map[string]bot.ReplyKind{"image": bot.ImageReply, "file": bot.FileReply}[m.Kind], m.Name
		}
		out = append(out, r)
	}
	return out
}

func TestTheRobotIsOnThePageOfLimits(t *testing.T) {
	w := newWorld(t)
	limits, ok := delivery.Limits(w.channel.Traits().Limits, 0)
	require.True(t, ok)
	require.Len(t, limits, 2)
}

func TestFates(t *testing.T) {
	for code, want := range map[int]bot.SendError{
		846607: {Fate: bot.NotSent, Reason: bot.Throttled, Wait: time.Minute},
		45009:  {Fate: bot.NotSent, Reason: bot.Throttled, Wait: time.Minute, Everybody: true},
		853000: {Fate: bot.NotSent, Reason: bot.NotTrusted, Wait: time.Minute, Everybody: true},
		846609: {Fate: bot.NotSent, Reason: bot.NotPermitted, Wait: 5 * time.Minute, Everybody: true},
		853006: {Fate: bot.NotSent, Reason: bot.NotPermitted, Wait: 5 * time.Minute, Everybody: true},
		93000:  {Fate: bot.Refused, Reason: bot.NotVisible},
		40058:  {Fate: bot.Refused, Reason: bot.BadContent},
		60111:  {Fate: bot.Refused, Reason: bot.NoSuchAccount},
		-1:     {Fate: bot.NotSent, Reason: bot.PlatformAway, Wait: 5 * time.Second},
		999999: {Fate: bot.Refused},
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			w := newWorld(t)
			w.up()
			w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
				if c.Cmd == cmdSend {
					return &wecomtest.RobotAnswer{ErrCode: code, ErrMsg: "with " + robotSecret}
				}
				return nil
			})
			_, err := w.channel.Send(t.Context(), parcel(1, "ann", "在"))
			got := failure(t, err)
			require.Contains(t, got.Error(), fmt.Sprint(code))
			require.NotContains(t, got.Error(), robotSecret)
			got.Err = nil
			require.Equal(t, want, *got)
		})
	}
}

func TestTheThirtyFirstMessageOfAMinuteIsNotSent(t *testing.T) {
	w := newWorld(t)
	w.up()
	w.server.Spoken("ann")
	for i := range 30 {
		_, err := w.channel.Send(t.Context(), parcel(int64(i+1), "ann", fmt.Sprint(i)))
		require.NoError(t, err)
	}
	_, err := w.channel.Send(t.Context(), parcel(31, "ann", "30"))
	got := failure(t, err)
	require.Equal(t, []any{bot.NotSent, bot.Throttled, false}, []any{got.Fate, got.Reason, got.Everybody})
	w.clock.Forward(time.Minute)
	_, err = w.channel.Send(t.Context(), parcel(31, "ann", "30"))
	require.NoError(t, err)
}

func TestALostAcknowledgementIsOfUnknownFate(t *testing.T) {
	for name, bent := range map[string]wecomtest.RobotAnswer{
		"silence":    {Done: true, Silent: true},
		"the end":    {Done: true, Drop: true},
		"a late one": {Done: true, Until: make(chan struct{})},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.channel.pace.ack = 50 * time.Millisecond
			w.up()
			w.server.Spoken("ann")
			w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
				if c.Cmd == cmdSend {
					return &bent
				}
				return nil
			})
			_, err := w.channel.Send(t.Context(), parcel(1, "ann", "在"))
			got := failure(t, err)
			require.Equal(t, []any{bot.Unknown, bot.PlatformAway}, []any{got.Fate, got.Reason})
			require.Equal(t, []string{"在"}, w.server.Texts("ann"))
		})
	}
}

func TestWithoutAConnectionNothingIsSent(t *testing.T) {
	w := newWorld(t)
	require.False(t, w.channel.Here())
	_, err := w.channel.Send(t.Context(), parcel(1, "ann", "在"))
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
}

func TestWhereNobodyHasSpokenTheRobotMayNot(t *testing.T) {
	w := newWorld(t)
	w.up()
	_, err := w.channel.Send(t.Context(), parcel(1, "ann", "在"))
	require.Equal(t, bot.NotVisible, failure(t, err).Reason)
	require.NoError(t, w.server.Say("ann", "", "我来了"))
	w.heard(1)
	_, err = w.channel.Send(t.Context(), parcel(1, "ann", "在"))
	require.NoError(t, err)
}

func TestWhatThePlatformCouldNotTakeIsRefusedHere(t *testing.T) {
	w := newWorld(t)
	w.up()
	for name, p := range map[string]bot.Parcel{
		"everybody":              parcel(1, "@all", "在"),
		"a group without an id":  {ID: 1, To: bot.Recipient{Kind: bot.ToGroup, Account: "另一个群"}, Reply: bot.Reply{Kind: bot.TextReply, Text: "在"}},
		"a file that is nowhere": {ID: 1, To: person("ann"), Reply: bot.Reply{Kind: bot.FileReply, Path: "../a", Text: "在"}},
		"nothing":                parcel(1, "ann", " \n"),
		"a key of more than 1 K": {ID: 1, To: person("ann"), Reply: bot.Reply{Kind: bot.CardReply, Text: "在", Buttons: []bot.Button{{Label: "在", Tap: strings.Repeat("a", 1025)}}}},
	} {
		_, err := w.channel.Send(t.Context(), p)
		require.Equal(t, bot.Refused, failure(t, err).Fate, name)
	}
	require.Zero(t, w.server.Calls(cmdSend))
}

// TestAParcelOfSeveralMessagesGoesOnWhereItStopped.
func TestAParcelOfSeveralMessagesGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t)
	w.up()
	w.server.Spoken("ann")
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
		if c.Cmd == cmdSend && c.N == 2 {
			return &wecomtest.RobotAnswer{ErrCode: 846607}
		}
		return nil
	})
	text := strings.Repeat("好", longestText/3) + "\n" + strings.Repeat("坏", 100)
	_, err := w.channel.Send(t.Context(), parcel(1, "ann", text))
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	_, err = w.channel.Send(t.Context(), parcel(1, "ann", text))
	require.NoError(t, err)
	require.Equal(t, text, strings.Join(w.server.Texts("ann"), "\n"))
}

// TestAnotherProcessGoesOnWhereThisOneStopped: by what is kept with the parcel.
func TestAnotherProcessGoesOnWhereThisOneStopped(t *testing.T) {
	w := newWorld(t)
	stop := w.up()
	w.server.Spoken("ann")
	card := bot.Reply{Kind: bot.CardReply, Title: "线索", Text: "【线索】\n" + strings.Repeat("货值三万元，", 20) + "\n\n回复 1 提交",
		Body: strings.Repeat("货值三万元，", 20), Buttons: []bot.Button{{Label: "提交", Tap: "x", Code: 1}}}
	p := bot.Parcel{ID: 1, To: person("ann"), Reply: card}
	w.server.Bend(func(c wecomtest.RobotCall) *wecomtest.RobotAnswer {
		if c.Cmd == cmdSend && c.N == 2 {
			return &wecomtest.RobotAnswer{ErrCode: 846607}
		}
		return nil
	})
	_, err := w.channel.Send(t.Context(), p)
	p.Prepared = failure(t, err).Kept
	require.NotEmpty(t, p.Prepared)
	stop()
	other := w.replica()
	run(t, other)
	w.eventually(other.Here, "connected")
	_, err = other.Send(t.Context(), p)
	require.NoError(t, err)
	var kinds []string
	for _, m := range w.server.Shown("ann") {
		kinds = append(kinds, m.Kind)
	}
	require.Equal(t, []string{"markdown", "template_card"}, kinds)
}

func TestAHurriedSendTellsThatNothingWasSent(t *testing.T) {
	w := newWorld(t)
	w.up()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.channel.Send(ctx, parcel(1, "ann", "在"))
	require.Equal(t, bot.NotSent, failure(t, err).Fate)
	require.ErrorIs(t, err.(*bot.SendError).Err, context.Canceled)
	require.Zero(t, w.server.Calls(cmdSend))
}

func TestMarkupIsShownAsItWasSaid(t *testing.T) {
	for plain, want := range map[string]string{
		"第2期统计表 1月19日(周五) 17:30 截止": "第2期统计表 1月19日(周五) 17:30 截止",
		"AX-2024-0001 a_b":           "AX-2024-0001 a_b",
		"138****5678":                `138\*\*\*\*5678`,
		"_强调_":                       `\_强调\_`,
		"# 标题\n> 引\n- 项\n1. 一\n2) 二": "\\# 标题\n\\> 引\n\\- 项\n1\\. 一\n2\\) 二",
		"[链接](http://x)":             `\[链接](http://x)`,
		"<font color=\"info\">":      `\<font color="info">`,
		"    缩进":                     "\u00a0\u00a0\u00a0\u00a0缩进",
		"---":                        `\---`,
		"3.5万元":                      "3.5万元",
		`\*`:                         `\\\*`,
	} {
		require.Equal(t, want, escape(plain))
		require.Equal(t, plain, wecomtest.Plain(want))
	}
}

func TestLongTextsAreCutWithoutLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab一二*_`[\\#-1. \n")), 0, 400, -1).Draw(t, "text")
		most := rapid.IntRange(8, 200).Draw(t, "most")
		out := pieces(text, most)
		all := ""
		for _, p := range out {
			require.LessOrEqual(t, len(p), most)
			require.True(t, utf8.ValidString(p))
			all += wecomtest.Plain(p)
		}
		blank := strings.NewReplacer("\n", "", " ", "")
		require.Equal(t, blank.Replace(text), blank.Replace(all))
	})
}
