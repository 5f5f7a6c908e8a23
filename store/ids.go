package store

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"
	"time"
)

// An id is 63 bits: 41 of milliseconds since 2024 (until 2093), 14 that tell one
// process from another, 8 of sequence. Ids of one process rise strictly; those of
// several are in order to within their clocks' difference.
const (
	idEpoch    = 1704067200000 // 2024-01-01T00:00:00Z
	idSequence = 8
	idNode     = 14
)

type ids struct {
	wall func() time.Time
	node int64

	mu   sync.Mutex
	last int64 // the id before, without its node: milliseconds and sequence
}

func newIDs(wall func() time.Time) (*ids, error) {
	var b [2]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, fmt.Errorf("choosing the node bits of ids: %w", err)
	}
	return &ids{wall: wall, node: int64(binary.BigEndian.Uint16(b[:])) & (1<<idNode - 1)}, nil
}

// next never waits: when a millisecond's sequence is used up, or the clock has
// gone back, it borrows from the milliseconds to come.
func (g *ids) next() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(g.last+1, (g.wall().UnixMilli()-idEpoch)<<idSequence)
	ms, seq := g.last>>idSequence, g.last&(1<<idSequence-1)
	return ms<<(idNode+idSequence) | g.node<<idSequence | seq
}
