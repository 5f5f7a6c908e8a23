package spool_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/spool"
	"zhuanban/store/storetest"
)

var errGone = errors.New("the database is gone")

// gate stands before a bot: closed, its database is away; slow, the bot is.
type gate struct {
	*bot.Bot
	shut atomic.Bool
	slow chan struct{} // an element for each message that may be handled; closed = all
}

// Handle hands a message on.
func (g *gate) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	if g.shut.Load() {
		return bot.Answer{}, errGone
	}
	<-g.slow
	return g.Bot.Handle(ctx, m)
}

// Ping says whether the gate is open.
func (g *gate) Ping(context.Context) error {
	if g.shut.Load() {
		return errGone
	}
	return nil
}

// Alone is never so.
func (*gate) Alone() bool { return false }

// serving is a replica: a bot with its spool.
func serving(t *testing.T, w *bottest.World) (*gate, *spool.Spool) {
	g := &gate{Bot: w.Bot, slow: make(chan struct{})}
	s, err := spool.Open(t.TempDir(), spool.Options{Next: g, Away: func(err error) bool { return errors.Is(err, errGone) },
		Ping: g.Ping, Wall: time.Now, Log: slog.New(slog.DiscardHandler), Others: g})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { s.Run(ctx); close(ended) }()
	t.Cleanup(func() {
		cancel()
		<-ended
		require.NoError(t, s.Close())
	})
	return g, s
}

// TestALiveMessageWaitsForOlderOnesInAnothersSpool: one replica is at work on what it has
// kept while its database was away; what the person says meanwhile to another is
// acknowledged there, and answered after it. Other people do not wait.
func TestALiveMessageWaitsForOlderOnesInAnothersSpool(t *testing.T) {
	for name, url := range map[string]func(t *testing.T) string{
		"sqlite": func(t *testing.T) string { return storetest.SQLiteURL(t) },
		"mysql":  storetest.MariaDBURL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := url(t)
			wa := bottest.New(t, bottest.WithHandlers(count), bottest.At(u))
			wb := bottest.New(t, bottest.WithHandlers(count), bottest.At(u), bottest.Owner("b"))
			a, sa := serving(t, wa)
			b, sb := serving(t, wb)
			close(b.slow)
			release := sync.OnceFunc(func() { close(a.slow) })
			t.Cleanup(release)
			second := 0
			say := func(s *spool.Spool, as, text string) bool {
				t.Helper()
				second++
				m := wa.Message(as, text)
				m.ID, m.At = fmt.Sprint("live", second), m.At.Add(time.Duration(second)*time.Second)
				answer, err := s.Handle(t.Context(), m)
				require.NoError(t, err)
				return answer.Spooled
			}
			require.False(t, say(sb, "ann", "子"))
			a.shut.Store(true)
			for _, text := range []string{"甲", "乙", "丙"} {
				require.True(t, say(sa, "ann", text))
			}
			a.shut.Store(false)
			a.slow <- struct{}{} // the first has been handled, or is just being
			require.True(t, say(sb, "ann", "丁"), "the others come first")
			require.False(t, say(sb, "ben", "卯"))
			a.slow <- struct{}{}
			require.True(t, say(sa, "ann", "戊"))
			require.True(t, say(sb, "ann", "己"))
			release()
			require.Eventually(t, func() bool {
				na, _, _ := sa.Depth()
				nb, _, _ := sb.Depth()
				return na+nb == 0
			}, 20*time.Second, time.Millisecond)
			require.False(t, say(sa, "ann", "庚"), "nothing is left to wait for")
			require.False(t, say(sb, "ann", "辛"))
			wa.Flush()
			heard := strings.Split(wa.Channel.Read("ann"), "\n") // answers of the same millisecond leave in any order
			require.ElementsMatch(t, []string{"1子", "2甲", "3乙", "4丙", "5丁", "6戊", "7己", "8庚", "9辛"}, heard, "each says the how manyth it was")
			require.Equal(t, "1卯", wa.Channel.Read("ben"))
		})
	}
}
