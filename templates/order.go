package templates

import "reflect"

// equals is eq: the first argument is one of the others.
func equals(at site, values []expr) expr {
	if len(values) == 2 {
		a, b := values[0], values[1]
		return func(s *state, dot reflect.Value) reflect.Value {
			v := inside(a(s, dot))
			return truthValue(at.equal(v, inside(b(s, dot))))
		}
	}
	return func(s *state, dot reflect.Value) reflect.Value {
		all := make([]reflect.Value, len(values)) // a mistake in any is one
		for i, value := range values {
			all[i] = inside(value(s, dot))
		}
		for _, v := range all[1:] {
			if at.equal(all[0], v) {
				return yes
			}
		}
		return no
	}
}

// compare is ne, lt, le, gt and ge.
func compare(at site, name string, values []expr) expr {
	a, b := values[0], values[1]
	var holds func(v, w reflect.Value) bool
	switch name { // so written that NaN comes out as in text/template
	case "ne":
		holds = func(v, w reflect.Value) bool { return !at.equal(v, w) }
	case "lt":
		holds = at.less
	case "le":
		holds = func(v, w reflect.Value) bool { return at.less(v, w) || at.equal(v, w) }
	case "gt":
		holds = func(v, w reflect.Value) bool { return !at.less(v, w) && !at.equal(v, w) }
	case "ge":
		holds = func(v, w reflect.Value) bool { return !at.less(v, w) }
	}
	return func(s *state, dot reflect.Value) reflect.Value {
		v := inside(a(s, dot))
		return truthValue(holds(v, inside(b(s, dot))))
	}
}

// class is what can be compared with each other.
type class int

const (
	other class = iota
	boolean
	integer
	unsigned
	float
	complexes
	texts
)

func classOf(v reflect.Value) class {
	switch k := v.Kind(); {
	case k == reflect.String:
		return texts
	case k == reflect.Bool:
		return boolean
	case v.CanInt():
		return integer
	case v.CanUint():
		return unsigned
	case v.CanFloat():
		return float
	case v.CanComplex():
		return complexes
	}
	return other
}

func (at site) equal(v, w reflect.Value) bool {
	a, b := classOf(v), classOf(w)
	switch {
	case a == integer && b == unsigned:
		return v.Int() >= 0 && uint64(v.Int()) == w.Uint()
	case a == unsigned && b == integer:
		return w.Int() >= 0 && uint64(w.Int()) == v.Uint()
	case a != b && v.IsValid() && w.IsValid():
		panic(at.mistake("cannot compare %s with %s", v.Type(), w.Type()))
	case a != b:
		return false
	}
	switch a {
	case texts:
		return v.String() == w.String()
	case boolean:
		return v.Bool() == w.Bool()
	case integer:
		return v.Int() == w.Int()
	case unsigned:
		return v.Uint() == w.Uint()
	case float:
		return v.Float() == w.Float()
	case complexes:
		return v.Complex() == w.Complex()
	}
	return at.same(v, w)
}

// same compares what is neither number nor text nor truth: with nil, or by ==.
func (at site) same(v, w reflect.Value) bool {
	switch {
	case v.IsValid() && w.IsValid() && v.Kind() != w.Kind():
		panic(at.mistake("cannot compare %s with %s", v.Type(), w.Type()))
	case isNil(v) || isNil(w):
		return isNil(v) == isNil(w)
	case !w.Type().Comparable():
		panic(at.mistake("%s cannot be compared", w.Type()))
	}
	return v.Interface() == w.Interface()
}

func isNil(v reflect.Value) bool {
	return !v.IsValid() || nilable(v.Type()) && v.Kind() != reflect.Struct && v.IsNil()
}

func (at site) less(v, w reflect.Value) bool {
	a, b := classOf(v), classOf(w)
	switch {
	case a == integer && b == unsigned:
		return v.Int() < 0 || uint64(v.Int()) < w.Uint()
	case a == unsigned && b == integer:
		return w.Int() >= 0 && v.Uint() < uint64(w.Int())
	case a == texts && b == texts:
		return v.String() < w.String()
	case a == integer && b == integer:
		return v.Int() < w.Int()
	case a == unsigned && b == unsigned:
		return v.Uint() < w.Uint()
	case a == float && b == float:
		return v.Float() < w.Float()
	}
	panic(at.mistake("%s and %s have no order", kindOf(v, false), kindOf(w, false)))
}
