package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// box is an outbox under test, at noon.
type box struct {
	*testing.T
	s *store.Store
}

// queue puts in one delivery for a recipient and gives its id.
func (b box) queue(to string, priority int, due time.Time) int64 {
	b.Helper()
	id := b.s.NewID()
	do(b.T, b.s, func(ctx context.Context, tx *store.Tx) error {
		return tx.Deliveries().Queue(ctx, store.Delivery{ID: id, ToKind: "person", ToAccount: to, Platform: "phone",
			Priority: priority, Cause: "m:" + to, CreatedAt: noon, DueAt: due})
	})
	return id
}

// claim takes what is due for a minute, and gives the ids.
func (b box) claim(owner string, now time.Time, limit int) []int64 {
	b.Helper()
	ids := []int64{}
	do(b.T, b.s, func(ctx context.Context, tx *store.Tx) error {
		ds, err := tx.Deliveries().Claim(ctx, owner, now, time.Minute, limit)
		ids = ids[:0]
		for _, d := range ds {
			require.Equal(b, store.Sending, d.State)
			require.Equal(b, owner, d.Owner)
			ids = append(ids, d.ID)
		}
		return err
	})
	return ids
}

// do changes the outbox and gives the error.
func (b box) try(fn func(ctx context.Context, r store.Deliveries) error) error {
	b.Helper()
	return try(b.T, b.s, func(ctx context.Context, tx *store.Tx) error { return fn(ctx, tx.Deliveries()) })
}

func (b box) finish(owner string, ids ...int64) {
	b.Helper()
	for _, id := range ids {
		require.NoError(b, b.try(func(ctx context.Context, r store.Deliveries) error {
			return r.Finish(ctx, id, owner, store.Sent, "ref", "", noon)
		}))
	}
}

func (b box) get(id int64) (d store.Delivery) {
	b.Helper()
	look(b.T, b.s, func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = tx.Deliveries().Get(ctx, id)
		return err
	})
	return d
}

func outbox(t *testing.T, open Opener) {
	s := open(t)
	story := func(promise string, tell func(b box)) {
		t.Run(promise, func(t *testing.T) {
			b := box{t, s}
			tell(b)
			b.finish("end", b.claim("end", noon.AddDate(1, 0, 0), 1000)...) // the next story begins with an empty box
		})
	}
	ids := func(v ...int64) []int64 { return append([]int64{}, v...) }
	story("a recipient's deliveries leave in the order of queueing", func(b box) {
		a1, b1, a2 := b.queue("a", 10, noon), b.queue("b", 10, noon), b.queue("a", 10, noon)
		require.Equal(b, ids(a1, a2, b1), b.claim("me", noon, 10))
	})
	story("a limit cuts off the end, never the beginning", func(b box) {
		a1, a2, a3 := b.queue("a", 10, noon), b.queue("a", 30, noon), b.queue("a", 20, noon)
		require.Equal(b, ids(a1, a2), b.claim("me", noon, 2))
		b.finish("me", a1, a2)
		require.Equal(b, ids(a3), b.claim("me", noon, 2))
	})
	story("while one is in somebody's hands, none of that recipient is handed out", func(b box) {
		a1, b1 := b.queue("a", 10, noon), b.queue("b", 10, noon)
		require.Equal(b, ids(a1), b.claim("me", noon, 1))
		a2 := b.queue("a", 30, noon)
		require.Equal(b, ids(b1), b.claim("you", noon, 10))
		b.finish("me", a1)
		require.Equal(b, ids(a2), b.claim("you", noon, 10))
	})
	story("an urgent one overtakes other recipients, and takes its own recipient's earlier ones along", func(b box) {
		b1, a1, a2 := b.queue("b", 20, noon), b.queue("a", 10, noon), b.queue("a", 30, noon)
		require.Equal(b, ids(a1, a2, b1), b.claim("me", noon, 10))
	})
	story("what is not yet due keeps nothing waiting", func(b box) {
		tomorrow := noon.AddDate(0, 0, 1)
		a1, a2 := b.queue("a", 10, tomorrow), b.queue("a", 10, noon)
		require.Equal(b, ids(a2), b.claim("me", noon, 10))
		b.finish("me", a2)
		require.Empty(b, b.claim("me", noon, 10))
		require.Equal(b, ids(a1), b.claim("me", tomorrow, 10))
	})
	story("one that is tried again keeps its place: nothing behind it leaves before", func(b box) {
		a1, a2 := b.queue("a", 10, noon), b.queue("a", 10, noon)
		b.claim("me", noon, 1)
		later := noon.Add(30 * time.Second)
		require.NoError(b, b.try(func(ctx context.Context, r store.Deliveries) error {
			return r.Retry(ctx, a1, "me", later, "the platform is busy")
		}))
		require.Empty(b, b.claim("you", noon, 10))
		require.Equal(b, ids(a1, a2), b.claim("you", later, 10))
		d := b.get(a1)
		require.Equal(b, 2, d.Attempts)
		require.Equal(b, "the platform is busy", d.Error)
		require.Equal(b, noon, d.PlaceAt)
	})
	story("one that was released is as if it had never been claimed", func(b box) {
		a1 := b.queue("a", 10, noon)
		b.claim("me", noon, 1)
		require.NoError(b, b.try(func(ctx context.Context, r store.Deliveries) error { return r.Release(ctx, a1, "me") }))
		require.Equal(b, 0, b.get(a1).Attempts)
		require.Equal(b, ids(a1), b.claim("you", noon, 1))
	})
	t.Run("leases", func(t *testing.T) { leases(box{t, open(t)}) })
	t.Run("ends", func(t *testing.T) { ends(box{t, open(t)}) })
}

func leases(b box) {
	id := b.queue("a", 10, noon)
	b.claim("me", noon, 1)
	ended := noon.Add(time.Minute)
	require.Empty(b, b.claim("you", ended.Add(-time.Millisecond), 1), "a lease lasts to its end")
	require.Equal(b, []int64{id}, b.claim("you", ended, 1), "a lease that has ended is up for grabs")
	lost := map[string]func(ctx context.Context, r store.Deliveries) error{
		"freeze":  func(ctx context.Context, r store.Deliveries) error { return r.Freeze(ctx, id, "me", []byte("x")) },
		"retry":   func(ctx context.Context, r store.Deliveries) error { return r.Retry(ctx, id, "me", noon, "") },
		"release": func(ctx context.Context, r store.Deliveries) error { return r.Release(ctx, id, "me") },
		"finish": func(ctx context.Context, r store.Deliveries) error {
			return r.Finish(ctx, id, "me", store.Sent, "", "", noon)
		},
	}
	for name, fn := range lost {
		b.Run("who has lost the lease cannot "+name, func(t *testing.T) { require.ErrorIs(t, b.try(fn), store.ErrConflict) })
	}
	b.Run("frozen bytes are the same for everyone after", func(t *testing.T) {
		freeze := func(owner, body string) error {
			return b.try(func(ctx context.Context, r store.Deliveries) error { return r.Freeze(ctx, id, owner, []byte(body)) })
		}
		require.NoError(t, freeze("you", "凤城所"))
		require.NoError(t, freeze("you", "凤城所"))
		require.ErrorIs(t, freeze("you", "other"), store.ErrConflict)
		require.Equal(t, "凤城所", string(b.get(id).Body))
	})
	b.Run("what is finished is finished", func(t *testing.T) {
		b.finish("you", id)
		require.ErrorIs(t, b.try(lost["finish"]), store.ErrConflict)
		require.Empty(t, b.claim("you", noon.AddDate(1, 0, 0), 10))
	})
	b.Run("to be queued or sending is no end", func(t *testing.T) {
		require.Error(t, b.try(func(ctx context.Context, r store.Deliveries) error {
			return r.Finish(ctx, id, "you", store.Queued, "", "", noon)
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
	require.NoError(b, b.try(func(ctx context.Context, r store.Deliveries) error {
		return r.Finish(ctx, bad, "me", store.Refused, "", "60111 no such user", noon.Add(time.Second))
	}))
	b.finish("me", good, whole.ID)
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
