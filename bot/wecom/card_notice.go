package wecom

import (
	"fmt"

	"zhuanban/bot/wecom/internal/name"
)

// Frame is what all notices and the card with buttons have around their own parts.
type Frame struct {
	Source     *Source
	Menu       *Menu
	Title      Heading
	Quote      *Quote
	Horizontal []Pair // at most 6
	Action     *Link  // where a tap on the card leads; notices must have one
}

// TextNotice is a card to be read, which leads to a page.
type TextNotice struct {
	Frame
	Emphasis *Heading // big letters
	SubTitle string   // 112 characters
	Jumps    []Jump   // at most 3
}

// NewsNotice is a TextNotice with a picture.
type NewsNotice struct {
	Frame
	Image     *Image
	ImageText *ImageText
	Vertical  []Heading // at most 4, of 26 and 112 characters
	Jumps     []Jump    // at most 3
}

func (n TextNotice) put(m *message) error {
	var l limits
	c := n.frame(&l, textNotice)
	c.SubTitle = shorten(n.SubTitle, shownSubTitle)
	if n.Emphasis != nil {
		c.Emphasis = &Heading{shorten(n.Emphasis.Title, shownBig), shorten(n.Emphasis.Desc, shownBigDesc)}
	}
	c.Jumps = l.jumps(n.Jumps)
	l.must(c.Title != nil && c.Title.Title != "" || c.SubTitle != "", "main_title.title", "is empty, and so is sub_title_text")
	l.must(n.Action != nil, "card_action", "is missing, which a notice must have")
	m.Card = c
	return l.err
}

func (n NewsNotice) put(m *message) error {
	var l limits
	c := n.frame(&l, newsNotice)
	l.must(c.Title != nil && c.Title.Title != "", "main_title.title", "is empty")
	if n.Image != nil {
		l.url("card_image.url", n.Image.URL, true)
		a := n.Image.Aspect
		l.must(a == 0 || a >= 1.3 && a <= 2.25, "card_image.aspect_ratio", "%v, where 1.3 to 2.25 is right", a)
		c.Image = n.Image
	}
	if n.ImageText != nil {
		t := *n.ImageText
		l.link("image_text_area", t.Link, 0, 2)
		l.url("image_text_area.image_url", t.ImageURL, true)
		t.Title, t.Desc = shorten(t.Title, shownTitle), shorten(t.Desc, shownDesc)
		c.ImageText = &t
	}
	l.count("vertical_content_list", len(n.Vertical), 0, mostLines)
	for i, v := range n.Vertical {
		title := l.text(fmt.Sprintf("vertical_content_list[%d].title", i), v.Title, shownTitle)
		c.Vertical = append(c.Vertical, Heading{title, shorten(v.Desc, shownSubTitle)})
	}
	c.Jumps = l.jumps(n.Jumps)
	l.must(n.Action != nil, "card_action", "is missing, which a notice must have")
	m.Card = c
	return l.err
}

// frame makes a card of its outer parts.
func (f Frame) frame(l *limits, kind string) *templateCard {
	c := &templateCard{Type: kind, tasked: kind == buttonCard || f.Menu != nil, Source: l.source(f.Source), Menu: l.menu(f.Menu), Title: heading(f.Title)}
	if f.Quote != nil {
		q := *f.Quote
		l.link("quote_area", q.Link, 0, 2)
		q.Title, q.Text = shorten(q.Title, shownTitle), shorten(q.Text, shownSubTitle)
		c.Quote = &q
	}
	l.count("horizontal_content_list", len(f.Horizontal), 0, mostPairs)
	for i, p := range f.Horizontal {
		c.Horizontal = append(c.Horizontal, l.pair(fmt.Sprintf("horizontal_content_list[%d]", i), p))
	}
	if f.Action != nil {
		a := *f.Action
		l.link("card_action", a, 1, 2)
		c.Action = &a
	}
	return c
}

// heading is a title as it is shown; nil if there is none.
func heading(h Heading) *Heading {
	if h == (Heading{}) {
		return nil
	}
	return &Heading{shorten(h.Title, shownTitle), shorten(h.Desc, shownDesc)}
}

func (l *limits) source(s *Source) *Source {
	if s == nil {
		return nil
	}
	l.url("source.icon_url", s.IconURL, false)
	l.must(s.Color >= 0 && s.Color <= 3, "source.desc_color", "%d, where 0 to 3 are right", s.Color)
	return &Source{IconURL: s.IconURL, Desc: shorten(s.Desc, shownSource), Color: s.Color}
}

func (l *limits) menu(m *Menu) *Menu {
	if m == nil {
		return nil
	}
	l.count("action_menu.action_list", len(m.Actions), 1, mostActions)
	out := &Menu{Desc: shorten(m.Desc, shownDesc)}
	for i, a := range m.Actions {
		field := fmt.Sprintf("action_menu.action_list[%d]", i)
		l.key(field+".key", a.Key)
		out.Actions = append(out.Actions, MenuAction{l.text(field+".text", a.Text, shownButton), a.Key})
	}
	return out
}

func (l *limits) pair(field string, p Pair) Pair {
	p.Name, p.Value = l.text(field+".keyname", p.Name, shownName), shorten(p.Value, shownValue)
	l.must(p.Type >= 0 && p.Type <= 3, field+".type", "%d, where 0 to 3 are right", p.Type)
	l.url(field+".url", p.URL, p.Type == 1)
	if p.Type == 2 {
		l.id(field+".media_id", p.MediaID, longestOption)
	}
	l.must(p.Type != 3 || name.Account(p.UserID), field+".userid", "is no account")
	return p
}

func (l *limits) jumps(js []Jump) []Jump {
	l.count("jump_list", len(js), 0, mostJumps)
	var out []Jump
	for i, j := range js {
		field := fmt.Sprintf("jump_list[%d]", i)
		l.link(field, j.Link, 0, 2)
		j.Title = l.text(field+".title", j.Title, shownJump)
		out = append(out, j)
	}
	return out
}
