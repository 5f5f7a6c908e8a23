package table

import (
	"fmt"
	"maps"
	"slices"

	"zhuanban/bot/config"
)

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
