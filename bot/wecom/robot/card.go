package robot

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhuanban/bot"
)

// The limits of a template card. Those in characters are what is displayed; the
// platform cuts off the rest.
const (
	longestTitle  = 26
	longestBody   = 112
	longestLabel  = 10
	mostButtons   = 6
	longestButton = 1024 // bytes of a key
)

type card struct {
	Kind    string   `json:"card_type"`
	Title   title    `json:"main_title"`
	Text    string   `json:"sub_title_text,omitempty"`
	Buttons []button `json:"button_list,omitempty"`
	Action  *action  `json:"card_action,omitempty"`
	Task    string   `json:"task_id,omitempty"`
}

type title struct {
	Title string `json:"title,omitempty"`
	Desc  string `json:"desc,omitempty"`
}

type button struct {
	Text  string `json:"text"`
	Style int    `json:"style"`
	Key   string `json:"key"`
}

type action struct {
	Type int    `json:"type"`
	URL  string `json:"url"`
}

// nowhere is where a card leads that leads nowhere: a text_notice without a
// card_action is refused (42045).
var nowhere = &action{1, "https://work.weixin.qq.com/"}

// taskID names one card of a parcel. WeCom takes 0-9A-Za-z_-@ and 128 bytes.
func taskID(parcel int64, card int) string { return fmt.Sprintf("zb-%d-%d", parcel, card) }

// parcelOf is the parcel that a card came from.
func parcelOf(task string) (int64, bool) {
	rest, ok := strings.CutPrefix(task, "zb-")
	id, _, ok2 := strings.Cut(rest, "-")
	n, err := strconv.ParseInt(id, 10, 64)
	return n, ok && ok2 && err == nil
}

// body is what a card says beside its title, with the way to answer by number.
func body(r bot.Reply) string { return strings.TrimPrefix(r.Text, "【"+r.Title+"】\n") }

// fits says whether a template card shows all of a card.
func fits(r bot.Reply) bool {
	if utf8.RuneCountInString(r.Title) > longestTitle || utf8.RuneCountInString(body(r)) > longestBody || len(r.Buttons) > mostButtons {
		return false
	}
	for _, b := range r.Buttons {
		if utf8.RuneCountInString(b.Label) > longestLabel {
			return false
		}
	}
	return true
}

// drawn are the template cards with a reply's buttons, six on each. Only one that fits
// has its words on it.
func drawn(parcel int64, r bot.Reply) (out []card) {
	whole := fits(r)
	for i := 0; i < len(r.Buttons); i += mostButtons {
		c := card{Kind: "button_interaction", Title: title{Title: short(heading(r), longestTitle)}, Task: taskID(parcel, i/mostButtons)}
		if whole {
			c.Text = body(r)
		}
		for j, b := range r.Buttons[i:min(i+mostButtons, len(r.Buttons))] {
			style := 2 // grey
			if i+j == 0 {
				style = 1 // blue: what most will do
			}
			c.Buttons = append(c.Buttons, button{Text: short(b.Label, longestLabel), Style: style, Key: b.Tap})
		}
		out = append(out, c)
	}
	return out
}

// heading is a card's title, or where it has none its first line.
func heading(r bot.Reply) string {
	if r.Title != "" {
		return r.Title
	}
	line, _, _ := strings.Cut(strings.TrimSpace(body(r)), "\n")
	return line
}

// short cuts a text to so many characters, with a mark.
func short(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// update is the answer to a tap: what the card becomes. In a group it does so for who
// tapped it.
type update struct {
	Kind  string   `json:"response_type"`
	Users []string `json:"userids,omitempty"`
	Card  card     `json:"template_card"`
}

// chosen is the card that says what was chosen.
func (c *Channel) chosen(ctx context.Context, in inbound) update {
	heads, label := "", ""
	if r, err := c.said(ctx, in.task); err == nil {
		heads = short(heading(r), longestTitle)
		for _, b := range r.Buttons {
			if b.Tap == in.message.Tap {
				label = b.Label
			}
		}
	}
	text := ""
	if page, err := c.o.Templates.Render("bot.card_done", label); err == nil {
		text = page.Body
	}
	u := update{Kind: "update_template_card", Card: card{Kind: "text_notice", Title: title{Title: heads}, Text: text, Action: nowhere, Task: in.task}}
	if in.group {
		u.Users = []string{in.from}
	}
	return u
}

// said is the reply that a card came from.
func (c *Channel) said(ctx context.Context, task string) (bot.Reply, error) {
	id, ok := parcelOf(task)
	if !ok || c.o.Said == nil {
		return bot.Reply{}, errNoCard
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return c.o.Said(ctx, id)
}
