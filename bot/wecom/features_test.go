package wecom

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

func TestTheDuplicateCheckCanBeSwitchedOff(t *testing.T) {
	for s, on := range map[Switch]bool{"": true, Auto: true, On: true, Off: false} {
		var body string
		w := newWorld(t, func(_ *wecomtest.Options, o *Options) { o.Features.DuplicateCheck = s })
		w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
			if c.Path == wecomtest.SendPath {
				body = string(c.Body)
			}
			return nil
		})
		_, err := w.channel.Send(context.Background(), parcel(7, "a", "在"))
		require.NoError(t, err)
		require.Equal(t, on, w.channel.Traits().Dedupes, s)
		if on {
			require.Contains(t, body, `"enable_duplicate_check":1,"duplicate_check_interval":1807,"parcel":"7.0"}`)
			require.Equal(t, 30*time.Minute, w.channel.Traits().DedupeFor)
		} else {
			require.Equal(t, `{"touser":"a","msgtype":"text","agentid":1000002,"text":{"content":"在"}}`, body)
			require.Zero(t, w.channel.Traits().DedupeFor)
		}
		require.Equal(t, []string{"在"}, w.server.Texts("a"))
	}
}

func TestTheZeroValueOfTheFeaturesIsThePublicCloud(t *testing.T) {
	var f Features
	for _, s := range []Switch{f.Cards, f.UpdateCard, f.Recall, f.DuplicateCheck, f.AppChat} {
		require.False(t, s.Off())
		require.False(t, s.Forced())
	}
	require.False(t, f.Schedule.Off())
	require.True(t, ScheduleOff.Off())
	require.True(t, On.Forced())
}

func TestAnUnknownFeatureIsNamed(t *testing.T) {
	w := newWorld(t)
	for want, bend := range map[string]func(*Options){
		"Features": func(o *Options) { o.Features.Recall = "maybe" },
		"Schedule": func(o *Options) { o.Features.Schedule = "maybe" },
	} {
		o := w.o
		bend(&o)
		_, err := New(o)
		require.ErrorContains(t, err, want)
	}
}

func TestWithoutChatsOfItsOwnTheAppMakesNone(t *testing.T) {
	w := newWorld(t, withGroups(t), func(_ *wecomtest.Options, o *Options) { o.Features.AppChat = Off })
	_, err := w.channel.Send(t.Context(), inGroup(1, chatGroup, bot.Reply{Text: "在"}))
	require.Equal(t, []any{bot.Refused, bot.NoSuchGroup}, []any{failure(t, err).Fate, failure(t, err).Reason})
	require.Zero(t, w.server.Calls(wecomtest.ChatSendPath)+w.server.Calls(wecomtest.ChatCreatePath))
	_, err = w.channel.Send(t.Context(), inGroup(2, robotGroup, bot.Reply{Text: "在"}))
	require.NoError(t, err)
}
