package load_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhuanban/tools/bench/load"
	"zhuanban/tools/bench/wecom"
	"zhuanban/tools/bench/yardstick"
)

// app is any app: the sealed texts of these tests stay in this process.
func app(t *testing.T) *wecom.Codec {
	t.Helper()
	c, err := wecom.NewCodec("token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wwtest")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// play lets four people speak with a handler for half a second.
func play(t *testing.T, handler func(api string) http.Handler, change func(*load.Run)) load.Report {
	t.Helper()
	api, err := load.ServeAPI()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler(api.URL))
	r := load.Run{Target: server.URL + yardstick.Path, Codec: app(t), Agent: "1", API: api, Users: []string{"a", "b", "c", "D"},
		Script: load.Script{First: []load.Line{{Say: "hello"}}, Again: []load.Line{{Say: "one", Want: "one"}, {Say: "two", Want: "two"}}},
		Window: 500 * time.Millisecond, Timeout: 5 * time.Second, Prepare: 5 * time.Second}
	change(&r)
	report, err := r.Play(t.Context())
	server.Close()
	if err := api.Close(); err != nil {
		t.Error(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if report.Messages == 0 {
		t.Fatalf("nothing was answered: %s", report.Trouble())
	}
	return report
}

// bot answers what answer says of a line, in the response or, if viaAPI, as a card
// through the API. answer hears how often the message came before.
func bot(t *testing.T, viaAPI bool, answer func(m wecom.Text, seen int) string) func(string) http.Handler {
	codec := app(t)
	return func(api string) http.Handler {
		var seen = make(chan map[int64]int, 1)
		seen <- map[int64]int{}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			q := r.URL.Query()
			m, err := codec.Receive(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), string(body))
			if err != nil {
				http.Error(w, err.Error(), http.StatusForbidden)
				return
			}
			before := <-seen
			n := before[m.ID]
			before[m.ID]++
			seen <- before
			text := answer(m, n)
			switch {
			case text == "":
			case !viaAPI:
				fmt.Fprint(w, codec.Answer(wecom.Text{From: m.To, To: m.From, Content: text}, q.Get("nonce"), time.Unix(0, 0)))
			default:
				card := fmt.Sprintf(`{"touser":%q,"msgtype":"template_card","template_card":{"main_title":{"title":%q}}}`, strings.ToUpper(m.From), text)
				response, err := http.Post(api+"/cgi-bin/message/send?access_token=x", "application/json", strings.NewReader(card))
				if err != nil {
					http.Error(w, err.Error(), http.StatusBadGateway)
					return
				}
				_ = response.Body.Close()
			}
		})
	}
}

func echo(m wecom.Text, _ int) string { return "you said " + m.Content }

func TestAnswersInTheResponse(t *testing.T) {
	r := play(t, bot(t, false, echo), func(r *load.Run) { r.Duplicates = 0.5 })
	if r.Faults() != 0 || r.Passive != r.Messages || r.Again.Same == 0 || r.P50 <= 0 || r.P99 < r.P50 {
		t.Errorf("%+v", r)
	}
}

func TestAnswersThroughTheAPI(t *testing.T) {
	once := func(m wecom.Text, seen int) string {
		if seen > 0 {
			return ""
		}
		return echo(m, seen)
	}
	r := play(t, bot(t, true, once), func(r *load.Run) { r.Duplicates = 0.5; r.Think = 5 * time.Millisecond })
	if r.Faults() != 0 || r.Active != r.Messages || r.Again.Silent == 0 {
		t.Errorf("%+v", r)
	}
}

// TestFaultsAreSeen is what a benchmark must not overlook.
func TestFaultsAreSeen(t *testing.T) {
	var n atomic.Int64
	for name, v := range map[string]struct {
		bot    func(string) http.Handler
		faults func(load.Report) int
	}{
		"a wrong answer":                             {bot(t, false, func(m wecom.Text, _ int) string { return "no" }), func(r load.Report) int { return r.Wrong }},
		"a re-delivery answered differently":         {bot(t, false, func(m wecom.Text, seen int) string { return fmt.Sprint(m.Content, seen) }), func(r load.Report) int { return r.Again.Other }},
		"a re-delivery answered twice, over the API": {bot(t, true, echo), func(r load.Report) int { return r.Stray }},
		"a refusal": {func(api string) http.Handler {
			good := bot(t, false, echo)(api)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1) > 20 && n.Load()%2 == 0 {
					http.Error(w, "no", http.StatusInternalServerError)
					return
				}
				good.ServeHTTP(w, r)
			})
		}, func(r load.Report) int { return r.Errors["HTTP 500"] }},
	} {
		t.Run(name, func(t *testing.T) {
			r := play(t, v.bot, func(r *load.Run) { r.Duplicates = 0.5 })
			if v.faults(r) == 0 || r.Trouble() == "" {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestAWrongBeginningEndsTheRun(t *testing.T) {
	api, err := load.ServeAPI()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(bot(t, false, echo)(api.URL))
	defer server.Close()
	r := load.Run{Target: server.URL, Codec: app(t), API: api, Users: []string{"a", "b"}, Timeout: time.Second, Prepare: time.Second,
		Script: load.Script{First: []load.Line{{Say: "hello", Want: "good day"}}, Again: []load.Line{{Say: "one"}}}}
	if _, err := r.Play(t.Context()); err == nil || !strings.Contains(err.Error(), "lacks good day") {
		t.Errorf("got %v", err)
	}
	if err := api.Close(); err != nil {
		t.Error(err)
	}
}

// TestTheYardstickAnswers is generator and yardstick end to end.
func TestTheYardstickAnswers(t *testing.T) {
	for _, kind := range []string{yardstick.None, yardstick.SQLite} {
		t.Run(kind, func(t *testing.T) {
			store, err := yardstick.Open(kind, filepath.Join(t.TempDir(), "y.db"))
			if err != nil {
				t.Fatal(err)
			}
			handler := yardstick.Handler(app(t), store, slog.New(slog.DiscardHandler))
			r := play(t, func(string) http.Handler { return handler }, func(r *load.Run) {
				r.Script, r.Duplicates = r.Script.Echoed(yardstick.Prefix), 0.3
			})
			if r.Faults() != 0 || r.Passive != r.Messages || r.Again.Same == 0 {
				t.Errorf("%+v", r)
			}
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFirstAnswerWaitsForTheServer(t *testing.T) {
	api, err := load.ServeAPI()
	if err != nil {
		t.Fatal(err)
	}
	var refusals atomic.Int64
	good := bot(t, false, echo)(api.URL)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusals.Add(1) < 4 {
			http.Error(w, "starting", http.StatusServiceUnavailable)
			return
		}
		good.ServeHTTP(w, r)
	}))
	defer server.Close()
	r := load.Run{Target: server.URL, Codec: app(t), API: api, Users: []string{"a"}, Timeout: 5 * time.Second}
	if _, err := r.FirstAnswer(t.Context(), load.Line{Say: "one"}); err != nil || refusals.Load() != 4 {
		t.Errorf("%v after %d requests", err, refusals.Load())
	}
	server.Close()
	r.Timeout = 50 * time.Millisecond
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	if _, err := r.FirstAnswer(ctx, load.Line{Say: "one"}); err == nil {
		t.Error("a server that is away has answered")
	}
	if err := api.Close(); err != nil {
		t.Error(err)
	}
}
