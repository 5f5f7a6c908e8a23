package robot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/internal/line"
)

// addresses are where conversations may be answered: one came with each message, is
// good for an hour, and once. They are kept in memory: a robot that is called back is
// for one process, and forgets them when it is started anew.
type addresses struct {
	mu sync.Mutex
	of map[string][]address // by chat, oldest first
}

type address struct {
	url   string
	until time.Time
}

const (
	goodFor       = 55 * time.Minute // an hour, and some for a clock that is wrong
	mostAddresses = 20               // of one conversation
	mostChats     = 10_000
)

func (a *addresses) put(chat, url string, now time.Time) {
	if url == "" {
		return
	}
	chat = strings.ToLower(chat)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil || len(a.of) >= mostChats && a.of[chat] == nil {
		a.of = map[string][]address{}
	}
	list := append(a.of[chat], address{url, now.Add(goodFor)})
	a.of[chat] = list[max(0, len(list)-mostAddresses):]
}

// take takes the oldest that is still good.
func (a *addresses) take(chat string, now time.Time) (address, bool) {
	chat = strings.ToLower(chat)
	a.mu.Lock()
	defer a.mu.Unlock()
	for list := a.of[chat]; len(list) > 0; list = list[1:] {
		if list[0].until.After(now) {
			a.of[chat] = list[1:]
			return list[0], true
		}
	}
	delete(a.of, chat)
	return address{}, false
}

// back gives one back that was not used.
func (a *addresses) back(chat string, one address) {
	chat = strings.ToLower(chat)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of != nil {
		a.of[chat] = append([]address{one}, a.of[chat]...)
	}
}

// sendBack answers a conversation at an address that came with one of its messages. A
// text of several messages needs as many.
func (c *Channel) sendBack(ctx context.Context, to outgoing, p bot.Parcel) error {
	parts, taken := pieces(p.Reply.Text, longestText), c.sent.Of(p)
	for i := len(taken); i < len(parts); i++ {
		one, ok := c.urls.take(to.Chat, c.o.Wall())
		if !ok {
			c.sent.Ended(p)
			return c.failure(verdict{fate: bot.Refused, reason: bot.NotVisible},
				errors.New("no message of this conversation within the last hour is left to be answered: a robot that is called back cannot speak unasked"))
		}
		if err := c.postBack(ctx, one.url, parts[i]); err != nil {
			if err.Fate == bot.NotSent {
				c.urls.back(to.Chat, one)
			}
			return c.sent.Stopped(p, taken, err)
		}
		taken = append(taken, "")
	}
	c.sent.Ended(p)
	return nil
}

func (c *Channel) postBack(ctx context.Context, target, text string) *bot.SendError {
	body, err := encode(outgoingBack{"markdown", said{text}})
	if err != nil {
		return c.failure(verdict{fate: bot.Refused, reason: bot.BadContent}, err)
	}
	ctx, begun := line.Watch(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return c.failure(verdict{fate: bot.Refused}, errors.New("the address for the answer is none"))
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	res, err := c.client.Do(req)
	if err != nil {
		var where *url.Error // it would show the address, which is a secret
		if errors.As(err, &where) {
			err = where.Err
		}
		return c.unanswered(begun.Load(), err)
	}
	defer res.Body.Close()
	var ack frame
	b, err := io.ReadAll(io.LimitReader(res.Body, largestFrame))
	if err != nil || res.StatusCode != http.StatusOK || json.Unmarshal(b, &ack) != nil || ack.Code == nil {
		return c.unanswered(true, fmt.Errorf("an answer that is not WeCom's, HTTP status %d", res.StatusCode))
	}
	if *ack.Code != 0 {
		return c.failure(judge(*ack.Code, false), &coded{"response_url", *ack.Code, ack.Message})
	}
	return nil
}

type outgoingBack struct {
	Kind     string `json:"msgtype"`
	Markdown said   `json:"markdown"`
}
