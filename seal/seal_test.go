package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// counting is a master of bytes that count up from a first one.
func counting(first byte) []byte {
	k := make([]byte, MasterSize)
	for i := range k {
		k[i] = first + byte(i)
	}
	return k
}

func ring(t testing.TB, current []byte, old ...[]byte) *Ring {
	t.Helper()
	r, err := New(current, old...)
	require.NoError(t, err)
	return r
}

// known was sealed once and must open for ever: whoever changes the form loses data.
const known = "7a730138ed1b9d3e516c5b000102030405060708090a0b45280c26618ae45a8f30e1689771912b0cc444bead1d"

func TestKnownAnswer(t *testing.T) {
	r := ring(t, counting(0))
	r.random = bytes.NewReader(counting(0)[:nonceSize])
	sealed, err := r.Seal("informant", "informants/42/name", []byte("测试"))
	require.NoError(t, err)
	require.Equal(t, known, hex.EncodeToString(sealed))

	// The same, made by hand from what the package comment says.
	key, err := hkdf.Key(sha256.New, counting(0), nil, "zhuanban seal 1 informant", 32)
	require.NoError(t, err)
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	gcm, err := cipher.NewGCM(block)
	require.NoError(t, err)
	head := sealed[:23]
	aad := "\x00\x00\x00\x17" + string(head) + "\x00\x00\x00\x09informant" + "\x00\x00\x00\x12informants/42/name"
	plain, err := gcm.Open(nil, head[11:], sealed[23:], []byte(aad))
	require.NoError(t, err)
	require.Equal(t, "测试", string(plain))
}

func TestSealedBytes(t *testing.T) {
	r := ring(t, counting(1))
	seal := func(plain string) []byte {
		b, err := r.Seal("informant", "informants/1/name", []byte(plain))
		require.NoError(t, err)
		return b
	}
	t.Run("open where they were made for", func(t *testing.T) {
		for _, plain := range []string{"", "某某", strings.Repeat("长", 5000)} {
			got, err := r.Open("informant", "informants/1/name", seal(plain))
			require.NoError(t, err)
			require.Equal(t, plain, string(got))
		}
	})
	t.Run("are never twice the same", func(t *testing.T) { require.NotEqual(t, seal("某某"), seal("某某")) })
	t.Run("do not open in another row, column or purpose", func(t *testing.T) {
		s := seal("某某")
		for _, at := range [][2]string{{"informant", "informants/2/name"}, {"informant", "informants/1/phone"}, {"reply", "informants/1/name"}, {"informanti", "nformants/1/name"}} {
			_, err := r.Open(at[0], at[1], s)
			require.ErrorIs(t, err, ErrBroken, at)
		}
	})
	t.Run("do not open with any bit changed", func(t *testing.T) {
		s := seal("某某")
		for i := range s {
			for bit := range 8 {
				c := bytes.Clone(s)
				c[i] ^= 1 << bit
				_, err := r.Open("informant", "informants/1/name", c)
				require.Error(t, err, "byte %d, bit %d", i, bit)
			}
		}
	})
	t.Run("do not open when cut, and what is none is said to be none", func(t *testing.T) {
		s := seal("某某")
		for n := range s {
			_, err := r.Open("informant", "informants/1/name", s[:n])
			require.Error(t, err, n)
		}
		_, err := r.Open("informant", "informants/1/name", []byte("张三 13900001234 and so on and so on"))
		require.ErrorIs(t, err, ErrForm)
	})
}

func TestRotation(t *testing.T) {
	before := ring(t, counting(1))
	s, err := before.Seal("informant", "p", []byte("x"))
	require.NoError(t, err)
	after := ring(t, counting(2), counting(1))
	t.Run("an old master opens what it sealed, which is stale", func(t *testing.T) {
		got, err := after.Open("informant", "p", s)
		require.NoError(t, err)
		require.Equal(t, "x", string(got))
		require.True(t, after.Stale(s))
		require.False(t, before.Stale(s))
	})
	t.Run("only the current one seals", func(t *testing.T) {
		s, err := after.Seal("informant", "p", []byte("y"))
		require.NoError(t, err)
		require.False(t, after.Stale(s))
		_, err = before.Open("informant", "p", s)
		require.ErrorIs(t, err, ErrNoKey)
	})
	t.Run("a lost master is named by its id, and the loss said plainly", func(t *testing.T) {
		_, err := ring(t, counting(3)).Open("informant", "p", s)
		require.ErrorIs(t, err, ErrNoKey)
		require.ErrorContains(t, err, before.ID())
		require.ErrorContains(t, err, "cannot be read by anybody")
	})
}

func TestParseMaster(t *testing.T) {
	k := counting(200) // has bytes that base64 writes with + and /
	for _, text := range []string{base64.StdEncoding.EncodeToString(k), base64.RawURLEncoding.EncodeToString(k), " " + base64.StdEncoding.EncodeToString(k) + "\n"} {
		got, err := ParseMaster(text)
		require.NoError(t, err)
		require.Equal(t, k, got)
	}
	for text, why := range map[string]string{"geheim!": "not base64", "c2hvcnQ=": "5 bytes", "": "0 bytes"} {
		_, err := ParseMaster(text)
		require.ErrorContains(t, err, why)
		if text != "" {
			require.NotContains(t, err.Error(), text)
		}
	}
	_, err := New([]byte("short"))
	require.ErrorContains(t, err, "5 bytes")
}

// FuzzOpen: no bytes make Open panic, and none but Seal's open.
func FuzzOpen(f *testing.F) {
	r := ring(f, counting(0))
	b, err := hex.DecodeString(known)
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte(magic))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := r.Open("informant", "informants/42/name", sealed)
		if err == nil && (!bytes.Equal(sealed, b) || string(plain) != "测试") {
			t.Fatalf("%x opened", sealed)
		}
	})
}
