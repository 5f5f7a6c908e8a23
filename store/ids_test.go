package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestIDsRiseWhateverTheClockDoes: it may stand still, jump, or go back by hours.
func TestIDsRiseWhateverTheClockDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2024, 1, 19, 12, 0, 0, 0, time.UTC)
		g, err := newIDs(func() time.Time { return now })
		require.NoError(t, err)
		last := int64(0)
		for range rapid.IntRange(1, 600).Draw(t, "ids") {
			if rapid.IntRange(0, 9).Draw(t, "tick") == 0 {
				now = now.Add(time.Duration(rapid.IntRange(-3600_000, 3600_000).Draw(t, "jump")) * time.Millisecond)
			}
			id := g.next()
			require.Greater(t, id, last)
			last = id
		}
	})
}

// TestIDsOfTwoProcessesDiffer in the same millisecond, whatever the count.
func TestIDsOfTwoProcessesDiffer(t *testing.T) {
	wall := func() time.Time { return time.Date(2024, 1, 19, 12, 0, 0, 0, time.UTC) }
	a, b := &ids{wall: wall, node: 1}, &ids{wall: wall, node: 1<<idNode - 1}
	seen := map[int64]bool{}
	for range 2000 {
		for _, id := range []int64{a.next(), b.next()} {
			require.False(t, seen[id])
			require.Positive(t, id)
			seen[id] = true
		}
	}
}

func TestIDsLastUntil2093(t *testing.T) {
	wall := func() time.Time { return time.Date(2093, 1, 1, 0, 0, 0, 0, time.UTC) }
	require.Positive(t, (&ids{wall: wall, node: 1<<idNode - 1}).next())
}
