package wecom

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

// world is a channel between an imitation of WeCom and a desk that echoes.
type world struct {
	t       testing.TB
	clock   *worldtest.Clock
	server  *wecomtest.Server // what the channel calls
	web     *httptest.Server
	client  *wecomtest.Client // what calls the channel
	desk    *echoDesk
	channel *Channel
	log     *worldtest.Log
	data    *os.Root
	o       Options
}

// The app of these tests.
const (
	appCorp   = "ww1436e0e65a779aee"
	appAgent  = "1000002"
	appSecret = "s3cr3t-of-the-app/+=with-signs"
	appToken  = "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo"
	appKey    = "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt"
)

func newWorld(t testing.TB, bend ...func(*wecomtest.Options, *Options)) *world {
	t.Helper()
	w := &world{t: t, clock: &worldtest.Clock{}, log: &worldtest.Log{}}
	w.clock.Set(time.Date(2024, 1, 19, 9, 0, 0, 0, shanghai))
	words, err := templates.Load()
	require.NoError(t, err)
	theirs := wecomtest.Options{CorpID: appCorp, AgentID: 1000002, Secret: appSecret, Now: w.clock.Now}
	w.desk = &echoDesk{}
	w.data, err = os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.data.Close() })
	w.o = Options{Data: w.data, CorpID: appCorp, AgentID: appAgent, Secret: appSecret, Token: appToken, AESKey: appKey,
		Desk: w.desk, Templates: words, Wall: w.clock.Now, Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, f := range bend {
		f(&theirs, &w.o)
	}
	w.server = wecomtest.New(theirs)
	w.web = httptest.NewServer(w.server)
	if w.o.APIBase == "" {
		w.o.APIBase = w.web.URL + "/"
	}
	w.channel, err = New(w.o)
	require.NoError(t, err)
	w.client = &wecomtest.Client{Callback: w.channel, CorpID: appCorp, AgentID: appAgent, Token: appToken, AESKey: appKey, Now: w.clock.Now}
	t.Cleanup(func() {
		w.channel.Close()
		w.web.Close()
	})
	return w
}

// put puts a file into the data folder.
func (w *world) put(t *testing.T, name string, content []byte) {
	t.Helper()
	require.NoError(t, w.data.MkdirAll(path.Dir(name), 0o700))
	require.NoError(t, w.data.WriteFile(name, content, 0o600))
}

// replica is another process of the same app.
func (w *world) replica(bend func(*Options)) *Channel {
	o := w.o
	bend(&o)
	c, err := New(o)
	require.NoError(w.t, err)
	w.t.Cleanup(c.Close)
	return c
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

// echoDesk answers every message with its words, and remembers what it was handed.
type echoDesk struct {
	mu     sync.Mutex
	heard  []bot.Message
	answer func(context.Context, bot.Message) (bot.Answer, error)
}

func (d *echoDesk) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	d.mu.Lock()
	d.heard = append(d.heard, m)
	answer := d.answer
	d.mu.Unlock()
	if answer != nil {
		return answer(ctx, m)
	}
	return carried("收到：" + m.Text), nil
}

func (d *echoDesk) messages() []bot.Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]bot.Message(nil), d.heard...)
}

func carried(text string) bot.Answer {
	return bot.Answer{Replies: []bot.Reply{{Kind: bot.TextReply, Text: text}}, Carried: true}
}

// withoutSecrets fails if a text shows one.
func (w *world) withoutSecrets(texts ...string) {
	w.t.Helper()
	secrets := []string{appSecret, "s3cr3t", appToken, appKey, "access-"}
	for _, text := range texts {
		for _, secret := range secrets {
			require.False(w.t, strings.Contains(text, secret), "%q shows %q", text, secret)
		}
	}
}

// seen is what a recipient's chat shows.
func (w *world) seen(_ *testing.T, to bot.Recipient) (out []bot.Reply) {
	shown := func(kind, text, file string) {
		switch kind {
		case "image":
			out = append(out, bot.Reply{Kind: bot.ImageReply})
		case "file":
			out = append(out, bot.Reply{Kind: bot.FileReply, Name: file})
		default:
			out = append(out, bot.Reply{Kind: bot.TextReply, Text: text})
		}
	}
	if to.Kind == bot.ToGroup {
		for _, s := range w.said(to.Account) {
			shown(s.Kind, s.Text, s.File)
		}
		return out
	}
	for _, m := range w.server.Shown(to.Account) {
		if m.Card != nil {
			out = append(out, seen(m))
			continue
		}
		shown(m.Media.Kind, m.Text, m.Media.Name)
	}
	return out
}

// tap taps a button that a person sees, and gives the handle of its card.
func (w *world) tap(t *testing.T, person, label string) string {
	_, err := w.client.Tap(t.Context(), w.server, person, label)
	require.NoError(t, err)
	heard := w.desk.messages()
	return heard[len(heard)-1].Card
}
