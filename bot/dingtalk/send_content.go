package dingtalk

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhuanban/bot"
)

// Content is one message of the robot's, of one of the kinds that DingTalk knows by a
// msgKey.
type Content interface {
	// message gives the msgKey, and what becomes its msgParam.
	message() (key string, param any, err error)
}

// The sizes of messages.
const (
	// longestParam is how many bytes msgParam may have in a group; it is held for
	// persons too, where no number is published.
	longestParam = 15_000
	// longestText is how many characters of a text are said at once: what clients are known to
	// send through a webhook.
	longestText = 3800
)

// Text is plain words.
type Text string

// Markdown has a title, which lists of chats show, and words in Markdown: a line ends
// with two blanks or an empty line, and there are no tables.
type Markdown struct{ Title, Text string }

// Picture is an image by its address, or by what an upload gave for one.
type Picture string

// Link is a title and words that lead to a page; PicURL may be "".
type Link struct{ Title, Text, PicURL, URL string }

// Action is a card whose buttons open pages. One button is as wide as the card, two to
// five are below each other, and two may be beside each other (Beside).
type Action struct {
	Title, Text string // Text is Markdown
	Buttons     []ActionButton
	Beside      bool
}

// ActionButton opens a page.
type ActionButton struct{ Title, URL string }

// Audio is a voice note that was uploaded.
type Audio struct {
	MediaID  string
	Duration time.Duration
}

// Video is a film that was uploaded, and a picture of it.
type Video struct {
	MediaID, PictureID, Type string // Type is mp4
	Duration                 time.Duration
}

// Document is a file that was uploaded. Type is its extension: xlsx, pdf, zip, rar, doc
// and docx are the ones that DingTalk documents.
type Document struct{ MediaID, Name, Type string }

func (t Text) message() (string, any, error) {
	return "sampleText", struct {
		Content string `json:"content"`
	}{string(t)}, wanted("content", string(t))
}

func (m Markdown) message() (string, any, error) {
	return "sampleMarkdown", struct {
		Title string `json:"title"`
		Text  string `json:"text"`
	}{m.Title, m.Text}, wanted("title", m.Title, "text", m.Text)
}

func (p Picture) message() (string, any, error) {
	return "sampleImageMsg", struct {
		PhotoURL string `json:"photoURL"`
	}{string(p)}, wanted("photoURL", string(p))
}

func (l Link) message() (string, any, error) {
	return "sampleLink", struct {
		Title string `json:"title"`
		Text  string `json:"text"`
		Pic   string `json:"picUrl"`
		URL   string `json:"messageUrl"`
	}{l.Title, l.Text, l.PicURL, l.URL}, wanted("title", l.Title, "text", l.Text, "messageUrl", l.URL)
}

func (a Action) message() (string, any, error) {
	must := []string{"title", a.Title, "text", a.Text}
	param := map[string]string{"title": a.Title, "text": a.Text}
	key, title, url := "sampleActionCard"+strconv.Itoa(len(a.Buttons)), "actionTitle", "actionURL"
	switch n := len(a.Buttons); {
	case n == 1:
		key = "sampleActionCard"
		param["singleTitle"], param["singleURL"] = a.Buttons[0].Title, a.Buttons[0].URL
	case a.Beside && n == 2:
		key, title, url = "sampleActionCard6", "buttonTitle", "buttonUrl"
	case a.Beside || n < 1 || n > 5:
		return "", nil, fmt.Errorf("%d buttons, where 1 to 5 are right, and 2 beside each other", n)
	}
	for i, b := range a.Buttons {
		must = append(must, fmt.Sprintf("the title of button %d", i+1), b.Title, fmt.Sprintf("the address of button %d", i+1), b.URL)
		if len(a.Buttons) > 1 {
			param[title+strconv.Itoa(i+1)], param[url+strconv.Itoa(i+1)] = b.Title, b.URL
		}
	}
	return key, param, wanted(must...)
}

func (a Audio) message() (string, any, error) {
	return "sampleAudio", struct {
		MediaID  string `json:"mediaId"`
		Duration string `json:"duration"` // in milliseconds
	}{a.MediaID, milliseconds(a.Duration)}, wanted("mediaId", a.MediaID)
}

func (v Video) message() (string, any, error) {
	return "sampleVideo", struct {
		MediaID  string `json:"videoMediaId"`
		Picture  string `json:"picMediaId"`
		Type     string `json:"videoType"`
		Duration string `json:"duration"`
	}{v.MediaID, v.PictureID, v.Type, milliseconds(v.Duration)}, wanted("videoMediaId", v.MediaID, "picMediaId", v.PictureID, "videoType", v.Type)
}

func (d Document) message() (string, any, error) {
	return "sampleFile", struct {
		MediaID string `json:"mediaId"`
		Name    string `json:"fileName"`
		Type    string `json:"fileType"`
	}{d.MediaID, d.Name, d.Type}, wanted("mediaId", d.MediaID, "fileName", d.Name, "fileType", d.Type)
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 1), 10) }

// wanted names the first of these values that is empty, or no text.
func wanted(pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if v := pairs[i+1]; strings.TrimSpace(v) == "" || !utf8.ValidString(v) {
			return fmt.Errorf("%s: it is empty or no text", pairs[i])
		}
	}
	return nil
}

// said is a message as the OpenAPI takes it.
type robotMessage struct {
	Key   string `json:"msgKey"`
	Param string `json:"msgParam"` // JSON within JSON
}

// encoded is a message as the OpenAPI takes it. An error is a *bot.SendError.
func encoded(c Content) (robotMessage, error) {
	key, param, err := c.message()
	if err != nil {
		return robotMessage{}, refuse(bot.BadContent, err.Error())
	}
	m := robotMessage{key, string(compact(param))}
	if len(m.Param) > longestParam {
		return robotMessage{}, refuse(bot.BadContent, fmt.Sprintf("%s: msgParam of %d bytes, where %d are the most", key, len(m.Param), longestParam))
	}
	return m, nil
}
