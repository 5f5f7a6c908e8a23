package media

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// TestAPlatformThatFallsSilentIsNotWaitedFor, while one that is slow is.
func TestAPlatformThatFallsSilentIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		f := &Fetcher{Wall: func() time.Time { return start }} // no lease is due to be made longer
		work, flow, end := f.watch(t.Context(), store.Media{})
		defer end()
		for range 10 {
			time.Sleep(silence - time.Second)
			flow <- struct{}{}
			synctest.Wait()
			require.NoError(t, work.Err())
		}
		<-work.Done()
		require.ErrorIs(t, context.Cause(work), errStalled)
		require.Equal(t, 10*(silence-time.Second)+silence, time.Since(start))
		require.ErrorIs(t, because(work, context.Canceled), errStalled, "the log says why")
	})
}
