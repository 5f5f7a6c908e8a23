package wecom

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/secret"
)

// Content is what one message can hold: Text, Markdown, TextCard, News, or one of
// the cards TextNotice, NewsNotice, Buttons, Vote, Choices.
type Content interface {
	// put sets what it is in a message, or names the field that WeCom would not take.
	put(m *message) error
}

// The limits of what is no card, in bytes and pieces.
const (
	mostTitle    = 128
	mostDesc     = 512
	shownMore    = 4 // characters of a text card's button
	mostArticles = 8
)

// Text is a plain text of at most 2048 bytes.
type Text string

// Markdown is a text of at most 2048 bytes in WeCom's own small kind of Markdown:
// headings, bold, links, code, quotes and three colours. It is not shown outside the
// WeCom app itself.
type Markdown string

// TextCard is a short text that leads to a page.
type TextCard struct {
	Title       string `json:"title"`       // 128 bytes
	Description string `json:"description"` // 512 bytes, with <div class="gray"> and <br> if wanted
	URL         string `json:"url"`         // 2048 bytes
	More        string `json:"btntxt,omitempty"`
}

// News is one to eight articles.
type News []Article

// Article is a title and a picture that lead to a page.
type Article struct {
	Title       string `json:"title"`                 // 128 bytes
	Description string `json:"description,omitempty"` // 512 bytes
	URL         string `json:"url"`                   // 2048 bytes
	Picture     string `json:"picurl,omitempty"`      // 1068×455 the first, 150×150 the others
}

type articles struct {
	Articles []Article `json:"articles"`
}

func (t Text) put(m *message) error {
	var l limits
	l.whole("text.content", string(t))
	m.Text = &text{string(t)}
	return l.err
}

// whole is a text that is not to be shortened: whoever writes it cuts it himself.
func (l *limits) whole(field, s string) {
	l.must(strings.TrimSpace(s) != "", field, "is empty")
	l.id(field, s, longestText)
}

var foreignColour = regexp.MustCompile(`<font\s+color="([^"]*)"`)

func (t Markdown) put(m *message) error {
	var l limits
	s := string(t)
	l.whole("markdown.content", s)
	for _, c := range foreignColour.FindAllStringSubmatch(s, -1) {
		l.must(c[1] == "info" || c[1] == "comment" || c[1] == "warning", "markdown.content", "the colour %q is not info, comment or warning", secret.Line(c[1]))
	}
	l.must(!strings.Contains(s, "!["), "markdown.content", "has a picture, which is not shown")
	l.must(!strings.HasPrefix(s, "|") && !strings.Contains(s, "\n|"), "markdown.content", "has a table, which is not shown")
	m.Markdown = &text{s}
	return l.err
}

func (t TextCard) put(m *message) error {
	var l limits
	l.must(strings.TrimSpace(t.Title) != "", "textcard.title", "is empty")
	l.must(strings.TrimSpace(t.Description) != "", "textcard.description", "is empty")
	l.must(len(t.Description) <= mostDesc || !strings.Contains(t.Description, "<"), "textcard.description", "%d bytes with tags, which cannot be shortened to %d", len(t.Description), mostDesc)
	l.url("textcard.url", t.URL, true)
	t.Title, t.Description, t.More = shortenBytes(t.Title, mostTitle), shortenBytes(t.Description, mostDesc), shorten(t.More, shownMore)
	m.TextCard = &t
	return l.err
}

func (n News) put(m *message) error {
	var l limits
	l.count("news.articles", len(n), 1, mostArticles)
	out := &articles{}
	for i, a := range n {
		field := fmt.Sprintf("news.articles[%d]", i)
		l.must(strings.TrimSpace(a.Title) != "", field+".title", "is empty")
		l.url(field+".url", a.URL, true)
		l.url(field+".picurl", a.Picture, false)
		a.Title, a.Description = shortenBytes(a.Title, mostTitle), shortenBytes(a.Description, mostDesc)
		out.Articles = append(out.Articles, a)
	}
	m.News = out
	return l.err
}

// Post sends one message to members, at most a thousand, and says of each what became
// of it. id names it for the duplicate check, and a card among all of the app's: it
// is that of a delivery, so that the same again shows once.
func (c *Channel) Post(ctx context.Context, id int64, to []string, what Content) []bot.Outcome {
	out := make([]bot.Outcome, len(to))
	var m message
	err := what.put(&m)
	if err != nil {
		err = &bot.SendError{Fate: bot.Refused, Reason: bot.BadContent, Err: err}
	}
	ps := make([]bot.Parcel, len(to))
	for i, account := range to {
		ps[i] = bot.Parcel{ID: id, To: bot.Recipient{Kind: bot.ToPerson, Account: account}}
		if wrong := acceptable(ps[i]); wrong != nil {
			err = wrong
		}
	}
	if err == nil && len(to) > mostRecipients {
		err = refuse(bot.BadContent, "more recipients than one call takes")
	}
	if err != nil {
		for i := range out {
			out[i].Err = err
		}
		return out
	}
	return c.dispatch(ctx, ps, []message{m})
}
