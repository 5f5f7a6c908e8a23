package templates

import (
	"fmt"
	"reflect"
	"strconv"
)

var yes, no = reflect.ValueOf(true), reflect.ValueOf(false)

func truthValue(b bool) reflect.Value {
	if b {
		return yes
	}
	return no
}

// builtin compiles a call of a function that text/template brings along. Those that
// no sentence needs (call, slice, html, js, urlquery) are not supported.
func builtin(at site, name string, args []argument) expr {
	least, most := 1, len(args)
	switch name {
	case "print", "println":
		least = 0
	case "not", "len":
		most = 1
	case "eq":
		least = 2
	case "ne", "lt", "le", "gt", "ge":
		least, most = 2, 2
	case "and", "or", "index", "printf":
	default:
		panic(at.mistake("function %s is not supported", name))
	}
	if len(args) < least || len(args) > most {
		panic(at.mistake("%s: wrong number of arguments: %d", name, len(args)))
	}
	values := make([]expr, len(args))
	for i, a := range args {
		values[i] = a.untyped()
	}
	switch name {
	case "print":
		return joined(values)
	case "println":
		rest := boxed(args)
		return func(s *state, dot reflect.Value) reflect.Value { return reflect.ValueOf(fmt.Sprintln(rest(s, dot)...)) }
	case "printf":
		return direct(fmt.Sprintf, args)
	case "and", "or":
		return shortCircuit(name == "or", values, args[len(args)-1].piped)
	case "not":
		return func(s *state, dot reflect.Value) reflect.Value { return truthValue(!truth(values[0](s, dot))) }
	case "len":
		return func(s *state, dot reflect.Value) reflect.Value {
			v, isNil := indirect(values[0](s, dot))
			switch v.Kind() {
			case reflect.String, reflect.Slice, reflect.Map, reflect.Array, reflect.Chan:
				return reflect.ValueOf(v.Len())
			}
			panic(at.mistake("no length: %s", kindOf(v, isNil)))
		}
	case "index":
		return index(at, values)
	case "eq":
		return equals(at, values)
	}
	return compare(at, name, values)
}

// shortCircuit is or and and: the first argument that decides, or the last. What
// comes from a pipe was evaluated before.
func shortCircuit(or bool, values []expr, piped bool) expr {
	last := len(values) - 1
	return func(s *state, dot reflect.Value) reflect.Value {
		var before reflect.Value
		if piped {
			before = values[last](s, dot)
		}
		for _, value := range values[:last] {
			if v := value(s, dot); truth(v) == or {
				return v
			}
		}
		if piped {
			return before
		}
		return values[last](s, dot)
	}
}

// joined is print: its arguments, with a space between two that are not strings.
func joined(values []expr) expr {
	return func(s *state, dot reflect.Value) reflect.Value {
		var room [6]reflect.Value // no sentence prints more
		all := room[:0]
		for _, value := range values {
			all = append(all, value(s, dot))
		}
		return reflect.ValueOf(sprint(all))
	}
}

func sprint(all []reflect.Value) string {
	var room [96]byte // a title is shorter
	out, ok, text := room[:0], true, true
	for _, v := range all {
		isText := v.Kind() == reflect.String
		if !text && !isText {
			out = append(out, ' ')
		}
		if out, ok = appendPlain(out, v); !ok {
			return sprintAny(all)
		}
		text = isText
	}
	return string(out)
}

func sprintAny(all []reflect.Value) string {
	out := make([]any, len(all))
	for i, v := range all {
		if v.IsValid() {
			out[i] = v.Interface()
		}
	}
	return fmt.Sprint(out...)
}

// index is x[1]["two"] …
func index(at site, values []expr) expr {
	return func(s *state, dot reflect.Value) reflect.Value {
		v := inside(values[0](s, dot))
		if !v.IsValid() {
			panic(at.mistake("index of nil"))
		}
		for _, value := range values[1:] {
			i := inside(value(s, dot))
			to, isNil := indirect(v)
			switch to.Kind() {
			case reflect.Slice, reflect.Array, reflect.String:
				v = to.Index(at.position(i, to.Len()))
			case reflect.Map:
				v = at.lookup(to, i)
			default:
				panic(at.mistake("no index: %s", kindOf(to, isNil)))
			}
		}
		return v
	}
}

// position is an index within a length. text/template takes the length itself for
// one and then panics; both are errors.
func (at site) position(i reflect.Value, length int) int {
	n := -1
	switch {
	case i.CanInt() && i.Int() < int64(length):
		n = int(i.Int())
	case i.CanUint() && i.Uint() < uint64(length):
		n = int(i.Uint())
	case !i.CanInt() && !i.CanUint():
		panic(at.mistake("not an index: %s", kindOf(i, false)))
	}
	if n < 0 {
		panic(at.mistake("index out of range: %s of %d", asText(i), length))
	}
	return n
}

func (at site) lookup(m, key reflect.Value) reflect.Value {
	t := m.Type().Key()
	switch {
	case !key.IsValid() && nilable(t):
		key = reflect.Zero(t)
	case key.IsValid() && key.Type().AssignableTo(t):
	case (key.CanInt() || key.CanUint()) && whole(t.Kind()):
		key = key.Convert(t)
	default:
		panic(at.mistake("not a key of %s: %s", m.Type(), kindOf(key, false)))
	}
	if v := m.MapIndex(key); v.IsValid() {
		return v
	}
	return reflect.Zero(m.Type().Elem())
}

func whole(k reflect.Kind) bool { return reflect.Int <= k && k <= reflect.Uintptr }

// kindOf names a value's type for an error.
func kindOf(v reflect.Value, isNil bool) string {
	switch {
	case !v.IsValid():
		return "nil"
	case isNil:
		return "nil " + v.Type().String()
	}
	return v.Type().String()
}

func asText(v reflect.Value) string {
	if v.CanInt() {
		return strconv.FormatInt(v.Int(), 10)
	}
	return strconv.FormatUint(v.Uint(), 10)
}
