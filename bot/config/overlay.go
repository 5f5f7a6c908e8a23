package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Prefix begins every environment variable that sets a key.
const Prefix = "ZHUANBAN_"

// EnvName is the environment variable that sets a dotted key: wecom.corp_id is
// ZHUANBAN_WECOM_CORP_ID, groups[0].wecom.webhook is ZHUANBAN_GROUPS_0_WECOM_WEBHOOK.
func EnvName(key string) string {
	return Prefix + strings.ToUpper(strings.NewReplacer(".", "_", "[", "_", "]", "").Replace(key))
}

// Overlay lays the environment (as os.Environ gives it) over the file. The
// scalar keys of the schema, a struct with `yaml` tags, are what can be set:
// ZHUANBAN_… with the value, or ZHUANBAN_…_FILE with the path of a file that
// holds it, of which one newline at the end is taken off. In lists the entries that
// the file has can be set, counted from 0. A ZHUANBAN_ variable that is no key is a
// fault. Call it before Decode.
func (f *File) Overlay(schema any, environ []string) error {
	keys, err := f.variables(schema)
	if err != nil {
		return err
	}
	var faults Faults
	setBy := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, Prefix) {
			continue
		}
		key, source, flt := f.variable(name, &value, keys)
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

// variables are the keys that the environment may set.
type variables struct {
	key   map[string]string // by the variable's name
	plain []string          // names of keys that stand in no list
	lists map[string]list   // by how the names in them begin
}

func (f *File) variables(schema any) (variables, error) {
	known, lists := f.leaves(schema)
	v := variables{key: make(map[string]string, len(known)), lists: map[string]list{}}
	for _, l := range known {
		name := EnvName(l.key)
		if other, taken := v.key[name]; taken {
			return v, fmt.Errorf("config: keys %s and %s are both %s in the environment", other, l.key, name)
		}
		v.key[name] = l.key
		if !l.listed {
			v.plain = append(v.plain, name)
		}
	}
	for _, l := range lists {
		v.lists[EnvName(l.key)+"_"] = l
	}
	return v, nil
}

// unknown says what is wrong with a variable that is no key.
func (v variables) unknown(name string) *Fault {
	for begins, l := range v.lists {
		rest, in := strings.CutPrefix(name, begins)
		index, _, _ := strings.Cut(rest, "_")
		if n, err := strconv.Atoi(index); in && err == nil && n >= l.length {
			return &Fault{File: "environment", Key: name, Found: fmt.Sprintf("%s has %d entries, counted from 0", l.key, l.length),
				Remedy: "write the entry into the file, and set here what belongs in it"}
		}
	}
	flt := &Fault{File: "environment", Key: name, Found: "unknown variable"}
	if near := Nearest(name, slices.Collect(maps.Keys(v.key))); near != "" {
		flt.Remedy = Suggest(name, []string{near}, "")
	} else {
		flt.Remedy = Suggest(name, v.plain, "the variables are")
	}
	return flt
}

// variable finds the key that a variable sets, and its value where that is in a
// file.
func (f *File) variable(name string, value *string, keys variables) (key, source string, flt *Fault) {
	if key, ok := keys.key[name]; ok {
		return key, name, nil
	}
	key, ok := keys.key[strings.TrimSuffix(name, "_FILE")]
	if !ok {
		return "", "", keys.unknown(name)
	}
	text, err := os.ReadFile(*value)
	if err != nil {
		return "", "", &Fault{File: name, Key: key, Found: err.Error(), Remedy: "name a file that the program may read"}
	}
	path := *value
	*value = strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	return key, name + " (" + path + ")", nil
}

// set puts a scalar at a dotted key and remembers where it came from. Entries of lists
// are there.
func (f *File) set(key, value, source string) *Fault {
	n := resolve(f.root)
	path := steps(key)
	for i, step := range path {
		next := child(n, step)
		if name, ok := step.(string); ok && next == nil {
			next = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, next)
		}
		if i == len(path)-1 {
			*next = yaml.Node{Kind: yaml.ScalarNode, Value: value}
			if value == "" {
				next.Tag = "!!str"
			}
			f.origin[next] = source
			return nil
		}
		next = resolve(next)
		want := yaml.MappingNode
		if _, ok := path[i+1].(int); ok {
			want = yaml.SequenceNode
		}
		if isNull(next) && want == yaml.MappingNode {
			*next = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: next.Line, Column: next.Column}
		}
		if next.Kind != want {
			return f.fault(next, joined(path[:i+1]), describe(next), "keys with values", colonHint(next))
		}
		n = next
	}
	return nil
}

// joined is the dotted path of steps.
func joined(path []any) (out string) {
	for _, step := range path {
		switch step := step.(type) {
		case int:
			out += "[" + strconv.Itoa(step) + "]"
		case string:
			out = join(out, step)
		}
	}
	return out
}
