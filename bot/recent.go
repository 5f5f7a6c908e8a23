package bot

import (
	"bytes"
	"encoding/json"
	"sync"
)

// recent remembers the drafts that were read or written last, so that a draft that
// is being talked about is not decoded anew with every message (a tenth of a turn).
// The database stays the only truth: what is remembered counts only for the very
// bytes that were read from it. Nobody changes a remembered draft: a step works on
// a copy.
type recent struct {
	mu     sync.Mutex
	drafts map[int64]remembered
}

type remembered struct {
	bytes []byte
	state draftState
}

// mostRecent bounds them: as many as talk at the same time in a large office, and a
// few megabytes at most.
const mostRecent = 512

// decode is the state that a draft's bytes stand for.
func (r *recent) decode(id int64, state []byte) (draftState, error) {
	r.mu.Lock()
	known, ok := r.drafts[id]
	r.mu.Unlock()
	if ok && bytes.Equal(known.bytes, state) {
		return known.state, nil
	}
	var st draftState
	if err := json.Unmarshal(state, &st); err != nil {
		return st, err
	}
	r.remember(id, state, st)
	return st, nil
}

// encode puts a draft's state into bytes.
func (r *recent) encode(id int64, st draftState) ([]byte, error) {
	state, err := json.Marshal(st)
	if err == nil {
		r.remember(id, state, st)
	}
	return state, err
}

func (r *recent) remember(id int64, state []byte, st draftState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, there := r.drafts[id]; !there && len(r.drafts) >= mostRecent {
		for other := range r.drafts { // any one: the next message of it is decoded again
			delete(r.drafts, other)
			break
		}
	}
	r.drafts[id] = remembered{state, st}
}
