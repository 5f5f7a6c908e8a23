package table

import (
	"fmt"
	"math/big"
)

// The rules' language: lex.go, parse.go and call.go make a tree of nodes out of
// text, eval.go computes it, reading.go says it in Chinese with the numbers put
// in. What can be written is described above the rules in the YAML.

// typ is what a node's value is. It is known before anything is computed, so a
// rule that compares a name with a number never reaches a clerk.
type typ int

const (
	number typ = iota
	truth
	text
)

func (t typ) String() string { return [...]string{"a number", "true or false", "a name"}[t] }

// op is what a node does.
type op string

const (
	opLiteral op = "literal" // value
	opFigure  op = "figure"  // name, or the figure of the innermost each if name is "x"
	opContext op = "context" // name: zero, opening …
	opCall    op = "call"    // name: a function of numbers, args
	opLookup  op = "lookup"  // name: a function of one figure, args[0]
	opColumn  op = "column"  // name: a function of a column, column
	opGiven   op = "given"   // args are figures
	opEach    op = "each"    // name: all, core, entered or "" for args; body
	opNot     op = "not"
	opAnd     op = "and"
	opOr      op = "or"
	opCompare op = "compare" // name: the sign
	opArith   op = "arith"   // name: the sign; "-" of one arg is a change of sign
)

// node is an expression.
type node struct {
	op     op
	typ    typ
	name   string
	value  *big.Int // in millionths
	column string
	args   []*node
	body   *node
	at     int // column in the text, from 1
}

// bound is the name of each's own figure.
const bound = "x"

// contexts are the words about the filing.
var contexts = map[string]typ{
	"zero": truth, "all_zero": truth, "accepted": number, "opening": number, "reporter": text, "reviewer": text,
}

// lookups are the functions of one figure, columns those of a matrix column,
// lists what each ranges over besides figures.
var (
	lookups = map[string]bool{"cum": true, "avg4w": true, "prev": true, "supplied": true, "ledger": true}
	columns = map[string]typ{"matrix_sum": number, "matrix_given": truth}
	calls   = map[string]int{"max": 0, "min": 0, "abs": 1} // and how many arguments; 0 = any number
	lists   = map[string]bool{"all": true, "core": true, "entered": true}
)

// reserved says whether a word belongs to the language and can be no key.
func reserved(word string) bool {
	_, context := contexts[word]
	_, column := columns[word]
	_, call := calls[word]
	switch word {
	case bound, "and", "or", "not", "given", "each":
		return true
	}
	return context || column || call || lookups[word] || lists[word]
}

// exprError is a mistake in an expression.
type exprError struct {
	at     int
	what   string
	remedy string
}

func (e *exprError) Error() string {
	s := fmt.Sprintf("column %d: %s", e.at, e.what)
	if e.remedy != "" {
		s += "; " + e.remedy
	}
	return s
}

// visit calls f for n and everything in it, from left to right. What f refuses
// is not entered.
func (n *node) visit(f func(*node) bool) {
	if n == nil || !f(n) {
		return
	}
	for _, a := range n.args {
		a.visit(f)
	}
	n.body.visit(f)
}

// mentions lists the figures that an expression names itself; those that each
// ranges over are not among them.
func (n *node) mentions(t *Table) []string {
	var keys []string
	n.visit(func(n *node) bool {
		switch n.op {
		case opEach:
			return false
		case opFigure:
			keys = append(keys, n.name)
		case opColumn:
			keys = append(keys, t.cellKeys(n.column)...)
		}
		return true
	})
	return keys
}

// cellKeys lists the cells of a column.
func (t *Table) cellKeys(column string) []string {
	keys := make([]string, len(t.Matrix.Rows))
	for i, row := range t.Matrix.Rows {
		keys[i] = cellKey(row.ID, column)
	}
	return keys
}
