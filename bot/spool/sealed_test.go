package spool_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/spool"
	"zhuanban/seal"
)

var errAway = errors.New("away")

// listener is a bot whose database is away until it is not.
type listener struct {
	away  bool
	heard chan string
}

func (l *listener) Handle(_ context.Context, m bot.Message) (bot.Answer, error) {
	if l.away {
		return bot.Answer{}, errAway
	}
	l.heard <- m.Text
	return bot.Answer{}, nil
}
func (l *listener) Answered(context.Context, bot.Message) (bot.Answer, bool) {
	return bot.Answer{}, false
}
func (l *listener) Roster() *bot.Roster { return bot.NewRoster(nil, nil, nil) }

func ring(t *testing.T, first byte) *seal.Ring {
	t.Helper()
	k := make([]byte, seal.MasterSize)
	k[0] = first
	r, err := seal.New(k)
	require.NoError(t, err)
	return r
}

// TestWhatWaitsOnDiskIsSealed: with a key nobody reads a word in the folder; with the same
// key it is handed in.
func TestWhatWaitsOnDiskIsSealed(t *testing.T) {
	const secret = "姓名:郑小暗,电话:13959990001"
	dir := filepath.Join(t.TempDir(), "spool")
	open := func(l *listener, r *seal.Ring) *spool.Spool {
		s, err := spool.Open(dir, spool.Options{Next: l, Away: func(err error) bool { return errors.Is(err, errAway) }, Seal: r,
			Ping: func(context.Context) error {
				if l.away {
					return errAway
				}
				return nil
			}, Wall: time.Now, Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		return s
	}
	s := open(&listener{away: true}, ring(t, 1))
	answer, err := s.Handle(t.Context(), bot.Message{Platform: "wecom", ID: "1", Sender: "ann", Text: secret, At: time.Now()})
	require.NoError(t, err)
	require.True(t, answer.Spooled)
	require.NoError(t, s.Close())
	kept := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		kept += len(text)
		require.NotContains(t, string(text), "郑小暗")
		require.NotContains(t, string(text), "13959990001")
		require.NotContains(t, string(text), "wecom")
		return err
	}))
	require.Greater(t, kept, len(secret))

	back := &listener{heard: make(chan string, 1)}
	s = open(back, ring(t, 1))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	require.Equal(t, secret, <-back.heard)
	stop()
	<-done
	require.NoError(t, s.Close())
}

// TestAnotherKeySetsASealedMessageAside: it is not handed in, not lost, and readable again
// with its key.
func TestAnotherKeySetsASealedMessageAside(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	open := func(l *listener, r bot.Sealer) *spool.Spool {
		s, err := spool.Open(dir, spool.Options{Next: l, Away: func(err error) bool { return errors.Is(err, errAway) }, Seal: r,
			Ping: func(context.Context) error { return nil }, Wall: time.Now, Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		return s
	}
	depth := func(r bot.Sealer) int {
		s := open(&listener{}, r)
		n, _, _ := s.Depth()
		require.NoError(t, s.Close())
		return n
	}
	s := open(&listener{away: true}, ring(t, 1))
	_, err := s.Handle(t.Context(), bot.Message{Platform: "wecom", ID: "1", Sender: "ann", Text: "x", At: time.Now()})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.Equal(t, 1, depth(ring(t, 1)))
	require.Zero(t, depth(ring(t, 2)), "with another key")
	aside, err := filepath.Glob(filepath.Join(dir, "*", "*.log"))
	require.NoError(t, err)
	here, err := filepath.Glob(filepath.Join(dir, "*.log"))
	require.NoError(t, err)
	for _, f := range aside { // as the package comment says: moved back beside the lock
		require.NoError(t, os.Rename(f, filepath.Join(dir, filepath.Base(f))))
	}
	require.NotEmpty(t, append(aside, here...))
	require.Equal(t, 1, depth(ring(t, 1)), "with its own again")
}
