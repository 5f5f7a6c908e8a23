package dingtalk

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/internal/worldtest"
	"zhuanban/templates"
)

// outside is a channel and the imitation of DingTalk that it calls.
type outside struct {
	t       testing.TB
	clock   *worldtest.Clock
	server  *dingtalktest.Server
	web     *httptest.Server
	channel *Channel
	log     *worldtest.Log
	data    *os.Root
	o       Options
}

// The app of these tests.
const (
	appID     = "dingabcdefgh12345678"
	appSecret = "s3cr3t-of-the-app/+=with-signs"
)

func newOutside(t testing.TB, bend ...func(*dingtalktest.Options, *Options)) *outside {
	t.Helper()
	w := &outside{t: t, clock: &worldtest.Clock{}, log: &worldtest.Log{}}
	w.clock.Set(friday)
	words, err := templates.Load()
	require.NoError(t, err)
	w.data, err = os.OpenRoot(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.data.Close() })
	theirs := dingtalktest.Options{ClientID: appID, ClientSecret: appSecret, Now: w.clock.Now}
	w.o = Options{ClientID: appID, ClientSecret: appSecret, Data: w.data, Desk: deaf{}, People: roll{}, Templates: words, Wall: w.clock.Now,
		Log: slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	for _, f := range bend {
		f(&theirs, &w.o)
	}
	w.server = dingtalktest.NewServer(theirs)
	w.web = httptest.NewServer(w.server)
	w.server.Open(w.web.URL)
	w.o.APIBase, w.o.OAPIBase = w.web.URL, w.web.URL+"/"
	w.channel, err = New(w.o)
	require.NoError(t, err)
	t.Cleanup(func() {
		w.channel.Close()
		w.web.Close()
	})
	return w
}

// replica is another process of the same app.
func (w *outside) replica(bend func(*Options)) *Channel {
	o := w.o
	bend(&o)
	c, err := New(o)
	require.NoError(w.t, err)
	w.t.Cleanup(c.Close)
	return c
}

// put puts a file into the data folder.
func (w *outside) put(t *testing.T, name string, content []byte) {
	t.Helper()
	require.NoError(t, w.data.MkdirAll(path.Dir(name), 0o700))
	require.NoError(t, w.data.WriteFile(name, content, 0o600))
}

// withoutSecrets fails if a text shows one.
func (w *outside) withoutSecrets(texts ...string) {
	w.t.Helper()
	for _, text := range append(texts, w.log.String()) {
		for _, secret := range []string{appSecret, "s3cr3t", "access-", "session=", "SEC"} {
			require.False(w.t, strings.Contains(text, secret), "%q shows %q", text, secret)
		}
	}
}

// deaf is a desk that nobody speaks to.
type deaf struct{}

func (deaf) Handle(context.Context, bot.Message) (bot.Answer, error) { return bot.Answer{}, nil }

// roll gives everybody but nobody.* a userId: their account, behind a u.
type roll struct{}

func (roll) Account(userID string) string { return strings.TrimPrefix(userID, "u-") }
func (roll) UserID(account string) (string, bool) {
	return "u-" + account, !strings.HasPrefix(account, "nobody")
}

func failure(t testing.TB, err error) *bot.SendError {
	t.Helper()
	var failed *bot.SendError
	require.ErrorAs(t, err, &failed)
	return failed
}

func person(account string) bot.Recipient {
	return bot.Recipient{Kind: bot.ToPerson, Account: account}
}

func group(name string) bot.Recipient { return bot.Recipient{Kind: bot.ToGroup, Account: name} }

func parcel(id int64, to, text string) bot.Parcel {
	return bot.Parcel{ID: id, To: person(to), Reply: bot.Reply{Kind: bot.TextReply, Text: text}}
}

// asked makes a parcel an answer, for which a webhook lives.
func (w *outside) asked(p bot.Parcel) bot.Parcel {
	w.t.Helper()
	webhook, until := w.server.PersonWebhook("u-" + p.To.Account)
	if p.To.Kind == bot.ToGroup {
		webhook, until = w.server.GroupWebhook(w.conversation(p.To.Account))
	}
	w.channel.in.sessions.put(w.t.Context(), p.To, webhook, until)
	p.Asked = true
	return p
}

func (w *outside) conversation(name string) string {
	g, _ := w.channel.groups.named(name)
	return g.Conversation
}

// texts are the words that a person was shown.
func (w *outside) texts(account string) []string {
	return dingtalktest.Texts(w.server.Shown("u-" + account))
}

// calls says how many calls of a path there were since the last look.
func (w *outside) send(p bot.Parcel) (bot.Receipt, error) { return w.channel.Send(w.t.Context(), p) }

// The groups of these tests: one that the robot is in, one with a custom robot, one with
// both.
const (
	appGroup, robotGroup, bothGroup = "专班工作群", "湖头片区群", "专项办群"
)

func withGroups(theirs *dingtalktest.Options, o *Options) {
	theirs.Robots = map[string]string{"token-1": "SECx1", "token-2": ""}
	o.Groups = []Group{{Name: appGroup, Conversation: "cidApp=="}, {Name: robotGroup, Webhook: "token-1", Secret: "SECx1"},
		{Name: bothGroup, Conversation: "cidBoth==", Webhook: "token-2"}}
}

func withCards(theirs *dingtalktest.Options, o *Options) {
	theirs.Template, o.CardTemplate = "1a2b.schema", "1a2b.schema"
}

// seen is what a recipient's chat shows.
func (w *outside) seen(_ *testing.T, to bot.Recipient) (out []bot.Reply) {
	user := "u-" + to.Account
	all := w.server.Shown(user)
	if to.Kind == bot.ToGroup {
		g, _ := w.channel.groups.named(to.Account)
		all = w.server.Said(g.Conversation)
	}
	for _, m := range all {
		switch {
		case m.Card != nil:
			card, _ := w.server.CardOf(m.Card.Track, user)
			r := bot.Reply{Kind: bot.CardReply, Title: card.Values["title"], Body: card.Values["body"], Text: card.Values["done"]}
			for _, b := range card.Buttons() {
				r.Buttons = append(r.Buttons, bot.Button{Label: b.Label, Tap: b.Tap})
			}
			out = append(out, r)
		case m.Kind == "sampleImageMsg":
			out = append(out, bot.Reply{Kind: bot.ImageReply})
		case m.File != nil:
			out = append(out, bot.Reply{Kind: bot.FileReply, Name: m.Name})
		default:
			out = append(out, bot.Reply{Kind: bot.TextReply, Text: m.Text})
		}
	}
	return out
}

// counter counts in memory.
type counter struct {
	of  map[string]int
	err error
}

func (c *counter) Count(_ context.Context, month string, n int) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	c.of[month] += n
	return c.of[month], nil
}
