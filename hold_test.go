package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/delivery"
	"zhuanban/store"
)

// TestWhatIsHeldLeavesAtItsOwnHour: the clock that is stepped over a night stops
// where the quiet hours end.
func TestWhatIsHeldLeavesAtItsOwnHour(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := shippedDesk(t, databases[0].url(t))
	d.courier.Manners.Quiet = delivery.Quiet{From: 22 * time.Hour, Until: 7 * time.Hour}
	_, err := d.advance(ctx, shanghai(t, "2024-01-16T23:00"))
	require.NoError(t, err)
	notice := bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: "kuidou.filer"}, Template: "lead.unknown", Data: "一"}
	require.NoError(t, d.store.Update(ctx, func(tx *store.Tx) error {
		return d.bot.Queue(ctx, tx, "test:night", d.clock.Now(), notice)
	}))
	_, err = d.advance(ctx, shanghai(t, "2024-01-17T08:30"))
	require.NoError(t, err)
	require.NoError(t, d.store.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Deliveries().ByCause(ctx, "test:night")
		require.Len(t, rows, 1)
		require.Equal(t, store.Sent, rows[0].State)
		require.Equal(t, shanghai(t, "2024-01-17T07:00").UTC(), rows[0].DoneAt)
		return err
	}))
	require.Equal(t, shanghai(t, "2024-01-17T08:30").UTC(), d.clock.Now().UTC())
}
