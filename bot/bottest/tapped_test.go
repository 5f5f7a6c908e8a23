package bottest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
)

// tapped is a tap on a platform that gives a handle of the card with it.
func tapped(w *bottest.World, as, tap, handle string) bot.Message {
	m := w.Message(as, "")
	m.Tap, m.Card = tap, handle
	return m
}

// greyed are the changes of cards that a person's platform was handed.
func greyed(w *bottest.World, as string) (out []bot.Reply) {
	for _, r := range w.Channel.Shown(as) {
		if r.Kind == bot.CardDone {
			out = append(out, r)
		}
	}
	return out
}

func TestACardThatWasTappedShowsWhatWasChosenBehindTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		w.Channel.Does.Updates = true
		w.Say("ann", "差事 事由:买纸 花费:30元")
		m := tapped(w, "ann", w.Button("ann", "提交").Tap, "h1")
		replies := w.Send(m)
		require.Len(t, replies, 1, "it is no answer")
		want := bot.Reply{Kind: bot.CardDone, Text: "已选：提交", Ref: "h1"}
		require.Equal(t, []bot.Reply{want}, greyed(w, "ann"))
		shown := w.Channel.Shown("ann")
		require.Equal(t, want, shown[len(shown)-1])
		w.Restart()
		w.Send(m)
		require.Len(t, greyed(w, "ann"), 1, "a re-delivery changes nothing")
	})
}

func TestAStaleCardIsGreyedToo(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		w.Channel.Does.Updates = true
		w.Send(tapped(w, "ann", "lead.gone:1", "h1"))
		w.Expect("ann", "已经用过或过期")
		w.Say("ann", "差事 事由:买纸 花费:30元")
		submit := w.Button("ann", "提交").Tap
		w.Send(tapped(w, "ann", submit, "h2"))
		w.Expect("ann", "差事-1")
		w.Send(tapped(w, "ann", submit, "h3")) // a second finger
		w.Expect("ann", "差事-1")
		w.Send(tapped(w, "ben", submit, "h4")) // of somebody else
		w.Expect("ben", "已经用过或过期")
		require.Equal(t, []bot.Reply{{Kind: bot.CardDone, Text: "已处理", Ref: "h1"}, {Kind: bot.CardDone, Text: "已选：提交", Ref: "h2"},
			{Kind: bot.CardDone, Text: "已处理", Ref: "h3"}}, greyed(w, "ann"))
		require.Equal(t, []bot.Reply{{Kind: bot.CardDone, Text: "已处理", Ref: "h4"}}, greyed(w, "ben"))
		require.Equal(t, int64(2), counter(t, w), "filed once")
	})
}

func TestWhatACardShowsIsNoLossAndNoNews(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		w.Send(tapped(w, "ann", "lead.gone:1", "h1"))
		require.Empty(t, greyed(w, "ann"), "a platform that changes no cards is not handed any")
		w.Channel.Does.Updates = true
		for range 6 { // the same words again and again, and none is a loop
			w.Send(tapped(w, "ben", "lead.gone:1", "h2"))
		}
		require.Len(t, greyed(w, "ben"), 6)
		w.Channel.Away(bot.NotSent)
		w.Send(tapped(w, "ann", "lead.gone:1", "h3"))
		w.FastForward(11 * time.Minute)
		w.Channel.Away("")
		w.FastForward(20 * time.Minute)
		require.Empty(t, greyed(w, "ann"), "after ten minutes it would only puzzle")
		w.Expect("ann", "已经用过或过期")
		w.FastForward(24 * time.Hour)
		w.ExpectNothing("cleo")
	})
}

// coming is somebody who has only come.
func coming(w *bottest.World, as string) bot.Message {
	m := w.Message(as, "件数")
	m.Greeting, m.Carry = true, 2048
	return m
}

func TestWhoeverComesIsGreetedIfNeverHeardBefore(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		first := coming(w, "ann")
		a := handle(t, w, first)
		require.True(t, a.Carried)
		require.Equal(t, "共0件", a.Replies[0].Text)
		require.Equal(t, a, handle(t, w, first), "a re-delivery hears the same")
		require.Empty(t, handle(t, w, coming(w, "ann")).Replies)
		w.Say("ben", "差事 事由:买纸")
		require.Empty(t, handle(t, w, coming(w, "ben")).Replies)
		require.Empty(t, handle(t, w, coming(w, "stranger")).Replies, "nobody who is not in the roster is spoken to for looking in")
		w.Restart()
		require.Empty(t, handle(t, w, coming(w, "ann")).Replies)
		require.Equal(t, a, handle(t, w, first))
	})
}
