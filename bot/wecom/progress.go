package wecom

import "sync"

// mostBegun is how many parcels are remembered that were begun and not ended. What is
// forgotten, or was begun by another process, is said from its beginning again.
const mostBegun = 256

// progress remembers of a parcel in several messages which were said, for its next try:
// in groups nothing else keeps them from being said twice.
type progress struct {
	mu   sync.Mutex
	refs map[int64][]string
}

// take gives what was said of a parcel, and forgets it.
func (p *progress) take(id int64) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	refs := p.refs[id]
	delete(p.refs, id)
	return refs
}

// keep remembers it.
func (p *progress) keep(id int64, refs []string) {
	if len(refs) == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refs == nil {
		p.refs = map[int64][]string{}
	}
	for other := range p.refs {
		if len(p.refs) < mostBegun {
			break
		}
		delete(p.refs, other)
	}
	p.refs[id] = refs
}
