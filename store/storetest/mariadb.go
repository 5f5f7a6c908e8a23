package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"zhuanban/store"
)

// MariaDB opens a store in a fresh database of the process's MariaDB.
func MariaDB(t *testing.T) *store.Store {
	t.Helper()
	return Open(t, MariaDBURL(t))
}

// MariaDBURL makes a fresh database and gives its address, for tests that start the
// whole program.
func MariaDBURL(t *testing.T) string { t.Helper(); return MariaDBAddress(t) }

// MariaDBAddress is MariaDBURL for benchmarks too.
func MariaDBAddress(t testing.TB) string {
	t.Helper()
	s, err := mariaDB()
	require.NoError(t, err)
	name := fmt.Sprintf("t%d", s.databases.Add(1))
	_, err = s.admin.ExecContext(context.Background(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := s.admin.ExecContext(context.Background(), "DROP DATABASE "+name)
		require.NoError(t, err)
	})
	u := url.URL{Scheme: "mysql", User: url.UserPassword(user, Password), Host: s.address, Path: "/" + name}
	return u.String()
}

// user has every right on the throwaway server.
const user = "zhuanban"

// Password is that of the throwaway server's user: one that has to be escaped in an
// address, and that must never be seen in an error.
const Password = "s3cret/:?#@"

// server is the process's MariaDB.
type server struct {
	address   string
	admin     *sql.DB
	databases atomic.Int64
	// life is the server's standard input. Nobody writes to it; that this process
	// has it open is what keeps the server alive.
	life io.WriteCloser
}

// mariaDB starts the server the first time it is asked.
var mariaDB = sync.OnceValues(startMariaDB)

// script makes a server in the folder $1 on port $2 as user $3, and ends it, with its
// folder, as soon as standard input ends: when the test process does, however it does.
const script = `
export TMPDIR="$1" # two that are installed at once must not meet in /tmp
mariadb-install-db --no-defaults --user="$3" --datadir="$1/data" \
	--auth-root-authentication-method=normal --skip-test-db >"$1/log" 2>&1 &&
mariadbd --no-defaults --user="$3" --datadir="$1/data" --socket="$1/s" --port="$2" --bind-address=127.0.0.1 \
	--pid-file="$1/pid" --character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
	--innodb-buffer-pool-size=64M --innodb-log-file-size=16M --innodb-flush-log-at-trx-commit=0 \
	--default-time-zone=+00:00 --skip-name-resolve >>"$1/log" 2>&1 &
server=$!
cat >/dev/null
kill -9 $(cat "$1/pid") $server
rm -rf "$1"
`

func startMariaDB() (*server, error) {
	for _, name := range []string{"mariadbd", "mariadb-install-db"} {
		if _, err := exec.LookPath(name); err != nil {
			return nil, fmt.Errorf("%w\nthe tests on MySQL need MariaDB: "+
				"apt-get install -y --no-install-recommends mariadb-server", err)
		}
	}
	dir, err := os.MkdirTemp("", "zb")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	account := strconv.Itoa(os.Getuid())
	if account == "0" {
		account = "root"
	}
	cmd := exec.Command("sh", "-c", script, "mariadb", dir, port, account)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for the test; the script tidies up after it
	s := &server{address: "127.0.0.1:" + port}
	if s.life, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	if err := s.ready(); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		return nil, errors.Join(err, s.life.Close(), fmt.Errorf("its log: %s", log))
	}
	return s, nil
}

// ready waits until the server answers, and makes the user.
func (s *server) ready() error {
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User, c.Logger = "tcp", s.address, "root", &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	s.admin = sql.OpenDB(connector)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		if err = s.admin.PingContext(ctx); err == nil {
			tick.Stop()
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("MariaDB does not start: %w", err)
		case <-tick.C:
		}
	}
	_, err = s.admin.ExecContext(ctx, fmt.Sprintf("GRANT ALL ON *.* TO %s@'127.0.0.1' IDENTIFIED BY '%s'", user, Password))
	return err
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}
