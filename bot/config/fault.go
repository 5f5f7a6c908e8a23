package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Fault is one thing that is wrong in the configuration, and what to do.
type Fault struct {
	File   string // the file's name, or the environment variable that the value came from
	Line   int    // 0 where there is none
	Column int
	Key    string // dotted, with indexes from 0: weekly.fields[3].unit
	Found  string // what stands there, or what is wrong with it; "" = nothing stands there
	Want   string // what should stand there
	Remedy string // what to do about it
}

// Error is the fault on one line:
//
//	config.yaml:123: weekly.fields[3].unt: unknown key; did you mean "unit"?
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		b.WriteString(":" + strconv.Itoa(f.Line))
	}
	if f.Key != "" {
		b.WriteString(": " + f.Key)
	}
	switch {
	case f.Found == "" && f.Want == "":
		b.WriteString(": missing")
	case f.Found == "":
		b.WriteString(": want " + f.Want)
	case f.Want == "":
		b.WriteString(": " + f.Found)
	default:
		b.WriteString(": found " + f.Found + ", want " + f.Want)
	}
	if f.Remedy != "" {
		b.WriteString("; " + f.Remedy)
	}
	return b.String()
}

// Faults are all faults found together. It is an error of one line each.
type Faults []*Fault

// Error lists the faults, one on each line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Add takes in the faults of err. It returns err if it is anything else, so that
// a broken disk is not mistaken for a wrong key.
func (fs *Faults) Add(err error) error {
	var many Faults
	var one *Fault
	switch {
	case err == nil:
	case errors.As(err, &many):
		*fs = append(*fs, many...)
	case errors.As(err, &one):
		*fs = append(*fs, one)
	default:
		return err
	}
	return nil
}

// Err is the faults as an error, in the order of the file; nil if there are none.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	slices.SortStableFunc(fs, func(a, b *Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return fs
}

// Nearest finds the word that was probably meant: the one with the fewest
// mistypings, if those are at most a third of it; otherwise "".
func Nearest(word string, among []string) string {
	best, fewest := "", 0
	for _, candidate := range among {
		d := distance([]rune(word), []rune(candidate))
		if limit := max(1, len([]rune(candidate))/3); d > limit || d >= len([]rune(candidate)) {
			continue
		}
		if best == "" || d < fewest {
			best, fewest = candidate, d
		}
	}
	return best
}

// Suggest is the remedy for a word that is none of among: the one probably
// meant, or all there are, introduced by what they are ("the keys here are").
func Suggest(word string, among []string, intro string) string {
	if near := Nearest(word, among); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(among) == 0 {
		return ""
	}
	return intro + " " + strings.Join(among, ", ")
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to make b out of a.
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replace := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			rows[i][j] = min(replace, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// describe says what a node is, for Found.
func describe(n *yaml.Node) string {
	switch n = resolve(n); {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "keys with values"
	case isNull(n):
		return "nothing"
	}
	value := []rune(n.Value)
	if len(value) > 60 {
		value = append(value[:57], []rune("…")...)
	}
	return strconv.Quote(string(value))
}

// colonHint recognises the colon of a Chinese keyboard, which makes a plain text
// out of what was meant as a key.
func colonHint(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, ":") {
		return `use the half-width colon and a space: "key: value"`
	}
	return ""
}
