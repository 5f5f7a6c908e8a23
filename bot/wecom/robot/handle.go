package robot

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"zhuanban/bot"
)

// handling is how long the desk may take over one message, for one attempt.
const handling = 10 * time.Second

// heard takes one command of the platform. It is called by the reader, in order.
func (c *Channel) heard(ctx context.Context, l *link, f frame) {
	if f.Cmd != cmdMessage && f.Cmd != cmdEvent {
		return
	}
	in, err := c.read(f.Body)
	switch {
	case err != nil:
		c.o.Log.WarnContext(ctx, "the robot heard something that is no message", "bytes", len(f.Body))
		return
	case in.event == eventKicked:
		l.end(errKicked)
		return
	}
	c.slots <- struct{}{} // beyond that the platform waits
	c.lanes.Run(&c.working, in.message.Sender, func() {
		defer func() { <-c.slots }()
		defer c.caught(ctx)
		c.answer(ctx, l, f.Headers.ReqID, in)
	})
}

// caught keeps a panic within one message.
func (c *Channel) caught(ctx context.Context) {
	if p := recover(); p != nil {
		c.o.Log.ErrorContext(ctx, "handling a message panicked", "at", string(debug.Stack()))
	}
}

// answer does what one message or event wants. Answers to what was said are not given
// here: they are in the outbox when the desk has taken the message, so that a crash
// loses none.
func (c *Channel) answer(ctx context.Context, l *link, reqID string, in inbound) {
	say := func(cmd string, body any) { c.respond(ctx, l, cmd, reqID, body) }
	switch {
	case in.event == eventEnter:
		say(cmdWelcome, plain(c.words.welcome))
	case in.event == eventTap:
		if in.known && c.hand(ctx, in.message) == nil {
			say(cmdUpdate, c.chosen(ctx, in))
		}
	case in.event == eventFeedback:
		c.o.Log.InfoContext(ctx, "somebody has rated an answer of the robot")
	case in.event != "":
	case !in.known:
		if words, ok := c.unknownGroup(in.chat); ok {
			say(cmdRespond, stream(reqID, words))
		}
	default:
		if in.says() && c.hand(ctx, in.message) != nil {
			say(cmdRespond, stream(reqID, c.words.failed))
			return
		}
		if in.unread {
			say(cmdRespond, stream(reqID, c.words.unsupported))
		}
	}
}

// hand gives a message to the desk, again if that fails: over the connection nobody
// else sends it again. The connection may break meanwhile: what was heard is heard.
func (c *Channel) hand(ctx context.Context, m bot.Message) error {
	for n := 0; ; n++ {
		one, cancel := context.WithTimeout(context.WithoutCancel(ctx), handling)
		_, err := c.o.Desk.Handle(one, m)
		cancel()
		if err == nil {
			return nil
		}
		if n == len(c.pace.again) || ctx.Err() != nil {
			c.o.Log.ErrorContext(ctx, "a message of the robot is lost: its sender is told", "id", m.ID, "err", c.redact(err.Error()))
			return err
		}
		c.o.Log.WarnContext(ctx, "a message of the robot was not handled, and is handed in again", "id", m.ID, "err", c.redact(err.Error()))
		select {
		case <-ctx.Done():
		case <-time.After(c.pace.again[n]):
		}
	}
}

// respond answers a callback, for what is said by the channel itself. It is said once
// or not at all.
func (c *Channel) respond(ctx context.Context, l *link, cmd, reqID string, body any) {
	ack, _, err := l.call(ctx, cmd, reqID, body)
	switch {
	case err != nil:
		c.o.Log.WarnContext(ctx, "an answer of the robot did not arrive", "cmd", cmd, "err", err)
	case ack.Code == nil || *ack.Code != 0:
		c.o.Log.WarnContext(ctx, "an answer of the robot was not taken", "cmd", cmd, "errcode", ack.Code, "errmsg", c.redact(ack.Message))
	}
}

// plain is a text as the welcome takes it.
func plain(text string) any { return map[string]any{"msgtype": "text", "text": said{text}} }

// stream is a text as an answer takes it: a stream that is over at once.
func stream(id, text string) any {
	type body struct {
		ID      string `json:"id"`
		Finish  bool   `json:"finish"`
		Content string `json:"content"`
	}
	return struct {
		Kind   string `json:"msgtype"`
		Stream body   `json:"stream"`
	}{"stream", body{id, true, cut(escape(text), longestText)}}
}

// unknownGroup is what is said in a group that is not configured, once a day.
func (c *Channel) unknownGroup(chat string) (words string, ok bool) {
	if !c.told.First(chat, c.o.Wall().Format(time.DateOnly)) {
		return "", false
	}
	page, err := c.o.Templates.Render("robot.unknown_group", chat)
	if err != nil {
		c.o.Log.Error("naming an unknown group", "err", err)
		return "", false
	}
	c.o.Log.Info("the robot was spoken to in a group that is not configured", "chat_id", chat)
	return page.Body, true
}

var errNoCard = errors.New("no card of ours")
