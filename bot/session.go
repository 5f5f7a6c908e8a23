package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"zhuanban/bot/dialog"
	"zhuanban/store"
)

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

// draftState is a draft and what became of it.
type draftState struct {
	Draft   dialog.Draft `json:"draft"`
	Receipt string       `json:"receipt,omitempty"`
}

// storedDraft is how it is stored: what could be taken back is told by how it differs,
// which makes it half as long.
type storedDraft struct {
	draftState
	Back map[string]*dialog.Value `json:"back,omitzero"`
}

// packed is the state as it is stored.
func (s draftState) packed() any {
	out := storedDraft{s, s.Draft.Back()}
	out.Draft.Undo = nil
	return out
}

// unpack reads what packed gave, or the whole of it, as earlier versions stored it.
func (s *draftState) unpack(text []byte) error {
	var in storedDraft
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	*s = in.draftState
	s.Draft.TakeBack(in.Back)
	return nil
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
			if first.Values != nil && !maps.EqualFunc(first.Values, s.Draft.Values, dialog.Value.Same) {
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
	if s.row.State, err = json.Marshal(draftState{Draft: s.Draft}.packed()); err != nil {
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
	st, err := t.bot.recentDrafts.decode(row.ID, row.State)
	if err != nil {
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
	return t.reopen(ctx, row), nil
}

// reopen reads a stored draft; nil, with the reason said, if its form is gone
// from the configuration: that must not silence the person.
func (t *Turn) reopen(ctx context.Context, row store.Draft) *Session {
	s, err := t.session(ctx, row)
	if err == nil {
		return s
	}
	if errors.Is(err, store.ErrConflict) {
		return nil // the turn runs again
	}
	t.bot.log.ErrorContext(ctx, "a draft cannot be opened", "draft", row.ID, "err", err)
	if t.conv.Active == row.ID {
		t.conv.Active = 0
	}
	t.Say("form.unusable", nil)
	return nil
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
	if s.row.State, err = t.bot.recentDrafts.encode(s.ID, draftState{Draft: s.Draft, Receipt: s.receipt}); err != nil {
		return fmt.Errorf("encoding a draft: %w", err)
	}
	s.row.Status, s.row.UpdatedAt = s.status, t.Now
	if err := t.Tx.Drafts().Save(ctx, s.row); err != nil {
		return fmt.Errorf("keeping a draft: %w", err)
	}
	return nil
}

// ActiveDraft is the id of the draft that plain words go to; 0 = none.
func (t *Turn) ActiveDraft() int64 { return t.conv.Active }

// TakeFiles takes the photos and files out of one of the speaker's open drafts,
// because they belong elsewhere. A draft that held nothing else is off the table;
// any other is shown again without them.
func (t *Turn) TakeFiles(ctx context.Context, draft int64) ([]dialog.File, error) {
	row, err := t.Tx.Drafts().Get(ctx, draft)
	if errors.Is(err, store.ErrNotFound) || err == nil && (row.Person != t.Person.Account || row.Status != store.DraftOpen) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("loading the draft: %w", err)
	}
	s := t.reopen(ctx, row)
	if s == nil || len(s.Draft.Files) == 0 {
		return nil, nil
	}
	files := s.Draft.Files
	s.Draft.Files, s.Draft.Rev = nil, s.Draft.Rev+1
	if len(s.Draft.Values) > 0 {
		return files, t.Reshow(ctx, s)
	}
	s.status = store.DraftDropped
	if t.conv.Active == s.ID {
		t.conv.Active = 0
	}
	t.Close(s.item())
	return files, t.keep(ctx, s)
}
