package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// TestWhatAnotherProcessSaysOfASpoolIsHeardInTheNextTurn, also where the conversation is
// remembered from the last one.
func TestWhatAnotherProcessSaysOfASpoolIsHeardInTheNextTurn(t *testing.T) {
	two(t, func(t *testing.T, a, b *store.Store) {
		ctx := t.Context()
		say := func(id string) (heard []store.Wait) {
			t.Helper()
			turn := store.Turn{Person: "ann", Platform: "phone", Sender: "ann", MsgID: id, Fresh: true}
			require.NoError(t, a.Join(ctx, turn, func(tx *store.Tx) error {
				c, err := tx.Conversations().Lock(ctx, "ann", noon)
				heard = c.Waits
				return err
			}))
			return heard
		}
		wait := store.Wait{Spool: "b", At: noon, Kept: noon, Until: noon.Add(time.Hour)}
		for range 2 {
			require.Empty(t, say("before"))
			require.NoError(t, b.Update(ctx, func(tx *store.Tx) error {
				return tx.Conversations().Wait(ctx, noon, map[string]store.Wait{"ann": wait})
			}))
			require.Equal(t, []store.Wait{wait}, say("after"))
			require.Equal(t, []store.Wait{wait}, say("after that"))
			require.NoError(t, b.Update(ctx, func(tx *store.Tx) error {
				return tx.Conversations().Wait(ctx, noon, map[string]store.Wait{"ann": {Spool: "b"}})
			}))
		}
	})
}
