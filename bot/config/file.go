// Package config reads the one YAML file of a campaign, strictly, and says what
// is wrong with it in words that a clerk can act on: the file, the line, the
// key, what was found, and what to write instead.
//
// A File is the parsed text with its line numbers. Overlay lays the environment
// over it; Decode reads a part of it into a struct by `yaml` tags. Whoever
// understands a part (the weekly table, the roster) decodes it, checks what it
// means, and reports what it finds as Faults of the same kind, through FaultAt.
// The package itself knows no key of the campaign.
//
// Guarantees: nothing in the file is silently ignored (an unknown key, a second
// key of the same name and a value of another type are all faults); all faults
// of a call are reported together, in the order of the file; a value that is
// tagged `secret:"true"` appears in no fault.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File is a parsed configuration file that remembers where everything in it
// was written.
type File struct {
	// Name is how faults call the file: its base name.
	Name string

	root   *yaml.Node
	origin map[*yaml.Node]string // nodes that came from the environment, and from which variable
}

// Load reads and parses the file at path. Its error is a Faults where the text
// itself is wrong.
func Load(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(filepath.Base(path), text)
}

// Parse parses text as a file called name.
func Parse(name string, text []byte) (*File, error) {
	f := &File{Name: name, origin: map[*yaml.Node]string{}}
	if flt := encodingFault(name, text); flt != nil {
		return nil, Faults{flt}
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		f.root = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		return f, nil
	case err != nil:
		return nil, Faults{syntax(name, text, err)}
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		if err != nil {
			return nil, Faults{syntax(name, text, err)}
		}
		return nil, Faults{{File: name, Line: second.Line, Found: "a second document after ---",
			Remedy: "keep everything in one document"}}
	}
	f.root = doc.Content[0]
	if isNull(f.root) {
		f.root = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	}
	if f.root.Kind != yaml.MappingNode {
		return nil, Faults{f.fault(f.root, "", describe(f.root), `keys with values, such as "listen: 127.0.0.1:8080"`, colonHint(f.root))}
	}
	return f, nil
}

// Has says whether the file (or the environment) has the dotted key.
func (f *File) Has(key string) bool {
	n, exact := f.find(key)
	return exact && !isNull(n)
}

// FaultAt makes a fault for a check of meaning: at the place of the dotted key
// (weekly.fields[3].unit), or of the nearest key above it that exists.
func (f *File) FaultAt(key, want, remedy string) *Fault {
	n, exact := f.find(key)
	found := ""
	if exact && n.Kind == yaml.ScalarNode && !isNull(n) {
		found = describe(n)
	}
	return f.fault(n, key, found, want, remedy)
}

// Line is the line of the dotted key, 0 if the file does not have it.
func (f *File) Line(key string) int {
	if n, exact := f.find(key); exact {
		return n.Line
	}
	return 0
}

// find follows a dotted path as far as the file goes. For a key that is missing
// it gives the innermost node that is there, and false.
func (f *File) find(key string) (n *yaml.Node, exact bool) {
	n = f.root
	for _, step := range steps(key) {
		next := child(resolve(n), step)
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

// fault makes a fault at a node.
func (f *File) fault(n *yaml.Node, key, found, want, remedy string) *Fault {
	flt := &Fault{File: f.Name, Key: key, Found: found, Want: want, Remedy: remedy}
	if n == nil {
		return flt
	}
	flt.Line, flt.Column = n.Line, n.Column
	if source, ok := f.origin[n]; ok {
		flt.File = source
	}
	return flt
}

// steps cuts a dotted path into keys and indexes: fields[3].unit is the key
// "fields", the index 3, the key "unit".
func steps(key string) []any {
	var out []any
	if key == "" {
		return nil
	}
	for part := range strings.SplitSeq(key, ".") {
		name, rest, _ := strings.Cut(part, "[")
		if name != "" {
			out = append(out, name)
		}
		for rest != "" {
			var index string
			index, rest, _ = strings.Cut(rest, "]")
			i, err := strconv.Atoi(index)
			if err != nil {
				i = -1
			}
			out = append(out, i)
			rest = strings.TrimPrefix(rest, "[")
		}
	}
	return out
}

// child is what a node has under a key or an index, or nil.
func child(n *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step >= 0 && step < len(n.Content) {
			return n.Content[step]
		}
	case string:
		if n.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// resolve follows an alias (*name) to what it stands for.
func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }
