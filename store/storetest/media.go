package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func media(t *testing.T, open func(t *testing.T) *store.Store) {
	platforms := []string{"here", "there"}
	photo := func(s *store.Store, change ...func(*store.Media)) store.Media {
		m := store.Media{ID: s.NewID(), Platform: "here", Ref: "媒体-1", Kind: "photo", Person: "ann", Cause: "m:here:ann:1", SaidAt: noon, WantedAt: noon}
		for _, c := range change {
			c(&m)
		}
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Media().Want(ctx, m) })
		return m
	}
	claim := func(t *testing.T, s *store.Store, now time.Time, limit int) (out []store.Media) {
		do(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			out, err = tx.Media().Claim(ctx, platforms, now, time.Minute, limit)
			return err
		})
		return out
	}
	// end does something to a claim and says whether it was still held.
	end := func(t *testing.T, s *store.Store, fn func(ctx context.Context, r store.MediaList) (bool, error)) (mine bool) {
		do(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			mine, err = fn(ctx, tx.Media())
			return err
		})
		return mine
	}
	get := func(t *testing.T, s *store.Store, id int64) (m store.Media) {
		look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			m, err = tx.Media().Get(ctx, id)
			return err
		})
		return m
	}
	fetched := func(m store.Media) store.Media {
		m.SHA256, m.MIME, m.Size, m.Name, m.DoneAt = "ab12", "image/jpeg", 1<<33, "现场.jpg", noon.Add(time.Second)
		return m
	}
	t.Run("what is wanted is kept as it was put down, and is due at once", func(t *testing.T) {
		s := open(t)
		m := photo(s)
		want := m
		want.State, want.DueAt = store.MediaWanted, noon
		require.Equal(t, want, get(t, s, m.ID))
		require.Empty(t, claim(t, s, noon.Add(-time.Second), 9))
		require.Len(t, claim(t, s, noon, 9), 1)
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			n, oldest, err := tx.Media().Depth(ctx)
			require.Equal(t, 1, n)
			require.Equal(t, noon, oldest)
			return err
		})
	})
	t.Run("a claim is nobody else's until its lease ends, and of no platform that was not asked for", func(t *testing.T) {
		s := open(t)
		m := photo(s)
		photo(s, func(m *store.Media) { m.Platform = "elsewhere" })
		first := claim(t, s, noon, 9)
		require.Len(t, first, 1)
		require.Equal(t, m.ID, first[0].ID)
		require.Empty(t, claim(t, s, noon.Add(59*time.Second), 9))
		second := claim(t, s, noon.Add(time.Minute), 9)
		require.Len(t, second, 1)
		for name, fn := range map[string]func(ctx context.Context, r store.MediaList) (bool, error){
			"extend": func(ctx context.Context, r store.MediaList) (bool, error) {
				return r.Extend(ctx, first[0], noon.Add(time.Hour))
			},
			"later": func(ctx context.Context, r store.MediaList) (bool, error) { return r.Later(ctx, first[0]) },
			"fetch": func(ctx context.Context, r store.MediaList) (bool, error) { return r.Fetched(ctx, fetched(first[0])) },
			"lose":  func(ctx context.Context, r store.MediaList) (bool, error) { return r.Lost(ctx, first[0]) },
		} {
			require.False(t, end(t, s, fn), name)
		}
		require.True(t, end(t, s, func(ctx context.Context, r store.MediaList) (bool, error) {
			return r.Extend(ctx, second[0], noon.Add(time.Hour))
		}))
		require.Empty(t, claim(t, s, noon.Add(59*time.Minute), 9))
	})
	t.Run("who claims at the same time claims different ones", func(t *testing.T) {
		s := open(t)
		for range 40 {
			photo(s)
		}
		var mu sync.Mutex
		seen := map[int64]int{}
		one := func() error {
			for range 10 {
				var got []store.Media
				err := s.Update(t.Context(), func(tx *store.Tx) (err error) {
					got, err = tx.Media().Claim(t.Context(), platforms, noon, time.Minute, 3)
					return err
				})
				if err != nil {
					return err
				}
				mu.Lock()
				for _, m := range got {
					seen[m.ID]++
				}
				mu.Unlock()
			}
			return nil
		}
		together(t, one, one)
		for len(claim(t, s, noon, 40)) > 0 { // what both left
		}
		for id, n := range seen {
			require.Equal(t, 1, n, fmt.Sprint(id))
		}
		require.NotEmpty(t, seen)
	})
	t.Run("one that is put off comes again at its time, and says why", func(t *testing.T) {
		s := open(t)
		photo(s)
		m := claim(t, s, noon, 1)[0]
		m.DueAt, m.Error = noon.Add(time.Hour), "忙"
		require.True(t, end(t, s, func(ctx context.Context, r store.MediaList) (bool, error) { return r.Later(ctx, m) }))
		require.Empty(t, claim(t, s, noon.Add(59*time.Minute), 1))
		again := claim(t, s, noon.Add(time.Hour), 1)
		require.Len(t, again, 1)
		require.Equal(t, 2, again[0].Attempts)
		require.Equal(t, "忙", again[0].Error)
	})
	t.Run("a file is complete whether it is attached before or after its bytes come", func(t *testing.T) {
		s := open(t)
		m := photo(s)
		attach := func(owner string) {
			do(t, s, func(ctx context.Context, tx *store.Tx) error {
				return tx.Files().Attach(ctx, store.FileRef{Media: m.ID, Kind: "photo", Owner: owner, By: "ann", At: noon})
			})
		}
		attach("lead:1")
		require.Empty(t, filesOf(t, s, "lead:1")[0].SHA256)
		c := claim(t, s, noon, 1)[0]
		require.True(t, end(t, s, func(ctx context.Context, r store.MediaList) (bool, error) { return r.Fetched(ctx, fetched(c)) }))
		attach("lead:2")
		for _, owner := range []string{"lead:1", "lead:2"} {
			f := filesOf(t, s, owner)
			require.Len(t, f, 1)
			require.Equal(t, store.FileRef{ID: f[0].ID, Media: m.ID, SHA256: "ab12", Name: "现场.jpg", MIME: "image/jpeg", Kind: "photo", Size: 1 << 33,
				Owner: owner, By: "ann", At: noon}, f[0])
		}
		require.Equal(t, store.MediaFetched, get(t, s, m.ID).State)
		require.Empty(t, claim(t, s, noon.Add(time.Hour), 1))
	})
	t.Run("attached and fetched at the same moment it is complete, too", func(t *testing.T) {
		s := open(t)
		for i := range 20 {
			m := photo(s)
			c := claim(t, s, noon, 1)[0]
			owner := fmt.Sprint("lead:", i)
			together(t, func() error {
				return s.Update(t.Context(), func(tx *store.Tx) error {
					return tx.Files().Attach(t.Context(), store.FileRef{Media: m.ID, Owner: owner, At: noon})
				})
			}, func() error {
				return s.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Media().Fetched(t.Context(), fetched(c))
					return err
				})
			})
			require.Equal(t, "ab12", filesOf(t, s, owner)[0].SHA256)
		}
	})
	t.Run("a file that is lost stays where it was attached, and says so", func(t *testing.T) {
		s := open(t)
		m := photo(s)
		other := photo(s, func(m *store.Media) { m.SaidAt = noon.Add(time.Minute) })
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Files().Attach(ctx, store.FileRef{Media: m.ID, Owner: "lead:1", At: noon})
		})
		for _, c := range claim(t, s, noon, 2) {
			c.Why, c.Error, c.DoneAt = "gone", "40007", noon
			require.True(t, end(t, s, func(ctx context.Context, r store.MediaList) (bool, error) { return r.Lost(ctx, c) }))
		}
		require.True(t, filesOf(t, s, "lead:1")[0].Lost)
		got := get(t, s, m.ID)
		require.Equal(t, []any{store.MediaLost, "gone", "40007"}, []any{got.State, got.Why, got.Error})
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.Media().LostAlike(ctx, got, noon, noon.Add(time.Minute))
			require.NoError(t, err)
			require.Zero(t, n, "itself and later ones do not count")
			n, err = tx.Media().LostAlike(ctx, get(t, s, other.ID), noon, noon.Add(time.Hour))
			require.Equal(t, 1, n)
			return err
		})
	})
}

func filesOf(t *testing.T, s *store.Store, owner string) (out []store.FileRef) {
	look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = tx.Files().Of(ctx, owner)
		return err
	})
	return out
}

// prepared is the outbox's promise to a channel that does something before it sends.
func prepared(t *testing.T, s *store.Store) {
	d := store.Delivery{ID: s.NewID(), ToKind: "person", ToAccount: "ann", Platform: "here", Body: []byte("{}"), CreatedAt: noon}
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Deliveries().Queue(ctx, d) })
	claim := func(now time.Time) (d store.Delivery) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			out, err := tx.Deliveries().Claim(ctx, store.Want{Owner: "one", Now: now, Campaign: now, Lease: time.Second, Limit: 1})
			require.Len(t, out, 1)
			d = out[0]
			return err
		})
		return d
	}
	prepare := func(d store.Delivery, what string, until time.Time) (lost []int64) {
		d.Prepared = []byte(what)
		do(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			lost, err = tx.Deliveries().Prepare(ctx, until, d)
			return err
		})
		return lost
	}
	first := claim(noon)
	require.Empty(t, first.Prepared)
	t.Run("is kept with the lease made longer, and comes back", func(t *testing.T) {
		require.Empty(t, prepare(first, "上传一", noon.Add(time.Minute)))
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			out, err := tx.Deliveries().Claim(ctx, store.Want{Owner: "two", Now: noon.Add(59 * time.Second), Campaign: noon, Lease: time.Second, Limit: 1})
			require.Empty(t, out)
			return err
		})
		require.Equal(t, "上传一", string(claim(noon.Add(time.Minute)).Prepared))
	})
	t.Run("is not changed by who has lost the lease", func(t *testing.T) {
		require.Equal(t, []int64{d.ID}, prepare(first, "上传二", noon.Add(time.Hour)))
	})
}
