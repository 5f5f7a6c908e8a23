package store_test

import (
	"errors"
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
	place, due time.Time
	owner      string // who has it in hands; "" = nobody
	lease      time.Time
}

// model is the outbox as its promises have it: the unfinished rows by place and
// queueing.
type model struct {
	t    *testing.T
	s    *store.Store
	now  time.Time
	rows []row
}

// TestOutboxKeepsItsPromisesWhateverHappens plays random days and compares.
func TestOutboxKeepsItsPromisesWhateverHappens(t *testing.T) {
	s := storetest.SQLite(t)
	rapid.Check(t, func(r *rapid.T) {
		m := &model{t: t, s: s, now: time.Date(2024, 1, 19, 4, 0, 0, 0, time.UTC)}
		r.Repeat(map[string]func(*rapid.T){
			"queue":        m.queue,
			"claim":        m.claim,
			"end":          m.end,
			"time goes by": func(r *rapid.T) { m.now = m.now.Add(seconds(r, 1, 90)) },
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
	due := m.now.Add(seconds(r, -10, 60))
	v := row{id: m.s.NewID(), to: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "to"), place: due, due: due}
	priority := rapid.IntRange(1, 3).Draw(r, "priority")
	m.do(func(d store.Deliveries) error {
		return d.Queue(m.t.Context(), store.Delivery{ID: v.id, ToKind: "person", ToAccount: v.to, Priority: priority, DueAt: due})
	})
	m.rows = append(m.rows, v)
	slices.SortStableFunc(m.rows, func(a, b row) int { return a.place.Compare(b.place) })
}

// claimable lists, for each recipient that nothing holds up, what is due in order.
func (m *model) claimable() map[string][]int64 {
	out, held := map[string][]int64{}, map[string]bool{}
	for _, v := range m.rows {
		if v.place.After(m.now) {
			continue
		}
		held[v.to] = held[v.to] || v.due.After(m.now) || v.owner != "" && v.lease.After(m.now)
		out[v.to] = append(out[v.to], v.id)
	}
	for to := range held {
		if held[to] {
			delete(out, to)
		}
	}
	return out
}

func (m *model) claim(r *rapid.T) {
	owner := rapid.SampledFrom([]string{"me", "you"}).Draw(r, "owner")
	limit, lease := rapid.IntRange(1, 6).Draw(r, "limit"), seconds(r, 1, 60)
	want := m.claimable()
	var got []store.Delivery
	m.do(func(d store.Deliveries) (err error) {
		got, err = d.Claim(m.t.Context(), owner, m.now, lease, limit)
		return err
	})
	can := 0
	for _, ids := range want {
		can += len(ids)
	}
	require.Len(m.t, got, min(can, limit), "all that can be sent, up to the limit")
	for _, d := range got {
		require.NotEmpty(m.t, want[d.ToAccount], "this recipient should have been left alone")
		require.Equal(m.t, want[d.ToAccount][0], d.ID, "out of order")
		want[d.ToAccount] = want[d.ToAccount][1:]
		i := m.find(d.ID)
		m.rows[i].owner, m.rows[i].lease = owner, m.now.Add(lease)
	}
}

func (m *model) find(id int64) int {
	return slices.IndexFunc(m.rows, func(v row) bool { return v.id == id })
}

// end finishes, puts off or puts back a row, as somebody who may or may not hold it.
func (m *model) end(r *rapid.T) {
	if len(m.rows) == 0 {
		r.Skip("nothing to end")
	}
	i := rapid.IntRange(0, len(m.rows)-1).Draw(r, "row")
	owner := rapid.SampledFrom([]string{"me", "you"}).Draw(r, "owner")
	how := rapid.SampledFrom([]string{"finish", "retry", "release"}).Draw(r, "how")
	v, ctx, later := &m.rows[i], m.t.Context(), m.now.Add(seconds(r, 1, 60))
	err := m.s.Update(ctx, func(tx *store.Tx) error {
		switch how {
		case "retry":
			return tx.Deliveries().Retry(ctx, v.id, owner, later, "busy")
		case "release":
			return tx.Deliveries().Release(ctx, v.id, owner)
		}
		return tx.Deliveries().Finish(ctx, v.id, owner, store.Sent, "", "", m.now)
	})
	require.Equal(m.t, v.owner != owner, errors.Is(err, store.ErrConflict), "only who holds it may: %v", err)
	if v.owner != owner {
		return
	}
	v.owner = ""
	switch how {
	case "retry":
		v.due = later
	case "finish":
		m.rows = slices.Delete(m.rows, i, i+1)
	}
}

// clear ends what is left, so that the next play finds an empty outbox.
func (m *model) clear() {
	ctx, end := m.t.Context(), m.now.AddDate(1, 0, 0)
	m.do(func(d store.Deliveries) error {
		left, err := d.Claim(ctx, "end", end, time.Minute, 1000)
		if err != nil {
			return err
		}
		require.Len(m.t, left, len(m.rows), "nothing is lost")
		for _, v := range left {
			if err := d.Finish(ctx, v.ID, "end", store.Sent, "", "", end); err != nil {
				return err
			}
		}
		return nil
	})
}
