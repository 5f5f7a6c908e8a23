package lead

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/dialog"
	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// The states that registration knows; all states are in package flow.
const (
	StateRegistered = store.LeadState(flow.Registered)
	StateWithdrawn  = store.LeadState(flow.Withdrawn)
	StateReturned   = store.LeadState(flow.Returned)
)

// takesFiles says whether photos of the reporter's may still be added to a lead just by
// sending them.
func takesFiles(l store.Lead) bool { return l.State == StateRegistered || l.State == StateReturned }

// The kinds of event on a lead's timeline.
const (
	EventRegistered = "registered"
	EventFiles      = "files"
	EventWithdrawn  = "withdrawn"
)

// Submit registers the lead: a number, a row of the ledger, its files, the first
// event of its timeline, a receipt and a notice to the office.
func (d *Duty) Submit(ctx context.Context, t *bot.Turn, s *bot.Session) (string, error) {
	number, err := d.number(ctx, t)
	if err != nil {
		return "", err
	}
	values := s.Form.Values(s.Draft, s.Env)
	details, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("encoding the lead: %w", err)
	}
	l := store.Lead{
		ID: t.Tx.NewID(), Number: number, State: StateRegistered, RegisteredAt: t.Now, FoundAt: t.Now,
		Unit: t.Person.Unit, Reporter: t.Person.Account, Details: details, FormHash: s.Hash, Version: 1, UpdatedAt: t.Now,
	}
	columns(&l, s.Form, values, s.Env)
	if err := t.Tx.Leads().Insert(ctx, l); err != nil {
		return "", fmt.Errorf("registering %s: %w", number, err)
	}
	m := &Matter{Lead: l, open: d.cfg.Sees, Handling: store.Handling{LeadID: l.ID, Origin: l.Unit, Unit: l.Unit, EnteredAt: l.RegisteredAt}}
	d.Count(m)
	if err := t.Tx.Handlings().Put(ctx, m.Handling); err != nil {
		return "", err
	}
	if err := d.keepFiles(ctx, t, l.ID, s.Draft.Files); err != nil {
		return "", err
	}
	err = t.Tx.LeadEvents().Append(ctx, store.LeadEvent{
		ID: t.Tx.NewID(), LeadID: l.ID, At: t.Now, Actor: t.Person.Account, Kind: EventRegistered})
	if err != nil {
		return "", fmt.Errorf("writing the timeline of %s: %w", number, err)
	}
	v := d.view(t, l, s.Form, len(s.Draft.Files))
	if v.Waiting, v.Lost, err = d.absent(ctx, t, l.ID, s.Draft.Files); err != nil {
		return "", err
	}
	d.tellOffice(t, "lead.registered", v)
	if d.cfg.Registered != nil {
		if v.Same, err = d.cfg.Registered(ctx, t, l); err != nil {
			return "", err
		}
	}
	t.Say("lead.receipt", v)
	return number, nil
}

// columns puts the values that are searched and counted into columns of their
// own.
func columns(l *store.Lead, f *dialog.Form, values map[string]dialog.Value, env dialog.Env) {
	text := map[string]*string{
		"subject": &l.Subject, "place": &l.Place, "violation": &l.Violation, "category": &l.Category,
		"urgency": &l.Urgency, "source": &l.Source, "content": &l.Content, "phone": &l.Phone,
		"platform": &l.Platform, "shop": &l.Shop, "link": &l.Link,
	}
	for key, v := range values {
		if into, ok := text[key]; ok {
			*into = v.Text
			continue
		}
		switch key {
		case "value":
			fen := int64(v.Num)
			l.Value = &fen
		case "quantity":
			if fd, ok := f.Field(key); ok {
				l.Quantity = fd.Show(v)
			}
		case "found_at":
			l.FoundAt = v.At
		}
	}
	l.Township = dialog.Township(l.Place, env.Places)
}

// Fill reads a text as the form does and fills with it what is not known of a lead. What
// is known stays: to change it is not the reporter's any more.
func (d *Duty) Fill(t *bot.Turn, m *Matter, text string) {
	env := dialog.Env{Now: t.Now, Places: d.cfg.Places, Units: t.Roster().UnitNames(), People: t.Roster().PersonNames()}
	draft, _ := dialog.Step(&d.cfg.Form, dialog.Draft{}, dialog.Input{Text: text}, env)
	var read store.Lead
	columns(&read, &d.cfg.Form, draft.Values, env)
	l := &m.Lead
	for _, f := range []struct {
		key      string
		into, as *string
	}{{"subject", &l.Subject, &read.Subject}, {"place", &l.Place, &read.Place}, {"phone", &l.Phone, &read.Phone},
		{"platform", &l.Platform, &read.Platform}, {"shop", &l.Shop, &read.Shop}, {"link", &l.Link, &read.Link}} {
		fd, ok := d.cfg.Form.Field(f.key)
		if ok && *f.as != "" && (*f.into == "" || *f.into == fd.Unknown || *f.into == l.Township) {
			*f.into = *f.as
		}
	}
	if l.Value == nil {
		l.Value = read.Value
	}
	if l.Township == "" {
		l.Township = dialog.Township(l.Place, env.Places)
	}
}

// keepFiles attaches files to a lead.
func (d *Duty) keepFiles(ctx context.Context, t *bot.Turn, lead int64, files []dialog.File) error {
	for _, f := range files {
		err := t.Tx.Files().Attach(ctx, store.FileRef{ID: t.Tx.NewID(), Media: f.ID, SHA256: f.SHA256, Name: f.Name, MIME: f.MIME,
			Kind: f.Kind, Size: f.Size, Owner: item(lead), By: t.Person.Account, At: t.Now,
			Platform: f.Platform, Source: f.Source, SaidAt: f.SaidAt})
		if err != nil {
			return fmt.Errorf("attaching files: %w", err)
		}
	}
	return nil
}

// absent counts a lead's files whose bytes are still to come, and those whose bytes
// never will. It asks only if there may be any.
func (d *Duty) absent(ctx context.Context, t *bot.Turn, lead int64, files []dialog.File) (waiting, lost int, err error) {
	if !slices.ContainsFunc(files, func(f dialog.File) bool { return f.ID != 0 }) {
		return 0, 0, nil
	}
	kept, err := t.Tx.Files().Of(ctx, item(lead))
	if err != nil {
		return 0, 0, fmt.Errorf("loading the files of a lead: %w", err)
	}
	waiting, lost = missing(kept)
	return waiting, lost, nil
}

// missing counts files whose bytes are still to come, and those whose bytes never will.
func missing(files []store.FileRef) (waiting, lost int) {
	for _, f := range files {
		switch {
		case f.Lost:
			lost++
		case f.SHA256 == "":
			waiting++
		}
	}
	return waiting, lost
}

// item is what the numbers on cards about a lead belong to, and the owner of its
// files.
func item(id int64) string { return fmt.Sprintf("lead:%d", id) }

// tellOffice sends a notice to everyone in the office but the speaker.
func (d *Duty) tellOffice(t *bot.Turn, template string, v View) {
	for _, p := range t.Roster().WithRole(bot.Director, bot.Clerk) {
		if p.Account != t.Person.Account {
			t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: template,
				Data: v, Item: item(v.ID)})
		}
	}
}

// appendFiles moves the files of a draft to the lead that was registered before
// it.
func (d *Duty) appendFiles(ctx context.Context, t *bot.Turn, arg string) error {
	draft, id, _ := strings.Cut(arg, ":")
	l, err := d.own(ctx, t, bot.ID(id))
	if err != nil || l == nil {
		return err
	}
	if !takesFiles(*l) {
		t.Say("bot.stale", nil)
		return nil
	}
	files, err := t.TakeFiles(ctx, bot.ID(draft))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		t.Say("bot.stale", nil)
		return nil
	}
	if err := d.keepFiles(ctx, t, l.ID, files); err != nil {
		return err
	}
	err = t.Tx.LeadEvents().Append(ctx, store.LeadEvent{ID: t.Tx.NewID(), LeadID: l.ID, At: t.Now,
		Actor: t.Person.Account, Kind: EventFiles, Data: fmt.Appendf(nil, `{"count":%d}`, len(files))})
	if err != nil {
		return fmt.Errorf("writing the timeline of %s: %w", l.Number, err)
	}
	v := d.view(t, *l, &d.cfg.Form, len(files))
	t.Say("lead.appended", v)
	d.tellOffice(t, "lead.more", v)
	return nil
}
