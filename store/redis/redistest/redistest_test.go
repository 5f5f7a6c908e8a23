package redistest

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A server and its folder end with the test process, even when that is killed.
func TestServersEndWithTheProcess(t *testing.T) {
	const child = "REDISTEST_CHILD"
	if os.Getenv(child) != "" { // this is the process that is killed
		s := Start(t)
		fmt.Println(s.Host)
		fmt.Println(s.dir)
		select {}
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestServersEndWithTheProcess$")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said := bufio.NewScanner(out)
	require.True(t, said.Scan())
	host := said.Text()
	require.True(t, said.Scan())
	dir := said.Text()
	require.DirExists(t, dir)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait() // it was killed, and says so
	Eventually(t, "the server ends", func() error {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			return nil
		}
		return errors.Join(conn.Close(), errors.New("it still listens"))
	})
	Eventually(t, "the folder goes", func() error {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			return errors.New("it is still there")
		}
		return nil
	})
}

// talk says one line through a proxy and gives what comes back in time.
func talk(p *Proxy, line string, limit time.Duration) (string, error) {
	conn, err := net.Dial("tcp", p.Host)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	late := time.AfterFunc(limit, func() { _ = conn.Close() })
	defer late.Stop()
	if _, err := fmt.Fprintln(conn, line); err != nil {
		return "", err
	}
	return bufio.NewReader(conn).ReadString('\n')
}

// The proxy does what the tests believe it does.
func TestProxy(t *testing.T) {
	p := NewProxy(t, Start(t).Host)
	const long, short, hello = 20 * time.Second, 100 * time.Millisecond, "-NOAUTH Authentication required.\r\n"
	answers := func(limit time.Duration) {
		t.Helper()
		answer, err := talk(p, "PING", limit)
		require.NoError(t, err)
		require.Equal(t, hello, answer)
	}
	answers(long)
	p.Slow(short)
	_, err := talk(p, "PING", short)
	require.Error(t, err, "each direction takes that long")
	answers(long)
	p.Hang()
	_, err = talk(p, "PING", short)
	require.Error(t, err)
	p.Refuse()
	_, err = talk(p, "PING", long)
	require.ErrorContains(t, err, "refused")
	p.Heal()
	answers(long)

	conn, err := net.Dial("tcp", p.Host)
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprintln(conn, "PING")
	require.NoError(t, err)
	r := bufio.NewReader(conn)
	_, err = r.ReadString('\n')
	require.NoError(t, err)
	p.Cut()
	_, err = r.ReadString('\n')
	require.Error(t, err, "cut")
	answers(long)
}
