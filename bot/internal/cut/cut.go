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
	return pieces(s, func(s string) int { return min(most, len(s)) })
}

// Characters is Pieces with the limit in characters.
func Characters(s string, most int) []string {
	return pieces(s, func(s string) int {
		n := 0
		for i := range s {
			if n == most {
				return i
			}
			n++
		}
		return len(s)
	})
}

// pieces cuts a text where fits says: it gives how many bytes of its beginning one piece
// takes.
func pieces(s string, fits func(s string) int) []string {
	var out []string
	keep := func(piece string) {
		if strings.TrimSpace(piece) != "" {
			out = append(out, piece)
		}
	}
	for {
		most := fits(s)
		if most >= len(s) {
			break
		}
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
