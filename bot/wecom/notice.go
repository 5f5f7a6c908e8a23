package wecom

import (
	"errors"
	"fmt"
)

// Notice is a card without buttons, the only kind that a group's robot sends: a title,
// some lines, and a page that a tap on it opens. With a picture it is a news_notice.
type Notice struct {
	Kind     string       `json:"card_type"` // set by Card
	Title    *NoticeTitle `json:"main_title"`
	Emphasis *NoticeTitle `json:"emphasis_content,omitempty"` // one large figure and what it is; not with a picture
	Picture  *Picture     `json:"card_image,omitempty"`
	Text     string       `json:"sub_title_text,omitempty"` // not with a picture
	Lines    []NoticeLine `json:"horizontal_content_list,omitempty"`
	Action   NoticeAction `json:"card_action"`
}

// NoticeTitle is a heading and what stands under it.
type NoticeTitle struct {
	Title string `json:"title,omitempty"`
	Desc  string `json:"desc,omitempty"`
}

// Picture is an image by its address; Ratio is its width by its height, 1.3 to 2.25.
type Picture struct {
	URL   string  `json:"url"`
	Ratio float64 `json:"aspect_ratio,omitempty"`
}

// NoticeLine is a name and its value.
type NoticeLine struct {
	Key   string `json:"keyname"`
	Value string `json:"value,omitempty"`
}

// NoticeAction is the page that a tap opens: Type 1, an address.
type NoticeAction struct {
	Type int    `json:"type"`
	URL  string `json:"url"`
}

// Card is a notice as a message. Its page and a title or text are required; there are
// at most 6 lines.
func Card(n Notice) Post {
	p := Post{m: post{MsgType: "template_card", Card: &n}, only: true}
	n.Kind, n.Action.Type = "text_notice", 1
	if n.Picture != nil {
		n.Kind = "news_notice"
	}
	titled := n.Title != nil && n.Title.Title != ""
	switch {
	case n.Action.URL == "":
		p.err = errors.New("a notice needs a page that a tap opens")
	case !titled && (n.Text == "" || n.Picture != nil):
		p.err = errors.New("a notice needs a title, or without a picture a text")
	case len(n.Lines) > 6:
		p.err = fmt.Errorf("a notice of %d lines; WeCom takes 6", len(n.Lines))
	case n.Picture != nil && (n.Emphasis != nil || n.Text != "" || n.Picture.URL == ""):
		p.err = errors.New("a notice with a picture has its address, and no emphasis and no text")
	case n.Picture != nil && n.Picture.Ratio != 0 && (n.Picture.Ratio < 1.3 || n.Picture.Ratio > 2.25):
		p.err = fmt.Errorf("a picture of %.2f by 1; WeCom takes 1.3 to 2.25", n.Picture.Ratio)
	}
	return p
}
