package bottest_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
)

// without is the roster after somebody has left.
func without(r *bot.Roster, account string) *bot.Roster {
	gone, _ := r.Person(account)
	rest := slices.DeleteFunc(slices.Clone(r.People), func(p bot.Person) bool { return p.Account == account })
	return bot.NewRoster(rest, r.Units, r.Groups, gone)
}

// TestWhoHasLeftIsToldSoAndNothingIsTaken: not in a group either; their draft waits.
func TestWhoHasLeftIsToldSoAndNothingIsTaken(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		all := w.Bot.Roster()
		w.Say("ann", "差事 事由:买纸 花费:30元")
		submit := w.Button("ann", "提交")
		w.Channel.Read("ann")

		w.Bot.Put(without(all, "ann"))
		inGroup := w.Message("ann", "差事 事由:买笔 花费:3元")
		inGroup.Group = "群"
		tap := w.Message("ann", "")
		tap.Tap = submit.Tap
		for _, m := range []bot.Message{w.Message("ann", "差事 事由:买笔 花费:3元"), inGroup, tap, w.Message("ANN", "1")} {
			replies, err := w.Handle(m)
			require.NoError(t, err)
			require.Len(t, replies, 1)
			require.Contains(t, replies[0].Text, "已停用")
		}
		w.Flush()
		w.ExpectNothing("群")
		w.ExpectNothing("cleo")
		require.Equal(t, int64(1), counter(t, w), "nothing was taken")
		require.Equal(t, "填报员·甲", w.Bot.Roster().PersonName("ann"))

		w.Bot.Put(all)
		w.Channel.Read("ann")
		again := w.Message("ann", "")
		again.Tap = submit.Tap
		w.Send(again)
		w.Expect("ann", "差事-1")
	})
}
