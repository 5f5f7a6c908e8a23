package load

import (
	"fmt"
	"strings"
)

// Line is one thing said, and a part of the answer to it by which a right answer is
// known. An empty Want takes any answer.
type Line struct {
	Say, Want string
}

// Script is what a person says: First once, Again from then on without end.
type Script struct {
	First, Again []Line
}

// ParseScript reads a script. A line of it is what is said and, after a tab, what is
// wanted in the answer; "---" ends what is said once; "#" begins a comment line.
func ParseScript(text string) (Script, error) {
	var s Script
	var lines []Line
	parted := false
	for i, row := range strings.Split(text, "\n") {
		row = strings.TrimSpace(row)
		switch {
		case row == "" || strings.HasPrefix(row, "#"):
		case row == "---" && parted:
			return Script{}, fmt.Errorf("line %d: a second ---", i+1)
		case row == "---":
			s.First, lines, parted = lines, nil, true
		default:
			say, want, _ := strings.Cut(row, "\t")
			lines = append(lines, Line{strings.TrimSpace(say), strings.TrimSpace(want)})
		}
	}
	if s.Again = lines; len(lines) == 0 {
		return Script{}, fmt.Errorf("nothing is said over and over")
	}
	return s, nil
}

// Echoed is the same script for a server that answers every line with prefix and
// the line.
func (s Script) Echoed(prefix string) Script {
	echo := func(lines []Line) (out []Line) {
		for _, l := range lines {
			out = append(out, Line{l.Say, prefix + l.Say})
		}
		return out
	}
	return Script{First: echo(s.First), Again: echo(s.Again)}
}
