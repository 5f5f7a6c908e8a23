package main

import (
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const cardTopic = "/v1.0/card/instances/callback"

// TestAStrangersBurst: thousands of messages at once, a tap on a card among the last, and
// the program is told to stop in the midst of it. What was not acknowledged comes again
// under new ids, and some of what was. Everybody is answered as often as they have spoken.
func TestAStrangersBurst(t *testing.T) {
	t.Parallel()
	const frames, people = 2000, 100
	s := newStranger(t)
	dir := t.TempDir()
	env := s.environment("sqlite:" + filepath.Join(dir, "z.db"))
	p := s.serve(env, dir)
	push := func(i int, again string) {
		require.True(t, s.push(i, robotTopic, fmt.Sprint("b", i, again), s.message(i, fmt.Sprint("u", i%people), fmt.Sprint("burst", i), fmt.Sprint("你好", i))))
	}
	for i := range frames {
		push(i, "")
	}
	require.True(t, s.push(1, cardTopic, "tap", map[string]any{"type": "actionCallback", "outTrackId": "zhuanban-1", "userId": "u3", "userIdType": "1", "corpId": "dingcorp",
		"content": `{"cardPrivateData":{"actionIds":["submit"],"params":{"tap":"x"}}}`}))
	a, ok := s.ack("tap", 2*time.Second)
	require.True(t, ok, "a card is answered in time whatever comes before it")
	require.Equal(t, 200, a.code)
	p.end(t, syscall.SIGTERM)
	p = s.serve(env, dir)
	s.mu.Lock()
	acked := make([]bool, frames)
	for i := range frames {
		acked[i] = len(s.acks[fmt.Sprint("b", i)]) > 0
	}
	s.mu.Unlock()
	for i, done := range acked {
		if !done || i%50 == 0 {
			push(i, "again")
		}
	}
	require.True(t, s.until(20*time.Second, func() bool {
		for i, done := range acked {
			if !done && len(s.acks[fmt.Sprint("b", i, "again")]) == 0 {
				return false
			}
		}
		return true
	}), "all are acknowledged")
	// What the first process had in its hands when it was stopped, the second takes up when
	// the lease is over: ten seconds. The rest is patience with a busy machine.
	begun := time.Now()
	whole := s.until(40*time.Second, func() bool { return s.answers() >= frames+1 })
	s.mu.Lock()
	answers := s.answers()
	s.mu.Unlock()
	require.True(t, whole, "%d answers of %d", answers, frames+1)
	t.Logf("the last answer came %v after the last acknowledgement", time.Since(begun).Round(100*time.Millisecond))
	require.Never(t, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.answers() > frames+1 }, 300*time.Millisecond, 50*time.Millisecond)
	p.end(t, syscall.SIGTERM)
	require.NotContains(t, p.read(), "panic")
}

// answers is how many messages the robot has said, to everybody together.
func (s *stranger) answers() (n int) {
	for _, said := range s.said {
		n += len(said)
	}
	return n
}
