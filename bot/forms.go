package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"zhuanban/bot/dialog"
	"zhuanban/store"
)

// formTaps begins the taps of the buttons on a form's card: "form.submit:17:3" is
// submit of draft 17 as printed on the card of revision 3.
const formTaps = "form"

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
	row, err := t.Tx.Drafts().Get(ctx, ID(draft))
	if errors.Is(err, store.ErrNotFound) || err == nil && row.Person != t.Person.Account {
		t.Say("bot.stale", nil)
		return nil
	}
	if err != nil {
		return fmt.Errorf("loading the draft: %w", err)
	}
	s := t.reopen(ctx, row)
	if s == nil {
		return nil
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
		action = dialog.Finish // the whole card, also where a guided question is open
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

// Resume takes up the open draft that was begun before the one on the table, and
// after the oldest the newest: said again and again it goes through all of them.
func (t *Turn) Resume(ctx context.Context) error {
	rows, err := t.Tx.Drafts().Open(ctx, t.Person.Account)
	if err != nil {
		return fmt.Errorf("looking for drafts: %w", err)
	}
	if len(rows) == 0 {
		t.Say("form.none", nil)
		return nil
	}
	slices.SortFunc(rows, func(a, b store.Draft) int { return cmp.Compare(b.ID, a.ID) })
	i := max(0, slices.IndexFunc(rows, func(r store.Draft) bool { return r.ID < t.conv.Active }))
	s := t.reopen(ctx, rows[i])
	if s == nil {
		return nil
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
	s.Draft.Shown, s.Draft.Recorded = view.keys, s.recorded()
	t.SayAbout(s.item(), view.template(out.Event), view)
	return t.keep(ctx, s)
}

// recorded are the values that the records know now.
func (s *Session) recorded() map[string]dialog.Value {
	out := map[string]dialog.Value{}
	for k, v := range s.Env.Defaults {
		if v.Origin == dialog.Recorded {
			out[k] = v
		}
	}
	return out
}

// submit hands the draft to its owner and closes it. What the records have come to
// know since the card was shown has to be seen first: what is filed is what was
// on the card.
func (t *Turn) submit(ctx context.Context, s *Session) error {
	if !maps.EqualFunc(s.recorded(), s.Draft.Recorded, dialog.Value.Same) {
		s.Draft.Rev++
		if s.Draft.Recorded != nil {
			t.Say("form.moved_on", nil)
		}
		return t.Reshow(ctx, s)
	}
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

// Reshow shows the draft's card again, after its owner has sent it back.
func (t *Turn) Reshow(ctx context.Context, s *Session) error {
	return t.present(ctx, s, s.try(dialog.Input{Action: dialog.Show}))
}
