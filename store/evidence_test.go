package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

func evidence(t *testing.T) (*store.Evidence, string) {
	dir := filepath.Join(t.TempDir(), "evidence")
	e, err := store.OpenEvidence(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e, dir
}

// kept is every file below the folder.
func kept(t *testing.T, dir string) (names []string) {
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	}))
	return names
}

func TestEvidenceKeepsBytesUnderTheirHash(t *testing.T) {
	e, dir := evidence(t)
	photo := bytes.Repeat([]byte("照片"), 100_000)
	sum := sha256.Sum256(photo)
	want := hex.EncodeToString(sum[:])
	for range 2 { // the second time changes nothing
		sha, size, err := e.Put(t.Context(), iotest.HalfReader(bytes.NewReader(photo)), int64(len(photo)))
		require.NoError(t, err)
		require.Equal(t, want, sha)
		require.EqualValues(t, len(photo), size)
		require.Equal(t, []string{want[:2] + "/" + want[2:]}, kept(t, dir))
	}
	f, err := e.Open(want)
	require.NoError(t, err)
	got, err := io.ReadAll(f)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, photo, got)
}

func TestEvidenceThatDoesNotArriveLeavesNothing(t *testing.T) {
	e, dir := evidence(t)
	_, _, err := e.Put(t.Context(), strings.NewReader("12345"), 4)
	require.ErrorIs(t, err, store.ErrTooLarge)
	_, _, err = e.Put(t.Context(), iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("12345"))), 10)
	require.ErrorIs(t, err, iotest.ErrTimeout)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = e.Put(ctx, strings.NewReader("12345"), 10)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, kept(t, dir))
}

func TestEvidenceOpensNothingElse(t *testing.T) {
	e, dir := evidence(t)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("x"), 0o600))
	none := strings.Repeat("0", 64)
	for _, sha := range []string{"", "..", "../secret", "../../secret", "/etc/passwd", none, strings.ToUpper(strings.Repeat("a", 64)),
		"../" + none[3:], none + "\n"} {
		_, err := e.Open(sha)
		require.ErrorIs(t, err, store.ErrNotFound, "%q", sha)
	}
}
