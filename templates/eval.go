package templates

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"sync/atomic"
)

// state is one rendering.
type state struct {
	out   []byte          // what is written
	body  []byte          // room for split
	vars  []reflect.Value // the variables of all templates under way
	base  int             // where those of the innermost begin
	depth int
}

// maxDepth ends a template that includes itself for ever. Real ones go three deep.
const maxDepth = 1000

// largestKept is how long a text may be for its room to be used again: the longest
// message that a platform takes is 2 KB, a list some more.
const largestKept = 64 << 10

func (s *state) set(slot int, v reflect.Value) { s.vars[s.base+slot] = v }

// execute writes what a program makes of the data.
func (s *state) execute(p *program, data any) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case mistake:
			err = r.error
		default: // of a method or function that it called
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	s.run(p, reflect.ValueOf(data))
	return nil
}

// run runs a program with a frame of its own.
func (s *state) run(p *program, dot reflect.Value) {
	base := s.base
	s.base = len(s.vars)
	s.vars = slices.Grow(s.vars, p.slots)[:s.base+p.slots]
	s.vars[s.base] = dot // $; the others are set before they are read
	s.depth++
	p.body(s, dot)
	s.depth--
	s.vars = s.vars[:s.base]
	s.base = base
}

// reset makes the state ready for another rendering and lets go of the data.
func (s *state) reset() {
	clear(s.vars[:cap(s.vars)])
	s.out, s.body, s.vars, s.base, s.depth = s.out[:0], s.body[:0], s.vars[:0], 0, 0
}

// field is a name after a dot, and what it turned out to mean for each type of
// data met so far: a node sees one type, seldom two.
type field struct {
	site
	name string
	key  reflect.Value // the name, as a key of a map
	args []argument
	seen atomic.Pointer[access]
}

// access is how to get a name from a type. It never changes.
type access struct {
	typ         reflect.Type
	addressable bool   // methods of the pointer count too
	method      int    // its number, or -1
	pointer     bool   // it is the pointer's
	path        []int  // of a field
	index       int    // the same, if it is in no embedded struct, or -1
	entry       bool   // of a map
	wrong       string // why there is nothing
	next        *access
}

// of gives the field, the method's result or the map's entry.
func (f *field) of(s *state, dot, v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Struct {
		v = f.reach(v)
	}
	a := f.access(v)
	switch {
	case a.method >= 0:
		if a.pointer {
			v = v.Addr()
		}
		return invoke(f.site, f.name, v.Method(a.method), f.args, s, dot)
	case a.wrong != "":
		panic(f.mistake("%s", a.wrong))
	case len(f.args) > 0:
		panic(f.mistake("%s is not a method and takes no argument", f.name))
	case a.entry:
		e := v.MapIndex(f.key)
		if !e.IsValid() {
			panic(f.mistake("the map has no entry %q", f.name))
		}
		return e
	case a.index >= 0:
		return v.Field(a.index)
	}
	e, err := v.FieldByIndexErr(a.path)
	if err != nil {
		panic(f.mistake("%w", err))
	}
	return e
}

// reach follows pointers and interfaces to what may have the field.
func (f *field) reach(v reflect.Value) reflect.Value {
	if !v.IsValid() {
		panic(f.mistake("nil has no %s", f.name))
	}
	to, isNil := indirect(v)
	if isNil && to.Kind() == reflect.Interface {
		panic(f.mistake("nil %s has no %s", v.Type(), f.name))
	}
	return to
}

// access finds out how to get the name from a value, the first time that its type
// is met. Of two goroutines that meet one at once, one's finding may be lost and is
// made again later.
func (f *field) access(v reflect.Value) *access {
	t, addressable := v.Type(), v.CanAddr()
	first := f.seen.Load()
	for a := first; a != nil; a = a.next {
		if a.typ == t && a.addressable == addressable {
			return a
		}
	}
	a := find(t, addressable, f.name)
	a.next = first
	f.seen.CompareAndSwap(first, a)
	return a
}

func find(t reflect.Type, addressable bool, name string) *access {
	a := &access{typ: t, addressable: addressable, method: -1, index: -1}
	holder := t
	if a.pointer = addressable && t.Kind() != reflect.Pointer; a.pointer {
		holder = reflect.PointerTo(t)
	}
	if m, ok := holder.MethodByName(name); ok {
		a.method = m.Index
		return a
	}
	switch t.Kind() {
	case reflect.Struct:
		sf, ok := t.FieldByName(name)
		switch {
		case ok && !sf.IsExported():
			a.wrong = fmt.Sprintf("%s of %s is not exported", name, t)
			return a
		case ok && len(sf.Index) == 1:
			a.index = sf.Index[0]
			return a
		case ok:
			a.path = sf.Index
			return a
		}
	case reflect.Map:
		if stringType.AssignableTo(t.Key()) {
			a.entry = true
			return a
		}
	case reflect.Pointer:
		a.wrong = fmt.Sprintf("nil %s has no %s", t, name)
		return a
	}
	a.wrong = fmt.Sprintf("%s has no %s", t, name)
	return a
}

// indirect follows pointers and interfaces; isNil says that the last one is nil.
func indirect(v reflect.Value) (to reflect.Value, isNil bool) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return v, true
		}
		v = v.Elem()
	}
	return v, false
}

// inside is the value in an interface.
func inside(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return v.Elem()
	}
	return v
}

// truth says whether if takes a value for true: it is not zero, or not empty. A
// struct always is.
func truth(v reflect.Value) bool {
	switch v = inside(v); v.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Bool:
		return v.Bool()
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return v.Len() > 0
	case reflect.Struct:
		return true
	case reflect.Float32, reflect.Float64:
		return v.Float() != 0 // IsZero takes -0 for something
	case reflect.Complex64, reflect.Complex128:
		return v.Complex() != 0
	}
	return !v.IsZero()
}

// The types that are printed and passed without detours.
var (
	stringType   = reflect.TypeFor[string]()
	intType      = reflect.TypeFor[int]()
	int64Type    = reflect.TypeFor[int64]()
	boolType     = reflect.TypeFor[bool]()
	anyType      = reflect.TypeFor[any]()
	valueType    = reflect.TypeFor[reflect.Value]()
	errorType    = reflect.TypeFor[error]()
	stringerType = reflect.TypeFor[fmt.Stringer]()
)

// appendPlain prints a value of a predeclared type; a type of one's own may have
// methods that print it.
func appendPlain(out []byte, v reflect.Value) ([]byte, bool) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == stringType {
			return append(out, v.String()...), true
		}
	case reflect.Int, reflect.Int64:
		if t := v.Type(); t == intType || t == int64Type {
			return strconv.AppendInt(out, v.Int(), 10), true
		}
	case reflect.Bool:
		if v.Type() == boolType {
			return strconv.AppendBool(out, v.Bool()), true
		}
	}
	return out, false
}

// appendAny prints a value as text/template does: what a pointer points to, by its
// methods Error or String where it has them.
func (at site) appendAny(out []byte, v reflect.Value) []byte {
	if v.Kind() == reflect.Pointer {
		v, _ = indirect(v)
	}
	if !v.IsValid() {
		return append(out, "<no value>"...)
	}
	t := v.Type()
	switch {
	case speaks(t):
	case v.CanAddr() && speaks(reflect.PointerTo(t)):
		v = v.Addr()
	case t.Kind() == reflect.Chan || t.Kind() == reflect.Func:
		panic(at.mistake("a %s cannot be printed", t))
	}
	return fmt.Append(out, v.Interface())
}

func speaks(t reflect.Type) bool { return t.Implements(errorType) || t.Implements(stringerType) }
