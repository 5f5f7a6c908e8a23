package wecom

import (
	"context"
	"strings"
	"unicode/utf8"

	"zhuanban/bot"
)

// A bot's card as a template card. Nothing is put on one that a small screen would
// cut off, because nobody could read the rest: a card that does not fit is said in
// full as text, with the numbers to reply, and a small card with its title and its
// buttons comes behind. Typing a number works in any case.

// put is a parcel in messages: as a card where it can be drawn. An answer is one only
// where it is to be (CardAlways).
func (c *Channel) put(p bot.Parcel) ([]message, error) {
	if p.Reply.Kind == bot.CardReply && len(p.Reply.Buttons) > 0 && (!p.Asked || c.o.Cards == CardAlways) && c.drew(p.Doubt) {
		if out, ok := c.draw(p); ok {
			return out, nil
		}
	}
	return compose(p)
}

// Pieces is in how many messages a reply arrives. The thirty a minute that a member
// gets are messages, and WeCom drops what is more without a word.
func (c *Channel) Pieces(p bot.Parcel) int {
	r := p.Reply
	if r.Kind == bot.CardDone {
		return 0
	}
	if p.To.Kind == bot.ToGroup {
		return c.piecesIn(c.groups.of[p.To.Account], r)
	}
	if r.Kind == bot.TextReply && len(r.Text) <= longestText {
		return 1
	}
	out, err := c.put(p)
	if err != nil {
		return 1
	}
	return len(out)
}

// draw makes a card; ok is false if the reply is better said in words: too many
// buttons, or one without a value.
func (c *Channel) draw(p bot.Parcel) (out []message, ok bool) {
	b := buttonsOf(p.Reply)
	if !body(&b, p.Reply.Body) || !whole(p.Reply, b) {
		words, err := compose(p)
		if err != nil {
			return nil, false
		}
		out = words
		b.SubTitle, b.Horizontal = "", nil
		if b.Title.Title == "" {
			b.Title.Title = c.choose
		}
	}
	var m message
	if b.put(&m) != nil {
		return nil, false
	}
	return append(out, m), true
}

// buttonsOf is the card without its body: the first button is the one that is meant.
func buttonsOf(r bot.Reply) Buttons {
	b := Buttons{Frame: Frame{Title: Heading{Title: r.Title}}}
	for i, one := range r.Buttons {
		b.Buttons = append(b.Buttons, Button{Text: one.Label, Style: min(i+1, 2), Key: one.Tap})
	}
	return b
}

// whole says whether title and labels are shown to their ends, and there is
// something to show.
func whole(r bot.Reply, b Buttons) bool {
	for _, one := range r.Buttons {
		if utf8.RuneCountInString(one.Label) > shownButton {
			return false
		}
	}
	return utf8.RuneCountInString(r.Title) <= shownTitle && (r.Title != "" || b.SubTitle != "")
}

// body puts the words of a card where they fit: a few lines of a name and a value as
// such, else a short text; false if they are too long for both.
func body(b *Buttons, s string) bool {
	s = strings.TrimSpace(s)
	if pairs := pairsOf(s); b.Title.Title != "" && len(pairs) > 1 {
		b.Horizontal = pairs
		return true
	}
	b.SubTitle = s
	return utf8.RuneCountInString(s) <= shownSubTitle
}

// pairsOf reads lines of 「名称：值」; nil if one of them is not of that kind, or too
// long, or they are too many.
func pairsOf(s string) []Pair {
	var out []Pair
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "：")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || value == "" || len(out) == mostPairs ||
			utf8.RuneCountInString(name) > shownName || utf8.RuneCountInString(value) > shownValue {
			return nil
		}
		out = append(out, Pair{Name: name, Value: value})
	}
	return out
}

// instead is what is said where WeCom has refused a message: after a card, its words
// (unless they have gone before it); ok is false if there is nothing else to try. A
// refused call has delivered nothing.
func (c *Channel) instead(ctx context.Context, p bot.Parcel, piece int, m message, v verdict, err error) (words []message, ok bool) {
	if m.Card == nil || p.Reply.Kind != bot.CardReply || v.fate != bot.Refused || v.reason != bot.BadContent && v.reason != "" {
		return nil, false
	}
	switch {
	case c.o.Features.Cards.Forced():
		c.o.Log.WarnContext(ctx, "WeCom refuses a card, which goes as plain text", "delivery", p.ID, "err", err)
	case c.cards.Refused(CodeOf(err), c.o.Wall()):
		c.o.Log.WarnContext(ctx, "WeCom does not take cards here; from now on they go as plain text", "err", err)
	default:
		c.o.Log.DebugContext(ctx, "a card is refused and goes as plain text", "delivery", p.ID, "err", err)
	}
	if piece > 0 {
		return nil, true
	}
	words, err = compose(p)
	return words, err == nil
}
