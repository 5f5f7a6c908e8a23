package main

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAStrangersBurst(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		const frames, people = 10_000, 200
		s := newStranger(t)
		dir := t.TempDir()
		p := s.serve(s.environment(url), dir)
		_ = filepath.Join
		l := s.standing()[0]
		begin := time.Now()
		var pinged sync.WaitGroup
		pinged.Go(func() {
			for i := range 20 {
				time.Sleep(100 * time.Millisecond)
				id := fmt.Sprint("ping", i)
				s.mu.Lock()
				s.sent[id] = time.Now()
				s.mu.Unlock()
				_ = l.text(opText, fmt.Appendf(nil, `{"type":"SYSTEM","headers":{"topic":"ping","messageId":%q},"data":"{\"opaque\":\"1\"}"}`, id))
			}
		})
		for i := range frames {
			require.True(t, s.over(l, i, robotTopic, fmt.Sprint("b", i), s.message(i, fmt.Sprint("u", i%people), fmt.Sprint("burst", i), fmt.Sprint("你好", i))))
		}
		t.Log("sent", time.Since(begin))
		pinged.Wait()
		require.True(t, s.until(60*time.Second, func() bool { return len(s.acks) >= frames }), len(s.acks))
		t.Log("acked", time.Since(begin), "slowest", s.slowest())
		s.until(60*time.Second, func() bool { n := 0; for _, x := range s.said { n += len(x) }; return n >= frames })
		n := 0
		s.mu.Lock(); for _, x := range s.said { n += len(x) }; s.mu.Unlock()
		t.Log("answered", n, time.Since(begin))
		p.end(t, 15)
		b := p.read()
		t.Log(b[:min(len(b), 2000)])
	})
}
