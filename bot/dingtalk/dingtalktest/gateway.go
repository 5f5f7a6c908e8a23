package dingtalktest

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// The paths of the gateway.
const (
	GatewayOpenPath    = "/v1.0/gateway/connections/open"
	GatewayConnectPath = "/connect"
)

// ticketLife is how long a ticket is good, once.
const ticketLife = 90 * time.Second

// GatewayOptions say which app the gateway knows. Only ClientID and ClientSecret are needed.
type GatewayOptions struct {
	ClientID, ClientSecret string
	Now                    func() time.Time // nil = the machine's clock
	// Linger is how long a connection is left open after disconnect was said; 0 = 10 s.
	Linger time.Duration
	// CardWithin is how long the answer to a card's callback may take; 0 = 2 s.
	CardWithin time.Duration
	// OddTickets puts into tickets what has to be escaped in an address. Those of DingTalk
	// have nothing of it, and its clients for Go and Node escape nothing.
	OddTickets bool
}

// Gateway is the imitation of DingTalk's Stream gateway: tickets, connections, frames and
// what is acknowledged of them. It can be bent for one test.
type Gateway struct {
	o GatewayOptions

	mu      sync.Mutex
	open    func(n int) *OpenAnswer
	pongs   bool // are swallowed
	tickets map[string]time.Time
	links   []*Link
	closed  bool
	serving sync.WaitGroup
	sent    map[string]sending // by message id
	acks    map[string][]Ack
	news    chan struct{} // closed and made anew when something has happened
	count   GatewayCounts
	ids     int
}

// GatewayCounts are what the gateway has done.
type GatewayCounts struct {
	Asked     int // tickets asked for
	Refused   int // with a wrong id or secret
	Opened    int // connections made
	Stale     int // connections refused because of their ticket
	Most      int // connections at the same time
	Pings     int // of WebSocket, heard
	Stray     int // acknowledgements that belong to no frame
	LateCards int // cards whose answer took too long
}

// OpenAnswer is what a bent gateway says in place of a ticket.
type OpenAnswer struct {
	Status int
	Kind   string // Content-Type
	Body   string
}

// The answers that were seen in place of a ticket.
var (
	AuthFailed = OpenAnswer{http.StatusUnauthorized, "application/json", `{"requestid":"E60C","code":"authFailed","message":"鉴权失败"}`}
	HTML503    = OpenAnswer{http.StatusServiceUnavailable, "text/html", "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head><body><hr>tengine</body></html>"}
)

// NewGateway makes a gateway.
func NewGateway(o GatewayOptions) *Gateway {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Linger == 0 {
		o.Linger = 10 * time.Second
	}
	if o.CardWithin == 0 {
		o.CardWithin = 2 * time.Second
	}
	return &Gateway{o: o, tickets: map[string]time.Time{}, sent: map[string]sending{}, acks: map[string][]Ack{}, news: make(chan struct{})}
}

// BendOpen lets f answer those who ask for a ticket; n counts them, and nil from it means
// as usual. BendOpen(nil) makes the gateway straight again.
func (g *Gateway) BendOpen(f func(n int) *OpenAnswer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open = f
}

// SwallowPongs makes the gateway answer no ping of WebSocket.
func (g *Gateway) SwallowPongs(on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pongs = on
}

// Serves says whether a path is the gateway's.
func (g *Gateway) Serves(path string) bool {
	return path == GatewayOpenPath || path == GatewayConnectPath
}

// ServeHTTP gives out tickets and keeps connections.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case GatewayOpenPath:
		g.ticket(w, r)
	case GatewayConnectPath:
		g.connect(w, r)
	default:
		http.NotFound(w, r)
	}
}

// ticket answers who asks for one.
func (g *Gateway) ticket(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		ID     string `json:"clientId"`
		Secret string `json:"clientSecret"`
		Wants  []struct{ Type, Topic string }
	}
	bad := r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&asked) != nil
	g.mu.Lock()
	g.count.Asked++
	n, bend := g.count.Asked, g.open
	g.mu.Unlock()
	if bend != nil {
		if a := bend(n); a != nil {
			a.write(w)
			return
		}
	}
	switch {
	case bad:
		(&OpenAnswer{http.StatusBadRequest, "application/json", `{"code":"invalidParameter","message":"参数错误"}`}).write(w)
		return
	case asked.ID != g.o.ClientID || subtle.ConstantTimeCompare([]byte(asked.Secret), []byte(g.o.ClientSecret)) != 1:
		g.note(func() { g.count.Refused++ })
		AuthFailed.write(w)
		return
	case r.Header.Get("Accept") == "" || r.Header.Get("Accept") == "application/xml":
		(&OpenAnswer{http.StatusOK, "application/xml", "<xml><endpoint>wss://…</endpoint></xml>"}).write(w)
		return
	}
	g.mu.Lock()
	g.ids++
	t := "7724109a-" + newID(g.ids)
	if g.o.OddTickets {
		t += "+/=& "
	}
	g.tickets[t] = g.o.Now().Add(ticketLife)
	g.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"endpoint": "ws://" + r.Host + GatewayConnectPath, "ticket": t})
}

func (a *OpenAnswer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.Kind)
	w.WriteHeader(a.Status)
	_, _ = w.Write([]byte(a.Body))
}

// connect keeps one connection until it ends.
func (g *Gateway) connect(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	g.mu.Lock()
	until, ok := g.tickets[ticket]
	delete(g.tickets, ticket)
	ok = ok && g.o.Now().Before(until) && !g.closed
	if !ok {
		g.count.Stale++
		g.mu.Unlock()
		http.Error(w, "ticket", http.StatusUnauthorized)
		return
	}
	g.serving.Add(1)
	g.mu.Unlock()
	defer g.serving.Done()
	taps := &tapped{ResponseWriter: w}
	ws, err := websocket.Accept(taps, r, &websocket.AcceptOptions{OnPingReceived: g.pinged})
	if err != nil {
		return
	}
	ws.SetReadLimit(1 << 20)
	l := &Link{g: g, ws: ws, conn: taps.conn, gone: make(chan struct{})}
	g.note(func() {
		g.ids++
		l.ID = newID(g.ids)
		g.links = append(g.links, l)
		g.count.Opened++
		g.count.Most = max(g.count.Most, len(g.links))
	})
	l.read()
}

// Links are the connections that are open, oldest first.
func (g *Gateway) Links() []*Link {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]*Link(nil), g.links...)
}

// ErrNobody says that no connection is there to be spoken over: what was to be said is
// lost, as it is at DingTalk.
var ErrNobody = errors.New("no connection of the app is open")

// up are the connections that are not on their way out.
func (g *Gateway) up() (up []*Link) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range g.links {
		if !l.leaving {
			up = append(up, l)
		}
	}
	return up
}

// one picks one of them at random.
func (g *Gateway) one() (*Link, error) {
	up := g.up()
	if len(up) == 0 {
		return nil, ErrNobody
	}
	return up[rand.IntN(len(up))], nil
}

// Counts says what the gateway has done so far.
func (g *Gateway) Counts() GatewayCounts {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count
}

// Close ends all connections and waits for them.
func (g *Gateway) Close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	for _, l := range g.Links() {
		l.Drop()
	}
	g.serving.Wait()
}

// note changes something and lets those know who wait for it.
func (g *Gateway) note(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f()
	close(g.news)
	g.news = make(chan struct{})
}
