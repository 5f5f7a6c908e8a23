package wecom

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"zhuanban/bot"
)

// shownDone is how many characters of the words on a greyed button are shown.
const shownDone = 16

const updatePath = "/cgi-bin/message/update_template_card"

// change is the body of update_template_card that greys a card's buttons.
type change struct {
	UserIDs []string `json:"userids"`
	AgentID int      `json:"agentid"`
	Code    string   `json:"response_code"`
	Button  struct {
		Name string `json:"replace_name"`
	} `json:"button"`
}

// grey lets the card that somebody tapped show what was chosen. It is only for the
// eye: if WeCom refuses (the handle was used, or is too old), nothing is lost and
// nobody is told. A handle works once, so that trying again never shows twice.
func (c *Channel) grey(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	if p.Reply.Ref == "" || strings.TrimSpace(p.Reply.Text) == "" {
		return bot.Receipt{}, nil
	}
	body := change{UserIDs: []string{p.To.Account}, AgentID: c.agent, Code: p.Reply.Ref}
	body.Button.Name = shorten(p.Reply.Text, shownDone)
	var done struct {
		InvalidUser leftOut `json:"invaliduser"`
	}
	_, err := c.api(ctx, http.MethodPost, updatePath, nil, compact(body), &done)
	var failed *bot.SendError
	switch {
	case errors.As(err, &failed) && failed.Fate != bot.Refused:
		return bot.Receipt{}, bot.Unshown(err)
	case err != nil:
		level := slog.LevelDebug
		if c.o.Features.UpdateCard.Forced() {
			level = slog.LevelWarn
		}
		c.o.Log.Log(ctx, level, "a tapped card is not changed", "delivery", p.ID, "err", err)
	case done.InvalidUser.has(p.To.Account):
		c.o.Log.DebugContext(ctx, "a tapped card is not changed: its owner is out of sight", "delivery", p.ID)
	}
	return bot.Receipt{}, nil
}

const recallPath = "/cgi-bin/message/recall"

// Recall takes back a message that was shown within the last 24 hours, all pieces of a
// long one. It disappears in WeCom's own app, not where a member reads in WeChat.
func (c *Channel) Recall(ctx context.Context, ref string) error {
	if c.o.Features.Recall.Off() {
		return refuse(bot.NotPermitted, "recall is switched off")
	}
	var first error
	for id := range strings.SplitSeq(ref, "|") {
		if id == "" {
			first = refuse(bot.BadContent, "the receipt names no message")
			continue
		}
		body := compact(struct {
			MsgID string `json:"msgid"`
		}{id})
		if _, err := c.api(ctx, http.MethodPost, recallPath, nil, body, nil); err != nil && first == nil {
			first = err
		}
	}
	return first
}
