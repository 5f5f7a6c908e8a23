package wecom

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"zhuanban/bot"
)

// Post is one message in a group that no bot.Reply is: Markdown, articles, a notice.
type Post struct {
	m    post
	only bool // a robot's: no chat takes it
	err  error
}

// Markdown is a text in WeCom's Markdown: headings, bold, links, quotes, and font
// colours; at most 4096 bytes for a robot, 2048 in a chat.
func Markdown(s string) Post {
	return Post{m: post{MsgType: "markdown", Markdown: &text{s}}, err: within("a text", s, longestMarkdown)}
}

// MarkdownV2 is a text in the newer Markdown of a robot: tables, lists, images, and no
// mentions or colours; at most 4096 bytes.
func MarkdownV2(s string) Post {
	return Post{m: post{MsgType: "markdown_v2", MarkdownV2: &text{s}}, only: true, err: within("a text", s, longestMarkdown)}
}

// within says whether a text is there and no longer than so many bytes.
func within(what, s string, most int) error {
	if strings.TrimSpace(s) == "" || len(s) > most {
		return fmt.Errorf("%s of %d bytes; WeCom takes 1 to %d", what, len(s), most)
	}
	return nil
}

// Article is one of a list with pictures. What is too long of what it says is cut off.
type Article struct {
	Title       string `json:"title"`                 // 128 bytes
	Description string `json:"description,omitempty"` // 512 bytes
	URL         string `json:"url"`                   // 2048 bytes
	Picture     string `json:"picurl,omitempty"`
}

type news struct {
	Articles []Article `json:"articles"`
}

// News is 1 to 8 articles.
func News(articles ...Article) Post {
	p := Post{m: post{MsgType: "news", News: &news{}}}
	if len(articles) < 1 || len(articles) > 8 {
		p.err = fmt.Errorf("%d articles; WeCom takes 1 to 8", len(articles))
	}
	for _, a := range articles {
		a.Title, a.Description = cut(a.Title, 128), cut(a.Description, 512)
		for what, s := range map[string]string{"a title": a.Title, "an address": a.URL} {
			if err := within(what, s, 2048); err != nil {
				p.err = err
			}
		}
		p.m.News.Articles = append(p.m.News.Articles, a)
	}
	return p
}

// cut cuts a text off after so many bytes, at the end of a character.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// Post says something in a group. An error is a *bot.SendError.
func (c *Channel) Post(ctx context.Context, group string, p Post) error {
	g := c.groups.of[group]
	switch {
	case g == nil:
		return noGroup()
	case p.err != nil:
		return refuse(bot.BadContent, p.err.Error())
	case p.only && g.key == "":
		return refuse(bot.BadContent, "a chat takes no "+p.m.MsgType)
	case p.m.Markdown != nil && g.key == "" && len(p.m.Markdown.Content) > longestText:
		return refuse(bot.BadContent, "a chat takes no Markdown of more than 2048 bytes")
	}
	_, err := c.say(ctx, g, p.m)
	return err
}
