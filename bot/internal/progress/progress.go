// Package progress remembers how far parcels came that leave in several messages.
package progress

import "sync"

// mostBegun is how many parcels are remembered that were begun and not ended. What is
// forgotten, or was begun by another process, is said from its beginning again.
const mostBegun = 256

// Progress remembers of a parcel in several messages which were said, for its next try:
// where the platform knows no copies, nothing else keeps them from being said twice. Its
// zero value remembers nothing yet.
type Progress struct {
	mu   sync.Mutex
	refs map[int64][]string
}

// Take gives what was said of a parcel, and forgets it.
func (p *Progress) Take(id int64) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	refs := p.refs[id]
	delete(p.refs, id)
	return refs
}

// Keep remembers it.
func (p *Progress) Keep(id int64, refs []string) {
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

// Len is how many parcels are remembered.
func (p *Progress) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.refs)
}

// Begun says whether something of a parcel was said.
func (p *Progress) Begun(id int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.refs[id]) > 0
}
