package stream

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/internal/line"
	"zhuanban/bot/internal/worldtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	appID     = "ding-of-the-office"
	appSecret = "s3cr3t-of-the-app"
)

// world is a client between an imitation of the gateway and ears that remember.
type world struct {
	t       testing.TB
	gateway *dingtalktest.Gateway
	web     *httptest.Server
	log     *worldtest.Log
	o       Options
	client  *Client
	gates   []func()

	mu    sync.Mutex
	heard []Frame
	hear  func(f Frame) Job // nil = taken at once
}

// hasty is a pace at which a test can wait for what happens after a while.
func hasty() *Pace {
	p := usual
	p.First, p.Last, p.Refused = time.Millisecond, 20*time.Millisecond, 50*time.Millisecond
	p.Ping, p.Pong = time.Hour, time.Hour
	return &p
}

func newWorld(t testing.TB, bend ...func(*dingtalktest.GatewayOptions, *Options)) *world {
	t.Helper()
	w := &world{t: t, log: &worldtest.Log{}}
	http, err := line.New(line.Options{Connecting: time.Second})
	require.NoError(t, err)
	theirs := dingtalktest.GatewayOptions{ClientID: appID, ClientSecret: appSecret, OddTickets: true}
	w.o = Options{ClientID: appID, ClientSecret: appSecret, HTTP: http, Hear: w.take, Wall: time.Now, Pace: hasty(),
		Subscriptions: []Subscription{{Event, "*"}, {Callback, dingtalktest.TopicRobot}, {Callback, dingtalktest.TopicCard}},
		Log:           slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, f := range bend {
		f(&theirs, &w.o)
	}
	w.gateway = dingtalktest.NewGateway(theirs)
	w.web = httptest.NewServer(w.gateway)
	w.o.API = w.web.URL
	w.client = New(w.o)
	t.Cleanup(func() {
		w.gateway.Close()
		w.web.Close()
		require.NotContains(t, w.log.String(), appSecret)
		require.NotContains(t, w.log.String(), "7724109a", "no ticket is shown")
	})
	return w
}

func (w *world) take(f Frame) Job {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = append(w.heard, f)
	if w.hear != nil {
		return w.hear(f)
	}
	return Job{Lane: f.ID(), Do: func(context.Context) Answer { return Answer{} }}
}

// hears says what is done with frames from now on.
func (w *world) hears(f func(Frame) Job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hear = f
}

func (w *world) frames() []Frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Frame(nil), w.heard...)
}

// run runs the client until stop, or the end of the test.
func (w *world) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); w.client.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	w.t.Cleanup(func() {
		for _, open := range w.gates {
			open() // that a test which has failed can end
		}
		stop()
	})
	return stop
}

// gate is closed until it is opened, or the test ends.
func (w *world) gate() (gate chan struct{}, open func()) {
	gate = make(chan struct{})
	open = sync.OnceFunc(func() { close(gate) })
	w.gates = append(w.gates, open)
	return gate, open
}

// up runs the client and waits until it is connected.
func (w *world) up() (stop func()) {
	w.t.Helper()
	stop = w.run()
	require.NoError(w.t, w.gateway.Connected(w.soon(), w.client.o.Connections))
	return stop
}

func (w *world) soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	w.t.Cleanup(cancel)
	return ctx
}

func (w *world) eventually(ok func() bool, what string) {
	w.t.Helper()
	require.Eventually(w.t, ok, 10*time.Second, time.Millisecond, what)
}

// acked waits for a frame's acknowledgement.
func (w *world) acked(f dingtalktest.Frame) dingtalktest.Ack {
	w.t.Helper()
	a, err := w.gateway.Ack(w.soon(), f.ID())
	require.NoError(w.t, err)
	return a
}

func said(text string) dingtalktest.Message {
	return dingtalktest.Message{ID: "msg" + text, From: "042", Text: text}
}
