package weekly

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"zhuanban/bot"
	"zhuanban/bot/dialog"
	"zhuanban/bot/zh"
	"zhuanban/handlers/weekly/table"
	"zhuanban/store"
)

// form makes a form of a table: the sections that are the unit's own are the
// steps of the guided mode, in front. counted are the figures that a ledger of
// ours counts: nobody types those.
func form(tb *table.Table, own []table.Section, counted map[string]zh.Num) *dialog.Form {
	f := &dialog.Form{Key: name, Title: "统计表", Lines: true}
	taken := map[string]bool{}
	for _, fig := range tb.Figures() {
		for _, a := range append(fig.Alias, fig.Label) {
			taken[a] = true
		}
	}
	for _, fig := range tb.Figures() {
		_, byLedger := counted[fig.Key]
		byLedger = byLedger && fig.Source == table.Ledger
		if fig.Row != "" && fig.Col == tb.Matrix.Cols[0].ID { // 「商标侵权2件」: the first column is meant
			fig.Alias = append(slices.Clone(fig.Alias), rowNames(tb, fig.Row, taken)...)
		}
		fd := dialog.Field{Key: fig.Key, Label: fig.Label, Alias: fig.Alias, Type: dialog.Number, Unit: fig.Unit, Scale: fig.Scale,
			Required: fig.Required, Core: fig.Core, Conditional: fig.AskIf != "", Fixed: byLedger || fig.Source == table.Computed}
		if fig.Kind == table.Money {
			fd.Type = dialog.Money
		}
		f.Fields = append(f.Fields, fd)
	}
	for _, s := range own {
		g := dialog.Group{Label: s.Label}
		for _, fig := range tb.InSection(s.ID) {
			g.Fields = append(g.Fields, fig.Key)
		}
		f.Steps = append(f.Steps, g)
	}
	return f
}

// rowNames are the names of a row of the matrix that no figure has.
func rowNames(tb *table.Table, row string, taken map[string]bool) []string {
	var out []string
	for _, r := range tb.Matrix.Rows {
		if r.ID != row {
			continue
		}
		for _, n := range append([]string{r.Label}, r.Alias...) {
			if !taken[n] {
				out = append(out, n)
			}
		}
	}
	return out
}

// facts is what the records know about a unit's report of a period.
type facts struct {
	table    *table.Table
	target   target
	ledger   map[string]zh.Num
	history  []map[string]zh.Num
	cum      map[string]zh.Num
	reporter string
	reviewer string
}

// Form makes the form of a report, with what the records know of it.
func (d *Duty) Form(ctx context.Context, t *bot.Turn, topic, hash string) (bot.OpenForm, error) {
	g, err := d.targetOf(topic)
	if err != nil {
		return bot.OpenForm{}, err
	}
	tb, body, err := d.version(ctx, t, hash)
	if err != nil {
		return bot.OpenForm{}, err
	}
	fc, err := d.facts(ctx, t, tb, g)
	if err != nil {
		return bot.OpenForm{}, err
	}
	unit, _ := t.Roster().Unit(g.unit)
	own, other := tb.SectionsFor(unit.ID, string(unit.Kind))
	f := form(tb, slices.Concat(own, other), fc.ledger)
	f.Title = unit.Name + "统计表"
	heading, err := d.heading(ctx, t, g)
	if err != nil {
		return bot.OpenForm{}, err
	}
	note, err := d.note(ctx, t, g)
	if err != nil {
		return bot.OpenForm{}, err
	}
	return bot.OpenForm{Form: f, Hash: tb.Hash(), Body: body, Heading: heading, Note: note, Begin: "weekly.begin", Data: d.beginView(t, g), Env: dialog.Env{
		Now: t.Now, Defaults: fc.defaults(), Followups: fc.followups,
		Check: fc.check, Zero: func(v map[string]dialog.Value) bool { return fc.zero(fc.given(v)) },
	}}, nil
}

// version is the table as it was when a draft was begun; "" = as it is.
func (d *Duty) version(ctx context.Context, t *bot.Turn, hash string) (*table.Table, []byte, error) {
	if hash == "" || hash == d.hash {
		return d.cfg.Table, d.body, nil
	}
	kept, err := t.Tx.Forms().Get(ctx, name, hash)
	if err != nil {
		return nil, nil, fmt.Errorf("loading version %s of the weekly table: %w", hash, err)
	}
	tb, err := table.FromBody(kept.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("reading version %s of the weekly table: %w", hash, err)
	}
	tb.Opening = d.cfg.Table.Opening
	return tb, kept.Body, nil
}

// historyOf is how many earlier filings the checks look back on.
const historyOf = 4

// facts gathers what the records know.
func (d *Duty) facts(ctx context.Context, t *bot.Turn, tb *table.Table, g target) (*facts, error) {
	fc := &facts{table: tb, target: g, reporter: t.Person.Account, reviewer: Reviewer(t.Roster(), t.Person, g.unit)}
	var err error
	if fc.ledger, err = d.ledger(ctx, t.Tx, g); err != nil {
		return nil, err
	}
	recent, err := t.Tx.Filings().Recent(ctx, tb.ID, g.unit, PeriodKey(g.period), historyOf)
	if err != nil {
		return nil, fmt.Errorf("loading earlier filings: %w", err)
	}
	for _, f := range recent {
		fc.history = append(fc.history, values(f))
	}
	sums, err := t.Tx.Filings().Sums(ctx, tb.ID, 0, PeriodKey(g.period)-1, []string{g.unit})
	if err != nil {
		return nil, fmt.Errorf("adding up earlier filings: %w", err)
	}
	fc.cum = make(map[string]zh.Num, len(sums))
	for k, v := range sums {
		fc.cum[k] = zh.Num(v)
	}
	for _, fig := range tb.Figures() { // of what is no sum, the latest counts
		if fig.Agg == table.Last {
			delete(fc.cum, fig.Key)
			if len(fc.history) > 0 {
				fc.cum[fig.Key] = fc.history[0][fig.Key]
			}
		}
	}
	return fc, nil
}

// report is the values with the facts beside them, as the table checks them.
func (fc *facts) report(v map[string]dialog.Value) table.Report {
	given := fc.given(v)
	return table.Report{Values: given, Ledger: fc.ledger, History: fc.history, Cum: fc.cum,
		Opening: fc.table.OpeningOf(fc.target.unit), Zero: fc.table.AllZero(given),
		Reporter: fc.reporter, Reviewer: fc.reviewer}
}

// zero says whether there is nothing to report: nothing that people give, and
// nothing that the ledgers count in the period.
func (fc *facts) zero(given map[string]zh.Num) bool {
	for k, n := range fc.ledger {
		if fig, ok := fc.table.Figure(k); ok && fig.Source == table.Ledger && fig.Agg == table.Sum && n != 0 {
			return false
		}
	}
	return fc.table.AllZero(given)
}

// whys are the checks that every figure has, in the words of forms.
var whys = map[string]dialog.Why{table.NotWhole: dialog.NotWhole, table.TooFine: dialog.TooFine,
	table.Negative: dialog.Negative, table.TooLarge: dialog.TooLarge}

func (fc *facts) check(v map[string]dialog.Value) []dialog.Finding {
	var out []dialog.Finding
	for _, f := range fc.table.Check(fc.report(v)) {
		out = append(out, dialog.Finding{ID: f.Rule, Blocks: f.Level == table.Error, Message: f.Message,
			Reading: f.Reading, Fields: f.Figures, Why: whys[f.Rule], Arg: f.Limit})
	}
	return out
}

// followups are what is worth asking for beside what was given: the figures whose
// condition holds, and the causes of the cases that were filed.
func (fc *facts) followups(v map[string]dialog.Value) []string {
	given := fc.given(v)
	var out []string
	for _, f := range fc.table.AskIf(given) {
		out = append(out, f.Key)
	}
	for _, c := range fc.table.Matrix.Cols[:min(1, len(fc.table.Matrix.Cols))] {
		if given[c.Total] == 0 {
			continue
		}
		var sum zh.Num
		var cells []string
		for _, f := range fc.table.Figures() {
			if f.Row != "" && f.Col == c.ID {
				sum += given[f.Key]
				cells = append(cells, f.Key)
			}
		}
		if sum < given[c.Total] {
			out = append(out, cells...)
		}
	}
	return out
}

// defaults are what stands where nothing was said: 0 for what must be reported,
// last week's value for what carries, the ledger's count.
func (fc *facts) defaults() map[string]dialog.Value {
	out := map[string]dialog.Value{}
	for key, n := range fc.table.Fill(table.Report{Ledger: fc.ledger, History: fc.history}) {
		fig, _ := fc.table.Figure(key)
		v := dialog.Value{Num: n, Origin: dialog.Defaulted}
		if _, counted := fc.ledger[key]; counted && fig.Source == table.Ledger {
			v.Origin = dialog.Recorded
		} else if fig.Carry && n != 0 {
			v.Origin = dialog.Repeated
		} else if fig.Source == table.Computed {
			continue
		}
		out[key] = v
	}
	for key, n := range fc.known() {
		out[key] = dialog.Value{Num: n, Origin: dialog.Recorded}
	}
	return out
}

// known is what the register of cases knows of figures that people type: it stands where
// they have typed nothing.
func (fc *facts) known() map[string]zh.Num {
	out := map[string]zh.Num{}
	for key, n := range fc.ledger {
		if fig, ok := fc.table.Figure(key); ok && fig.Source == table.Typed && n != 0 {
			out[key] = n
		}
	}
	return out
}

// given is what people have typed, and where they have not what the registers know.
func (fc *facts) given(v map[string]dialog.Value) map[string]zh.Num {
	out := fc.known()
	maps.Copy(out, numbers(v))
	return out
}

// numbers are the values of a draft as the table knows them.
func numbers(v map[string]dialog.Value) map[string]zh.Num {
	out := make(map[string]zh.Num, len(v))
	for k, x := range v {
		out[k] = x.Num
	}
	return out
}

// values are the values of a filing.
func values(f store.Filing) map[string]zh.Num {
	out := make(map[string]zh.Num, len(f.Values))
	for k, v := range f.Values {
		out[k] = zh.Num(v)
	}
	return out
}

// notes is what a filing keeps beside its values.
type notes struct {
	// Given are the figures that the person gave; the others are defaults,
	// counted or computed.
	Given []string `json:"given"`
	// Reasons are the explanations of warnings, by rule, with the numbers that they
	// were given for.
	Reasons map[string]dialog.Note `json:"reasons,omitempty"`
}

// said are the values of a filing that a person gave.
func (d *Duty) said(f store.Filing) map[string]dialog.Value {
	out := map[string]dialog.Value{}
	for _, k := range notesOf(f).Given {
		out[k] = dialog.Value{Num: zh.Num(f.Values[k])}
	}
	return out
}

// notesOf reads what a filing keeps beside its values.
func notesOf(f store.Filing) (n notes) {
	if err := json.Unmarshal(f.Notes, &n); err != nil {
		return notes{} // nothing was given that is known of
	}
	return n
}

// correction is a draft of what was filed, ready to be changed; what was explained
// stays explained.
func (d *Duty) correction(f store.Filing) dialog.Draft {
	return dialog.Draft{Values: d.said(f), Base: d.said(f), BaseVersion: f.Version, Correcting: true,
		Phase: dialog.Confirming, Notes: notesOf(f).Reasons}
}
