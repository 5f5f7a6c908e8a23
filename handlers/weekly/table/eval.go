package table

import (
	"math/big"

	"zhuanban/bot/zh"
)

// value is what a node comes to. What is not known comes to nothing, and so does
// everything computed from it, except where the rest decides: false and unknown
// is false, true or unknown is true.
type value struct {
	known bool
	num   *big.Int // in millionths
	truth bool
	text  string
}

func numeric(n zh.Num) value      { return value{known: true, num: big.NewInt(int64(n))} }
func numericBig(n *big.Int) value { return value{known: true, num: n} }
func logical(b bool) value        { return value{known: true, truth: b} }

// scene is what an expression is computed in.
type scene struct {
	table       *Table
	in          *Report
	cumulative  bool   // figures are cumulative
	zeroOpening bool   // an opening that is not registered counts as 0
	x           string // the figure that each has come to
}

func (s scene) eval(n *node) value {
	switch n.op {
	case opLiteral:
		return numericBig(n.value)
	case opFigure:
		return s.figure(s.key(n))
	case opContext:
		return s.context(n.name)
	case opLookup:
		return s.lookup(n.name, s.key(n.args[0]))
	case opColumn:
		return s.columnOf(n)
	case opGiven:
		return logical(s.anyGiven(s.keys(n)))
	case opEach:
		return s.each(n)
	case opNot:
		v := s.eval(n.args[0])
		v.truth = !v.truth
		return v
	case opAnd, opOr:
		return s.logic(n)
	case opCompare:
		return compare(n.name, s.eval(n.args[0]), s.eval(n.args[1]))
	}
	return s.arith(n)
}

// key is the figure that a figure node stands for.
func (s scene) key(n *node) string {
	if n.name == bound {
		return s.x
	}
	return n.name
}

// keys lists the figures that a given or an each is about.
func (s scene) keys(n *node) []string {
	var out []string
	for _, a := range n.args {
		out = append(out, s.key(a))
	}
	for _, f := range s.table.figures {
		_, entered := s.in.Values[f.Key]
		if n.name == "all" || n.name == "core" && f.Core || n.name == "entered" && entered {
			out = append(out, f.Key)
		}
	}
	return out
}

func (s scene) figure(key string) value {
	if s.cumulative {
		return s.cum(key)
	}
	return s.current(key)
}

// current is a figure of this period: given, counted, computed, carried, or 0.
func (s scene) current(key string) value {
	f := s.table.figures[s.table.index[key]]
	if f.Source == Computed {
		row := s
		row.cumulative = false
		return row.eval(s.table.formula[key])
	}
	if v, ok := s.in.Ledger[key]; ok && f.Source == Ledger {
		return numeric(v)
	}
	if v, ok := s.in.Values[key]; ok {
		return numeric(v)
	}
	if f.Agg == Sum {
		return numeric(0)
	}
	for _, filed := range s.in.History {
		if v, ok := filed[key]; ok && f.Carry {
			return numeric(v)
		}
	}
	return value{}
}

// cum is a figure from the campaign's beginning up to and with this period.
func (s scene) cum(key string) value {
	now := s.current(key)
	f := s.table.figures[s.table.index[key]]
	if !now.known || f.Agg == Last {
		return now
	}
	return numericBig(new(big.Int).Add(now.num, big.NewInt(int64(s.in.Cum[key]))))
}

func (s scene) lookup(function, key string) value {
	var from map[string]zh.Num
	switch function {
	case "cum":
		return s.cum(key)
	case "avg4w":
		return s.average(key, 4)
	case "prev":
		if len(s.in.History) == 0 {
			return value{}
		}
		return numeric(s.in.History[0][key])
	case "supplied":
		from = s.in.Supplied
	case "ledger":
		from = s.in.Ledger
	}
	v, ok := from[key]
	if !ok {
		return value{}
	}
	return numeric(v)
}

// average is the mean of a figure over the latest filed reports.
func (s scene) average(key string, reports int) value {
	latest := s.in.History[:min(reports, len(s.in.History))]
	if len(latest) == 0 {
		return value{}
	}
	total := new(big.Int)
	for _, filed := range latest {
		total.Add(total, big.NewInt(int64(filed[key])))
	}
	return numericBig(divide(total, big.NewInt(int64(len(latest)))))
}

func (s scene) columnOf(n *node) value {
	keys := s.table.cellKeys(n.column)
	if n.name == "matrix_given" {
		return logical(s.anyGiven(keys))
	}
	total := new(big.Int)
	for _, key := range keys {
		v := s.figure(key)
		if !v.known {
			return value{}
		}
		total.Add(total, v.num)
	}
	return numericBig(total)
}

// anyGiven says whether one of the figures was typed or counted.
func (s scene) anyGiven(keys []string) bool {
	for _, key := range keys {
		if s.in.given(s.table, key) {
			return true
		}
	}
	return false
}

func (s scene) context(name string) value {
	switch name {
	case "zero":
		return logical(s.in.Zero)
	case "all_zero":
		return logical(s.table.AllZero(s.in.Values))
	case "accepted":
		return numeric(zh.FromInt(int64(s.in.Accepted)))
	case "reporter":
		return value{known: s.in.Reporter != "", text: s.in.Reporter}
	case "reviewer":
		return value{known: s.in.Reviewer != "", text: s.in.Reviewer}
	}
	if s.in.Opening == nil {
		return value{known: s.zeroOpening, num: new(big.Int)}
	}
	return numeric(*s.in.Opening)
}

// each is false if its body is false for one figure.
func (s scene) each(n *node) value {
	out := logical(true)
	for _, key := range s.keys(n) {
		s.x = key
		switch v := s.eval(n.body); {
		case !v.known:
			out = value{}
		case !v.truth:
			return logical(false)
		}
	}
	return out
}

// logic is and, or: decided by one false, one true.
func (s scene) logic(n *node) value {
	decisive := n.op == opOr
	out := logical(!decisive)
	for _, a := range n.args {
		switch v := s.eval(a); {
		case !v.known:
			out = value{}
		case v.truth == decisive:
			return logical(decisive)
		}
	}
	return out
}

func compare(sign string, a, b value) value {
	switch {
	case !a.known || !b.known:
		return value{}
	case a.num == nil:
		same := a.text == b.text && a.truth == b.truth
		return logical(same == (sign == "=="))
	}
	c := a.num.Cmp(b.num)
	return logical(map[string]bool{"<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0, "==": c == 0, "!=": c != 0}[sign])
}

// arith is a sign or a function between numbers.
func (s scene) arith(n *node) value {
	args := make([]*big.Int, len(n.args))
	for i, a := range n.args {
		v := s.eval(a)
		if !v.known {
			return value{}
		}
		args[i] = v.num
	}
	out := new(big.Int)
	switch n.name {
	case "+":
		out.Add(args[0], args[1])
	case "-":
		out.Sub(out, args[len(args)-1])
		if len(args) == 2 {
			out.Add(out, args[0])
		}
	case "*":
		out = divide(out.Mul(args[0], args[1]), big.NewInt(int64(zh.One)))
	case "/":
		if args[1].Sign() == 0 {
			return value{}
		}
		out = divide(out.Mul(args[0], big.NewInt(int64(zh.One))), args[1])
	case "abs":
		out.Abs(args[0])
	case "max", "min":
		out = args[extreme(n.name, args)]
	}
	return numericBig(out)
}

// extreme is the index of the largest or smallest.
func extreme(function string, args []*big.Int) int {
	best := 0
	for i, a := range args {
		if c := a.Cmp(args[best]); function == "max" && c > 0 || function == "min" && c < 0 {
			best = i
		}
	}
	return best
}

// divide rounds halves away from zero.
func divide(a, b *big.Int) *big.Int {
	quotient, rest := new(big.Int).QuoRem(a, b, new(big.Int))
	twice := new(big.Int).Abs(rest)
	if twice.Lsh(twice, 1).CmpAbs(b) >= 0 {
		quotient.Add(quotient, big.NewInt(int64(a.Sign()*b.Sign())))
	}
	return quotient
}
