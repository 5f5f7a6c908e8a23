package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/store"
)

// app is the desk behind an imitation of WeCom.
type app struct {
	t      *testing.T
	desk   *desk
	server *wecomtest.Server
	client *wecomtest.Client
	env    []string
	config string
}

// openApp opens the shipped desk as a self-built app of WeCom, at any hour.
func openApp(t *testing.T, url string) *app {
	a := &app{t: t, server: wecomtest.New(wecomtest.Options{CorpID: "wwmedia", AgentID: 1000002, Secret: "media-secret"})}
	api := httptest.NewServer(a.server)
	t.Cleanup(api.Close)
	a.env = append(environment(t, url), "ZHUANBAN_WECOM_CORP_ID=wwmedia", "ZHUANBAN_WECOM_AGENT_ID=1000002",
		"ZHUANBAN_WECOM_SECRET=media-secret", "ZHUANBAN_WECOM_TOKEN=token", "ZHUANBAN_WECOM_AES_KEY="+soakKey, "ZHUANBAN_WECOM_API_BASE="+api.URL)
	a.config = edited(t, edit{"clock: simulated", "clock: real"}, edit{`{from: "22:00", until: "07:00"}`, `{from: "00:00", until: "00:00"}`})
	a.open()
	t.Cleanup(func() { require.NoError(t, a.desk.close()) })
	return a
}

func (a *app) open() {
	cfg, err := loadCampaign(a.config, a.env)
	require.NoError(a.t, err)
	a.desk, err = openDesk(a.t.Context(), cfg, quiet)
	require.NoError(a.t, err)
	a.client = &wecomtest.Client{Callback: a.desk.wecom, CorpID: "wwmedia", AgentID: "1000002", Token: "token", AESKey: soakKey}
}

// restart is a process that dies, and the next.
func (a *app) restart() {
	require.NoError(a.t, a.desk.close())
	a.open()
}

// say says something, and gives what its speaker has heard so far.
func (a *app) say(as, id, text string) string {
	a.t.Helper()
	reply, err := a.client.Say(a.t.Context(), as, id, text)
	require.NoError(a.t, err)
	require.Equal(a.t, http.StatusOK, reply.Status)
	a.deliver()
	return reply.Text + strings.Join(a.server.Texts(as), "\n")
}

// deliver sends what is due, and fetches nothing.
func (a *app) deliver() {
	_, err := a.desk.courier.Flush(a.t.Context())
	require.NoError(a.t, err)
}

func (a *app) files() []store.FileRef { return leadFiles(a.t, a.desk) }

// leadFiles are the files of the only lead.
func leadFiles(t *testing.T, d *desk) (out []store.FileRef) {
	t.Helper()
	require.NoError(t, d.store.View(t.Context(), func(tx *store.Tx) error {
		leads, err := tx.Leads().List(t.Context(), store.LeadFilter{})
		require.NoError(t, err)
		require.Len(t, leads, 1)
		out, err = tx.Files().Of(t.Context(), fmt.Sprint("lead:", leads[0].ID))
		return err
	}))
	return out
}

const filer = "fengcheng.filer"

// TestAPhotoInWeComEndsInTheLedger: the callback is acknowledged, the bytes come
// before or after the lead is filed or the process dies, and the lead has the photo.
func TestAPhotoInWeComEndsInTheLedger(t *testing.T) {
	photo := append([]byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00"), bytes.Repeat([]byte("店"), 4000)...)
	sum := sha256.Sum256(photo)
	fetch := func(a *app) {
		_, err := a.desk.fetcher.Flush(context.Background())
		require.NoError(a.t, err)
	}
	for name, c := range map[string]struct {
		between func(a *app) // the photo and the filing
		after   func(a *app)
		receipt string
	}{
		"fetched before it is filed":     {fetch, func(*app) {}, "佐证 1 份已留存"},
		"filed before it is fetched":     {func(*app) {}, fetch, "正在从平台取"},
		"killed before it is fetched":    {(*app).restart, func(a *app) { a.restart(); fetch(a) }, "正在从平台取"},
		"fetched by the serving process": {func(*app) {}, (*app).servedOnce, "正在从平台取"},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, url string) {
				a := openApp(t, url)
				id := a.server.Keep(wecomtest.Media{Kind: "image", Bytes: photo})
				reply, err := a.client.Photo(t.Context(), filer, "1", id)
				require.NoError(t, err)
				require.Equal(t, http.StatusOK, reply.Status)
				require.Zero(t, a.server.Calls(wecomtest.GetMediaPath))
				c.between(a)
				a.say(filer, "2", "凤城镇建设路12号某某鞋店销售假冒运动鞋200双，货值3万元，昨天下午巡查发现")
				require.Contains(t, a.say(filer, "3", "1"), c.receipt)
				c.after(a)
				files := a.files()
				require.Len(t, files, 1)
				require.Equal(t, []any{hex.EncodeToString(sum[:]), "image/jpeg", int64(len(photo)), false},
					[]any{files[0].SHA256, files[0].MIME, files[0].Size, files[0].Lost})
				require.Equal(t, 1, a.server.Calls(wecomtest.GetMediaPath))
				f, err := a.desk.evidence.Open(files[0].SHA256)
				require.NoError(t, err)
				require.NoError(t, f.Close())
			})
		})
	}
}

// servedOnce runs what serves until nothing waits any more.
func (a *app) servedOnce() {
	ctx, stop := context.WithCancel(a.t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); a.desk.fetcher.Run(ctx) }()
	require.Eventually(a.t, func() bool {
		n, _, err := a.desk.fetcher.Depth(ctx)
		return err == nil && n == 0
	}, 10*time.Second, 10*time.Millisecond)
	stop()
	<-ended
}

// TestAPhotoThatIsGoneIsToldAndSeen: to the person, and in the ledger.
func TestAPhotoThatIsGoneIsToldAndSeen(t *testing.T) {
	a := openApp(t, databases[0].url(t))
	_, err := a.client.Photo(t.Context(), filer, "1", "no-such-media")
	require.NoError(t, err)
	a.say(filer, "2", "凤城镇建设路12号某某鞋店销售假冒运动鞋200双，货值3万元，昨天下午巡查发现")
	a.say(filer, "3", "1")
	require.NoError(t, a.desk.flush(t.Context()))
	require.Contains(t, strings.Join(a.server.Texts(filer), "\n"), "发的照片没有收下：平台上已经没有了")
	require.True(t, a.files()[0].Lost)
	require.Contains(t, a.say(filer, "4", "进度 1"), "佐证：1 份（其中 1 份没有取到，需要重发）")
}
