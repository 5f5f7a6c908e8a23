package bot

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatPerhapsWasSentWasCertainlyNot(t *testing.T) {
	away := errors.New("away")
	for fate, want := range map[Fate]Fate{Unknown: NotSent, NotSent: NotSent, Refused: Refused} {
		before := &SendError{Fate: fate, Reason: PlatformAway, Wait: time.Second, Everybody: true, Err: away}
		for _, err := range []error{before, fmt.Errorf("uploading: %w", before)} {
			var got *SendError
			require.ErrorAs(t, Unshown(err), &got)
			require.Equal(t, &SendError{Fate: want, Reason: PlatformAway, Wait: time.Second, Everybody: true, Err: away}, got)
		}
		require.Equal(t, fate, before.Fate, "it is a copy")
	}
	require.Equal(t, away, Unshown(away), "other errors stay")
	require.NoError(t, Unshown(nil))
}
