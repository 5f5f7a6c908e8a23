package templates

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"
	"time"
)

// argument is what a function or method is called with.
type argument struct {
	site
	value   expr       // nil for a literal
	literal parse.Node // takes the type of the parameter
	piped   bool       // it comes from the command before
}

func (c *compiler) argument(n parse.Node) argument {
	switch n.(type) {
	case *parse.BoolNode, *parse.NumberNode, *parse.StringNode, *parse.NilNode:
		return argument{site: c.at(n), literal: n}
	}
	return argument{site: c.at(n), value: c.value(n, nil)}
}

// untyped is the argument of a builtin that takes anything.
func (a argument) untyped() expr {
	if a.literal == nil {
		return a.value
	}
	v := a.constant(nil)
	return func(*state, reflect.Value) reflect.Value { return v }
}

// typed is the argument of a parameter of type t.
func (a argument) typed(t reflect.Type) expr {
	if a.literal != nil {
		v := a.constant(t)
		return func(*state, reflect.Value) reflect.Value { return v }
	}
	return func(s *state, dot reflect.Value) reflect.Value { return a.fit(a.value(s, dot), t) }
}

func (a argument) constant(t reflect.Type) reflect.Value {
	v, err := constant(a.literal, t)
	if err != nil {
		panic(a.mistake("%w", err))
	}
	return v
}

// fit makes a value assignable to a parameter's type, by one pointer more or less
// if need be.
func (at site) fit(v reflect.Value, t reflect.Type) reflect.Value {
	if !v.IsValid() {
		if !nilable(t) {
			panic(at.mistake("nil is no %s", t))
		}
		return reflect.Zero(t)
	}
	vt := v.Type()
	switch {
	case vt == t || vt.AssignableTo(t):
		return v
	case t == valueType:
		return reflect.ValueOf(v)
	case v.Kind() == reflect.Interface && !v.IsNil():
		v = v.Elem()
		if vt = v.Type(); vt.AssignableTo(t) {
			return v
		}
	}
	switch {
	case v.Kind() == reflect.Pointer && vt.Elem().AssignableTo(t):
		if v.IsNil() {
			panic(at.mistake("nil %s is no %s", vt, t))
		}
		return v.Elem()
	case v.CanAddr() && reflect.PointerTo(vt).AssignableTo(t):
		return v.Addr()
	}
	panic(at.mistake("%s is no %s", vt, t))
}

func nilable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.Interface, reflect.Map, reflect.Pointer, reflect.Slice:
		return true
	}
	return t == valueType
}

// constant is a literal as a value of type t. For nil, any and reflect.Value the
// way it is written says what it is.
func constant(n parse.Node, t reflect.Type) (reflect.Value, error) {
	if _, isNil := n.(*parse.NilNode); isNil {
		switch {
		case t == nil:
			return reflect.Value{}, nil
		case nilable(t):
			return reflect.Zero(t), nil
		}
		return reflect.Value{}, fmt.Errorf("nil is no %s", t)
	}
	v, err := ideal(n)
	switch {
	case err != nil || t == nil || t == anyType:
		return v, err
	case t == valueType:
		return reflect.ValueOf(v), nil
	}
	number, isNumber := n.(*parse.NumberNode)
	typed := reflect.New(t).Elem()
	switch {
	case t.Kind() == reflect.Bool && v.Kind() == reflect.Bool:
		typed.SetBool(v.Bool())
	case t.Kind() == reflect.String && v.Kind() == reflect.String:
		typed.SetString(v.String())
	case isNumber && number.IsInt && typed.CanInt():
		typed.SetInt(number.Int64)
	case isNumber && number.IsUint && typed.CanUint():
		typed.SetUint(number.Uint64)
	case isNumber && number.IsFloat && typed.CanFloat():
		typed.SetFloat(number.Float64)
	default:
		return v, fmt.Errorf("%s is no %s", n, t)
	}
	return typed, nil
}

// ideal is a literal where no type is wanted.
func ideal(n parse.Node) (reflect.Value, error) {
	switch n := n.(type) {
	case *parse.BoolNode:
		return reflect.ValueOf(n.True), nil
	case *parse.StringNode:
		return reflect.ValueOf(n.Text), nil
	case *parse.NumberNode:
		hex := strings.HasPrefix(strings.ToLower(n.Text), "0x") && !strings.ContainsAny(n.Text, "pP")
		switch {
		case n.IsComplex:
			return reflect.Value{}, errors.New("complex numbers are not supported")
		case n.IsFloat && !hex && n.Text[0] != '\'' && strings.ContainsAny(n.Text, ".eEpP"):
			return reflect.ValueOf(n.Float64), nil
		case n.IsInt && int64(int(n.Int64)) == n.Int64:
			return reflect.ValueOf(int(n.Int64)), nil
		}
		return reflect.Value{}, fmt.Errorf("%s is too large for an int", n.Text)
	}
	return reflect.Value{}, fmt.Errorf("%s is no constant", n)
}

// call compiles a function with its arguments: one of ours, else a builtin.
func (c *compiler) call(n *parse.IdentifierNode, args []argument) expr {
	at := c.at(n)
	f, ok := c.funcs[n.Ident]
	if !ok {
		return builtin(at, n.Ident, args)
	}
	fn := reflect.ValueOf(f)
	if why := arity(fn.Type(), len(args)); why != "" {
		panic(at.mistake("%s wants %s arguments, not %d", n.Ident, why, len(args)))
	}
	if e := direct(f, args); e != nil {
		return e
	}
	for i, a := range args { // literals of a wrong type are errors now, not later
		if a.literal != nil {
			a.constant(parameter(fn.Type(), i))
		}
	}
	return func(s *state, dot reflect.Value) reflect.Value { return invoke(at, n.Ident, fn, args, s, dot) }
}

// arity says how many arguments a function wants if it is not n.
func arity(t reflect.Type, n int) string {
	in := t.NumIn()
	switch {
	case t.IsVariadic() && n < in-1:
		return fmt.Sprint("at least ", in-1)
	case !t.IsVariadic() && n != in:
		return fmt.Sprint(in)
	}
	return ""
}

// parameter is the type that the argument at i must have.
func parameter(t reflect.Type, i int) reflect.Type {
	if t.IsVariadic() && i >= t.NumIn()-1 {
		return t.In(t.NumIn() - 1).Elem()
	}
	return t.In(i)
}

// invoke calls a method, or a function of a signature that direct does not know.
func invoke(at site, name string, fn reflect.Value, args []argument, s *state, dot reflect.Value) reflect.Value {
	t := fn.Type()
	if why := arity(t, len(args)); why != "" {
		panic(at.mistake("%s wants %s arguments, not %d", name, why, len(args)))
	}
	fallible := t.NumOut() == 2 && t.Out(1) == errorType
	if t.NumOut() != 1 && !fallible {
		panic(at.mistake("%s must return a value, or a value and an error", name))
	}
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = a.typed(parameter(t, i))(s, dot)
	}
	out := fn.Call(in)
	if fallible && !out[1].IsNil() {
		panic(at.mistake("calling %s: %w", name, out[1].Interface().(error)))
	}
	v := out[0]
	if v.Type() == valueType {
		v = v.Interface().(reflect.Value)
	}
	return v
}

// direct calls the signatures of funcs.go without reflection; nil is another one.
func direct(f any, args []argument) expr {
	switch f := f.(type) {
	case func(string) string:
		return call1(f, args)
	case func(time.Time) string:
		return call1(f, args)
	case func(time.Duration) string:
		return call1(f, args)
	case func(time.Time, time.Time) string:
		return call2(f, args)
	case func(string, []string) string:
		return call2(f, args)
	case func(int, string) string:
		return call2(f, args)
	case func(int, int) int:
		return call2(f, args)
	case func(string, ...any) string:
		a, rest := parameterOf[string](args[0]), boxed(args[1:])
		return func(s *state, dot reflect.Value) reflect.Value {
			return reflect.ValueOf(f(a(s, dot), rest(s, dot)...))
		}
	case func(string, string, ...any) string:
		a, b, rest := parameterOf[string](args[0]), parameterOf[string](args[1]), boxed(args[2:])
		return func(s *state, dot reflect.Value) reflect.Value {
			return reflect.ValueOf(f(a(s, dot), b(s, dot), rest(s, dot)...))
		}
	}
	return nil
}

func call1[A, R any](f func(A) R, args []argument) expr {
	a := parameterOf[A](args[0])
	return func(s *state, dot reflect.Value) reflect.Value { return reflect.ValueOf(f(a(s, dot))) }
}

func call2[A, B, R any](f func(A, B) R, args []argument) expr {
	a, b := parameterOf[A](args[0]), parameterOf[B](args[1])
	return func(s *state, dot reflect.Value) reflect.Value { return reflect.ValueOf(f(a(s, dot), b(s, dot))) }
}

// parameterOf is an argument as a Go value.
func parameterOf[T any](a argument) func(*state, reflect.Value) T {
	value := a.typed(reflect.TypeFor[T]())
	return func(s *state, dot reflect.Value) T { return as[T](value(s, dot)) }
}

// as takes out what fit made assignable to T.
func as[T any](v reflect.Value) T {
	if v.CanAddr() { // Interface would copy it to the heap
		if p, ok := v.Addr().Interface().(*T); ok {
			return *p
		}
	}
	if t, ok := v.Interface().(T); ok {
		return t
	}
	return v.Convert(reflect.TypeFor[T]()).Interface().(T) // a named slice, say
}

// boxed are the last arguments of a function that takes any number.
func boxed(args []argument) func(*state, reflect.Value) []any {
	values := make([]expr, len(args))
	for i, a := range args {
		values[i] = a.untyped()
	}
	return func(s *state, dot reflect.Value) []any {
		if len(values) == 0 {
			return nil
		}
		out := make([]any, len(values))
		for i, value := range values {
			if v := value(s, dot); v.IsValid() {
				out[i] = v.Interface()
			}
		}
		return out
	}
}
