package cut

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPiecesLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-z好𠮷 ]{0,30}\n?){0,20}`).Draw(t, "text")
		most := rapid.IntRange(8, 60).Draw(t, "most")
		pieces := Pieces(text, most)
		var letters strings.Builder
		for _, p := range pieces {
			require.LessOrEqual(t, len(p), most)
			require.True(t, utf8.ValidString(p))
			require.NotEmpty(t, strings.TrimSpace(p))
			letters.WriteString(p)
		}
		strip := func(s string) string { return strings.NewReplacer("\n", "", " ", "").Replace(s) }
		require.Equal(t, strip(text), strip(letters.String()))
	})
	require.Equal(t, []string{"aaaaaa", "bbbb"}, Pieces("aaaaaa\nbbbb", 8), "at the end of a line")
	require.Equal(t, []string{"a\nbbbbbb", "bb"}, Pieces("a\nbbbbbbbb", 8), "but not for a short one")
	require.Equal(t, []string{"aaaaaaaa", "bb"}, Pieces("aaaaaaaa\nbb", 8))
}

func TestPiecesByCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-z好𠮷 ]{0,30}\n?){0,20}`).Draw(t, "text")
		most := rapid.IntRange(2, 30).Draw(t, "most")
		var letters strings.Builder
		for _, p := range Characters(text, most) {
			require.LessOrEqual(t, utf8.RuneCountInString(p), most)
			require.True(t, utf8.ValidString(p))
			letters.WriteString(p)
		}
		strip := func(s string) string { return strings.NewReplacer("\n", "", " ", "").Replace(s) }
		require.Equal(t, strip(text), strip(letters.String()))
	})
	require.Equal(t, []string{"好好好", "好"}, Characters("好好好\n好", 4), "at the end of a line")
	require.Empty(t, Characters(" \n", 4))
}
