// Package weekly is the duty of the weekly table: one line of labelled numbers, a
// zero report or 「同上周」 becomes a filing of a unit for a period; a later one is a
// correction with a reason, and the versions before it stay.
//
// What the table is (figures, sections, rules, periods) is package table, which
// knows no conversation; this package makes a form of it, brings what the records
// know (history, ledger, opening cases) to its checks, and files what passes.
// Reminders are in remind.go. Who has filed and what it adds up to is asked of
// package stats.
package weekly

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/dialog"
	"zhuanban/handlers/weekly/table"
)

// Config is what the configuration says of the weekly table.
type Config struct {
	Table    *table.Table
	Periods  []table.Period
	Calendar *calendar.Calendar
	Steps    []Step // of the reminders
	// Ledger says which figures the registers of leads and cases count, and how; see
	// ledger.go. Figures that people type keep what they type: the registers' counts are
	// their defaults, and what the rules compare with.
	Ledger map[string]string
}

// Duty handles the weekly table.
type Duty struct {
	cfg  Config
	body []byte
	hash string
	read *dialog.Form // the whole table, to recognise lines of figures by
}

// New makes the duty.
func New(c Config) (*Duty, error) {
	body, err := c.Table.Body()
	if err != nil {
		return nil, fmt.Errorf("encoding the weekly table: %w", err)
	}
	d := &Duty{cfg: c, body: body, hash: c.Table.Hash()}
	d.read = form(c.Table, c.Table.Sections, nil).Prepare()
	return d, nil
}

// name begins the duty's taps and names its form.
const name = "weekly"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: []string{"周报", "本周周报", "报周报", "填周报", "统计表", "报统计表", "报数据", "填报"}, Do: d.begin},
			{Words: []string{"零报告", "本周零报告", "报零", "本周无数据", "没有数据", "没数据", "无数据", "本周没有", "本周无", "这周没有"}, Do: d.zero, Alone: true},
			{Words: []string{"同上周", "同上期", "和上周一样", "跟上周一样", "同上一期"}, Do: d.same},
			{Words: []string{"更正", "更正周报", "改周报"}, Do: d.correct, Yield: true},
			{Words: []string{"代报"}, Do: d.proxy, Glued: true},
		},
		Claim: d.claim,
		Take:  d.take,
		Taps: map[string]func(context.Context, *bot.Turn, string) error{
			"start":   d.onTap(d.start),
			"zero":    d.onTap(d.fileZero),
			"same":    d.onTap(d.fileSame),
			"correct": d.onTap(d.correctWith),
			"show":    d.onTap(d.show),
		},
		Forms:  d,
		Wanted: wantedQuestions(d),
	}
}

// onTap reads a tap's argument: the period, and the unit if it is not the
// speaker's own.
func (d *Duty) onTap(do func(context.Context, *bot.Turn, target, string) error) func(context.Context, *bot.Turn, string) error {
	return func(ctx context.Context, t *bot.Turn, arg string) error {
		period, unit, _ := strings.Cut(arg, ":")
		p, ok := d.periodOf(period)
		if unit == "" {
			unit = t.Person.Unit
		}
		if !ok || !may(t, unit) {
			t.Say("bot.stale", nil)
			return nil
		}
		if !d.begun(t, p) {
			return nil
		}
		return do(ctx, t, target{unit, p}, "")
	}
}

// begin is 「周报」, alone or with the figures behind it.
func (d *Duty) begin(ctx context.Context, t *bot.Turn, rest string) error {
	g, rest, ok := d.aim(t, rest)
	if !ok {
		return nil
	}
	return d.start(ctx, t, g, rest)
}

// start opens the report, or, when it is filed already, its correction.
func (d *Duty) start(ctx context.Context, t *bot.Turn, g target, rest string) error {
	filed, err := d.current(ctx, t, g)
	if err != nil {
		return err
	}
	if filed == nil {
		return t.Begin(ctx, name, g.topic(), dialog.Draft{}, dialog.Input{Text: rest})
	}
	if rest == "" {
		return d.show(ctx, t, g, "")
	}
	return d.correctWith(ctx, t, g, rest)
}

// zero is 「零报告」, for the period being collected or the one that is named.
func (d *Duty) zero(ctx context.Context, t *bot.Turn, rest string) error {
	g, _, ok := d.aim(t, rest)
	if !ok {
		return nil
	}
	return d.fileZero(ctx, t, g, "")
}

func (d *Duty) fileZero(ctx context.Context, t *bot.Turn, g target, _ string) error {
	filed, err := d.current(ctx, t, g)
	if err != nil {
		return err
	}
	if filed != nil {
		return d.show(ctx, t, g, "")
	}
	return t.Begin(ctx, name, g.topic(), dialog.Draft{Values: map[string]dialog.Value{}}, dialog.Input{Action: dialog.Finish})
}

// same is 「同上周」: what people gave in the report before, as a draft. What is said
// behind the word is laid over it.
func (d *Duty) same(ctx context.Context, t *bot.Turn, rest string) error {
	g, rest, ok := d.aim(t, rest)
	if !ok {
		return nil
	}
	return d.fileSame(ctx, t, g, rest)
}

func (d *Duty) fileSame(ctx context.Context, t *bot.Turn, g target, rest string) error {
	filed, err := d.current(ctx, t, g)
	if err != nil {
		return err
	}
	if filed != nil {
		return d.show(ctx, t, g, "")
	}
	before, err := t.Tx.Filings().Recent(ctx, d.cfg.Table.ID, g.unit, PeriodKey(g.period), 1)
	if err != nil {
		return fmt.Errorf("loading the last filing: %w", err)
	}
	last, ok := table.ByNo(d.cfg.Periods, g.period.No-1)
	if !ok || len(before) == 0 || before[0].Period != PeriodKey(last) {
		t.Say("weekly.no_last", nil)
		return d.start(ctx, t, g, rest)
	}
	values := d.said(before[0])
	for k, v := range values {
		v.Origin = dialog.Repeated
		values[k] = v
	}
	in := dialog.Input{Text: rest}
	if rest == "" {
		in.Action = dialog.Show
	}
	return t.Begin(ctx, name, g.topic(), dialog.Draft{Values: values}, in)
}

// correct is 「更正」, alone or with what is to change behind it.
func (d *Duty) correct(ctx context.Context, t *bot.Turn, rest string) error {
	g, rest, ok := d.aim(t, rest)
	if !ok {
		return nil
	}
	filed, err := d.current(ctx, t, g)
	if err != nil {
		return err
	}
	if filed == nil && nth.FindString(t.Message.Text) == "" {
		// Nothing is filed for the period being collected: the last one is meant.
		if last, err := t.Tx.Filings().Recent(ctx, d.cfg.Table.ID, g.unit, PeriodKey(g.period), 1); err != nil {
			return fmt.Errorf("loading the last filing: %w", err)
		} else if len(last) > 0 {
			if p, ok := d.periodOf(strconv.Itoa(int(last[0].Period))); ok {
				g.period = p
				filed = &last[0]
			}
		}
	}
	if filed == nil {
		t.Say("weekly.nothing_filed", nil)
		return d.start(ctx, t, g, rest)
	}
	return d.correctWith(ctx, t, g, rest)
}

// correctWith opens the correction of a filing and takes what is to change.
func (d *Duty) correctWith(ctx context.Context, t *bot.Turn, g target, rest string) error {
	filed, err := d.current(ctx, t, g)
	if err != nil {
		return err
	}
	if filed == nil {
		return d.start(ctx, t, g, rest)
	}
	in := dialog.Input{Text: rest}
	if owner, topic, ok := t.Draft(ctx); ok && owner == name && topic == g.topic() {
		if rest == "" {
			in = dialog.Input{Action: dialog.Show}
		}
		return t.Begin(ctx, name, g.topic(), dialog.Draft{}, in)
	}
	if rest == "" {
		in = dialog.Input{Action: dialog.Edit}
	}
	return t.Begin(ctx, name, g.topic(), d.correction(*filed), in)
}

// proxy is 「代报 凤城所 行动3次」: the office or a deputy files for a unit that cannot.
func (d *Duty) proxy(ctx context.Context, t *bot.Turn, rest string) error {
	g, rest, ok := d.aimFor(t, rest, true)
	if !ok {
		return nil
	}
	if strings.HasPrefix(rest, "零报告") {
		return d.fileZero(ctx, t, g, "")
	}
	return d.start(ctx, t, g, rest)
}

// claim recognises lines of figures, and corrections of them by name.
func (d *Duty) claim(ctx context.Context, t *bot.Turn) bot.Certainty {
	text := t.Message.Text
	if text == "" || !t.Person.Office() && !may(t, t.Person.Unit) {
		return bot.No
	}
	period := nth.FindStringIndex(text)
	if period == nil && t.Understood() {
		return bot.No // it would not be certain
	}
	figures := text
	if period != nil {
		figures = nth.ReplaceAllString(text, "")
	}
	known, share := d.read.Figures(figures)
	switch {
	case period != nil && (known > 0 || strings.Contains(text, "零报告") || strings.Contains(text, "更正")):
		if owner, topic, ok := t.Draft(ctx); ok && owner == name && !strings.HasSuffix(topic, ":"+d.nthKey(text)) {
			return bot.Certain
		}
		return bot.Sure
	case known >= 2 && share >= 0.5, known == 1 && share >= 0.8:
		return bot.Sure
	case t.Person.Office():
		return bot.No
	case strings.Contains(text, "改"):
		_, out := dialog.Step(d.read, dialog.Draft{}, dialog.Input{Text: text}, dialog.Env{Now: t.Now})
		if out.Taken == dialog.Surely && len(out.Changed) > 0 {
			return bot.Sure
		}
	case known >= 3:
		return bot.Maybe
	}
	return bot.No
}

// take handles what was claimed: figures, or a period's number before the word.
func (d *Duty) take(ctx context.Context, t *bot.Turn) error {
	text := t.Message.Text
	if nth.MatchString(text) && strings.Contains(text, "零报告") {
		return d.zero(ctx, t, text)
	}
	if before, after, ok := strings.Cut(text, "更正"); ok && nth.MatchString(before) {
		return d.correct(ctx, t, before+after)
	}
	return d.begin(ctx, t, text)
}
