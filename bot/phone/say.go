package phone

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"
	"unicode"

	"zhuanban/bot"
)

const (
	maxFile  = 20 << 20 // bytes; the platforms' own limit for files sent to a robot
	maxFiles = 9        // as many as the chat apps let one choose at once
	handTime = time.Minute
)

// said is what the page posts: JSON, or a multipart form whose first part
// "message" is that JSON and whose others are "photo" and "file".
type said struct {
	As       string        `json:"as"`
	ID       string        `json:"id"`
	Chat     string        `json:"chat"`
	Text     string        `json:"text"`
	Tap      string        `json:"tap"`
	Label    string        `json:"label"`
	Mention  bool          `json:"mention"`
	Location *bot.Location `json:"location"`

	attachments []bot.Attachment
}

var messageID = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// takeSaid keeps what was said and hands it to the bot. From the moment it is
// kept it no longer depends on the page's connection.
func (p *Phone) takeSaid(w http.ResponseWriter, r *http.Request) {
	s, err := p.readSaid(w, r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), handTime)
	defer cancel()
	e, err := p.keep(ctx, s)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if e.forBot() {
		answer, err := p.o.Desk.Handle(ctx, e.message())
		if err != nil {
			p.fail(w, r, fmt.Errorf("hand in %s of %s: %w", e.Body.MessageID, e.Author, err))
			return
		}
		if answer.Hushed {
			p.hush(ctx, e)
		}
	}
	writeJSON(w, http.StatusOK, map[string]int64{"entry": e.ID})
}

// Say keeps a message in its sender's chat and hands it to the bot, as the page
// does: the shell's phone. The replies come through Send as well.
func (p *Phone) Say(ctx context.Context, m bot.Message, label string) ([]bot.Reply, error) {
	chat := PrivateChat(m.Sender)
	if m.Group != "" {
		chat = GroupChat(m.Group)
	}
	s := said{As: m.Sender, ID: m.ID, Chat: chat, Text: m.Text, Tap: m.Tap, Label: label, Mention: m.Group != "",
		Location: m.Location, attachments: m.Attachments}
	if err := p.inChat(s.As, s.Chat); err != nil {
		return nil, err
	}
	e, err := p.keep(ctx, s)
	if err != nil {
		return nil, err
	}
	kept := e.message()
	kept.Voice = m.Voice
	answer, err := p.o.Desk.Handle(ctx, kept)
	if answer.Hushed {
		p.hush(ctx, e)
	}
	return answer.Replies, err
}

// keep appends what was said, or finds it where it was kept before.
func (p *Phone) keep(ctx context.Context, s said) (Entry, error) {
	e := Entry{
		Chat: s.Chat, Author: s.As, At: p.o.Now(), DeliveryID: saidKey(s.As, s.Chat, s.ID),
		Body: Body{MessageID: s.ID, Text: s.Text, Tap: s.Tap, Label: s.Label, Mention: s.Mention,
			Attachments: s.attachments, Location: s.Location},
	}
	id, fresh, err := p.o.Inbox.Append(ctx, e)
	if err != nil {
		return Entry{}, fmt.Errorf("keep %s of %s: %w", s.ID, s.As, err)
	}
	e.ID = id
	if fresh {
		p.hub.wake()
		return e, nil
	}
	kept, ok, err := p.entry(ctx, id)
	if err != nil {
		return Entry{}, err
	}
	if !ok {
		return Entry{}, fmt.Errorf("entry %d of %s is gone", id, s.As)
	}
	return kept, nil
}

func (p *Phone) readSaid(w http.ResponseWriter, r *http.Request) (said, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return said{}, badBody(err)
	}
	var s said
	switch kind {
	case "application/json":
		if err := readJSON(w, r, &s); err != nil {
			return said{}, err
		}
		return s, p.check(s)
	case "multipart/form-data":
		r.Body = http.MaxBytesReader(w, r.Body, maxFiles*maxFile+(1<<20))
		return p.readForm(r)
	}
	return said{}, &fault{status: http.StatusUnsupportedMediaType, code: "bad_request"}
}

// readForm reads a form part by part, so that nobody's bytes are kept before it
// is known who they are from.
func (p *Phone) readForm(r *http.Request) (said, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return said{}, badBody(err)
	}
	part, err := form.NextPart()
	if err != nil {
		return said{}, badBody(err)
	}
	var s said
	if part.FormName() != "message" {
		return said{}, badBody(errors.New("the first part is not the message"))
	}
	if err := json.NewDecoder(io.LimitReader(part, maxJSON)).Decode(&s); err != nil {
		return said{}, badBody(err)
	}
	if err := p.inChat(s.As, s.Chat); err != nil {
		return said{}, err
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return s, p.check(s)
		}
		if err != nil {
			return said{}, badBody(err)
		}
		if len(s.attachments) == maxFiles {
			return said{}, &fault{status: http.StatusRequestEntityTooLarge, code: "too_many"}
		}
		a, err := p.attach(r.Context(), part)
		if err != nil {
			return said{}, err
		}
		s.attachments = append(s.attachments, a)
	}
}

// attach puts one part into the evidence store. What it is, its bytes say.
func (p *Phone) attach(ctx context.Context, part *multipart.Part) (bot.Attachment, error) {
	limited := &limitReader{r: part, left: maxFile}
	body := bufio.NewReader(limited)
	head, err := body.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return bot.Attachment{}, badBody(err)
	}
	if len(head) == 0 {
		return bot.Attachment{}, &fault{status: http.StatusBadRequest, code: "empty_file"}
	}
	a := bot.Attachment{Kind: bot.File, Name: fileName(part.FileName()), MIME: http.DetectContentType(head)}
	if part.FormName() == "photo" && inlineTypes[a.MIME] {
		a.Kind = bot.Photo
	}
	a.SHA256, a.Size, err = p.o.Evidence.Put(ctx, body, maxFile)
	switch {
	case errors.Is(limited.err, errTooLarge): // whatever Put made of it
		return bot.Attachment{}, &fault{status: http.StatusRequestEntityTooLarge, code: "too_large", err: limited.err}
	case err != nil && limited.err != nil:
		return bot.Attachment{}, badBody(limited.err)
	case err != nil:
		return bot.Attachment{}, fmt.Errorf("keep %s as evidence: %w", a.Name, err)
	}
	return a, nil
}

func (p *Phone) check(s said) error {
	if err := p.inChat(s.As, s.Chat); err != nil {
		return err
	}
	switch {
	case !messageID.MatchString(s.ID):
		return badBody(fmt.Errorf("message id %q", s.ID))
	case s.Location != nil && !(s.Location.Lat >= -90 && s.Location.Lat <= 90 && s.Location.Lng >= -180 && s.Location.Lng <= 180):
		return badBody(fmt.Errorf("place %v", *s.Location))
	case strings.TrimSpace(s.Text) == "" && s.Tap == "" && s.Location == nil && len(s.attachments) == 0:
		return &fault{status: http.StatusBadRequest, code: "empty"}
	}
	return nil
}

// badBody is the page's fault, or the size's.
func badBody(err error) error {
	var size *http.MaxBytesError
	if errors.As(err, &size) {
		return &fault{status: http.StatusRequestEntityTooLarge, code: "too_large", err: err}
	}
	return &fault{status: http.StatusBadRequest, code: "bad_request", err: err}
}

// fileName is a device's file name without folders and without what would
// break a line.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 120 {
		ext := []rune(path.Ext(name))
		name = string(runes[:120-min(len(ext), 20)]) + string(ext[:min(len(ext), 20)])
	}
	switch name {
	case "", ".", "..", "/":
		return "file"
	}
	return name
}

var errTooLarge = errors.New("larger than a file may be")

// limitReader fails, where io.LimitReader would cut off, and remembers why.
type limitReader struct {
	r    io.Reader
	left int64
	err  error
}

func (l *limitReader) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	l.left -= int64(n)
	if l.left < 0 {
		err = errTooLarge
	}
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
	}
	return n, err
}
