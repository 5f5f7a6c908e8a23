// Package uploads is what channels have in common that bring bytes to their platform
// before a message can name them: which bytes a reply has and as what they go, which of
// them are there already, and what is done when it has lost them. How they are
// brought there is the channel's.
package uploads

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"zhuanban/bot"
)

// Sharing is how long an upload is found again. WeCom keeps them for three days; a parcel that is tried
// for the first time today may be tried for another day.
const (
	Sharing  = 48 * time.Hour
	lostFor  = 3 * 24 * time.Hour // after which nobody asks for one any more
	mostKept = 1000
	// peeking is how often a replica looks for what another is uploading, and how long
	// that one may take.
	peeking   = 200 * time.Millisecond
	uploading = 20 * time.Second
)

// Ready is a parcel's upload, as it is kept with the parcel: where the platform compares whole
// requests, every try has to name the same media_id.
type Ready struct {
	Type    string `json:"type"`
	MediaID string `json:"media_id"`
	Key     string `json:"key"`            // under which it is shared
	Anew    int    `json:"anew,omitempty"` // how often the platform had lost it
	// Duration is of what is heard or played; Cover names the picture of a film, where the
	// platform wants one.
	Duration time.Duration `json:"duration,omitempty"`
	Cover    string        `json:"cover,omitempty"`
}

// Shared is where replicas tell each other what is at the platform: package redis's store. What
// is lost of it is made anew.
type Shared interface {
	Get(ctx context.Context, key string) (value []byte, ok bool)
	Set(ctx context.Context, key string, value []byte, ttl time.Duration)
	// Once says whether the key is the caller's to work on; others wait for what
	// comes of it. It ends with release, or by itself after ttl. Where nothing is
	// shared for the moment, everything is everybody's.
	Once(ctx context.Context, key string, ttl time.Duration) (mine bool, release func())
}

// Uploads are what is at the platform: in memory, and where replicas share a place, there.
// What is lost of it is uploaded again.
type Uploads struct {
	shared Shared // may be nil
	wall   func() time.Time

	mu    sync.Mutex
	known map[string]kept      // by key
	lost  map[string]time.Time // by media_id: until when it is remembered
	busy  map[string]chan struct{}
}

// kept is an upload and until when it is shared.
type kept struct {
	Ready Ready `json:"ready"`
	Until int64 `json:"until"` // Unix seconds
}

// New makes an empty Uploads; shared may be nil.
func New(shared Shared, wall func() time.Time) *Uploads {
	return &Uploads{shared: shared, wall: wall, known: map[string]kept{}, lost: map[string]time.Time{}, busy: map[string]chan struct{}{}}
}

// Once finds an upload or makes it, one at a time for each key.
func (u *Uploads) Once(ctx context.Context, key string, upload func() (Ready, error)) (Ready, error) {
	for {
		if r, ok := u.find(ctx, key); ok {
			return r, nil
		}
		others, mine := u.take(key)
		if mine {
			break
		}
		select {
		case <-others:
		case <-ctx.Done():
			return Ready{}, &bot.SendError{Fate: bot.NotSent, Reason: bot.PlatformAway, Err: ctx.Err()}
		}
	}
	defer u.release(key)
	r, ok, release := u.await(ctx, key)
	defer release()
	if ok {
		return r, nil
	}
	r, err := upload()
	if err != nil {
		return Ready{}, err
	}
	r.Key = key
	u.keep(ctx, r)
	return r, nil
}

// take makes a key the caller's; otherwise others is closed when it is free again.
func (u *Uploads) take(key string) (others chan struct{}, mine bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if ch := u.busy[key]; ch != nil {
		return ch, false
	}
	u.busy[key] = make(chan struct{})
	return nil, true
}

func (u *Uploads) release(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	close(u.busy[key])
	delete(u.busy, key)
}

// await waits for another replica that is uploading the same; ok says that it has.
func (u *Uploads) await(ctx context.Context, key string) (r Ready, ok bool, release func()) {
	none := func() {}
	if u.shared == nil {
		return r, false, none
	}
	tick := time.NewTicker(peeking)
	defer tick.Stop()
	for {
		mine, release := u.shared.Once(ctx, key+":busy", uploading)
		if release == nil {
			release = none
		}
		if r, ok := u.find(ctx, key); ok || mine {
			return r, ok, release
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return r, false, none
		}
	}
}

// find looks for an upload that is still good.
func (u *Uploads) find(ctx context.Context, key string) (Ready, bool) {
	now := u.wall()
	u.mu.Lock()
	k, ok := u.known[key]
	u.mu.Unlock()
	if ok && now.Unix() < k.Until && !u.Gone(ctx, k.Ready.MediaID) {
		return k.Ready, true
	}
	if u.shared == nil {
		return Ready{}, false
	}
	text, ok := u.shared.Get(ctx, key)
	if !ok || json.Unmarshal(text, &k) != nil || k.Ready.MediaID == "" || now.Unix() >= k.Until || u.Gone(ctx, k.Ready.MediaID) {
		return Ready{}, false
	}
	u.remember(key, k)
	return k.Ready, true
}

func (u *Uploads) keep(ctx context.Context, r Ready) {
	k := kept{Ready: r, Until: u.wall().Add(Sharing).Unix()}
	u.remember(r.Key, k)
	if u.shared != nil {
		u.shared.Set(ctx, r.Key, compact(k), Sharing)
	}
}

func (u *Uploads) remember(key string, k kept) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.known) >= mostKept {
		for other := range u.known { // any one: it is uploaded again
			delete(u.known, other)
			break
		}
	}
	u.known[key] = k
}

// Prepare is what a bot.Preparer gives: what it gave before, unless the platform is known to
// have lost that, and otherwise what upload brings there.
func (u *Uploads) Prepare(ctx context.Context, given []byte, upload func() (Ready, error)) ([]byte, error) {
	before, had := Given(given)
	if had && !u.Gone(ctx, before.MediaID) {
		return given, nil
	}
	r, err := upload()
	if err != nil {
		return nil, err
	}
	if had {
		r.Anew = before.Anew + 1
	}
	return compact(r), nil
}

// Given reads what Prepare gave; ok is false if it is nothing.
func Given(prepared []byte) (r Ready, ok bool) {
	ok = json.Unmarshal(prepared, &r) == nil && r.MediaID != ""
	return r, ok
}

// Lost is what is to become of a parcel whose upload the platform says that it does not have:
// it is uploaded anew before the next try, once; then it is as err says.
func (u *Uploads) Lost(ctx context.Context, prepared []byte, err error) error {
	r, ok := Given(prepared)
	if !ok {
		return err
	}
	u.forget(ctx, r)
	if r.Anew > 0 {
		return err
	}
	return &bot.SendError{Fate: bot.NotSent, Wait: time.Second, Err: err}
}

// compact is a value as JSON. What is kept here can always be written.
func compact(v any) []byte {
	b, _ := json.Marshal(v)
	return b
}

// forget takes note that the platform has lost an upload.
func (u *Uploads) forget(ctx context.Context, r Ready) {
	u.mu.Lock()
	now := u.wall()
	for id, until := range u.lost {
		if !now.Before(until) || len(u.lost) >= mostKept {
			delete(u.lost, id)
		}
	}
	u.lost[r.MediaID] = now.Add(lostFor)
	if u.known[r.Key].Ready.MediaID == r.MediaID {
		delete(u.known, r.Key)
	}
	u.mu.Unlock()
	if u.shared != nil {
		u.shared.Set(ctx, goneKey(r.MediaID), []byte("gone"), lostFor)
	}
}

// Gone says whether the platform is known to have lost an upload.
func (u *Uploads) Gone(ctx context.Context, mediaID string) bool {
	u.mu.Lock()
	until, ok := u.lost[mediaID]
	u.mu.Unlock()
	if ok {
		return u.wall().Before(until)
	}
	if u.shared == nil {
		return false
	}
	_, ok = u.shared.Get(ctx, goneKey(mediaID))
	return ok
}

func goneKey(mediaID string) string { return "upload:gone:" + mediaID }
