package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func spooled(t *testing.T, s *store.Store) {
	wait := func(spool string, second int) store.Wait {
		return store.Wait{Spool: spool, At: noon.Add(time.Duration(second) * time.Second), Kept: noon.Add(time.Hour), Until: noon.Add(2 * time.Hour)}
	}
	tell := func(t *testing.T, now time.Time, people map[string]store.Wait) {
		t.Helper()
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Conversations().Wait(ctx, now, people) })
	}
	is := func(t *testing.T, person string, version int64, want ...store.Wait) {
		t.Helper()
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Conversations().Lock(ctx, person, noon)
			require.Equal(t, want, c.Waits)
			require.Equal(t, version, c.Version)
			return err
		})
	}
	t.Run("of each spool the last word counts, for who has spoken before and who has not", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Conversations().Lock(ctx, "ann", noon)
			require.NoError(t, err)
			c.State = []byte("said")
			return tx.Conversations().Save(ctx, c)
		})
		tell(t, noon, map[string]store.Wait{"ann": wait("a", 3), "ben": wait("a", 1)})
		tell(t, noon, map[string]store.Wait{"ann": wait("b", 2)})
		tell(t, noon, map[string]store.Wait{"ann": wait("a", 1)})
		is(t, "ann", 5, wait("a", 1), wait("b", 2))
		is(t, "ben", 2, wait("a", 1))
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Conversations().Lock(ctx, "ann", noon)
			require.Equal(t, "said", string(c.State))
			return err
		})
	})
	t.Run("nothing waits any more", func(t *testing.T) {
		tell(t, noon, map[string]store.Wait{"ben": {Spool: "a"}, "cleo": {Spool: "a"}})
		is(t, "ben", 4)
		is(t, "cleo", 1)
	})
	t.Run("what is over goes", func(t *testing.T) {
		tell(t, noon.Add(2*time.Hour), map[string]store.Wait{"ann": {Spool: "c"}})
		is(t, "ann", 8)
	})
	t.Run("a turn keeps them, and changes them", func(t *testing.T) {
		tell(t, noon, map[string]store.Wait{"dan": wait("a", 1)})
		turn := func(want, then []store.Wait) {
			t.Helper()
			ctx := t.Context()
			require.NoError(t, s.Join(ctx, store.Turn{Person: "dan", Platform: "p", Sender: "dan", MsgID: "1"}, func(tx *store.Tx) error {
				c, err := tx.Conversations().Lock(ctx, "dan", noon)
				require.NoError(t, err)
				require.Equal(t, want, c.Waits)
				c.Waits = then
				return tx.Conversations().Save(ctx, c)
			}))
		}
		one, two := []store.Wait{wait("a", 1)}, []store.Wait{wait("a", 1), wait("b", 2)}
		turn(one, one)
		turn(one, two)
		turn(two, nil)
		turn(nil, nil)
	})
	t.Run("a conversation that is remembered is read again", func(t *testing.T) {
		ctx, other := t.Context(), "eve"
		say := func(id string) (heard []store.Wait) {
			require.NoError(t, s.Join(ctx, store.Turn{Person: other, Platform: "p", Sender: other, MsgID: id, Fresh: true}, func(tx *store.Tx) error {
				c, err := tx.Conversations().Lock(ctx, other, noon)
				heard = c.Waits
				return err
			}))
			return heard
		}
		require.Empty(t, say("1"))
		require.Empty(t, say("2"))
		tell(t, noon, map[string]store.Wait{other: wait("a", 1)})
		require.Equal(t, []store.Wait{wait("a", 1)}, say("3"))
	})
	t.Run("many people at once, of whom others are told too", func(t *testing.T) {
		many := func(spool string) func() error {
			people := map[string]store.Wait{}
			for i := range 500 {
				people[fmt.Sprint("many", i)] = wait(spool, i)
			}
			return func() error {
				return s.Update(t.Context(), func(tx *store.Tx) error { return tx.Conversations().Wait(t.Context(), noon, people) })
			}
		}
		together(t, many("a"), many("b"), many("c"))
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, i := range []int{0, 199, 200, 499} {
				c, err := tx.Conversations().Lock(ctx, fmt.Sprint("many", i), noon)
				require.NoError(t, err)
				require.ElementsMatch(t, []store.Wait{wait("a", i), wait("b", i), wait("c", i)}, c.Waits)
			}
			return nil
		})
	})
	t.Run("of more spools than fit, the earliest are kept", func(t *testing.T) {
		for i := range 70 {
			tell(t, noon, map[string]store.Wait{"full": wait(fmt.Sprintf("%016x", 70-i), 70-i)})
		}
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			c, err := tx.Conversations().Lock(ctx, "full", noon)
			require.Len(t, c.Waits, 64)
			require.Equal(t, wait(fmt.Sprintf("%016x", 1), 1), c.Waits[0])
			return err
		})
	})
}
