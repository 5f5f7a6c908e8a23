package main

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExitStatus(t *testing.T) {
	env := environment(t, databases[0].url(t))
	for line, want := range map[string]struct {
		code int
		errs string
	}{
		"--help":                         {exitDone, ""},
		"frobnicate":                     {exitUsage, "frobnicate"},
		"chat":                           {exitUsage, "--as"},
		"chat --as fengchen.filer":       {exitUsage, `did you mean "fengcheng.filer"`},
		"chat --as admin --at yesterday": {exitUsage, "2024-01-19T15:00"},
		"run-due":                        {exitUsage, "--at"},
		"remind --from 2024-01-19T10:00 --until 2024-01-19T09:00": {exitUsage, "--until"},
		"demo --weeks 0":  {exitUsage, "1 to 25"},
		"demo --weeks 26": {exitUsage, "1 to 25"},
		"check":           {exitDone, ""},
		"config":          {exitDone, ""},
	} {
		t.Run(line, func(t *testing.T) {
			got := command(t, env, "", strings.Fields(line)...)
			require.Equal(t, want.code, got.code, got.errs)
			require.Contains(t, got.errs+got.out, want.errs)
		})
	}
}

func TestARealClockIsNotSteppedByHand(t *testing.T) {
	path := edited(t, edit{"clock: simulated", "clock: real"})
	env := environment(t, databases[0].url(t))
	for _, line := range []string{"run-due --at 2024-01-19T10:00", "chat --as admin --at 2024-01-19T10:00", "demo"} {
		got := command(t, env, "", append([]string{"--config", path}, strings.Fields(line)...)...)
		require.Equal(t, exitUsage, got.code, line)
		require.Contains(t, got.errs, "clock: simulated", line)
	}
}

func TestConfigHidesSecretsAndSaysWhereValuesComeFrom(t *testing.T) {
	env := append(environment(t, databases[0].url(t)), "ZHUANBAN_WECOM_SECRET=geheim", "ZHUANBAN_LISTEN=127.0.0.1:9")
	got := command(t, env, "", "config")
	require.Zero(t, got.code, got.errs)
	require.NotContains(t, got.out, "geheim")
	require.Regexp(t, `listen\s+127\.0\.0\.1:9\s+.*ZHUANBAN_LISTEN`, got.out)
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	env := []string{"ZHUANBAN_DATA_DIR=" + t.TempDir(), "ZHUANBAN_DATABASE_URL=mysql://u:geheim@127.0.0.1:1/x"}
	got := command(t, env, "", "check")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, "FAULT  database")
	require.Contains(t, got.out, "→")
	require.NotContains(t, got.out+got.errs, "geheim")
}

// TestChatJSON is the contract's shape: one line of answer for every line.
func TestChatJSON(t *testing.T) {
	env := environment(t, databases[0].url(t))
	got := chat(t, env, "fengcheng.filer", "2024-01-19T10:00",
		`{"id":"1","text":"凤城镇建设路12号某某鞋店销售假冒某品牌运动鞋200双"}`,
		`{"id":"2","tap":"nothing.of:mine"}`,
		`{"id":"1","text":"凤城镇建设路12号某某鞋店销售假冒某品牌运动鞋200双"}`,
		`{"location":{"lat":25.05,"lng":118.18,"label":"凤城镇建设路"}}`,
		`{"voice":"零报告"}`,
		`{"group":"专班工作群","text":"进度"}`,
		`{"group":"没有的群","text":"进度"}`,
		`{"photo":"nowhere.png"}`,
		`{broken`,
		"")
	require.Equal(t, "card", string(got[0].Replies[0].Kind))
	require.NotEmpty(t, got[0].Replies[0].Title)
	require.Contains(t, got[0].Replies[0].Text, "回复 1 提交")
	require.Equal(t, "提交", got[0].Replies[0].Buttons[0].Label)
	require.NotEmpty(t, got[1].Replies)
	require.Equal(t, got[0].Replies, got[2].Replies, "a repeated id answers as before")
	require.NotEmpty(t, got[3].Replies)
	require.NotEmpty(t, got[4].Replies)
	require.Equal(t, "专班工作群", got[5].Notices[0].To)
	require.Contains(t, got[5].Notices[0].Text, "已转到私聊")
	require.Contains(t, got[6].Error, "没有的群")
	require.NotEmpty(t, got[7].Error)
	require.NotEmpty(t, got[8].Replies, "what is no JSON is text")
	require.NotEmpty(t, got[9].Replies, "nothing is answered too")
}

// TestRunDue steps the clock and fires each thing once.
// TestChatShowsABroadcast: to those who were told by it, when it is sent and not
// before.
func TestChatShowsABroadcast(t *testing.T) {
	env := environment(t, databases[0].url(t))
	got := chat(t, env, "office.clerk", "2024-01-19T10:00", "群发给 凤城所：开会", `{"id":"1","text":"发送"}`, `{"id":"1","text":"发送"}`, "群发进度", "")
	require.Empty(t, got[0].Notices)
	var to []string
	for _, n := range got[1].Notices {
		to = append(to, n.To)
		require.Contains(t, n.Text, "【专项办通知】\n开会")
	}
	require.Equal(t, []string{"fengcheng.filer", "fengcheng.head"}, to)
	require.Equal(t, got[1].Replies, got[2].Replies)
	require.Empty(t, got[2].Notices)
	require.Contains(t, got[3].Replies[0].Text, "已送达 2、未送达 0")
}

func TestRunDue(t *testing.T) {
	env := environment(t, databases[0].url(t))
	first := command(t, env, "", "run-due", "--at", "2024-01-12T09:30", "--json")
	require.Zero(t, first.code, first.errs)
	require.Equal(t, 20, strings.Count(first.out, "weekly:20240112:day"))
	again := command(t, env, "", "run-due", "--at", "2024-01-12T09:30", "--json")
	require.JSONEq(t, `{"notices":[]}`, again.out)
}

// TestDemo plays two weeks, says so, and will not play them twice. What it plays is
// the same every time, whatever keeps it.
func TestDemo(t *testing.T) {
	t.Parallel()
	var kept []string
	for _, db := range databases {
		env := environment(t, db.url(t))
		got := command(t, env, "", "demo", "--weeks", "2")
		require.Zero(t, got.code, got.errs)
		require.Contains(t, got.out, "2 weeks played, up to 2024-01-22 09:01")
		again := command(t, env, "", "demo")
		require.Equal(t, exitFailed, again.code)
		require.Contains(t, again.errs, "ZHUANBAN_DATABASE_URL")
		asked := chat(t, env, "office.director", "", "第2期 谁没报", "第2期数据", "进度 1")
		require.Contains(t, asked[0].Replies[0].Text, "应报 20 家")
		require.Contains(t, asked[1].Replies[0].Text, "累计")
		require.Contains(t, asked[2].Replies[0].Text, "AX-2024-0001")
		cfg, err := loadCampaign("config.yaml", env)
		require.NoError(t, err)
		d, err := openDesk(t.Context(), cfg, quiet)
		require.NoError(t, err)
		kept = append(kept, records(t, d))
		require.NoError(t, d.close())
	}
	require.Equal(t, kept[0], kept[1])
}

// TestEveryTipOfTheDemoIsUnderstood: the demonstration shows the bot at work, not
// the bot at a loss.
func TestEveryTipOfTheDemoIsUnderstood(t *testing.T) {
	t.Parallel()
	d := shippedDesk(t, databases[0].url(t))
	p := newPlayer(d)
	for i, tip := range demoTips {
		as, ok := p.filer(tip.unit)
		require.True(t, ok, tip.unit)
		require.NoError(t, p.tip(t.Context(), as, tip), fmt.Sprint(i, " ", tip.text))
	}
}

// TestHTTP answers on the contract's paths.
func TestHTTP(t *testing.T) {
	d := shippedDesk(t, databases[0].url(t))
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ok", "/metrics": "zhuanban_outbox_queued 0", "/": "<!doctype html>"} {
		r := httptest.NewRequest("GET", "http://127.0.0.1:8080"+path, nil)
		w := httptest.NewRecorder()
		d.routes().ServeHTTP(w, r)
		require.Equal(t, 200, w.Code, path)
		require.Contains(t, strings.ToLower(w.Body.String()), want, path)
	}
}
