package robot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/uploads"
	"zhuanban/bot/wecom/internal/name"
)

// outgoing is the body of aibot_send_msg.
type outgoing struct {
	Chat     string `json:"chatid"`
	Type     int    `json:"chat_type"` // 1 a member, 2 a group
	Kind     string `json:"msgtype"`
	Markdown *said  `json:"markdown,omitempty"`
	Card     *card  `json:"template_card,omitempty"`

	Image *mediaRef `json:"image,omitempty"`
	File  *mediaRef `json:"file,omitempty"`
	Voice *mediaRef `json:"voice,omitempty"`
	Video *mediaRef `json:"video,omitempty"`
}

// Send hands one parcel to WeCom: a text in one message or, if it is very long, several;
// a card as a template card, after its whole text where that does not fit on it; an image
// or file by the name of what Prepare has uploaded. What of a parcel has been taken is
// not sent again.
func (c *Channel) Send(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	to, err := c.address(p)
	if err != nil {
		return bot.Receipt{}, err
	}
	if c.o.Webhook {
		return bot.Receipt{}, c.sendBack(ctx, to, p)
	}
	l := c.live.Load()
	if l == nil {
		return bot.Receipt{}, c.offline()
	}
	if p, err = c.readied(ctx, p); err != nil {
		return bot.Receipt{}, err
	}
	parts, err := c.parts(to, p)
	if err != nil {
		return bot.Receipt{}, err
	}
	taken := c.sent.Of(p)
	for i := len(taken); i < len(parts); i++ {
		err := c.post(ctx, l, parts[i])
		card := parts[i].Card != nil
		switch {
		case err == nil && card:
			c.cards.Accepted()
		case err == nil:
		case err.Fate == bot.Refused && card && i > 0:
			c.refused(ctx, p, err) // the text says everything, and how to answer it by typing
		case err.Fate == bot.Refused && card && cardly(err):
			c.refused(ctx, p, err)
			parts = append(parts[:i:i], texts(to, p.Reply.Text)...)
			i--
			continue
		default:
			return bot.Receipt{}, c.sent.Stopped(p, taken, c.lostUpload(ctx, p, err))
		}
		taken = append(taken, "") // WeCom names none
	}
	c.sent.Ended(p)
	return bot.Receipt{}, nil
}

// refused notes that WeCom has not taken a card.
func (c *Channel) refused(ctx context.Context, p bot.Parcel, err *bot.SendError) {
	switch {
	case c.o.Insist:
		c.o.Log.WarnContext(ctx, "a card of the robot is refused and goes as text", "delivery", p.ID, "err", err)
	case cardly(err) && c.cards.Refused(codeOf(err), c.o.Wall()):
		c.o.Log.WarnContext(ctx, "WeCom takes no cards of the robot here; from now on they go as text", "err", err)
	default:
		c.o.Log.DebugContext(ctx, "a card of the robot is refused and goes as text", "delivery", p.ID, "err", err)
	}
}

// lostUpload looks at a parcel that was not taken: if WeCom no longer has its upload, it
// is uploaded anew before the next try, once.
func (c *Channel) lostUpload(ctx context.Context, p bot.Parcel, err *bot.SendError) *bot.SendError {
	var lost *bot.SendError
	if uploads.Wanted(p.Reply) && errors.Is(err, errNoMedia) && errors.As(c.uploads.Lost(ctx, p.Prepared, err), &lost) {
		return lost
	}
	return err
}

// offline is a parcel that finds no connection.
func (c *Channel) offline() error {
	return c.failure(verdict{fate: bot.NotSent, reason: bot.PlatformAway, wait: soon}, errors.New("there is no connection"))
}

// cardly says whether a refusal may be of the card, and not of the recipient.
func cardly(err *bot.SendError) bool { return err.Reason == bot.BadContent || err.Reason == "" }

// address is where a parcel goes, if it is one that the platform could take.
func (c *Channel) address(p bot.Parcel) (outgoing, error) {
	refuse := func(reason bot.Reason, why string) (outgoing, error) {
		return outgoing{}, &bot.SendError{Fate: bot.Refused, Reason: reason, Err: errors.New(why)}
	}
	to := outgoing{Chat: p.To.Account, Type: 1}
	if p.To.Kind == bot.ToGroup {
		to = outgoing{Chat: c.chats[p.To.Account], Type: 2}
	}
	switch {
	case to.Chat == "" && to.Type == 2:
		return refuse(bot.NoSuchGroup, "the group has no chat id of the robot in the configuration (groups: robot)")
	case to.Type == 1 && !name.Account(to.Chat):
		return refuse(bot.NoSuchAccount, "the account is none that WeCom could have")
	case uploads.Wanted(p.Reply) && c.o.Webhook:
		return refuse(bot.BadContent, "a robot that is called back takes no images and files: mode: socket does")
	case uploads.Wanted(p.Reply):
		return to, nil
	case p.Reply.Kind != bot.TextReply && p.Reply.Kind != bot.CardReply:
		return refuse(bot.BadContent, "a reply of kind "+string(p.Reply.Kind))
	case strings.TrimSpace(p.Reply.Text) == "":
		return refuse(bot.BadContent, "an empty text")
	}
	for _, b := range p.Reply.Buttons {
		if len(b.Tap) > longestButton || b.Tap == "" {
			return refuse(bot.BadContent, "a button whose key is none")
		}
	}
	return to, nil
}

// Pieces is in how many messages a reply arrives: WeCom counts each of them in a
// conversation.
func (c *Channel) Pieces(p bot.Parcel) int {
	r := p.Reply
	if uploads.Wanted(r) {
		return 1
	}
	parts, err := c.parts(outgoing{}, bot.Parcel{Reply: r})
	if err != nil {
		return 1
	}
	return max(1, len(parts))
}

// parts are the messages that a parcel comes to, in order.
func (c *Channel) parts(to outgoing, p bot.Parcel) (out []outgoing, err error) {
	if uploads.Wanted(p.Reply) {
		return uploaded(to, p)
	}
	draw := p.Reply.Kind == bot.CardReply && c.draws()
	if !draw || len(p.Reply.Buttons) == 0 || !fits(p.Reply) {
		out = texts(to, p.Reply.Text)
	}
	if !draw {
		return out, nil
	}
	for _, k := range drawn(p.ID, p.Reply) {
		part := to
		part.Kind, part.Card = "template_card", &k
		out = append(out, part)
	}
	return out, nil
}

func texts(to outgoing, text string) (out []outgoing) {
	for _, piece := range pieces(text, longestText) {
		part := to
		part.Kind, part.Markdown = "markdown", &said{piece}
		out = append(out, part)
	}
	return out
}

// post sends one message and waits for its acknowledgement.
func (c *Channel) post(ctx context.Context, l *link, body outgoing) *bot.SendError {
	ack, left, err := l.call(ctx, cmdSend, newReqID(cmdSend), body)
	switch {
	case err != nil:
		return c.unanswered(left, err)
	case ack.Code == nil:
		return c.unanswered(true, errors.New("an acknowledgement without errcode"))
	case *ack.Code == codeNoMedia:
		return c.failure(judge(codeNoMedia, false), fmt.Errorf("%s: %w: %s", cmdSend, errNoMedia, ack.Message))
	case *ack.Code != 0:
		return c.failure(judge(*ack.Code, body.Type == 2), &coded{cmdSend, *ack.Code, ack.Message})
	}
	return nil
}
