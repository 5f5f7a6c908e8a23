package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/store"
	"zhuanban/store/storetest"
)

// row is what the model knows of an unfinished delivery.
type row struct {
	id         int64
	to         string
	priority   int
	place, due time.Time
	hold       time.Time // in the campaign; zero = not held
	hand       store.Delivery
	owner      string // who has it in hands; "" = nobody
	lease      time.Time
}

// model is the outbox as its promises have it: the unfinished rows by place and
// queueing, and a wall and a campaign whose clocks go by themselves.
type model struct {
	t         *testing.T
	s         *store.Store
	wall, now time.Time
	rows      []row
	ended     map[int64]int
	queued    int
}

// TestOutboxKeepsItsPromisesWhateverHappens plays random days and compares: nothing
// is lost or in two hands, each recipient's order is kept within the lanes, and
// every row comes to exactly one end.
func TestOutboxKeepsItsPromisesWhateverHappens(t *testing.T) {
	s := storetest.SQLite(t)
	rapid.Check(t, func(r *rapid.T) {
		start := time.Date(2024, 1, 19, 4, 0, 0, 0, time.UTC)
		m := &model{t: t, s: s, wall: start, now: start.AddDate(0, 1, 0), ended: map[int64]int{}}
		r.Repeat(map[string]func(*rapid.T){
			"queue":                 m.queue,
			"claim":                 m.claim,
			"settle":                m.settle,
			"the wall goes on":      func(r *rapid.T) { m.wall = m.wall.Add(seconds(r, 1, 90)) },
			"the campaign moves on": func(r *rapid.T) { m.now = m.now.Add(seconds(r, 1, 900)) },
		})
		m.clear()
	})
}

func seconds(r *rapid.T, from, to int) time.Duration {
	return time.Duration(rapid.IntRange(from, to).Draw(r, "seconds")) * time.Second
}

func (m *model) do(fn func(d store.Deliveries) error) {
	require.NoError(m.t, m.s.Update(m.t.Context(), func(tx *store.Tx) error { return fn(tx.Deliveries()) }))
}

func (m *model) queue(r *rapid.T) {
	due := m.wall.Add(seconds(r, -10, 60))
	v := row{id: m.s.NewID(), to: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "to"), place: due, due: due,
		priority: rapid.SampledFrom([]int{10, 20, 30}).Draw(r, "priority")}
	m.do(func(d store.Deliveries) error {
		return d.Queue(m.t.Context(), store.Delivery{ID: v.id, ToKind: "person", ToAccount: v.to, Priority: v.priority, DueAt: due})
	})
	m.queued++
	m.rows = append(m.rows, v)
	slices.SortStableFunc(m.rows, func(a, b row) int { return a.place.Compare(b.place) })
}

// claimable lists, for each recipient that is in nobody's hands, what may leave in
// order: what waits for nothing, and behind nothing of its priority or a higher one.
func (m *model) claimable(least int) map[string][]int64 {
	out, inHand, waits := map[string][]int64{}, map[string]bool{}, map[string]int{}
	for _, v := range m.rows {
		if v.place.After(m.wall) {
			continue
		}
		inHand[v.to] = inHand[v.to] || v.owner != "" && v.lease.After(m.wall)
		if v.due.After(m.wall) || v.hold.After(m.now) {
			waits[v.to] = max(waits[v.to], v.priority)
		} else if v.priority > waits[v.to] && v.priority >= least {
			out[v.to] = append(out[v.to], v.id)
		}
	}
	for to := range inHand {
		if inHand[to] {
			delete(out, to)
		}
	}
	return out
}

func (m *model) claim(r *rapid.T) {
	w := store.Want{Owner: rapid.SampledFrom([]string{"me", "you", "they"}).Draw(r, "owner"), Now: m.wall, Campaign: m.now,
		Lease: seconds(r, 1, 60), Limit: rapid.IntRange(1, 6).Draw(r, "limit"),
		Least: rapid.SampledFrom([]int{0, 0, 20, 30}).Draw(r, "least")}
	want := m.claimable(w.Least)
	var got []store.Delivery
	m.do(func(d store.Deliveries) (err error) {
		got, err = d.Claim(m.t.Context(), w)
		return err
	})
	require.LessOrEqual(m.t, len(got), w.Limit)
	require.Equal(m.t, len(want) > 0, len(got) > 0, "what can be sent is handed out")
	for _, d := range got {
		require.NotEmpty(m.t, want[d.ToAccount], "this recipient should have been left alone")
		require.Equal(m.t, want[d.ToAccount][0], d.ID, "out of order")
		want[d.ToAccount] = want[d.ToAccount][1:]
		v := &m.rows[m.find(d.ID)]
		v.owner, v.lease, v.hand = w.Owner, m.wall.Add(w.Lease), d
	}
}

func (m *model) find(id int64) int {
	return slices.IndexFunc(m.rows, func(v row) bool { return v.id == id })
}

// settle ends, puts off or gives back a row, as somebody who holds it, held it once,
// or never did.
func (m *model) settle(r *rapid.T) {
	held := slices.DeleteFunc(slices.Clone(m.rows), func(v row) bool { return v.hand.ID == 0 })
	if len(held) == 0 {
		r.Skip("nothing was ever claimed")
	}
	v := &m.rows[m.find(rapid.SampledFrom(held).Draw(r, "row").id)]
	d := v.hand
	stranger := rapid.Bool().Draw(r, "somebody else")
	if stranger {
		d.Owner = "stranger"
	}
	how := rapid.SampledFrom([]store.DeliveryState{store.Queued, store.Held, store.Sent}).Draw(r, "how")
	switch d.State = how; how {
	case store.Queued:
		d.DueAt = m.wall.Add(seconds(r, 0, 60))
	case store.Held:
		d.HoldUntil = m.now.Add(seconds(r, 1, 3600))
	default:
		d.DoneAt = m.now
	}
	var lost []int64
	m.do(func(r store.Deliveries) (err error) {
		lost, err = r.Settle(m.t.Context(), d)
		return err
	})
	switch {
	case stranger || v.owner == "":
		require.NotEmpty(m.t, lost, "only who holds it may")
	case v.lease.After(m.wall):
		require.Empty(m.t, lost, "who holds it may")
	}
	if len(lost) > 0 {
		if !stranger { // a lease that had ended, and a claim has put the row behind another since
			v.owner = ""
		}
		return
	}
	v.owner = ""
	switch how {
	case store.Queued:
		v.due = d.DueAt
	case store.Held:
		v.hold = d.HoldUntil
	default:
		m.ended[v.id]++
		m.rows = slices.Delete(m.rows, m.find(v.id), m.find(v.id)+1)
	}
}

// clear ends what is left, so that the next play finds an empty outbox.
func (m *model) clear() {
	ctx, end := m.t.Context(), m.now.AddDate(1, 0, 0)
	m.do(func(r store.Deliveries) error {
		left, err := r.Claim(ctx, store.Want{Owner: "end", Now: end, Campaign: end, Lease: time.Minute, Limit: 1000})
		if err != nil {
			return err
		}
		require.Len(m.t, left, len(m.rows), "nothing is lost")
		for _, d := range left {
			m.ended[d.ID]++
			d.State = store.Sent
			if _, err := r.Settle(ctx, d); err != nil {
				return err
			}
		}
		return nil
	})
	require.Len(m.t, m.ended, m.queued)
	for id, n := range m.ended {
		require.Equal(m.t, 1, n, "delivery %d came to more than one end", id)
	}
}
