package dialog

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// line is one message on its way into a form of mixed fields. Whatever becomes a
// value is marked as used, so that nothing is read twice.
type line struct {
	*step
	text string
	used []bool // which bytes belong to a value already
	fit  []span // what must not be cut apart: links, amounts, dates, phones

	moneys  []zh.Money
	numbers []zh.Number
	dates   []zh.When
	phones  []zh.Phone
	links   []zh.URL

	values  map[string]Value // as they were before the line, and how many had changed
	changes int

	kept     span // the free text that a label named
	named    bool // a label was used
	conflict bool // unlabelled words say something else than was said before
}

// span is a stretch of a text, in bytes.
type span = zh.Span

func newLine(s *step, text string) *line {
	l := &line{step: s, values: maps.Clone(s.d.Values), changes: len(s.out.Changed), text: text, used: make([]bool, len(text)), moneys: zh.Moneys(text), numbers: zh.Numbers(text),
		dates: zh.Dates(text, s.env.Now, zh.Past), phones: zh.Phones(text), links: zh.URLs(text)}
	l.units()
	for _, x := range l.links {
		l.fit = append(l.fit, x.Span)
	}
	for _, x := range l.phones {
		l.fit = append(l.fit, x.Span)
	}
	for _, x := range l.dates {
		l.fit = append(l.fit, x.Span)
	}
	for _, x := range l.moneys {
		l.fit = append(l.fit, x.Span)
	}
	for _, x := range l.numbers {
		l.fit = append(l.fit, x.Span)
	}
	slices.SortFunc(l.fit, func(a, b span) int { return a.From - b.From })
	return l
}

// units takes out the names of stations, which are no places: 凤城所.
func (l *line) units() {
	for _, n := range l.env.Places {
		for _, w := range n.Words {
			for from := 0; ; {
				i := strings.Index(l.text[from:], w)
				if i < 0 {
					break
				}
				from += i + len(w)
				for _, s := range stations {
					if rest, ok := strings.CutPrefix(l.text[from:], s); ok {
						for _, of := range []string{"辖区内", "辖区", "的"} {
							rest = strings.TrimPrefix(rest, of)
						}
						l.mark(span{From: from - len(w), To: len(l.text) - len(rest)})
					}
				}
			}
		}
	}
}

func (l *line) mark(s span) {
	for i := s.From; i < s.To; i++ {
		l.used[i] = true
	}
}

func (l *line) free(s span) bool { return !slices.Contains(l.used[s.From:s.To], true) }

// cut splits the line wherever ends says so, but nothing that was read as one.
func (l *line) cut(ends func(at int, r rune) bool) []span {
	var out []span
	start, fit := 0, 0
	for i, r := range l.text {
		for fit < len(l.fit) && l.fit[fit].To <= i {
			fit++
		}
		if fit < len(l.fit) && l.fit[fit].From < i || !ends(i, r) {
			continue
		}
		if i > start {
			out = append(out, span{From: start, To: i})
		}
		start = i + utf8.RuneLen(r)
	}
	if start < len(l.text) {
		out = append(out, span{From: start, To: len(l.text)})
	}
	return out
}

// clauses are the stretches between signs of punctuation.
func (l *line) clauses() []span {
	return l.cut(func(_ int, r rune) bool { return separator(r) })
}

// words are the stretches between signs of punctuation and spaces.
func (l *line) words() []span {
	return l.cut(func(_ int, r rune) bool { return separator(r) || r == ' ' })
}

// open are the stretches of words that no value has taken, between all signs,
// brackets and quotation marks too.
func (l *line) open() []span {
	var out []span
	for _, w := range l.cut(func(_ int, r rune) bool {
		return separator(r) || r == ' ' || r == ':' || strings.ContainsRune(marks, r)
	}) {
		for from := w.From; from < w.To; {
			to := from
			for to < w.To && !l.used[to] {
				to++
			}
			if from += listMark(l.text[from:to]); to > from {
				out = append(out, span{From: from, To: to})
			}
			from = max(to, from+1)
		}
	}
	return out
}

// marks are the brackets and quotation marks that stand around names.
const marks = "()[]{}<>\"'“”‘’「」『』《》【】〈〉"

// left are the clauses that are still free; of the others, the words that are.
func (l *line) left() []span {
	words := l.words()
	var out []span
	for _, c := range l.clauses() {
		if l.free(c) {
			words = slices.DeleteFunc(words, func(w span) bool { return c.From <= w.From && w.To <= c.To })
			words = append(words, c)
		}
	}
	slices.SortFunc(words, func(a, b span) int { return a.From - b.From })
	for _, w := range words {
		if l.free(w) && !overlap(w, l.kept) && strings.Trim(w.In(l.text), " :") != "" {
			out = append(out, w)
		}
	}
	return out
}

func overlap(a, b span) bool { return a.From < b.To && b.From < a.To }
