package dialog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// token is a number in a text.
type token struct {
	from, to int // with its unit, and with the number that it takes the place of
	value    int // where the number that counts begins
	unit     string
}

// tokens are the numbers and amounts of a text, in order, without those that
// number a list.
func tokens(text string) []token {
	var out []token
	for _, m := range zh.Moneys(text) {
		out = append(out, token{m.From, m.To, m.From, "元"})
	}
	for _, n := range zh.Numbers(text) {
		if slices.ContainsFunc(out, func(t token) bool { return n.From < t.to && t.from < n.To }) || listNumber(text, n) {
			continue
		}
		if n.Unit == "" && strings.HasPrefix(text[n.To:], "户外") && strings.Contains(text[:n.From], "除") { // 除检查12户外
			n.Unit, n.To = "户", n.To+len("户")
		}
		out = append(out, token{n.From, n.To, n.From, n.Unit})
	}
	slices.SortFunc(out, func(a, b token) int { return a.from - b.from })
	return mended(text, out)
}

// mended lets a number take the place of the one before it where the text says so:
// 「42 → 45」「18改成21」.
func mended(text string, all []token) []token {
	out := all[:0]
	for _, k := range all {
		n := len(out)
		if n == 0 {
			out = append(out, k)
			continue
		}
		between := text[out[n-1].to:k.from]
		if text[k.from] == '>' && strings.HasSuffix(between, "-") { // no 「more than」
			between, k.value = between+">", k.value+1
		}
		if slices.Contains(turns, strings.Trim(between, " ")) {
			k.from = out[n-1].from
			out[n-1] = k
			continue
		}
		out = append(out, k)
	}
	return out
}

// turns are the signs and words between a number and the one in its place.
var turns = strings.Fields("→ -> => ==> --> ⇒ ➜ >> 改 改成 改为 更正为 应为 应改为 应该是 变为 调整为")

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
