package wecom

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"io"
	"regexp"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/wecom/internal/takes"
)

// post is one message in a group: one of these is set, the one that MsgType names.
// The group's robot and appchat/send take the same, but for images.
type post struct {
	MsgType    string        `json:"msgtype"`
	Text       *callText     `json:"text,omitempty"`
	Markdown   *text         `json:"markdown,omitempty"`
	MarkdownV2 *text         `json:"markdown_v2,omitempty"`
	Image      *picture      `json:"image,omitempty"`
	Voice      *mediaRef     `json:"voice,omitempty"`
	Video      *videoRef     `json:"video,omitempty"`
	File       *mediaRef     `json:"file,omitempty"`
	News       *articles     `json:"news,omitempty"`
	TextCard   *TextCard     `json:"textcard,omitempty"`
	Card       *templateCard `json:"template_card,omitempty"`
}

// callText is a text with who is called by it, beside those whom it names itself.
type callText struct {
	Content   string   `json:"content"`
	Mentioned []string `json:"mentioned_list,omitempty"`
}

// picture is an image: of a robot its bytes and their sum, of a chat the name of what
// was uploaded.
type picture struct {
	Base64  string `json:"base64,omitempty"`
	MD5     string `json:"md5,omitempty"`
	MediaID string `json:"media_id,omitempty"`
}

// What a group's robot takes, in bytes.
const (
	longestMarkdown = 4096
	webhookImage    = 2 << 20 // before it is encoded
)

// posts puts a reply into what is said in a group, one after the other. An error is a
// *bot.SendError: WeCom would not take it.
func (c *Channel) posts(g *group, p bot.Parcel) ([]post, error) {
	var out []post
	switch p.Reply.Kind {
	case bot.TextReply, bot.CardReply:
	case bot.ImageReply, bot.FileReply:
		m, err := c.attached(g, p)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	default:
		return nil, refuse(bot.BadContent, "a reply of kind "+string(p.Reply.Kind))
	}
	words, err := c.said(g, p.Reply)
	if err == nil && len(out)+len(words) == 0 {
		err = refuse(bot.BadContent, "an empty text")
	}
	return append(out, words...), err
}

// piecesIn is how many posts a reply comes to in a group; nil = one that there is not.
func (c *Channel) piecesIn(g *group, r bot.Reply) (n int) {
	if g == nil {
		return 1
	}
	if r.Kind == bot.ImageReply || r.Kind == bot.FileReply {
		n = 1
	}
	words, _ := c.said(g, r) // whatever is wrong with it is told when it is sent
	return max(1, n+len(words))
}

// said puts the words of a reply into what is said in a group; nothing if there are none.
func (c *Channel) said(g *group, r bot.Reply) ([]post, error) {
	words := r.Text
	if asks := unnumbered(r.Buttons); r.Kind == bot.CardReply && asks != "" {
		page, err := c.o.Templates.Render("wecom.private", asks)
		if err != nil {
			return nil, refuse(bot.BadContent, err.Error())
		}
		words = strings.TrimRight(words, "\n") + "\n" + page.Body
	}
	switch {
	case strings.TrimSpace(words) == "":
		return nil, nil
	case g.key != "" && len(r.Mention) == 0 && len(words) <= longestMarkdown && table.MatchString(words):
		return []post{{MsgType: "markdown_v2", MarkdownV2: &text{words}}}, nil
	}
	return c.calls(words, r.Mention), nil
}

// table finds a table as Markdown writes it: a row, and a line under it. Only there
// are a robot's words better as Markdown: anything else could turn into what nobody
// meant.
var table = regexp.MustCompile(`(?m)^\|.*\|[ \t]*\n\|[ \t:|-]*-[ \t:|-]*\|[ \t]*$`)

// unnumbered are the words of the buttons that have no number to answer by.
func unnumbered(buttons []bot.Button) string {
	var out []string
	for _, b := range buttons {
		if b.Code == 0 {
			out = append(out, b.Label)
		}
	}
	return strings.Join(out, "、")
}

// attached is an image or file of a parcel: with its bytes, or by the name of what was
// uploaded.
func (c *Channel) attached(g *group, p bot.Parcel) (post, error) {
	if inline, err := c.picture(g, p.Reply); err != nil || inline != nil {
		return post{MsgType: asImage, Image: inline}, err
	}
	ms, err := uploadedMessage(p)
	if err != nil {
		return post{}, err
	}
	m := ms[0]
	out := post{MsgType: m.kind(), Voice: m.Voice, Video: m.Video, File: m.File}
	if m.Image != nil {
		out.Image = &picture{MediaID: m.Image.MediaID}
	}
	return out, nil
}

// picture is an image that a group's robot takes with the message; nil = it is none
// of that kind, or too large.
func (c *Channel) picture(g *group, r bot.Reply) (*picture, error) {
	if g == nil || g.key == "" || r.Kind != bot.ImageReply {
		return nil, nil
	}
	f, err := c.files().Open(r.Path)
	if err != nil {
		return nil, refuse(bot.NoSuchFile, "the file cannot be opened: "+r.Path)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, webhookImage+1))
	if err != nil {
		return nil, refuse(bot.NoSuchFile, "the file cannot be read: "+r.Path)
	}
	if len(data) > webhookImage || takes.All().TypeOf(r.Kind, data, int64(len(data))) != asImage {
		return nil, nil
	}
	sum := md5.Sum(data) // WeCom's own check of what arrives, no more
	return &picture{Base64: base64.StdEncoding.EncodeToString(data), MD5: hex.EncodeToString(sum[:])}, nil
}
