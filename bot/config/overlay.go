package config

import (
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Prefix begins every environment variable that sets a key.
const Prefix = "ZHUANBAN_"

// EnvName is the environment variable that sets a dotted key:
// wecom.corp_id is ZHUANBAN_WECOM_CORP_ID.
func EnvName(key string) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// Overlay lays the environment (as os.Environ gives it) over the file. The
// scalar keys of the schema, a struct with `yaml` tags, are what can be set:
// ZHUANBAN_… with the value, or ZHUANBAN_…_FILE with the path of a file that
// holds it, of which one newline at the end is taken off. A ZHUANBAN_ variable
// that is no key is a fault. Call it before Decode.
func (f *File) Overlay(schema any, environ []string) error {
	known := leaves(schema)
	byName := make(map[string]string, len(known))
	names := make([]string, 0, len(known))
	for _, l := range known {
		name := EnvName(l.key)
		if other, taken := byName[name]; taken {
			return fmt.Errorf("config: keys %s and %s are both %s in the environment", other, l.key, name)
		}
		byName[name] = l.key
		names = append(names, name)
	}
	var faults Faults
	setBy := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, Prefix) {
			continue
		}
		key, source, flt := f.variable(name, &value, byName, names)
		if flt == nil && setBy[key] != "" {
			flt = &Fault{File: name, Key: key, Found: "already set by " + setBy[key], Remedy: "unset one of the two variables"}
		}
		if flt == nil {
			flt = f.set(key, value, source)
		}
		if flt != nil {
			faults = append(faults, flt)
			continue
		}
		setBy[key] = name
	}
	return faults.Err()
}

// variable finds the key that a variable sets, and its value where that is in a
// file.
func (f *File) variable(name string, value *string, byName map[string]string, names []string) (key, source string, flt *Fault) {
	if key, ok := byName[name]; ok {
		return key, name, nil
	}
	key, ok := byName[strings.TrimSuffix(name, "_FILE")]
	if !ok {
		return "", "", &Fault{File: "environment", Key: name, Found: "unknown variable",
			Remedy: Suggest(name, names, "the variables are")}
	}
	text, err := os.ReadFile(*value)
	if err != nil {
		return "", "", &Fault{File: name, Key: key, Found: err.Error(), Remedy: "name a file that the program may read"}
	}
	path := *value
	*value = strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	return key, name + " (" + path + ")", nil
}

// set puts a scalar at a dotted key and remembers where it came from.
func (f *File) set(key, value, source string) *Fault {
	n := resolve(f.root)
	path := strings.Split(key, ".")
	for i, step := range path {
		next := child(n, step)
		last := i == len(path)-1
		if next == nil {
			next = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: step}, next)
		}
		if !last {
			if next = resolve(next); isNull(next) {
				*next = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: next.Line, Column: next.Column}
			}
			if next.Kind != yaml.MappingNode {
				return f.fault(next, strings.Join(path[:i+1], "."), describe(next), "keys with values", colonHint(next))
			}
			n = next
			continue
		}
		*next = yaml.Node{Kind: yaml.ScalarNode, Value: value}
		if value == "" {
			next.Tag = "!!str"
		}
		f.origin[next] = source
	}
	return nil
}
