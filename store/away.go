package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"slices"

	"github.com/go-sql-driver/mysql"
	sqlite3 "modernc.org/sqlite/lib"
)

// IsAway says whether an error of a transaction means that the database is away, or
// takes no writes, for now: what was to be recorded can be kept and tried again
// without anybody changing it. A conflict with another transaction, what a function
// inside says, and a caller who gave up are no such thing; a deadline that passed is.
func IsAway(err error) bool {
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, ErrConflict):
		return false
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, errHungUp), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrPktSync):
		return true
	}
	var refused net.Error // a connection refused, cut or silent, and every deadline
	return errors.As(err, &refused) || slices.Contains(mysqlAway, mysqlCode(err)) ||
		slices.Contains(sqliteAway, sqliteCode(err)&0xff)
}

// mysqlAway are the answers of a server that takes no work now: too many connections
// (1040, 1203, 1226), no cluster (1047, MariaDB's Galera), shutting down (1053, 1927,
// 3032, 4031), this host blocked (1129), read-only after a fail-over (1290, 1792, 1836),
// disk full (1021, 1114), an error of the storage (1026, 1030), a connection that
// broke (1152, 1158 … 1161), and TiDB's stores out of reach (9001 … 9005).
var mysqlAway = []uint16{1021, 1026, 1030, 1040, 1047, 1053, 1114, 1129, 1152, 1158, 1159, 1160, 1161, 1203, 1226,
	1290, 1792, 1836, 1927, 3032, 4031, 9001, 9002, 9003, 9004, 9005}

// sqliteAway are the answers of a file that cannot be read or written now: held by
// another writer beyond all tries, the disk full or failing, the file out of reach.
// They are primary codes, the low byte of every extended one.
var sqliteAway = []int{sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
	sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_READONLY}
