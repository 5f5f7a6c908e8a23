package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// API imitates the platform's side that an app calls: it gives a token, takes
// messages and hands each to the simulated person it is for. Everything else
// under /cgi-bin/ is answered with success.
type API struct {
	// URL is what the app has to take for the platform.
	URL string

	server *http.Server
	done   chan struct{}

	mu      sync.Mutex
	inboxes map[string]chan string
	other   int // messages to people who do not play
	calls   int // calls of message/send
}

// waiting is how many answers may lie in front of one person: far more than one
// says between two lines.
const waiting = 64

// ServeAPI listens on a free port of this machine until Close.
func ServeAPI() (*API, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the imitated platform: %w", err)
	}
	a := &API{URL: "http://" + listener.Addr().String(), done: make(chan struct{}), inboxes: map[string]chan string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/cgi-bin/gettoken", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, `{"errcode":0,"errmsg":"ok","access_token":"bench","expires_in":7200}`)
	})
	mux.HandleFunc("/cgi-bin/message/send", a.send)
	mux.HandleFunc("/cgi-bin/", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, `{"errcode":0,"errmsg":"ok","ip_list":[],"department":[],"userlist":[]}`)
	})
	a.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(a.done)
		_ = a.server.Serve(listener) // ends by Close only
	}()
	return a, nil
}

// Close ends the server and its connections.
func (a *API) Close() error {
	err := a.server.Close()
	<-a.done
	return err
}

func (a *API) send(w http.ResponseWriter, r *http.Request) {
	var m map[string]any
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil || r.URL.Query().Get("access_token") == "" {
		reply(w, `{"errcode":40014,"errmsg":"invalid access_token"}`)
		return
	}
	to, _ := m["touser"].(string)
	kind, _ := m["msgtype"].(string)
	text := strings.Join(texts(m[kind]), "\n")
	a.mu.Lock()
	a.calls++
	for name := range strings.SplitSeq(to, "|") {
		select {
		case a.inboxes[strings.ToLower(name)] <- text: // who does not play has no inbox, and a nil one takes nothing
		default:
			a.other++
		}
	}
	a.mu.Unlock()
	reply(w, `{"errcode":0,"errmsg":"ok","invaliduser":"","msgid":"bench","response_code":"bench"}`)
}

// texts are all strings of a message, of whatever kind it is.
func texts(v any) (out []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	case map[string]any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	}
	return out
}

// join gives everybody an inbox until leave.
func (a *API) join(names []string) map[string]chan string {
	own := make(map[string]chan string, len(names))
	for _, n := range names {
		own[n] = make(chan string, waiting)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for n, c := range own {
		a.inboxes[strings.ToLower(n)] = c
	}
	return own
}

func (a *API) leave(names []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, n := range names {
		delete(a.inboxes, strings.ToLower(n))
	}
}

// reply writes an answer. A client that has gone is no concern of the imitation.
func reply(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, body)
}

var errNoAnswer = errors.New("no answer in time")

// await waits for an answer that comes through the API.
func await(ctx context.Context, inbox <-chan string, limit time.Duration) (string, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case text := <-inbox:
		return text, nil
	case <-timer.C:
		return "", errNoAnswer
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
