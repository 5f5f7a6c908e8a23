package weekly

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"zhuanban/bot/zh"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/weekly/table"
	"zhuanban/store"
)

// What the registers of leads and cases can count for a figure (Config.Ledger):
//
//	registered            leads that the unit registered in the period, withdrawn ones left out
//	source:SOURCE         of those, by source
//	state:STATE           leads that the unit registered up to its end and that stand there
//	routed                leads of the unit whose way was decided in the period
//	outcome:A+B           checks that ended so in the period, by the unit that answered for them;
//	                      checked is all outcomes but merged
//	pending, overdue      checks that went on at its end; and of those, late ones
//	supervised            notices to the unit that were signed in the period
//	case:filed …          cases by the event: filed, major (of those filed), decided, closed
//	case:value …          of the cases filed: value, goods, seized; of those decided: fine
//	tag:TAG               of the cases filed: ecom, live, market, rural, local, abroad
//	goods:CATEGORY        of the cases filed, by category of goods
//	cause:COLUMN          for a cell of the matrix, whose row is the cause: filed, closed, value,
//	                      fine, police
//	sent:police …         transfers that left: police, out+other; persons, police_filed
//
// A key with a * stands for every row of the matrix: g_*_filed.
const (
	kindRegistered = "registered"
	kindSource     = "source"
	kindState      = "state"
	kindRouted     = "routed"
	kindOutcome    = "outcome"
	kindChecked    = "checked"
	kindPending    = "pending"
	kindOverdue    = "overdue"
	kindSupervised = "supervised"
	kindCase       = "case"
	kindTag        = "tag"
	kindGoods      = "goods"
	kindCause      = "cause"
	kindSent       = "sent"
)

// Counts lists what a figure can be counted by, for the configuration's errors.
func Counts() []string {
	return []string{kindRegistered, kindSource, kindState, kindRouted, kindOutcome, kindChecked, kindPending, kindOverdue, kindSupervised,
		kindCase, kindTag, kindGoods, kindCause, kindSent}
}

// majorFrom is the value from which a case is a major one: 50万元 (reference, 1.2).
const majorFrom = 50_000_000

// Ledger is the configured figures, with those of the matrix written out.
func Ledger(t *table.Table, configured map[string]string) map[string]string {
	out := map[string]string{}
	for figure, what := range configured {
		before, after, many := strings.Cut(figure, "*")
		if !many {
			out[figure] = what
			continue
		}
		for _, f := range t.Figures() {
			if f.Row != "" && f.Key == before+f.Row+after {
				out[f.Key] = what + ":" + f.Row
			}
		}
	}
	return out
}

// register is what the registers know of a unit in a period.
type register struct {
	bySource, byState, outcomes, sent, police map[string]int64
	routed, pending, overdue, supervised      int64
	persons, policeFiled                      int64
	filed, decided, closed                    []store.CaseTotal
}

// ledger counts what the registers of leads and cases know of the unit in the period. Of
// figures that people type it knows nothing while the unit had no case in it: not every
// unit keeps its cases here.
func (d *Duty) ledger(ctx context.Context, tx *store.Tx, g target) (map[string]zh.Num, error) {
	out := map[string]zh.Num{}
	if len(d.cfg.Ledger) == 0 {
		return out, nil
	}
	r, err := d.register(ctx, tx, g)
	if err != nil {
		return nil, err
	}
	cases := len(r.filed)+len(r.decided)+len(r.closed)+len(r.sent) > 0
	for figure, what := range d.cfg.Ledger {
		fig, ok := d.cfg.Table.Figure(figure)
		if ok && (cases || fig.Source == table.Ledger) {
			out[figure] = r.count(what)
		}
	}
	return out, nil
}

func (d *Duty) register(ctx context.Context, tx *store.Tx, g target) (r register, err error) {
	from, to := g.period.From.Time(), g.period.To.AddDays(1).Time()
	if r.bySource, err = tx.Leads().Counts(ctx, store.LeadFilter{Unit: g.unit, From: from, To: to}, "source"); err != nil {
		return r, fmt.Errorf("counting the unit's leads: %w", err)
	}
	gone, err := tx.Leads().Counts(ctx, store.LeadFilter{Unit: g.unit, From: from, To: to, States: []store.LeadState{store.LeadState(flow.Withdrawn)}}, "source")
	if err != nil {
		return r, fmt.Errorf("counting the unit's withdrawn leads: %w", err)
	}
	for source, n := range gone {
		r.bySource[source] -= n
	}
	if r.byState, err = tx.Leads().Counts(ctx, store.LeadFilter{Unit: g.unit, To: to}, "state"); err != nil {
		return r, fmt.Errorf("counting the unit's open leads: %w", err)
	}
	h := tx.Handlings()
	if r.outcomes, err = h.Outcomes(ctx, g.unit, from, to); err != nil {
		return r, err
	}
	if r.routed, err = h.Routed(ctx, g.unit, from, to); err != nil {
		return r, err
	}
	if r.pending, r.overdue, err = h.Pending(ctx, g.unit, to, store.LeadState(flow.Registered)); err != nil {
		return r, err
	}
	if r.supervised, err = tx.Supervisions().Signed(ctx, g.unit, from, to); err != nil {
		return r, err
	}
	for _, of := range []struct {
		what store.CaseEvent
		into *[]store.CaseTotal
	}{{store.CaseFiled, &r.filed}, {store.CaseDecided, &r.decided}, {store.CaseClosed, &r.closed}} {
		if *of.into, err = tx.Cases().Totals(ctx, g.unit, of.what, from, to, majorFrom); err != nil {
			return r, err
		}
	}
	t := tx.Transfers()
	if r.sent, err = t.Sent(ctx, g.unit, from, to); err != nil || len(r.sent) == 0 {
		return r, err
	}
	if r.police, err = t.PoliceByCause(ctx, g.unit, from, to); err != nil {
		return r, err
	}
	if r.persons, err = t.Persons(ctx, g.unit, from, to); err != nil {
		return r, err
	}
	r.policeFiled, err = t.Answered(ctx, g.unit, "filed", from, to)
	return r, err
}

// count is one figure.
func (r register) count(what string) zh.Num {
	kind, arg, _ := strings.Cut(what, ":")
	switch kind {
	case kindRegistered:
		return zh.FromInt(total(r.bySource))
	case kindSource:
		return zh.FromInt(r.bySource[arg])
	case kindState:
		return zh.FromInt(r.byState[arg])
	case kindRouted:
		return zh.FromInt(r.routed)
	case kindOutcome:
		return zh.FromInt(of(r.outcomes, arg))
	case kindChecked:
		return zh.FromInt(total(r.outcomes) - r.outcomes[string(flow.Merged)])
	case kindPending:
		return zh.FromInt(r.pending)
	case kindOverdue:
		return zh.FromInt(r.overdue)
	case kindSupervised:
		return zh.FromInt(r.supervised)
	case kindSent:
		switch arg {
		case "persons":
			return zh.FromInt(r.persons)
		case "police_filed":
			return zh.FromInt(r.policeFiled)
		}
		return zh.FromInt(of(r.sent, arg))
	}
	return r.cases(kind, arg)
}

// cases is a figure of the register of cases. Money is in 分, which is the millionth of
// 万元 that the table counts in.
func (r register) cases(kind, arg string) zh.Num {
	sum := func(of []store.CaseTotal, n func(store.CaseTotal) int64) (out int64) {
		for _, c := range of {
			out += n(c)
		}
		return out
	}
	number := func(c store.CaseTotal) int64 { return c.Cases }
	switch kind {
	case kindTag:
		return zh.FromInt(sum(r.filed, func(c store.CaseTotal) int64 {
			return map[string]int64{"ecom": c.Ecom, "live": c.Live, "market": c.Market, "rural": c.Rural, "local": c.Local, "abroad": c.Abroad}[arg]
		}))
	case kindGoods:
		return zh.FromInt(sum(only(r.filed, func(c store.CaseTotal) bool { return c.Category == arg }), number))
	case kindCause:
		column, row, _ := strings.Cut(arg, ":")
		if column == "police" {
			return zh.FromInt(r.police[row])
		}
		in := func(c store.CaseTotal) bool { return c.Cause == row }
		return register{filed: only(r.filed, in), decided: only(r.decided, in), closed: only(r.closed, in)}.cases(kindCase, column)
	}
	switch arg {
	case "filed":
		return zh.FromInt(sum(r.filed, number))
	case "major":
		return zh.FromInt(sum(r.filed, func(c store.CaseTotal) int64 { return c.Major }))
	case "decided":
		return zh.FromInt(sum(r.decided, number))
	case "closed":
		return zh.FromInt(sum(r.closed, number))
	case "value":
		return zh.Num(sum(r.filed, func(c store.CaseTotal) int64 { return c.Value }))
	case "fine":
		return zh.Num(sum(r.decided, func(c store.CaseTotal) int64 { return c.Fine }))
	case "goods":
		return zh.FromInt(sum(r.filed, func(c store.CaseTotal) int64 { return c.Goods }))
	case "seized":
		return zh.Num(sum(r.filed, func(c store.CaseTotal) int64 { return c.Seized }))
	}
	return 0
}

func only(totals []store.CaseTotal, is func(store.CaseTotal) bool) []store.CaseTotal {
	return slices.DeleteFunc(slices.Clone(totals), func(c store.CaseTotal) bool { return !is(c) })
}

func total(counts map[string]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// of adds up the counts that a list names: transferred_other+transferred_out.
func of(counts map[string]int64, list string) (n int64) {
	for one := range strings.SplitSeq(list, "+") {
		n += counts[one]
	}
	return n
}
