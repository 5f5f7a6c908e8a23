package redis

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhuanban/store/redis/redistest"
)

// What is left running after the last test is a leak: every goroutine here has an end.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when tests begin.
var noon = time.Date(2024, 1, 19, 12, 0, 0, 0, time.UTC)

// calm is a Patience for tests in which Redis is well: it never ends on a busy machine.
const calm = 10 * time.Second

// open opens a Redis that is there, and waits until it is in use.
func open(t testing.TB, url string, o Options) *Redis {
	t.Helper()
	r := prepare(t, url, o)
	redistest.Eventually(t, "Redis is well", func() error { return r.Ping(context.Background()) })
	return r
}

// prepare opens a Redis that may not be there.
func prepare(t testing.TB, url string, o Options) *Redis {
	t.Helper()
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	r, err := Open(url, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, r.Close()) })
	return r
}
