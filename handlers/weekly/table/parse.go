package table

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"zhuanban/bot/config"
)

// maxNesting bounds brackets within brackets.
const maxNesting = 50

// parseExpr parses an expression that must have the given type.
func (t *Table) parseExpr(source string, want typ) (*node, error) {
	tokens, err := lex(source)
	if err != nil {
		return nil, err
	}
	p := &parser{table: t, tokens: tokens}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if rest := p.peek(); rest.text != "" {
		return nil, p.fail(rest, fmt.Sprintf("unexpected %q", rest.text), "")
	}
	return n, p.expect(n, want)
}

// token is a word, a number or a sign; the last one is empty.
type token struct {
	text string
	at   int
}

// lex cuts an expression into tokens.
func lex(source string) ([]token, error) {
	var out []token
	runes := []rune(source)
	for i := 0; i < len(runes); {
		start := i
		switch r := runes[i]; {
		case r == ' ':
			i++
			continue
		case isWord(r):
			for i < len(runes) && (isWord(runes[i]) || runes[i] == '.' && isDigit(r)) {
				i++
			}
		case strings.ContainsRune("<>=!", r) && i+1 < len(runes) && runes[i+1] == '=':
			i += 2
		case strings.ContainsRune("+-*/<>(),:.", r):
			i++
		default:
			remedy := ""
			if unicode.Is(unicode.Han, r) || r > unicode.MaxASCII {
				remedy = "use half-width signs and the figures' keys"
			}
			return nil, &exprError{i + 1, fmt.Sprintf("unexpected %q", string(r)), remedy}
		}
		out = append(out, token{string(runes[start:i]), start + 1})
	}
	return append(out, token{"", len(runes) + 1}), nil
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isWord(r rune) bool { return isDigit(r) || r >= 'a' && r <= 'z' || r == '_' }

type parser struct {
	table  *Table
	tokens []token
	depth  int
	inEach bool
}

func (p *parser) peek() token { return p.tokens[0] }

// next takes the next token; the empty one at the end stays.
func (p *parser) next() token {
	t := p.tokens[0]
	if t.text != "" {
		p.tokens = p.tokens[1:]
	}
	return t
}

// take takes the next token if it is one of texts.
func (p *parser) take(texts ...string) (token, bool) {
	if t := p.peek(); t.text != "" && slices.Contains(texts, t.text) {
		return p.next(), true
	}
	return token{}, false
}

func (p *parser) must(text string) error {
	if _, ok := p.take(text); !ok {
		return p.fail(p.peek(), fmt.Sprintf("want %q here", text), "")
	}
	return nil
}

func (p *parser) fail(at token, what, remedy string) error {
	if at.text == "" && strings.HasPrefix(what, "unexpected") {
		what = "the expression ends too early"
	}
	return &exprError{at.at, what, remedy}
}

func (p *parser) expect(n *node, want typ) error {
	if n.typ != want {
		return &exprError{n.at, fmt.Sprintf("this is %s, want %s", n.typ, want), ""}
	}
	return nil
}

func (p *parser) or() (*node, error)  { return p.logic("or", opOr, p.and) }
func (p *parser) and() (*node, error) { return p.logic("and", opAnd, p.not) }

// logic parses operands joined by a word.
func (p *parser) logic(word string, op op, operand func() (*node, error)) (*node, error) {
	first, err := operand()
	if err != nil {
		return nil, err
	}
	all := []*node{first}
	for {
		if _, ok := p.take(word); !ok {
			break
		}
		n, err := operand()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	if len(all) == 1 {
		return first, nil
	}
	for _, n := range all {
		if err := p.expect(n, truth); err != nil {
			return nil, err
		}
	}
	return &node{op: op, typ: truth, args: all, at: first.at}, nil
}

func (p *parser) not() (*node, error) {
	t, ok := p.take("not")
	if !ok {
		return p.compare()
	}
	if p.depth++; p.depth > maxNesting {
		return nil, p.fail(t, "nested too deep", "")
	}
	defer func() { p.depth-- }()
	n, err := p.not()
	if err != nil {
		return nil, err
	}
	return &node{op: opNot, typ: truth, args: []*node{n}, at: t.at}, p.expect(n, truth)
}

func (p *parser) compare() (*node, error) {
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	sign, ok := p.take("<", "<=", ">", ">=", "==", "!=")
	if !ok {
		return left, nil
	}
	right, err := p.sum()
	if err != nil {
		return nil, err
	}
	if err := p.expect(right, left.typ); err != nil {
		return nil, err
	}
	if left.typ != number && sign.text != "==" && sign.text != "!=" {
		return nil, p.fail(sign, fmt.Sprintf("%q compares numbers, this is %s", sign.text, left.typ), "use == or !=")
	}
	return &node{op: opCompare, typ: truth, name: sign.text, args: []*node{left, right}, at: sign.at}, nil
}

func (p *parser) sum() (*node, error)     { return p.chain(p.product, "+", "-") }
func (p *parser) product() (*node, error) { return p.chain(p.unary, "*", "/") }

// chain parses operands joined by signs, grouped from the left.
func (p *parser) chain(operand func() (*node, error), signs ...string) (*node, error) {
	left, err := operand()
	if err != nil {
		return nil, err
	}
	for {
		sign, ok := p.take(signs...)
		if !ok {
			return left, nil
		}
		right, err := operand()
		if err != nil {
			return nil, err
		}
		for _, n := range []*node{left, right} {
			if err := p.expect(n, number); err != nil {
				return nil, err
			}
		}
		left = &node{op: opArith, typ: number, name: sign.text, args: []*node{left, right}, at: sign.at}
	}
}

func (p *parser) unary() (*node, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.fail(p.peek(), "nested too deep", "")
	}
	defer func() { p.depth-- }()
	sign, ok := p.take("-")
	if !ok {
		return p.primary()
	}
	n, err := p.unary()
	if err != nil {
		return nil, err
	}
	return &node{op: opArith, typ: number, name: "-", args: []*node{n}, at: sign.at}, p.expect(n, number)
}

func (p *parser) primary() (*node, error) {
	t := p.next()
	switch {
	case t.text == "(":
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		return n, p.must(")")
	case t.text != "" && isDigit(rune(t.text[0])):
		n, err := decimal(t.text)
		if err != nil {
			return nil, p.fail(t, err.Error(), "")
		}
		return &node{op: opLiteral, typ: number, value: big.NewInt(int64(n)), at: t.at}, nil
	case t.text != "" && isWord(rune(t.text[0])):
		return p.word(t)
	}
	return nil, p.fail(t, fmt.Sprintf("unexpected %q", t.text), "")
}

// word parses what begins with a name.
func (p *parser) word(t token) (*node, error) {
	if kind, ok := contexts[t.text]; ok {
		return &node{op: opContext, typ: kind, name: t.text, at: t.at}, nil
	}
	if _, ok := p.take("."); ok {
		if t.text != "cum" {
			return nil, p.fail(t, fmt.Sprintf("nothing can be taken from %q", t.text), "only cum.FIGURE is written with a dot")
		}
		f, err := p.figure()
		return &node{op: opLookup, typ: number, name: "cum", args: []*node{f}, at: t.at}, err
	}
	if p.peek().text != "(" {
		return p.named(t)
	}
	p.next()
	n, err := p.call(t)
	if err != nil {
		return nil, err
	}
	return n, p.must(")")
}

// call parses a function's arguments up to the bracket that ends them.
func (p *parser) call(t token) (*node, error) {
	kind, isColumn := columns[t.text]
	arity, isCall := calls[t.text]
	n := &node{typ: number, name: t.text, at: t.at}
	var err error
	switch {
	case t.text == "each":
		return p.each(t)
	case t.text == "given":
		n.op, n.typ = opGiven, truth
		n.args, err = p.figures()
	case lookups[t.text]:
		n.op, n.args = opLookup, make([]*node, 1)
		n.args[0], err = p.figure()
	case isColumn:
		n.op, n.typ = opColumn, kind
		n.column, err = p.col()
	case isCall:
		n.op = opCall
		n.args, err = p.numbers(t, arity)
	default:
		names := slices.Concat([]string{"given", "each"}, slices.Collect(maps.Keys(lookups)),
			slices.Collect(maps.Keys(columns)), slices.Collect(maps.Keys(calls)))
		slices.Sort(names)
		return nil, p.fail(t, fmt.Sprintf("unknown function %q", t.text), config.Suggest(t.text, names, "the functions are"))
	}
	return n, err
}

// each parses LIST : EXPR, where the list is a word or figures.
func (p *parser) each(t token) (*node, error) {
	if p.inEach {
		return nil, p.fail(t, "each inside each", "write two rules")
	}
	n := &node{op: opEach, typ: truth, at: t.at}
	if list := p.peek(); lists[list.text] {
		n.name = p.next().text
	} else {
		var err error
		if n.args, err = p.figures(); err != nil {
			return nil, err
		}
	}
	if err := p.must(":"); err != nil {
		return nil, err
	}
	p.inEach = true
	defer func() { p.inEach = false }()
	var err error
	if n.body, err = p.or(); err != nil {
		return nil, err
	}
	return n, p.expect(n.body, truth)
}

// list parses arguments joined by commas.
func (p *parser) list(argument func() (*node, error)) ([]*node, error) {
	var out []*node
	for {
		n, err := argument()
		if err != nil {
			return nil, err
		}
		out = append(out, n)
		if _, more := p.take(","); !more {
			return out, nil
		}
	}
}

func (p *parser) figures() ([]*node, error) { return p.list(p.figure) }

func (p *parser) numbers(t token, arity int) ([]*node, error) {
	args, err := p.list(p.sum)
	if err != nil {
		return nil, err
	}
	if arity > 0 && len(args) != arity {
		return nil, p.fail(t, fmt.Sprintf("%s takes %d number, not %d", t.text, arity, len(args)), "")
	}
	for _, a := range args {
		if err := p.expect(a, number); err != nil {
			return nil, err
		}
	}
	return args, nil
}

// figure parses the name of a figure.
func (p *parser) figure() (*node, error) { return p.named(p.next()) }

func (p *parser) named(t token) (*node, error) {
	if _, ok := p.table.index[t.text]; !ok && !(t.text == bound && p.inEach) {
		keys := make([]string, len(p.table.figures))
		for i, f := range p.table.figures {
			keys[i] = f.Key
		}
		remedy := ""
		if near := config.Nearest(t.text, keys); near != "" {
			remedy = fmt.Sprintf("did you mean %q?", near)
		}
		if t.text == "" || !isWord(rune(t.text[0])) {
			return nil, p.fail(t, fmt.Sprintf("unexpected %q, want a figure", t.text), "")
		}
		return nil, p.fail(t, fmt.Sprintf("unknown figure %q", t.text), remedy)
	}
	return &node{op: opFigure, typ: number, name: t.text, at: t.at}, nil
}

// col parses the id of a matrix column.
func (p *parser) col() (string, error) {
	t := p.next()
	ids := make([]string, len(p.table.Matrix.Cols))
	for i, c := range p.table.Matrix.Cols {
		ids[i] = c.ID
	}
	if !slices.Contains(ids, t.text) {
		return "", p.fail(t, fmt.Sprintf("unknown column %q", t.text), config.Suggest(t.text, ids, "the columns are"))
	}
	return t.text, nil
}
