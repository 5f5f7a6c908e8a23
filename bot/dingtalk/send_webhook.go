package dingtalk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
)

// hooked is what a webhook takes. Its buttons only open pages, and it takes no files.
type hooked struct {
	MsgType  string       `json:"msgtype"`
	Text     *hookText    `json:"text,omitempty"`
	Markdown *hookWords   `json:"markdown,omitempty"`
	Link     *hookLink    `json:"link,omitempty"`
	Action   *hookAction  `json:"actionCard,omitempty"`
	Feed     *hookFeed    `json:"feedCard,omitempty"`
	At       *hookMention `json:"at,omitempty"`
}

type hookText struct {
	Content string `json:"content"`
}

type hookWords struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

type hookLink struct {
	Title string `json:"title"`
	Text  string `json:"text,omitempty"`
	URL   string `json:"messageUrl"`
	Pic   string `json:"picUrl,omitempty"`
}

type hookAction struct {
	Title       string       `json:"title"`
	Text        string       `json:"text"`
	SingleTitle string       `json:"singleTitle,omitempty"`
	SingleURL   string       `json:"singleURL,omitempty"`
	Beside      string       `json:"btnOrientation,omitempty"` // "1" = beside each other
	Buttons     []hookButton `json:"btns,omitempty"`
}

type hookButton struct {
	Title string `json:"title"`
	URL   string `json:"actionURL"`
}

type hookFeed struct {
	Links []feedLink `json:"links"`
}

type feedLink struct {
	Title string `json:"title"`
	URL   string `json:"messageURL"`
	Pic   string `json:"picURL"`
}

// hookMention is who is called by a message.
type hookMention struct {
	UserIDs []string `json:"atUserIds"`
	All     bool     `json:"isAtAll"`
}

// Feed is a list of titles with pictures, each of which opens a page. Only a webhook
// takes it.
type Feed []Link

func (f Feed) message() (string, any, error) {
	return "", nil, refuse(bot.BadContent, "a feed: only the webhook of a custom robot takes it")
}

// asHooked is a message as a webhook takes it.
func asHooked(what Content) (h hooked, err error) {
	switch m := what.(type) {
	case Feed:
		h = hooked{MsgType: "feedCard", Feed: &hookFeed{}}
		for _, l := range m {
			if err == nil {
				err = wanted("title", l.Title, "messageURL", l.URL, "picURL", l.PicURL)
			}
			h.Feed.Links = append(h.Feed.Links, feedLink{l.Title, l.URL, l.PicURL})
		}
		if err == nil && len(m) == 0 {
			err = refuse(bot.BadContent, "a feed of nothing")
		}
	case Text:
		_, _, err = m.message()
		h = hooked{MsgType: "text", Text: &hookText{string(m)}}
	case Markdown:
		_, _, err = m.message()
		h = hooked{MsgType: "markdown", Markdown: &hookWords{m.Title, m.Text}}
	case Link:
		_, _, err = m.message()
		h = hooked{MsgType: "link", Link: &hookLink{m.Title, m.Text, m.URL, m.PicURL}}
	case Action:
		_, _, err = m.message()
		h = hooked{MsgType: "actionCard", Action: m.hooked()}
	default:
		err = refuse(bot.BadContent, "a webhook takes no images and no files")
	}
	if err != nil {
		return hooked{}, &bot.SendError{Fate: bot.Refused, Reason: bot.BadContent, Err: err}
	}
	return h, nil
}

func (a Action) hooked() *hookAction {
	out := &hookAction{Title: a.Title, Text: a.Text}
	if len(a.Buttons) == 1 {
		out.SingleTitle, out.SingleURL = a.Buttons[0].Title, a.Buttons[0].URL
		return out
	}
	out.Beside = "0"
	if a.Beside {
		out.Beside = "1"
	}
	for _, b := range a.Buttons {
		out.Buttons = append(out.Buttons, hookButton(b))
	}
	return out
}

// mentions are the persons of these accounts who are in DingTalk; nil if there are none.
func (c *Channel) mentions(accounts []string) *hookMention {
	var out hookMention
	for _, account := range accounts {
		if user, ok := c.o.People.UserID(account); ok {
			out.UserIDs = append(out.UserIDs, user)
		}
	}
	if len(out.UserIDs) == 0 {
		return nil
	}
	return &out
}

// answer says one message where a webhook leads that came with a message. It needs no
// token and costs nothing. Only the body's errcode says whether it was taken.
func (c *Channel) answer(ctx context.Context, webhook string, h hooked) error {
	return c.ask(ctx, request{method: http.MethodPost, base: webhook, in: h, old: true, name: "sessionWebhook", hide: hidden(webhook)}, nil)
}

// hidden is what no error may show of an address.
func hidden(address string) []string {
	out := []string{address}
	if u, err := url.Parse(address); err == nil {
		for _, values := range u.Query() {
			out = append(out, values...)
		}
	}
	return out
}

// ended says whether a webhook is no good any more: its time is over, or its
// conversation.
func ended(err error) bool {
	switch CodeOf(err) {
	case "300001", "300005", "400101", "400013", "400102", "400106", "310000":
		return true
	}
	return false
}

const robotPath = "/robot/send"

// shout says one message in a group through its custom robot, which alone can call
// people there by name.
func (c *Channel) shout(ctx context.Context, g Group, h hooked) error {
	address := g.Webhook
	if !strings.Contains(address, "://") {
		address = c.o.OAPIBase + robotPath + "?" + url.Values{"access_token": {g.Webhook}}.Encode()
	}
	r := request{method: http.MethodPost, base: address, in: h, old: true, name: robotPath, hide: append(hidden(address), g.Secret)}
	if g.Secret != "" {
		at := c.o.Wall()
		r.base += "&" + url.Values{"timestamp": {stamp(at)}, "sign": {signature(at, g.Secret)}}.Encode()
	}
	return c.ask(ctx, r, nil)
}

func stamp(at time.Time) string { return strconv.FormatInt(at.UnixMilli(), 10) }

// signature is what a custom robot's requests are signed with.
func signature(at time.Time, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp(at) + "\n" + secret))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
