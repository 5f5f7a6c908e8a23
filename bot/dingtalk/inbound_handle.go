package dingtalk

import (
	"context"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/internal/secret"
)

// handling is how long the desk may take over one message, for one attempt. It is below
// the time after which DingTalk was seen to send again.
const handling = 10 * time.Second

// again are the pauses before a message is handed in again that the desk did not take:
// messages to the robot are not promised to be sent again. A restart of the database
// takes so long.
var again = []time.Duration{time.Second, 5 * time.Second, 20 * time.Second}

// receive does with a message what can be done before it is acknowledged. With an error
// nothing of it has happened. What it says besides is to be said at the message's webhook
// afterwards; "" = nothing.
func (c *Channel) receive(ctx context.Context, in inbound, hand func(context.Context, bot.Message) error) (say string, err error) {
	switch {
	case in.group && !in.known:
		return c.unknownGroup(ctx, in.chat), nil
	case !in.staff:
		if !c.in.outside.First(in.chat, c.o.Wall().Format(hourly)) {
			return "", nil
		}
		c.o.Log.InfoContext(ctx, "somebody who is nobody has spoken to the robot: without a senderStaffId, or of another organisation; if that is wrong, the app is not published", "id", in.message.ID)
		return c.words(ctx, "dingtalk.outside", nil), nil
	}
	if in.hook != "" {
		c.in.sessions.put(ctx, in.from(), in.hook, in.ends)
	}
	if in.says() {
		if err := hand(ctx, in.message); err != nil {
			return c.words(ctx, "dingtalk.failed", nil), err
		}
	}
	switch {
	case in.words.empty && in.spent:
		c.o.Log.ErrorContext(ctx, "DingTalk keeps back what people say: the organisation's quota of messages is spent (code 20001)", "id", in.message.ID)
		return c.words(ctx, "dingtalk.spent", nil), nil
	case in.words.empty:
		c.o.Log.WarnContext(ctx, "a message came without content", "id", in.message.ID)
		return c.words(ctx, "dingtalk.empty", nil), nil
	case in.words.unread:
		return c.words(ctx, "dingtalk.unsupported", nil), nil
	}
	return "", nil
}

// hand gives a message to the desk once.
func (c *Channel) hand(ctx context.Context, m bot.Message) error {
	one, cancel := context.WithTimeout(context.WithoutCancel(ctx), handling)
	defer cancel()
	_, err := c.o.Desk.Handle(one, m)
	return err
}

// handAgain gives a message to the desk, again if that fails, until the program stops.
func (c *Channel) handAgain(ctx context.Context, m bot.Message) error {
	for n := 0; ; n++ {
		err := c.hand(ctx, m)
		if err == nil {
			return nil
		}
		if n == len(c.in.again) || ctx.Err() != nil {
			c.o.Log.ErrorContext(ctx, "a message is not taken: its sender is told", "id", m.ID, "err", c.shown(err))
			return err
		}
		c.o.Log.WarnContext(ctx, "a message was not handled, and is handed in again", "id", m.ID, "err", c.shown(err))
		wait := time.NewTimer(c.in.again[n])
		select {
		case <-ctx.Done():
		case <-wait.C:
		}
		wait.Stop()
	}
}

// shown is an error as the log may have it.
func (c *Channel) shown(err error) string {
	return secret.Line(secret.Hide(err.Error(), c.o.ClientSecret))
}

// words are a sentence of the templates.
func (c *Channel) words(ctx context.Context, name string, data any) string {
	page, err := c.o.Templates.Render(name, data)
	if err != nil {
		c.o.Log.ErrorContext(ctx, "a sentence cannot be said", "err", err)
	}
	return page.Body
}

// hourly names an hour: how often somebody from outside is told so, in one conversation.
// They are nobody here, and may speak as often as they like.
const hourly = "2006-01-02T15"

// unknownGroup is what is said in a group that is not configured, once a day: the id with
// which it can be.
func (c *Channel) unknownGroup(ctx context.Context, chat string) string {
	if !c.in.told.First(chat, c.o.Wall().Format(time.DateOnly)) {
		return ""
	}
	c.o.Log.InfoContext(ctx, "the robot was spoken to in a group that is not configured", "conversation", chat)
	return c.words(ctx, "dingtalk.unknown_group", chat)
}
