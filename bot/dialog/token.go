package dialog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// token is a number in a text.
type token struct {
	from, to int // with its unit
	unit     string
}

// tokens are the numbers and amounts of a text, in order, without those that
// number a list.
func tokens(text string) []token {
	var out []token
	for _, m := range zh.Moneys(text) {
		out = append(out, token{m.From, m.To, "元"})
	}
	for _, n := range zh.Numbers(text) {
		if slices.ContainsFunc(out, func(t token) bool { return n.From < t.to && t.from < n.To }) || listNumber(text, n) {
			continue
		}
		out = append(out, token{n.From, n.To, n.Unit})
	}
	slices.SortFunc(out, func(a, b token) int { return a.from - b.from })
	return out
}

// listNumber says that a number only numbers an item: 「2.出动18人」.
func listNumber(text string, n zh.Number) bool {
	if n.Unit != "" || n.From > 0 && !strings.ContainsAny(text[n.From-1:n.From], " \n\t,;(") {
		return false
	}
	rest := text[n.To:]
	after := strings.TrimLeft(rest, ".、)）")
	return after != rest && after != "" && after[0] >= utf8.RuneSelf
}

// breaks ends the words that belong to a number.
func breaks(r rune) bool { return separator(r) && r != '\t' && r != '|' }

// weight counts the characters that say something.
func weight(s string) int {
	n := 0
	for _, r := range s {
		if r != ' ' && r != ':' && r != '、' && !separator(r) {
			n++
		}
	}
	return n
}

// runes is how many characters a text has.
func runes(s string) int { return utf8.RuneCountInString(s) }
