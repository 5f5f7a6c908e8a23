package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func audit(t *testing.T, s *store.Store) {
	entry := func(object string) store.AuditEntry {
		return store.AuditEntry{At: noon, Actor: "office.director", Action: "informant.opened", Object: object, Reason: "回访", Details: "一次"}
	}
	t.Run("of many who add at the same time, each gets a place, and the chain is whole", func(t *testing.T) {
		five := func() error {
			for range 5 {
				err := s.Update(t.Context(), func(tx *store.Tx) error { return tx.Audit().Append(t.Context(), entry("AX-1")) })
				if err != nil {
					return err
				}
			}
			return nil
		}
		together(t, five, five, five, five)
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			head, err := tx.Audit().Verify(ctx)
			require.EqualValues(t, 20, head.Seq)
			require.Len(t, head.Hash, 64)
			return err
		})
	})
	t.Run("a turn that fails leaves no place empty", func(t *testing.T) {
		failed := errors.New("failed")
		require.ErrorIs(t, try(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.Audit().Append(ctx, entry("AX-2")))
			return failed
		}), failed)
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Audit().Append(ctx, entry("AX-3")) })
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			head, err := tx.Audit().Verify(ctx)
			require.EqualValues(t, 21, head.Seq)
			return err
		})
	})
	t.Run("what was done to an object is listed newest first, as it was written", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Audit().Of(ctx, "AX-3", 10)
			require.NoError(t, err)
			require.Len(t, got, 1)
			want := entry("AX-3")
			want.Link = got[0].Link
			require.Equal(t, want, got[0])
			got, err = tx.Audit().Of(ctx, "AX-1", 3)
			require.Len(t, got, 3)
			require.Greater(t, got[0].Seq, got[1].Seq)
			require.NoError(t, err)
			got, err = tx.Audit().Of(ctx, "", 1)
			require.Equal(t, "AX-3", got[0].Object)
			return err
		})
	})
}

func evidence(t *testing.T, s *store.Store) {
	f := store.FileRef{SHA256: "ab12", Name: "现场.jpg", MIME: "image/jpeg", Kind: "photo", Size: 9, By: "a", At: noon,
		Platform: "phone", Source: "m1", SaidAt: noon.Add(-time.Minute)}
	attach := func(f store.FileRef) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Files().Attach(ctx, f) })
	}
	of := func(owner string) (out []store.EvidenceEntry) {
		look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			out, _, err = tx.EvidenceLog().VerifyOwner(ctx, owner)
			return err
		})
		return out
	}
	t.Run("a file of a record is an entry of its chain, with all that is known of it", func(t *testing.T) {
		f.ID, f.Owner = s.NewID(), "lead:1"
		attach(f)
		got := of("lead:1")
		require.Len(t, got, 1)
		require.Equal(t, store.EvidenceEntry{Link: got[0].Link, Owner: "lead:1", At: noon, Person: "a", Kind: store.EvidenceFile, File: f.ID,
			Name: "现场.jpg", SHA256: "ab12", Size: 9, MIME: "image/jpeg", Platform: "phone", Source: "m1", SaidAt: noon.Add(-time.Minute)}, got[0])
		require.Equal(t, store.Link{Seq: 1, Hash: got[0].Hash}, got[0].Link)
	})
	t.Run("that of a draft becomes one when the draft becomes a record", func(t *testing.T) {
		f.ID, f.Owner = s.NewID(), "draft:2"
		attach(f)
		require.Empty(t, of("draft:2"))
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Files().Move(ctx, "draft:2", "lead:1") })
		got := of("lead:1")
		require.Len(t, got, 2)
		require.Equal(t, got[0].Hash, got[1].Prev)
	})
	t.Run("one that is still at the platform is promised, and its bytes are another entry", func(t *testing.T) {
		m := store.Media{ID: s.NewID(), Platform: "wecom", Ref: "r", Kind: "photo", Person: "a", Cause: "c", SaidAt: noon, WantedAt: noon}
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			require.NoError(t, tx.Media().Want(ctx, m))
			return tx.Files().Attach(ctx, store.FileRef{Media: m.ID, Owner: "lead:3", By: "a", At: noon})
		})
		require.Equal(t, store.EvidencePromised, of("lead:3")[0].Kind)
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			claimed, err := tx.Media().Claim(ctx, []string{"wecom"}, noon.Add(time.Hour), time.Minute, 1)
			require.NoError(t, err)
			m = claimed[0]
			m.SHA256, m.Size, m.DoneAt = "cd34", 4, noon.Add(time.Hour)
			mine, err := tx.Media().Fetched(ctx, m)
			require.True(t, mine)
			return err
		})
		got := of("lead:3")
		require.Len(t, got, 2)
		require.Equal(t, store.EvidenceArrived, got[1].Kind)
		require.Equal(t, "cd34", got[1].SHA256)
		require.Equal(t, got[0].File, got[1].File)
	})
	t.Run("an address is evidence without bytes", func(t *testing.T) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.EvidenceLog().Append(ctx, store.EvidenceEntry{Owner: "lead:3", At: noon, Person: "a", Kind: store.EvidenceLink, URL: "https://shop.example/1", Note: "店铺首页"})
			return err
		})
		require.Equal(t, "https://shop.example/1", of("lead:3")[2].URL)
	})
	t.Run("who has evidence is listed page by page, each once", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.EvidenceLog().Owners(ctx, "", 1)
			require.NoError(t, err)
			require.Equal(t, []string{"lead:1"}, got)
			got, err = tx.EvidenceLog().Owners(ctx, "lead:1", 10)
			require.NoError(t, err)
			require.Equal(t, []string{"lead:3"}, got)
			n, err := tx.EvidenceLog().Strays(ctx)
			require.Zero(t, n)
			return err
		})
	})
}

func informants(t *testing.T, s *store.Store) {
	i := store.Informant{ID: s.NewID(), LeadID: 7, Name: []byte("zs\x01\x00\xff'\\"), Phone: []byte("zs\x01b"), RealName: true, Confidential: true,
		EnteredBy: "a", EnteredAt: noon, Version: 1}
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Informants().Insert(ctx, i) })
	t.Run("sealed bytes come back as they were", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Informants().Of(ctx, 7)
			require.Equal(t, i, got)
			require.NoError(t, err)
			_, err = tx.Informants().Of(ctx, 8)
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
	})
	t.Run("a lead has one", func(t *testing.T) {
		other := i
		other.ID = s.NewID()
		require.ErrorIs(t, try(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Informants().Insert(ctx, other) }), store.ErrDuplicate)
	})
	t.Run("of two who change the same version, one does", func(t *testing.T) {
		i.Phone, i.Reach = nil, []byte("zs\x01c")
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Informants().Update(ctx, i) })
		require.ErrorIs(t, try(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Informants().Update(ctx, i) }), store.ErrConflict)
		i.Version = 2
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Informants().After(ctx, 0, 10)
			require.Equal(t, []store.Informant{i}, got)
			return err
		})
	})
}

func openings(t *testing.T, s *store.Store) {
	o := store.Opening{ID: s.NewID(), LeadID: 7, Asker: "office.director", Reason: "回访", State: store.OpeningAsked, AskedAt: noon}
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Openings().Insert(ctx, o) })
	t.Run("what waits is found by lead and asker", func(t *testing.T) {
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Openings().Waiting(ctx, 7, "office.director")
			require.Equal(t, o, got)
			require.NoError(t, err)
			_, err = tx.Openings().Waiting(ctx, 7, "other")
			require.ErrorIs(t, err, store.ErrNotFound)
			return nil
		})
	})
	t.Run("of two who decide, one does", func(t *testing.T) {
		o.State, o.DecidedBy, o.DecidedAt, o.ExpiresAt = store.OpeningApproved, "custodian", noon, noon.Add(10*time.Minute)
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Openings().Move(ctx, o, store.OpeningAsked) })
		require.ErrorIs(t, try(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Openings().Move(ctx, o, store.OpeningAsked) }), store.ErrConflict)
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Openings().Get(ctx, o.ID)
			require.Equal(t, o, got)
			return err
		})
	})
}
