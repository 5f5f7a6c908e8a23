package dingtalk

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

func TestAMessageReachesTheDesk(t *testing.T) {
	w := newInside(t)
	w.up()
	a := w.say(dingtalktest.Message{ID: "msg1", From: "042", Text: " 在吗 ", Bend: func(b map[string]any) { b["createAt"] = friday.UnixMilli() }})
	require.Equal(t, 200, a.Code)
	require.Equal(t, []bot.Message{{Platform: Name, ID: "msg1", Sender: "a.042", Nick: "填报员·凤城所", At: friday, Text: "在吗"}}, w.desk.messages())
	hook, ok := w.channel.session(t.Context(), bot.Recipient{Kind: bot.ToPerson, Account: "a.042"})
	require.True(t, ok)
	require.Equal(t, w.hook(), hook)
	require.Empty(t, w.said, "what the desk has to say goes out by itself")
}

func TestAGroupIsKnownByItsConversation(t *testing.T) {
	w := newInside(t)
	w.up()
	w.say(dingtalktest.Message{ID: "msg1", From: "042", Conversation: inChat, Text: " 谁没报"})
	require.Equal(t, inGroup, w.desk.messages()[0].Group)
	_, ok := w.channel.session(t.Context(), bot.Recipient{Kind: bot.ToGroup, Account: inGroup})
	require.True(t, ok)
	_, ok = w.channel.session(t.Context(), bot.Recipient{Kind: bot.ToPerson, Account: "a.042"})
	require.False(t, ok, "what a group's webhook says everybody hears")
}

// TestInDoubtItIsAGroup: its webhook must not become somebody's private one.
func TestInDoubtItIsAGroup(t *testing.T) {
	w := newInside(t)
	for talk, want := range map[string]string{"2": inGroup, "": inGroup, "1": "", "3": inGroup} {
		in, err := w.channel.read(dingtalktest.Message{ID: "1", From: "042", Conversation: inChat, Text: "在吗", Bend: func(b map[string]any) {
			b["conversationType"] = talk
			delete(b, "conversationTitle")
		}}.Body(friday), "")
		require.NoError(t, err)
		require.Equal(t, want, in.message.Group, talk)
	}
	in, err := w.channel.read(dingtalktest.Message{ID: "1", From: "042", Conversation: "cidOTHER=", Bend: func(b map[string]any) { delete(b, "conversationType") }}.Body(friday), "")
	require.NoError(t, err)
	require.True(t, in.group && !in.known, "it has a title")
}

func TestAnUnknownGroupIsToldItsIDOnceADay(t *testing.T) {
	w := newInside(t)
	w.up()
	for _, id := range []string{"1", "2"} {
		require.Equal(t, 200, w.say(dingtalktest.Message{ID: id, From: "042", Conversation: "cidOTHER=", Text: "在吗"}).Code)
	}
	w.clock.Forward(24 * time.Hour)
	w.say(dingtalktest.Message{ID: "3", From: "042", Conversation: "cidOTHER=", Text: "在吗"})
	said := w.told(2)
	require.Len(t, said, 2)
	require.Contains(t, said[0], "\ncidOTHER=\n")
	require.Empty(t, w.desk.messages())
}

func TestWhoeverIsNobodyIsToldWhatToDo(t *testing.T) {
	w := newInside(t)
	w.up()
	require.Equal(t, 200, w.say(dingtalktest.Message{ID: "1", Text: "我是谁", Bend: func(b map[string]any) { b["isAdmin"] = true }}).Code)
	require.Equal(t, 200, w.say(dingtalktest.Message{ID: "2", From: "042", Text: "别家的", Bend: func(b map[string]any) { b["senderCorpId"] = "dingOTHER" }}).Code)
	for _, said := range w.told(2) {
		require.Contains(t, said, "应用已经发布")
	}
	require.Empty(t, w.desk.messages())
}

func TestWhatIsNotTakenIsSaid(t *testing.T) {
	w := newInside(t)
	w.up()
	for i, c := range []struct {
		m    dingtalktest.Message
		said string
	}{
		{dingtalktest.Message{Kind: "unknownMsgType", Content: map[string]any{"unknownMsgType": "用户发送了一条消息，机器人暂不支持接收。"}}, "收不了"},
		{dingtalktest.Message{Kind: "chatRecord", Content: map[string]any{"summary": "x"}}, "收不了"},
		{dingtalktest.Message{Kind: "interactiveCard"}, "收不了"},
		{dingtalktest.Message{Kind: "picture"}, "没有内容"},
		{dingtalktest.Message{Kind: "text", Bend: func(b map[string]any) { delete(b, "text"); b["code"] = 20001 }}, "额度用完了"},
	} {
		c.m.ID, c.m.From = "msg"+c.said+string(rune('a'+i)), "042"
		require.Equal(t, 200, w.say(c.m).Code)
		require.Contains(t, w.told(i + 1)[i], c.said)
	}
	require.Empty(t, w.desk.messages())
	require.Contains(t, w.log.String(), "code 20001")
}

func TestWebhooksElsewhereAreNotAnswered(t *testing.T) {
	w := newInside(t)
	w.up()
	w.say(dingtalktest.Message{ID: "1", From: "042", Text: "在吗", Webhook: "http://169.254.169.254/robot/sendBySession?" + inHook})
	_, ok := w.channel.session(t.Context(), bot.Recipient{Kind: bot.ToPerson, Account: "a.042"})
	require.False(t, ok)
	require.Len(t, w.desk.messages(), 1, "the message is one all the same")
}

// TestNothingIsAcknowledgedThatIsNotDurable: it is handed in again, since DingTalk may
// not send it again, and in the end its sender is told.
func TestNothingIsAcknowledgedThatIsNotDurable(t *testing.T) {
	w := newInside(t)
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) {
		if len(w.desk.messages()) == 2 {
			return bot.Answer{}, nil
		}
		return bot.Answer{}, errors.New("no room " + inAppSecret)
	}
	w.up()
	require.Equal(t, 200, w.say(dingtalktest.Message{ID: "1", From: "042", Text: "一"}).Code, "the second time")
	require.Len(t, w.desk.messages(), 2)
	require.Equal(t, 500, w.say(dingtalktest.Message{ID: "2", From: "042", Text: "二"}).Code)
	require.Contains(t, w.told(1)[0], "没有收下")
	require.Len(t, w.desk.messages(), 5)
}

func TestWhatComesAgainHasItsOwnID(t *testing.T) {
	w := newInside(t)
	w.up()
	f := w.gateway.Robot(dingtalktest.Message{ID: "msg1", From: "042", Text: "在吗"})
	w.push(f)
	require.NoError(t, w.gateway.Push(f))
	w.push(w.gateway.Again(f))
	require.Eventually(t, func() bool { return len(w.desk.messages()) == 3 }, 10*time.Second, time.Millisecond)
	for _, m := range w.desk.messages() {
		require.Equal(t, "msg1", m.ID, "the desk knows it by this")
	}
	f = w.gateway.Robot(dingtalktest.Message{From: "042", Text: "没有号"})
	w.push(f)
	require.Equal(t, f.ID(), w.desk.messages()[3].ID)
}

func TestOneSendersMessagesStayInTheirOrder(t *testing.T) {
	w := newInside(t)
	all := make(chan struct{})
	let := sync.OnceFunc(func() { close(all) })
	defer let() // the channel ends when nothing is in hand
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) { <-all; return bot.Answer{}, nil }
	w.up()
	for n := range 50 {
		_, err := w.gateway.Say(dingtalktest.Message{ID: string(rune('a' + n)), From: "042", Text: "x"})
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return w.channel.State().Frames == 50 && len(w.desk.messages()) > 0 }, 10*time.Second, time.Millisecond)
	require.Len(t, w.desk.messages(), 1, "the others wait for the first")
	let()
	require.Eventually(t, func() bool { return len(w.desk.messages()) == 50 }, 10*time.Second, time.Millisecond)
	for n, m := range w.desk.messages() {
		require.Equal(t, string(rune('a'+n)), m.ID)
	}
}

func TestWhatIsNoMessageIsAcknowledged(t *testing.T) {
	w := newInside(t)
	w.up()
	f := w.gateway.Robot(dingtalktest.Message{ID: "1"})
	f.Data = "{"
	require.Equal(t, 200, w.push(f).Code, "it would be the same again")
	require.Equal(t, 404, w.push(w.gateway.Robot(dingtalktest.Message{ID: "1"}).With("topic", "/v1.0/graph/api/invoke")).Code)
	require.Empty(t, w.desk.messages())
}

func TestOptionsOfTheWayInAreChecked(t *testing.T) {
	w := newInside(t)
	o := w.o
	o.Connections = 51
	_, err := New(o)
	require.ErrorContains(t, err, "dingtalk: Connections: from 1 to 8 are right")
	o = w.o
	o.CAFile = "/nowhere.pem"
	_, err = New(o)
	require.ErrorContains(t, err, "dingtalk: CAFile: ")
}
