package store_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
	"zhuanban/store/storetest"
)

func open(ctx context.Context, url string) (*store.Store, error) {
	return store.Open(ctx, url, store.Options{Wall: time.Now, Fast: true})
}

func TestOpenMakesTheFolderForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "数据 a?b#c%20")
	s := storetest.Open(t, "sqlite:"+filepath.Join(dir, "zhuanban.db"))
	require.Equal(t, "sqlite", s.Dialect())
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.EqualValues(t, 0o700, info.Mode().Perm())
	require.FileExists(t, filepath.Join(dir, "zhuanban.db"))
}

func TestOpenNeedsAClock(t *testing.T) {
	_, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "db"), store.Options{})
	require.ErrorContains(t, err, "Wall")
}

func TestNoErrorShowsThePassword(t *testing.T) {
	const secret = "Geh3im"
	for name, address := range map[string]string{
		"no scheme":         "root:" + secret + "@localhost/db",
		"another database":  "postgres://root:" + secret + "@localhost/db",
		"not escaped":       "mysql://root:" + secret + "/" + secret + "@localhost/db",
		"bad escape":        "mysql://root:" + secret + "%zz@localhost/db",
		"bad port":          "mysql://root:" + secret + "@localhost:" + secret + "/db",
		"no name":           "mysql://root:" + secret + "@localhost:3306",
		"unknown parameter": "mysql://root:" + secret + "@localhost:3306/db?charset=gbk",
		"nobody there":      "mysql://root:" + secret + "@127.0.0.1:1/db",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t.Context(), address)
			require.Error(t, err)
			require.NotContains(t, err.Error(), secret)
		})
	}
	t.Run("wrong password", func(t *testing.T) {
		right := storetest.MariaDBURL(t)
		wrong := strings.Replace(right, url.UserPassword("", storetest.Password).String(), ":"+secret, 1)
		require.NotEqual(t, right, wrong)
		_, err := open(t.Context(), wrong)
		require.ErrorContains(t, err, "Access denied")
		require.NotContains(t, err.Error(), secret)
	})
}

// TestManyMayStartAtOnce opens one new database from several sides: processes on one
// file, replicas on one server. All find it whole, and count together.
func TestManyMayStartAtOnce(t *testing.T) {
	for name, address := range map[string]string{
		"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "zhuanban.db"),
		"mysql":  storetest.MariaDBURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			errs := make(chan error)
			for range 3 {
				go func() { errs <- openAndCount(ctx, address) }()
			}
			for range 3 {
				require.NoError(t, <-errs)
			}
			s := storetest.Open(t, address)
			require.NoError(t, s.Update(ctx, func(tx *store.Tx) error {
				n, err := tx.Counters().Next(ctx, "starts")
				require.EqualValues(t, 61, n)
				return err
			}))
		})
	}
}

func openAndCount(ctx context.Context, address string) error {
	s, err := open(ctx, address)
	if err != nil {
		return err
	}
	for range 20 {
		err := s.Update(ctx, func(tx *store.Tx) error {
			_, err := tx.Counters().Next(ctx, "starts")
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.Close()
}
