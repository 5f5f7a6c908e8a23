package dingtalk

import (
	"bufio"
	"context"
	"encoding/json"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/bot/internal/worldtest"
)

// TestDingTalksOwnClientTakesTheImitationForDingTalk: so what our client holds against the
// imitation, it holds against what DingTalk's client expects of DingTalk.
func TestDingTalksOwnClientTakesTheImitationForDingTalk(t *testing.T) {
	w := newInside(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "stream.mjs", w.web.URL, inAppID, inAppSecret)
	cmd.Dir = worldtest.NPM(t, "foreign", "stream.mjs")
	complaint := &worldtest.Log{}
	cmd.Stderr = complaint
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	next := func(what string) map[string]any {
		t.Helper()
		require.True(t, lines.Scan(), "it ended before %q: %s", what, complaint.String())
		var line map[string]any
		require.NoError(t, json.Unmarshal(lines.Bytes(), &line), lines.Text())
		require.Equal(t, what, line["what"], line)
		delete(line, "what")
		return line
	}
	require.Equal(t, map[string]any{"status": 401.0, "code": "authFailed"}, next("refused"))
	next("connected")
	require.NoError(t, w.gateway.Connected(w.soon(), 1))

	id, err := w.gateway.Links()[0].Ping("123-dsfs")
	require.NoError(t, err)
	pong, err := w.gateway.Ack(w.soon(), id)
	require.NoError(t, err)
	require.JSONEq(t, `{"opaque":"123-dsfs"}`, pong.Data)

	a := w.push(w.gateway.Robot(dingtalktest.Message{ID: "msg1", From: "042", Text: " 在吗"}))
	require.JSONEq(t, `{"response":{"ok":true}}`, a.Data)
	require.Equal(t, map[string]any{"id": "msg1", "kind": "text", "text": " 在吗", "from": "042", "talk": "1", "time": "string"}, next("robot"))

	a = w.push(w.gateway.Card(dingtalktest.Tap{Card: "o1", User: "042", Action: "submit"}))
	require.JSONEq(t, `{"response":{"cardData":{"cardParamMap":{"status":"submitted"}}}}`, a.Data)
	require.Equal(t, map[string]any{"card": "o1", "user": "042", "actions": []any{"submit"}}, next("card"))

	a = w.push(w.gateway.Event("user_leave_org", `{"userId":["042"]}`))
	require.JSONEq(t, `{"status":"SUCCESS","message":"success"}`, a.Data)
	require.Equal(t, map[string]any{"kind": "user_leave_org", "data": map[string]any{"userId": []any{"042"}}}, next("event"))
	require.Contains(t, w.push(w.gateway.Event("later", `{}`)).Data, "LATER")
	next("event")

	require.NoError(t, w.gateway.Until(w.soon(), func() bool { return w.gateway.Counts().Pings > 1 }), "its pings are answered, or it would cut the line")
	old := w.gateway.Links()[0]
	require.NoError(t, old.Disconnect())
	f := w.gateway.Robot(dingtalktest.Message{ID: "msg2", From: "042", Text: "还在"})
	require.NoError(t, old.Push(f))
	require.Equal(t, "msg2", next("robot")["id"], "it stays until the connection is closed")
	<-old.Gone()
	require.NoError(t, w.gateway.Connected(w.soon(), 1), "and comes again")
	w.push(w.gateway.Robot(dingtalktest.Message{ID: "msg3", From: "042", Text: "又在"}))
	next("robot")
	require.Zero(t, w.gateway.Counts().Stray)
	require.NoError(t, in.Close())
	_ = cmd.Wait()
}
