package identity_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/identity"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

func TestPeopleAreMetWhereTheyWroteLast(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func(*testing.T) *store.Store) {
		p := newPlace(t, open(t), func(o *identity.Options) { o.Configured = map[string]string{"01": "ben"} })
		homes := func() *identity.Homes {
			h, err := identity.NewHomes(identity.HomesOptions{Store: p.store, As: map[string]string{"robot": "we"}, Log: slog.New(slog.DiscardHandler),
				Places: []identity.Place{{Name: "we"}, {Name: "ding", Book: p.Book}}})
			require.NoError(t, err)
			require.NoError(t, h.Load(t.Context()))
			return h
		}
		h := homes()
		heard := func(account, platform string) (version string) {
			require.NoError(t, p.store.Update(t.Context(), func(tx *store.Tx) error {
				return h.Heard(t.Context(), tx, account, platform, p.clock.Now())
			}))
			require.NoError(t, h.Load(t.Context()))
			require.NoError(t, p.store.View(t.Context(), func(tx *store.Tx) (err error) {
				version, err = tx.Homes().Version(t.Context())
				return err
			}))
			return version
		}
		empty := heard("Ben", "we")
		require.Equal(t, "we", h.Home("ben"))
		require.Equal(t, "0.0", empty, "nothing has changed, nothing is kept")
		moved := heard("Ben", "ding")
		require.NotEqual(t, empty, moved)
		require.Equal(t, "ding", h.Home("ben"))
		p.clock.Set(p.clock.Now().Add(time.Hour))
		require.Equal(t, moved, heard("ben", "ding"), "only a change is written")
		require.Equal(t, moved, heard("ben", "phone"), "nobody is met on a phone page")
		require.Equal(t, "ding", homes().Home("ben"), "over a restart")
		require.NotEqual(t, moved, heard("ben", "robot"))
		require.Equal(t, "we", h.Home("ben"), "a company's robot is of that company")

		require.Equal(t, "ding", h.Home("ding:77"), "a stranger is met where they are one")
		heard("ann", "ding")
		require.Equal(t, "we", h.Home("ann"), "and nobody where they cannot be reached")
		p.bind("042", "ann")
		require.Equal(t, "ding", h.Home("ann"))
		for account, want := range map[string]string{"ann": "we", "ben": "we"} {
			at, ok := h.Reach(account, "ding")
			require.True(t, ok)
			require.Equal(t, want, at)
		}
		_, ok := h.Reach("cleo", "we")
		require.False(t, ok)
	})
}

func TestWhoIsOnOnePlatformOnlyIsMetThere(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), func(o *identity.Options) { o.Configured = map[string]string{"01": "ben"} })
	h, err := identity.NewHomes(identity.HomesOptions{Store: p.store, Log: slog.New(slog.DiscardHandler),
		Places: []identity.Place{{Name: "ding", Book: p.Book}, {Name: "we"}}})
	require.NoError(t, err)
	require.Equal(t, "ding", h.Home("ben"))
	require.Equal(t, "we", h.Home("ann"))
}
