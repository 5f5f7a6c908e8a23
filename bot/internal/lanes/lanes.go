// Package lanes lets what comes from one sender be handled in its order, and many senders
// side by side.
package lanes

import "sync"

// Lanes are the lanes of one channel. Its zero value has none that is busy.
type Lanes struct {
	mu   sync.Mutex
	last map[string]chan struct{} // closed when that lane's last has been handled
}

// Run runs f when all that was run before in the same lane is done, in a goroutine of
// the group.
func (l *Lanes) Run(group *sync.WaitGroup, lane string, f func()) {
	done := make(chan struct{})
	l.mu.Lock()
	if l.last == nil {
		l.last = map[string]chan struct{}{}
	}
	before := l.last[lane]
	l.last[lane] = done
	l.mu.Unlock()
	group.Go(func() {
		if before != nil {
			<-before
		}
		defer func() {
			l.mu.Lock()
			if l.last[lane] == done {
				delete(l.last, lane)
			}
			l.mu.Unlock()
			close(done)
		}()
		f()
	})
}
