package config

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds how deep a value may be nested, for a file whose aliases run
// in a circle.
const maxDepth = 64

// Decode reads what is under a dotted key ("" = the whole file) into a struct
// by its `yaml` tags. Keys that are not in the file keep the value they have.
// Beside the tags' inline it knows `required:"true"` and `secret:"true"`. A
// named string type with a method Allowed() []string takes only those; types
// with UnmarshalText or UnmarshalYAML read themselves; a *yaml.Node takes
// anything, for another package to decode. The error is a Faults.
func (f *File) Decode(key string, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("config: Decode(%q) into %T, which is no pointer", key, into)
	}
	d := decoder{file: f}
	n, exact := f.find(key)
	if !exact || isNull(n) {
		n = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
		if target.Elem().Kind() != reflect.Struct {
			return nil
		}
	}
	d.value(n, target.Elem(), place{path: key})
	return d.faults.Err()
}

// place is where in the file the decoder is.
type place struct {
	path   string
	secret bool
	depth  int
}

func (p place) key(k string) place { return place{join(p.path, k), false, p.depth + 1} }

func (p place) index(i int) place {
	return place{p.path + "[" + strconv.Itoa(i) + "]", p.secret, p.depth + 1}
}

type decoder struct {
	file   *File
	faults Faults
}

func (d *decoder) fault(n *yaml.Node, p place, found, want, remedy string) {
	if p.secret && n.Kind == yaml.ScalarNode {
		found, remedy = "something else (hidden)", ""
	}
	d.faults = append(d.faults, d.file.fault(n, p.path, found, want, remedy))
}

// value reads a node into v, whatever either is.
func (d *decoder) value(n *yaml.Node, v reflect.Value, p place) {
	if p.depth > maxDepth {
		d.fault(n, p, "values nested too deep", "", "an alias (*name) must not contain itself")
		return
	}
	n = resolve(n)
	switch {
	case v.Type() == nodeType:
		v.Set(reflect.ValueOf(*n))
	case v.Type() == reflect.PointerTo(nodeType):
		v.Set(reflect.ValueOf(n))
	case reflect.PointerTo(v.Type()).Implements(yamlType):
		d.self(n, p, v.Addr().Interface().(yaml.Unmarshaler).UnmarshalYAML(n))
	case isNull(n):
	case v.Kind() == reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.value(n, v.Elem(), p)
	case isLeaf(v.Type()):
		d.scalar(n, v, p)
	default:
		d.compound(n, v, p)
	}
}

// self takes in the error of a type that reads itself.
func (d *decoder) self(n *yaml.Node, p place, err error) {
	var many Faults
	var one *Fault
	switch {
	case err == nil:
	case errors.As(err, &many), errors.As(err, &one):
		_ = d.faults.Add(err)
	case p.secret:
		d.fault(n, p, "", "a valid value", "")
	default:
		d.fault(n, p, describe(n), err.Error(), "")
	}
}

func (d *decoder) compound(n *yaml.Node, v reflect.Value, p place) {
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, p)
	case reflect.Map:
		d.dictionary(n, v, p)
	case reflect.Slice:
		d.list(n, v, p)
	case reflect.Interface:
		d.self(n, p, n.Decode(v.Addr().Interface()))
	default:
		d.fault(n, p, fmt.Sprintf("no way to read a %s", v.Type()), "", "this is a mistake in the program")
	}
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value, p place) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, p, describe(n), "keys with values", colonHint(n))
		return
	}
	known := fields(v.Type())
	given := map[string]bool{}
	for key, value := range d.pairs(n, p) {
		i := slices.IndexFunc(known, func(f field) bool { return f.key == key.Value })
		at := p.key(key.Value)
		if i < 0 {
			d.fault(key, at, "unknown key", "", Suggest(key.Value, keys(known), "the keys here are"))
			continue
		}
		at.secret = known[i].secret
		target := v.FieldByIndex(known[i].index)
		d.value(value, target, at)
		given[key.Value] = !isNull(value) && !(known[i].required && target.Kind() == reflect.String && value.Value == "")
	}
	for _, f := range known {
		if f.required && !given[f.key] {
			d.fault(n, p.key(f.key), "missing", "", "")
		}
	}
}

// pairs ranges over the keys and values of a mapping and reports those that are
// there a second time.
func (d *decoder) pairs(n *yaml.Node, p place) func(func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		first := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if line, ok := first[key.Value]; ok {
				d.fault(key, p.key(key.Value), "a second time", "",
					fmt.Sprintf("it is already on line %d; keep one of them", line))
				continue
			}
			first[key.Value] = key.Line
			if !yield(key, n.Content[i+1]) {
				return
			}
		}
	}
}

func (d *decoder) dictionary(n *yaml.Node, v reflect.Value, p place) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, p, describe(n), "keys with values", colonHint(n))
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.Content)/2))
	for key, value := range d.pairs(n, p) {
		at := p.key(key.Value)
		k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		d.value(key, k, at)
		d.value(value, e, at)
		v.SetMapIndex(k, e)
	}
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, p place) {
	if n.Kind != yaml.SequenceNode {
		d.fault(n, p, describe(n), "a list", "write it in brackets, [a, b], or each on its own line after a dash")
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		d.value(item, out.Index(i), p.index(i))
	}
	v.Set(out)
}

// scalar reads a single value and checks it against the type's Allowed.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, p place) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	want, ok := "", n.Kind == yaml.ScalarNode
	if text, self := v.Addr().Interface().(encoding.TextUnmarshaler); self && ok {
		d.self(n, p, text.UnmarshalText([]byte(n.Value)))
		return
	}
	if ok {
		want, ok = read(n, v)
	} else {
		want = "a single value"
	}
	if !ok {
		d.fault(n, p, describe(n), want, scalarHint(n, v))
		return
	}
	if enum, has := v.Interface().(interface{ Allowed() []string }); has && !slices.Contains(enum.Allowed(), v.String()) {
		d.fault(n, p, "unknown value "+describe(n), "", Suggest(n.Value, enum.Allowed(), "the values here are"))
	}
}

// read puts a scalar node into v, or says what it should have been.
func read(n *yaml.Node, v reflect.Value) (want string, ok bool) {
	tag := n.ShortTag()
	switch {
	case v.Type() == durationType:
		duration, err := time.ParseDuration(n.Value)
		v.SetInt(int64(duration))
		return `a duration such as "90s", "15m" or "2h"`, err == nil
	case v.Kind() == reflect.String:
		v.SetString(n.Value)
		return "", true
	case v.Kind() == reflect.Bool:
		v.SetBool(tag == "!!bool" && (n.Value == "true" || n.Value == "True" || n.Value == "TRUE"))
		return "true or false", tag == "!!bool"
	case v.CanInt():
		number, err := strconv.ParseInt(n.Value, 10, v.Type().Bits())
		v.SetInt(number)
		return "a whole number", err == nil && tag == "!!int"
	case v.CanUint():
		number, err := strconv.ParseUint(n.Value, 10, v.Type().Bits())
		v.SetUint(number)
		return "a whole number, not negative", err == nil && tag == "!!int"
	default:
		number, err := strconv.ParseFloat(n.Value, v.Type().Bits())
		v.SetFloat(number)
		finite := !math.IsNaN(number) && !math.IsInf(number, 0)
		return "a number", err == nil && finite && (tag == "!!int" || tag == "!!float")
	}
}

// scalarHint knows the usual reasons why a number is not taken for one.
func scalarHint(n *yaml.Node, v reflect.Value) string {
	quoted := n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0
	if !quoted || v.Kind() == reflect.String || v.Type() == durationType {
		return ""
	}
	bare := *n
	bare.Style, bare.Tag = 0, ""
	if _, ok := read(&bare, reflect.New(v.Type()).Elem()); ok {
		return "remove the quotes"
	}
	return ""
}
