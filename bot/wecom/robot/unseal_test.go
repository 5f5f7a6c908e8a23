package robot

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot/wecom/wecomtest"
)

func TestUnsealedIsWhatWasSealed(t *testing.T) {
	key := strings.Repeat("Qx", 21) + "A"
	raw, err := readKey(key)
	require.NoError(t, err)
	for _, same := range []string{key + "=", strings.NewReplacer("+", "-", "/", "_").Replace(key)} {
		again, err := readKey(same)
		require.NoError(t, err)
		require.Equal(t, raw, again)
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := bytes.Repeat([]byte("ab"), rapid.IntRange(0, 40000).Draw(t, "n"))
		plain = append(plain, rapid.SliceOfN(rapid.Byte(), 0, 70).Draw(t, "tail")...)
		sealed := wecomtest.SealFile(plain, key)
		var from io.Reader = bytes.NewReader(sealed)
		switch rapid.IntRange(0, 2).Draw(t, "reader") {
		case 1:
			from = iotest.HalfReader(from)
		case 2:
			from = iotest.DataErrReader(from)
		}
		u, err := unseal(from, raw)
		require.NoError(t, err)
		got, err := io.ReadAll(u)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, got))

		cut := rapid.IntRange(0, len(sealed)-1).Draw(t, "cut")
		u, err = unseal(bytes.NewReader(sealed[:cut]), raw)
		require.NoError(t, err)
		got, err = io.ReadAll(u)
		if err == nil { // by chance what is left ends as a padding does
			require.NotEmpty(t, got)
			require.Zero(t, cut%16)
			require.True(t, bytes.HasPrefix(plain, got))
		}
	})
	u, err := unseal(io.MultiReader(bytes.NewReader(make([]byte, 64)), iotest.ErrReader(io.ErrUnexpectedEOF)), raw)
	require.NoError(t, err)
	_, err = io.ReadAll(u)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}
