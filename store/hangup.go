package store

import (
	"context"
	"errors"
	"net"
	"sync"
)

// errHungUp is what a call gets after HangUp.
var errHungUp = errors.New("store: hung up on the database")

// HangUp cuts all connections to a server for good: whoever waits for it, in a COMMIT
// too, fails at once. It is for a process that has to end while the database hangs.
// Close is still to be called. SQLite has no server, and nothing happens.
func (s *Store) HangUp() {
	if s.lines != nil {
		s.lines.hangUp()
	}
}

// lines are the network connections to the server.
type lines struct {
	mu   sync.Mutex
	open map[*net.TCPConn]struct{} // nil after hangUp
}

func (l *lines) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		return nil, errors.Join(errHungUp, conn.Close())
	}
	tcp := conn.(*net.TCPConn) // mysqlConfig knows no other network
	l.open[tcp] = struct{}{}
	return &line{tcp, l}, nil
}

func (l *lines) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn := range l.open {
		_ = conn.Close()
	}
	l.open = nil
}

// line is one of them, which is forgotten when it is closed. It stays a syscall.Conn,
// by which the driver sees that an idle connection has ended.
type line struct {
	*net.TCPConn
	of *lines
}

// Close closes it.
func (l *line) Close() error {
	l.of.mu.Lock()
	delete(l.of.open, l.TCPConn)
	l.of.mu.Unlock()
	return l.TCPConn.Close()
}
