package config

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
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
	listed bool // it stands in a list
	value  reflect.Value
}

// list is a list of a schema, and how many entries the file has for it.
type list struct {
	key    string
	length int
}

// leaves are the scalar keys of a struct value or pointer, in its order, and its lists.
// Of what stands in a list there are as many as the file has entries.
func (f *File) leaves(schema any) ([]leaf, []list) {
	w := walker{file: f}
	w.walk(reflect.ValueOf(schema), leaf{}, 0)
	return w.leaves, w.lists
}

type walker struct {
	file   *File
	leaves []leaf
	lists  []list
}

// walk goes through a value, of which at says where it is.
func (w *walker) walk(v reflect.Value, at leaf, depth int) {
	t := v.Type()
	switch {
	case depth > maxDepth:
	case isLeaf(t):
		at.value = v
		w.leaves = append(w.leaves, at)
	case t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct:
		if v.IsNil() {
			v = reflect.New(t.Elem())
		}
		w.walk(v.Elem(), at, depth+1)
	case t == nodeType, reflect.PointerTo(t).Implements(yamlType): // it reads itself
	case t.Kind() == reflect.Struct:
		for _, f := range fields(t) {
			w.walk(v.FieldByIndex(f.index), leaf{key: join(at.key, f.key), secret: f.secret, listed: at.listed}, depth+1)
		}
	case t.Kind() == reflect.Slice:
		n, ok := w.file.find(at.key)
		if n = resolve(n); !ok || n.Kind != yaml.SequenceNode {
			return
		}
		w.lists = append(w.lists, list{at.key, len(n.Content)})
		for i := range n.Content {
			w.walk(reflect.New(t.Elem()).Elem(), leaf{key: at.key + "[" + strconv.Itoa(i) + "]", secret: at.secret, listed: true}, depth+1)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
