package bot

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// shared is what Redis is to the replicas.
type shared struct {
	mu    sync.Mutex
	known map[string][]byte
	asked int
}

func (s *shared) Get(_ context.Context, key string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	v, ok := s.known[key]
	return v, ok
}

func (s *shared) Set(_ context.Context, key string, value []byte, _ time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[key] = value
}

func TestHotAnswers(t *testing.T) {
	now := time.Date(2024, 1, 19, 9, 0, 0, 0, time.UTC)
	redis := &shared{known: map[string][]byte{}}
	one, two := hot{shared: redis, wall: func() time.Time { return now }}, hot{shared: redis, wall: func() time.Time { return now }}
	m := Message{Platform: "wecom", Sender: "ann", ID: "1", At: now, Carry: 2048}
	said := Answer{Replies: []Reply{{Kind: TextReply, Text: "收到"}}, Carried: true}
	find := func(h *hot, m Message) (Answer, bool) { return h.find(t.Context(), m) }

	_, ok := find(&one, m)
	require.False(t, ok, "what was not answered is not known")
	one.keep(t.Context(), m, said)
	got, ok := find(&one, m)
	require.True(t, ok)
	require.Equal(t, said, got)

	t.Run("a fresh message does not ask Redis, an old one does", func(t *testing.T) {
		asked := redis.asked
		_, ok := find(&two, m)
		require.False(t, ok)
		require.Equal(t, asked, redis.asked)
		now = now.Add(old)
		got, ok := find(&two, m)
		require.True(t, ok)
		require.Equal(t, said, got)
	})
	t.Run("one that was carried is not for a message that cannot carry", func(t *testing.T) {
		later := m
		later.Carry = 0
		_, ok := find(&one, later)
		require.False(t, ok)
	})
	t.Run("only the newest are kept", func(t *testing.T) {
		for i := range mostHot {
			one.keep(t.Context(), Message{Platform: "wecom", Sender: "ben", ID: fmt.Sprint(i)}, said)
		}
		require.Len(t, one.known, mostHot)
		require.Len(t, one.order, mostHot)
		_, ok := one.known[Cause(m)]
		require.False(t, ok)
	})
}
