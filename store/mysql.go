package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
)

type mysqlDialect struct{}

// Connections to MySQL. A turn holds one for milliseconds; servers and proxies
// between drop idle ones after some minutes, so none gets that old.
const (
	mysqlConns    = 16
	mysqlLifetime = 3 * time.Minute
)

func connectMySQL(address string, o Options) (*Store, error) {
	c, err := mysqlConfig(address)
	if err != nil {
		return nil, err
	}
	c.Logger = driverLog{o.Logger}
	lines := &lines{open: map[*net.TCPConn]struct{}{}}
	c.DialFunc = lines.dial
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, fmt.Errorf("database.url: %w", err)
	}
	db := sqlx.NewDb(sql.OpenDB(connector), "mysql")
	db.SetMaxOpenConns(mysqlConns)
	db.SetMaxIdleConns(mysqlConns)
	db.SetConnMaxLifetime(mysqlLifetime)
	return &Store{write: db, read: db, dialect: mysqlDialect{}, lines: lines}, nil
}

// mysqlConfig reads the address. clientFoundRows makes an UPDATE count the rows it
// met, changed or not, as SQLite does; the collation makes texts compare by their
// bytes, as SQLite does.
func mysqlConfig(address string) (*mysql.Config, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User == nil || strings.Trim(u.Path, "/") == "" {
		return nil, errURL
	}
	c := mysql.NewConfig()
	c.Net = "tcp"
	c.Addr = u.Host
	if u.Port() == "" {
		c.Addr += ":3306"
	}
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.DBName = strings.Trim(u.Path, "/")
	c.ClientFoundRows = true
	c.InterpolateParams = true
	c.ParseTime = true // for goose's lock; our own times are integers
	c.Collation = "utf8mb4_bin"
	c.Timeout, c.ReadTimeout, c.WriteTimeout = 5*time.Second, 30*time.Second, 30*time.Second
	for k, v := range u.Query() {
		if k != "tls" {
			return nil, fmt.Errorf("database.url: parameter %q is not known; there is only tls (true, preferred, skip-verify)", k)
		}
		c.TLSConfig = v[0]
	}
	return c, nil
}

func (mysqlDialect) name() string { return "mysql" }

func (mysqlDialect) forUpdate() string { return " FOR UPDATE" }

func (mysqlDialect) upsert(_, cols []string) string {
	return "ON DUPLICATE KEY UPDATE " + sets(cols, "VALUES(%s)")
}

// guarded sets the version last: MySQL sets from left to right, and reads what it has
// just set.
func (mysqlDialect) guarded(_, cols []string) string {
	var out []string
	for _, c := range append(slices.Clone(cols), "version") {
		out = append(out, c+" = IF(version = VALUES(version) - 1, VALUES("+c+"), "+c+")")
	}
	return "ON DUPLICATE KEY UPDATE " + strings.Join(out, ", ")
}

// updated: MySQL counts a row twice that was there and has changed, once one that is as
// it was or was not there.
func (mysqlDialect) updated(affected int64, n int) bool { return affected == int64(2*n) }

// writers is two: while one group waits for the disk, the server works on the other's
// statements (a fifth to a quarter more turns); with three the groups get too small.
func (mysqlDialect) writers() int { return 2 }

func (mysqlDialect) isDuplicate(err error) bool { return mysqlCode(err) == 1062 }

// retryable: lock wait timeout, deadlock, MariaDB's snapshot isolation, and TiDB's
// write conflicts.
var retryable = []uint16{1205, 1213, 1020, 8002, 8022, 8028, 9007}

func (mysqlDialect) isRetryable(err error) bool { return slices.Contains(retryable, mysqlCode(err)) }

func mysqlCode(err error) uint16 {
	var e *mysql.MySQLError
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}

// driverLog hands the driver's remarks on lost connections to the program's log.
type driverLog struct{ to *slog.Logger }

// Print logs one remark.
func (l driverLog) Print(v ...any) {
	l.to.Log(context.Background(), slog.LevelWarn, "mysql: "+strings.TrimSpace(fmt.Sprint(v...)))
}
