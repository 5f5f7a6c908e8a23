// Package lead is the duty of taking down leads: what a person on a raid says in
// one line becomes a numbered entry of the ledger, with its photos and files, a
// receipt for the reporter and a notice to the office.
//
// The registration form is data in the configuration (forms.lead): the fields of
// the ledger that make sense on a phone. An informant's identity is not among
// them: it is never asked for in a chat.
//
// What becomes of a lead after its registration is package casefile's to do. This
// package knows what there is of a lead (Matter), which limits run (Clocks) and how it
// stands for whom (Standing), because it shows them; every move is an event of the
// lead's timeline.
package lead

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/dialog"
	"zhuanban/bot/zh"
	"zhuanban/handlers/lead/limits"
	"zhuanban/handlers/lead/triage"
	"zhuanban/store"
	"zhuanban/templates"
)

// Config is what the configuration says of leads.
type Config struct {
	Prefix string      // of the numbers: AX in AX-2024-0001
	Form   dialog.Form // forms.lead
	Hash   string      // of the form
	Body   []byte      // the form, to keep beside drafts begun with it
	Places []dialog.Name
	Alarm  []string // words in free text that make it sound like a lead
	// Sees says whether a person may see a lead; nil = see sees.
	Sees func(bot.Person, store.Lead) bool
	// Registered, if set, is told of a lead that was just registered, in its turn. What it
	// gives stands on the receipt: what the lead seems to repeat.
	Registered func(context.Context, *bot.Turn, store.Lead) (templates.Page, error)
	// Handled, if set, is told of how a lead is handled now, in the transaction that makes it so.
	Handled func(context.Context, *store.Tx, store.Handling) error
	// Calendar counts the limits.
	Calendar limits.Calendar
	Triage   triage.Campaign // lead.routes
}

// Duty handles leads.
type Duty struct {
	cfg Config
}

// New makes the duty.
func New(c Config) *Duty {
	if c.Sees == nil {
		c.Sees = sees
	}
	return &Duty{cfg: c}
}

// sees says whether a lead is open to a person: their own, their unit's, or any
// for the office and the leaders.
func sees(p bot.Person, l store.Lead) bool {
	return p.SeesAll() || l.Reporter == p.Account || l.Unit == p.Unit && p.Files()
}

// name begins the duty's taps and names its form.
const name = "lead"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: []string{"报线索", "报个线索", "报一条线索", "报条线索", "上报线索", "登记线索", "举报线索", "新线索", "线索登记", "线索"}, Do: d.report},
			{Words: []string{"进度", "查进度", "线索进度", "查线索", "我的线索"}, Do: d.progress},
			{Words: []string{"撤回", "撤回线索"}, Do: d.takeBack, Yield: true},
		},
		Claim: d.claim,
		Take:  d.take,
		Taps: map[string]func(context.Context, *bot.Turn, string) error{
			"new":      func(ctx context.Context, t *bot.Turn, _ string) error { return d.report(ctx, t, "") },
			"progress": d.progressOf,
			"list":     func(ctx context.Context, t *bot.Turn, _ string) error { return d.progress(ctx, t, "") },
			"withdraw": d.withdraw,
			"append":   d.appendFiles,
		},
		Forms: d,
	}
}

// report begins a lead: 「报线索」 alone, or with all that is known behind it.
func (d *Duty) report(ctx context.Context, t *bot.Turn, rest string) error {
	if _, ok := d.wanted(rest, t.Now); ok && rest != "" { // 「线索1」
		return d.progress(ctx, t, rest)
	}
	if owner, topic, ok := t.Draft(ctx); ok && owner == name && rest == "" {
		t.Say("lead.unfinished", nil)
		return t.Begin(ctx, name, topic, dialog.Draft{}, dialog.Input{Action: dialog.Show})
	}
	return t.Begin(ctx, name, d.topic(t), dialog.Draft{}, dialog.Input{Text: rest})
}

// topic makes every lead a draft of its own.
func (d *Duty) topic(t *bot.Turn) string { return "m:" + t.Message.Platform + ":" + t.Message.ID }

// claim recognises a lead that was not announced as one: photos and places with
// nothing else going on, and sentences with a word of alarm in them.
func (d *Duty) claim(_ context.Context, t *bot.Turn) bot.Certainty {
	if len(t.Message.Attachments) > 0 || t.Message.Location != nil {
		return bot.Maybe
	}
	text := t.Message.Text
	if t.Understood() || len([]rune(text)) < 4 || asks(text) {
		return bot.No
	}
	for _, w := range d.cfg.Alarm {
		if strings.Contains(text, w) {
			return bot.Likely
		}
	}
	return bot.No
}

// asks says whether a text is a question rather than a report. What stands in a link
// (…/item.htm?id=1) asks nothing.
func asks(text string) bool {
	for _, u := range slices.Backward(zh.URLs(text)) {
		text = text[:u.From] + text[u.To:]
	}
	for _, w := range []string{"?", "?", "多少", "谁", "吗", "怎么", "什么时候", "哪些", "几件", "几条", "如何"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// take begins a lead with what was said or sent, and offers to add photos to the
// lead that was registered just before.
func (d *Duty) take(ctx context.Context, t *bot.Turn) error {
	in := t.Input()
	if err := t.Begin(ctx, name, d.topic(t), dialog.Draft{}, in); err != nil {
		return err
	}
	if len(in.Files) == 0 {
		return nil
	}
	return d.offerAppend(ctx, t)
}

// recent is how long after a registration a photo may still be meant for it.
const recent = 24 * time.Hour

func (d *Duty) offerAppend(ctx context.Context, t *bot.Turn) error {
	last, err := t.Tx.Leads().List(ctx, store.LeadFilter{Reporter: t.Person.Account, From: t.Now.Add(-recent), Limit: 1})
	if err != nil {
		return fmt.Errorf("looking for the last lead: %w", err)
	}
	if len(last) == 0 || !takesFiles(last[0]) {
		return nil
	}
	draft := t.ActiveDraft()
	t.Say("lead.append", struct {
		Draft, Lead int64
		Number      string
	}{draft, last[0].ID, last[0].Number})
	return nil
}

// Form gives the registration form and what it needs to know.
func (d *Duty) Form(ctx context.Context, t *bot.Turn, topic, hash string) (bot.OpenForm, error) {
	form, body := d.cfg.Form, d.cfg.Body
	if hash == "" {
		hash = d.cfg.Hash
	}
	if hash != d.cfg.Hash {
		kept, err := t.Tx.Forms().Get(ctx, name, hash)
		if err != nil {
			return bot.OpenForm{}, fmt.Errorf("loading version %s of the lead form: %w", hash, err)
		}
		form, body = dialog.Form{}, kept.Body
		if err := json.Unmarshal(kept.Body, &form); err != nil {
			return bot.OpenForm{}, fmt.Errorf("reading version %s of the lead form: %w", hash, err)
		}
	}
	env := dialog.Env{Now: t.Now, Places: d.cfg.Places, Units: t.Roster().UnitNames(), People: t.Roster().PersonNames()}
	env.Check = func(values map[string]dialog.Value) []dialog.Finding { return tooLong(&form, values) }
	return bot.OpenForm{Form: &form, Env: env, Hash: hash, Body: body, Begin: "lead.begin"}, nil
}

// tooLong finds free texts over their limit: they are kept as typed, but have to
// be shortened before they can go into the ledger.
func tooLong(f *dialog.Form, values map[string]dialog.Value) []dialog.Finding {
	var out []dialog.Finding
	for _, fd := range f.Fields {
		n := int64(len([]rune(values[fd.Key].Text)))
		if fd.Rest && fd.Max > 0 && n > fd.Max {
			out = append(out, dialog.Finding{ID: "long:" + fd.Key, Blocks: true, Fields: []string{fd.Key},
				Message: fd.Label, Reading: strconv.FormatInt(n, 10), Why: dialog.TooLong, Arg: strconv.FormatInt(fd.Max, 10)})
		}
	}
	return out
}

// number is a lead's number: AX-2024-0001, counted by the year of registration.
func (d *Duty) number(ctx context.Context, t *bot.Turn) (string, error) {
	year := t.Now.In(calendar.Shanghai).Year()
	n, err := t.Tx.Counters().Next(ctx, fmt.Sprintf("lead:%s:%d", d.cfg.Prefix, year))
	if err != nil {
		return "", fmt.Errorf("numbering the lead: %w", err)
	}
	return fmt.Sprintf("%s-%d-%04d", d.cfg.Prefix, year, n), nil
}

// Number reads a lead's number as people write it: "1", "0132", "AX-2024-0132".
func (d *Duty) Number(text string, now time.Time) (string, bool) { return d.wanted(text, now) }

// Prefix begins every number.
func (d *Duty) Prefix() string { return d.cfg.Prefix }

// Item is what the numbers on cards about a lead belong to, and the owner of its files.
func Item(id int64) string { return item(id) }

// wanted reads what follows 「进度」 as a lead's number: "1", "0132", "AX-2024-0132".
func (d *Duty) wanted(rest string, now time.Time) (number string, ok bool) {
	rest = strings.ToUpper(strings.TrimSpace(rest))
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "线索"), "NO.")
	if n, err := strconv.Atoi(strings.Trim(rest, "号#第 ")); err == nil && n > 0 {
		return fmt.Sprintf("%s-%d-%04d", d.cfg.Prefix, now.In(calendar.Shanghai).Year(), n), true
	}
	parts := strings.FieldsFunc(rest, func(r rune) bool { return r == '-' || r == '—' || r == ' ' || r == '–' })
	if len(parts) == 3 && parts[0] == d.cfg.Prefix {
		year, err1 := strconv.Atoi(parts[1])
		n, err2 := strconv.Atoi(parts[2])
		if err1 == nil && err2 == nil {
			return fmt.Sprintf("%s-%d-%04d", d.cfg.Prefix, year, n), true
		}
	}
	return "", false
}
