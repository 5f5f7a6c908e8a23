package phone

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

var shanghai = time.FixedZone("CST", 8*3600)

// world is the page with everything that it needs, in memory.
type world struct {
	t      *testing.T
	phone  *Phone
	inbox  *memoryInbox
	desk   *echoDesk
	clock  *handClock
	files  *folderEvidence
	data   string
	ticks  chan time.Time // one send is one tick of every stream waiting
	parcel int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, inbox: newMemoryInbox(), files: &folderEvidence{dir: t.TempDir()}, data: t.TempDir(), ticks: make(chan time.Time)}
	w.desk = &echoDesk{world: w, seen: make(map[string]bool)}
	w.clock = &handClock{world: w, now: time.Date(2024, 1, 17, 9, 30, 0, 0, shanghai)}
	root, err := os.OpenRoot(w.data)
	require.NoError(t, err)
	t.Cleanup(func() { root.Close() })
	w.phone, err = New(Options{
		Desk: w.desk, Inbox: w.inbox, Evidence: w.files, Clock: w.clock, Data: root, Title: "打假专项行动",
		Words: []string{"帮助", "报线索", "周报", "零报告", "进度"}, Here: bot.Location{Lat: 25.05, Lng: 118.18},
		Tick: func(time.Duration) (<-chan time.Time, func()) { return w.ticks, func() {} },
	})
	require.NoError(t, err)
	return w
}

func roster() *bot.Roster {
	people := []bot.Person{
		{Account: "fengcheng.filer", Name: "填报员·凤城所", Unit: "fengcheng", Role: bot.Filer},
		{Account: "fengcheng.head", Name: "所长·凤城所", Unit: "fengcheng", Role: bot.Head},
		{Account: "hutou.filer", Name: "填报员·湖头所", Unit: "hutou", Role: bot.Filer},
		{Account: "hutou.head", Name: "所长·湖头所", Unit: "hutou", Role: bot.Head},
		{Account: "office.director", Name: "主任·专项办", Unit: "office", Role: bot.Director},
		{Account: "office.clerk", Name: "专职成员·专项办", Unit: "office", Role: bot.Clerk},
	}
	units := []bot.Unit{
		{ID: "office", Name: "专项办", Kind: bot.Office},
		{ID: "fengcheng", Name: "凤城所", Kind: bot.Station},
		{ID: "hutou", Name: "湖头所", Kind: bot.Station},
	}
	groups := []bot.Group{{Name: "专班工作群"}, {Name: "专项办群", Members: []string{"office.director", "office.clerk"}}}
	return bot.NewRoster(people, units, groups)
}

// send is delivery: one parcel, each time another.
func (w *world) send(to bot.Recipient, r bot.Reply) {
	w.parcel++
	_, err := w.phone.Send(context.Background(), bot.Parcel{ID: w.parcel, To: to, Reply: r})
	require.NoError(w.t, err)
}

func person(account string) bot.Recipient {
	return bot.Recipient{Kind: bot.ToPerson, Account: account}
}

func (w *world) chat(key string) []Entry {
	found, err := w.inbox.History(context.Background(), key, 0, 1000)
	require.NoError(w.t, err)
	return found
}

// request asks the handler as the page would; change may bend it.
func (w *world) request(method, path string, body any, change ...func(*http.Request)) *httptest.ResponseRecorder {
	var data []byte
	switch b := body.(type) {
	case nil:
	case []byte:
		data = b
	default:
		var err error
		data, err = json.Marshal(b)
		require.NoError(w.t, err)
	}
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, bytes.NewReader(data))
	r.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(r)
	}
	rec := httptest.NewRecorder()
	w.phone.ServeHTTP(rec, r)
	return rec
}

func decode[T any](t *testing.T, rec *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &v), rec.Body.String())
	return v
}

// echoDesk answers every message with a card and remembers what it was handed.
// Like the bot, it hears a message id once.
type echoDesk struct {
	world *world
	mu    sync.Mutex
	heard []bot.Message
	seen  map[string]bool
	fail  error
}

func (d *echoDesk) Roster() *bot.Roster { return roster() }

func (d *echoDesk) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heard = append(d.heard, m)
	if d.fail != nil {
		return bot.Answer{}, d.fail
	}
	key := m.Sender + "/" + m.ID
	if d.seen[key] || ctx.Err() != nil {
		return bot.Answer{}, ctx.Err()
	}
	d.seen[key] = true
	switch {
	case m.Tap == "submit":
		d.world.send(person(m.Sender), bot.Reply{Kind: bot.TextReply, Text: "已提交,编号 AX-2024-0132。"})
		d.world.send(person("office.director"), bot.Reply{Kind: bot.TextReply, Text: "凤城所报来一条线索:AX-2024-0132。"})
	case len(m.Attachments) > 0:
		d.world.send(person(m.Sender), bot.Reply{Kind: bot.TextReply, Text: fmt.Sprintf("收到 %d 个附件,已固证。", len(m.Attachments))})
	default:
		d.world.send(person(m.Sender), bot.Reply{Kind: bot.CardReply, Title: "线索(草稿)",
			Text: "线索(草稿)\n类别:售假\n货值:25,000元\n回复 1 提交 2 修改", Body: "类别:售假\n地点:凤城镇建设路\n货值:两万五 → 25,000元",
			Buttons: []bot.Button{{Label: "提交", Tap: "submit", Code: 1}, {Label: "修改", Tap: "edit", Code: 2}, {Label: "先放着", Tap: "later", Code: 3}}})
	}
	return bot.Answer{}, nil
}

func (d *echoDesk) messages() []bot.Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]bot.Message(nil), d.heard...)
}

// handClock has one reminder, on Friday at three, to everyone who files.
type handClock struct {
	world *world
	mu    sync.Mutex
	now   time.Time
	fired bool
}

var friday = time.Date(2024, 1, 19, 15, 0, 0, 0, shanghai)

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) Next(context.Context) (time.Time, string, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return friday, "周报提醒", !c.fired, nil
}

func (c *handClock) AdvanceTo(_ context.Context, t time.Time) error {
	c.mu.Lock()
	due := !c.fired && !t.Before(friday)
	c.now, c.fired = t, c.fired || due
	c.mu.Unlock()
	if due {
		for _, p := range roster().WithRole(bot.Filer, bot.Head) {
			c.world.send(person(p.Account), bot.Reply{Kind: bot.TextReply, Text: "本周统计表今天 17:30 截止。"})
		}
	}
	return nil
}

// memoryInbox keeps the promises of Inbox and nothing more.
type memoryInbox struct {
	mu      sync.Mutex
	entries []Entry
	read    map[string]int64
	fail    error
}

func newMemoryInbox() *memoryInbox { return &memoryInbox{read: make(map[string]int64)} }

func (m *memoryInbox) Append(_ context.Context, e Entry) (int64, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return 0, false, m.fail
	}
	for _, old := range m.entries {
		if old.DeliveryID == e.DeliveryID && e.DeliveryID != 0 {
			return old.ID, false, nil
		}
	}
	e.ID = int64(len(m.entries)) + 1
	m.entries = append(m.entries, e)
	return e.ID, true, nil
}

func (m *memoryInbox) History(_ context.Context, chat string, before int64, limit int) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []Entry
	for i := len(m.entries) - 1; i >= 0 && len(out) < limit; i-- {
		if e := m.entries[i]; e.Chat == chat && (before == 0 || e.ID < before) {
			out = append([]Entry{e}, out...)
		}
	}
	return out, nil
}

func (m *memoryInbox) After(_ context.Context, id int64, limit int) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return nil, m.fail
	}
	var out []Entry
	for _, e := range m.entries {
		if e.ID > id && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func (m *memoryInbox) MarkRead(_ context.Context, viewer, chat string, id int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read[viewer+"\x00"+chat] = max(id, m.read[viewer+"\x00"+chat])
	return nil
}

func (m *memoryInbox) Unread(_ context.Context, viewer string, chats []string) (map[string]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string]int)
	for _, chat := range chats {
		for _, e := range m.entries {
			if e.Chat == chat && e.Author != viewer && e.ID > m.read[viewer+"\x00"+chat] {
				out[chat]++
			}
		}
	}
	return out, nil
}

// folderEvidence keeps files by their hash.
type folderEvidence struct{ dir string }

func (f *folderEvidence) Put(_ context.Context, r io.Reader, max int64) (string, int64, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return "", 0, fmt.Errorf("put: %w", err)
	}
	if int64(len(data)) > max {
		return "", 0, errors.New("put: larger than allowed")
	}
	sum := sha256.Sum256(data)
	sha := hex.EncodeToString(sum[:])
	return sha, int64(len(data)), os.WriteFile(filepath.Join(f.dir, sha), data, 0o600)
}

func (f *folderEvidence) Open(sha string) (*os.File, error) {
	if !fs.ValidPath(sha) {
		return nil, fs.ErrNotExist
	}
	return os.Open(filepath.Join(f.dir, sha))
}

func (d *echoDesk) setFail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = err
}
