package robot

import "sync"

// lanes lets what comes from one sender be handled in its order, and many senders side
// by side.
type lanes struct {
	mu   sync.Mutex
	last map[string]chan struct{} // closed when that sender's last has been handled
}

// run runs f when all that was run before with the same key is done, in a goroutine of
// the group.
func (l *lanes) run(group *sync.WaitGroup, key string, f func()) {
	done := make(chan struct{})
	l.mu.Lock()
	if l.last == nil {
		l.last = map[string]chan struct{}{}
	}
	before := l.last[key]
	l.last[key] = done
	l.mu.Unlock()
	group.Go(func() {
		if before != nil {
			<-before
		}
		defer func() {
			l.mu.Lock()
			if l.last[key] == done {
				delete(l.last, key)
			}
			l.mu.Unlock()
			close(done)
		}()
		f()
	})
}
