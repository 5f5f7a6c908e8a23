package wecom

import (
	"context"
	"net/http"
	"net/url"

	"zhuanban/bot"
)

// webhookPath is where a group's robot (消息推送) speaks. Its key stands for an access
// token.
const webhookPath = "/cgi-bin/webhook/send"

// webhook makes one call of a robot. An error is a *bot.SendError.
func (c *Channel) webhook(ctx context.Context, key string, body []byte) error {
	s, err := c.call(ctx, http.MethodPost, webhookPath, url.Values{"key": {key}}, body, nil)
	if err != nil || s.code() == 0 {
		return err
	}
	return c.webhookError(webhookPath, s)
}

// webhookError is a code that a robot was answered with. It is never of everybody:
// another group has another robot.
func (c *Channel) webhookError(path string, s status) *bot.SendError {
	v := judge(s.code())
	v.everybody = false
	return c.platformError(v, path, s)
}
