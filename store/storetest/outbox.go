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

// want is a claim for a minute, when it is the same time on the wall and in the
// campaign.
func want(owner string, now time.Time, limit int) store.Want {
	return store.Want{Owner: owner, Now: now, Campaign: now, Lease: time.Minute, Limit: limit, Least: -1000}
}

// sent is a delivery that the platform took.
func sent(d store.Delivery) store.Delivery {
	d.State, d.Ref, d.DoneAt = store.Sent, "ref", noon
	return d
}

// take claims.
func (b box) take(w store.Want) (out []store.Delivery) {
	b.Helper()
	do(b.T, b.s, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.Deliveries().Claim(ctx, w)
		for _, d := range out {
			require.Equal(b, store.Sending, d.State)
			require.Equal(b, w.Owner, d.Owner)
			require.Equal(b, w.Now.Add(w.Lease), d.LeaseUntil)
		}
		return err
	})
	return out
}

// claim takes what is due for a minute, and gives the ids.
func (b box) claim(owner string, now time.Time, limit int) []int64 {
	b.Helper()
	return idsOf(b.take(want(owner, now, limit)))
}

func idsOf(ds []store.Delivery) []int64 {
	ids := []int64{}
	for _, d := range ds {
		ids = append(ids, d.ID)
	}
	return ids
}

// settle gives deliveries out of hand and lists those that were not held.
func (b box) settle(ds ...store.Delivery) (lost []int64) {
	b.Helper()
	do(b.T, b.s, func(ctx context.Context, tx *store.Tx) (err error) {
		lost, err = tx.Deliveries().Settle(ctx, ds...)
		return err
	})
	return lost
}

// try changes the outbox and gives the error.
func (b box) try(fn func(ctx context.Context, r store.Deliveries) error) error {
	b.Helper()
	return try(b.T, b.s, func(ctx context.Context, tx *store.Tx) error { return fn(ctx, tx.Deliveries()) })
}

// finish ends what is in hand as sent.
func (b box) finish(ids ...int64) {
	b.Helper()
	for _, id := range ids {
		require.Empty(b, b.settle(sent(b.get(id))))
	}
}

// again puts off what is in hand.
func (b box) again(id int64, due time.Time, why string) {
	b.Helper()
	d := b.get(id)
	d.State, d.DueAt, d.Why = store.Queued, due, why
	require.Empty(b, b.settle(d))
}

// hold puts what is in hand off to an hour of the campaign.
func (b box) hold(id int64, until time.Time) {
	b.Helper()
	d := b.get(id)
	d.State, d.HoldUntil, d.Why = store.Held, until, "quiet hours"
	require.Empty(b, b.settle(d))
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
			b.finish(b.claim("end", noon.AddDate(1, 0, 0), 1000)...) // the next story begins with an empty box
			require.Empty(t, b.claim("end", noon.AddDate(1, 0, 0), 1000))
		})
	}
	order(story)
	lanes(story)
	holds(story)
	t.Run("leases", func(t *testing.T) { leases(box{t, open(t)}) })
	t.Run("ends", func(t *testing.T) { ends(box{t, open(t)}) })
	t.Run("accounts", func(t *testing.T) { accounts(box{t, open(t)}) })
}

func list(v ...int64) []int64 { return append([]int64{}, v...) }

func order(story func(string, func(box))) {
	story("a recipient's deliveries leave in the order of queueing", func(b box) {
		a1, b1, a2 := b.queue("a", 10, noon), b.queue("b", 10, noon), b.queue("a", 10, noon)
		require.Equal(b, list(a1, a2, b1), b.claim("me", noon, 10))
	})
	story("a limit cuts off the end, never the beginning", func(b box) {
		a1, a2, a3 := b.queue("a", 10, noon), b.queue("a", 30, noon), b.queue("a", 20, noon)
		require.Equal(b, list(a1, a2), b.claim("me", noon, 2))
		b.finish(a1, a2)
		require.Equal(b, list(a3), b.claim("me", noon, 2))
	})
	story("a claimer may want the rows of a few people only", func(b box) {
		a1, a2, b1, c1 := b.queue("a", 10, noon), b.queue("a", 10, noon), b.queue("b", 10, noon), b.queue("c", 10, noon)
		w := want("me", noon, 10)
		w.People = 2
		require.Equal(b, list(a1, a2, b1), idsOf(b.take(w)))
		require.Equal(b, list(c1), idsOf(b.take(w)))
	})
	story("while one is in somebody's hands, none of that recipient is handed out", func(b box) {
		a1, b1 := b.queue("a", 10, noon), b.queue("b", 10, noon)
		require.Equal(b, list(a1), b.claim("me", noon, 1))
		a2 := b.queue("a", 30, noon)
		require.Equal(b, list(b1), b.claim("you", noon, 10))
		b.finish(a1)
		require.Equal(b, list(a2), b.claim("you", noon, 10))
	})
	story("an urgent one overtakes other recipients, and takes its own recipient's earlier ones along", func(b box) {
		b1, a1, a2 := b.queue("b", 20, noon), b.queue("a", 10, noon), b.queue("a", 30, noon)
		require.Equal(b, list(a1, a2, b1), b.claim("me", noon, 10))
	})
	story("what is not yet due keeps nothing waiting", func(b box) {
		tomorrow := noon.AddDate(0, 0, 1)
		a1, a2 := b.queue("a", 10, tomorrow), b.queue("a", 10, noon)
		require.Equal(b, list(a2), b.claim("me", noon, 10))
		b.finish(a2)
		require.Empty(b, b.claim("me", noon, 10))
		require.Equal(b, list(a1), b.claim("me", tomorrow, 10))
	})
	story("one that is tried again keeps its place: nothing behind it leaves before", func(b box) {
		a1, a2 := b.queue("a", 10, noon), b.queue("a", 10, noon)
		b.claim("me", noon, 1)
		later := noon.Add(30 * time.Second)
		b.again(a1, later, "the platform is busy")
		require.Empty(b, b.claim("you", noon, 10))
		require.Equal(b, list(a1, a2), b.claim("you", later, 10))
		d := b.get(a1)
		require.Equal(b, 2, d.Attempts)
		require.Equal(b, "the platform is busy", d.Why)
		require.Equal(b, noon, d.PlaceAt)
	})
	story("a platform that is paused is left alone, and keeps nobody else waiting", func(b box) {
		a1, b1 := b.queue("a", 10, noon), b.queue("b", 30, noon)
		w := want("me", noon, 10)
		w.Pauses = []store.Pause{{Platform: "phone", Below: 20}}
		require.Equal(b, list(b1), idsOf(b.take(w)))
		b.again(b1, noon, "")
		w.Pauses[0].Below = store.Everything
		require.Empty(b, b.take(w))
		w.Pauses[0].Platform, w.Only = "other", "elsewhere"
		require.Empty(b, b.take(w))
		w.Only = "phone"
		require.Equal(b, list(b1, a1), idsOf(b.take(w)))
	})
}

func lanes(story func(string, func(box))) {
	story("a more urgent one does not wait behind one that waits", func(b box) {
		a1 := b.queue("a", 20, noon)
		b.claim("me", noon, 1)
		later := noon.Add(time.Minute)
		b.again(a1, later, "")
		low, same, urgent := b.queue("a", 10, noon), b.queue("a", 20, noon), b.queue("a", 30, noon)
		require.Equal(b, list(urgent), b.claim("me", noon, 10))
		b.finish(urgent)
		require.Equal(b, later, b.get(low).DueAt, "put off to the time of what it waits behind")
		require.Contains(b, b.get(same).Why, "waits behind")
		require.Empty(b, b.claim("me", later.Add(-time.Millisecond), 10))
		require.Equal(b, list(a1, low, same), b.claim("me", later, 10), "in the order of their places")
	})
	story("rows that wait behind others do not use up the limit", func(b box) {
		const people = 5
		var last int64
		for i := range people {
			to := string(rune('a' + i))
			id := b.queue(to, 20, noon)
			b.claim("me", noon, 1)
			b.again(id, noon.Add(time.Minute), "")
			b.queue(to, 20, noon)
		}
		last = b.queue("z", 10, noon)
		require.Equal(b, list(last), b.claim("me", noon, 2))
	})
	story("a claimer may want the urgent only", func(b box) {
		low, urgent := b.queue("a", 10, noon), b.queue("a", 30, noon)
		w := want("me", noon, 10)
		w.Least = 30
		require.Equal(b, list(urgent), idsOf(b.take(w)))
		require.Empty(b, b.claim("you", noon, 10), "and has the recipient in hand")
		b.finish(urgent)
		require.Equal(b, list(low), b.claim("you", noon, 10))
	})
}

func holds(story func(string, func(box))) {
	morning := noon.Add(19 * time.Hour)
	story("what is held waits for its hour of the campaign", func(b box) {
		a1 := b.queue("a", 20, noon)
		b.claim("me", noon, 1)
		b.hold(a1, morning)
		a2, urgent := b.queue("a", 20, noon), b.queue("a", 30, noon)
		require.Equal(b, list(urgent), b.claim("me", noon, 10))
		b.finish(urgent)
		require.Equal(b, store.Held, b.get(a2).State, "and so does what is behind it")
		w := want("me", noon.AddDate(0, 0, 2), 10)
		w.Campaign = morning.Add(-time.Millisecond)
		require.Empty(b, b.take(w), "whatever the wall says")
		look(b.T, b.s, func(ctx context.Context, tx *store.Tx) error {
			next, err := tx.Deliveries().NextHold(ctx)
			require.Equal(b, morning, next)
			return err
		})
		w.Campaign = morning
		require.Equal(b, list(a1, a2), idsOf(b.take(w)))
	})
	story("what would be of no use by then is not held back", func(b box) {
		a1 := b.queue("a", 20, noon)
		b.claim("me", noon, 1)
		b.hold(a1, morning)
		soon := store.Delivery{ID: b.s.NewID(), ToKind: "person", ToAccount: "a", Platform: "phone", Priority: 20,
			CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}
		do(b.T, b.s, func(ctx context.Context, tx *store.Tx) error { return tx.Deliveries().Queue(ctx, soon) })
		require.Equal(b, list(soon.ID), b.claim("me", noon, 10))
		b.finish(soon.ID)
	})
}
