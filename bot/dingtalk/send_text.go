package dingtalk

import (
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/cut"
)

// inPieces cuts a text into messages that fit on every way out, so that one that was begun
// on one of them can be ended on another.
func inPieces(text string) []string {
	var out []string
	for _, piece := range cut.Characters(strings.ToValidUTF8(text, "\uFFFD"), longestText) {
		if len(compact(piece)) > longestParam-len(`{"content":}`) { // full of what JSON writes longer
			out = append(out, cut.Pieces(piece, longestParam/8)...)
			continue
		}
		out = append(out, piece)
	}
	return out
}

// wordsOf are the words of a reply to a recipient. A button in a group has no number, so
// it is said what it is for.
func (c *Channel) wordsOf(to bot.Recipient, r bot.Reply) (string, error) {
	if to.Kind != bot.ToGroup || r.Kind != bot.CardReply {
		return r.Text, nil
	}
	var asks []string
	for _, b := range r.Buttons {
		if b.Code == 0 {
			asks = append(asks, b.Label)
		}
	}
	if len(asks) == 0 {
		return r.Text, nil
	}
	page, err := c.o.Templates.Render("dingtalk.private", strings.Join(asks, "、"))
	if err != nil {
		return "", refuse(bot.BadContent, err.Error())
	}
	return strings.TrimRight(r.Text, "\n") + "\n" + page.Body, nil
}
