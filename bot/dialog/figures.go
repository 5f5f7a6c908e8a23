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
		return
	}
	s.out.Taken = Surely
	for _, h := range read.hits {
		s.figure(h)
	}
	for _, u := range read.unclear {
		s.out.Problems = append(s.out.Problems, Problem{Raw: u, Why: Unclear})
	}
	s.d.Unread = read.unclear
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
	if why == "" && v.About {
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

// reading is what a line of labelled numbers says.
type reading struct {
	hits    []hit
	unclear []string // numbers without a known label
	rest    bool     // 「其余为零」
	covered int      // characters that belong to a hit
	total   int      // characters that are not space or punctuation
}

// hit is one number with the field that its label names.
type hit struct {
	field *Field
	value string // the number and its unit
	raw   string // the words around it
	total bool   // it was called 累计
}

// Figures counts the labelled numbers of a text that the form knows, and says how
// much of the text they are (0 to 1). It tells whether a message is meant for the
// form at all.
func (f *Form) Figures(text string) (known int, share float64) {
	r := f.figures(text)
	if r.total > 0 {
		share = float64(r.covered) / float64(r.total)
	}
	return len(r.hits), share
}

// token is a number in a text.
type token struct {
	from, to int // with its unit
	unit     string
}

func (f *Form) figures(text string) reading {
	var r reading
	text = zh.Fold(text)
	toks := tokens(text)
	r.total = weight(text)
	free := 0 // where the words that no number has claimed begin
	for i, t := range toks {
		next := len(text)
		if i+1 < len(toks) {
			next = toks[i+1].from
		}
		prefix, suffix := text[free:t.from], text[t.to:next]
		start := free
		if cut := strings.LastIndexFunc(prefix, breaks); cut >= 0 {
			cut += runeLen(prefix[cut:])
			f.zeros(prefix[:cut], &r)
			prefix, start = prefix[cut:], free+cut
		}
		if cut := strings.IndexFunc(suffix, breaks); cut >= 0 {
			suffix = suffix[:cut]
		}
		fd, used := f.label(prefix, t.unit, suffix, i+1 == len(toks) || len(suffix) < next-t.to)
		end := t.to + used
		words := strings.TrimSpace(text[start:end])
		free = end
		switch {
		case fd != nil:
			r.hits = append(r.hits, hit{field: fd, value: text[t.from:t.to], raw: words,
				total: strings.Contains(prefix, "累计")})
			r.covered += weight(text[start:end])
		case !passing(prefix, t.unit):
			r.unclear = append(r.unclear, words)
		}
	}
	f.zeros(text[free:], &r)
	return r
}

// tokens are the numbers and amounts of a text, in order.
func tokens(text string) []token {
	var out []token
	for _, m := range zh.Moneys(text) {
		out = append(out, token{m.From, m.To, "元"})
	}
	for _, n := range zh.Numbers(text) {
		if slices.ContainsFunc(out, func(t token) bool { return n.From < t.to && t.from < n.To }) {
			continue
		}
		out = append(out, token{n.From, n.To, n.Unit})
	}
	slices.SortFunc(out, func(a, b token) int { return a.from - b.from })
	return out
}

// label finds the field that the words around a number name: the longest name
// that ends the words before it, that they and the words behind it form
// together, or that begins the words behind it. used is how much of the suffix
// belongs to the name; free says that no other number lays claim to the suffix.
func (f *Form) label(prefix, unit, suffix string, free bool) (best *Field, used int) {
	head := strings.ReplaceAll(trimFiller(prefix), " ", "")
	tail := strings.TrimLeft(suffix, " 的")
	skipped := len(suffix) - len(tail)
	length := 0
	for i := range f.Fields {
		fd := &f.Fields[i]
		if !fd.numeric() || !agree(unit, fd) {
			continue
		}
		for _, name := range fd.names() {
			n := zh.Fold(name)
			k, use := match(head, tail, n, free)
			if k > length {
				best, length = fd, k
				if use > 0 {
					use += skipped
				}
				used = use
			}
		}
	}
	return best, used
}

// match says how much of a name the words around a number are, and how many
// bytes of it stand behind.
func match(head, tail, name string, free bool) (length, behind int) {
	if strings.HasSuffix(head, name) {
		return len(name) * 2, 0
	}
	if !free {
		return 0, 0
	}
	if head == "" && strings.HasPrefix(tail, name) {
		return len(name) * 2, len(name)
	}
	for i := range name {
		if i > 0 && strings.HasSuffix(head, name[:i]) && strings.HasPrefix(tail, name[i:]) {
			return len(name)*2 - 1, len(name) - i
		}
	}
	return 0, 0
}

// trimFiller cuts the words between a name and its number.
func trimFiller(s string) string {
	for {
		t := strings.TrimRight(s, " :=-—~")
		for _, w := range []string{"累计", "共计", "合计", "总计", "总共", "数量", "一共", "大约", "分别", "本周", "共", "约", "了", "计", "达", "为", "是", "有", "数", "近", "各"} {
			if u := strings.TrimSuffix(t, w); u != "" {
				t = u
			}
		}
		if t == s {
			return s
		}
		s = t
	}
}

// zeros finds the figures that are said to be none: 「没有办结」「移送无」, and 「其余为零」.
func (f *Form) zeros(text string, r *reading) {
	for _, piece := range strings.FieldsFunc(text, func(c rune) bool { return breaks(c) || c == ' ' }) {
		p := strings.TrimSpace(piece)
		if others(p) {
			r.rest = true
			r.covered += weight(p)
			continue
		}
		for _, none := range []string{"没有", "暂无", "均无", "无", "未", "没", "零"} {
			if rest, ok := strings.CutPrefix(p, none); ok {
				f.zero(rest, p, r)
			} else if rest, ok := strings.CutSuffix(p, none); ok {
				f.zero(strings.TrimRight(rest, "::为是"), p, r)
			} else {
				continue
			}
			break
		}
	}
}

func (f *Form) zero(name, raw string, r *reading) {
	fd, ok := f.Named(name)
	if !ok || !fd.numeric() {
		return
	}
	r.hits = append(r.hits, hit{field: fd, value: "0", raw: raw})
	r.covered += weight(raw)
}

// others is 「其余为零」.
func others(s string) bool {
	for _, a := range []string{"其余", "其他", "其它", "别的", "剩下", "其余各项", "其他项"} {
		rest, ok := strings.CutPrefix(s, a)
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, "各项的都均全是为报填")
		if rest == "" {
			continue
		}
		if nothing(rest) {
			return true
		}
	}
	return false
}

// passing says that a number without a label tells nothing: a week's number, a
// date.
func passing(prefix, unit string) bool {
	switch unit {
	case "周", "期", "月", "日", "年", "号", "点", "天":
		return true
	}
	return strings.HasSuffix(prefix, "第")
}

// pieces are units that count the same things.
var kinds = [][]string{
	{"户", "户次", "家", "家次", "个", "个次", "处", "间"},
	{"人", "人次", "名", "位"},
	{"件", "起", "宗", "个", "双", "只", "条", "瓶", "支", "套", "部"},
	{"次", "场", "场次", "回", "趟", "批次"},
	{"台", "台次", "辆", "辆次", "车次"},
	{"篇", "篇次", "条", "条次", "则"},
	{"批", "批次"},
	{"份", "张", "本"},
}

// agree says whether a number said with a unit can be meant for a field.
func agree(unit string, fd *Field) bool {
	if fd.Type == Money {
		return unit == "" || strings.ContainsAny(unit, "元块毛万亿")
	}
	if unit == "" || unit == fd.Unit {
		return true
	}
	return slices.ContainsFunc(kinds, func(k []string) bool {
		return slices.Contains(k, unit) && slices.Contains(k, fd.Unit)
	})
}

// breaks ends the words that belong to a number.
func breaks(r rune) bool { return separator(r) || r == '、' }

// weight counts the characters that say something.
func weight(s string) int {
	n := 0
	for _, r := range s {
		if r != ' ' && r != ':' && !breaks(r) {
			n++
		}
	}
	return n
}

func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}
