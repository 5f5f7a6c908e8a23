package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/calendar"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/robot"
	"zhuanban/bot/wecom/wecomtest"
)

// robotOffice is an imitation of WeCom with the smart robot of these desks.
func robotOffice(t *testing.T) (*wecomtest.Robot, []edit) {
	server, _, edits := robotAt(t)
	return server, edits
}

// robotAt is the same with the address below which it gives out files.
func robotAt(t *testing.T) (server *wecomtest.Robot, base string, edits []edit) {
	t.Helper()
	server = wecomtest.NewRobot(wecomtest.RobotOptions{ID: "aib", Secret: "s3cr3t", PerMinute: -1, PerHour: -1})
	web := httptest.NewServer(server)
	t.Cleanup(func() { server.Close(); web.Close() })
	return server, web.URL, []edit{{"clock: simulated", "clock: real"}, {`id: ""                       # its Bot ID`, `id: aib # its Bot ID`},
		{`secret: ""                   # and Secret`, `secret: s3cr3t # and Secret`},
		{`ws_url: ""`, `ws_url: "ws` + strings.TrimPrefix(web.URL, "http") + `"`},
		{`{name: 专班工作群, members: []}`, `{name: 专班工作群, members: [], robot: wrGROUP}`}}
}

// works runs what of a desk serves the robot, until stop.
func works(t *testing.T, d *desk) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { d.courier.Run(ctx) })
	running.Go(func() { d.fetcher.Run(ctx) })
	seated := d.sit(ctx)
	stop = sync.OnceFunc(func() { cancel(); running.Wait(); seated.leave() })
	t.Cleanup(stop)
	return stop
}

func readiness(t *testing.T, d *desk) string {
	t.Helper()
	w := httptest.NewRecorder()
	d.routes().ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
	require.Equal(t, 200, w.Code)
	b, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	return string(b)
}

// TestTheSmartRobotServesTheCampaign: two replicas, one connection; answers go through
// it from whichever holds it, and when that one stops the other goes on.
func TestTheSmartRobotServesTheCampaign(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		server, edits := robotOffice(t)
		one, two := shippedDesk(t, url, edits...), shippedDesk(t, url, edits...)
		require.Equal(t, robot.Name, one.cfg.platform())
		stop := works(t, one)
		soon := func(ok func() bool, what string) {
			t.Helper()
			require.Eventually(t, ok, 20*time.Second, 5*time.Millisecond, what)
		}
		soon(one.robot.Here, "connected")
		works(t, two)
		soon(func() bool { return two.robot.State().Phase == robot.Elsewhere }, "the second waits")
		require.Contains(t, readiness(t, one), "wecom.robot: connected")
		require.Contains(t, readiness(t, two), "wecom.robot: held by another replica")

		require.NoError(t, server.Say("Hutou.Filer", "", "报线索 湖头镇建设路有人卖假鞋20双"))
		soon(func() bool { s := server.Shown("hutou.filer"); return len(s) > 0 && s[len(s)-1].Card != nil }, "a card")
		shown := server.Shown("hutou.filer")
		card := shown[len(shown)-1].Card
		require.Contains(t, strings.Join(server.Texts("hutou.filer"), "\n"), "湖头镇")

		stop()
		soon(two.robot.Here, "the second takes over")
		require.NoError(t, server.Tap("Hutou.Filer", "", card.Task, card.Buttons[0].Key))
		soon(func() bool { return server.Shown("hutou.filer")[len(shown)-1].Update != nil }, "the card says what was chosen")
		require.Equal(t, "已选："+card.Buttons[0].Text, server.Shown("hutou.filer")[len(shown)-1].Update.Text, "also after another process has sent it")
		soon(func() bool { return len(server.Shown("hutou.filer")) > len(shown) }, "an answer")

		require.NoError(t, server.Say("Hutou.Filer", "wrGROUP", "@专班助手 进度"))
		soon(func() bool { return len(server.Shown("wrGROUP")) > 0 }, "in the group")
		require.Contains(t, server.Texts("wrGROUP")[0], "已转到私聊")
		require.Equal(t, 1, server.Counts().Most)
		require.Zero(t, server.Counts().Kicked)
	})
}

// TestAPhotoSentToTheRobotEndsInTheLedger, with what is written beside it.
func TestAPhotoSentToTheRobotEndsInTheLedger(t *testing.T) {
	t.Parallel()
	photo := append([]byte("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00"), bytes.Repeat([]byte("店"), 40000)...)
	sum := sha256.Sum256(photo)
	onEach(t, func(t *testing.T, url string) {
		server, base, edits := robotAt(t)
		d := shippedDesk(t, url, append(edits, edit{`{from: "22:00", until: "07:00"}`, `{from: "00:00", until: "00:00"}`})...)
		works(t, d)
		heard := func() string { return strings.Join(server.Texts(filer), "\n") }
		soon := func(ok func() bool, what string) {
			t.Helper()
			require.Eventually(t, ok, 20*time.Second, 5*time.Millisecond, what)
		}
		soon(d.robot.Here, "connected")
		require.NoError(t, server.Enclose(filer, "image", base, "", wecomtest.RobotFile{Bytes: photo}))
		soon(func() bool { return len(server.Shown(filer)) > 0 }, "an answer")
		picture := map[string]any{"msgtype": "image", "image": server.Enclosure(base, "", wecomtest.RobotFile{Bytes: append(photo, 1)})}
		words := map[string]any{"msgtype": "text", "text": map[string]string{"content": "凤城镇建设路12号某某鞋店销售假冒运动鞋200双，货值3万元，昨天下午巡查发现"}}
		_, err := server.Push("aibot_msg_callback", server.Body(filer, "", "mixed", map[string]any{"mixed": map[string]any{"msg_item": []any{words, picture}}}))
		require.NoError(t, err)
		soon(func() bool { return strings.Contains(heard(), "3万元") }, "the words beside the picture are read: "+heard())
		require.NoError(t, server.Say(filer, "", "1"))
		soon(func() bool { return strings.Contains(heard(), "佐证 2 份") }, "filed")
		soon(func() bool {
			n, _, err := d.fetcher.Depth(t.Context())
			return err == nil && n == 0
		}, "fetched")
		files := leadFiles(t, d)
		require.Len(t, files, 2)
		require.Equal(t, []any{hex.EncodeToString(sum[:]), "image/jpeg", int64(len(photo)), false},
			[]any{files[0].SHA256, files[0].MIME, files[0].Size, files[0].Lost})
		f, err := d.evidence.Open(files[0].SHA256)
		require.NoError(t, err)
		require.NoError(t, f.Close())
	})
}

// TestAGroupThatOnlyTheRobotIsInHearsItsNoticesFromIt, while people hear theirs from the
// self-built app.
func TestAGroupThatOnlyTheRobotIsInHearsItsNoticesFromIt(t *testing.T) {
	t.Parallel()
	server, edits := robotOffice(t)
	api := wecomtest.New(wecomtest.Options{CorpID: "wwmedia", AgentID: 1000002, Secret: "media-secret"})
	web := httptest.NewServer(api)
	t.Cleanup(web.Close)
	env := append(environment(t, databases[0].url(t)), "ZHUANBAN_WECOM_CORP_ID=wwmedia", "ZHUANBAN_WECOM_AGENT_ID=1000002",
		"ZHUANBAN_WECOM_SECRET=media-secret", "ZHUANBAN_WECOM_TOKEN=token", "ZHUANBAN_WECOM_AES_KEY="+soakKey, "ZHUANBAN_WECOM_API_BASE="+web.URL)
	cfg, err := loadCampaign(edited(t, edits...), env)
	require.NoError(t, err)
	require.Equal(t, wecom.Name, cfg.platform())
	cfg.Clock = simulatedClock // to come to the day of the reminders
	d, err := openDesk(t.Context(), cfg, quiet)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.close()) })
	works(t, d)
	require.Eventually(t, d.robot.Here, 20*time.Second, 5*time.Millisecond)
	server.Spoken("wrGROUP")
	require.NoError(t, d.AdvanceTo(t.Context(), time.Date(2024, 1, 19, 9, 31, 0, 0, calendar.Shanghai)))

	group := strings.Join(server.Texts("wrGROUP"), "\n")
	require.Contains(t, group, "第一次阶段工作小结", "of the stages")
	require.Contains(t, group, "湖头", "and who has not filed this week")
	require.Zero(t, api.Calls(wecomtest.WebhookPath)+api.Calls(wecomtest.ChatSendPath))
	require.NotEmpty(t, api.Shown(filer), "people hear from the app")
	require.Empty(t, server.Shown(filer))
}

func TestCheckDoesNotCutOffTheRunningRobot(t *testing.T) {
	t.Parallel()
	server, edits := robotOffice(t)
	got := command(t, environment(t, databases[0].url(t)), "", "check", "--config", edited(t, edits...))
	require.Contains(t, got.out, "ok     wecom.bot")
	require.Contains(t, got.out, "1 groups")
	require.Zero(t, server.Counts().Subscribed)
}

func TestWithoutCardsTheRobotIsPlain(t *testing.T) {
	_, edits := robotOffice(t)
	for _, c := range []struct {
		change []edit
		plain  bool
	}{
		{nil, false},
		{[]edit{{"cards: notices ", "cards: never "}}, true},
		{[]edit{{"cards: auto ", "cards: off "}}, true},
		{[]edit{{"cards: auto ", "cards: on "}}, false},
	} {
		cfg, err := loadCampaign(edited(t, append(c.change, edits...)...), environment(t, databases[0].url(t)))
		require.NoError(t, err)
		require.Equal(t, c.plain, cfg.robotOptions().Plain, c.change)
	}
}

func TestTwoGroupsCannotHaveTheSameChatID(t *testing.T) {
	_, edits := robotOffice(t)
	edits = append(edits, edit{"{name: 专项办群, members:", "{name: 专项办群, robot: wrGROUP, members:"})
	_, err := loadCampaign(edited(t, edits...), environment(t, databases[0].url(t)))
	require.ErrorContains(t, err, "groups[1].robot")
}
