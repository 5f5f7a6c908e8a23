package wecom

import (
	"bytes"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"zhuanban/bot"
)

// post is one message in a group: one of these is set, the one that MsgType names.
// The group's robot and appchat/send take the same, but for images.
type post struct {
	MsgType    string    `json:"msgtype"`
	Text       *callText `json:"text,omitempty"`
	Markdown   *text     `json:"markdown,omitempty"`
	MarkdownV2 *text     `json:"markdown_v2,omitempty"`
	Image      *picture  `json:"image,omitempty"`
	File       *mediaID  `json:"file,omitempty"`
	News       *news     `json:"news,omitempty"`
	Card       *Notice   `json:"template_card,omitempty"`

	upload *upload // to be uploaded first
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

type mediaID struct {
	MediaID string `json:"media_id"`
}

// upload is a file on its way to WeCom.
type upload struct {
	kind string // "image" or "file"
	name string // as readers see it
	data []byte
}

// The sizes that WeCom takes, in bytes.
const (
	longestMarkdown = 4096     // of a robot
	robotImage      = 2 << 20  // before it is encoded
	largestImage    = 10 << 20 // uploaded
	largestFile     = 20 << 20
	smallestFile    = 6
)

// posts puts a reply into what is said in a group, one after the other. An error is a
// *bot.SendError: WeCom would not take it.
func (c *Channel) posts(g *group, r bot.Reply) ([]post, error) {
	var out []post
	switch r.Kind {
	case bot.TextReply, bot.CardReply:
	case bot.ImageReply, bot.FileReply:
		m, err := c.attached(g, r)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	default:
		return nil, refuse(bot.BadContent, "a reply of kind "+string(r.Kind))
	}
	words := r.Text
	if asks := unnumbered(r.Buttons); r.Kind == bot.CardReply && asks != "" {
		page, err := c.o.Templates.Render("wecom.private", asks)
		if err != nil {
			return nil, refuse(bot.BadContent, err.Error())
		}
		words = strings.TrimRight(words, "\n") + "\n" + page.Body
	}
	switch {
	case strings.TrimSpace(words) == "" && len(out) > 0:
		return out, nil
	case strings.TrimSpace(words) == "":
		return nil, refuse(bot.BadContent, "an empty text")
	case g.key != "" && len(r.Mention) == 0 && len(words) <= longestMarkdown && table.MatchString(words):
		return append(out, post{MsgType: "markdown_v2", MarkdownV2: &text{words}}), nil
	}
	return append(out, c.calls(words, r.Mention)...), nil
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

// attached is an image or file of a reply. What WeCom does not show as an image goes as
// a file.
func (c *Channel) attached(g *group, r bot.Reply) (post, error) {
	data, err := c.load(r.Path)
	if err != nil {
		return post{}, err
	}
	name := r.Name
	if name == "" {
		name = path.Base(r.Path)
	}
	up := &upload{kind: "file", name: name, data: data}
	if r.Kind == bot.ImageReply && isImage(data) {
		switch {
		case g.key != "" && len(data) <= robotImage:
			sum := md5.Sum(data) // WeCom's own check of what arrives, no more
			return post{MsgType: "image", Image: &picture{Base64: base64.StdEncoding.EncodeToString(data), MD5: hex.EncodeToString(sum[:])}}, nil
		case g.key == "" && len(data) <= largestImage:
			up.kind = "image"
		}
	}
	return post{MsgType: up.kind, upload: up}, nil
}

// isImage says whether WeCom shows something as an image: JPEG or PNG.
func isImage(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\xFF\xD8\xFF")) || bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n"))
}

// load reads a file of the data folder.
func (c *Channel) load(name string) ([]byte, error) {
	if c.o.Data == nil {
		return nil, refuse(bot.BadContent, "there is no data folder to take files from")
	}
	f, err := c.o.Data.Open(name)
	if err != nil {
		return nil, refuse(bot.BadContent, "opening the file: "+err.Error())
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largestFile+1))
	switch {
	case err != nil:
		return nil, refuse(bot.BadContent, "reading the file: "+err.Error())
	case len(data) > largestFile || len(data) < smallestFile:
		return nil, refuse(bot.BadContent, fmt.Sprintf("a file of %d bytes or more; WeCom takes %d to %d", len(data), smallestFile, largestFile))
	}
	return data, nil
}
