package dingtalk

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/channeltest"
	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/internal/secret"
)

func TestTheContractOfChannels(t *testing.T) {
	for name, bend := range map[string]func(*dingtalktest.Options, *Options){"as text": func(*dingtalktest.Options, *Options) {}, "with cards": withCards} {
		t.Run(name, func(t *testing.T) {
			channeltest.Run(t, func(t *testing.T) channeltest.Kit {
				w := newOutside(t, withGroups, bend)
				return channeltest.Kit{Channel: w.channel, Person: "ann", Group: appGroup, Seen: w.seen, Put: w.put,
					Tap: func(t *testing.T, person, label string) string {
						all := w.server.Shown("u-" + person)
						return all[len(all)-1].Card.Track
					}}
			})
		})
	}
}

// TestAllFailureListsAtOnce: the call succeeded, and yet each is somebody else's case.
func TestAllFailureListsAtOnce(t *testing.T) {
	w := newOutside(t, func(theirs *dingtalktest.Options, _ *Options) {
		theirs.Users, theirs.Filtered = []string{"u-ann", "u-ben", "u-cleo", "u-dan"}, []string{"u-cleo"}
	})
	w.server.FlowControl("u-ben", true)
	ps := []bot.Parcel{parcel(1, "ann", "公告"), parcel(2, "ben", "公告"), parcel(3, "cleo", "公告"), parcel(4, "gone", "公告"), parcel(5, "dan", "公告"), parcel(6, "nobody", "公告")}
	out := w.channel.SendAll(t.Context(), ps)
	for _, i := range []int{0, 4} {
		require.NoError(t, out[i].Err)
		require.NotEmpty(t, out[i].Receipt.Ref)
	}
	for i, want := range map[int][]any{1: {bot.NotSent, bot.Throttled}, 2: {bot.Refused, bot.NotVisible}, 3: {bot.Refused, bot.NoSuchAccount}, 5: {bot.Refused, bot.NoSuchAccount}} {
		failed := failure(t, out[i].Err)
		require.Equal(t, want, []any{failed.Fate, failed.Reason}, i)
		require.False(t, failed.Everybody)
	}
	require.Equal(t, 1, w.server.Calls(dingtalktest.PersonsPath))
	require.Equal(t, []string{"公告"}, w.texts("dan"))
}

func TestTwentyInACallAndNobodyTwice(t *testing.T) {
	w := newOutside(t)
	var ps []bot.Parcel
	for i := range 45 {
		ps = append(ps, parcel(int64(i+1), fmt.Sprint("p", i), "公告"))
	}
	ps = append(ps, parcel(46, "p0", "公告"), parcel(47, "p1", "另一件"))
	for _, o := range w.channel.SendAll(t.Context(), ps) {
		require.NoError(t, o.Err)
	}
	require.Equal(t, 3+2, w.server.Calls(dingtalktest.PersonsPath))
	require.Equal(t, []string{"公告", "公告"}, w.texts("p0"), "two parcels are two")
	require.Equal(t, []string{"公告", "另一件"}, w.texts("p1"))
	require.Equal(t, []string{"公告"}, w.texts("p44"))
	require.Equal(t, mostPersons, w.channel.Traits().Batch)
}

func TestOneWrongUserFailsNoOther(t *testing.T) {
	w := newOutside(t)
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		if c.Path == dingtalktest.PersonsPath && strings.Contains(string(c.Body), `"u-odd"`) {
			return dingtalktest.Refused(400, "invalidParameter.userIds.invalid")
		}
		return nil
	})
	out := w.channel.SendAll(t.Context(), []bot.Parcel{parcel(1, "ann", "公告"), parcel(2, "odd", "公告"), parcel(3, "ben", "公告")})
	require.NoError(t, out[0].Err)
	require.NoError(t, out[2].Err)
	require.Equal(t, bot.NoSuchAccount, failure(t, out[1].Err).Reason)
}

func TestATokenThatDiesInTheMiddleOfABroadcast(t *testing.T) {
	w := newOutside(t)
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		if c.Path == dingtalktest.PersonsPath && c.N == 2 {
			w.server.RevokeToken()
		}
		return nil
	})
	var ps []bot.Parcel
	for i := range 60 {
		ps = append(ps, parcel(int64(i+1), fmt.Sprint("p", i), "公告"))
	}
	for _, o := range w.channel.SendAll(t.Context(), ps) {
		require.NoError(t, o.Err)
	}
	for i := range 60 {
		require.Equal(t, []string{"公告"}, w.texts(fmt.Sprint("p", i)), "once")
	}
	require.Equal(t, 2, w.server.Tokens())
}

func TestCardsInGroupsSayWhereTheirButtonsAre(t *testing.T) {
	w := newOutside(t, withGroups, withCards)
	_, err := w.send(bot.Parcel{ID: 1, To: group(appGroup), Reply: bot.Reply{Kind: bot.CardReply, Title: "会商", Text: "【会商】\n周五", Body: "周五",
		Buttons: []bot.Button{{Label: "参加", Tap: "meeting.yes:1"}}}})
	require.NoError(t, err)
	require.Equal(t, []string{"【会商】\n周五\n请打开与我的单聊办理：参加。"}, dingtalktest.Texts(w.server.Said("cidApp==")))
}

func TestTheSignatureOfACustomRobot(t *testing.T) {
	at := time.UnixMilli(1577262236757)
	sign := signature(at, "this is secret")
	require.Equal(t, "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=", sign)
	require.Equal(t, "sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D", url.Values{"sign": {sign}}.Encode())
}

func TestARobotByItsWholeAddress(t *testing.T) {
	w := newOutside(t, withGroups)
	err := w.channel.shout(t.Context(), Group{Webhook: w.server.RobotWebhook("token-1"), Secret: "SECx1"}, hooked{MsgType: "text", Text: &hookText{"在"}})
	require.NoError(t, err)
	require.Len(t, w.server.Said("robot:token-1"), 1)
}

func TestNobodysWordsAreNotEvenTried(t *testing.T) {
	w := newOutside(t, withGroups)
	for name, p := range map[string]bot.Parcel{
		"an empty text":          parcel(1, "ann", " \n"),
		"a kind that is none":    {ID: 1, To: person("ann"), Reply: bot.Reply{Kind: "dance", Text: "x"}},
		"nobody":                 parcel(1, "nobody", "x"),
		"no group":               {ID: 1, To: group("x"), Reply: bot.Reply{Kind: bot.TextReply, Text: "x"}},
		"a file where none goes": {ID: 1, To: group(robotGroup), Reply: bot.Reply{Kind: bot.FileReply, Path: "x.pdf"}},
		"a file that is not":     {ID: 1, To: person("ann"), Reply: bot.Reply{Kind: bot.FileReply, Path: "../x.pdf"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.send(p)
			require.Equal(t, bot.Refused, failure(t, err).Fate)
		})
	}
	require.Zero(t, w.server.Counted())
}

func TestNoErrorShowsASecret(t *testing.T) {
	w := newOutside(t, withGroups)
	for _, answer := range []*dingtalktest.Answer{
		{JSON: map[string]any{"errcode": 1, "errmsg": "bad " + appSecret, "code": "x", "message": "token access-new-1 " + appSecret}},
		{Drop: true}, {Status: 500, Body: appSecret}, dingtalktest.Page(503), dingtalktest.RefusedOld(310000, ""),
	} {
		w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
			if c.Path == dingtalktest.TokenPath {
				return nil
			}
			if _, ok := answer.JSON.(map[string]any); ok && c.Query.Get("session") != "" {
				return &dingtalktest.Answer{JSON: map[string]any{"errcode": 1, "errmsg": "the webhook " + c.Query.Get("session") + " session=" + c.Query.Get("session")}}
			}
			return answer
		})
		for _, p := range []bot.Parcel{w.asked(parcel(1, "ann", "x")), parcel(1, "ann", "x"), {ID: 2, To: group(robotGroup), Reply: bot.Reply{Kind: bot.TextReply, Text: "x"}}} {
			_, err := w.send(p)
			require.Error(t, err)
			require.NotContains(t, strings.ReplaceAll(err.Error()+w.log.String(), "session=***", ""), "session=")
			for _, hidden := range []string{appSecret, "79b4", "token-1", "SECx1"} {
				require.NotContains(t, err.Error()+w.log.String(), hidden)
			}
			if token := w.server.Token(); token != "" {
				require.NotContains(t, err.Error(), token)
			}
		}
		w.clock.Forward(10 * time.Minute)
	}
	require.Equal(t, "***", secret.Hide(appSecret, appSecret))
}

func TestOptionsAreChecked(t *testing.T) {
	w := newOutside(t)
	for want, bend := range map[string]func(*Options){
		"Edition: ":      func(o *Options) { o.Edition = "gold" },
		"Features.Ding":  func(o *Options) { o.Features.Ding = "maybe" },
		"Cards: ":        func(o *Options) { o.Cards = "some" },
		"CardTemplate: ": func(o *Options) { o.CardTemplate = "a b" },
		"CAFile: ":       func(o *Options) { o.CAFile = os.DevNull },
	} {
		o := w.o
		bend(&o)
		_, err := New(o)
		require.ErrorContains(t, err, want)
	}
}
