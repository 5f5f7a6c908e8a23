package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func messages(t *testing.T, s *store.Store) {
	m := store.Message{ID: s.NewID(), Platform: "phone", Sender: "凤城所", MsgID: "m1", Person: "fengcheng.filer",
		Chat: "p:fengcheng.filer", ReceivedAt: noon.Add(123 * time.Millisecond), Answer: []byte(`[{"kind":"text"}]`)}
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Messages().Insert(ctx, m) })
	t.Run("a message is found by the platform's name for it, as it was kept", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Messages().Find(ctx, "phone", "凤城所", "m1")
			require.Equal(t, m, got)
			return err
		})
	})
	t.Run("another sender's, or one in other letters, is another", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Messages().Find(ctx, "phone", "other", "m1")
			require.ErrorIs(t, err, store.ErrNotFound)
			_, err = tx.Messages().Find(ctx, "phone", "凤城所", "M1")
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
	})
	t.Run("the same message again is a duplicate", func(t *testing.T) {
		m := m
		m.ID = 0
		err := try(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Messages().Insert(ctx, m) })
		require.ErrorIs(t, err, store.ErrDuplicate)
	})
	t.Run("Prune removes the oldest before a time, and no more than asked", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			for i, id := range []string{"old1", "old2", "old3"} {
				old := store.Message{Platform: "phone", Sender: "a", MsgID: id, ReceivedAt: noon.AddDate(0, 0, -9+i)}
				require.NoError(t, tx.Messages().Insert(ctx, old))
			}
			for _, want := range []int{2, 1, 0} {
				n, err := tx.Messages().Prune(ctx, noon, 2)
				require.NoError(t, err)
				require.Equal(t, want, n)
			}
			_, err := tx.Messages().Find(ctx, "phone", "凤城所", "m1")
			return err
		})
	})
	t.Run("Prune before no time removes nothing", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			n, err := tx.Messages().Prune(ctx, time.Time{}, 100)
			require.Zero(t, n)
			return err
		})
	})
}

func drafts(t *testing.T, s *store.Store) {
	d := store.Draft{ID: s.NewID(), Person: "a", Form: "lead", FormHash: "h1", Topic: "weekly:fengcheng:20240119",
		State: []byte(`{"货值":25000}`), Status: store.DraftOpen, CreatedAt: noon, UpdatedAt: noon}
	later := d
	later.ID = s.NewID()
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		require.NoError(t, tx.Drafts().Insert(ctx, d))
		return tx.Drafts().Insert(ctx, later)
	})
	t.Run("open drafts are listed newest first, by person and by topic", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Drafts().Open(ctx, "a")
			require.NoError(t, err)
			require.Equal(t, []store.Draft{later, d}, got)
			got, err = tx.Drafts().OpenAbout(ctx, d.Topic)
			require.Equal(t, []store.Draft{later, d}, got)
			return err
		})
	})
	t.Run("a draft that was filed or dropped stays, and is open no more", func(t *testing.T) {
		d.Status, d.State, d.UpdatedAt = store.DraftFiled, []byte("{}"), noon.Add(time.Hour)
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Drafts().Save(ctx, d) })
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Drafts().Get(ctx, d.ID)
			require.NoError(t, err)
			require.Equal(t, d, got)
			open, err := tx.Drafts().Open(ctx, "a")
			require.Equal(t, []store.Draft{later}, open)
			return err
		})
	})
	t.Run("one that never began is not found", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Drafts().Get(ctx, 1)
			require.ErrorIs(t, err, store.ErrNotFound)
			require.ErrorIs(t, tx.Drafts().Save(ctx, store.Draft{ID: 1}), store.ErrNotFound)
			return nil
		})
	})
	t.Run("a form's version is kept once, as it first was", func(t *testing.T) {
		v := store.FormVersion{Form: "lead", Hash: "h1", Body: []byte("fields: 1.50"), FirstUsed: noon}
		again := v
		again.FirstUsed = noon.Add(time.Hour)
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.Forms().Keep(ctx, v))
			return tx.Forms().Keep(ctx, again)
		})
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Forms().Get(ctx, "lead", "h1")
			require.NoError(t, err)
			require.Equal(t, v, got)
			_, err = tx.Forms().Get(ctx, "lead", "h2")
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
	})
}

func occurrences(t *testing.T, s *store.Store) {
	at := func(day int) store.Occurrence {
		return store.Occurrence{Job: "weekly", DueAt: noon.AddDate(0, 0, day), FiredAt: noon.AddDate(0, 0, day+1), Outcome: "3 reminded"}
	}
	t.Run("a job without any has no last", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Occurrences().Last(ctx, "weekly")
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
	})
	t.Run("of many who see to an occurrence at the same time, one has done it", func(t *testing.T) {
		done := make(chan bool, 4)
		one := func() error {
			err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.Occurrences().Insert(t.Context(), at(0)) })
			done <- err == nil
			if errors.Is(err, store.ErrDuplicate) {
				return nil
			}
			return err
		}
		together(t, one, one, one, one)
		did := 0
		for range 4 {
			if <-done {
				did++
			}
		}
		require.Equal(t, 1, did)
	})
	t.Run("Fired lists from a time on and before another, in order; Last is the latest", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.Occurrences().Insert(ctx, at(2)))
			require.NoError(t, tx.Occurrences().Insert(ctx, at(1)))
			got, err := tx.Occurrences().Fired(ctx, "weekly", noon, noon.AddDate(0, 0, 2))
			require.NoError(t, err)
			require.Equal(t, []store.Occurrence{at(0), at(1)}, got)
			last, err := tx.Occurrences().Last(ctx, "weekly")
			require.Equal(t, at(2), last)
			return err
		})
	})
}

func counters(t *testing.T, s *store.Store) {
	next := func() (n int64, err error) {
		err = s.Update(t.Context(), func(tx *store.Tx) error {
			n, err = tx.Counters().Next(t.Context(), "AX-2024")
			return err
		})
		return n, err
	}
	t.Run("many who count at once get 1, 2, 3 …, each number once", func(t *testing.T) {
		got := make(chan int64, 40)
		ten := func() error {
			for range 10 {
				n, err := next()
				if err != nil {
					return err
				}
				got <- n
			}
			return nil
		}
		together(t, ten, ten, ten, ten)
		seen := map[int64]bool{}
		for range 40 {
			seen[<-got] = true
		}
		for n := int64(1); n <= 40; n++ {
			require.True(t, seen[n], "%d was left out", n)
		}
	})
	t.Run("what many add at once is added up", func(t *testing.T) {
		add := func() error {
			for range 10 {
				err := s.Update(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Counters().Add(t.Context(), "calls", 3)
					return err
				})
				if err != nil {
					return err
				}
			}
			return nil
		}
		together(t, add, add, add)
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			sum, err := tx.Counters().Add(ctx, "calls", 0)
			require.Equal(t, int64(90), sum)
			require.NoError(t, err)
			sum, err = tx.Counters().Add(ctx, "none", 0)
			require.Zero(t, sum)
			return err
		})
	})
	t.Run("a transaction that fails gives its number back", func(t *testing.T) {
		err := try(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Counters().Next(ctx, "AX-2024")
			require.NoError(t, err)
			return context.DeadlineExceeded
		})
		require.Error(t, err)
		n, err := next()
		require.NoError(t, err)
		require.EqualValues(t, 41, n)
	})
}

func files(t *testing.T, s *store.Store) {
	f := store.FileRef{ID: s.NewID(), SHA256: "ab12", Name: "现场.jpg", MIME: "image/jpeg", Kind: "photo", Size: 1 << 33,
		Owner: "draft:1", By: "fengcheng.filer", At: noon}
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		require.NoError(t, tx.Files().Attach(ctx, f))
		other := f
		other.ID, other.Owner = 0, "draft:2"
		return tx.Files().Attach(ctx, other)
	})
	t.Run("Move gives all files of one owner to another, and no others", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.Files().Move(ctx, "draft:1", "lead:9"))
			got, err := tx.Files().Of(ctx, "lead:9")
			require.NoError(t, err)
			f.Owner = "lead:9"
			require.Equal(t, []store.FileRef{f}, got)
			got, err = tx.Files().Of(ctx, "draft:1")
			require.Empty(t, got)
			require.NoError(t, err)
			got, err = tx.Files().Of(ctx, "draft:2")
			require.Len(t, got, 1)
			return err
		})
	})
	t.Run("files of nobody are not moved, nor any to nobody", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.Error(t, tx.Files().Move(ctx, "", "lead:9"))
			require.Error(t, tx.Files().Move(ctx, "lead:9", ""))
			return nil
		})
	})
}

func settings(t *testing.T, s *store.Store) {
	t.Run("a setting is what it was last set to, and not found before", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Settings().Get(ctx, "clock")
			require.ErrorIs(t, err, store.ErrNotFound)
			require.NoError(t, tx.Settings().Set(ctx, "clock", "一"))
			require.NoError(t, tx.Settings().Set(ctx, "clock", "二"))
			v, err := tx.Settings().Get(ctx, "clock")
			require.Equal(t, "二", v)
			return err
		})
	})
}
