package robot

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhuanban/bot"
	"zhuanban/bot/internal/worldtest"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/templates"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var shanghai = time.FixedZone("CST", 8*3600)

// The robot of these tests, and its group.
const (
	robotID     = "aib-of-the-office"
	robotSecret = "s3cr3t-of-the-robot"
	groupChat   = "wrOgAAAAB3"
	groupName   = "专班工作群"
)

// world is a robot between an imitation of WeCom and a desk that remembers.
type world struct {
	t       testing.TB
	clock   *worldtest.Clock
	server  *wecomtest.Robot
	web     *httptest.Server
	desk    *desk
	channel *Channel
	log     *worldtest.Log
	o       Options
	data    *os.Root
}

// put puts a file into the data folder.
func (w *world) put(t *testing.T, name string, content []byte) {
	t.Helper()
	require.NoError(t, w.data.MkdirAll(path.Dir(name), 0o700))
	require.NoError(t, w.data.WriteFile(name, content, 0o600))
}

// hasty makes the waits of a connection short.
func hasty(c *Channel) {
	c.pace.first, c.pace.last, c.pace.kicked = time.Millisecond, 20*time.Millisecond, 50*time.Millisecond
	c.pace.again = []time.Duration{time.Millisecond, time.Millisecond}
}

func newWorld(t testing.TB, bend ...func(*wecomtest.RobotOptions, *Options)) *world {
	t.Helper()
	w := &world{t: t, clock: &worldtest.Clock{}, log: &worldtest.Log{}, desk: &desk{}}
	w.clock.Set(time.Date(2024, 1, 19, 9, 0, 0, 0, shanghai))
	words, err := templates.Load()
	require.NoError(t, err)
	w.data, err = os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.data.Close() })
	theirs := wecomtest.RobotOptions{ID: robotID, Secret: robotSecret, Now: w.clock.Now}
	w.o = Options{ID: robotID, Secret: robotSecret, Groups: map[string]string{groupName: groupChat},
		Data: w.data, Desk: w.desk, Templates: words, Wall: w.clock.Now, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, f := range bend {
		f(&theirs, &w.o)
	}
	w.server = wecomtest.NewRobot(theirs)
	w.web = httptest.NewServer(w.server)
	w.o.WSURL = "ws" + strings.TrimPrefix(w.web.URL, "http")
	t.Cleanup(func() {
		w.server.Close()
		w.web.Close()
		require.NotContains(t, w.log.String(), robotSecret)
		require.NotContains(t, w.log.String(), wecomtest.RobotSign)
	})
	w.channel = w.replica()
	return w
}

// replica is another process of the same robot, not yet running.
func (w *world) replica(bend ...func(*Options)) *Channel {
	w.t.Helper()
	o := w.o
	for _, f := range bend {
		f(&o)
	}
	c, err := New(o)
	require.NoError(w.t, err)
	hasty(c)
	return c
}

// run runs a channel until stop, or the end of the test.
func run(t testing.TB, c *Channel) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); c.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended; c.client.CloseIdleConnections() })
	t.Cleanup(stop)
	return stop
}

// up runs the world's channel and waits until it is connected.
func (w *world) up() (stop func()) {
	w.t.Helper()
	stop = run(w.t, w.channel)
	w.eventually(w.channel.Here, "connected")
	return stop
}

func (w *world) eventually(ok func() bool, what string) {
	w.t.Helper()
	require.Eventually(w.t, ok, 10*time.Second, time.Millisecond, what)
}

func (w *world) heard(n int) []bot.Message {
	w.t.Helper()
	w.eventually(func() bool { return len(w.desk.messages()) >= n }, "heard")
	return w.desk.messages()
}

func (w *world) shows(chat string, n int) []wecomtest.RobotShown {
	w.t.Helper()
	w.eventually(func() bool { return len(w.server.Shown(chat)) >= n }, "shown")
	return w.server.Shown(chat)
}

func person(account string) bot.Recipient {
	return bot.Recipient{Kind: bot.ToPerson, Account: account}
}

func parcel(id int64, to, text string) bot.Parcel {
	return bot.Parcel{ID: id, To: person(to), Reply: bot.Reply{Kind: bot.TextReply, Text: text}}
}

func failure(t testing.TB, err error) *bot.SendError {
	t.Helper()
	var failed *bot.SendError
	require.ErrorAs(t, err, &failed)
	return failed
}

// desk remembers what it was handed.
type desk struct {
	mu     sync.Mutex
	heard  []bot.Message
	answer func(context.Context, bot.Message) (bot.Answer, error)
}

func (d *desk) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	d.mu.Lock()
	d.heard = append(d.heard, m)
	answer := d.answer
	d.mu.Unlock()
	if answer != nil {
		return answer(ctx, m)
	}
	return bot.Answer{}, nil
}

func (d *desk) messages() []bot.Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]bot.Message(nil), d.heard...)
}
