package casefile

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"zhuanban/bot/zh"
	"zhuanban/handlers/lead/flow"
)

// order is what somebody wants done with some leads: 「132 立案 …」, 「交办 132、135 凤城所」.
type order struct {
	numbers []string // in full: AX-2024-0132
	word    string
	rest    string // what was said beside
}

// reader reads orders.
type reader struct {
	words   []string // all that order a move, the longest first
	figures map[string]bool
	front   *regexp.Regexp // numbers before the word
	behind  *regexp.Regexp // and behind it
	single  *regexp.Regexp
	number  func(text string, now time.Time) (string, bool)
}

// show is the word that shows a lead with the suggestion for it, in place of a move.
const show = "研判"

// newReader makes a reader of orders about leads whose numbers begin with a prefix.
// figures are words that also name a figure of the weekly table: before a bare number
// they are taken for it.
func newReader(prefix string, figures map[string]bool, number func(string, time.Time) (string, bool)) *reader {
	r := &reader{figures: figures, number: number}
	for _, m := range flow.Moves() {
		for _, w := range m.Words {
			if !slices.Contains(r.words, w) && m.Name != flow.Register && m.Name != flow.Withdraw {
				r.words = append(r.words, w)
			}
		}
	}
	slices.SortStableFunc(r.words, func(a, b string) int { return len(b) - len(a) })
	one := `(?:线索|第)?\s*(?:(?i:` + regexp.QuoteMeta(prefix) + `)[-—– ]?\d{4}[-—– ])?\d{1,6}(?:号|条)?`
	r.single = regexp.MustCompile(one)
	r.front = regexp.MustCompile(`^\s*(` + one + `(?:\s*[、,，和及/;]\s*` + one + `|\s+` + one + `)*)[\s:：,，]*`)
	r.behind = regexp.MustCompile(`^[\s:：,，#]*(` + one + `(?:\s*[、,，和及/;]\s*` + one + `)*)(.*)$`)
	return r
}

// read reads a text as an order; ok is false if it is none. reports says that the speaker
// reports figures, so that 「立案 2」 may be one: then it is, unless the number can only be a
// lead's or what follows can be no figures.
func (r *reader) read(text string, now time.Time, reports bool) (o order, ok bool) {
	text = strings.TrimSpace(zh.Fold(text))
	if m := r.front.FindStringSubmatch(text); m != nil {
		after := text[len(m[0]):]
		if word := r.word(after); word != "" {
			o = order{word: word, rest: trim(after[len(word):])}
			o.numbers, ok = r.numbers(m[1], now)
			return o, ok
		}
	}
	word := r.word(text)
	if word == "" {
		return order{}, false
	}
	m := r.behind.FindStringSubmatch(text[len(word):])
	if m == nil || counts(m[2]) {
		return order{}, false
	}
	if reports && r.figures[word] && !named(m[1]) && len(zh.Documents(m[2])) == 0 && (trim(m[2]) == "" || strings.ContainsAny(m[2], "0123456789")) {
		return order{}, false
	}
	o = order{word: word, rest: trim(m[2])}
	o.numbers, ok = r.numbers(m[1], now)
	return o, ok
}

// word is the longest word that a text begins with.
func (r *reader) word(text string) string {
	for _, w := range r.words {
		if strings.HasPrefix(text, w) {
			return w
		}
	}
	return ""
}

// numbers puts the numbers of a list in full.
func (r *reader) numbers(list string, now time.Time) (out []string, ok bool) {
	for _, one := range r.single.FindAllString(list, -1) {
		n, ok := r.number(one, now)
		if !ok {
			return nil, false
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out, len(out) > 0
}

// counts says whether what follows a number makes it an amount of something.
func counts(after string) bool {
	for _, u := range []string{"件", "万", "元", "%", "年", "月", "日", "天", "个", "起", "人", "双", "户", "家", "次", ".", "个工作日"} {
		if strings.HasPrefix(strings.TrimSpace(after), u) {
			return true
		}
	}
	return false
}

// named says whether a number is written so that it can only be a lead's.
func named(number string) bool { return strings.ContainsAny(number, "-号条线第") }

func trim(s string) string { return strings.Trim(s, " \t\n,:;，：；。、") }
