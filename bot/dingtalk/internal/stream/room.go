package stream

import (
	"sync"
	"time"
)

// room is what was read and is not done with.
type room struct {
	most          int // frames
	mu            sync.Mutex
	frames, bytes int
	changed       chan struct{} // closed when there is less
}

// enter takes room for a frame, and waits while there is none; false = nothing is taken
// in hand any more.
func (r *room) enter(bytes int, l *link, closing <-chan struct{}) bool {
	for held := false; ; {
		r.mu.Lock()
		free := r.frames == 0 || r.frames < r.most && r.bytes+bytes <= mostAheadBytes
		if free {
			r.frames, r.bytes = r.frames+1, r.bytes+bytes
		}
		changed := r.changed
		r.mu.Unlock()
		if free {
			return true
		}
		if !held {
			held = true
			l.hold()
			defer l.release()
		}
		select {
		case <-changed:
		case <-closing:
			return false
		}
	}
}

// leave gives the room back.
func (r *room) leave(bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames, r.bytes = r.frames-1, r.bytes-bytes
	close(r.changed)
	r.changed = make(chan struct{})
}

// emptied waits until nothing is in hand, or until it is too late.
func (r *room) emptied(late <-chan time.Time) {
	for {
		r.mu.Lock()
		empty, changed := r.frames == 0, r.changed
		r.mu.Unlock()
		if empty {
			return
		}
		select {
		case <-changed:
		case <-late:
			return
		}
	}
}
