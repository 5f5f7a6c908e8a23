package dialog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// How one number, or one row of them, stands for several names.

// rows reads two rows of a spreadsheet: names above, numbers below.
func (t *table) rows() bool {
	above, below, ok := strings.Cut(t.text, "\n")
	split := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '|' || r == '、' })
	}
	heads, numbers := split(above), split(strings.TrimSpace(below))
	if !ok || len(heads) < 2 || len(heads) != len(numbers) || strings.Contains(strings.TrimSpace(below), "\n") {
		return false
	}
	var hits []hit
	for i, h := range heads {
		fd, unit := t.head(h)
		if _, number := zh.ParseNumber(numbers[i]); fd == nil || !number && !nothing(numbers[i]) {
			return false
		}
		hits = append(hits, hit{field: fd, value: scaled(numbers[i], unit, fd), raw: h + numbers[i]})
	}
	t.hits, t.covered = hits, t.total
	return true
}

// together reads a number that stands for several names, 「立案和移送各1件」「立案、
// 移送均为0」, or numbers said in the order of theirs, 「立案、办结分别为2件、1件」. It
// returns how many numbers it has taken.
func (t *table) together(c claim, toks []token) int {
	before := strings.TrimRight(c.before, " :为是共")
	var all bool
	list, ok := strings.CutSuffix(before, "分别")
	if !ok {
		for _, w := range []string{"均", "各", "都", "各为", "全"} {
			if list, ok = strings.CutSuffix(before, w); ok {
				all = true
				break
			}
		}
	}
	fields := t.list(list)
	if !ok || len(t.pending)+len(fields) < 2 || len(fields) == 0 {
		return 0
	}
	fields = append(slices.Clone(t.pending), fields...)
	t.pending = nil
	if !all && len(toks) < len(fields) {
		return 0
	}
	n := 1
	for i, fd := range fields {
		k := toks[0]
		if !all {
			k = toks[i]
			n = len(fields)
		}
		t.hits = append(t.hits, hit{field: fd, value: t.said(k), raw: fd.Short() + t.said(k), total: cumulative(t.text[:c.from])})
	}
	t.covered += weight(t.text[c.from-len(c.before) : toks[n-1].to])
	return n
}

// list are the fields that words name one after the other, if they name nothing
// else at their end.
func (t *table) list(words string) []*Field {
	var out []*Field
	parts := strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune("、和及与 ", r) })
	for _, p := range slices.Backward(parts) {
		fd := t.exactly(trimFront(p))
		if fd == nil {
			break
		}
		out = append(out, fd)
	}
	slices.Reverse(out)
	return out
}

// pair is one case, and the word for together.
const pair = "一起"

// withPairs adds the 一起 that stands right behind the name of a figure and ends there:
// 「立案一起」 is one case, 「联合公安一起检查」 is none.
func (t *table) withPairs(toks []token) []token {
	for from := 0; ; {
		i := strings.Index(t.text[from:], pair)
		if i < 0 {
			break
		}
		i, from = i+from, i+from+len(pair)
		_, end := utf8.DecodeRuneInString(t.text[from:])
		last := strings.TrimLeft(t.text[from:from+end], " 、)") == "" || segmentEnd(t.text, from, nil) == from
		inOne := slices.ContainsFunc(toks, func(k token) bool { return k.from < from && i < k.to })
		if last && !inOne && t.labelBefore(t.text[:i]) > 0 {
			toks = append(toks, token{i, from, i, "起"})
		}
	}
	slices.SortFunc(toks, func(a, b token) int { return a.from - b.from })
	return toks
}
