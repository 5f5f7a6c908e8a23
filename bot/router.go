package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhuanban/bot/dialog"
	"zhuanban/bot/zh"
)

// route finds who handles a message. In this order:
//
//  0. what waits for words that must not be kept (sealed.go);
//  1. a button, or the number that stands for it on an open card;
//  2. photos, files and places: the running form, or who claims them;
//  3. a word of command at the beginning;
//  4. a handler that is certain that another matter than the form's is meant;
//  5. the running form, if it surely understands the message;
//  6. the handler that most surely claims it;
//  7. the running form, if it can take it as free text;
//  8. nobody: the bot says so, and what it could do instead.
func (b *Bot) route(ctx context.Context, t *Turn) error {
	for _, first := range []func(context.Context, *Turn) (bool, error){b.awaited, b.guards} {
		if taken, err := first(ctx, t); taken || err != nil {
			return err
		}
	}
	if t.Message.Tap != "" {
		return b.tap(ctx, t, t.Message.Tap)
	}
	active, err := t.active(ctx)
	if err != nil {
		return err
	}
	if len(t.Message.Attachments) > 0 || t.Message.Location != nil {
		return b.enclosure(ctx, t, active)
	}
	switch n := utf8.RuneCountInString(t.Message.Text); {
	case strings.TrimSpace(t.Message.Text) == "":
		t.Say("bot.empty", nil)
		return nil
	case n > longestText:
		t.Say("bot.too_long", struct{ Is, May int }{n, longestText})
		return nil
	}
	if tap, ok := t.number(active); ok {
		return b.tap(ctx, t, tap)
	}
	if c, rest, ok := b.command(t.Message.Text); ok {
		if c.Yield && active != nil {
			if next := active.try(t.Input()); next.out.Taken == dialog.Surely {
				return t.present(ctx, active, next)
			}
		}
		if err := c.Do(ctx, t, rest); err != nil {
			return err
		}
		return t.remind(ctx, active)
	}
	return b.words(ctx, t, active)
}

// longestText is how many characters one message may have: far more than any form
// holds, and little enough to be read at once.
const longestText = 4000

// words routes a text that is neither a number nor a command.
func (b *Bot) words(ctx context.Context, t *Turn, active *Session) error {
	var next stepped
	if active != nil {
		next = active.try(dialog.Input{Text: t.Message.Text})
		asked := active.Draft.Phase == dialog.Guided && next.out.Taken != dialog.NotTaken
		t.understood = next.out.Taken == dialog.Surely || asked
	}
	claimed, certainty := b.claim(ctx, t)
	switch {
	case certainty == Certain:
		return claimed.Take(ctx, t)
	case t.understood:
		return t.present(ctx, active, next)
	}
	switch {
	case active != nil && active.collects(claimed) && next.out.Taken == dialog.Weakly:
		return t.present(ctx, active, next)
	case claimed != nil && certainty >= Likely:
		return claimed.Take(ctx, t)
	case active != nil && next.out.Taken == dialog.Weakly:
		return t.present(ctx, active, next)
	case claimed != nil:
		return claimed.Take(ctx, t)
	}
	if c, word, ok := b.slip(t.Message.Text); ok {
		t.Say("bot.slip", word)
		return c.Do(ctx, t, "")
	}
	return t.lost(active)
}

// slip finds the word of command that a text is but for one slip of the finger:
// 「零抱告」. Every command first shows a card or an answer, so a wrong guess does no
// harm; it is said all the same.
func (b *Bot) slip(text string) (best Command, word string, ok bool) {
	var words []string
	of := map[string]Command{}
	for _, h := range b.handlers {
		for _, c := range h.Commands {
			for _, w := range c.Words {
				words, of[w] = append(words, w), c
			}
		}
	}
	word, ok = zh.Nearest(strings.TrimFunc(zh.Fold(text), loose), words)
	return of[word], word, ok
}

// collects says whether a form is waiting for what it asked for, and the handler
// that claims the message is its own: an answer is no new matter.
func (s *Session) collects(claimed *Handler) bool {
	return claimed != nil && claimed.Name == s.Owner && s.Draft.Phase == dialog.Collecting && len(s.Draft.Asked) > 0
}

// claim asks every handler how surely the message is meant for it.
func (b *Bot) claim(ctx context.Context, t *Turn) (best *Handler, certainty Certainty) {
	for i := range b.handlers {
		h := &b.handlers[i]
		if h.Claim == nil {
			continue
		}
		if c := h.Claim(ctx, t); c > certainty {
			best, certainty = h, c
		}
	}
	return best, certainty
}

// lost says that nothing could be made of the message.
func (t *Turn) lost(active *Session) error {
	if n, ok := zh.Choice(t.Message.Text); ok && active == nil {
		t.Say("bot.no_number", n)
		return nil
	}
	data := struct{ Text, Draft string }{Text: t.Message.Text}
	if active != nil {
		data.Draft = active.Form.Title
	}
	t.Say("bot.lost", data)
	return nil
}

// enclosure routes photos, files and places: to the running form if it takes
// them, else to who claims them.
//
// A voice note without its words is kept like them, and its speaker is told that
// nobody reads it: it alone begins nothing.
func (b *Bot) enclosure(ctx context.Context, t *Turn, active *Session) error {
	mute := t.mute()
	if active != nil {
		next := active.try(t.Input())
		if next.out.Taken != dialog.NotTaken {
			if err := t.present(ctx, active, next); err != nil || !mute {
				return err
			}
			t.Say("media.voice", active.Form.Title)
			return nil
		}
	}
	if mute {
		t.Say("media.voice", "")
		return nil
	}
	if h, c := b.claim(ctx, t); c > No {
		return h.Take(ctx, t)
	}
	t.Say("bot.enclosure", len(t.Message.Attachments))
	return nil
}

// Input is the message as a form sees it.
func (t *Turn) Input() dialog.Input {
	in := dialog.Input{Text: t.Message.Text}
	for _, a := range t.Message.Attachments {
		in.Files = append(in.Files, dialog.File{ID: a.ID, Kind: string(a.Kind), Name: a.Name, MIME: a.MIME, Size: a.Size, SHA256: a.SHA256,
			Platform: t.Message.Platform, Source: t.Message.ID, SaidAt: t.Message.At})
	}
	if l := t.Message.Location; l != nil {
		in.Place = l.Label
		if in.Place == "" {
			in.Place = fmt.Sprintf("东经%.5f度北纬%.5f度", l.Lng, l.Lat)
		}
	}
	return in
}

// number reads 「1」「回复 2」 as the button it stands for. While a guided question is
// open, or a number is asked for, a number is the answer.
func (t *Turn) number(active *Session) (tap string, ok bool) {
	if active != nil && active.wantsNumber() {
		return "", false
	}
	n, ok := zh.Choice(t.Message.Text)
	if !ok {
		return "", false
	}
	return t.conv.Tap(n)
}

// wantsNumber says whether a bare number would answer what was asked.
func (s *Session) wantsNumber() bool {
	if s.Draft.Phase == dialog.Guided {
		return true
	}
	return slices.ContainsFunc(s.Draft.Asked, func(k string) bool {
		fd, ok := s.Form.Field(k)
		return ok && (fd.Type == dialog.Number || fd.Type == dialog.Money || fd.Type == dialog.Quantity)
	})
}

// tap hands a button to the handler that it names: "lead.progress:42".
func (b *Bot) tap(ctx context.Context, t *Turn, tap string) error {
	name, arg, _ := strings.Cut(tap, ":")
	handler, word, _ := strings.Cut(name, ".")
	if handler == formTaps {
		return b.formTap(ctx, t, word, arg)
	}
	for _, h := range b.handlers {
		if h.Name != handler {
			continue
		}
		if do, ok := h.Taps[word]; ok {
			return do(ctx, t, arg)
		}
	}
	t.Say("bot.stale", nil)
	return nil
}

// command finds the word of command that a text begins with, courtesies aside.
func (b *Bot) command(text string) (best Command, rest string, ok bool) {
	folded := zh.Fold(text)
	if best, rest, ok = b.begins(folded); ok {
		return best, rest, ok
	}
	for _, p := range courtesies {
		if after, polite := strings.CutPrefix(folded, p); polite {
			return b.command(strings.TrimLeftFunc(after, loose))
		}
	}
	return best, "", false
}

// courtesies are what people say before a word of command.
var courtesies = []string{"我要", "我想", "想要", "请问", "请", "帮我", "帮忙", "麻烦", "给我", "我来", "看一下", "看看", "看下", "查一下", "查询", "查看", "再", "报一下", "填一下"}

// begins finds the longest word of command at the beginning of a text.
func (b *Bot) begins(folded string) (best Command, rest string, ok bool) {
	length := 0
	for _, h := range b.handlers {
		for _, c := range h.Commands {
			for _, w := range c.Words {
				after, found := strings.CutPrefix(folded, w)
				if !found || len(w) <= length {
					continue
				}
				said := strings.TrimLeftFunc(after, loose)
				if said != "" && (c.Alone || len(said) == len(after) && !glues(c, w, said)) {
					continue
				}
				best, rest, length, ok = c, said, len(w), true
			}
		}
	}
	return best, rest, ok
}

// glues says whether what follows a word directly still leaves it a word of
// command.
func glues(c Command, word, rest string) bool {
	return c.Glued || utf8.RuneCountInString(word) >= 3 || rest[0] >= '0' && rest[0] <= '9'
}

// loose is what may stand between a word of command and what follows it.
func loose(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(",,:。.、!!;?？~吧", r)
}

// remind says, after a command that interrupted a form, that its draft is kept.
func (t *Turn) remind(ctx context.Context, active *Session) error {
	if active == nil || t.conv.Active != active.ID || t.draft == active.ID {
		return nil
	}
	t.Say("form.waiting", active.Form.Title)
	return nil
}

// ID reads the number in a tap's argument; 0 if it is none.
func ID(arg string) int64 {
	n, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
