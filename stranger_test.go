package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// served is the program, as it is started in production.
type served struct {
	*exec.Cmd
	log  string
	done chan error
}

// serve starts it and waits for its first connection.
func (s *stranger) serve(env []string, dir string) *served {
	s.t.Helper()
	program, err := build()
	require.NoError(s.t, err)
	log, err := os.CreateTemp(dir, "log")
	require.NoError(s.t, err)
	p := &served{exec.CommandContext(s.t.Context(), program, "serve", "--config", s.config, "--listen", "127.0.0.1:0"), log.Name(), make(chan error, 1)}
	p.Stdout, p.Stderr, p.Env = log, log, append(os.Environ(), append(env, "ZHUANBAN_DATA_DIR="+dir)...)
	require.NoError(s.t, p.Start())
	_ = log.Close()
	go func() { p.done <- p.Wait() }()
	s.t.Cleanup(func() { _ = p.Process.Kill() })
	require.Eventually(s.t, func() bool { return len(s.standing()) > 0 }, 15*time.Second, 10*time.Millisecond, "%s", p.read())
	return p
}

func (p *served) read() string {
	b, _ := os.ReadFile(p.log)
	return string(b)
}

// end stops it, with a signal, and waits.
func (p *served) end(t *testing.T, sig syscall.Signal) {
	t.Helper()
	require.NoError(t, p.Process.Signal(sig))
	select {
	case err := <-p.done:
		if sig == syscall.SIGTERM {
			require.NoError(t, err, p.read())
		}
	case <-time.After(25 * time.Second):
		t.Fatal("it does not end")
	}
}

const robotTopic = "/v1.0/im/bot/messages/get"

// TestAStrangersGateway: whatever is acknowledged is answered once and in its order, and
// whatever is sent again is known, while the connections are rotated, closed in all ways
// and torn, tickets refused, and the program killed and stopped in the midst of it.
func TestAStrangersGateway(t *testing.T) {
	t.Parallel()
	s := newStranger(t)
	s.opening = func(n int, w http.ResponseWriter, r *http.Request) bool {
		switch n {
		case 1:
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprint(w, "<html>tengine</html>")
		case 3:
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case 5:
			w.WriteHeader(http.StatusTooManyRequests)
		case 7: // nothing at all
		default:
			return false
		}
		return true
	}
	dir := t.TempDir()
	env := s.environment("sqlite:" + filepath.Join(dir, "z.db"))
	p := s.serve(env, dir)
	users := []string{"fengcheng.filer", "chengxiang.filer", "cannei.filer", "kuidou.filer"}
	const each = 8
	stop := make(chan struct{})
	var chaos, all sync.WaitGroup
	chaos.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(120 * time.Millisecond):
			}
			if n > 60 {
				continue
			}
			for _, l := range s.standing() {
				switch n % 6 {
				case 0, 3:
					s.rotate(l)
					s.rotate(l)
					time.AfterFunc(500*time.Millisecond, func() { l.close(1006) })
				case 1:
					l.reset()
				case 2:
					l.close(1000)
				case 4:
					l.close(1001)
				case 5:
					_ = l.text(opText, []byte(`{"type":"SYSTEM","headers":{"messageId":8,"topic":"ping"},"data":"{\"opaque\":\"x\"}"}`))
				}
			}
		}
	})
	for i, u := range users {
		all.Go(func() {
			assert.True(t, s.insist(i, u, "begin+/="+u, "报线索 今天群众举报凤城镇建设路12号某某鞋店卖假冒运动鞋，货值两万五"), u)
			for k := 1; k <= each; k++ {
				assert.True(t, s.insist(i+k, u, fmt.Sprint("m+/", k, u, "=="), fmt.Sprintf("改货值 %d万", k)), "%s %d", u, k)
			}
		})
	}
	time.Sleep(700 * time.Millisecond)
	p.end(t, syscall.SIGKILL)
	p = s.serve(env, dir)
	time.Sleep(700 * time.Millisecond)
	p.end(t, syscall.SIGTERM)
	p = s.serve(env, dir)
	all.Wait()
	close(stop)
	chaos.Wait()
	for _, u := range users {
		want := fmt.Sprintf("%d0,000", each)
		s.until(5*time.Second, func() bool { return strings.Contains(strings.Join(s.said[u], "\n"), want) })
		s.inOrder(u, each)
	}
	p.end(t, syscall.SIGTERM)
	p.discreet(t)
	require.Less(t, s.slowest(), time.Second)
}

// discreet wants nothing in the log that opens anything, and no panic.
func (p *served) discreet(t *testing.T) {
	t.Helper()
	for _, never := range []string{strangeSecret, "tok/", "t+", "t%2B", "session=", "panic"} {
		require.NotContains(t, p.read(), never)
	}
}

// inOrder wants an answer to each of somebody's messages, once and in order.
func (s *stranger) inOrder(user string, each int) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	at := 0
	for k := 1; k <= each; k++ {
		want, n := fmt.Sprintf(" %d0,000", k), 0
		for i, text := range s.said[user] {
			if strings.Contains(text, want) || strings.Contains(text, "："+want[1:]) {
				n++
				assert.GreaterOrEqual(s.t, i, at, "%s: %d in order", user, k)
				at = i
			}
		}
		assert.Equal(s.t, 1, n, "%s: how often %d is answered, among %q", user, k, s.said[user])
	}
}

// slowest is how long the slowest acknowledgement took.
func (s *stranger) slowest() (d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, as := range s.acks {
		if at, ok := s.sent[id]; ok {
			d = max(d, as[0].at.Sub(at))
		}
	}
	return d
}
