package phone

import "sync"

// hub wakes the event streams of this process. It carries no entries: a stream
// reads those from the inbox, so a wake-up that is missed costs a second at most.
type hub struct {
	mu        sync.Mutex
	listeners map[*listener]struct{}
	done      chan struct{}
	closed    bool
}

// listener is one event stream's ear.
type listener struct {
	hub  *hub
	wake chan struct{}
	read map[string]bool // accounts that have read something since last asked
}

func newHub() *hub {
	return &hub{listeners: make(map[*listener]struct{}), done: make(chan struct{})}
}

func (h *hub) listen() *listener {
	l := &listener{hub: h, wake: make(chan struct{}, 1), read: make(map[string]bool)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listeners[l] = struct{}{}
	return l
}

func (l *listener) leave() {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	delete(l.hub.listeners, l)
}

// wake tells all streams that there is something; readers are accounts whose
// unread counts have gone down, which the inbox's entries do not show.
func (h *hub) wake(readers ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		for _, account := range readers {
			l.read[account] = true
		}
		select {
		case l.wake <- struct{}{}:
		default: // it is awake already
		}
	}
}

// takeReaders hands over the accounts gathered since the last call.
func (l *listener) takeReaders() map[string]bool {
	l.hub.mu.Lock()
	defer l.hub.mu.Unlock()
	out := l.read
	l.read = make(map[string]bool)
	return out
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}
