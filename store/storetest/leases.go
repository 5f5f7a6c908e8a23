package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// takeLease takes the lease "link" for ten seconds.
func takeLease(t *testing.T, s *store.Store, owner string, now time.Time) (l store.Lease, held bool) {
	t.Helper()
	do(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		l, held, err = tx.Leases().Take(ctx, "link", owner, now, now.Add(10*time.Second))
		return err
	})
	return l, held
}

func leasing(t *testing.T, open Opener) {
	t.Run("a free lease is whose asks for it, and nobody else's until it ends", func(t *testing.T) {
		s := open(t)
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Leases().Find(ctx, "link")
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
		l, held := takeLease(t, s, "a", noon)
		require.True(t, held)
		require.Equal(t, store.Lease{Name: "link", Owner: "a", Until: noon.Add(10 * time.Second), Fence: 1}, l)
		other, held := takeLease(t, s, "b", noon.Add(9*time.Second))
		require.False(t, held)
		require.Equal(t, l, other, "it says who has it")
		other, held = takeLease(t, s, "b", noon.Add(10*time.Second))
		require.True(t, held, "it has ended")
		require.Equal(t, store.Lease{Name: "link", Owner: "b", Until: noon.Add(20 * time.Second), Fence: 2}, other)
		_, held = takeLease(t, s, "a", noon.Add(11*time.Second))
		require.False(t, held, "whoever had it has lost it")
	})
	t.Run("taking it again makes it longer and does not move the fence", func(t *testing.T) {
		s := open(t)
		takeLease(t, s, "a", noon)
		l, held := takeLease(t, s, "a", noon.Add(8*time.Second))
		require.True(t, held)
		require.Equal(t, int64(1), l.Fence)
		require.Equal(t, noon.Add(18*time.Second), l.Until)
		l, held = takeLease(t, s, "a", noon.Add(time.Minute))
		require.True(t, held)
		require.Equal(t, int64(2), l.Fence, "it had ended meanwhile")
	})
	t.Run("what is given back is free at once, if it was still held", func(t *testing.T) {
		s := open(t)
		release := func(owner string, fence int64) {
			do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Leases().Release(ctx, "link", owner, fence) })
		}
		first, _ := takeLease(t, s, "a", noon)
		release("a", first.Fence+1)
		release("b", first.Fence)
		_, held := takeLease(t, s, "b", noon)
		require.False(t, held)
		release("a", first.Fence)
		l, held := takeLease(t, s, "b", noon)
		require.True(t, held)
		require.Equal(t, int64(2), l.Fence)
	})
	t.Run("of many who ask at once one gets it", func(t *testing.T) {
		s := open(t)
		for round := range 5 {
			now := noon.Add(time.Duration(round) * time.Minute)
			var all sync.WaitGroup
			got := make([]bool, 8)
			for i := range got {
				all.Go(func() {
					err := s.Update(t.Context(), func(tx *store.Tx) (err error) {
						_, got[i], err = tx.Leases().Take(t.Context(), "link", fmt.Sprint("owner", i), now, now.Add(time.Second))
						return err
					})
					assert.NoError(t, err)
				})
			}
			all.Wait()
			n := 0
			for _, held := range got {
				if held {
					n++
				}
			}
			require.Equal(t, 1, n, "round %d", round)
		}
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			l, err := tx.Leases().Find(ctx, "link")
			require.Equal(t, int64(5), l.Fence, "it came into other hands once a round, or back to the same after it ended")
			return err
		})
	})
}
