package dialog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// lines reads labelled numbers, in any order and any number: 「行动3次 出动18人次」,
// 「检查:42户」, 「3次行动」, 「没有办结」, 「其余为零」. A number whose label nobody knows is
// named as a problem; the others count.
func (s *step) lines(text string) {
	read := s.form.figures(text)
	if len(read.hits) == 0 && !read.rest {
		if read.share() >= 0.8 { // numbers, but none that is known
			s.unclear(read)
		}
		return
	}
	s.out.Taken = Surely
	values := map[*Field][]string{} // one figure said twice, otherwise, is a question
	for _, h := range read.hits {
		if !h.total && !slices.Contains(values[h.field], h.value) {
			values[h.field] = append(values[h.field], h.value)
		}
	}
	for _, h := range read.hits {
		switch said := values[h.field]; {
		case h.total || len(said) == 1:
			s.figure(h)
		case len(said) > 1:
			s.out.Problems = append(s.out.Problems, Problem{Field: h.field.Key, Raw: read.of(h.field), Why: NotANumber})
			values[h.field] = nil
		}
	}
	s.unclear(read)
}

func (s *step) unclear(r reading) {
	for _, u := range r.unclear {
		s.out.Problems = append(s.out.Problems, Problem{Raw: u, Why: Unclear})
	}
}

func (s *step) figure(h hit) {
	fd := h.field
	if fd.Fixed {
		s.out.Problems = append(s.out.Problems, Problem{Field: fd.Key, Raw: h.raw, Why: KnownAlready})
		return
	}
	if h.total {
		s.out.Problems = append(s.out.Problems, Problem{Field: fd.Key, Raw: h.raw, Why: Cumulative})
		return
	}
	v, why, arg := fd.read(h.value, s.env)
	if why == "" && v.About && fd.Type == Number {
		why = NotANumber
	}
	if why != "" {
		s.out.Problems = append(s.out.Problems, Problem{Field: fd.Key, Raw: h.raw, Why: why, Arg: arg})
		return
	}
	if s.d.set(fd.Key, v) {
		s.changed(fd.Key)
	}
}

// reading is what a text of labelled numbers says.
type reading struct {
	hits    []hit
	unclear []string // numbers without a known label
	rest    bool     // 「其余为零」
	covered int      // characters that belong to a hit, or to a number with a short label
	total   int      // characters that are not space or punctuation
}

// hit is one number with the field that its label names.
type hit struct {
	field *Field
	value string // the number and its unit
	raw   string // the words around it
	total bool   // it was called 累计
}

// of are the words of all numbers of a field.
func (r reading) of(fd *Field) string {
	var raw []string
	for _, h := range r.hits {
		if h.field == fd {
			raw = append(raw, h.raw)
		}
	}
	return strings.Join(raw, "、")
}

func (r reading) share() float64 {
	if r.total == 0 {
		return 0
	}
	return float64(r.covered) / float64(r.total)
}

// Figures counts the labelled numbers of a text that the form knows, and says how
// much of the text are labelled numbers (0 to 1), known or not. It tells whether a
// message is meant for the form at all.
func (f *Form) Figures(text string) (known int, share float64) {
	r := f.figures(text)
	return len(r.hits), r.share()
}

// table is a text of labelled numbers being read.
type table struct {
	reading
	form    *Form
	names   []name
	text    string
	pending []*Field // named before, still without a number
}

// name is one way to call a numeric field.
type name struct {
	text  string
	field *Field
}

// numericNames are the names of all fields that numbers fill.
func (f *Form) numericNames() []name {
	if f.names != nil {
		return f.names
	}
	out := make([]name, 0, 4*len(f.Fields))
	for i := range f.Fields {
		fd := &f.Fields[i]
		if !fd.numeric() {
			continue
		}
		out = append(out, name{fold(fd.Label), fd})
		if what, of, ok := strings.Cut(fold(fd.Label), "·"); ok { // 立案·食品 is 食品立案
			out = append(out, name{of + what, fd})
		}
		for _, a := range fd.Alias {
			out = append(out, name{fold(a), fd})
		}
	}
	return out
}

func (f *Form) figures(text string) reading {
	t := &table{form: f, names: f.numericNames(), text: zh.Fold(text)}
	t.total = weight(t.text)
	if t.rows() || t.sheet() {
		return t.reading
	}
	toks := t.withPairs(tokens(t.text))
	for from := 0; from < len(t.text); {
		to := segmentEnd(t.text, from, toks)
		n := 0
		for n < len(toks) && toks[n].from < to {
			n++
		}
		t.segment(from, to, toks[:n])
		toks = toks[n:]
		from = to
		for from < len(t.text) {
			r, size := utf8.DecodeRuneInString(t.text[from:])
			if !breaks(r) {
				break
			}
			from += size
		}
	}
	if len(t.hits) > 0 {
		t.waiting()
	}
	t.forfeits()
	return t.reading
}

// said is a number as it counts, without the one in whose place it stands.
func (t *table) said(k token) string {
	if said := t.text[k.value:k.to]; said != pair {
		return said
	}
	return "1起"
}

// segmentEnd is where the words that belong together end: at the next sign that no
// number holds.
func segmentEnd(text string, from int, toks []token) int {
	for i, r := range text[from:] {
		at := from + i
		for len(toks) > 0 && toks[0].to <= at {
			toks = toks[1:]
		}
		if breaks(r) && (len(toks) == 0 || toks[0].from >= at) {
			return at
		}
	}
	return len(text)
}

// segment reads the numbers between two signs. Where the first stands before its
// name (「3次行动 18人次出动」) they all do; otherwise names come first, and may
// close around their number (「检查42户经营主体」).
func (t *table) segment(from, to int, toks []token) {
	words := t.text[from:to]
	if len(toks) == 0 {
		if fd := t.exactly(trimFiller(words)); fd != nil {
			t.pending = append(t.pending, fd)
			return
		}
		t.zeros(words)
		return
	}
	numberFirst := trimFiller(strings.TrimLeft(t.text[from:toks[0].from], "(")) == "" && t.labelAfter(t.text[toks[0].to:to]) > 0
	free := from // where the words that no number has claimed begin
	for i := 0; i < len(toks); i++ {
		k := toks[i]
		next := to
		if i+1 < len(toks) {
			next = toks[i+1].from
		}
		c := claim{token: k, before: t.text[free:k.from], after: t.text[k.to:next], last: i+1 == len(toks)}
		c.first = numberFirst && trimFiller(c.before) == ""
		if n := t.together(c, toks[i:]); n > 0 {
			i += n - 1
			free = toks[i].to
			continue
		}
		used := t.one(c)
		free = k.to + used
	}
	t.zeros(t.text[free:to])
	t.waiting()
}

// waiting turns the names that are still without a number into hits that say so.
func (t *table) waiting() {
	for _, fd := range t.pending {
		t.hits = append(t.hits, hit{field: fd, raw: fd.Short()})
	}
	t.pending = nil
}
