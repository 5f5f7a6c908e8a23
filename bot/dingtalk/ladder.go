package dingtalk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"zhuanban/bot"
)

// way is one way on which words reach a recipient. A way that certainly did not bring
// them there leaves them to the next; after one of which that is not known, none follows.
type way struct {
	// say says one piece; last is the last one, which calls people by name.
	say func(ctx context.Context, piece string, last bool) (ref string, err error)
}

// ways are those to a recipient, the best one first: the live webhook of what was asked,
// which costs nothing; in a group its custom robot, where people are to be called by
// name; the OpenAPI. What nobody asked for never goes to a webhook of a conversation.
func (c *Channel) ways(ctx context.Context, p bot.Parcel) ([]way, error) {
	var out []way
	if webhook, ok := c.asked(ctx, p); ok {
		out = append(out, c.byAnswer(p, webhook))
	}
	if p.To.Kind == bot.ToPerson {
		user, err := c.userOf(p.To)
		if err != nil && len(out) > 0 {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		return append(out, way{func(ctx context.Context, piece string, _ bool) (string, error) {
			o := c.toPersons(ctx, []string{user}, Text(piece))[0]
			return o.Receipt.Ref, o.Err
		}}), nil
	}
	g, err := c.groupOf(p.To)
	if err != nil && len(out) > 0 {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	var robot, app []way
	if g.Webhook != "" {
		robot = []way{c.byRobot(p, g)}
	}
	if g.Conversation != "" {
		app = []way{{func(ctx context.Context, piece string, _ bool) (string, error) {
			return c.toGroup(ctx, g.Conversation, Text(piece))
		}}}
	}
	if c.shouts(p, g) {
		return append(append(out, robot...), app...), nil
	}
	return append(append(out, app...), robot...), nil
}

// shouts says whether a parcel goes first through a group's custom robot.
func (c *Channel) shouts(p bot.Parcel, g Group) bool {
	return g.Webhook != "" && (g.Conversation == "" || c.mentions(p.Reply.Mention) != nil)
}

// asked is the live webhook of what a parcel answers.
func (c *Channel) asked(ctx context.Context, p bot.Parcel) (webhook string, ok bool) {
	if !p.Asked || p.Reply.Kind != bot.TextReply && p.Reply.Kind != bot.CardReply {
		return "", false
	}
	return c.session(ctx, p.To)
}

// byAnswer answers at a webhook that came with a message. One that has ended is dropped.
func (c *Channel) byAnswer(p bot.Parcel, webhook string) way {
	return way{func(ctx context.Context, piece string, last bool) (string, error) {
		err := c.answer(ctx, webhook, c.worded(p, piece, last))
		if ended(err) {
			c.dropSession(ctx, p.To, webhook)
		}
		return "", err
	}}
}

func (c *Channel) byRobot(p bot.Parcel, g Group) way {
	return way{func(ctx context.Context, piece string, last bool) (string, error) {
		return "", c.shout(ctx, g, c.worded(p, piece, last))
	}}
}

// worded is one piece for a webhook.
func (c *Channel) worded(p bot.Parcel, piece string, last bool) hooked {
	h := hooked{MsgType: "text", Text: &hookText{piece}}
	if last && p.To.Kind == bot.ToGroup {
		h.At = c.mentions(p.Reply.Mention)
	}
	return h
}

// descend says the pieces of a parcel, each on the first way that takes it. What was said
// in a try before is not said again.
func (c *Channel) descend(ctx context.Context, p bot.Parcel, pieces []string, ways []way) (bot.Receipt, error) {
	refs := c.out.said.Of(p)
	var failed error
	for _, w := range ways {
		var err error
		for err == nil && len(refs) < len(pieces) {
			var ref string
			if ref, err = w.say(ctx, pieces[len(refs)], len(refs) == len(pieces)-1); err == nil {
				refs = append(refs, ref)
			}
		}
		if err == nil {
			c.out.said.Ended(p)
			return bot.Receipt{Ref: joined(refs)}, nil
		}
		if failed = milder(failed, err); fateOf(err) == bot.Unknown || turnedAway(err) {
			failed = err
			break
		}
		c.o.Log.DebugContext(ctx, "a way out is closed", "delivery", p.ID, "err", err)
	}
	return bot.Receipt{}, c.stopped(p, refs, failed)
}

// stopped keeps with a parcel what was said of it before it failed.
func (c *Channel) stopped(p bot.Parcel, refs []string, err error) error {
	var failed *bot.SendError
	if errors.As(err, &failed) {
		return c.out.said.Stopped(p, refs, failed)
	}
	return err
}

// turnedAway says that nobody here may call DingTalk for a while, on any way.
func turnedAway(err error) bool {
	var failed *bot.SendError
	return errors.As(err, &failed) && failed.Everybody && failed.Reason == bot.Throttled
}

// milder is which of two failures counts: one after which it may be tried again, or the
// later one.
func milder(before, now error) error {
	if before != nil && fateOf(before) == bot.NotSent && fateOf(now) == bot.Refused {
		return before
	}
	return now
}

func fateOf(err error) bot.Fate {
	var failed *bot.SendError
	if errors.As(err, &failed) {
		return failed.Fate
	}
	return bot.Unknown
}

// joined are the receipts of pieces; webhooks give none.
func joined(refs []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(refs), func(r string) bool { return r == "" }), "|")
}

// userOf is the userId of a person.
func (c *Channel) userOf(to bot.Recipient) (string, error) {
	if user, ok := c.o.People.UserID(to.Account); ok && user != "" {
		return user, nil
	}
	return "", refuse(bot.NoSuchAccount, "no userId of DingTalk's is known for this account")
}

// groupOf is the group that something can be said in.
func (c *Channel) groupOf(to bot.Recipient) (Group, error) {
	if g, ok := c.groups.named(to.Account); ok && (g.Conversation != "" || g.Webhook != "") {
		return g, nil
	}
	return Group{}, refuse(bot.NoSuchGroup, "neither a conversation nor a webhook is configured for this group")
}
