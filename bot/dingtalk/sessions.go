package dingtalk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/internal/token"
)

const (
	// before is how long before its end a webhook is given up: an answer may be under
	// way when it comes, and clocks differ.
	before = 5 * time.Minute
	// usualLife is for a message that does not say until when: those seen live ninety
	// minutes.
	usualLife = 30 * time.Minute
	// longestLife is against an end that is a mistake.
	longestLife = 24 * time.Hour
	// mostSessions is how many conversations are remembered in memory.
	mostSessions = 20_000
	longestHook  = 2048 // bytes of a webhook; those seen have some hundred
	// sharing is how long the place that replicas share may hold up a message.
	sharing = 200 * time.Millisecond
)

// sessions are the webhooks that came with messages: with each the conversation that the
// message was said in can be answered for some ninety minutes, without a token. Whoever
// has one can speak as the robot, so none is ever shown.
type sessions struct {
	shared token.Shared // may be nil
	app    string       // so that two apps on one Redis do not meet
	wall   func() time.Time

	mu         sync.Mutex
	young, old map[string]hook // half of the memory each; the old are forgotten when the young are full
}

// hook is a webhook and when it ends, Unix milliseconds.
type hook struct {
	URL   string `json:"url"`
	Until int64  `json:"until"`
}

func (h hook) good(now time.Time) bool { return h.URL != "" && now.UnixMilli() < h.Until }

// put remembers a webhook; until is when it ends by DingTalk's word, zero = it did not
// say. An older one, of a message that comes again, does not take the place of a younger.
func (s *sessions) put(ctx context.Context, to bot.Recipient, webhook string, until time.Time) {
	now := s.wall()
	if until.IsZero() {
		until = now.Add(usualLife + before)
	}
	if last := now.Add(longestLife); until.After(last) {
		until = last
	}
	h := hook{webhook, until.Add(-before).UnixMilli()}
	if !h.good(now) {
		return
	}
	key := s.key(to)
	s.mu.Lock()
	known, ok := s.find(key)
	newer := !ok || known.Until < h.Until
	if newer {
		s.keep(key, h)
	}
	s.mu.Unlock()
	if !newer || s.shared == nil {
		return
	}
	if text, err := json.Marshal(h); err == nil {
		ctx, cancel := context.WithTimeout(ctx, sharing)
		defer cancel()
		s.shared.Set(ctx, key, text, time.UnixMilli(h.Until).Sub(now))
	}
}

// get is the webhook of a conversation, if one lives.
func (s *sessions) get(ctx context.Context, to bot.Recipient) (webhook string, ok bool) {
	now, key := s.wall(), s.key(to)
	s.mu.Lock()
	h, ok := s.find(key)
	s.mu.Unlock()
	if ok && h.good(now) {
		return h.URL, true
	}
	if s.shared == nil {
		return "", false
	}
	text, ok := s.shared.Get(ctx, key)
	if !ok || json.Unmarshal(text, &h) != nil || !h.good(now) {
		return "", false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(key, h)
	return h.URL, true
}

// drop forgets a webhook that DingTalk knows no more; one that has taken its place
// meanwhile stays.
func (s *sessions) drop(ctx context.Context, to bot.Recipient, webhook string) {
	key := s.key(to)
	s.mu.Lock()
	if h, ok := s.find(key); ok && h.URL == webhook {
		delete(s.young, key)
		delete(s.old, key)
	}
	s.mu.Unlock()
	if s.shared == nil {
		return
	}
	var h hook
	if text, ok := s.shared.Get(ctx, key); ok && json.Unmarshal(text, &h) == nil && h.URL == webhook {
		s.shared.Delete(ctx, key)
	}
}

func (s *sessions) find(key string) (hook, bool) {
	if h, ok := s.young[key]; ok {
		return h, true
	}
	h, ok := s.old[key]
	return h, ok
}

func (s *sessions) keep(key string, h hook) {
	if s.young == nil || len(s.young) >= mostSessions/2 && s.young[key] == (hook{}) {
		s.young, s.old = map[string]hook{}, s.young
	}
	s.young[key] = h
}

// key names a conversation in a place that others see too: by a digest, since a group's
// name is the office's business.
func (s *sessions) key(to bot.Recipient) string {
	sum := sha256.Sum256([]byte(s.app + "\x00" + string(to.Kind) + "\x00" + to.Account))
	return Name + ":session:" + hex.EncodeToString(sum[:16])
}

// session is the webhook at which a conversation can be answered now, without a token: of
// a person's private chat, or of a group. Where it is refused (errcode 300001), it is to
// be dropped.
func (c *Channel) session(ctx context.Context, to bot.Recipient) (webhook string, ok bool) {
	return c.in.sessions.get(ctx, to)
}

// dropSession forgets a webhook that was refused.
func (c *Channel) dropSession(ctx context.Context, to bot.Recipient, webhook string) {
	c.in.sessions.drop(ctx, to, webhook)
}

// hooks says which webhooks may be posted to. In HTTP mode bodies are not signed, so
// that whoever has seen a callback's headers could otherwise name any address.
type hooks struct{ api, oapi string } // of the configuration

// genuine says whether a webhook is at DingTalk, by https, or at a configured server.
func (h hooks) genuine(webhook string) bool {
	u, err := url.Parse(webhook)
	if err != nil || len(webhook) > longestHook || u.User != nil || u.Host == "" || u.Opaque != "" {
		return false
	}
	for _, base := range []string{h.oapi, h.api} {
		if b, err := url.Parse(base); err == nil && u.Scheme == b.Scheme && strings.EqualFold(u.Host, b.Host) {
			return true
		}
	}
	host := strings.ToLower(u.Host) // with its port, if it has one
	return u.Scheme == "https" && strings.HasSuffix(host, ".dingtalk.com")
}
