package bot

import (
	"bytes"
	"encoding/json"
	"sync"
)

// recent remembers what was decoded or encoded last, by key, so that a conversation
// that goes on is not decoded anew with every message (a tenth of a turn). The
// database stays the only truth: what is remembered counts only for the very bytes
// that were read from it. Nobody changes a remembered value: who wants to, works on a
// copy.
type recent[K comparable, V any] struct {
	mu    sync.Mutex
	known map[K]remembered[V]
}

type remembered[V any] struct {
	bytes []byte
	value V
}

// mostRecent bounds each: as many as talk at the same time in a large office, and a
// few megabytes at most.
const mostRecent = 512

// decode is the value that some bytes stand for.
func (r *recent[K, V]) decode(key K, text []byte) (v V, err error) {
	r.mu.Lock()
	known, ok := r.known[key]
	r.mu.Unlock()
	if ok && bytes.Equal(known.bytes, text) {
		return known.value, nil
	}
	if p, ok := any(&v).(unpacker); ok {
		err = p.unpack(text)
	} else {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		return v, err
	}
	r.remember(key, text, v)
	return v, nil
}

// packer and unpacker are values that are stored in another shape.
type (
	packer   interface{ packed() any }
	unpacker interface{ unpack(text []byte) error }
)

// encode puts a value into bytes.
func (r *recent[K, V]) encode(key K, v V) ([]byte, error) {
	var shape any = v
	if p, ok := shape.(packer); ok {
		shape = p.packed()
	}
	text, err := json.Marshal(shape)
	if err == nil {
		r.remember(key, text, v)
	}
	return text, err
}

func (r *recent[K, V]) remember(key K, text []byte, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[K]remembered[V]{}
	}
	if _, there := r.known[key]; !there && len(r.known) >= mostRecent {
		for other := range r.known { // any one: its next message is decoded again
			delete(r.known, other)
			break
		}
	}
	r.known[key] = remembered[V]{text, v}
}
