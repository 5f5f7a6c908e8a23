package phone

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"zhuanban/bot"
)

//go:embed web
var web embed.FS

// policy lets the page use nothing but its own files.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (p *Phone) routes() http.Handler {
	static, err := fs.Sub(web, "web/static")
	if err != nil {
		panic(err) // only for a malformed path
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.servePage)
	mux.Handle("GET /phone/static/", http.StripPrefix("/phone/static/", onlyFiles(http.FileServerFS(static))))
	mux.HandleFunc("GET /phone/state", p.serveState)
	mux.HandleFunc("GET /phone/history", p.serveHistory)
	mux.HandleFunc("GET /phone/events", p.serveEvents)
	mux.HandleFunc("GET /phone/file/{sha}", p.serveFile)
	mux.HandleFunc("GET /phone/data/{entry}", p.serveData)
	mux.HandleFunc("GET /phone/clock", p.serveClock)
	mux.HandleFunc("POST /phone/clock", p.takeClock)
	mux.HandleFunc("POST /phone/say", p.takeSaid)
	mux.HandleFunc("POST /phone/read", p.takeRead)

	sameSite := http.NewCrossOriginProtection()
	sameSite.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.fail(w, r, &fault{status: http.StatusForbidden, code: "other_site"})
	}))
	return p.guard(sameSite.Handler(mux))
}

// guard sets the headers that hold for every answer and refuses foreign names.
func (p *Phone) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		if !p.knownHost(r.Host) {
			p.fail(w, r, &fault{status: http.StatusMisdirectedRequest, code: "other_host"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knownHost refuses names that nobody configured: a foreign page can make its own
// name point here, but it cannot be called by a bare address or localhost.
func (p *Phone) knownHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.Trim(hostport, "[]")
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return strings.EqualFold(host, "localhost") ||
		slices.ContainsFunc(p.o.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// onlyFiles keeps folders from being listed.
func onlyFiles(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "" || strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func parsePage() (*template.Template, error) {
	t, err := template.New("page.html").Funcs(template.FuncMap{"contains": strings.Contains}).ParseFS(web, "web/page.html")
	if err != nil {
		return nil, fmt.Errorf("phone: parse the page: %w", err)
	}
	return t, nil
}

// pageData is what the page is drawn from; everything that moves comes later.
type pageData struct {
	Title  string
	Viewer *bot.Person
	Unit   string
	Groups []unitPeople
	Words  []string
	Here   bot.Location
	Clock  bool
}

// unitPeople is a unit with its people, for the list to choose from.
type unitPeople struct {
	ID, Name string
	Kind     bot.UnitKind
	People   []bot.Person
}

func (p *Phone) servePage(w http.ResponseWriter, r *http.Request) {
	roster := p.o.Desk.Roster()
	data := pageData{Title: p.o.Title, Groups: byUnit(roster), Words: p.o.Words, Here: p.o.Here, Clock: p.o.Clock != nil}
	if viewer, ok := roster.Person(r.FormValue("as")); ok {
		data.Viewer, data.Unit = &viewer, roster.UnitName(viewer.Unit)
	}
	var buf bytes.Buffer
	if err := p.page.Execute(&buf, data); err != nil {
		p.fail(w, r, fmt.Errorf("draw the page: %w", err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(buf.Bytes())
}

// byUnit groups people in the order of the units; units that nobody knows any
// more come last under their id.
func byUnit(r *bot.Roster) []unitPeople {
	var out []unitPeople
	at := make(map[string]int)
	for _, u := range r.Units {
		at[u.ID] = len(out)
		out = append(out, unitPeople{ID: u.ID, Name: u.Name, Kind: u.Kind})
	}
	for _, person := range r.People {
		i, ok := at[person.Unit]
		if !ok {
			i = len(out)
			at[person.Unit] = i
			out = append(out, unitPeople{ID: person.Unit, Name: person.Unit})
		}
		out[i].People = append(out[i].People, person)
	}
	return slices.DeleteFunc(out, func(u unitPeople) bool { return len(u.People) == 0 })
}

// fault is a request refused. Its code is for the page, which has the words.
type fault struct {
	status int
	code   string
	err    error // for the log; may be nil
}

func (f *fault) Error() string {
	if f.err != nil {
		return f.code + ": " + f.err.Error()
	}
	return f.code
}

// Unwrap gives the reason.
func (f *fault) Unwrap() error { return f.err }

// fail answers with an error's code; what is not a fault is the server's.
func (p *Phone) fail(w http.ResponseWriter, r *http.Request, err error) {
	var f *fault
	if !errors.As(err, &f) {
		f = &fault{status: http.StatusInternalServerError, code: "failed", err: err}
	}
	if f.status >= http.StatusInternalServerError {
		p.log.ErrorContext(r.Context(), "phone request failed", "path", r.URL.Path, "err", err)
	}
	writeJSON(w, f.status, map[string]string{"error": f.code})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
