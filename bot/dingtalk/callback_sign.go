package dingtalk

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"sync"
	"time"

	"zhuanban/bot/internal/token"
)

// The window within which a callback is taken: an hour by DingTalk's documentation, and
// little ahead of us.
const (
	oldest  = time.Hour
	advance = 5 * time.Minute
)

// sign signs a timestamp. The body is not signed.
func sign(secret, timestamp string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp + "\n" + secret))
	return mac.Sum(nil)
}

// signed checks the time of a callback, and its signature, which should be want, and gives
// the time.
func signed(want []byte, timestamp, signature string, now time.Time) (at time.Time, err error) {
	ms, bad := strconv.ParseInt(timestamp, 10, 64)
	got, worse := base64.StdEncoding.DecodeString(signature)
	if !hmac.Equal(got, want) || bad != nil || worse != nil {
		return at, errUnsigned
	}
	if at = time.UnixMilli(ms); now.Sub(at) > oldest || at.Sub(now) > advance {
		return at, errUnsigned
	}
	return at, nil
}

// replays remember which message came with a signature. The body is not signed, so that
// whoever has seen a callback's headers could send anything with them for an hour: under
// one signature only one message is taken. The same again is DingTalk, which sends it a
// second time.
type replays struct {
	shared token.Shared // of the replicas; may be nil
	app    string

	mu    sync.Mutex
	of    map[string]seen // by timestamp, of which the signature is made
	order []string        // as they came
	floor time.Time       // what is not younger and not known any more is not taken
}

// seen is the message that came with a signature.
type seen struct {
	at  time.Time // of the signature
	sum [sha256.Size]byte
}

// mostSeen is what two minutes of a burst of a thousand a second leave; some 20 MB.
const mostSeen = 120_000

// first says whether this body may come with this signature: nothing else has.
func (r *replays) first(ctx context.Context, at time.Time, timestamp string, body []byte, now time.Time) bool {
	sum := sha256.Sum256(body)
	r.mu.Lock()
	before, ok := r.of[timestamp]
	switch {
	case ok:
		r.mu.Unlock()
		return before.sum == sum
	case !at.After(r.floor):
		r.mu.Unlock()
		return false
	}
	r.note(timestamp, seen{at, sum}, now)
	r.mu.Unlock()
	return r.elsewhere(ctx, timestamp, sum)
}

// note remembers one, and forgets what is too old to be taken.
func (r *replays) note(timestamp string, s seen, now time.Time) {
	if r.of == nil {
		r.of = map[string]seen{}
	}
	r.of[timestamp] = s
	r.order = append(r.order, timestamp)
	for len(r.order) > 0 {
		first := r.order[0]
		over := now.Sub(r.of[first].at) > oldest
		if !over && len(r.order) <= mostSeen {
			return
		}
		if !over && r.of[first].at.After(r.floor) {
			r.floor = r.of[first].at
		}
		delete(r.of, first)
		r.order = r.order[1:]
	}
}

// elsewhere asks whether another replica has had the signature, and lets them know.
func (r *replays) elsewhere(ctx context.Context, timestamp string, sum [sha256.Size]byte) bool {
	if r.shared == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, sharing)
	defer cancel()
	name := sha256.Sum256([]byte(r.app + "\x00" + timestamp))
	key := Name + ":callback:" + hex.EncodeToString(name[:16])
	if had, ok := r.shared.Get(ctx, key); ok {
		return bytes.Equal(had, sum[:])
	}
	r.shared.Set(ctx, key, sum[:], oldest+advance)
	return true
}
