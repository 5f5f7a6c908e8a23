package main

import (
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/robot"
	"zhuanban/bot/wecom/wecomtest"
)

// robotOffice is an imitation of WeCom with the smart robot of these desks.
func robotOffice(t *testing.T) (*wecomtest.Robot, []edit) {
	t.Helper()
	server := wecomtest.NewRobot(wecomtest.RobotOptions{ID: "aib", Secret: "s3cr3t", PerMinute: -1, PerHour: -1})
	web := httptest.NewServer(server)
	t.Cleanup(func() { server.Close(); web.Close() })
	return server, []edit{{"clock: simulated", "clock: real"}, {`id: ""                       # its Bot ID`, `id: aib # its Bot ID`},
		{`secret: ""                   # and Secret`, `secret: s3cr3t # and Secret`},
		{`ws_url: ""`, `ws_url: "ws` + strings.TrimPrefix(web.URL, "http") + `"`},
		{`{name: 专班工作群, members: []}`, `{name: 专班工作群, members: [], robot: wrGROUP}`}}
}

// works runs what of a desk serves the robot, until stop.
func works(t *testing.T, d *desk) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { d.courier.Run(ctx) })
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

func TestCheckDoesNotCutOffTheRunningRobot(t *testing.T) {
	t.Parallel()
	server, edits := robotOffice(t)
	got := command(t, environment(t, databases[0].url(t)), "", "check", "--config", edited(t, edits...))
	require.Contains(t, got.out, "ok     wecom.bot")
	require.Contains(t, got.out, "1 groups")
	require.Zero(t, server.Counts().Subscribed)
}

func TestTwoGroupsCannotHaveTheSameChatID(t *testing.T) {
	_, edits := robotOffice(t)
	edits = append(edits, edit{"{name: 专项办群, members:", "{name: 专项办群, robot: wrGROUP, members:"})
	_, err := loadCampaign(edited(t, edits...), environment(t, databases[0].url(t)))
	require.ErrorContains(t, err, "groups[1].robot")
}
