// Package cut cuts texts into pieces that a platform takes.
package cut

import (
	"strings"
	"unicode/utf8"
)

// Pieces cuts a text into pieces of at most most bytes, at the end of a line where
// one ends in the second half of a piece, never within a character. What is cut
// away is the line end and nothing else; pieces of nothing but blanks, which platforms
// refuse, are left out.
func Pieces(s string, most int) []string {
	var out []string
	keep := func(piece string) {
		if strings.TrimSpace(piece) != "" {
			out = append(out, piece)
		}
	}
	for len(s) > most {
		cut, next := most, most
		if i := strings.LastIndexByte(s[:most+1], '\n'); i >= most/2 {
			cut, next = i, i+1
		} else {
			for cut > 0 && !utf8.RuneStart(s[cut]) {
				cut--
			}
			if cut == 0 { // not text at all
				cut = most
			}
			next = cut
		}
		keep(s[:cut])
		s = s[next:]
	}
	keep(s)
	return out
}
