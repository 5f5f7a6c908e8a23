package phone

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhuanban/bot"
)

// event is one server-sent event.
type event struct{ name, id, data string }

// ear listens to a stream over a real connection.
type ear struct {
	t      *testing.T
	events chan event
	header http.Header
}

func (w *world) listen(query, lastID string) *ear {
	w.t.Helper()
	server := httptest.NewServer(w.phone)
	w.t.Cleanup(server.Close)
	w.t.Cleanup(w.phone.Close) // first, or the server waits for its streams
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, server.URL+"/phone/events?"+query, nil)
	require.NoError(w.t, err)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	answer, err := server.Client().Do(r)
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, answer.StatusCode)
	e := &ear{t: w.t, events: make(chan event, 1000), header: answer.Header}
	go func() {
		defer close(e.events)
		defer answer.Body.Close()
		var now event
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			key, value, _ := strings.Cut(lines.Text(), ": ")
			switch key {
			case "event":
				now.name = value
			case "id":
				now.id = value
			case "data":
				now.data = value
			case "":
				if value == "ping" {
					now.name = "ping"
				}
				if now.name != "" {
					e.events <- now
				}
				now = event{}
			}
		}
	}()
	return e
}

// next is the next event of a name.
func (e *ear) next(name string) event {
	e.t.Helper()
	ctx, cancel := context.WithTimeout(e.t.Context(), 10*time.Second)
	defer cancel()
	for {
		select {
		case got, ok := <-e.events:
			require.True(e.t, ok, "the stream ended before %q", name)
			if got.name == name {
				return got
			}
		case <-ctx.Done():
			e.t.Fatalf("no event %q", name)
		}
	}
}

func (e *ear) text() string {
	e.t.Helper()
	var s shown
	require.NoError(e.t, json.Unmarshal([]byte(e.next("entry").data), &s))
	return s.Body.Reply.Text
}

func text(s string) bot.Reply { return bot.Reply{Kind: bot.TextReply, Text: s} }

func TestAStreamGoesOnBehindTheLastEntrySeen(t *testing.T) {
	w := newWorld(t)
	for _, s := range []string{"一", "二", "三"} {
		w.send(person("hutou.filer"), text(s))
	}
	for name, e := range map[string]*ear{
		"from the page's state":    w.listen("as=hutou.filer&after=1", ""),
		"from a broken connection": w.listen("as=hutou.filer&after=0", "1"),
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, "二", e.text())
			last := e.next("entry")
			require.Equal(t, "3", last.id)
			require.Equal(t, "no", e.header.Get("X-Accel-Buffering"))
		})
	}
}

func TestASentParcelAppearsAtOnce(t *testing.T) {
	w := newWorld(t)
	e := w.listen("as=hutou.filer", "")
	e.next("clock")
	w.send(person("hutou.filer"), text("新消息"))
	require.Equal(t, "新消息", e.text(), "without any tick")
	require.JSONEq(t, `{"people":{"hutou.filer":1},"chats":{"p:hutou.filer":1}}`, e.next("unread").data)
}

func TestWhatAnotherProcessPutsIntoTheInboxAppears(t *testing.T) {
	w := newWorld(t)
	e := w.listen("as=hutou.filer", "")
	e.next("clock")
	reply := text("从终端来")
	_, _, err := w.inbox.Append(t.Context(), Entry{Chat: "p:hutou.filer", Body: Body{Reply: &reply}, DeliveryID: 99})
	require.NoError(t, err)
	w.ticks <- time.Time{}
	require.Equal(t, "从终端来", e.text())
}

func TestAStreamTellsOfOthersOnlyHowMuchWaits(t *testing.T) {
	w := newWorld(t)
	e := w.listen("as=hutou.filer", "")
	w.send(person("fengcheng.filer"), text("机密"))
	w.send(bot.Recipient{Kind: bot.ToGroup, Account: "专项办群"}, text("内部"))
	w.send(person("hutou.filer"), text("给我的"))
	require.Equal(t, "给我的", e.text(), "and nothing before it")
	require.NotContains(t, e.next("unread").data, "机密")
	counts := decode[state](t, w.request("GET", "/phone/state?as=hutou.filer", nil)).Unread
	require.Equal(t, map[string]int{"fengcheng.filer": 1, "fengcheng.head": 0, "hutou.filer": 1, "hutou.head": 0, "office.director": 1, "office.clerk": 1}, counts)
}

func TestReadingLowersTheCountEverywhere(t *testing.T) {
	w := newWorld(t)
	w.send(person("fengcheng.filer"), text("一"))
	e := w.listen("as=hutou.filer", "")
	e.next("clock")
	rec := w.request("POST", "/phone/read", map[string]any{"as": "fengcheng.filer", "chat": "p:fengcheng.filer", "id": 1})
	require.Equal(t, http.StatusNoContent, rec.Code)
	require.JSONEq(t, `{"people":{"fengcheng.filer":0},"chats":null}`, e.next("unread").data)
}

func TestAStreamPings(t *testing.T) {
	w := newWorld(t)
	// Here the poll never ticks, so that a tick is a ping.
	w.phone.o.Tick = func(every time.Duration) (<-chan time.Time, func()) {
		if every == pingEvery {
			return w.ticks, func() {}
		}
		return nil, func() {}
	}
	e := w.listen("as=hutou.filer", "")
	w.ticks <- time.Time{}
	e.next("ping")
}

func TestCloseEndsTheStreamsAndLeavesNothingRunning(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	w := newWorld(t)
	server := httptest.NewServer(w.phone)
	answer, err := server.Client().Get(server.URL + "/phone/events?as=hutou.filer")
	require.NoError(t, err)
	w.phone.Close()
	w.phone.Close() // twice is as good as once
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
	}
	require.NoError(t, answer.Body.Close())
	server.Close()
	server.Client().CloseIdleConnections()
	require.Empty(t, w.phone.hub.listeners)
}

func TestAStreamThatCannotBegin(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, http.StatusForbidden, w.request("GET", "/phone/events?as=nobody", nil).Code)
	require.Equal(t, http.StatusBadRequest, w.request("GET", "/phone/events?as=hutou.filer&after=x", nil).Code)
}
