// Package cards remembers whether WeCom takes template cards, the same for a self-built
// app and for a smart robot: what it has said that it does not take is not tried again
// with every message.
package cards

import (
	"sync/atomic"
	"time"
)

// Taken is whether WeCom takes cards here. It does until it has said that it does not,
// or has refused several one after the other without a better word. Its zero value is
// ready.
type Taken struct {
	since atomic.Int64 // when it turned out that it does not, in Unix nanoseconds; 0 = it does
	odd   atomic.Int32 // refused since one was taken
}

// mostOdd is how many in a row are no accident any more.
const mostOdd = 3

// At says whether cards went out as such at a time, which may be before it turned out;
// zero = now.
func (t *Taken) At(at time.Time) bool {
	since := t.since.Load()
	return since == 0 || !at.IsZero() && at.UnixNano() < since
}

// Accepted notes that one was taken.
func (t *Taken) Accepted() { t.odd.Store(0) }

// Refused notes that one was not, with a code that says why or one that may mean
// anything. news is true if from now on none will be sent.
func (t *Taken) Refused(code int64, now time.Time) (news bool) {
	if !unknown(code) && (!odd(code) || t.odd.Add(1) < mostOdd) {
		return false
	}
	return t.since.CompareAndSwap(0, now.UnixNano())
}

// unknown says whether a code means that this deployment does not know a kind of card,
// or will not take it from this app: others would fare no better.
func unknown(code int64) bool {
	switch code {
	case 40008, 40016, 40057, 42045:
		return true
	}
	return false
}

// odd says whether a code may mean that, or that there is something wrong with this one
// card.
func odd(code int64) bool { return code == 40035 || code == 40058 }
