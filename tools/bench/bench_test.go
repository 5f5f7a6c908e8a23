package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhuanban/tools/bench/load"
	"zhuanban/tools/bench/rig"
	"zhuanban/tools/bench/wecom"
	"zhuanban/tools/bench/yardstick"
)

func TestTheBuiltInConversations(t *testing.T) {
	for name, text := range map[string]string{"steps": stepsScript, "cards": cardsScript} {
		s, err := load.ParseScript(text)
		if err != nil || len(s.First) == 0 {
			t.Fatalf("%s: %+v, %v", name, s, err)
		}
		for _, l := range s.Again {
			if l.Want == "" {
				t.Errorf("%s: any answer to %q would do", name, l.Say)
			}
		}
	}
}

func TestOptions(t *testing.T) {
	for line, want := range map[string]string{
		"--only oracle": "use sqlite or mysql", "--rounds 0": "more than nothing", "more": "not understood", "--checkout= --rounds 1": "",
	} {
		_, err := parse(strings.Fields(line))
		if got := errorText(err); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q", line, got)
		}
	}
	if _, err := findCheckout(t.TempDir()); err == nil {
		t.Error("zhuanban's source was found where it is not")
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestTargets(t *testing.T) {
	for name, v := range map[string]struct {
		row row
		met bool
	}{
		"half the yardstick is enough": {beside("", "", []float64{50}, []float64{100}, atLeast(0.5)), true},
		"less is not":                  {beside("", "", []float64{49}, []float64{100}, atLeast(0.5)), false},
		"no yardstick, no half":        {beside("", "", []float64{49}, []float64{0}, atLeast(0.5)), false},
		"rounds of a busy machine":     {beside("", "", []float64{60, 20, 6}, []float64{100, 40, 10}, atLeast(0.6)), true},
		"at the limit":                 {alone("", "", 25, atMost(25)), true},
		"above it":                     {alone("", "", 25.1, atMost(25)), false},
		"no fault":                     {alone("", "", 0, atMost(0)), true},
		"a fault":                      {alone("", "", 1, atMost(0)), false},
	} {
		if *v.row.Met != v.met {
			t.Errorf("%s: %+v", name, v.row)
		}
	}
	for x, want := range map[float64]string{0: "0", 0.256: "0.26", 25.14: "25.1", 7: "7", 999.6: "1,000", 1234567: "1,234,567"} {
		if got := number(x); got != want {
			t.Errorf("%v is written %s instead of %s", x, got, want)
		}
	}
}

// stub is a server in this process: the yardstick, which says what begins with
// "card" through the API instead.
type stub struct {
	*httptest.Server
	starts     int
	cpu, costs time.Duration
}

func newStub(t *testing.T, codec *wecom.Codec, api string) *stub {
	t.Helper()
	store, err := yardstick.Open(yardstick.None, "")
	if err != nil {
		t.Fatal(err)
	}
	passive := yardstick.Handler(codec, store, slog.New(slog.DiscardHandler))
	s := &stub{Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		q := r.URL.Query()
		m, err := codec.Receive(q.Get("msg_signature"), q.Get("timestamp"), q.Get("nonce"), string(body))
		if err != nil || !strings.HasPrefix(m.Content, "card") {
			r.Body = io.NopCloser(bytes.NewReader(body))
			passive.ServeHTTP(w, r)
			return
		}
		send := `{"touser":"` + m.From + `","msgtype":"text","text":{"content":"ok ` + m.Content + `"}}`
		if response, err := http.Post(api+"/cgi-bin/message/send?access_token=x", "application/json", strings.NewReader(send)); err == nil {
			_ = response.Body.Close()
		}
	}))}
	t.Cleanup(s.Close)
	return s
}

func (s *stub) Start(context.Context) error { s.starts++; return nil }
func (s *stub) Restart() (time.Time, error) { s.starts++; return time.Now(), nil }
func (s *stub) Memory() (rig.Memory, error) { return rig.MemoryOf(os.Getpid()) }
func (s *stub) Callback() string            { return s.URL + yardstick.Path }
func (s *stub) CPU() (time.Duration, error) { s.cpu += s.costs; return s.cpu, nil }

// TestThePlan measures the yardstick against itself.
func TestThePlan(t *testing.T) {
	codec, err := wecom.NewCodec(rig.App.Token, rig.App.AESKey, rig.App.CorpID)
	if err != nil {
		t.Fatal(err)
	}
	api, err := load.ServeAPI()
	if err != nil {
		t.Fatal(err)
	}
	desk, yard, posting := newStub(t, codec, api.URL), newStub(t, codec, api.URL), newStub(t, codec, api.URL)
	s := &section{Database: "nothing", Beside: "yardstick"}
	p := &plan{desk: desk, yard: yard, posting: posting, api: api, codec: codec, crowd: 100, rounds: 1, duration: 300 * time.Millisecond, second: 100 * time.Millisecond, progress: io.Discard, section: s,
		steps: load.Script{Again: []load.Line{{Say: "step", Want: "ok step"}}}, cards: load.Script{Again: []load.Line{{Say: "card", Want: "ok card"}}}}
	if err := p.measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := api.Close(); err != nil {
		t.Error(err)
	}
	if s.Trouble != 0 || desk.starts != 2 || yard.starts != 1 || posting.starts != 1 {
		t.Errorf("trouble %d, starts %d, %d and %d", s.Trouble, desk.starts, yard.starts, posting.starts)
	}
	var table bytes.Buffer
	s.print(&table)
	for _, want := range []string{"1 user, answers/s", "64 users, answers/s", "64 users, ms, p99", "30 % delivered twice", "100 users thinking 1 s", "API, idle, ms, median", "memory at rest", "start to first answered message", "≥ 0.50", "met"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("the table does not say %q:\n%s", want, &table)
		}
	}
	file := filepath.Join(t.TempDir(), "figures.json")
	if err := writeJSON(file, []*section{s}); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var read struct{ Sections []section }
	if err := json.Unmarshal(body, &read); err != nil || len(read.Sections) != 1 || len(read.Sections[0].Rows) != len(s.Rows) || len(read.Sections[0].Runs) != len(s.Runs) {
		t.Errorf("%v: %s", err, body)
	}
}

// TestADuel measures the yardstick against itself, once at twice the cost.
func TestADuel(t *testing.T) {
	codec, err := wecom.NewCodec(rig.App.Token, rig.App.AESKey, rig.App.CorpID)
	if err != nil {
		t.Fatal(err)
	}
	api, err := load.ServeAPI()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = api.Close() }()
	this, other := newStub(t, codec, api.URL), newStub(t, codec, api.URL)
	this.costs, other.costs = 2*time.Hour, time.Hour // so much that the noise of the rates is nothing
	s := &section{Beside: "other"}
	b := &bench{options: options{rounds: 1, duration: 200 * time.Millisecond}, api: api, codec: codec, progress: io.Discard,
		steps: load.Script{Again: []load.Line{{Say: "step", Want: "ok step"}}}}
	if err := b.duel(t.Context(), s, [2]contender{this, other}, 4); err != nil {
		t.Fatal(err)
	}
	if len(s.Rows) != 3 || s.Rows[0].Desk == 0 || s.Rows[0].Yardstick == 0 || s.Rows[2].Desk <= s.Rows[2].Yardstick/4 || s.Rows[2].Yardstick == 0 {
		t.Errorf("%+v", s.Rows)
	}
}

// TestADeskThatRefuses is told plainly, with the desk's own words.
func TestADeskThatRefuses(t *testing.T) {
	desk := filepath.Join(t.TempDir(), "desk")
	if err := os.WriteFile(desk, []byte("#!/bin/sh\necho this version does not speak WeCom >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := benchCommand(t.Context(), []string{"--quick", "--only", "sqlite", "--zhuanban", desk})
	if got := errorText(err); !strings.Contains(got, "zhuanban has refused to start:\nthis version does not speak WeCom") {
		t.Errorf("got %q", got)
	}
}
