package redistest

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Proxy passes connections on to a server, unless it is told otherwise.
type Proxy struct {
	Host   string // its own address
	target string
	t      testing.TB

	mu       sync.Mutex
	listener net.Listener // nil while refusing
	conns    map[net.Conn]struct{}
	changed  chan struct{} // closed when delay or silent change
	delay    time.Duration
	silent   bool
	work     sync.WaitGroup
}

// NewProxy starts a proxy before target, which ends with the test.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	p := &Proxy{Host: "127.0.0.1:0", target: target, t: t, conns: map[net.Conn]struct{}{}, changed: make(chan struct{})}
	p.listen()
	t.Cleanup(func() {
		p.Refuse()
		p.work.Wait()
	})
	return p
}

// Heal passes everything on as it comes, and listens again after Refuse.
func (p *Proxy) Heal() {
	p.become(0, false)
	p.listen()
}

// Slow passes everything on later, each piece and each direction by delay.
func (p *Proxy) Slow(delay time.Duration) { p.become(delay, false) }

// Hang accepts connections and passes nothing on.
func (p *Proxy) Hang() { p.become(0, true) }

// Refuse accepts no connection, and cuts those that are there.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	if p.listener != nil {
		_ = p.listener.Close()
		p.listener = nil
	}
	p.mu.Unlock()
	p.become(0, false)
	p.Cut()
}

// Cut cuts the connections that are there. New ones are accepted.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
}

func (p *Proxy) become(delay time.Duration, silent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay, p.silent = delay, silent
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Proxy) listen() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		return
	}
	l, err := net.Listen("tcp", p.Host)
	require.NoError(p.t, err)
	p.listener, p.Host = l, l.Addr().String()
	p.work.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.work.Go(func() { p.serve(c) })
		}
	})
}

func (p *Proxy) serve(near net.Conn) {
	far, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = near.Close()
		return
	}
	p.mu.Lock()
	p.conns[near], p.conns[far] = struct{}{}, struct{}{}
	refusing := p.listener == nil
	p.mu.Unlock()
	if refusing { // since it was accepted
		_, _ = near.Close(), far.Close()
	}
	var both sync.WaitGroup
	both.Go(func() { p.pass(far, near) })
	both.Go(func() { p.pass(near, far) })
	both.Wait()
	p.mu.Lock()
	delete(p.conns, near)
	delete(p.conns, far)
	p.mu.Unlock()
}

// pass passes on one direction, until either end is closed.
func (p *Proxy) pass(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	piece := make([]byte, 64<<10)
	for {
		n, err := from.Read(piece)
		if err != nil || !p.hold() {
			return
		}
		if _, err := to.Write(piece[:n]); err != nil {
			return
		}
	}
}

// hold waits as long as a piece is to be held up.
func (p *Proxy) hold() bool {
	for {
		p.mu.Lock()
		delay, silent, changed, refusing := p.delay, p.silent, p.changed, p.listener == nil
		p.mu.Unlock()
		if refusing {
			return false
		}
		if !silent && delay == 0 {
			return true
		}
		timer := time.NewTimer(delay)
		if silent {
			timer.Stop()
		}
		select {
		case <-timer.C:
			return true
		case <-changed:
			timer.Stop()
		}
	}
}
