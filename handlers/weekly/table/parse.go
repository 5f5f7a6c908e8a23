package table

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
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
