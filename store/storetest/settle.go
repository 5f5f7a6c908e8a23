package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func leases(b box) {
	id := b.queue("a", 10, noon)
	mine := b.take(want("me", noon, 1))[0]
	ended := noon.Add(time.Minute)
	require.Empty(b, b.claim("you", ended.Add(-time.Millisecond), 1), "a lease lasts to its end")
	b.Run("a lease can be made longer while it lasts", func(t *testing.T) {
		extend := func(now, until time.Time, owner string) (held []int64) {
			do(t, b.s, func(ctx context.Context, tx *store.Tx) (err error) {
				held, err = tx.Deliveries().Extend(ctx, owner, now, until, id)
				return err
			})
			return held
		}
		require.Empty(t, extend(noon, ended, "you"))
		require.Equal(t, list(id), extend(noon, ended, "me"))
		require.Empty(t, extend(ended, ended.Add(time.Hour), "me"))
	})
	require.Equal(b, list(id), b.claim("you", ended, 1), "a lease that has ended is up for grabs")
	change := func(t *testing.T, how string, d store.Delivery) (lost []int64) {
		do(t, b.s, func(ctx context.Context, tx *store.Tx) (err error) {
			r := tx.Deliveries()
			lost, err = map[string]func(context.Context, ...store.Delivery) ([]int64, error){"freeze": r.Freeze, "settle": r.Settle,
				"try": func(ctx context.Context, ds ...store.Delivery) ([]int64, error) { return r.Try(ctx, noon, ds...) }}[how](ctx, d)
			return err
		})
		return lost
	}
	for _, how := range []string{"freeze", "try", "settle"} {
		b.Run("who has lost the lease cannot "+how, func(t *testing.T) {
			require.Equal(t, list(id), change(t, how, sent(mine)))
		})
	}
	b.Run("not even to itself", func(t *testing.T) {
		first := b.get(id)
		ended = ended.Add(time.Minute)
		b.take(want("you", ended, 1))
		require.Equal(t, list(id), change(t, "settle", sent(first)))
	})
	b.Run("bytes can change until the first try, and never after", func(t *testing.T) {
		d := b.get(id)
		d.Body = []byte("一")
		require.Empty(t, change(t, "freeze", d))
		d.Body = []byte("二")
		require.Empty(t, change(t, "freeze", d))
		require.Empty(t, change(t, "try", d))
		require.Empty(t, change(t, "freeze", d), "the same again")
		d.Body = []byte("三")
		require.Equal(t, list(id), change(t, "freeze", d))
		require.Equal(t, "二", string(b.get(id).Body))
	})
	b.Run("a try is noted before it is known what became of it", func(t *testing.T) {
		require.Empty(t, change(t, "try", b.get(id)))
		d := b.get(id)
		require.Equal(t, []any{2, 2, noon}, []any{d.Tried, d.Doubts, d.DoubtAt})
	})
	b.Run("what is finished is finished", func(t *testing.T) {
		d := b.get(id)
		b.finish(id)
		require.Equal(t, list(id), b.settle(sent(d)))
		require.Empty(t, b.claim("you", noon.AddDate(1, 0, 0), 10))
	})
	b.Run("to be sending is no end", func(t *testing.T) {
		d := b.get(id)
		d.State = store.Sending
		require.Error(t, b.try(func(ctx context.Context, r store.Deliveries) error {
			_, err := r.Settle(ctx, d)
			return err
		}))
	})
}

func ends(b box) {
	whole := store.Delivery{ID: b.s.NewID(), ToKind: "group", ToAccount: "专班工作群:一", Platform: "wecom", Priority: 10,
		Template: "weekly.due", Args: []byte(`{"n":3}`), Wanted: "weekly.unfiled:fengcheng:20240119", Cause: "job:weekly",
		CreatedAt: noon, DueAt: noon, ExpiresAt: noon.Add(time.Hour)}
	do(b.T, b.s, func(ctx context.Context, tx *store.Tx) error { return tx.Deliveries().Queue(ctx, whole) })
	whole.State, whole.PlaceAt = store.Queued, noon
	b.Run("a delivery is kept as it was queued", func(t *testing.T) { require.Equal(t, whole, b.get(whole.ID)) })
	bad, good := b.queue("a", 10, noon.Add(-time.Hour)), b.queue("b", 10, noon)
	b.queue("c", 10, noon.Add(time.Hour))
	depth := func(t *testing.T, want int, since time.Time) {
		look(t, b.s, func(ctx context.Context, tx *store.Tx) error {
			n, oldest, err := tx.Deliveries().Depth(ctx, noon)
			require.Equal(t, want, n)
			require.Equal(t, since, oldest)
			return err
		})
	}
	b.Run("the depth is what is due and not done", func(t *testing.T) { depth(t, 3, noon.Add(-time.Hour)) })
	require.Len(b, b.claim("me", noon, 10), 3)
	d := b.get(bad)
	d.State, d.Error, d.Reason, d.DoneAt = store.Refused, "60111 no such user", "no_such_account", noon.Add(time.Second)
	require.Empty(b, b.settle(d))
	b.finish(good, whole.ID)
	b.Run("and nothing, when all is done", func(t *testing.T) { depth(t, 0, time.Time{}) })
	b.Run("an operator finds what was refused, with the reason", func(t *testing.T) {
		look(t, b.s, func(ctx context.Context, tx *store.Tx) error {
			ds, err := tx.Deliveries().Undone(ctx)
			require.NoError(t, err)
			require.Len(t, ds, 1)
			require.Equal(t, "60111 no such user", ds[0].Error)
			require.Equal(t, noon.Add(time.Second), ds[0].DoneAt)
			ds, err = tx.Deliveries().Undone(ctx, store.Sent, store.Queued)
			require.Len(t, ds, 3)
			return err
		})
	})
	b.Run("what came of a cause is found by it", func(t *testing.T) {
		look(t, b.s, func(ctx context.Context, tx *store.Tx) error {
			ds, err := tx.Deliveries().ByCause(ctx, "job:weekly")
			require.Len(t, ds, 1)
			require.Equal(t, store.Sent, ds[0].State)
			require.Equal(t, "ref", ds[0].Ref)
			return err
		})
	})
}

// accounts is what the outbox tells of itself.
func accounts(b box) {
	a, c, d := b.queue("a", 30, noon), b.queue("c", 10, noon), b.queue("d", 10, noon.Add(time.Minute))
	held := b.queue("h", 20, noon)
	in := func(fn func(ctx context.Context, r store.Deliveries)) {
		b.Helper()
		look(b.T, b.s, func(ctx context.Context, tx *store.Tx) error { fn(ctx, tx.Deliveries()); return nil })
	}
	in(func(ctx context.Context, r store.Deliveries) {
		lanes, err := r.Lanes(ctx, noon)
		require.NoError(b, err)
		require.Equal(b, []store.Lane{{Priority: 30, Due: 1, Oldest: noon}, {Priority: 20, Due: 1, Oldest: noon}, {Priority: 10, Due: 1, Oldest: noon}}, lanes)
	})
	b.claim("me", noon, 10)
	b.hold(held, noon.Add(time.Hour))
	lead := b.get(a)
	lead.State, lead.DoneAt = store.Failed, noon.Add(time.Second)
	rider := b.get(c)
	rider.State, rider.Ref, rider.DoneAt, rider.ToAccount = store.Merged, "1", noon.Add(time.Second), "c"
	require.Empty(b, b.settle(lead, rider))
	in(func(ctx context.Context, r store.Deliveries) {
		counts, err := r.Counts(ctx, noon)
		require.NoError(b, err)
		require.Equal(b, map[store.DeliveryState]int{store.Failed: 1, store.Merged: 1, store.Queued: 1, store.Held: 1}, counts)
		counts, err = r.Counts(ctx, noon.Add(time.Hour))
		require.NoError(b, err)
		require.Equal(b, map[store.DeliveryState]int{store.Queued: 1, store.Held: 1}, counts, "what ended before does not count")
		heard, err := r.Recent(ctx, noon, "person:a", "person:c")
		require.NoError(b, err)
		require.Len(b, heard, 1, "what failed was not heard")
		require.True(b, heard[0].Merged)
		bad, err := r.Unreported(ctx, noon, "delivery.report")
		require.NoError(b, err)
		require.Equal(b, list(a), idsOf(bad))
		carried, err := r.CarriedBy(ctx, store.Delivery{ID: 1, ToKind: "person", ToAccount: "c", CreatedAt: noon})
		require.NoError(b, err)
		require.Equal(b, list(c), idsOf(carried))
	})
	b.Run("what was sent is counted by the hour", func(t *testing.T) {
		id := b.queue("s", 10, noon)
		b.claim("me", noon, 1)
		b.finish(id)
		in(func(ctx context.Context, r store.Deliveries) {
			hours, err := r.SentByHour(ctx, "phone", noon.Add(-time.Hour))
			require.NoError(t, err)
			require.Equal(t, []store.Hour{{Begin: noon, Sent: 1}}, hours)
			hours, err = r.SentByHour(ctx, "phone", noon.Add(time.Millisecond))
			require.NoError(t, err)
			require.Empty(t, hours)
		})
	})
	b.Run("what was reported is not reported again", func(t *testing.T) {
		require.NoError(t, b.try(func(ctx context.Context, r store.Deliveries) error { return r.Report(ctx, noon, a) }))
		in(func(ctx context.Context, r store.Deliveries) {
			bad, err := r.Unreported(ctx, noon, "delivery.report")
			require.NoError(t, err)
			require.Empty(t, bad)
		})
	})
	b.Run("what came of a cause can be withdrawn while nobody has it in hand", func(t *testing.T) {
		for _, cause := range []string{"m:d", "m:h", "m:a"} {
			require.NoError(t, b.try(func(ctx context.Context, r store.Deliveries) error {
				n, err := r.Withdraw(ctx, cause, "stopped", noon)
				require.Equal(t, cause != "m:a", n == 1)
				return err
			}))
		}
		require.Equal(t, store.Withdrawn, b.get(d).State)
		in(func(ctx context.Context, r store.Deliveries) {
			counts, err := r.CountsOf(ctx, "m:h")
			require.NoError(t, err)
			require.Equal(t, map[store.DeliveryState]int{store.Withdrawn: 1}, counts)
		})
	})
}
