package zh

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestQuickPreparesAsSlow: the quick way knows of a text what the other does.
func TestQuickPreparesAsSlow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("昨天12瓶aZ，。３Ａ〇壹闽 半￥·é🙂\x00\uFFFD")), 0, 90, -1).Draw(rt, "text")
		if rapid.Bool().Draw(rt, "broken") {
			text += rapid.SampledFrom([]string{"\xe6", "\xe6\x98", "\xed\xa0\x80", "\xe0\x80\x80", "\xff"}).Draw(rt, "end") + "1"
		}
		var quick, slow Line
		quick.prepare(text)
		slow.slow(text)
		require.Equal(rt, slow.r, quick.r)
		require.Equal(rt, slow.at, quick.at)
		require.Equal(rt, slow.has, quick.has)
		require.Equal(rt, slow.letters, quick.letters)
		for i := range quick.r {
			require.Equal(rt, slow.set.has(i), quick.set.has(i))
			require.Equal(rt, slow.next(i), quick.next(i))
		}
	})
}
