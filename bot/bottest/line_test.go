package bottest_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
)

// notes are the spools in which something of ann's is noted to wait.
func notes(t *testing.T, w *bottest.World) (names []string) {
	t.Helper()
	require.NoError(t, w.Store.Update(t.Context(), func(tx *store.Tx) error {
		c, err := tx.Conversations().Lock(t.Context(), "ann", time.Now())
		for _, n := range c.Waits {
			names = append(names, n.Spool)
		}
		return err
	}))
	return names
}

func TestAMessageThatHasToWaitLeavesNothingButItsPlace(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		ctx := context.Background()
		m := w.Message("ann", "帮助")
		place := bot.Place{At: m.At.Add(-time.Second), Kept: time.Now()}
		require.NoError(t, w.Bot.Waiting(ctx, "a", []bot.Waiting{{Person: "ann", Place: place}}))
		m.Line = &bot.Line{Spool: "b"}
		_, err := w.Bot.Handle(ctx, m)
		require.ErrorIs(t, err, bot.ErrWaits)
		w.ExpectNothing("ann")
		require.Equal(t, []string{"a", "b"}, notes(t, w))

		require.NoError(t, w.Bot.Waiting(ctx, "a", []bot.Waiting{{Person: "ann"}}))
		m.Line = &bot.Line{Spool: "b", Kept: time.Now()}
		answer, err := w.Bot.Handle(ctx, m)
		require.NoError(t, err)
		require.NotEmpty(t, answer.Replies)
		require.Empty(t, notes(t, w))
	})
}

// TestAMessageOutOfASpoolThatWasHandledBeforeIsPast: whoever waits for it need not.
func TestAMessageOutOfASpoolThatWasHandledBeforeIsPast(t *testing.T) {
	each(t, func(t *testing.T, w *bottest.World, _ *errand) {
		ctx := context.Background()
		m := w.Message("ann", "帮助")
		_, err := w.Bot.Handle(ctx, m)
		require.NoError(t, err)
		kept := time.Now()
		require.NoError(t, w.Bot.Waiting(ctx, "a", []bot.Waiting{{Person: "ann", Place: bot.Place{At: m.At, Kept: kept}}}))
		m.Line, m.Unheard = &bot.Line{Spool: "a", Kept: kept}, true
		_, err = w.Bot.Handle(ctx, m)
		require.NoError(t, err)
		require.Empty(t, notes(t, w))
	})
}
