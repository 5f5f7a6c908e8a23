package robot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

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
// not sent again by this process.
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
	for i := c.sent.of(p.ID); i < len(parts); i++ {
		if err := c.post(ctx, l, parts[i]); err != nil {
			switch {
			case err.Fate == bot.Refused && parts[i].Card != nil && i > 0:
				c.refused(ctx, p, err) // the text says everything, and how to answer it by typing
				continue
			case err.Fate == bot.Refused && parts[i].Card != nil && cardly(err):
				c.refused(ctx, p, err)
				parts = append(parts[:i:i], texts(to, p.Reply.Text)...)
				i--
				continue
			case err.Fate == bot.Refused:
				c.sent.forget(p.ID)
			}
			return bot.Receipt{}, c.lostUpload(ctx, p, err)
		}
		c.sent.put(p.ID, i+1)
		if parts[i].Card != nil {
			c.cards.Accepted()
		}
	}
	c.sent.forget(p.ID)
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
func (c *Channel) lostUpload(ctx context.Context, p bot.Parcel, err *bot.SendError) error {
	if !uploads.Wanted(p.Reply) || !errors.Is(err, errNoMedia) {
		return err
	}
	return c.uploads.Lost(ctx, p.Prepared, err)
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

// progress is how many messages of a parcel were taken, so that a parcel of several
// which stops half way goes on there.
type progress struct {
	mu   sync.Mutex
	done map[int64]int
}

// mostHalf bounds it: parcels that are half sent and never tried again.
const mostHalf = 10_000

func (p *progress) of(id int64) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done[id]
}

func (p *progress) put(id int64, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil || len(p.done) >= mostHalf {
		p.done = map[int64]int{}
	}
	p.done[id] = n
}

func (p *progress) forget(id int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.done, id)
}
