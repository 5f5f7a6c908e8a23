package dingtalk

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

func TestATapReachesTheDesk(t *testing.T) {
	w := newInside(t)
	w.up()
	a := w.push(w.gateway.Card(dingtalktest.Tap{Card: "o1", User: "042", Action: "b1", Space: inChat,
		Params: map[string]any{"tap": "form.submit:7", "form": map[string]any{"count": "12", "n": 3, "none": nil, "empty": "",
			"unit": map[string]any{"index": 1, "value": "凤城所"}, "several": map[string]any{"index": []int{0, 1}, "value": []string{"a", "b"}},
			"only": map[string]any{"index": 2}, "on": true, "odd": map[string]any{}}}}).With("time", friday.UnixMilli()))
	require.Equal(t, 200, a.Code)
	require.JSONEq(t, `{"response":{"cardUpdateOptions":{"updateCardDataByKey":true,"updatePrivateDataByKey":true},"cardData":{"cardParamMap":{}},"userPrivateData":{"cardParamMap":{}}}}`, a.Data)
	m := w.desk.messages()[0]
	require.NotEmpty(t, m.ID)
	m.ID = ""
	require.Equal(t, bot.Message{Platform: Name, Sender: "a.042", Group: inGroup, At: friday, Tap: "form.submit:7", Card: "o1", Chosen: []bot.Choice{
		{Question: "count", Options: []string{"12"}}, {Question: "n", Options: []string{"3"}}, {Question: "on", Options: []string{"true"}},
		{Question: "only", Options: []string{"2"}}, {Question: "several", Options: []string{"a", "b"}}, {Question: "unit", Options: []string{"凤城所"}}}}, m)
}

func TestTapsAreKnownByWhatTheyAre(t *testing.T) {
	w := newInside(t)
	read := func(bend func(*dingtalktest.Tap)) bot.Message {
		tap := dingtalktest.Tap{Card: "o1", User: "042", Action: "yes", Params: map[string]any{"a": 1, "b": 2}}
		bend(&tap)
		m, err := w.channel.readTap(tap.Body(), time.Time{})
		require.NoError(t, err)
		return m
	}
	one := read(func(*dingtalktest.Tap) {})
	require.Equal(t, "yes", one.Tap, "the button's own id, where its parameters name nothing")
	require.Equal(t, friday, one.At)
	require.Empty(t, one.Group)
	require.Equal(t, one.ID, read(func(tap *dingtalktest.Tap) {
		tap.Bend = func(b map[string]any) { b["corpId"], b["extension"] = "x", 7 }
	}).ID)
	for what, bend := range map[string]func(*dingtalktest.Tap){
		"card": func(tap *dingtalktest.Tap) { tap.Card = "o2" }, "user": func(tap *dingtalktest.Tap) { tap.User = "043" },
		"action": func(tap *dingtalktest.Tap) { tap.Action = "no" }, "form": func(tap *dingtalktest.Tap) { tap.Params["a"] = 2 }} {
		require.NotEqual(t, one.ID, read(bend).ID, what)
	}
	require.Equal(t, "accept", read(func(tap *dingtalktest.Tap) { tap.Params["action"] = "accept" }).Tap)
}

func TestTapsOnNoCardOfOursAreAcknowledged(t *testing.T) {
	w := newInside(t)
	w.up()
	for _, bend := range []func(map[string]any){
		func(b map[string]any) { delete(b, "outTrackId") }, func(b map[string]any) { delete(b, "userId") },
		func(b map[string]any) { b["userIdType"] = 2 }, func(b map[string]any) { b["content"] = "{" }, func(b map[string]any) { delete(b, "content") }} {
		a := w.push(w.gateway.Card(dingtalktest.Tap{Card: "o1", User: "042", Action: "yes", Bend: bend}))
		require.Equal(t, 200, a.Code)
		require.JSONEq(t, cardKept, a.Data)
	}
	require.Empty(t, w.desk.messages())
}

// TestATapIsAcknowledgedInTimeWhateverTheDeskDoes, also where an earlier message of the
// person is still in hand; and the work goes on.
func TestATapIsAcknowledgedInTimeWhateverTheDeskDoes(t *testing.T) {
	w := newInside(t, func(theirs *dingtalktest.GatewayOptions, _ *Options) { theirs.CardWithin = 2 * time.Second })
	w.channel.in.cardWait = 20 * time.Millisecond
	hold := make(chan struct{})
	w.desk.answer = func(ctx context.Context, _ bot.Message) (bot.Answer, error) { <-hold; return bot.Answer{}, ctx.Err() }
	w.up()
	f, err := w.gateway.Say(dingtalktest.Message{ID: "slow", From: "042", Text: "慢"})
	require.NoError(t, err)
	a := w.push(w.gateway.Card(dingtalktest.Tap{Card: "o1", User: "042", Action: "yes"}))
	require.JSONEq(t, cardKept, a.Data)
	require.Empty(t, w.gateway.Acks(f.ID()))
	close(hold)
	require.Eventually(t, func() bool { return len(w.desk.messages()) == 2 }, 10*time.Second, time.Millisecond)
	require.Equal(t, "yes", w.desk.messages()[1].Tap)
	require.Zero(t, w.gateway.Counts().LateCards)
	require.Less(t, cardWait, 2*time.Second)
}
