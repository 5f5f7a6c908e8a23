package table

import (
	"slices"
	"strconv"
	"strings"

	"zhuanban/bot/zh"
)

// Report is what is known of one unit's report of one period.
type Report struct {
	Values  map[string]zh.Num   // only what was given
	Ledger  map[string]zh.Num   // what the ledgers count for the unit and period; nil = not known
	History []map[string]zh.Num // earlier filed values of the unit, newest first
	Cum     map[string]zh.Num   // cumulative before this report, from the accepted filings
	// Supplied are cumulative values that came with an uploaded sheet.
	Supplied map[string]zh.Num
	Opening  *zh.Num // 期初在办 of the unit; nil = none registered
	Zero     bool    // it is a zero report
	Reporter string  // account of who filled it in
	Reviewer string  // account of who is to review it; "" = not known yet
	// Accepted is how many filings of the unit and period are in force and would
	// not be replaced by this one.
	Accepted int
}

// given says whether a figure's value was typed, or counted from the ledger.
func (r *Report) given(t *Table, key string) bool {
	if _, ok := r.Values[key]; ok {
		return true
	}
	_, ok := r.Ledger[key]
	f, known := t.Figure(key)
	return ok && known && f.Source == Ledger
}

// Finding is something that is wrong, or that wants an explanation.
type Finding struct {
	Rule    string // the rule's id, or one of the checks that every figure has
	Level   Level
	Message string   // what is wrong, as the rule says it; "" of the checks that every figure has
	Limit   string   // of those: the decimals or the value that it may have
	Figures []string // keys of the figures involved, in the order of the reading
	Reading string   // the numbers: 巡查商品交易批发市场和展销会 5 > 检查各类市场 3
	Remedy  []string // keys of figures to ask for
}

// The checks that every figure has, as they appear in Finding.Rule.
const (
	NotWhole = "whole"    // a count with decimals
	TooFine  = "scale"    // more decimals than the figure has
	Negative = "negative" // below zero
	TooLarge = "max"      // more than is believed
)

// Check says what is wrong with a report: the rules in the order of the table,
// then the checks that every figure has. It gives the same findings for the same
// report, and none for a report without faults.
func (t *Table) Check(in Report) []Finding {
	var out []Finding
	for _, c := range t.rules {
		if f, fires := t.apply(c, &in); fires {
			out = append(out, f)
		}
	}
	for _, f := range t.figures {
		v, ok := in.Values[f.Key]
		if !ok {
			continue
		}
		rule, limit := f.check(v)
		if rule == "" || rule == Negative && named(out, f.Key) {
			continue
		}
		out = append(out, Finding{Rule: rule, Level: Error, Limit: limit,
			Figures: []string{f.Key}, Reading: f.Label + " " + f.Show(v)})
	}
	return out
}

// named says whether an error about the figure was found already.
func named(findings []Finding, key string) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool {
		return f.Level == Error && slices.Contains(f.Figures, key)
	})
}

// compiled is a rule ready to be asked.
type compiled struct {
	rule     Rule
	expr     *node
	mentions []string // the figures that it names itself
	opening  bool     // it asks for the opening
}

// apply asks one rule.
func (t *Table) apply(c compiled, in *Report) (Finding, bool) {
	s := scene{table: t, in: in, cumulative: c.rule.Scope == ScopeCum}
	level := c.rule.Level
	if c.opening && in.Opening == nil && c.rule.WithoutOpening != "" {
		s.zeroOpening, level = true, c.rule.WithoutOpening
	}
	if len(c.mentions) > 0 && !s.anyGiven(c.mentions) {
		return Finding{}, false
	}
	if v := s.eval(c.expr); !v.known || v.truth {
		return Finding{}, false
	}
	var r reading
	s.explain(c.expr, &r)
	return Finding{Rule: c.rule.ID, Level: level, Message: c.rule.Message, Figures: r.figures,
		Reading: strings.Join(r.parts, "；"), Remedy: slices.Clone(c.rule.Remedy)}, true
}

// check is the check of a figure by itself.
func (f Figure) check(v zh.Num) (rule, limit string) {
	step := zh.One
	for range f.Scale {
		step /= 10
	}
	_, whole := v.Int()
	switch {
	case v < 0:
		return Negative, ""
	case f.Kind == Count && !whole:
		return NotWhole, ""
	case f.Kind == Quantity && v%step != 0:
		return TooFine, strconv.Itoa(f.Scale)
	case f.Max > 0 && v > f.Max:
		return TooLarge, f.Show(f.Max)
	}
	return "", ""
}
