package templates

import (
	"cmp"
	"reflect"
	"slices"
	"text/template/parse"
)

// loop is a compiled range.
type loop struct {
	site
	over            expr
	slots           []int // of the element, or of index and element
	body, otherwise action
}

func (c *compiler) loop(n *parse.RangeNode) action {
	mark, elses := len(c.scope), c.elses
	l := &loop{site: c.at(n), over: c.commands(n.Pipe), slots: c.targets(n.Pipe)}
	c.elses = false
	l.body = c.inner(n.List)
	c.elses = true
	l.otherwise = c.inner(n.ElseList)
	c.scope, c.elses = c.scope[:mark], elses
	return l.run
}

// run does the body for each element, or the else where there is none.
func (l *loop) run(s *state, dot reflect.Value) flow {
	v := l.over(s, dot)
	for _, slot := range l.slots { // what the else sees
		s.set(slot, v)
	}
	v, _ = indirect(v)
	if !l.each(s, v) {
		return l.otherwise(s, dot)
	}
	return onward
}

// each says whether there was any element.
func (l *loop) each(s *state, v reflect.Value) (some bool) {
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		n := v.Len()
		for i := range n {
			if l.once(s, i, v.Index(i)) {
				break
			}
		}
		return n > 0
	case reflect.Map:
		for _, e := range sorted(v) {
			if some = true; l.pair(s, e.key, e.value) {
				break
			}
		}
		return some
	case reflect.Invalid:
		return false
	case reflect.Chan:
		return !v.IsNil() && l.received(s, v)
	}
	return l.sequence(s, v)
}

// sequence goes over a number or an iterator.
func (l *loop) sequence(s *state, v reflect.Value) (some bool) {
	t := v.Type()
	switch {
	case t.Kind() != reflect.Func && !whole(t.Kind()): // a string, though Seq would take it
	case t.CanSeq() && len(l.slots) > 1:
		panic(l.mistake("%s gives one value, not two", t))
	case t.CanSeq():
		for e := range v.Seq() {
			if some = true; l.pair(s, reflect.Value{}, e) {
				break
			}
		}
		return some
	case t.CanSeq2():
		for k, e := range v.Seq2() {
			if len(l.slots) < 2 {
				k, e = reflect.Value{}, k
			}
			if some = true; l.pair(s, k, e) {
				break
			}
		}
		return some
	}
	panic(l.mistake("cannot range over %s", t))
}

func (l *loop) received(s *state, v reflect.Value) (some bool) {
	if v.Type().ChanDir() == reflect.SendDir {
		panic(l.mistake("cannot receive from %s", v.Type()))
	}
	for i := 0; ; i++ {
		e, ok := v.Recv()
		if !ok || l.once(s, i, e) {
			return i > 0 || ok
		}
	}
}

// once does the body for an element with a number; true ends the loop.
func (l *loop) once(s *state, i int, e reflect.Value) bool {
	if len(l.slots) > 1 {
		return l.pair(s, reflect.ValueOf(i), e)
	}
	return l.pair(s, reflect.Value{}, e)
}

// pair does the body for an element; true ends the loop.
func (l *loop) pair(s *state, index, e reflect.Value) bool {
	switch len(l.slots) {
	case 1:
		s.set(l.slots[0], e)
	case 2:
		s.set(l.slots[0], index)
		s.set(l.slots[1], e)
	}
	return l.body(s, e) == breaking
}

type entry struct{ key, value reflect.Value }

// sorted are a map's entries in the order of their keys.
func sorted(m reflect.Value) []entry {
	all := make([]entry, 0, m.Len())
	for it := m.MapRange(); it.Next(); {
		all = append(all, entry{it.Key(), it.Value()})
	}
	slices.SortStableFunc(all, func(a, b entry) int { return order(a.key, b.key) })
	return all
}

// order compares two keys of one type as fmt does when it prints a map.
func order(a, b reflect.Value) int {
	switch {
	case a.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	case a.CanComplex():
		x, y := a.Complex(), b.Complex()
		return cmp.Or(cmp.Compare(real(x), real(y)), cmp.Compare(imag(x), imag(y)))
	}
	switch a.Kind() {
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Bool:
		return cmp.Compare(rank(a.Bool()), rank(b.Bool()))
	case reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		return cmp.Compare(a.Pointer(), b.Pointer())
	case reflect.Struct:
		for i := range a.NumField() {
			if o := order(a.Field(i), b.Field(i)); o != 0 {
				return o
			}
		}
	case reflect.Array:
		for i := range a.Len() {
			if o := order(a.Index(i), b.Index(i)); o != 0 {
				return o
			}
		}
	case reflect.Interface:
		if a.IsNil() || b.IsNil() {
			return cmp.Compare(rank(!a.IsNil()), rank(!b.IsNil()))
		}
		a, b = a.Elem(), b.Elem()
		if a.Type() != b.Type() {
			return cmp.Compare(reflect.ValueOf(a.Type()).Pointer(), reflect.ValueOf(b.Type()).Pointer())
		}
		return order(a, b)
	}
	return 0
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}
