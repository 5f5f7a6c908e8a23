package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func identities(t *testing.T, s *store.Store) {
	bound := store.Identity{Platform: "dingtalk", UserID: "0421", Account: "fengcheng.filer", UnionID: "u1", State: store.IdentityBound,
		Request: 7, DecidedBy: "office.clerk", AskedAt: noon, ChangedAt: noon.Add(time.Minute)}
	seen := store.Identity{Platform: "dingtalk", UserID: "Manager99", UnionID: "u2", State: store.IdentitySeen, ChangedAt: noon}
	other := bound
	other.Platform = "elsewhere"
	list := func(platform string) (out []store.Identity) {
		look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			out, err = tx.Identities().All(ctx, platform)
			return err
		})
		return out
	}
	version := func() (v string) {
		look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			v, err = tx.Identities().Version(ctx, "dingtalk")
			return err
		})
		return v
	}
	save := func(all ...store.Identity) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Identities().Save(ctx, all...) })
	}
	t.Run("identities are listed by user, as they were written, each platform's alone", func(t *testing.T) {
		empty := version()
		save()
		save(seen, other, bound)
		require.Equal(t, []store.Identity{bound, seen}, list("dingtalk"))
		require.Equal(t, []store.Identity{other}, list("elsewhere"))
		require.Empty(t, list("phone"))
		require.NotEqual(t, empty, version())
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			locked, err := tx.Identities().Lock(ctx, "dingtalk")
			require.Equal(t, []store.Identity{bound, seen}, locked)
			return err
		})
	})
	t.Run("a change of one is seen, a change of another platform's is not", func(t *testing.T) {
		before := version()
		other.State, other.ChangedAt = store.IdentityBlocked, noon.Add(time.Hour)
		save(other)
		require.Equal(t, before, version())
		bound.State, bound.Account, bound.ChangedAt = store.IdentityLeft, "", noon.Add(time.Hour)
		save(bound)
		require.Equal(t, []store.Identity{bound, seen}, list("dingtalk"))
		require.NotEqual(t, before, version())
	})
	t.Run("a user in other letters is another user", func(t *testing.T) {
		lower := seen
		lower.UserID = "manager99"
		save(lower)
		require.Len(t, list("dingtalk"), 3)
	})
	t.Run("steps are only added, and listed per user in their order", func(t *testing.T) {
		step := func(user, what string, at time.Time) store.IdentityStep {
			return store.IdentityStep{Platform: "dingtalk", UserID: user, Account: "a", Step: what, By: "office.clerk", At: at}
		}
		asked, confirmed, same := step("0421", "asked", noon), step("0421", "confirmed", noon.Add(time.Hour)), step("0421", "unbound", noon.Add(time.Hour))
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Identities().Record(ctx, asked, step("0422", "asked", noon))
		})
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Identities().Record(ctx, confirmed, same) })
		look(t, s, func(ctx context.Context, tx *store.Tx) error {
			all, err := tx.Identities().Steps(ctx, "dingtalk", "0421", time.Time{})
			require.Equal(t, []store.IdentityStep{asked, confirmed, same}, all)
			late, err2 := tx.Identities().Steps(ctx, "dingtalk", "0421", noon.Add(time.Second))
			require.NoError(t, err2)
			require.Equal(t, []store.IdentityStep{confirmed, same}, late)
			return err
		})
	})
}

func homes(t *testing.T, s *store.Store) {
	save := func(h store.Home) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Homes().Save(ctx, h) })
	}
	version := func() (v string) {
		look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			v, err = tx.Homes().Version(ctx)
			return err
		})
		return v
	}
	look(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Homes().Get(ctx, "ann")
		require.ErrorIs(t, err, store.ErrNotFound)
		return nil
	})
	empty := version()
	save(store.Home{Person: "ben", Platform: "wecom", ChangedAt: noon})
	save(store.Home{Person: "ann", Platform: "wecom", ChangedAt: noon})
	before := version()
	require.NotEqual(t, empty, before)
	moved := store.Home{Person: "ann", Platform: "dingtalk", ChangedAt: noon.Add(time.Second)}
	save(moved)
	require.NotEqual(t, before, version())
	look(t, s, func(ctx context.Context, tx *store.Tx) error {
		h, err := tx.Homes().Get(ctx, "ann")
		require.NoError(t, err)
		require.Equal(t, moved, h)
		all, err := tx.Homes().All(ctx)
		require.Equal(t, []store.Home{moved, {Person: "ben", Platform: "wecom", ChangedAt: noon}}, all)
		return err
	})
}
