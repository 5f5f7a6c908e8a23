// Package redistest starts Redis servers for tests, in throwaway folders and on free
// ports: one server (Start), a sentinel that changes the master (StartSentinel) and a
// cluster (StartCluster). A Server can be stopped, started again on the same port, and
// frozen, so that it accepts connections and never answers. Proxy is a connection that
// can be cut, refused, made slow or silent.
//
// Whatever becomes of the test process, its servers and their folders end with it.
package redistest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-redis/redis/v8"
	"github.com/stretchr/testify/require"
)

// User and Password get in. The password has to be escaped in an address, and must never
// be seen in an error.
const (
	User     = "desk"
	Password = "s3cret/:?#@%,"
)

// Server is one redis-server.
type Server struct {
	Host string // address, as host:port
	t    testing.TB
	dir  string
	conf []string // the lines of its configuration
	args []string // of the command line, the configuration's name first
	// life is the standard input of the server's shell. Nobody writes to it; that this
	// process has it open is what keeps the server alive.
	life io.WriteCloser
	end  func()
}

// Start starts a server. Settings are lines of redis.conf.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	return start(t, "redis.conf", append([]string{
		"user default off",
		"user " + User + " on >" + Password + " ~* &* +@all",
		`save ""`, "appendonly no",
	}, settings...))
}

// URL is the server's address.
func (s *Server) URL() string {
	u := url.URL{Scheme: "redis", User: account(), Host: s.Host, Path: "/1"}
	return u.String()
}

func account() *url.Userinfo { return url.UserPassword(User, Password) }

// Client is a client that belongs to the test.
func (s *Server) Client() *redis.Client {
	c := redis.NewClient(&redis.Options{Addr: s.Host, Username: User, Password: Password, DB: 1})
	s.t.Cleanup(func() { require.NoError(s.t, c.Close()) })
	return c
}

// start makes the server's folder and configuration, and runs it until the test ends.
func start(t testing.TB, conf string, settings []string, args ...string) *Server {
	t.Helper()
	_, err := exec.LookPath("redis-server")
	require.NoError(t, err, "the tests need Redis: apt-get install -y --no-install-recommends redis-server")
	dir, err := os.MkdirTemp("", "zbredis")
	require.NoError(t, err)
	port := freePort(t)
	lines := append([]string{"port " + port, "bind 127.0.0.1", "dir " + dir}, settings...)
	s := &Server{Host: "127.0.0.1:" + port, t: t, dir: dir, conf: lines, args: append([]string{conf}, args...)}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// script runs a server in the folder $1 and ends it as soon as standard input ends: when
// the test process does, however it does.
const script = `
dir=$1; shift
cd "$dir" || exit
redis-server "$@" >>log 2>&1 &
server=$!
echo $server >process
cat >/dev/null
kill -9 $server
wait $server 2>/dev/null
rm -rf "$dir"
`

// Start starts the server again after a Stop: on the same port, and empty.
func (s *Server) Start() {
	s.t.Helper()
	require.NoError(s.t, os.MkdirAll(s.dir, 0o700))
	require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, s.args[0]), []byte(strings.Join(s.conf, "\n")+"\n"), 0o600))
	cmd := exec.Command("sh", append([]string{"-c", script, "redis", s.dir}, s.args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for the test; the script tidies up after it
	life, err := cmd.StdinPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, cmd.Start())
	s.life, s.end = life, func() { _ = cmd.Wait() } // it was killed, and says so
	Eventually(s.t, "redis-server answers", func() error {
		conn, err := net.Dial("tcp", s.Host)
		if err != nil {
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("%w; its log: %s", err, log)
		}
		return conn.Close()
	})
}

// Stop kills the server.
func (s *Server) Stop() {
	if s.life == nil {
		return
	}
	_ = s.life.Close()
	s.end()
	s.life = nil
}

// Freeze makes the server hang: it accepts connections and never answers.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw has a frozen server go on.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	pid, err := os.ReadFile(filepath.Join(s.dir, "process"))
	require.NoError(s.t, err)
	n, err := strconv.Atoi(strings.TrimSpace(string(pid)))
	require.NoError(s.t, err)
	require.NoError(s.t, syscall.Kill(n, sig))
}

// Eventually waits up to 20 s until try gives no error.
func Eventually(t testing.TB, what string, try func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			require.NoError(t, err, what)
		case <-tick.C:
		}
	}
}

// FreeAddress is one on which nobody listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	return "127.0.0.1:" + freePort(t)
}

func freePort(t testing.TB) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		_, port, err := net.SplitHostPort(l.Addr().String())
		require.NoError(t, errors.Join(err, l.Close()))
		// A cluster node also listens 10000 above its port.
		if n, _ := strconv.Atoi(port); n < 55000 {
			return port
		}
	}
}
