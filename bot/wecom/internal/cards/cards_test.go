package cards

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var now = time.Date(2024, 1, 19, 9, 0, 0, 0, time.UTC)

func TestAWordThatNoneAreTakenIsRemembered(t *testing.T) {
	for _, code := range []int64{40008, 40016, 40057, 42045} {
		var c Taken
		require.True(t, c.At(time.Time{}))
		require.True(t, c.Refused(code, now))
		require.False(t, c.At(time.Time{}))
		require.True(t, c.At(now.Add(-time.Second)), "what went out before went out as it was")
		require.False(t, c.At(now.Add(time.Second)))
		require.False(t, c.Refused(code, now), "it is news once")
	}
}

func TestOneOddCardIsNoWord(t *testing.T) {
	for _, code := range []int64{40035, 40058} {
		var c Taken
		for range 5 {
			require.False(t, c.Refused(code, now))
			require.False(t, c.Refused(code, now))
			c.Accepted()
		}
		require.True(t, c.At(time.Time{}))
		require.False(t, c.Refused(code, now))
		require.False(t, c.Refused(code, now))
		require.True(t, c.Refused(code, now), "three in a row are no accident")
		require.False(t, c.At(time.Time{}))
	}
}

func TestARefusalForAnotherReasonSaysNothingOfCards(t *testing.T) {
	var c Taken
	for _, code := range []int64{93000, 60111, 45002, 42014, 99999} {
		for range 5 {
			require.False(t, c.Refused(code, now))
		}
	}
	require.True(t, c.At(time.Time{}))
}
