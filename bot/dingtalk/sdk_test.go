package dingtalk

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

// TestAlibabasOwnSDKMakesTheSameRequests compares ours with those that the SDK for Go
// wrote down (testdata/sdk): the same call, the same token, the same JSON.
func TestAlibabasOwnSDKMakesTheSameRequests(t *testing.T) {
	text, err := os.ReadFile("testdata/sdk/requests.json")
	require.NoError(t, err)
	var theirs []struct {
		Name, Method, Path, Query, Token, Client string
		Body                                     json.RawMessage
	}
	require.NoError(t, json.Unmarshal(text, &theirs))

	w := newOutside(t, func(_ *dingtalktest.Options, o *Options) {
		o.RobotCode, o.Edition, o.CardTemplate, o.ClientID, o.ClientSecret = "robot", Professional, "1a2b.schema", "key", "secret"
		o.Groups = []Group{{Name: "群", Conversation: "cidA=="}}
	})
	var ours []dingtalktest.Call
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		ours = append(ours, c)
		return &dingtalktest.Answer{JSON: map[string]any{"accessToken": "token", "expireIn": 7200, "processQueryKey": "k", "id": "t1", "openDingId": "ding1", "success": true,
			"downloadUrl": "https://example.com/",
			"result":      map[string]any{"deliverResults": []map[string]any{{"spaceId": "u-ann", "success": true}}}}}
	})
	for name, call := range sameCalls(w.channel) {
		ours = nil
		call(t.Context())
		i := len(ours) - 1
		require.GreaterOrEqual(t, i, 0, name)
		if name == "token" {
			i = 0
		}
		got := ours[i]
		found := false
		for _, want := range theirs {
			if want.Name != name {
				continue
			}
			found = true
			require.Equal(t, []string{want.Method, want.Path, want.Query, want.Token, want.Client},
				[]string{got.Method, got.Path, got.Query.Encode(), got.Token, got.Header.Get("x-client-token")}, name)
			require.Equal(t, len(want.Body) == 0, len(got.Body) == 0, name)
			if len(want.Body) > 0 {
				require.JSONEq(t, string(want.Body), string(got.Body), name)
			}
		}
		require.True(t, found, name)
	}
	require.Len(t, sameCalls(w.channel), len(theirs))
}

// sameCalls are the calls that were written down, by their names. What comes of them is
// not looked at.
func sameCalls(c *Channel) map[string]func(context.Context) {
	reply := func(text string) bot.Reply { return bot.Reply{Kind: bot.TextReply, Text: text} }
	end := friday.Add(time.Hour)
	return map[string]func(context.Context){
		"token": func(ctx context.Context) { _, _, _ = c.fetchToken(ctx) },
		"persons": func(ctx context.Context) {
			ann, ben := parcel(1, "ann", "第2期 <17:30>"), parcel(2, "ben", "第2期 <17:30>")
			c.SendAll(ctx, []bot.Parcel{ann, ben})
		},
		"group":            func(ctx context.Context) { _, _ = c.Send(ctx, bot.Parcel{To: group("群"), Reply: reply("通报")}) },
		"persons recalled": func(ctx context.Context) { _ = c.Recall(ctx, "k1|k2") },
		"group recalled":   func(ctx context.Context) { _ = c.Recall(ctx, groupRef("cidA==", "k1")) },
		"persons read":     func(ctx context.Context) { _, _ = c.ReadStatus(ctx, "k+/1") },
		"group read":       func(ctx context.Context) { _, _ = c.ReadStatus(ctx, groupRef("cidA==", "k1")) },
		"download":         func(ctx context.Context) { _, _ = c.Fetch(ctx, "code:mIof") },
		"ding":             func(ctx context.Context) { _, _, _ = c.Ding(ctx, ByCall, []string{"042"}, "马上报") },
		"ding recalled":    func(ctx context.Context) { _ = c.RecallDing(ctx, "ding1") },
		"card": func(ctx context.Context) {
			_, _ = c.Send(ctx, bot.Parcel{ID: 7, To: person("ann"), Reply: bot.Reply{Kind: bot.CardReply, Title: "线索", Body: "货值", Text: "线索",
				Buttons: []bot.Button{{Label: "提交", Tap: "form.submit:1:1", Code: 1}}}})
		},
		"card changed": func(ctx context.Context) { _ = c.alter(ctx, "zhuanban-7", "u-ann", variables{varDone: "已提交"}) },
		"card changed for one": func(ctx context.Context) {
			_ = c.alter(ctx, "zhuanban-all-7", "u-ann", variables{varDone: "已提交"})
		},
		"todo": func(ctx context.Context) {
			_, _ = c.AddTodo(ctx, Todo{Source: "lead-1", Subject: "核查线索", Description: "一", Creator: "U1", Executors: []string{"U2"}, Due: friday, URL: "https://x", Priority: Urgent, Ding: true})
		},
		"todo done":        func(ctx context.Context) { _ = c.DoneTodo(ctx, "U1", "t1") },
		"todo done by one": func(ctx context.Context) { _ = c.DoneTodoBy(ctx, "U1", "t1", "U2") },
		"todo dropped":     func(ctx context.Context) { _ = c.DropTodo(ctx, "U1", "t1") },
		"event": func(ctx context.Context) {
			_, _ = c.AddEvent(ctx, Event{Token: "meeting-1", Organiser: "U1", Attendees: []string{"U2"}, Summary: "会商", Begin: friday, End: end, Place: "三楼会议室", Remind: 15 * time.Minute})
		},
		"event dropped": func(ctx context.Context) { _ = c.DropEvent(ctx, "U1", "e1") },
	}
}
