package wecom

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/internal/worldtest"
	"zhuanban/bot/wecom/wecomtest"
)

// TestABotOfOthersTakesTheImitationForWeCom lets @satorijs/adapter-wecom, a complete
// bot for WeCom that is none of ours, live between wecomtest.Server and
// wecomtest.Client: what the imitation gives and takes is what others know of WeCom.
// npm fetches it once, with all that it needs, the versions and hashes that are locked
// in testdata/satori.
func TestABotOfOthersTakesTheImitationForWeCom(t *testing.T) {
	dir := worldtest.NPM(t, "satori", "bot.js")
	w := newWorld(t, func(theirs *wecomtest.Options, _ *Options) { theirs.Members = []string{"hutou.filer"} })
	next := startSatori(t, dir, w)
	online := next()
	require.Equal(t, "专班", online["name"], "it has asked who it is")
	w.client.Callback, w.client.URL = nil, online["online"]

	reply, err := w.client.Verify(t.Context(), "1288432023552776189")
	require.NoError(t, err)
	require.Equal(t, []any{200, "1288432023552776189"}, []any{reply.Status, string(reply.Body)})

	for i, text := range []string{"行动3次 检查<42>户 & 好", "周五截止"} {
		reply, err = w.client.Say(t.Context(), "Hutou.Filer", fmt.Sprint(100+i), text)
		require.NoError(t, err)
		require.Equal(t, 200, reply.Status)
		require.Equal(t, map[string]string{"from": "Hutou.Filer", "id": fmt.Sprint(100 + i), "text": text}, next(), "it has opened what the imitation sealed")
		require.Eventually(t, func() bool { return len(w.server.Texts("hutou.filer")) == i+1 }, 10*time.Second, 5*time.Millisecond)
		require.Equal(t, "收到："+text, w.server.Texts("hutou.filer")[i])
	}

	_, err = w.client.Say(t.Context(), "Hutou.Filer", "103", "图")
	require.NoError(t, err)
	require.Equal(t, "图", next()["text"])
	require.Eventually(t, func() bool { return w.server.Calls(wecomtest.SendPath) == 3 }, 10*time.Second, 5*time.Millisecond)
	require.Equal(t, 1, w.server.Calls(wecomtest.UploadPath), "the picture was uploaded before it was sent")

	w.client.Token = "another"
	reply, err = w.client.Say(t.Context(), "Hutou.Filer", "104", "在")
	require.NoError(t, err)
	require.Equal(t, 403, reply.Status, "signed by somebody else")
}

// startSatori starts the bot, and gives a way to read what it prints, line by line.
func startSatori(t *testing.T, dir string, w *world) (next func() map[string]string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", "bot.js", w.web.URL, appCorp, appAgent, appSecret, appToken, appKey)
	cmd.Dir = dir
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var complaint worldtest.Log
	cmd.Stderr = &complaint
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close() // which ends it
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	var others strings.Builder
	return func() map[string]string {
		t.Helper()
		for lines.Scan() {
			var said map[string]string
			if json.Unmarshal(lines.Bytes(), &said) == nil {
				return said
			}
			others.WriteString(lines.Text() + "\n") // its log
		}
		require.Fail(t, "the bot has ended", "%s%s", others.String(), complaint.String())
		return nil
	}
}
