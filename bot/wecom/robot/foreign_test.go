package robot

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/internal/worldtest"
	"zhuanban/bot/wecom/wecomtest"
)

// foreign is a folder with WeCom's own client for Node, fetched by npm.
func foreign(t *testing.T) (dir string) {
	t.Helper()
	return worldtest.NPM(t, "foreign", "robot.js", "webhook.js")
}

// TestWeComsOwnClientTakesTheImitationForWeCom: so what our client holds against the
// imitation, it holds against what WeCom's client expects of WeCom.
func TestWeComsOwnClientTakesTheImitationForWeCom(t *testing.T) {
	server := wecomtest.NewRobot(wecomtest.RobotOptions{ID: robotID, Secret: robotSecret})
	web := httptest.NewServer(server)
	defer web.Close()
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "robot.js", "ws"+strings.TrimPrefix(web.URL, "http"), robotID, robotSecret)
	cmd.Dir = foreign(t)
	complaint := &worldtest.Log{}
	cmd.Stderr = complaint
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	seen := map[string]map[string]any{}
	until := func(what string) map[string]any {
		t.Helper()
		for seen[what] == nil {
			require.True(t, lines.Scan(), "it ended before %q: %s", what, complaint.String())
			var line map[string]any
			require.NoError(t, json.Unmarshal(lines.Bytes(), &line), lines.Text())
			require.NotEqual(t, "error", line["what"], line)
			seen[line["what"].(string)] = line
		}
		line := seen[what]
		delete(seen, what)
		return line
	}

	until("refused")
	until("authenticated")
	require.NoError(t, server.Enter("Ann"))
	until("welcomed")
	require.NoError(t, server.Say("Ann", "", "你好"))
	require.Equal(t, map[string]any{"what": "text", "from": "Ann", "chattype": "single", "content": "你好"}, until("text"))
	up := until("uploaded")
	until("said")
	sum := sha256.Sum256(server.Media(up["id"].(string)).Bytes)
	require.Equal(t, up["sha"], hex.EncodeToString(sum[:]))
	shown := server.Shown("ann")
	var kinds, texts []string
	for _, m := range shown {
		kinds, texts = append(kinds, m.Kind), append(texts, m.Raw)
	}
	require.Equal(t, []string{"text", "stream", "markdown", "template_card", "file"}, kinds)
	require.Equal(t, []string{"欢迎", "想好了", "**推送**", "", ""}, texts, "a stream is one message, as it is at its end")
	require.NoError(t, server.Tap("Ann", "", "task-1", "good"))
	require.Equal(t, "good", until("updated")["key"])
	require.Equal(t, "已选", server.Shown("ann")[3].Update.Title.Title)

	require.NoError(t, server.Say("Ann", "wrGROUP", "bad"))
	require.Equal(t, 93000.0, until("stranger")["errcode"])
	require.Equal(t, 846605.0, until("made up")["errcode"])
	require.Equal(t, 42045.0, until("card")["errcode"])

	delete(seen, "disconnected")
	server.Drop()
	until("disconnected")
	until("authenticated")

	w := newWorld(t) // ours, on the same server
	w.o.WSURL = "ws" + strings.TrimPrefix(web.URL, "http")
	ours := w.replica()
	stop := run(t, ours)
	until("kicked")
	w.eventually(ours.Here, "ours is up")
	stop()
	require.NoError(t, in.Close())
	_ = cmd.Wait()
}

// TestWeComsOwnPackageUnderstandsTheCallback seals what comes in and opens what goes out
// with it.
func TestWeComsOwnPackageUnderstandsTheCallback(t *testing.T) {
	w, _ := called(t)
	w.desk.answer = func(_ context.Context, m bot.Message) (bot.Answer, error) {
		return bot.Answer{Replies: []bot.Reply{{Kind: bot.TextReply, Text: "收到：" + m.Text}}, Carried: true}, nil
	}
	web := httptest.NewServer(w.channel)
	defer web.Close()
	cmd := exec.CommandContext(t.Context(), "node", "webhook.js", web.URL+"/wecom/robot", w.o.Token, w.o.AESKey, strconv.FormatInt(w.clock.Now().Unix(), 10))
	cmd.Dir = foreign(t)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.JSONEq(t, `{"status":200,"text":"1288432023552776189"}`, lines[0])
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &got))
	require.Equal(t, "收到：在吗", got["stream"].(map[string]any)["content"])
}
