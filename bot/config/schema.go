package config

import (
	"encoding"
	"reflect"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// field is one key of a struct.
type field struct {
	key      string
	index    []int
	required bool
	secret   bool
}

// fields lists the keys that a struct type has, inlined structs included.
func fields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		if name == "-" || (!sf.IsExported() && !sf.Anonymous) {
			continue
		}
		inline := slices.Contains(strings.Split(options, ","), "inline")
		if sf.Type.Kind() == reflect.Struct && (inline || sf.Anonymous && name == "") {
			for _, f := range fields(sf.Type) {
				f.index = append([]int{i}, f.index...)
				out = append(out, f)
			}
			continue
		}
		if name == "" {
			name = strings.ToLower(sf.Name)
		}
		out = append(out, field{key: name, index: []int{i},
			required: sf.Tag.Get("required") == "true", secret: sf.Tag.Get("secret") == "true"})
	}
	return out
}

func keys(fs []field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.key
	}
	return out
}

var (
	nodeType     = reflect.TypeFor[yaml.Node]()
	durationType = reflect.TypeFor[time.Duration]()
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
	yamlType     = reflect.TypeFor[yaml.Unmarshaler]()
)

// isLeaf says whether a type is written as one scalar.
func isLeaf(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(textType) {
		return true
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	}
	return false
}

// leaf is a scalar key of a schema, with the value that the schema itself holds.
type leaf struct {
	key    string
	secret bool
	value  reflect.Value
}

// leaves lists the scalar keys of a struct value or pointer, in its order.
func leaves(schema any) []leaf {
	var out []leaf
	walk(reflect.ValueOf(schema), "", false, &out)
	return out
}

func walk(v reflect.Value, path string, secret bool, out *[]leaf) {
	t := v.Type()
	switch {
	case isLeaf(t):
		*out = append(*out, leaf{key: path, secret: secret, value: v})
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		if v.IsNil() {
			v = reflect.New(t.Elem())
		}
		walk(v.Elem(), path, secret, out)
	case t.Kind() == reflect.Struct && t != nodeType:
		for _, f := range fields(t) {
			walk(v.FieldByIndex(f.index), join(path, f.key), f.secret, out)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
