package dingtalk

import (
	"context"
	"strings"

	"zhuanban/bot/dingtalk/internal/stream"
)

// The topics of callbacks.
const (
	topicRobot = "/v1.0/im/bot/messages/get"
	topicCard  = "/v1.0/card/instances/callback"
)

var subscriptions = []stream.Subscription{{Type: stream.Event, Topic: "*"}, {Type: stream.Callback, Topic: topicRobot}, {Type: stream.Callback, Topic: topicCard}}

// hear says what is done with a frame. Events are known by their type alone: DingTalk's
// own samples do not agree about their topic.
func (c *Channel) hear(f stream.Frame) stream.Job {
	switch topic := f.Topic(); {
	case f.Type == stream.Event:
		return c.hearEvent(f)
	case strings.EqualFold(topic, topicRobot):
		return c.hearMessage(f)
	case strings.EqualFold(topic, topicCard):
		return c.hearTap(f)
	}
	return stream.Job{Do: func(ctx context.Context) stream.Answer {
		c.o.Log.DebugContext(ctx, "DingTalk sent something that nobody asked for", "type", f.Type, "bytes", len(f.Data))
		return stream.Unknown()
	}}
}

// hearMessage is a message to the robot. Those of one sender are handled in their order.
// It is acknowledged when it is durable, also where nothing came of it: it would be the
// same again.
func (c *Channel) hearMessage(f stream.Frame) stream.Job {
	in, err := c.read([]byte(f.Data), f.ID())
	if err != nil {
		return stream.Job{Do: func(ctx context.Context) stream.Answer {
			c.o.Log.WarnContext(ctx, "DingTalk sent a message that is none", "bytes", len(f.Data))
			return stream.Answer{}
		}}
	}
	say := ""
	return stream.Job{Lane: lane(in.message.Sender, in.chat),
		Do: func(ctx context.Context) (a stream.Answer) {
			if say, err = c.receive(ctx, in, c.handAgain); err != nil {
				return stream.Failed()
			}
			return stream.Answer{}
		},
		Then: func(ctx context.Context) { c.tell(ctx, in.hook, say) }}
}

// lane is a person's, and for whoever is nobody, the conversation's.
func lane(sender, chat string) string {
	if sender == "" {
		return "\x00" + chat
	}
	return sender
}
