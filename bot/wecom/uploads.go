package wecom

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// How long uploads are shared. WeCom keeps them for three days; a parcel that is tried
// for the first time today may be tried for another day.
const (
	sharing  = 48 * time.Hour
	lostFor  = 3 * 24 * time.Hour // after which nobody asks for one any more
	mostKept = 1000
	// peeking is how often a replica looks for what another is uploading, and how long
	// that one may take.
	peeking   = 200 * time.Millisecond
	uploading = 20 * time.Second
)

// uploads are what is at WeCom: in memory, and where replicas share a place, there.
// What is lost of it is uploaded again.
type uploads struct {
	shared Tokens // may be nil
	wall   func() time.Time

	mu    sync.Mutex
	known map[string]kept      // by key
	lost  map[string]time.Time // by media_id: until when it is remembered
	busy  map[string]chan struct{}
}

// kept is an upload and until when it is shared.
type kept struct {
	Ready ready `json:"ready"`
	Until int64 `json:"until"` // Unix seconds
}

func newUploads(shared Tokens, wall func() time.Time) *uploads {
	return &uploads{shared: shared, wall: wall, known: map[string]kept{}, lost: map[string]time.Time{}, busy: map[string]chan struct{}{}}
}

// once finds an upload or makes it, one at a time for each key.
func (u *uploads) once(ctx context.Context, key string, upload func() (ready, error)) (ready, error) {
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
			return ready{}, unsent(ctx.Err())
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
		return ready{}, err
	}
	r.Key = key
	u.keep(ctx, r)
	return r, nil
}

// take makes a key the caller's; otherwise others is closed when it is free again.
func (u *uploads) take(key string) (others chan struct{}, mine bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if ch := u.busy[key]; ch != nil {
		return ch, false
	}
	u.busy[key] = make(chan struct{})
	return nil, true
}

func (u *uploads) release(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	close(u.busy[key])
	delete(u.busy, key)
}

// await waits for another replica that is uploading the same; ok says that it has.
func (u *uploads) await(ctx context.Context, key string) (r ready, ok bool, release func()) {
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
func (u *uploads) find(ctx context.Context, key string) (ready, bool) {
	now := u.wall()
	u.mu.Lock()
	k, ok := u.known[key]
	u.mu.Unlock()
	if ok && now.Unix() < k.Until {
		return k.Ready, true
	}
	if u.shared == nil {
		return ready{}, false
	}
	text, ok := u.shared.Get(ctx, key)
	if !ok || json.Unmarshal(text, &k) != nil || k.Ready.MediaID == "" || now.Unix() >= k.Until || u.gone(ctx, k.Ready.MediaID) {
		return ready{}, false
	}
	u.remember(key, k)
	return k.Ready, true
}

func (u *uploads) keep(ctx context.Context, r ready) {
	k := kept{Ready: r, Until: u.wall().Add(sharing).Unix()}
	u.remember(r.Key, k)
	if u.shared != nil {
		u.shared.Set(ctx, r.Key, compact(k), sharing)
	}
}

func (u *uploads) remember(key string, k kept) {
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

// forget takes note that WeCom has lost an upload.
func (u *uploads) forget(ctx context.Context, r ready) {
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

// gone says whether WeCom is known to have lost an upload.
func (u *uploads) gone(ctx context.Context, mediaID string) bool {
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

func goneKey(mediaID string) string { return "wecom:upload:gone:" + mediaID }
