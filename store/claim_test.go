package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
	"zhuanban/store/storetest"
)

// TestARecipientIsInOneHandWhateverTheClaimersWant: on MySQL a claimer may look at
// the rows before another, who wants only the urgent one, commits. It must not take
// the one that is left. (On SQLite nobody looks while another claims.)
func TestARecipientIsInOneHandWhateverTheClaimersWant(t *testing.T) {
	ctx, s := t.Context(), storetest.MariaDB(t)
	noon := time.Date(2024, 1, 19, 4, 0, 0, 0, time.UTC)
	low, urgent := s.NewID(), s.NewID()
	require.NoError(t, s.Update(ctx, func(tx *store.Tx) error {
		return tx.Deliveries().Queue(ctx, store.Delivery{ID: low, ToAccount: "a", Priority: 10, CreatedAt: noon},
			store.Delivery{ID: urgent, ToAccount: "a", Priority: 30, CreatedAt: noon})
	}))
	claim := func(tx *store.Tx, owner string, least, limit int) []store.Delivery {
		got, err := tx.Deliveries().Claim(ctx, store.Want{Owner: owner, Now: noon, Campaign: noon, Lease: time.Minute, Limit: limit, Least: least})
		require.True(t, err == nil || owner == "slow", "%v", err)
		return got
	}
	var slow, fast []store.Delivery
	first := true
	require.NoError(t, s.Update(ctx, func(tx *store.Tx) error {
		_, _, err := tx.Deliveries().Depth(ctx, noon) // from here on it sees what is now
		if first {
			first = false
			require.NoError(t, s.Update(ctx, func(tx *store.Tx) error { fast = claim(tx, "fast", 30, 10); return nil }))
		}
		slow = claim(tx, "slow", 0, 1)
		return err
	}))
	require.Len(t, fast, 1)
	require.Equal(t, urgent, fast[0].ID)
	require.Empty(t, slow)
}
