package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/config"
	"zhuanban/bot/delivery"
	"zhuanban/bot/phone"
	"zhuanban/store"
)

type chatCommand struct {
	As   string `required:"" help:"Whose chat." placeholder:"ACCOUNT"`
	At   moment `help:"The time at which it is said (simulated clock only)." placeholder:"TIME"`
	JSON bool   `name:"json" help:"One JSON line for every line said; see the contract."`
}

// Run reads lines until the input ends. Each is durable before its answer is
// printed, and the next is read after that.
func (c *chatCommand) Run(w *world) error {
	return w.withDesk(func(d *desk) error {
		if !c.At.IsZero() {
			if err := d.needsSteppedClock("--at"); err != nil {
				return err
			}
			d.stepped.fixed = &c.At.Time
		}
		if _, ok := d.Roster().Person(c.As); !ok {
			var all []string
			for _, p := range d.Roster().People {
				all = append(all, p.Account)
			}
			return fmt.Errorf("%w: there is no account %q in %s: %s", errUsage, c.As, w.config, config.Suggest(c.As, all, "there are"))
		}
		t := &terminal{desk: d, as: c.As, json: c.JSON, out: bufio.NewWriter(w.out)}
		return t.read(w.ctx, w.in)
	})
}

// terminal is a phone in the shell.
type terminal struct {
	*desk
	as   string
	json bool
	out  *bufio.Writer
}

func (t *terminal) read(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if line = strings.TrimRight(line, "\r\n"); err != nil && line == "" {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("reading what is said: %w", err)
		}
		a := t.take(ctx, line)
		if err := t.print(a); err != nil {
			return fmt.Errorf("writing the answer: %w", err)
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}

// spoken is a line of chat --json.
type spoken struct {
	ID       string        `json:"id"`
	Group    string        `json:"group"`
	Text     string        `json:"text"`
	Tap      string        `json:"tap"`
	Photo    string        `json:"photo"`
	File     string        `json:"file"`
	Voice    string        `json:"voice"`
	Location *bot.Location `json:"location"`
}

// answer is what comes of a line.
type answer struct {
	Replies []shown `json:"replies"`
	Notices []shown `json:"notices"`
	Error   string  `json:"error,omitempty"`
}

// shown is a reply or notice as the contract writes it.
type shown struct {
	To      string        `json:"to,omitempty"`
	Kind    bot.ReplyKind `json:"kind"`
	Title   string        `json:"title,omitempty"`
	Text    string        `json:"text"`
	Buttons []button      `json:"buttons,omitempty"`
	Path    string        `json:"path,omitempty"`
	Name    string        `json:"name,omitempty"`
}

type button struct {
	Label string `json:"label"`
	Tap   string `json:"tap"`
}

func show(to string, r bot.Reply) shown {
	s := shown{To: to, Kind: r.Kind, Title: r.Title, Text: r.Text, Path: r.Path, Name: r.Name}
	for _, b := range r.Buttons {
		s.Buttons = append(s.Buttons, button{b.Label, b.Tap})
	}
	return s
}

// take hands one line to the bot and collects what came of it.
func (t *terminal) take(ctx context.Context, line string) answer {
	m, err := t.message(ctx, line)
	if err != nil {
		return failed(err)
	}
	seen, err := t.seen(ctx, m)
	if err != nil {
		return failed(err)
	}
	replies, err := t.phone.Say(ctx, m, "")
	if err != nil {
		t.log.ErrorContext(ctx, "a line was not taken", "err", err)
		return failed(errors.New("the message was not taken; say it again"))
	}
	a := answer{Replies: []shown{}, Notices: []shown{}}
	for _, r := range replies {
		if !seen {
			r = t.reveal(ctx, m, r)
		}
		a.Replies = append(a.Replies, show("", r))
	}
	if seen {
		return a
	}
	if a.Notices, err = t.deliver(ctx, m); err != nil {
		return failed(err)
	}
	return a
}

// reveal is a reply as its recipient hears it, the one time that it is said.
func (t *terminal) reveal(ctx context.Context, m bot.Message, r bot.Reply) bot.Reply {
	account := m.Sender
	if p, ok := t.Roster().Person(m.Sender); ok {
		account = p.Account
	}
	shown, err := t.bot.Reveal(r, account, bot.Cause(m), t.clock.Now())
	if err != nil {
		t.log.ErrorContext(ctx, "an answer cannot be opened", "err", err)
		return r
	}
	return shown
}

func failed(err error) answer {
	return answer{Replies: []shown{}, Notices: []shown{}, Error: err.Error()}
}

// message makes the bot's message of a line: of JSON what it says, of anything
// else its text.
func (t *terminal) message(ctx context.Context, line string) (bot.Message, error) {
	m := bot.Message{Platform: phone.Name, Sender: t.as, At: t.clock.Now(), ID: fmt.Sprintf("chat-%d", t.store.NewID())}
	var s spoken
	if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &s) != nil {
		m.Text = line
		return m, nil
	}
	if s.ID != "" {
		m.ID = s.ID
	}
	m.Text, m.Tap, m.Group, m.Location = s.Text, s.Tap, s.Group, s.Location
	if s.Voice != "" {
		m.Text, m.Voice = s.Voice, true
	}
	if g, ok := t.Roster().Group(s.Group); s.Group != "" && (!ok || !g.In(t.as)) {
		return m, fmt.Errorf("there is no group %q that %s is in", s.Group, t.as)
	}
	if l := s.Location; l != nil && !(l.Lat >= -90 && l.Lat <= 90 && l.Lng >= -180 && l.Lng <= 180) {
		return m, fmt.Errorf("%v, %v is no place on the globe", l.Lat, l.Lng)
	}
	for _, sent := range []struct {
		path string
		kind bot.AttachmentKind
	}{{s.Photo, bot.Photo}, {s.File, bot.File}} {
		if sent.path == "" {
			continue
		}
		a, err := t.attach(ctx, sent.path, sent.kind)
		if err != nil {
			return m, err
		}
		m.Attachments = append(m.Attachments, a)
	}
	return m, nil
}

// maxAttachment is the largest file that can be sent, in bytes.
const maxAttachment = 20 << 20

// attach keeps a file of this machine as evidence, as a channel does with what a
// platform sends.
func (t *terminal) attach(ctx context.Context, path string, kind bot.AttachmentKind) (bot.Attachment, error) {
	f, err := os.Open(path)
	if err != nil {
		return bot.Attachment{}, fmt.Errorf("opening the attachment: %w", err)
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return bot.Attachment{}, fmt.Errorf("reading the attachment: %w", err)
	}
	sha, size, err := t.evidence.Put(ctx, io.MultiReader(bytes.NewReader(head[:n]), f), maxAttachment)
	if err != nil {
		return bot.Attachment{}, fmt.Errorf("keeping the attachment: %w", err)
	}
	return bot.Attachment{Kind: kind, Name: filepath.Base(path), MIME: http.DetectContentType(head[:n]), Size: size, SHA256: sha}, nil
}

// seen says whether a message was handled before.
func (t *terminal) seen(ctx context.Context, m bot.Message) (seen bool, err error) {
	err = t.store.View(ctx, func(tx *store.Tx) error {
		_, err := tx.Messages().Find(ctx, m.Platform, m.Sender, m.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		seen = err == nil
		return err
	})
	return seen, err
}

// unsaid are the ends of what was not said, or is said within another.
var unsaid = []store.DeliveryState{store.Withdrawn, store.Expired, store.Withheld, store.Merged}

// deliver sends what came of a message, and gives what others are told by it: with
// the broadcast that it began.
func (d *desk) deliver(ctx context.Context, m bot.Message) ([]shown, error) {
	var begun []int64
	err := d.store.View(ctx, func(tx *store.Tx) (err error) {
		begun, err = tx.Broadcasts().Fresh(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := d.flush(ctx); err != nil {
		d.log.ErrorContext(ctx, "delivery", "err", err)
	}
	out, err := d.notices(ctx, bot.Cause(m), m.Sender)
	for _, id := range begun {
		more, wrong := d.notices(ctx, delivery.BroadcastCause(id), m.Sender)
		out, err = append(out, more...), errors.Join(err, wrong)
	}
	return out, err
}

// notices are what a cause made the bot say to anybody but one.
func (d *desk) notices(ctx context.Context, cause, but string) ([]shown, error) {
	out := []shown{}
	err := d.store.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Deliveries().ByCause(ctx, cause)
		if err != nil {
			return fmt.Errorf("reading what was said: %w", err)
		}
		for _, row := range rows {
			if row.ToKind == string(bot.ToPerson) && row.ToAccount == but || slices.Contains(unsaid, row.State) {
				continue
			}
			r, err := bot.Words(row)
			if err != nil {
				return err
			}
			out = append(out, show(row.ToAccount, r))
		}
		return nil
	})
	return out, err
}

// print writes an answer: a JSON line, or text as one would read it.
func (t *terminal) print(a answer) error {
	if t.json {
		enc := json.NewEncoder(t.out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(a); err != nil {
			return err
		}
		return t.out.Flush()
	}
	for _, r := range a.Replies {
		fmt.Fprintf(t.out, "%s\n\n", r.Text)
	}
	for _, n := range a.Notices {
		fmt.Fprintf(t.out, "→ %s: %s\n\n", n.To, n.Text)
	}
	if a.Error != "" {
		fmt.Fprintf(t.out, "! %s\n\n", a.Error)
	}
	return t.out.Flush()
}
