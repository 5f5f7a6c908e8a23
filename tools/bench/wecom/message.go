package wecom

import (
	"encoding/binary"
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Text is one text message: of a person to the app, or the app's answer.
type Text struct {
	From, To string
	Content  string
	ID       int64 // MsgId; 0 in an answer
}

// Post is a sealed message on its way: what follows the question mark, and the body.
type Post struct {
	Query, Body string
}

// ErrSignature says that a signature does not belong to what it came with.
var ErrSignature = errors.New("the signature does not match")

// Callback seals what a person says, as the platform does.
func (c *Codec) Callback(m Text, agent string, at time.Time) Post {
	when := strconv.FormatInt(at.Unix(), 10)
	sealed := c.Seal(chance(), "<xml><ToUserName><![CDATA["+c.corpID+"]]></ToUserName><FromUserName><![CDATA["+m.From+
		"]]></FromUserName><CreateTime>"+when+"</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA["+m.Content+
		"]]></Content><MsgId>"+strconv.FormatInt(m.ID, 10)+"</MsgId><AgentID>"+agent+"</AgentID></xml>")
	nonce := strconv.FormatUint(rand.Uint64()>>32, 10)
	return Post{
		Query: "msg_signature=" + c.Sign(when, nonce, sealed) + "&timestamp=" + when + "&nonce=" + nonce,
		Body: "<xml><ToUserName><![CDATA[" + c.corpID + "]]></ToUserName><AgentID><![CDATA[" + agent +
			"]]></AgentID><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>",
	}
}

// Receive verifies and opens a callback, as an app does.
func (c *Codec) Receive(signature, timestamp, nonce, body string) (Text, error) {
	sealed := Element(body, "Encrypt")
	if c.Sign(timestamp, nonce, sealed) != signature {
		return Text{}, ErrSignature
	}
	doc, err := c.Open(sealed)
	if err != nil {
		return Text{}, err
	}
	m := Text{From: Element(doc, "FromUserName"), To: Element(doc, "ToUserName"), Content: Element(doc, "Content")}
	if m.ID, err = strconv.ParseInt(Element(doc, "MsgId"), 10, 64); err != nil {
		return Text{}, fmt.Errorf("reading MsgId: %w", err)
	}
	return m, nil
}

// Answer seals what an app says in the response to a callback.
func (c *Codec) Answer(m Text, nonce string, at time.Time) string {
	when := strconv.FormatInt(at.Unix(), 10)
	sealed := c.Seal(chance(), "<xml><ToUserName><![CDATA["+m.To+"]]></ToUserName><FromUserName><![CDATA["+m.From+
		"]]></FromUserName><CreateTime>"+when+"</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA["+m.Content+
		"]]></Content></xml>")
	return "<xml><Encrypt><![CDATA[" + sealed + "]]></Encrypt><MsgSignature><![CDATA[" + c.Sign(when, nonce, sealed) +
		"]]></MsgSignature><TimeStamp>" + when + "</TimeStamp><Nonce><![CDATA[" + nonce + "]]></Nonce></xml>"
}

// Hear verifies and opens the response to a callback, as the platform does. An
// empty response, and the word "success", is no answer.
func (c *Codec) Hear(response string) (text string, answered bool, err error) {
	response = strings.TrimSpace(response)
	if response == "" || response == "success" {
		return "", false, nil
	}
	sealed := Element(response, "Encrypt")
	if sealed == "" {
		return "", false, fmt.Errorf("the answer is not sealed: %.60q", response)
	}
	if c.Sign(Element(response, "TimeStamp"), Element(response, "Nonce"), sealed) != Element(response, "MsgSignature") {
		return "", false, fmt.Errorf("the answer: %w", ErrSignature)
	}
	doc, err := c.Open(sealed)
	if err != nil {
		return "", false, fmt.Errorf("opening the answer: %w", err)
	}
	return Element(doc, "Content"), true, nil
}

// Element is the text of a document's first element of that name, "" if there is
// none.
func Element(doc, name string) string {
	_, rest, found := strings.Cut(doc, "<"+name+">")
	if !found {
		return ""
	}
	text, _, found := strings.Cut(rest, "</"+name+">")
	if !found {
		return ""
	}
	text = strings.TrimSpace(text)
	if inner, marked := strings.CutPrefix(text, "<![CDATA["); marked {
		return strings.TrimSuffix(inner, "]]>")
	}
	return html.UnescapeString(text)
}

func chance() (b [randomSize]byte) {
	binary.LittleEndian.PutUint64(b[:8], rand.Uint64())
	binary.LittleEndian.PutUint64(b[8:], rand.Uint64())
	return b
}
