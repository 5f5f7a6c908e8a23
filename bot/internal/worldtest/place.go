package worldtest

import (
	"context"
	"sync"
	"time"
)

// Place is a place that replicas share: package redis's store in memory.
type Place struct {
	mu    sync.Mutex
	wall  func() time.Time
	held  map[string][]byte
	ends  map[string]time.Time
	taken map[string]bool
	Away  bool // nobody reaches it
	Keeps bool // deletes nothing
}

// NewPlace makes an empty Place.
func NewPlace(wall func() time.Time) *Place {
	return &Place{wall: wall, held: map[string][]byte{}, ends: map[string]time.Time{}, taken: map[string]bool{}}
}

// Get gives what was set and has not ended.
func (m *Place) Get(_ context.Context, key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.held[key]
	return v, ok && !m.Away && m.wall().Before(m.ends[key])
}

// Set keeps a value.
func (m *Place) Set(_ context.Context, key string, value []byte, ttl time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ttl <= 0 {
		panic("Redis takes no such time to live")
	}
	m.held[key], m.ends[key] = value, m.wall().Add(ttl)
}

// Delete forgets one.
func (m *Place) Delete(_ context.Context, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.Keeps {
		delete(m.held, key)
	}
}

// Once gives a key to one at a time.
func (m *Place) Once(_ context.Context, key string, _ time.Duration) (bool, func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Away {
		return true, func() {}
	}
	if m.taken[key] {
		return false, nil
	}
	m.taken[key] = true
	return true, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.taken, key)
	}
}
