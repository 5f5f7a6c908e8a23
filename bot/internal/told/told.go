// Package told remembers what need not be said to somebody twice in one time.
package told

import "sync"

// most bounds what is remembered: nobody has so many groups. Beyond, all is forgotten.
const most = 1000

// Told remembers who was told something, and in which time: a day, or an hour. Its zero
// value remembers nothing yet.
type Told struct {
	mu sync.Mutex
	in map[string]string
}

// First says whether somebody has not been told in this time, as its name says, and
// remembers that now they are.
func (t *Told) First(who, time string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.in[who] == time {
		return false
	}
	if t.in == nil || len(t.in) >= most {
		t.in = map[string]string{}
	}
	t.in[who] = time
	return true
}
