package dingtalk

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/dingtalk/internal/stream"
	"zhuanban/bot/internal/worldtest"
	"zhuanban/templates"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The app of these tests, and its group.
const (
	inAppID     = "ding-of-the-office"
	inAppSecret = "s3cr3t-of-the-app"
	inGroup     = "专班工作群"
	inChat      = "cidGROUP="
	inHook      = "session=79b4-is-secret"
)

// inside is a channel between an imitation of the gateway and a desk that remembers.
type inside struct {
	t        testing.TB
	clock    *worldtest.Clock
	log      *worldtest.Log
	gateway  *dingtalktest.Gateway
	web      *httptest.Server
	desk     *listener
	contacts *gossip
	channel  *Channel
	o        Options

	mu   sync.Mutex
	said []string // at webhooks
}

func newInside(t testing.TB, bend ...func(*dingtalktest.GatewayOptions, *Options)) *inside {
	t.Helper()
	w := &inside{t: t, clock: &worldtest.Clock{}, log: &worldtest.Log{}, desk: &listener{}, contacts: &gossip{}}
	w.clock.Set(friday)
	sentences, err := templates.Load()
	require.NoError(t, err)
	theirs := dingtalktest.GatewayOptions{ClientID: inAppID, ClientSecret: inAppSecret, Linger: 300 * time.Millisecond}
	w.o = Options{ClientID: inAppID, ClientSecret: inAppSecret, Groups: []Group{{Name: inGroup, Conversation: inChat}},
		Desk: w.desk, People: accounts{}, Contacts: w.contacts, Templates: sentences, Wall: w.clock.Now,
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	w.o.pace = &stream.Pace{Dial: 5 * time.Second, Write: 5 * time.Second, Ping: time.Hour, Pong: time.Hour, Drain: 5 * time.Second,
		First: time.Millisecond, Last: 20 * time.Millisecond, Refused: 50 * time.Millisecond, Settled: time.Minute, Finish: 5 * time.Second}
	for _, f := range bend {
		f(&theirs, &w.o)
	}
	w.gateway = dingtalktest.NewGateway(theirs)
	mux := http.NewServeMux()
	mux.Handle("/", w.gateway)
	mux.HandleFunc("/robot/sendBySession", w.heardAt)
	w.web = httptest.NewServer(mux)
	w.o.APIBase, w.o.OAPIBase = w.web.URL, w.web.URL
	w.channel, err = New(w.o)
	require.NoError(t, err)
	w.channel.in.again = []time.Duration{time.Millisecond, time.Millisecond}
	t.Cleanup(func() {
		w.gateway.Close()
		w.channel.in.client.CloseIdleConnections()
		w.web.Close()
		require.NotContains(t, w.log.String(), inAppSecret)
		require.NotContains(t, w.log.String(), "79b4-is-secret")
	})
	return w
}

// heardAt is what is said at a webhook.
func (w *inside) heardAt(rw http.ResponseWriter, r *http.Request) {
	var said struct {
		Kind string `json:"msgtype"`
		Text struct{ Content string }
	}
	if r.URL.RawQuery != inHook || json.NewDecoder(r.Body).Decode(&said) != nil || said.Kind != "text" {
		_, _ = rw.Write([]byte(`{"errcode":300001,"errmsg":"session 不存在"}`))
		return
	}
	w.mu.Lock()
	w.said = append(w.said, said.Text.Content)
	w.mu.Unlock()
	_, _ = rw.Write([]byte(`{"errcode":0,"errmsg":"ok"}`))
}

func (w *inside) hook() string { return w.web.URL + "/robot/sendBySession?" + inHook }

// told waits until so much was said at webhooks.
func (w *inside) told(n int) []string {
	w.t.Helper()
	var out []string
	require.Eventually(w.t, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		out = append([]string(nil), w.said...)
		return len(out) >= n
	}, 10*time.Second, time.Millisecond)
	return out
}

// up runs the channel and waits until it is connected.
func (w *inside) up() (stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); w.channel.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	w.t.Cleanup(stop)
	require.NoError(w.t, w.gateway.Connected(w.soon(), 1))
	require.Eventually(w.t, func() bool { return w.channel.Ready() == nil }, 10*time.Second, time.Millisecond)
	return stop
}

func (w *inside) soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	w.t.Cleanup(cancel)
	return ctx
}

// push sends a frame and waits for its acknowledgement.
func (w *inside) push(f dingtalktest.Frame) dingtalktest.Ack {
	w.t.Helper()
	require.NoError(w.t, w.gateway.Push(f))
	a, err := w.gateway.Ack(w.soon(), f.ID())
	require.NoError(w.t, err)
	return a
}

// say says something and waits for its acknowledgement.
func (w *inside) say(m dingtalktest.Message) dingtalktest.Ack {
	w.t.Helper()
	if m.Webhook == "" {
		m.Webhook = w.hook()
	}
	return w.push(w.gateway.Robot(m))
}

// listener is a desk that remembers.
type listener struct {
	mu     sync.Mutex
	heard  []bot.Message
	answer func(context.Context, bot.Message) (bot.Answer, error)
}

func (d *listener) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	d.mu.Lock()
	d.heard = append(d.heard, m)
	answer := d.answer
	d.mu.Unlock()
	if answer != nil {
		return answer(ctx, m)
	}
	return bot.Answer{}, nil
}

func (d *listener) messages() []bot.Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]bot.Message(nil), d.heard...)
}

// accounts make an account of every userId.
type accounts struct{}

func (accounts) Account(user string) string { return "a." + user }
func (accounts) UserID(account string) (string, bool) {
	return strings.CutPrefix(account, "a.")
}

// gossip remembers what has changed in the directory.
type gossip struct {
	mu    sync.Mutex
	heard []bot.MemberChange
	err   error
}

func (g *gossip) Changed(_ context.Context, m bot.MemberChange) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.heard = append(g.heard, m)
	return g.err
}
