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
			d := store.Delivery{ToKind: "person", ToAccount: fmt.Sprint(i % recipients), Priority: 1 + i/recipients%3, CreatedAt: noon}
			if err := tx.Deliveries().Queue(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
	var mu sync.Mutex
	gone, inHand, priority := map[string][]int64{}, map[string]string{}, map[int64]int{}
	work := func(owner string, least int) func() error {
		return func() error {
			for {
				left, err := round(t.Context(), s, owner, least, func(ds []store.Delivery, begin bool) error {
					mu.Lock()
					defer mu.Unlock()
					for _, d := range ds {
						if other := inHand[d.ToAccount]; other != "" && other != owner {
							return fmt.Errorf("%s is in the hands of %s and of %s", d.ToAccount, owner, other)
						}
						inHand[d.ToAccount] = owner
						if !begin {
							gone[d.ToAccount] = append(gone[d.ToAccount], d.ID)
							priority[d.ID] = d.Priority
						}
					}
					for _, d := range ds {
						if !begin {
							inHand[d.ToAccount] = ""
						}
					}
					return nil
				})
				if err != nil || left == 0 {
					return err
				}
			}
		}
	}
	var fns []func() error
	for i := range owners {
		fns = append(fns, work(fmt.Sprint("owner", i), 2*(i%2)))
	}
	together(t, fns...)
	t.Run("each delivery is sent once, in order per recipient", func(t *testing.T) {
		require.Len(t, gone, recipients)
		for to, ids := range gone {
			require.Len(t, ids, each, "recipient %s", to)
			last := map[int]int64{}
			for _, id := range ids { // those who want only the urgent ones take them before the others
				require.Greater(t, id, last[priority[id]], "recipient %s", to)
				last[priority[id]] = id
			}
		}
	})
}

// round claims a few that are urgent enough, sends and gives them out of hand, and
// says how many of those are left to anyone.
func round(ctx context.Context, s *store.Store, owner string, least int, hand func(ds []store.Delivery, begin bool) error) (left int, err error) {
	var mine []store.Delivery
	err = s.Update(ctx, func(tx *store.Tx) (err error) {
		w := want(owner, noon, 5)
		w.Least = least
		mine, err = tx.Deliveries().Claim(ctx, w)
		return err
	})
	if err != nil {
		return 0, err
	}
	if err := hand(mine, true); err != nil {
		return 0, err
	}
	var out []store.Delivery
	for _, d := range mine {
		out = append(out, sent(d))
	}
	if err := hand(mine, false); err != nil { // before another may have them
		return 0, err
	}
	if len(out) > 0 {
		err = s.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.Deliveries().Settle(ctx, out...)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	err = s.View(ctx, func(tx *store.Tx) error {
		lanes, err := tx.Deliveries().Lanes(ctx, noon)
		left = 0
		for _, l := range lanes {
			if l.Priority >= least {
				left += l.Due
			}
		}
		return err
	})
	return left, err
}
