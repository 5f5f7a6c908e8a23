package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Setting is one scalar key as it is in force.
type Setting struct {
	Key    string
	Value  string // secrets as "(set, hidden)" or "(not set)"
	Source string // "config.yaml:12", "ZHUANBAN_…", "ZHUANBAN_…_FILE (path)" or "default"
}

// hiddenValue stands for a secret that is set.
const hiddenValue = "(set, hidden)"

// Effective lists the scalar keys of the schema with the value in force and
// where it came from; of those in lists the secrets that are set and what came from the
// environment. Keys that nothing set show what the schema itself holds,
// so pass it with the defaults filled in. A key is hidden if its field is tagged
// `secret:"true"` or secret says so; secret may be nil.
func (f *File) Effective(schema any, secret func(key string) bool) []Setting {
	var out []Setting
	known, _ := f.leaves(schema)
	for _, l := range known {
		s := Setting{Key: l.key, Value: show(l.value), Source: "default"}
		n, exact := f.find(l.key)
		if exact && !isNull(n) {
			s.Value, s.Source = resolve(n).Value, f.source(n)
		}
		hidden := l.secret || secret != nil && secret(l.key)
		if l.listed && (s.Value == "" || !hidden) && (!exact || f.origin[n] == "") {
			continue
		}
		switch {
		case hidden && s.Value == "":
			s.Value = "(not set)"
		case hidden:
			s.Value = hiddenValue
		default:
			s.Value = hidePassword(s.Value)
		}
		out = append(out, s)
	}
	return out
}

// Source says where the value of a dotted key came from, as in Setting.
func (f *File) Source(key string) string {
	n, exact := f.find(key)
	if !exact || isNull(n) {
		return "default"
	}
	return f.source(n)
}

func (f *File) source(n *yaml.Node) string {
	if source, ok := f.origin[n]; ok {
		return source
	}
	return f.Name + ":" + strconv.Itoa(n.Line)
}

// show is a default as it would be written.
func show(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if text, ok := v.Interface().(encoding.TextMarshaler); ok {
		if b, err := text.MarshalText(); err == nil {
			return string(b)
		}
	}
	return fmt.Sprint(v.Interface())
}

// hidePassword takes the password out of a URL. It looks for the last @, since a
// password that was not escaped may contain one, and hides rather too much.
func hidePassword(value string) string {
	scheme, rest, ok := strings.Cut(value, "://")
	at := strings.LastIndex(rest, "@")
	if !ok || at < 0 {
		return value
	}
	user, _, has := strings.Cut(rest[:at], ":")
	if !has {
		return value
	}
	return scheme + "://" + user + ":***" + rest[at:]
}
