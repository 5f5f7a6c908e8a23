package bot

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// Answers is a place that the replicas share, for what may be lost at any time: Redis.
type Answers interface {
	Get(ctx context.Context, key string) (value []byte, ok bool)
	Set(ctx context.Context, key string, value []byte, ttl time.Duration)
}

// hot are the answers given last, so that a message that comes again is answered
// without the database: from memory, and where replicas share a Redis, from there if
// another has answered it. An answer is kept here only after its commit, so whatever is
// not here is in the database or has not happened.
type hot struct {
	shared Answers // nil without Redis
	wall   func() time.Time

	mu    sync.Mutex
	known map[string]Answer
	order []string // oldest first
}

const (
	// mostHot is how many are kept in memory: those of the last seconds of a busy
	// office, which is when platforms send again.
	mostHot = 1024
	// sharedFor is how long they are shared: WeCom sends again within a quarter of a
	// minute, DingTalk after one.
	sharedFor = 5 * time.Minute
	// old is from when on a message is asked for in Redis: no platform sends again
	// sooner, and a fresh one need not ask.
	old = 4 * time.Second
)

// find is the answer to a message that was answered before; ok is false also where the
// answer was carried and this time cannot be.
func (h *hot) find(ctx context.Context, m Message) (a Answer, ok bool) {
	if a, ok = h.here(m); ok || h.shared == nil || h.wall().Sub(m.At) < old {
		return a, ok
	}
	text, ok := h.shared.Get(ctx, answerKey(Cause(m)))
	ok = ok && json.Unmarshal(text, &a) == nil
	return a, ok && a.fits(m)
}

// here is the same from memory only.
func (h *hot) here(m Message) (a Answer, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a, ok = h.known[Cause(m)]
	return a, ok && a.fits(m)
}

// fits says whether the answer can be given again to this message as it was.
func (a Answer) fits(m Message) bool { return !a.Carried || m.Carry > 0 }

// keep remembers an answer whose message is durable.
func (h *hot) keep(ctx context.Context, m Message, a Answer) {
	key := Cause(m)
	h.mu.Lock()
	if h.known == nil {
		h.known = map[string]Answer{}
	}
	if _, there := h.known[key]; !there {
		if len(h.order) >= mostHot {
			delete(h.known, h.order[0])
			h.order = h.order[1:]
		}
		h.order = append(h.order, key)
	}
	h.known[key] = a
	h.mu.Unlock()
	if h.shared == nil {
		return
	}
	if text, err := json.Marshal(a); err == nil {
		h.shared.Set(ctx, answerKey(key), text, sharedFor)
	}
}

func answerKey(cause string) string { return "answer:" + cause }
