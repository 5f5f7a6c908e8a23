package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// senders lets several processes' worth of claimers empty one outbox.
func senders(t *testing.T, open Opener) {
	const recipients, each, owners = 6, 8, 3
	s := open(t)
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		for i := range recipients * each {
			d := store.Delivery{ToKind: "person", ToAccount: fmt.Sprint(i % recipients), Priority: 1 + i%recipients%3, CreatedAt: noon}
			if err := tx.Deliveries().Queue(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	sent := map[string][]int64{}
	work := func(owner string) func() error {
		return func() error {
			for {
				left, err := round(t.Context(), s, owner, func(d store.Delivery) {
					mu.Lock()
					defer mu.Unlock()
					sent[d.ToAccount] = append(sent[d.ToAccount], d.ID)
				})
				if err != nil || left == 0 {
					return err
				}
			}
		}
	}
	var fns []func() error
	for i := range owners {
		fns = append(fns, work(fmt.Sprint("owner", i)))
	}
	together(t, fns...)
	t.Run("each delivery is sent once, in order per recipient", func(t *testing.T) {
		require.Len(t, sent, recipients)
		for to, ids := range sent {
			require.Len(t, ids, each, "recipient %s", to)
			require.IsIncreasing(t, ids, "recipient %s", to)
		}
	})
}

// round claims a few, sends and finishes them, and says how many are left to anyone.
func round(ctx context.Context, s *store.Store, owner string, send func(store.Delivery)) (left int, err error) {
	var mine []store.Delivery
	err = s.Update(ctx, func(tx *store.Tx) (err error) {
		mine, err = tx.Deliveries().Claim(ctx, want(owner, noon, 5))
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, d := range mine {
		send(d)
		err := s.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.Deliveries().Settle(ctx, sent(d))
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	err = s.View(ctx, func(tx *store.Tx) (err error) {
		left, _, err = tx.Deliveries().Depth(ctx, noon)
		return err
	})
	return left, err
}
