package rig

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

// MariaDB is a throwaway server that flushes its log with every commit, as one that
// holds real records does: a commit that may be lost would not be worth measuring.
type MariaDB struct {
	address string
	admin   *sql.DB
	// life is the server's standard input. Nobody writes to it; while this process
	// has it open, the server lives.
	life   io.Closer
	script *exec.Cmd
}

// What the throwaway server knows of users.
const (
	dbUser     = "bench"
	dbPassword = "bench"
)

// mariaScript makes a server in the folder $1 on port $2 as user $3, and ends it as
// soon as standard input ends, which it does with this process.
const mariaScript = `
mariadb-install-db --no-defaults --user="$3" --datadir="$1/data" --auth-root-authentication-method=normal --skip-test-db >"$1/log" 2>&1 || exit 1
mariadbd --no-defaults --user="$3" --datadir="$1/data" --socket="$1/s" --pid-file="$1/pid" --port="$2" --bind-address=127.0.0.1 \
	--skip-name-resolve --default-time-zone=+00:00 --character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
	--innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size=256M --innodb-log-file-size=128M >>"$1/log" 2>&1 &
server=$!
cat >/dev/null
kill -9 $server
wait $server
`

// StartMariaDB starts a server below dir.
func StartMariaDB(ctx context.Context, dir string) (*MariaDB, error) {
	for _, program := range []string{"mariadbd", "mariadb-install-db"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%w: apt-get install -y --no-install-recommends mariadb-server, or measure --only sqlite", err)
		}
	}
	dir = filepath.Join(dir, "mariadb")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, fmt.Errorf("making MariaDB's folder: %w", err)
	}
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	account := strconv.Itoa(os.Getuid())
	if account == "0" {
		account = "root"
	}
	m := &MariaDB{address: address, script: exec.Command("sh", "-c", mariaScript, "mariadb", dir, port, account)}
	m.script.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the measuring process; this ends with it
	if m.life, err = m.script.StdinPipe(); err != nil {
		return nil, err
	}
	if err := m.script.Start(); err != nil {
		return nil, fmt.Errorf("starting MariaDB: %w", err)
	}
	if err := m.ready(ctx); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		return nil, errors.Join(err, m.Close(), fmt.Errorf("its log: %s", log))
	}
	return m, nil
}

func (m *MariaDB) ready(ctx context.Context) error {
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User, c.Logger = "tcp", m.address, "root", &mysql.NopLogger{}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	m.admin = sql.OpenDB(connector)
	ctx, stop := context.WithTimeout(ctx, startLimit)
	defer stop()
	tick := time.NewTicker(2 * lookAgain)
	defer tick.Stop()
	for err = m.admin.PingContext(ctx); err != nil; err = m.admin.PingContext(ctx) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("MariaDB does not start: %w", err)
		case <-tick.C:
		}
	}
	_, err = m.admin.ExecContext(ctx, fmt.Sprintf("GRANT ALL ON *.* TO %s@'127.0.0.1' IDENTIFIED BY '%s'", dbUser, dbPassword))
	return err
}

// Database makes an empty database, and gives its address for the desk and for Go's
// driver.
func (m *MariaDB) Database(ctx context.Context, name string) (url, dsn string, err error) {
	if _, err := m.admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", "", fmt.Errorf("making the database %s: %w", name, err)
	}
	return fmt.Sprintf("mysql://%s:%s@%s/%s", dbUser, dbPassword, m.address, name),
		fmt.Sprintf("%s:%s@tcp(%s)/%s", dbUser, dbPassword, m.address, name), nil
}

// Close ends the server.
func (m *MariaDB) Close() error {
	var err error
	if m.admin != nil {
		err = m.admin.Close()
	}
	err = errors.Join(err, m.life.Close())
	_ = m.script.Wait() // it was killed, and says so
	return err
}
