package wecom

import (
	"context"
	"fmt"
	"strings"

	"zhuanban/bot"
)

// Wide is a text in the newer Markdown that only a group's robot shows, with tables,
// lists and images, and without mentions or colours; at most 4096 bytes.
type Wide string

func (t Wide) put(m *message) error {
	if strings.TrimSpace(string(t)) == "" || len(t) > longestMarkdown {
		return fmt.Errorf("markdown_v2.content: %d bytes, where 1 to %d are right", len(t), longestMarkdown)
	}
	m.wide = &text{string(t)}
	return nil
}

// PostGroup says something in a group that no bot.Reply is. A group's robot takes texts,
// Markdown, Wide, articles and notices; a chat takes no cards and no Wide. An error is a
// *bot.SendError.
func (c *Channel) PostGroup(ctx context.Context, group string, what Content) error {
	g, err := c.groupOf(bot.Recipient{Kind: bot.ToGroup, Account: group})
	if err != nil {
		return err
	}
	var m message
	if err := what.put(&m); err != nil {
		return &bot.SendError{Fate: bot.Refused, Reason: bot.BadContent, Err: err}
	}
	p := post{MsgType: m.kind(), Markdown: m.Markdown, MarkdownV2: m.wide, News: m.News, TextCard: m.TextCard, Card: m.Card}
	if m.Text != nil {
		p.Text = &callText{Content: m.Text.Content}
	}
	robot := g.key != ""
	switch {
	case m.wide != nil && robot:
		p.MsgType = "markdown_v2"
	case m.wide != nil, m.Card != nil && !(robot && m.Card.notice()), m.TextCard != nil && robot:
		return refuse(bot.BadContent, "this group takes no such message: "+p.MsgType)
	}
	_, err = c.say(ctx, g, p)
	return err
}
