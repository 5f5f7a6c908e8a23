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
