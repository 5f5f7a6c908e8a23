package dingtalk

import (
	"context"
	"time"
)

// answerer says something at a message's webhook: what the channel says by itself, to
// people whom nothing else reaches.
type answerer interface {
	say(ctx context.Context, webhook, text string) error
}

// saying is how long that may take: nobody waits longer for it.
const saying = 5 * time.Second

// plainAnswerer says it as plain text, once or not at all.
type plainAnswerer struct{ c *Channel }

func (a plainAnswerer) say(ctx context.Context, webhook, text string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saying)
	defer cancel()
	return a.c.answer(ctx, webhook, hooked{MsgType: "text", Text: &hookText{text}})
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
