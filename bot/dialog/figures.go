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
	for i, h := range read.hits {
		if slices.ContainsFunc(read.hits, func(o hit) bool { return o.field == h.field && !o.total && !h.total && o.value != h.value }) {
			if !slices.ContainsFunc(read.hits[:i], func(o hit) bool { return o.field == h.field }) {
				s.out.Problems = append(s.out.Problems, Problem{Field: h.field.Key, Raw: read.of(h.field), Why: NotANumber})
			}
			continue
		}
		s.figure(h)
	}
	s.unclear(read)
}

func (s *step) unclear(r reading) {
	for _, u := range r.unclear {
		s.out.Problems = append(s.out.Problems, Problem{Raw: u, Why: Unclear})
	}
	s.d.Unread = r.unclear
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
	out := make([]name, 0, 4*len(f.Fields))
	for i := range f.Fields {
		fd := &f.Fields[i]
		if !fd.numeric() {
			continue
		}
		out = append(out, name{zh.Fold(fd.Label), fd})
		for _, a := range fd.Alias {
			out = append(out, name{zh.Fold(a), fd})
		}
	}
	return out
}

func (f *Form) figures(text string) reading {
	t := &table{form: f, names: f.numericNames(), text: zh.Fold(text)}
	t.total = weight(t.text)
	if t.rows() {
		return t.reading
	}
	toks := tokens(t.text)
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
	return t.reading
}

// segmentEnd is where the words that belong together end: at the next sign that no
// number holds.
func segmentEnd(text string, from int, toks []token) int {
	for i, r := range text[from:] {
		at := from + i
		if breaks(r) && !slices.ContainsFunc(toks, func(t token) bool { return t.from < at && at < t.to }) {
			return at
		}
	}
	return len(text)
}

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
		fd := t.exactly(h)
		if _, number := zh.ParseNumber(numbers[i]); fd == nil || !number && !nothing(numbers[i]) {
			return false
		}
		hits = append(hits, hit{field: fd, value: numbers[i], raw: h + numbers[i]})
	}
	t.hits, t.covered = hits, t.total
	return true
}

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
		c := claim{token: k, before: t.text[free:k.from], after: t.text[k.to:next], last: i+1 == len(toks), first: numberFirst}
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

// claim is a number with the words around it that may name it.
type claim struct {
	token
	before, after string
	last          bool // no other number wants the words behind it
	first         bool // it stands before its name
}

// one finds the name of a number; used is how much of the words behind it belongs
// to it.
func (t *table) one(c claim) (used int) {
	c.before = t.zeroBefore(c.before)
	var fd *Field
	if c.first {
		n, length, skip := t.prefix(c.after)
		fd, used = n, length+skip
	} else {
		fd, used = t.around(c)
	}
	raw := strings.TrimSpace(strings.TrimLeft(c.before, "、 ") + t.text[c.from:c.to+used])
	head := trimFiller(c.before)
	switch {
	case others(strings.TrimSpace(c.before + t.text[c.from:c.to])):
		t.rest = true
		t.covered += weight(raw)
	case fd != nil && modified(head, t.text[:c.from], fd):
		t.unclear = append(t.unclear, raw)
		t.covered += weight(raw)
	case fd != nil:
		t.hits = append(t.hits, hit{field: fd, value: minus(c.before) + t.text[c.from:c.to], raw: raw, total: cumulative(t.text[:c.from])})
		t.covered += weight(raw)
	case head == "" && len(t.pending) > 0 && agree(c.unit, t.pending[len(t.pending)-1]):
		fd = t.pending[len(t.pending)-1]
		t.pending = t.pending[:len(t.pending)-1]
		t.hits = append(t.hits, hit{field: fd, value: t.text[c.from:c.to], raw: fd.Short() + raw, total: cumulative(t.text[:c.from])})
		t.covered += weight(fd.Short() + raw)
	case !passing(c):
		t.unclear = append(t.unclear, raw)
		if label := []rune(head); len(label) <= 6 && !strings.ContainsAny(head, "卖售假冒") && !slices.Contains(goodsOnly, c.unit) {
			t.covered += weight(raw)
		}
	}
	return used
}

// minus is the sign of a number that is said to be less than nothing: 「行动-3次」,
// but not 「行动 - 3次」.
func minus(before string) string {
	if strings.HasSuffix(before, "-") || strings.HasSuffix(before, "负") {
		return "-"
	}
	return ""
}

// goodsOnly are units that count goods and no figure.
var goodsOnly = strings.Fields("双 瓶 箱 盒 包 袋 斤 罐 桶 套 只 支")

// zeroBefore reads what is said to be none in the words before a number, and
// returns what is left of them.
func (t *table) zeroBefore(before string) string {
	i := strings.LastIndexAny(before, " 、")
	if i < 0 {
		return before
	}
	cut := i + 1
	if strings.HasPrefix(before[i:], "、") {
		cut = i + len("、")
	}
	hits, pending := len(t.hits), t.pending
	t.zeros(before[:cut])
	if len(t.hits) == hits {
		t.pending = pending
	}
	if len(t.hits) > hits || t.rest {
		return before[cut:]
	}
	return before
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
		t.hits = append(t.hits, hit{field: fd, value: t.text[k.from:k.to], raw: fd.Short() + t.text[k.from:k.to], total: cumulative(t.text[:c.from])})
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
