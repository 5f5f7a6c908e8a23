package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func members(t *testing.T, s *store.Store) {
	li := store.Member{Platform: "wecom", Account: "li", Name: "填报员·甲", Unit: "a", Role: "filer", Active: true, SeenAt: noon, ChangedAt: noon}
	wang := store.Member{Platform: "wecom", Account: "wang", Name: "填报员·乙", Active: false, Formerly: "wang.old", ChangedAt: noon.Add(time.Millisecond)}
	other := li
	other.Platform = "dingtalk"
	list := func(platform string) (out []store.Member) {
		look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			out, err = tx.Members().All(ctx, platform)
			return err
		})
		return out
	}
	version := func() (v string) {
		look(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			v, err = tx.Members().Version(ctx, "wecom")
			return err
		})
		return v
	}
	save := func(all ...store.Member) {
		do(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Members().Save(ctx, all...) })
	}
	empty := version()
	t.Run("members are listed by account, as they were written, each platform's alone", func(t *testing.T) {
		save()
		save(wang, other, li)
		require.Equal(t, []store.Member{li, wang}, list("wecom"))
		require.Equal(t, []store.Member{other}, list("dingtalk"))
		require.Empty(t, list("phone"))
		do(t, s, func(ctx context.Context, tx *store.Tx) error {
			locked, err := tx.Members().Lock(ctx, "wecom")
			require.Equal(t, []store.Member{li, wang}, locked)
			return err
		})
	})
	t.Run("who was seen again is no change, anything else is", func(t *testing.T) {
		before := version()
		require.NotEqual(t, empty, before)
		li.SeenAt = noon.Add(time.Hour)
		save(li)
		require.Equal(t, []store.Member{li, wang}, list("wecom"))
		require.Equal(t, before, version())
		li.Active, li.ChangedAt = false, noon.Add(-time.Hour) // of a replica whose clock is behind
		save(li)
		require.Equal(t, []store.Member{li, wang}, list("wecom"))
		require.NotEqual(t, before, version())
	})
	t.Run("an account in other letters is another row", func(t *testing.T) {
		before := version()
		upper := li
		upper.Account = "LI"
		save(upper)
		require.Len(t, list("wecom"), 3)
		require.NotEqual(t, before, version())
	})
}
