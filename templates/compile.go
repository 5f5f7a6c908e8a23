package templates

import (
	"fmt"
	"reflect"
	"text/template"
	"text/template/parse"
)

// action is a piece of a compiled template. It writes to s.out and says whether
// the list that it stands in goes on.
type action func(s *state, dot reflect.Value) flow

// expr is a compiled pipeline, or an operand of one. The zero Value stands for
// nil, as it does in text/template.
type expr func(s *state, dot reflect.Value) reflect.Value

// flow is how a loop's body goes on.
type flow int

const (
	onward   flow = iota
	breaking      // {{break}}: out of the loop
	skipping      // {{continue}}: on with the next element
)

// program is a compiled template. It is never changed after load, but for the
// caches of its fields.
type program struct {
	name  string
	body  action
	slots int // how many variables it has, $ included
}

// site is a place in a template, for the errors that happen there.
type site struct {
	tree *parse.Tree
	node parse.Node
}

// mistake is what Render and load recover from: an error with its place.
type mistake struct{ error }

// mistake makes an error that names the line and the action.
func (at site) mistake(format string, args ...any) mistake {
	where, what := at.tree.ErrorContext(at.node)
	return mistake{fmt.Errorf("%s: %q at <%s>: %w", where, at.tree.Name, what, fmt.Errorf(format, args...))}
}

// compiler turns one parse tree into a program.
type compiler struct {
	tree     *parse.Tree
	funcs    template.FuncMap
	programs map[string]*program // all of the set; their bodies may still be missing
	scope    []local             // the variables that can be seen, innermost last
	slots    int
	elses    bool // within the else of a range, and not in a loop inside it
}

// local is a variable and its place in the frame.
type local struct {
	name string
	slot int
}

// compile fills p from its tree. What the tree asks for and the engine does not
// have is an error here.
func compile(p *program, tree *parse.Tree, funcs template.FuncMap, programs map[string]*program) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case mistake:
			err = r.error
		default:
			panic(r)
		}
	}()
	c := &compiler{tree: tree, funcs: funcs, programs: programs}
	c.declare("$")
	p.body = c.list(tree.Root)
	p.slots = c.slots
	return nil
}

func (c *compiler) at(n parse.Node) site { return site{c.tree, n} }

func (c *compiler) declare(name string) int {
	c.scope = append(c.scope, local{name, c.slots})
	c.slots++
	return c.slots - 1
}

// slot finds the variable that a name means here.
func (c *compiler) slot(n *parse.VariableNode) int {
	for i := len(c.scope) - 1; i >= 0; i-- {
		if c.scope[i].name == n.Ident[0] {
			return c.scope[i].slot
		}
	}
	panic(c.at(n).mistake("undefined variable %s", n.Ident[0]))
}

// list compiles what stands between two actions; nil is an else that is not there.
func (c *compiler) list(l *parse.ListNode) action {
	var all []action
	if l != nil {
		for _, n := range l.Nodes {
			if a := c.action(n); a != nil {
				all = append(all, a)
			}
		}
	}
	switch len(all) {
	case 0:
		return func(*state, reflect.Value) flow { return onward }
	case 1:
		return all[0]
	}
	return func(s *state, dot reflect.Value) flow {
		for _, a := range all {
			if f := a(s, dot); f != onward {
				return f
			}
		}
		return onward
	}
}

// action compiles a node; a comment becomes nil.
func (c *compiler) action(n parse.Node) action {
	switch n := n.(type) {
	case *parse.TextNode:
		text := n.Text
		return func(s *state, _ reflect.Value) flow {
			s.out = append(s.out, text...)
			return onward
		}
	case *parse.ActionNode:
		return c.print(n)
	case *parse.IfNode:
		return c.branch(&n.BranchNode, false)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, true)
	case *parse.RangeNode:
		return c.loop(n)
	case *parse.TemplateNode:
		return c.include(n)
	case *parse.BreakNode:
		if c.elses { // text/template leaves the inner loop here, its parser means the outer one
			panic(c.at(n).mistake("break in the else of a range is not supported"))
		}
		return func(*state, reflect.Value) flow { return breaking }
	case *parse.ContinueNode:
		return func(*state, reflect.Value) flow { return skipping }
	case *parse.CommentNode:
		return nil
	}
	panic(c.at(n).mistake("this action is not supported"))
}

// print compiles {{pipeline}}. One that sets a variable prints nothing.
func (c *compiler) print(n *parse.ActionNode) action {
	at, value := c.at(n), c.pipeline(n.Pipe)
	if len(n.Pipe.Decl) > 0 {
		return func(s *state, dot reflect.Value) flow {
			value(s, dot)
			return onward
		}
	}
	return func(s *state, dot reflect.Value) flow {
		v := value(s, dot)
		var ok bool
		if s.out, ok = appendPlain(s.out, v); !ok {
			s.out = at.appendAny(s.out, v)
		}
		return onward
	}
}

// branch compiles if and with. The variables of the condition live until the end
// of both lists.
func (c *compiler) branch(n *parse.BranchNode, with bool) action {
	mark := len(c.scope)
	condition := c.pipeline(n.Pipe)
	then, otherwise := c.inner(n.List), c.inner(n.ElseList)
	c.scope = c.scope[:mark]
	return func(s *state, dot reflect.Value) flow {
		v := condition(s, dot)
		switch {
		case !truth(v):
			return otherwise(s, dot)
		case with:
			return then(s, v)
		}
		return then(s, dot)
	}
}

// inner compiles a list whose variables end with it.
func (c *compiler) inner(l *parse.ListNode) action {
	mark := len(c.scope)
	a := c.list(l)
	c.scope = c.scope[:mark]
	return a
}

// include compiles {{template "name" pipeline}}.
func (c *compiler) include(n *parse.TemplateNode) action {
	at, p, value := c.at(n), c.programs[n.Name], c.pipeline(n.Pipe)
	if p == nil {
		panic(at.mistake("there is no template %q", n.Name))
	}
	return func(s *state, dot reflect.Value) flow {
		if s.depth >= maxDepth {
			panic(at.mistake("more than %d templates within each other", maxDepth))
		}
		s.run(p, value(s, dot))
		return onward
	}
}

// pipeline compiles a pipeline and the variables that it sets.
func (c *compiler) pipeline(p *parse.PipeNode) expr {
	if p == nil { // {{template "name"}}
		return func(*state, reflect.Value) reflect.Value { return reflect.Value{} }
	}
	value := c.commands(p)
	slots := c.targets(p)
	if len(slots) == 0 {
		return value
	}
	return func(s *state, dot reflect.Value) reflect.Value {
		v := value(s, dot)
		for _, slot := range slots {
			s.set(slot, v)
		}
		return v
	}
}

// targets are the variables that a pipeline declares or sets.
func (c *compiler) targets(p *parse.PipeNode) []int {
	var slots []int
	for _, n := range p.Decl {
		if p.IsAssign {
			slots = append(slots, c.slot(n))
		} else {
			slots = append(slots, c.declare(n.Ident[0]))
		}
	}
	return slots
}

// commands compiles the commands of a pipeline: the value of each is the last
// argument of the next.
func (c *compiler) commands(p *parse.PipeNode) expr {
	var value expr
	for _, cmd := range p.Cmds {
		var args []argument
		for _, n := range cmd.Args[1:] {
			args = append(args, c.argument(n))
		}
		if value != nil {
			args = append(args, argument{site: c.at(cmd), value: value, piped: true})
		}
		value = bare(c.value(cmd.Args[0], args))
	}
	return value
}

// bare takes a value out of an interface without methods.
func bare(e expr) expr {
	return func(s *state, dot reflect.Value) reflect.Value {
		v := e(s, dot)
		if v.Kind() == reflect.Interface && v.NumMethod() == 0 {
			return v.Elem()
		}
		return v
	}
}

// value compiles a word with its arguments.
func (c *compiler) value(n parse.Node, args []argument) expr {
	switch n := n.(type) {
	case *parse.IdentifierNode:
		return c.call(n, args)
	case *parse.FieldNode:
		return c.chain(nil, n, n.Ident, args)
	case *parse.ChainNode:
		return c.chain(c.value(n.Node, nil), n, n.Field, args)
	case *parse.VariableNode:
		slot := c.slot(n)
		variable := func(s *state, _ reflect.Value) reflect.Value { return s.vars[s.base+slot] }
		if len(n.Ident) > 1 {
			return c.chain(variable, n, n.Ident[1:], args)
		}
		c.noArguments(n, args)
		return variable
	}
	c.noArguments(n, args)
	switch n := n.(type) {
	case *parse.DotNode:
		return func(_ *state, dot reflect.Value) reflect.Value { return dot }
	case *parse.PipeNode:
		if len(n.Decl) > 0 {
			panic(c.at(n).mistake("a variable declared in parentheses is not supported"))
		}
		return c.commands(n)
	case *parse.BoolNode, *parse.NumberNode, *parse.StringNode:
		v, err := constant(n, nil)
		if err != nil {
			panic(c.at(n).mistake("%w", err))
		}
		return func(*state, reflect.Value) reflect.Value { return v }
	}
	panic(c.at(n).mistake("this is not a value"))
}

func (c *compiler) noArguments(n parse.Node, args []argument) {
	if len(args) > 0 {
		panic(c.at(n).mistake("what is not a function takes no argument"))
	}
}

// chain compiles .A.B.C of a base, or of dot where base is nil. The arguments are
// the last one's.
func (c *compiler) chain(base expr, n parse.Node, names []string, args []argument) expr {
	for i, name := range names {
		f := &field{site: c.at(n), name: name, key: reflect.ValueOf(name)}
		if i == len(names)-1 {
			f.args = args
		}
		of := base
		if of == nil {
			base = func(s *state, dot reflect.Value) reflect.Value { return f.of(s, dot, dot) }
			continue
		}
		base = func(s *state, dot reflect.Value) reflect.Value { return f.of(s, dot, of(s, dot)) }
	}
	return base
}
