package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// preparing opens SQLite connections that keep the statements which they have
// prepared. SQLite spends as much on reading a statement as on running it, and the
// program says the same few hundred again and again. (database/sql's own prepared
// statements cannot do that here: preparing one needs a connection beside the one
// that the transaction has, and there is only one that writes.)
type preparing struct{ name string }

// Connect opens a connection.
func (p preparing) Connect(context.Context) (driver.Conn, error) {
	c, err := (&sqlite.Driver{}).Open(p.name)
	if err != nil {
		return nil, err
	}
	full, ok := c.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the SQLite driver's connection is a %T", c), c.Close())
	}
	return &preparedConn{sqliteConn: full, kept: map[string]*preparedStmt{}}, nil
}

// Driver is SQLite's.
func (preparing) Driver() driver.Driver { return &sqlite.Driver{} }

// sqliteConn is what database/sql uses of the driver's connections.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// mostPrepared bounds what a connection keeps: the program's texts, times the
// numbers of rows that its INSERTs and lists come with. What is beyond is not kept.
const mostPrepared = 1000

// preparedConn is one connection; database/sql lets one goroutine use it at a time.
type preparedConn struct {
	sqliteConn
	kept map[string]*preparedStmt
}

// preparedStmt is a kept statement. Its rows have to be read to their end before it
// can be asked again.
type preparedStmt struct {
	driver.Stmt
	busy bool
}

// statement is the kept statement of a text; nil if it is busy or there is no room.
func (c *preparedConn) statement(ctx context.Context, query string) (*preparedStmt, error) {
	if s, ok := c.kept[query]; ok {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	if len(c.kept) >= mostPrepared {
		return nil, nil
	}
	s, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	kept := &preparedStmt{Stmt: s}
	c.kept[query] = kept
	return kept, nil
}

// ExecContext runs a statement that gives no rows.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 { // a BEGIN, a PRAGMA, a migration of several statements
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext runs a statement that gives rows.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if len(args) == 0 {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &preparedRows{rows, s}, nil
}

// Close forgets the statements and closes the connection.
func (c *preparedConn) Close() error {
	var errs []error
	for _, s := range c.kept {
		errs = append(errs, s.Close())
	}
	clear(c.kept)
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// preparedRows gives the statement back when they are closed.
type preparedRows struct {
	driver.Rows
	of *preparedStmt
}

// Close ends the reading.
func (r *preparedRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
