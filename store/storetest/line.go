package storetest

import (
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Line is a network line to a database server that other tests use as well: it can be
// cut, held and mended without them noticing.
type Line struct {
	t    *testing.T
	at   string // where it listens
	to   string
	wg   sync.WaitGroup
	mu   sync.Mutex
	free chan struct{} // closed while data flow

	listener net.Listener
	conns    map[net.Conn]bool
}

// Through makes a line to the server of a mysql:// address, which it gives by way of it.
func Through(t *testing.T, address string) (*Line, string) {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	l := &Line{t: t, at: "127.0.0.1:0", to: u.Host, free: make(chan struct{}), conns: map[net.Conn]bool{}}
	close(l.free)
	l.Mend()
	t.Cleanup(func() {
		l.Cut()
		l.wg.Wait()
	})
	return l, strings.Replace(address, u.Host, l.at, 1)
}

// Cut is a server that stops: connections end and new ones are refused.
func (l *Line) Cut() {
	l.Release()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listener != nil {
		_ = l.listener.Close()
		l.listener = nil
	}
	for c := range l.conns {
		_ = c.Close()
	}
	clear(l.conns)
}

// Mend is the server's return after a Cut.
func (l *Line) Mend() {
	l.t.Helper()
	listener, err := net.Listen("tcp", l.at)
	require.NoError(l.t, err)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listener, l.at = listener, listener.Addr().String()
	l.wg.Go(func() { l.serve(listener) })
}

// Hold is a server that hangs: connections are taken, and nothing comes back.
func (l *Line) Hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = make(chan struct{})
}

// Release ends a Hold. What was said meanwhile arrives.
func (l *Line) Release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.free:
	default:
		close(l.free)
	}
}

func (l *Line) serve(listener net.Listener) {
	for {
		in, err := listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", l.to)
		if err != nil {
			_ = in.Close()
			continue
		}
		if !l.keep(listener, in, out) {
			return
		}
		l.wg.Go(func() { l.carry(in, out) })
		l.wg.Go(func() { l.carry(out, in) })
	}
}

// keep notes two ends, unless the line was cut meanwhile.
func (l *Line) keep(listener net.Listener, ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range ends {
		if l.listener != listener {
			_ = c.Close()
		} else {
			l.conns[c] = true
		}
	}
	return l.listener == listener
}

// carry copies from one end to the other until either ends.
func (l *Line) carry(to, from net.Conn) {
	defer func() { _ = errors.Join(to.Close(), from.Close()) }()
	_, _ = io.Copy(&gate{l, to}, from)
}

// gate lets through what comes while the line is free.
type gate struct {
	line *Line
	to   io.Writer
}

// Write waits until the line is free.
func (g *gate) Write(b []byte) (int, error) {
	g.line.mu.Lock()
	free := g.line.free
	g.line.mu.Unlock()
	<-free
	return g.to.Write(b)
}
