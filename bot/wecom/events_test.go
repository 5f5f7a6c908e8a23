package wecom

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

func TestATapIsHeardWithItsCard(t *testing.T) {
	w := newWorld(t)
	_, err := w.channel.Send(t.Context(), card(7, "Hutou.Filer", "周报", "x", "零报告", "填报"))
	require.NoError(t, err)
	event, err := w.client.Tapped(w.server, "Hutou.Filer", "填报")
	require.NoError(t, err)
	for range 2 {
		reply, err := w.client.Post(t.Context(), event)
		require.NoError(t, err)
		require.Equal(t, 200, reply.Status)
	}
	heard := w.desk.messages()
	require.Equal(t, bot.Message{Platform: "wecom", ID: "Hutou.Filer:1705626000:template_card_event:menu.pick:2:p7-0", Sender: "hutou.filer",
		At: heard[0].At, Tap: "menu.pick:2", Card: heard[0].Card, CarryCards: true}, heard[0])
	require.NotEmpty(t, heard[0].Card)
	require.Equal(t, heard[0], heard[1], "a re-delivery is the same message")
}

func TestWhatWasChosenIsHeard(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.channel.Post(t.Context(), 1, []string{"a"}, right()["multiple_interaction"])[0].Err)
	_, err := w.client.Tap(t.Context(), w.server, "a", "交", wecomtest.Chosen{Question: "a", Options: []string{"1"}}, wecomtest.Chosen{Question: "b", Options: []string{"1", "2"}})
	require.NoError(t, err)
	heard := w.desk.messages()[0]
	require.Equal(t, "s", heard.Tap)
	require.Equal(t, []bot.Choice{{Question: "a", Options: []string{"1"}}, {Question: "b", Options: []string{"1", "2"}}}, heard.Chosen)
}

func TestTheMenuInACardsCornerIsHeardToo(t *testing.T) {
	w := newWorld(t)
	_, err := w.client.Post(t.Context(), w.client.Message("a", "event", "", "<Event><![CDATA[template_card_menu_event]]></Event><EventKey><![CDATA[lead.list]]></EventKey><TaskId><![CDATA[t]]></TaskId><CardType><![CDATA[text_notice]]></CardType><ResponseCode><![CDATA[c]]></ResponseCode>"))
	require.NoError(t, err)
	require.Equal(t, "lead.list", w.desk.messages()[0].Tap)
	require.Equal(t, "c", w.desk.messages()[0].Card)
}

func TestWithoutUpdatesACardHasNoHandle(t *testing.T) {
	w := newWorld(t, func(_ *wecomtest.Options, o *Options) { o.Features.UpdateCard = Off })
	require.False(t, w.channel.Traits().Updates)
	_, err := w.channel.Send(t.Context(), card(7, "a", "周报", "x", "填报"))
	require.NoError(t, err)
	_, err = w.client.Tap(t.Context(), w.server, "a", "填报")
	require.NoError(t, err)
	require.Empty(t, w.desk.messages()[0].Card)
}

// Whoever comes is announced to the desk once a day, which greets whom it never heard.
func TestWhoComesIsAnnouncedOnceADay(t *testing.T) {
	w := newWorld(t)
	w.desk.answer = func(_ context.Context, m bot.Message) (bot.Answer, error) {
		require.True(t, m.Greeting)
		require.Equal(t, "开始", m.Text)
		return carried("欢迎"), nil
	}
	come := func(who, event string) string {
		reply, err := w.client.Post(t.Context(), w.client.Message(who, "event", "", "<Event><![CDATA["+event+"]]></Event><EventKey></EventKey>"))
		require.NoError(t, err)
		require.Equal(t, 200, reply.Status)
		return reply.Text
	}
	require.Equal(t, "欢迎", come("a", "subscribe"))
	require.Equal(t, "欢迎", come("a", "subscribe"), "a re-delivery")
	require.Empty(t, come("a", "enter_agent"))
	require.Equal(t, "欢迎", come("b", "enter_agent"))
	w.clock.Forward(time.Hour)
	require.Empty(t, come("b", "enter_agent"))
	w.clock.Forward(23 * time.Hour)
	require.Equal(t, "欢迎", come("b", "enter_agent"))
	require.Len(t, w.desk.messages(), 4)
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) { return bot.Answer{}, nil }
	require.Empty(t, come("c", "enter_agent"), "the desk knows c")
}

func TestTheMemoryOfWhoCameIsBounded(t *testing.T) {
	var d doors
	at := time.Date(2024, 1, 19, 9, 0, 0, 0, shanghai)
	for i := range mostCame + 10 {
		require.True(t, d.enter(strings.Repeat("a", i%50)+time.Duration(i).String(), "e", at))
	}
	require.LessOrEqual(t, len(d.came), mostCame)
}

func TestALinkIsItsTitleAndItsAddress(t *testing.T) {
	w := newWorld(t)
	for rest, want := range map[string]string{
		"<Title><![CDATA[店]]></Title><Url><![CDATA[http://x.invalid]]></Url>": "店\nhttp://x.invalid",
		"<Url><![CDATA[http://x.invalid]]></Url>":                             "http://x.invalid",
		"<Title><![CDATA[店]]></Title>":                                        "店",
	} {
		_, err := w.client.Post(t.Context(), w.client.Message("a", "link", "5", rest))
		require.NoError(t, err)
		heard := w.desk.messages()
		require.Equal(t, want, heard[len(heard)-1].Text)
	}
	reply, err := w.client.Post(t.Context(), w.client.Message("a", "link", "5", "<Title> </Title>"))
	require.NoError(t, err)
	require.Equal(t, 400, reply.Status)
}

func done(id int64, handle string) bot.Parcel {
	return bot.Parcel{ID: id, To: person("a"), Reply: bot.Reply{Kind: bot.CardDone, Text: "已选：填报", Ref: handle}}
}

func TestACardThatWasTappedIsGreyedAndNobodyHearsOfItOtherwise(t *testing.T) {
	w := newWorld(t)
	_, err := w.channel.Send(t.Context(), card(7, "a", "周报", "x", "填报"))
	require.NoError(t, err)
	tap := func() string {
		_, err := w.client.Tap(t.Context(), w.server, "a", "填报")
		require.NoError(t, err)
		heard := w.desk.messages()
		return heard[len(heard)-1].Card
	}
	first, second := tap(), tap()
	for _, p := range []bot.Parcel{done(8, first), done(8, first), done(9, "never-given"), done(10, "")} {
		_, err = w.channel.Send(t.Context(), p)
		require.NoError(t, err)
	}
	require.Equal(t, "已选：填报", w.server.Shown("a")[0].Card.Grey)
	require.Len(t, w.server.Shown("a"), 1)
	w.clock.Forward(73 * time.Hour)
	_, err = w.channel.Send(t.Context(), done(11, second))
	require.NoError(t, err, "too old")
	require.NotContains(t, w.log.String(), "level=WARN")
	require.NotContains(t, w.log.String(), "level=ERROR")
}

// Nobody waits for what is only for the eye: neither the answers behind it nor, where the
// app may not do it at all, everybody else.
func TestAChangeThatFailsHoldsNobodyUp(t *testing.T) {
	for name, answer := range map[string]*wecomtest.Answer{
		"busy": {ErrCode: -1}, "broken": {Done: true, Drop: true}, "a page": {Body: "<html>"}, "too often": {ErrCode: 45009},
		"not permitted": {ErrCode: 48002}, "no such path": {Status: 404},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			_, err := w.channel.Send(t.Context(), card(7, "a", "周报", "x", "填报"))
			require.NoError(t, err)
			_, err = w.client.Tap(t.Context(), w.server, "a", "填报")
			require.NoError(t, err)
			w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
				if c.Path != wecomtest.UpdatePath {
					return nil
				}
				return answer
			})
			_, err = w.channel.Send(t.Context(), done(8, w.desk.messages()[0].Card))
			require.NoError(t, err)
			require.Equal(t, 1, w.server.Calls(wecomtest.UpdatePath))
		})
	}
}

func TestAnOutOfSightOwnerOfACardIsNoFailure(t *testing.T) {
	w := newWorld(t)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.UpdatePath {
			return &wecomtest.Answer{Body: `{"errcode":0,"errmsg":"ok","invaliduser":["A"]}`}
		}
		return nil
	})
	_, err := w.channel.Send(t.Context(), done(1, "c"))
	require.NoError(t, err)
	require.Contains(t, w.log.String(), "out of sight")
}

func TestATapIsLostIfTheDeskFailsAndComesAgain(t *testing.T) {
	w := newWorld(t)
	w.desk.answer = func(context.Context, bot.Message) (bot.Answer, error) { return bot.Answer{}, errors.New("away") }
	_, err := w.channel.Send(t.Context(), card(7, "a", "周报", "x", "填报"))
	require.NoError(t, err)
	reply, err := w.client.Tap(t.Context(), w.server, "a", "填报")
	require.NoError(t, err)
	require.Equal(t, 500, reply.Status)
}
