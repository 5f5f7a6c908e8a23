package wecomtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// Client is WeCom as the callback sees it.
type Client struct {
	// Callback is called directly, or else URL over HTTP.
	Callback http.Handler
	URL      string       // such as http://127.0.0.1:8080/wecom/callback
	HTTP     *http.Client // nil = http.DefaultClient, which keeps two connections: too few for a load test

	CorpID, AgentID, Token, AESKey string

	Now func() time.Time // nil = the machine's clock
}

// Reply is the callback's answer.
type Reply struct {
	Status int
	Body   []byte
	Text   string // of the passive reply; "" if there was none: nothing at all, or "success"
}

// Verify asks as the console does when the address is saved.
func (c *Client) Verify(ctx context.Context, echo string) (Reply, error) {
	sealed, err := c.seal(echo)
	if err != nil {
		return Reply{}, err
	}
	q := c.sign(sealed)
	q.Set("echostr", sealed)
	return c.Do(ctx, http.MethodGet, q, nil)
}

// Say is a member's text.
func (c *Client) Say(ctx context.Context, member, msgID, text string) (Reply, error) {
	return c.Post(ctx, c.Message(member, "text", msgID, "<Content>"+CDATA(text)+"</Content>"))
}

// Click is a member's tap on an entry of the menu.
func (c *Client) Click(ctx context.Context, member, key string) (Reply, error) {
	return c.Post(ctx, c.Message(member, "event", "", "<Event><![CDATA[click]]></Event><EventKey>"+CDATA(key)+"</EventKey>"))
}

// Enter is a member opening the app's chat.
func (c *Client) Enter(ctx context.Context, member string) (Reply, error) {
	return c.Post(ctx, c.Message(member, "event", "", "<Event><![CDATA[enter_agent]]></Event><EventKey><![CDATA[]]></EventKey>"))
}

// Place is a place that a member sent.
func (c *Client) Place(ctx context.Context, member, msgID string, lat, lng float64, label string) (Reply, error) {
	return c.Post(ctx, c.Message(member, "location", msgID, fmt.Sprintf(
		"<Location_X>%v</Location_X><Location_Y>%v</Location_Y><Scale>20</Scale><Label>%s</Label><AppType><![CDATA[wxwork]]></AppType>", lat, lng, CDATA(label))))
}

// Photo is a picture that a member sent, by the name under which it can be fetched
// (Server.Keep).
func (c *Client) Photo(ctx context.Context, member, msgID, mediaID string) (Reply, error) {
	return c.Post(ctx, c.Message(member, "image", msgID, "<PicUrl><![CDATA[https://wework.example.invalid/pic]]></PicUrl><MediaId>"+CDATA(mediaID)+"</MediaId>"))
}

// Voice is a voice note of a member's.
func (c *Client) Voice(ctx context.Context, member, msgID, mediaID string) (Reply, error) {
	return c.Post(ctx, c.Message(member, "voice", msgID, "<MediaId>"+CDATA(mediaID)+"</MediaId><Format><![CDATA[amr]]></Format>"))
}

// Video is a video of a member's.
func (c *Client) Video(ctx context.Context, member, msgID, mediaID string) (Reply, error) {
	return c.Post(ctx, c.Message(member, "video", msgID, "<MediaId>"+CDATA(mediaID)+"</MediaId><ThumbMediaId><![CDATA[thumb]]></ThumbMediaId>"))
}

// File is a file of a member's.
func (c *Client) File(ctx context.Context, member, msgID, mediaID, name string) (Reply, error) {
	return c.Post(ctx, c.Message(member, "file", msgID, "<MediaId>"+CDATA(mediaID)+"</MediaId><FileName>"+CDATA(name)+"</FileName>"))
}

// Tap is a member's tap on the button with a label, on the newest card of a server that has it.
func (c *Client) Tap(ctx context.Context, s *Server, member, label string, chosen ...Chosen) (Reply, error) {
	event, err := c.Tapped(s, member, label, chosen...)
	if err != nil {
		return Reply{}, err
	}
	return c.Post(ctx, event)
}

// Message writes a message as it is before it is sealed; rest is its own elements.
func (c *Client) Message(member, kind, msgID, rest string) string {
	id := ""
	if msgID != "" {
		id = "<MsgId>" + msgID + "</MsgId>"
	}
	return "<xml><ToUserName>" + CDATA(c.CorpID) + "</ToUserName><FromUserName>" + CDATA(member) + "</FromUserName><CreateTime>" +
		c.now() + "</CreateTime><MsgType>" + CDATA(kind) + "</MsgType>" + rest + id + "<AgentID>" + c.AgentID + "</AgentID></xml>"
}

// CDATA writes a text as WeCom does.
func CDATA(s string) string {
	return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") + "]]>"
}

// Post seals a message, posts it and opens the answer.
func (c *Client) Post(ctx context.Context, message string) (Reply, error) {
	q, body, err := c.Seal(message)
	if err != nil {
		return Reply{}, err
	}
	return c.Do(ctx, http.MethodPost, q, body)
}

// Seal makes query and body of a callback, for whoever wants to bend them or to
// send them twice.
func (c *Client) Seal(message string) (url.Values, []byte, error) {
	sealed, err := c.seal(message)
	if err != nil {
		return nil, nil, err
	}
	return c.sign(sealed), []byte("<xml><ToUserName><![CDATA[" + c.CorpID + "]]></ToUserName><Encrypt><![CDATA[" + sealed +
		"]]></Encrypt><AgentID><![CDATA[" + c.AgentID + "]]></AgentID></xml>"), nil
}

// Do makes one request of the callback and opens the answer of a POST.
func (c *Client) Do(ctx context.Context, method string, q url.Values, body []byte) (Reply, error) {
	target := c.URL
	if target == "" {
		target = "http://callback.invalid/wecom/callback"
	}
	req, err := http.NewRequestWithContext(ctx, method, target+"?"+q.Encode(), bytes.NewReader(body))
	if err != nil {
		return Reply{}, fmt.Errorf("making the callback: %w", err)
	}
	req.Header.Set("Content-Type", "text/xml")
	var out Reply
	if c.Callback != nil {
		rec := httptest.NewRecorder()
		c.Callback.ServeHTTP(rec, req)
		out.Status, out.Body = rec.Code, rec.Body.Bytes()
	} else {
		client := c.HTTP
		if client == nil {
			client = http.DefaultClient
		}
		res, err := client.Do(req)
		if err != nil {
			return Reply{}, fmt.Errorf("calling back: %w", err)
		}
		defer res.Body.Close()
		if out.Body, err = io.ReadAll(res.Body); err != nil {
			return Reply{}, fmt.Errorf("reading the callback's answer: %w", err)
		}
		out.Status = res.StatusCode
	}
	if method == http.MethodPost && out.Status == http.StatusOK && len(out.Body) > 0 && string(out.Body) != "success" {
		out.Text, err = c.Open(out.Body)
	}
	return out, err
}

// Open opens a passive text reply, as strictly as one can.
func (c *Client) Open(body []byte) (string, error) {
	var e struct {
		Encrypt      string `xml:"Encrypt"`
		MsgSignature string `xml:"MsgSignature"`
		TimeStamp    string `xml:"TimeStamp"`
		Nonce        string `xml:"Nonce"`
	}
	if err := xml.Unmarshal(body, &e); err != nil {
		return "", fmt.Errorf("reading the passive reply: %w", err)
	}
	if util.Signature(c.Token, e.TimeStamp, e.Nonce, e.Encrypt) != e.MsgSignature {
		return "", errors.New("the passive reply is signed wrongly")
	}
	_, inner, err := util.DecryptMsg(c.CorpID, e.Encrypt, c.AESKey)
	if err != nil {
		return "", fmt.Errorf("opening the passive reply: %w", err)
	}
	var m struct {
		ToUserName, FromUserName, MsgType, Content string
		CreateTime                                 int64
	}
	if err := xml.Unmarshal(inner, &m); err != nil {
		return "", fmt.Errorf("reading the passive message: %w", err)
	}
	if m.MsgType != "text" || m.FromUserName != c.CorpID || m.ToUserName == "" || m.CreateTime == 0 {
		return "", fmt.Errorf("a passive reply from %q to %q of kind %q", m.FromUserName, m.ToUserName, m.MsgType)
	}
	if len(m.Content) == 0 || len(m.Content) > longestText {
		return "", fmt.Errorf("a passive reply of %d bytes", len(m.Content))
	}
	return m.Content, nil
}

func (c *Client) seal(message string) (string, error) {
	sealed, err := util.EncryptMsg([]byte(rand.Text()[:16]), []byte(message), c.CorpID, c.AESKey)
	if err != nil {
		return "", fmt.Errorf("sealing: %w", err)
	}
	return string(sealed), nil
}

func (c *Client) sign(sealed string) url.Values {
	now, nonce := c.now(), rand.Text()[:10]
	return url.Values{"timestamp": {now}, "nonce": {nonce}, "msg_signature": {util.Signature(c.Token, now, nonce, sealed)}}
}

func (c *Client) now() string {
	now := c.Now
	if now == nil {
		now = time.Now
	}
	return strconv.FormatInt(now().Unix(), 10)
}
