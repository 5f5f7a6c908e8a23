package table

import (
	"errors"
	"fmt"
	"slices"

	"zhuanban/bot/calendar"
	"zhuanban/bot/config"
)

// compile checks what the definition means and makes it ready to be used. It
// reports everything that is wrong.
func (t *Table) compile() []problem {
	v := &validator{table: t}
	v.frame()
	v.sections()
	v.fields()
	v.matrix()
	t.expand()
	v.names()
	v.overrides()
	if len(v.problems) == 0 { // otherwise every expression would complain of the same
		v.expressions()
	}
	return v.problems
}

type validator struct {
	table    *Table
	problems []problem
}

func (v *validator) add(at, found, want, remedy string) {
	v.problems = append(v.problems, problem{at: at, found: found, want: want, remedy: remedy})
}

func (v *validator) frame() {
	t := v.table
	if t.Campaign.End.Before(t.Campaign.Start) {
		v.add("campaign.end", "", "a day not before "+t.Campaign.Start.String(), "")
	}
	if t.Due.Weekday < 1 || t.Due.Weekday > 7 {
		v.add("due.weekday", "", "1 (Monday) to 7 (Sunday)", "")
	}
	shifts := []string{string(calendar.None), string(calendar.PrevWorkday), string(calendar.NextWorkday)}
	if t.Due.Shift != "" && !slices.Contains(shifts, string(t.Due.Shift)) {
		v.add("due.shift", fmt.Sprintf("unknown value %q", t.Due.Shift), "",
			config.Suggest(string(t.Due.Shift), shifts, "the values here are"))
	}
	if days := t.Period.To - t.Period.From + 1; days != 7 {
		v.add("period.to", fmt.Sprintf("a period of %d days", days), "seven",
			"periods that overlap count twice, periods with a gap lose days")
	}
	if int(t.Period.To) > t.Due.Weekday-1 {
		v.add("period.to", "", "a day not after the one on which it is due", "")
	}
	if t.Amount.Unit != "" && t.Amount.Unit != "万元" {
		v.add("amount.unit", "", "万元", "amounts are held in 万元; 元 can be typed where accept_yuan is true")
	}
}

func (v *validator) sections() {
	seen := map[string]bool{}
	for i, s := range v.table.Sections {
		at := fmt.Sprintf("sections[%d].id", i)
		if seen[s.ID] {
			v.add(at, "", "an id of its own", "")
		}
		seen[s.ID] = true
	}
}

// section checks that a field's section exists.
func (v *validator) section(at, id string) {
	var ids []string
	for _, s := range v.table.Sections {
		ids = append(ids, s.ID)
	}
	if !slices.Contains(ids, id) {
		v.add(at, fmt.Sprintf("unknown section %q", id), "", config.Suggest(id, ids, "the sections are"))
	}
}

func (v *validator) fields() {
	for i, f := range v.table.Fields {
		at := fmt.Sprintf("fields[%d].", i)
		v.key(at+"key", f.Key)
		v.section(at+"sec", f.Section)
		v.scale(at+"scale", f.Type, f.Scale)
		switch {
		case f.Source == Computed && f.Formula == "":
			v.add(at+"formula", "", "a formula, since the source is computed", "")
		case f.Source != Computed && f.Formula != "":
			v.add(at+"formula", "a formula that is not used", "", "add source: computed, or take it out")
		}
		if f.Carry && f.Agg != Last {
			v.add(at+"carry", "", "agg: last beside it", "a figure that is added up must not be carried over")
		}
		if f.AskIf != "" && f.Source != Typed {
			v.add(at+"ask_if", "a condition that is not used", "", "a figure with a source is never asked")
		}
	}
}

func (v *validator) scale(at string, of Type, scale int) {
	if scale < 0 || scale > 6 || of == Int && scale > 0 {
		v.add(at, "", "0 to 6 decimals, and none for int", "")
	}
}

// key checks that a key can be written in expressions.
func (v *validator) key(at, key string) {
	tokens, err := lex(key)
	if err != nil || len(tokens) != 2 || isDigit(rune(key[0])) || !isWord(rune(key[0])) {
		v.add(at, "", "small letters, digits and _", "begin with a letter")
		return
	}
	if reserved(key) {
		v.add(at, "", "another key", "the rules' language uses this word")
	}
}

func (v *validator) matrix() {
	m := v.table.Matrix
	if len(m.Rows) == 0 && len(m.Cols) == 0 && m.Section == "" {
		return
	}
	v.section("matrix.sec", m.Section)
	for i, row := range m.Rows {
		v.key(fmt.Sprintf("matrix.rows[%d].id", i), row.ID)
	}
	if len(m.Rows) == 0 || len(m.Cols) == 0 {
		v.add("matrix", "", "rows and cols", "")
	}
	for i, col := range m.Cols {
		at := fmt.Sprintf("matrix.cols[%d].", i)
		v.key(at+"id", col.ID)
		v.scale(at+"scale", col.Type, col.Scale)
		var keys []string
		for _, f := range v.table.Fields {
			keys = append(keys, f.Key)
		}
		if !slices.Contains(keys, col.Total) {
			v.add(at+"total", fmt.Sprintf("unknown figure %q", col.Total), "", config.Suggest(col.Total, keys, "the figures are"))
		}
	}
}

// names checks that no two figures share a key, a label or an alias.
func (v *validator) names() {
	type holder struct{ key, at string }
	keys, words := map[string]string{}, map[string]holder{}
	claim := func(key, word, at string) {
		first, taken := words[word]
		if taken && first.key != key {
			v.problems = append(v.problems, problem{at: at, found: fmt.Sprintf("%q", word), want: "a name of its own",
				remedy: fmt.Sprintf("it belongs to %s", first.key), other: first.at})
		}
		if !taken {
			words[word] = holder{key, at}
		}
	}
	figure := func(key, at string) {
		if first, taken := keys[key]; taken {
			v.problems = append(v.problems, problem{at: at, found: fmt.Sprintf("%q", key), want: "a key of its own",
				remedy: "it is already", other: first})
		} else {
			keys[key] = at
		}
	}
	for i, f := range v.table.Fields {
		at := fmt.Sprintf("fields[%d]", i)
		figure(f.Key, at+".key")
		claim(f.Key, f.Label, at+".label")
		for j, alias := range f.Alias {
			claim(f.Key, alias, fmt.Sprintf("%s.alias[%d]", at, j))
		}
	}
	for i, row := range v.table.Matrix.Rows {
		at := fmt.Sprintf("matrix.rows[%d]", i)
		for _, col := range v.table.Matrix.Cols {
			key := cellKey(row.ID, col.ID)
			figure(key, at+".id")
			claim(key, row.Label+col.Label, at+".label")
			for j, alias := range row.Alias {
				claim(key, alias+col.Label, fmt.Sprintf("%s.alias[%d]", at, j))
			}
		}
	}
}

func (v *validator) overrides() {
	for _, p := range v.problems {
		if p.at == "due.weekday" || p.at == "campaign.end" {
			return
		}
	}
	periods := v.table.spans()
	for i, o := range v.table.Overrides {
		at := fmt.Sprintf("overrides[%d].period", i)
		switch n := slices.IndexFunc(periods, o.Period.names); {
		case n < 0:
			v.add(at, "", fmt.Sprintf("1 to %d, or the day on which one of these is due", len(periods)), "")
		case slices.ContainsFunc(v.table.Overrides[:i], func(earlier Override) bool { return earlier.Period.names(periods[n]) }):
			v.add(at, "", "each period once", "")
		}
	}
}

// expressions compiles the conditions, formulas and rules.
func (v *validator) expressions() {
	t := v.table
	t.asks, t.formula, t.rules = map[string]*node{}, map[string]*node{}, nil
	for i, f := range t.Fields {
		if f.AskIf != "" {
			t.asks[f.Key] = v.expr(fmt.Sprintf("fields[%d].ask_if", i), f.AskIf, truth)
		}
		if f.Source != Computed {
			continue
		}
		at := fmt.Sprintf("fields[%d].formula", i)
		n := v.expr(at, f.Formula, number)
		t.formula[f.Key] = n
		for _, key := range n.mentions(t) {
			if other, _ := t.Figure(key); other.Source == Computed {
				v.add(at, fmt.Sprintf("the computed figure %q", key), "figures that are given or counted", "put its formula here")
			}
		}
	}
	ids := map[string]int{}
	for i, r := range t.Rules {
		v.rule(i, r, ids)
	}
}

func (v *validator) rule(i int, r Rule, ids map[string]int) {
	at := fmt.Sprintf("rules[%d].", i)
	if first, taken := ids[r.ID]; taken {
		v.problems = append(v.problems, problem{at: at + "id", want: "an id of its own",
			remedy: "it is already", other: fmt.Sprintf("rules[%d].id", first)})
	} else {
		ids[r.ID] = i
	}
	for j, key := range r.Remedy {
		if _, known := v.table.Figure(key); !known {
			v.add(fmt.Sprintf("%sremedy[%d]", at, j), fmt.Sprintf("unknown figure %q", key), "", v.nearest(key))
		}
	}
	n := v.expr(at+"expr", r.Expr, truth)
	c := compiled{rule: r, expr: n, mentions: n.mentions(v.table)}
	n.visit(func(n *node) bool {
		c.opening = c.opening || n.op == opContext && n.name == "opening"
		return true
	})
	if r.WithoutOpening != "" && !c.opening && n != nil {
		v.add(at+"without_opening", "", "an expr that uses opening", "take it out")
	}
	v.table.rules = append(v.table.rules, c)
}

func (v *validator) nearest(key string) string {
	keys := make([]string, len(v.table.figures))
	for i, f := range v.table.figures {
		keys[i] = f.Key
	}
	if near := config.Nearest(key, keys); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// expr compiles one expression; nil where it has a mistake.
func (v *validator) expr(at, source string, want typ) *node {
	n, err := v.table.parseExpr(source, want)
	var mistake *exprError
	if errors.As(err, &mistake) {
		v.add(at, fmt.Sprintf("column %d: %s", mistake.at, mistake.what), "", mistake.remedy)
		return nil
	}
	return n
}
