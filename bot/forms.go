package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"zhuanban/bot/dialog"
	"zhuanban/store"
)

// formTaps begins the taps of the buttons on a form's card: "form.submit:17:3" is
// submit of draft 17 as printed on the card of revision 3.
const formTaps = "form"

// OpenForm is a form as its owner gives it for one draft.
type OpenForm struct {
	Form *dialog.Form
	Env  dialog.Env
	Hash string // of the form's version
	Body []byte // the version itself, kept so that old drafts can be finished with it
	// Heading and Note stand on the card under the title and at its end.
	Heading string
	Note    string
	// Begin is the template that says how to begin, on the first card of an empty
	// draft; "" = ask for everything that is missing. Data is for it.
	Begin string
	Data  any
}

// Session is an open draft with its form.
type Session struct {
	OpenForm
	ID    int64
	Owner string // the handler's name
	Topic string // what the draft is about, as its owner names it
	Draft dialog.Draft

	status  store.DraftStatus
	receipt string
	row     store.Draft
}

// draftState is a draft as it is stored.
type draftState struct {
	Draft   dialog.Draft `json:"draft"`
	Receipt string       `json:"receipt,omitempty"`
}

// stepped is a step that has been tried and not yet been kept.
type stepped struct {
	draft dialog.Draft
	out   dialog.Outcome
}

func (s *Session) try(in dialog.Input) stepped {
	d, out := dialog.Step(s.Form, s.Draft, in, s.Env)
	return stepped{d, out}
}

// empty says that nothing has been said about the draft yet, not even that there
// is nothing to say.
func (s *Session) empty() bool {
	return len(s.Draft.Values) == 0 && len(s.Draft.Files) == 0 && s.Draft.Phase == dialog.Collecting
}

// item is what the numbers on the draft's card belong to.
func (s *Session) item() string { return "draft:" + itoa(s.ID) }

// Begin opens a draft about a topic and takes its first input, if there is one. A
// draft of the same person about the same topic that is still open is taken up
// again instead.
//
// A first draft with values, even none (a zero report), takes the place of what
// such a draft held; what it held can be taken back with 「撤回」.
func (t *Turn) Begin(ctx context.Context, owner, topic string, first dialog.Draft, in dialog.Input) error {
	s, err := t.open(ctx, owner, topic, first)
	if err != nil {
		return err
	}
	if before := t.conv.Active; before != 0 && before != s.ID {
		if err := t.park(ctx, before); err != nil {
			return err
		}
	}
	t.conv.Active = s.ID
	if in.Action == "" && in.Text == "" && len(in.Files) == 0 && in.Place == "" {
		if s.Begin != "" && s.empty() {
			return t.start(ctx, s)
		}
		in.Action = dialog.Show
	}
	next := s.try(in)
	if next.out.Taken == dialog.NotTaken {
		next.out.Problems = append(next.out.Problems, dialog.Problem{Raw: in.Text, Why: dialog.Unclear})
		next.out.Event = dialog.Confirm
		if s.Begin != "" && s.empty() {
			return t.start(ctx, s, next.out.Problems...)
		}
	}
	return t.present(ctx, s, next)
}

// open finds the person's open draft about the topic, or makes one.
func (t *Turn) open(ctx context.Context, owner, topic string, first dialog.Draft) (*Session, error) {
	rows, err := t.Tx.Drafts().Open(ctx, t.Person.Account)
	if err != nil {
		return nil, fmt.Errorf("looking for drafts: %w", err)
	}
	for _, row := range rows {
		if row.Form == owner && row.Topic == topic {
			s, err := t.session(ctx, row)
			if err != nil {
				return nil, err
			}
			if first.Values != nil {
				first.Undo, first.Rev = s.Draft.Values, s.Draft.Rev+1
				s.Draft = first
			}
			return s, nil
		}
	}
	of, err := t.bot.form(ctx, t, owner, topic, "")
	if err != nil {
		return nil, err
	}
	s := &Session{OpenForm: of, ID: t.Tx.NewID(), Owner: owner, Topic: topic, Draft: first, status: store.DraftOpen}
	s.row = store.Draft{ID: s.ID, Person: t.Person.Account, Form: owner, FormHash: of.Hash, Topic: topic,
		Status: store.DraftOpen, CreatedAt: t.Now, UpdatedAt: t.Now}
	if s.row.State, err = json.Marshal(draftState{Draft: s.Draft}); err != nil {
		return nil, fmt.Errorf("encoding a draft: %w", err)
	}
	if err := t.Tx.Drafts().Insert(ctx, s.row); err != nil {
		return nil, fmt.Errorf("keeping a draft: %w", err)
	}
	err = t.Tx.Forms().Keep(ctx, store.FormVersion{Form: owner, Hash: of.Hash, Body: of.Body, FirstUsed: t.Now})
	if err != nil {
		return nil, fmt.Errorf("keeping the form's version: %w", err)
	}
	return s, nil
}

func (b *Bot) form(ctx context.Context, t *Turn, owner, topic, hash string) (OpenForm, error) {
	for _, h := range b.handlers {
		if h.Name == owner && h.Forms != nil {
			return h.Forms.Form(ctx, t, topic, hash)
		}
	}
	return OpenForm{}, fmt.Errorf("no handler owns the form %q", owner)
}

// session reads a stored draft.
func (t *Turn) session(ctx context.Context, row store.Draft) (*Session, error) {
	of, err := t.bot.form(ctx, t, row.Form, row.Topic, row.FormHash)
	if err != nil {
		return nil, fmt.Errorf("opening draft %d: %w", row.ID, err)
	}
	var st draftState
	if err := json.Unmarshal(row.State, &st); err != nil {
		return nil, fmt.Errorf("reading draft %d: %w", row.ID, err)
	}
	return &Session{OpenForm: of, ID: row.ID, Owner: row.Form, Topic: row.Topic, Draft: st.Draft,
		status: row.Status, receipt: st.Receipt, row: row}, nil
}

// active is the draft that plain words go to, or nil.
func (t *Turn) active(ctx context.Context) (*Session, error) {
	if t.conv.Active == 0 {
		return nil, nil
	}
	row, err := t.Tx.Drafts().Get(ctx, t.conv.Active)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.Status != store.DraftOpen {
		t.conv.Active = 0
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("loading the draft: %w", err)
	}
	s, err := t.session(ctx, row)
	if err != nil { // its form is gone from the configuration: that must not silence the person
		t.bot.log.ErrorContext(ctx, "a draft cannot be opened", "draft", row.ID, "err", err)
		t.conv.Active = 0
		t.Say("form.unusable", nil)
		return nil, nil
	}
	return s, nil
}

// Draft is the running form's owner and topic; ok is false when there is none.
func (t *Turn) Draft(ctx context.Context) (owner, topic string, ok bool) {
	if t.conv.Active == 0 {
		return "", "", false
	}
	row, err := t.Tx.Drafts().Get(ctx, t.conv.Active)
	if err != nil || row.Status != store.DraftOpen {
		return "", "", false
	}
	return row.Form, row.Topic, true
}

// keep writes the session's draft.
func (t *Turn) keep(ctx context.Context, s *Session) error {
	var err error
	if s.row.State, err = json.Marshal(draftState{Draft: s.Draft, Receipt: s.receipt}); err != nil {
		return fmt.Errorf("encoding a draft: %w", err)
	}
	s.row.Status, s.row.UpdatedAt = s.status, t.Now
	if err := t.Tx.Drafts().Save(ctx, s.row); err != nil {
		return fmt.Errorf("keeping a draft: %w", err)
	}
	return nil
}

// park leaves a draft for later and says so.
func (t *Turn) park(ctx context.Context, draft int64) error {
	row, err := t.Tx.Drafts().Get(ctx, draft)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.Status != store.DraftOpen {
		return nil
	}
	if err != nil {
		return fmt.Errorf("loading the draft: %w", err)
	}
	if s, err := t.session(ctx, row); err == nil && !s.empty() {
		t.Say("form.parked", s.Form.Title)
	}
	return nil
}

// formTap handles a button of a form's card.
func (b *Bot) formTap(ctx context.Context, t *Turn, word, arg string) error {
	draft, rev, _ := strings.Cut(arg, ":")
	row, err := t.Tx.Drafts().Get(ctx, id(draft))
	if errors.Is(err, store.ErrNotFound) || err == nil && row.Person != t.Person.Account {
		t.Say("bot.stale", nil)
		return nil
	}
	if err != nil {
		return fmt.Errorf("loading the draft: %w", err)
	}
	s, err := t.session(ctx, row)
	if err != nil {
		return err
	}
	switch {
	case word == "restore" && s.status == store.DraftDropped:
		s.status, t.conv.Active = store.DraftOpen, s.ID
		return t.present(ctx, s, s.try(dialog.Input{Action: dialog.Show}))
	case s.status == store.DraftFiled:
		t.Say("form.filed", s.receipt)
		return nil
	case s.status == store.DraftDropped:
		t.Say("form.dropped", s.view(dialog.Outcome{}))
		return nil
	}
	t.conv.Active = s.ID
	action := dialog.Action(word)
	if action == dialog.Submit && rev != fmt.Sprint(s.Draft.Rev) {
		t.Say("form.newer", nil)
		action = dialog.Show
	}
	return t.present(ctx, s, s.try(dialog.Input{Action: action}))
}

// Restore takes up the draft that was dropped last.
func (t *Turn) Restore(ctx context.Context) error {
	if t.conv.Dropped == 0 {
		t.Say("form.none", nil)
		return nil
	}
	return t.bot.formTap(ctx, t, "restore", itoa(t.conv.Dropped))
}

// Resume takes the draft on the table up again, or the last one that was left.
func (t *Turn) Resume(ctx context.Context) error {
	rows, err := t.Tx.Drafts().Open(ctx, t.Person.Account)
	if err != nil {
		return fmt.Errorf("looking for drafts: %w", err)
	}
	if len(rows) == 0 {
		t.Say("form.none", nil)
		return nil
	}
	pick := rows[0]
	for _, row := range rows { // the one that is not on the table, if there are several
		if row.ID != t.conv.Active {
			pick = row
			break
		}
	}
	s, err := t.session(ctx, pick)
	if err != nil {
		return err
	}
	t.conv.Active = s.ID
	if s.Begin != "" && s.empty() {
		return t.start(ctx, s)
	}
	return t.present(ctx, s, s.try(dialog.Input{Action: dialog.Show}))
}

// start shows the first card of an empty draft.
func (t *Turn) start(ctx context.Context, s *Session, problems ...dialog.Problem) error {
	t.draft = s.ID
	v := s.view(dialog.Outcome{Problems: problems})
	t.SayAbout(s.item(), s.Begin, v)
	return t.keep(ctx, s)
}

// present keeps a step and says what came of it.
func (t *Turn) present(ctx context.Context, s *Session, next stepped) error {
	t.draft = s.ID
	s.Draft = next.draft
	out := next.out
	switch out.Event {
	case dialog.Done:
		return t.submit(ctx, s)
	case dialog.Dropped:
		s.status, t.conv.Active, t.conv.Dropped = store.DraftDropped, 0, s.ID
		t.Close(s.item())
		t.Say("form.dropped", s.view(out))
		return t.keep(ctx, s)
	}
	view := s.view(out)
	s.Draft.Shown = view.keys
	t.SayAbout(s.item(), view.template(out.Event), view)
	return t.keep(ctx, s)
}

// submit hands the draft to its owner and closes it.
func (t *Turn) submit(ctx context.Context, s *Session) error {
	t.Close(s.item())
	receipt, err := t.bot.submit(ctx, t, s)
	if err != nil {
		return err
	}
	if receipt == "" { // the owner has sent it back and said why
		return t.keep(ctx, s)
	}
	s.status, s.receipt = store.DraftFiled, receipt
	if t.conv.Active == s.ID {
		t.conv.Active = 0
	}
	if err := t.keep(ctx, s); err != nil {
		return err
	}
	rows, err := t.Tx.Drafts().Open(ctx, t.Person.Account)
	if err != nil {
		return fmt.Errorf("looking for drafts: %w", err)
	}
	for _, row := range rows {
		if other, err := t.session(ctx, row); err == nil && !other.empty() {
			t.Say("form.waiting", other.Form.Title)
			break
		}
	}
	return nil
}

func (b *Bot) submit(ctx context.Context, t *Turn, s *Session) (string, error) {
	for _, h := range b.handlers {
		if h.Name == s.Owner && h.Forms != nil {
			return h.Forms.Submit(ctx, t, s)
		}
	}
	return "", fmt.Errorf("no handler owns the form %q", s.Owner)
}

// ActiveDraft is the id of the draft that plain words go to; 0 = none.
func (t *Turn) ActiveDraft() int64 { return t.conv.Active }

// Withdraw takes one of the speaker's open drafts off the table, because what is
// in it goes elsewhere, and returns it; nil if there is no such draft.
func (t *Turn) Withdraw(ctx context.Context, draft int64) (*Session, error) {
	row, err := t.Tx.Drafts().Get(ctx, draft)
	if errors.Is(err, store.ErrNotFound) || err == nil && (row.Person != t.Person.Account || row.Status != store.DraftOpen) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("loading the draft: %w", err)
	}
	s, err := t.session(ctx, row)
	if err != nil {
		return nil, err
	}
	s.status = store.DraftDropped
	if t.conv.Active == s.ID {
		t.conv.Active = 0
	}
	t.Close(s.item())
	return s, t.keep(ctx, s)
}

// Reshow shows the draft's card again, after its owner has sent it back.
func (t *Turn) Reshow(ctx context.Context, s *Session) error {
	return t.present(ctx, s, s.try(dialog.Input{Action: dialog.Show}))
}
