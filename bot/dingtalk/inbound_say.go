package dingtalk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"zhuanban/bot/internal/secret"
)

// answerer says something at a message's webhook: what the channel says by itself, to
// people whom nothing else reaches.
type answerer interface {
	say(ctx context.Context, webhook, text string) error
}

const (
	saying       = 5 * time.Second
	largestReply = 64 << 10
)

// plainAnswerer says it as plain text, once or not at all.
type plainAnswerer struct{ client *http.Client }

func (a plainAnswerer) say(ctx context.Context, webhook, text string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saying)
	defer cancel()
	out, err := json.Marshal(map[string]any{"msgtype": "text", "text": map[string]string{"content": text}})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, webhook, bytes.NewReader(out))
	if err != nil {
		return errors.New("the webhook is no address")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := a.client.Do(req)
	if err != nil {
		return secret.Error("answering at a webhook", err, func(s string) string { return secret.Hide(s, webhook) })
	}
	defer res.Body.Close()
	var said struct {
		Code    *int64 `json:"errcode"`
		Message string `json:"errmsg"`
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, largestReply))
	switch {
	case err != nil || json.Unmarshal(b, &said) != nil || said.Code == nil:
		return fmt.Errorf("answering at a webhook: HTTP status %d, and no answer of DingTalk's", res.StatusCode)
	case *said.Code != 0:
		return fmt.Errorf("answering at a webhook: errcode %d: %s", *said.Code, secret.Line(secret.Hide(said.Message, webhook)))
	}
	return nil
}

// tell says something at a webhook, if there is one and something to say.
func (c *Channel) tell(ctx context.Context, webhook, text string) {
	if webhook == "" || text == "" {
		return
	}
	if err := c.in.answerer.say(ctx, webhook, text); err != nil {
		c.o.Log.WarnContext(ctx, "what the robot had to say by itself did not arrive", "err", err)
	}
}
