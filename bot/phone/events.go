package phone

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"zhuanban/bot"
)

const (
	pollEvery = time.Second      // for what other processes put into the inbox
	pingEvery = 15 * time.Second // proxies close a connection that is silent for a minute
	batch     = 200              // entries read at a time
)

// stream is one page's event stream (server-sent events). Its events:
//
//	entry   an entry of one of the viewer's chats
//	unread  what waits for whom: {"people":{account:n},"chats":{chat:n}}
//	clock   the campaign's time has moved: {"now":…}
//
// An event's id is that of the entry up to which the page knows everything.
type stream struct {
	p      *Phone
	w      http.ResponseWriter
	rc     *http.ResponseController
	viewer string
	ear    *listener
	after  int64
	minute string
}

func (p *Phone) serveEvents(w http.ResponseWriter, r *http.Request) {
	viewer, err := p.watcher(r.FormValue("as"))
	if err != nil {
		p.fail(w, r, err)
		return
	}
	after, err := p.startOf(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	s := &stream{p: p, w: w, rc: http.NewResponseController(w), viewer: viewer.Account, ear: p.hub.listen(), after: after}
	defer s.ear.leave()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	_ = s.rc.SetWriteDeadline(time.Time{}) // a stream outlives the server's limit; where it has none, this fails
	if err := s.comment("retry: 1000"); err != nil {
		return
	}
	if err := s.run(r.Context()); err != nil {
		p.log.WarnContext(r.Context(), "phone event stream ended", "viewer", viewer.Account, "err", err)
	}
}

// startOf is the entry behind which the stream begins: where a broken one
// stopped, or where the page's state ended.
func (p *Phone) startOf(r *http.Request) (int64, error) {
	for _, text := range []string{r.Header.Get("Last-Event-ID"), r.FormValue("after")} {
		if text == "" {
			continue
		}
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id < 0 {
			return 0, &fault{status: http.StatusBadRequest, code: "bad_request", err: err}
		}
		return id, nil
	}
	return p.newest(r.Context())
}

// run sends what there is, then waits. It ends without an error when the page
// goes away or the server shuts down.
func (s *stream) run(ctx context.Context) error {
	poll, stopPoll := s.p.o.Tick(pollEvery)
	defer stopPoll()
	ping, stopPing := s.p.o.Tick(pingEvery)
	defer stopPing()
	for {
		if err := s.catchUp(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.p.hub.done:
			return nil
		case <-s.ear.wake:
		case <-poll:
		case <-ping:
			if err := s.comment(": ping"); err != nil {
				return nil
			}
		}
	}
}

func (s *stream) catchUp(ctx context.Context) error {
	if err := s.tellTime(); err != nil {
		return err
	}
	changed := s.ear.takeReaders()
	for {
		found, err := s.p.o.Inbox.After(ctx, s.after, batch)
		if err != nil {
			return fmt.Errorf("read the inbox after %d: %w", s.after, err)
		}
		roster := s.p.o.Desk.Roster()
		for _, e := range found {
			members := membersOf(roster, e.Chat)
			for _, account := range members {
				changed[account] = true
			}
			s.after = e.ID
			if slices.Contains(members, s.viewer) {
				if err := s.event("entry", s.p.show(roster, e)); err != nil {
					return err
				}
			}
		}
		if len(found) < batch {
			return s.tellUnread(ctx, roster, changed)
		}
	}
}

func (s *stream) tellUnread(ctx context.Context, r *bot.Roster, changed map[string]bool) error {
	if len(changed) == 0 {
		return nil
	}
	people, err := s.p.unreadOf(ctx, r, slices.Sorted(maps.Keys(changed)))
	if err != nil {
		return err
	}
	var chats map[string]int
	if changed[s.viewer] {
		if chats, err = s.p.o.Inbox.Unread(ctx, s.viewer, chatsOf(r, s.viewer)); err != nil {
			return fmt.Errorf("count unread: %w", err)
		}
	}
	return s.event("unread", map[string]any{"people": people, "chats": chats})
}

// tellTime tells when a simulated clock's minute is another.
func (s *stream) tellTime() error {
	if s.p.o.Clock == nil {
		return nil
	}
	now := s.p.o.Now()
	minute := now.Format("2006-01-02T15:04")
	if minute == s.minute {
		return nil
	}
	s.minute = minute
	return s.event("clock", map[string]string{"now": s.p.wallTime(now)})
}

func (s *stream) event(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	if _, err := fmt.Fprintf(s.w, "event: %s\nid: %d\ndata: %s\n\n", name, s.after, data); err != nil {
		return err
	}
	return s.rc.Flush()
}

func (s *stream) comment(line string) error {
	if _, err := fmt.Fprintf(s.w, "%s\n\n", line); err != nil {
		return err
	}
	return s.rc.Flush()
}
