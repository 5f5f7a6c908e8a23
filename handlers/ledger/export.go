package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/store"
)

// freely is up to how many rows, without personal data, the office takes out without
// approval (rule of the campaign: more than fifty have to be approved).
const freely = 50

// atOnce is up to how many rows a turn makes the file itself: a tenth of a second.
const atOnce = 1000

// ExportView is an export as the templates show it.
type ExportView struct {
	ID             int64
	Number         string
	About          string // which rows
	Rows, Freely   int
	Whole          bool
	By, Unit       string
	At             time.Time
	Unknown        string
	Mine           bool // the reader asked for it
	Open, Overdue  int
	Total          int64
	Office, Leader bool
}

// overview answers 「台账」: how many there are, and what can be done with them.
func (d *Duty) overview(ctx context.Context, t *bot.Turn, rest string) error {
	if rest != "" {
		return d.export(ctx, t, rest)
	}
	f := store.LeadFilter{}
	if !t.Person.SeesAll() {
		f.Unit = t.Person.Unit
	}
	counts, err := t.Tx.Leads().Counts(ctx, f, "state")
	if err != nil {
		return err
	}
	v := ExportView{Office: t.Person.Office(), Unit: t.Roster().UnitName(f.Unit)}
	for _, n := range counts {
		v.Total += n
	}
	for _, s := range states("在办") {
		v.Open += int(counts[string(s)])
	}
	t.Say("ledger.overview", v)
	return nil
}

// export answers 「导出台账 3月 凤城所」.
func (d *Duty) export(ctx context.Context, t *bot.Turn, rest string) error {
	if !t.Person.Office() {
		t.Say("ledger.office_only", nil)
		return nil
	}
	f, unknown := d.ReadFilter(rest, t.Roster(), t.Now)
	if unknown != "" {
		t.Say("ledger.unknown_filter", unknown)
		return nil
	}
	n, err := d.count(ctx, t.Tx, f, t.Now)
	if err != nil {
		return err
	}
	v := ExportView{About: d.About(f, t.Roster()), Rows: n, Whole: f.Whole, Freely: freely, By: t.Person.Name, Unit: t.Unit().Name, At: t.Now}
	if n == 0 {
		t.Say("ledger.no_rows", v)
		return nil
	}
	e, err := d.ask(ctx, t, f, n, rest)
	if err != nil {
		return err
	}
	v.ID, v.Number = e.ID, e.Number
	if n <= freely && !f.Whole {
		return d.now(ctx, t, e)
	}
	if v.Mine = t.Person.Role == bot.Director; v.Mine {
		t.SayAbout(exportItem(e.ID), "ledger.approve", v)
		return nil
	}
	t.Say("ledger.asked", v)
	for _, p := range t.Roster().WithRole(bot.Director) {
		t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: "ledger.approve", Data: v, Item: exportItem(e.ID)})
	}
	return nil
}

func exportItem(id int64) string { return fmt.Sprintf("export:%d", id) }

// ask enters an export that waits to be approved.
func (d *Duty) ask(ctx context.Context, t *bot.Turn, f Filter, n int, reason string) (store.Export, error) {
	e, err := NewExport(ctx, t.Tx, f, t.Person.Account, oneLine(reason), t.Now)
	if err != nil {
		return e, err
	}
	e.Platform, e.Cause, e.Total = t.Message.Platform, bot.Cause(t.Message), n
	if err := t.Tx.Exports().Insert(ctx, e); err != nil {
		return e, err
	}
	return e, d.log(ctx, t.Tx, t.Person.Account, ActionAsked, e.Number, e.Reason)
}

// NewExport is an export with the next number of its year. It is not entered yet.
func NewExport(ctx context.Context, tx *store.Tx, f Filter, by, reason string, now time.Time) (e store.Export, err error) {
	year := now.In(calendar.Shanghai).Year()
	n, err := tx.Counters().Next(ctx, fmt.Sprintf("export:%d", year))
	if err != nil {
		return e, fmt.Errorf("numbering the export: %w", err)
	}
	filter, err := json.Marshal(f)
	if err != nil {
		return e, fmt.Errorf("encoding what is exported: %w", err)
	}
	return store.Export{ID: tx.NewID(), Number: fmt.Sprintf("TZ-%d-%04d", year, n), State: store.ExportAsked, AskedBy: by, AskedAt: now,
		Filter: filter, Whole: f.Whole, Reason: reason}, nil
}

// now makes the file within the turn and shows it.
func (d *Duty) now(ctx context.Context, t *bot.Turn, e store.Export) error {
	e.State = store.ExportApproved
	if err := t.Tx.Exports().Move(ctx, e, store.ExportAsked); err != nil {
		return err
	}
	m, err := d.file(ctx, t.Tx, t.Roster(), e, t.Now)
	if err != nil {
		return err
	}
	if err := d.done(ctx, t.Tx, e, m, t.Now); err != nil {
		return err
	}
	t.Show(reply(e, m))
	return nil
}

// reply is the message with the file.
func reply(e store.Export, m made) bot.Reply {
	name := "线索台账_" + e.Number + ".xlsx"
	return bot.Reply{Kind: bot.FileReply, Path: m.path, Name: name, Text: name}
}

// approve answers 「批准导出」: the director's one tap.
func (d *Duty) approve(ctx context.Context, t *bot.Turn, arg string) error {
	e, ok, err := d.decide(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	e.DecidedBy, e.DecidedAt, e.Cause = t.Person.Account, t.Now, bot.Cause(t.Message)
	if err := d.log(ctx, t.Tx, t.Person.Account, ActionApproved, e.Number, e.Reason); err != nil {
		return err
	}
	t.Close(exportItem(e.ID))
	if e.AskedBy == t.Person.Account && e.Total <= atOnce {
		return d.now(ctx, t, e)
	}
	e.State = store.ExportApproved
	if err := t.Tx.Exports().Move(ctx, e, store.ExportAsked); err != nil {
		return err
	}
	t.Say("ledger.approved", ExportView{Number: e.Number, By: t.Roster().PersonName(e.AskedBy), Rows: e.Total, Mine: e.AskedBy == t.Person.Account})
	return nil
}

// refuse answers 「不同意」.
func (d *Duty) refuse(ctx context.Context, t *bot.Turn, arg string) error {
	e, ok, err := d.decide(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	e.State, e.DecidedBy, e.DecidedAt = store.ExportRefused, t.Person.Account, t.Now
	if err := t.Tx.Exports().Move(ctx, e, store.ExportAsked); err != nil {
		return err
	}
	if err := d.log(ctx, t.Tx, t.Person.Account, ActionRefused, e.Number, e.Reason); err != nil {
		return err
	}
	t.Close(exportItem(e.ID))
	v := ExportView{Number: e.Number, By: t.Person.Name}
	t.Say("ledger.refused", v)
	if e.AskedBy != t.Person.Account {
		t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: e.AskedBy}, Template: "ledger.refused", Data: v})
	}
	return nil
}

// decide finds the export that a director decides on; ok is false, with the answer said,
// if it is not theirs to decide, or was decided.
func (d *Duty) decide(ctx context.Context, t *bot.Turn, arg string) (e store.Export, ok bool, err error) {
	e, err = t.Tx.Exports().Get(ctx, bot.ID(arg))
	if errors.Is(err, store.ErrNotFound) || err == nil && (t.Person.Role != bot.Director || e.State != store.ExportAsked) {
		t.Say("bot.stale", nil)
		return e, false, nil
	}
	return e, err == nil, err
}
