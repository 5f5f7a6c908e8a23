package table

import (
	"math/big"
	"slices"
	"strings"

	"zhuanban/bot/zh"
)

// reading says why an expression is true or false, with the numbers put in:
// 巡查商品交易批发市场和展销会 5 > 检查各类市场 3. Only the comparisons that decided
// are said.
type reading struct {
	parts   []string
	figures []string
}

func (r *reading) mention(keys ...string) {
	for _, key := range keys {
		if !slices.Contains(r.figures, key) {
			r.figures = append(r.figures, key)
		}
	}
}

// explain adds to the reading why n is what it is.
func (s scene) explain(n *node, r *reading) {
	switch n.op {
	case opNot:
		s.explain(n.args[0], r)
	case opAnd, opOr:
		whole := s.eval(n)
		for _, a := range n.args {
			if v := s.eval(a); v.known && v.truth == whole.truth {
				s.explain(a, r)
			}
		}
	case opEach:
		for _, key := range s.keys(n) {
			s.x = key
			if v := s.eval(n.body); v.known && !v.truth {
				s.explain(n.body, r)
			}
		}
	case opCompare:
		r.parts = append(r.parts, s.comparison(n))
		s.mentionIn(n, r)
	case opContext:
		r.parts = append(r.parts, s.operand(n, false))
		s.mentionIn(n, r)
	case opGiven:
		if !s.eval(n).truth {
			s.lacking(s.keys(n), r)
		}
	case opColumn:
		if !s.eval(n).truth {
			r.parts = append(r.parts, "未填各案由"+s.column(n.column).Label)
		}
	}
}

// lacking says that none of the figures was given.
func (s scene) lacking(keys []string, r *reading) {
	labels := make([]string, len(keys))
	for i, key := range keys {
		labels[i] = s.label(key)
	}
	r.parts = append(r.parts, "未填"+strings.Join(labels, "、"))
	r.mention(keys...)
}

// mentionIn notes the figures that a comparison is about.
func (s scene) mentionIn(n *node, r *reading) {
	n.visit(func(n *node) bool {
		switch {
		case n.op == opFigure:
			r.mention(s.key(n))
		case n.op == opColumn:
			for _, key := range s.table.cellKeys(n.column) {
				if s.in.given(s.table, key) {
					r.mention(key)
				}
			}
		case n.op == opContext && n.name == "all_zero":
			r.mention(s.table.nonZero(s.in.Values)...)
		}
		return true
	})
}

// signs are how comparisons are written when they hold, and when they do not.
var signs = map[string][2]string{
	"<": {"<", "≥"}, "<=": {"≤", ">"}, ">": {">", "≤"}, ">=": {"≥", "<"}, "==": {"=", "≠"}, "!=": {"≠", "="},
}

func (s scene) comparison(n *node) string {
	sign := signs[n.name][0]
	if v := s.eval(n); !v.truth {
		sign = signs[n.name][1]
	}
	money := s.isMoney(n)
	return s.side(n.args[0], money) + " " + sign + " " + s.side(n.args[1], money)
}

// side is one side of a comparison: if something is computed there, with the
// result.
func (s scene) side(n *node, money bool) string {
	said := s.operand(n, money)
	switch {
	case n.op == opCall && n.name == "abs":
		return said + " 相差 " + s.amount(n, money)
	case n.op == opArith && !(n.name == "+" && len(s.summands(n)) == 1):
		return said + " = " + s.amount(n, money)
	}
	return said
}

// isMoney says whether an expression is about money.
func (s scene) isMoney(n *node) bool {
	found := false
	n.visit(func(n *node) bool {
		switch n.op {
		case opFigure:
			f, _ := s.table.Figure(s.key(n))
			found = found || f.Kind == Money
		case opColumn:
			f, _ := s.table.Figure(s.table.cellKeys(n.column)[0])
			found = found || f.Kind == Money
		}
		return true
	})
	return found
}

// amount is the value of a node: money with its unit, anything else bare.
func (s scene) amount(n *node, money bool) string {
	v := s.eval(n)
	switch {
	case !v.known:
		return "未知"
	case !v.num.IsInt64():
		return new(big.Int).Quo(v.num, big.NewInt(int64(zh.One))).String()
	case money:
		return Figure{Kind: Money}.Show(zh.Num(v.num.Int64()))
	}
	return zh.Num(v.num.Int64()).String()
}

// prefixes tell lookups from the figure itself.
var prefixes = map[string]string{"cum": "累计", "avg4w": "近4周平均", "prev": "上期", "supplied": "表内累计", "ledger": "台账"}

// operand is a value with the name it goes by.
func (s scene) operand(n *node, money bool) string {
	switch n.op {
	case opLiteral:
		return s.amount(n, money)
	case opFigure:
		label := s.label(s.key(n))
		if s.cumulative {
			label = prefixes["cum"] + label
		}
		return label + " " + s.amount(n, money)
	case opLookup:
		return prefixes[n.name] + s.label(s.key(n.args[0])) + " " + s.amount(n, money)
	case opColumn:
		return "各案由" + s.column(n.column).Label + "合计 " + s.amount(n, money)
	case opContext:
		return s.word(n)
	case opCall:
		return s.function(n, money)
	case opArith:
		return s.arithmetic(n, money)
	}
	return ""
}

// label is a figure's label, without the words that only place it in the table.
func (s scene) label(key string) string {
	f, _ := s.table.Figure(key)
	if rest, part := strings.CutPrefix(f.Label, "其中"); part {
		return strings.TrimLeft(rest, ":：")
	}
	return f.Label
}

func (s scene) column(id string) Column {
	i := slices.IndexFunc(s.table.Matrix.Cols, func(c Column) bool { return c.ID == id })
	return s.table.Matrix.Cols[i]
}

// word says a word about the filing.
func (s scene) word(n *node) string {
	yesNo := map[bool]string{true: "是", false: "否"}
	switch n.name {
	case "zero":
		return "零报告 " + yesNo[s.eval(n).truth]
	case "all_zero":
		return "各项全为0 " + yesNo[s.eval(n).truth]
	case "reporter":
		return "填报人 " + s.in.Reporter
	case "reviewer":
		return "审核人 " + s.in.Reviewer
	case "accepted":
		return "已生效 " + s.amount(n, false)
	}
	return "期初在办 " + s.amount(n, false)
}

// function says max and min by the argument that they choose, abs by its
// argument.
func (s scene) function(n *node, money bool) string {
	if n.name == "abs" {
		return s.operand(n.args[0], money)
	}
	values := make([]*big.Int, len(n.args))
	for i, a := range n.args {
		if values[i] = s.eval(a).num; values[i] == nil {
			return "未知"
		}
	}
	return s.operand(n.args[extreme(n.name, values)], money)
}

// arithmetic says a calculation.
func (s scene) arithmetic(n *node, money bool) string {
	if len(n.args) == 1 {
		return "−" + s.term(n.args[0], money)
	}
	switch n.name {
	case "*":
		return s.factor(n.args[0], money) + "×" + s.factor(n.args[1], money)
	case "/":
		return s.factor(n.args[0], money) + "÷" + s.factor(n.args[1], money)
	case "-":
		return s.operand(n.args[0], money) + " − " + s.term(n.args[1], money)
	}
	var said []string
	for _, a := range s.summands(n) {
		said = append(said, s.operand(a, money))
	}
	return strings.Join(said, " + ")
}

// summands are the terms of a sum that are worth saying: of more than two, not
// the figures that are 0 because nobody gave them.
func (s scene) summands(n *node) []*node {
	var all []*node
	for n.op == opArith && n.name == "+" {
		all = append(all, n.args[1])
		n = n.args[0]
	}
	all = append(all, n)
	slices.Reverse(all)
	if len(all) <= 2 {
		return all
	}
	given := slices.DeleteFunc(slices.Clone(all), func(n *node) bool {
		return n.op == opFigure && s.eval(n).known && s.eval(n).num.Sign() == 0 && !s.in.given(s.table, s.key(n))
	})
	if len(given) == 0 {
		return all[:1]
	}
	return given
}

// term is an operand in brackets where a sign beside it binds tighter.
func (s scene) term(n *node, money bool) string {
	said := s.operand(n, money)
	if n.op == opArith && (n.name == "+" || n.name == "-") {
		return "(" + said + ")"
	}
	return said
}

// factor is a term of a product. A bare number beside money is how many times,
// not how much.
func (s scene) factor(n *node, money bool) string { return s.term(n, money && s.isMoney(n)) }
