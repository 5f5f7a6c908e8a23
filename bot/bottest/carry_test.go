package bottest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
)

// carrying is a message whose acknowledgement can carry an answer of so many bytes.
func carrying(w *bottest.World, as, text string, bytes int) bot.Message {
	m := w.Message(as, text)
	m.Carry, m.CarryCards = bytes, true
	return m
}

// handle hands a message in and gives the answer.
func handle(t *testing.T, w *bottest.World, m bot.Message) bot.Answer {
	t.Helper()
	a, err := w.Bot.Handle(t.Context(), m)
	require.NoError(t, err)
	return a
}

func TestOnePlainAnswerIsCarriedAndNotQueued(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		m := carrying(w, "ann", "件数", 2048)
		first := handle(t, w, m)
		require.True(t, first.Carried)
		require.Equal(t, "共0件", first.Replies[0].Text)
		require.Equal(t, first, handle(t, w, m), "a re-delivery hears the same")
		w.Restart()
		require.Equal(t, first, handle(t, w, m), "from another process too")
		w.Flush()
		w.ExpectNothing("ann")
	})
}

func TestACardIsCarriedAsItsTextWhereCardsMayBe(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		m := carrying(w, "ann", "差事 事由:买纸 花费:30元", 2048)
		require.True(t, handle(t, w, m).Carried)
		other := carrying(w, "ben", "差事 事由:买纸 花费:30元", 2048)
		other.CarryCards = false
		require.False(t, handle(t, w, other).Carried)
		w.Flush()
		w.ExpectNothing("ann")
		w.Expect("ben", "提交")
	})
}

func TestWhatTheAcknowledgementCannotCarryIsQueued(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		require.False(t, handle(t, w, carrying(w, "ann", "件数", len("共0件")-1)).Carried, "too long")
		w.Flush()
		require.True(t, handle(t, w, carrying(w, "ann", "件数", len("共0件"))).Carried)
		group := carrying(w, "ann", "件数", 2048)
		group.Group = "群"
		require.False(t, handle(t, w, group).Carried, "said in a group")
		require.False(t, handle(t, w, carrying(w, "ann", "件数", 2048)).Carried, "an answer is still on its way, which it would overtake")
		w.Flush()
		require.True(t, handle(t, w, carrying(w, "ann", "件数", 2048)).Carried)
		require.Len(t, w.Channel.Shown("ann"), 3)
	})
}

// A spool that has given up waiting hands a message in again, and cannot carry.
func TestAnAnswerThatWasCarriedAndNeverWentOutIsQueuedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		m := carrying(w, "ann", "件数", 2048)
		require.True(t, handle(t, w, m).Carried)
		later := m
		later.Carry = 0
		require.True(t, handle(t, w, later).Carried, "it was heard, as far as anybody knows")
		later.Unheard = true
		for range 2 {
			a := handle(t, w, later)
			require.False(t, a.Carried)
			require.Equal(t, "共0件", a.Replies[0].Text)
		}
		require.False(t, handle(t, w, m).Carried, "the platform's own re-delivery is silent then")
		w.Flush()
		require.Len(t, w.Channel.Shown("ann"), 1)
	})
}

func TestAMessageThatComesAgainIsAnsweredWithoutTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		m := carrying(w, "ann", "件数", 2048)
		first := handle(t, w, m)
		require.NoError(t, w.Store.Close())
		require.Equal(t, first, handle(t, w, m))
		_, err := w.Bot.Handle(t.Context(), carrying(w, "ann", "件数", 2048))
		require.Error(t, err, "a new one needs it")
	})
}
