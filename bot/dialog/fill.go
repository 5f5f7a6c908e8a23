package dialog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// fill reads one line into a form of mixed fields: first what is labelled, then
// what a type or a tell-tale word gives away, then, if values were asked for, the
// pieces that are left, in the order they were asked.
//
// Unlabelled words never overwrite what was said before. Where they say something
// else (another place, another shop) while the card is on the table, the line is
// about another matter and is not taken.
func (s *step) fill(text string) {
	text = zh.Fold(text)
	if strings.TrimSpace(text) == "" {
		return
	}
	first := len(s.d.Values) == 0
	l := &line{step: s, text: text, used: make([]bool, len(text))}
	l.labelled()
	typed := l.typed()
	if l.conflict && s.d.Phase == Confirming && !l.named {
		s.out.Changed, s.out.Problems = nil, nil
		s.d.Values = s.before.clone().Values
		return
	}
	left := 0
	if len(s.d.Asked) > 0 {
		left = l.answers()
	}
	kept := l.rest(first)
	l.inferred()
	switch {
	case l.named || typed > 0:
		s.out.Taken = Surely
	case left > 0 || kept:
		s.out.Taken = Weakly
	}
}

// line is one line on its way into a form.
type line struct {
	*step
	text     string
	used     []bool // which bytes belong to a value already
	named    bool   // a label was used
	conflict bool   // unlabelled words say something else than was said before
}

// piece is a stretch of the line between separators.
type piece struct{ from, to int }

func (l *line) pieces(spaces bool) []piece {
	var out []piece
	start := 0
	for i, r := range l.text {
		if separator(r) || spaces && r == ' ' {
			if i > start {
				out = append(out, piece{start, i})
			}
			start = i + utf8.RuneLen(r)
		}
	}
	if start < len(l.text) {
		out = append(out, piece{start, len(l.text)})
	}
	return out
}

func (l *line) mark(from, to int) {
	for i := from; i < to; i++ {
		l.used[i] = true
	}
}

func (l *line) free(from, to int) bool { return !slices.Contains(l.used[from:to], true) }

// labelled takes 「地点:凤城镇建设路」「货值3万」.
func (l *line) labelled() {
	ps := l.pieces(true)
	for i := 0; i < len(ps); i++ {
		p := ps[i]
		body := l.text[p.from:p.to]
		fd, rest, ok := l.form.begins(strings.TrimLeft(body, "的"))
		if !ok || fd.Fixed || fd.Type == Files {
			continue
		}
		value, bound := trimBind(rest)
		if value == "" && i+1 < len(ps) { // 「地点: 凤城镇」, 「地点 凤城镇」
			i++
			p.to = ps[i].to
			value, bound = l.text[ps[i].from:ps[i].to], true
		}
		if value == "" || !bound && !gluedValue(fd, value, l.env) {
			continue
		}
		if bound && (fd.Rest || fd.Type == Text || fd.Type == Place) {
			p.to, i = l.extend(ps, i, fd.Rest)
			value = l.text[p.to-len(strings.TrimLeft(l.text[p.from:p.to], " ")) : p.to]
			_, after, _ := l.form.begins(strings.TrimLeft(value, "的 "))
			value, _ = trimBind(after)
		}
		l.named = true
		l.put(fd.Key, strings.TrimSpace(value))
		l.mark(p.from, p.to)
	}
}

// extend lets a labelled text run on until the next label; a name or a place
// only over spaces, the free text over commas too.
func (l *line) extend(ps []piece, i int, far bool) (to, last int) {
	for i+1 < len(ps) {
		gap := l.text[ps[i].to:ps[i+1].from]
		if !far && strings.TrimSpace(gap) != "" || strings.Contains(gap, "\n") {
			break
		}
		if fd, rest, ok := l.form.begins(l.text[ps[i+1].from:ps[i+1].to]); ok {
			value, bound := trimBind(rest)
			if bound || value == "" || gluedValue(fd, value, l.env) {
				break
			}
		}
		if !far && l.tells(ps[i+1]) {
			break
		}
		i++
	}
	return ps[i].to, i
}

// tells says whether a piece is plainly something else than a name: an amount, a
// time, a phone.
func (l *line) tells(p piece) bool {
	t := l.text[p.from:p.to]
	return len(zh.Moneys(t)) > 0 || len(zh.Phones(t)) > 0 || len(zh.Dates(t, l.env.Now, zh.Past)) > 0 || len(zh.URLs(t)) > 0 ||
		len(tokens(t)) > 0
}

// gluedValue says whether words that follow a label without a sign between them
// are its value: 「货值3万」 yes, 「商家说不知道」 no.
func gluedValue(fd *Field, value string, env Env) bool {
	switch fd.Type {
	case Text:
		r, _ := utf8.DecodeRuneInString(value)
		return utf8.RuneCountInString(value) >= 2 && !strings.ContainsRune("卖在有涉称说表反的和与被为把对也", r)
	case Choice:
		_, ok := fd.option(value)
		return ok
	}
	_, why, _ := fd.read(value, env)
	return why == ""
}

// typed takes what its form gives away: amounts, quantities, times, phones,
// links, places, names. It returns how many values it found.
func (l *line) typed() int {
	found := 0
	for _, fd := range l.byCertainty() {
		from, to, raw := l.find(fd)
		if raw == "" || !l.free(from, to) {
			continue
		}
		v, why, _ := fd.read(raw, l.env)
		if why != "" {
			continue
		}
		if old, said := l.d.Values[fd.Key]; said {
			if !old.Same(v) && old.Origin != Inferred && (fd.Type == Place || fd.Type == Text) {
				l.conflict = true
			}
			continue
		}
		l.mark(from, to)
		l.d.set(fd.Key, v)
		l.out.Changed = append(l.out.Changed, fd.Key)
		found++
	}
	return found
}

// plainness orders the types by how surely their values stand out, so that a
// place is not taken for a part of the name behind it.
var plainness = []Type{Link, Phone, Money, Time, Quantity, Place, Unit, Person, Choice, Text}

// byCertainty lists the fields that unlabelled words may fill, the plainest type
// first.
func (l *line) byCertainty() []*Field {
	var out []*Field
	for i := range l.form.Fields {
		if fd := &l.form.Fields[i]; !fd.Fixed && !fd.Rest && slices.Contains(plainness, fd.Type) {
			out = append(out, fd)
		}
	}
	slices.SortStableFunc(out, func(a, b *Field) int {
		return slices.Index(plainness, a.Type) - slices.Index(plainness, b.Type)
	})
	return out
}

// find looks for a value of the field's type in the line.
func (l *line) find(fd *Field) (from, to int, raw string) {
	take := func(s zh.Span) (int, int, string) { return s.From, s.To, l.text[s.From:s.To] }
	switch fd.Type {
	case Money:
		for _, m := range zh.Moneys(l.text) {
			if !each(l.text[:m.From]) {
				return take(m.Span)
			}
		}
	case Quantity:
		for _, n := range zh.Numbers(l.text) {
			if countsGoods(n.Unit) && l.free(n.From, n.To) {
				return take(n.Span)
			}
		}
	case Time:
		if w := zh.Dates(l.text, l.env.Now, zh.Past); len(w) > 0 {
			return take(w[0].Span)
		}
	case Phone:
		if p := zh.Phones(l.text); len(p) > 0 {
			return take(p[0].Span)
		}
	case Link:
		if u := zh.URLs(l.text); len(u) > 0 {
			return take(u[0].Span)
		}
	case Place:
		return l.place()
	case Text:
		if len(fd.Ends) > 0 {
			if from, to, raw = l.endsIn(fd.Ends); raw != "" {
				return from, to, raw
			}
		}
		if len(fd.After) > 0 {
			return l.after(fd.After)
		}
	case Choice:
		for _, o := range fd.Options {
			for _, p := range l.pieces(true) {
				if t := l.text[p.from:p.to]; t == zh.Fold(o.Label) {
					return p.from, p.to, t
				}
			}
		}
	}
	return 0, 0, ""
}

// each says whether an amount is the price of one: 「每双500元」.
func each(before string) bool {
	before = strings.TrimRight(before, " :")
	for _, w := range []string{"单价", "售价", "价格", "标价", "每双", "每件", "每瓶", "每箱", "每个", "每条", "每盒", "一双", "一瓶", "一件"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// countsGoods says whether a unit counts goods.
func countsGoods(unit string) bool {
	return unit != "" && strings.Contains(" 双 箱 瓶 件 条 包 盒 台 公斤 斤 吨 套 只 袋 部 批 支 本 个 罐 桶 把 张 卷 份 对 打 片 枚 千克 克 升 块 ", " "+unit+" ")
}

// inferred takes choices from words that mean them: 「假冒」 is a trademark matter.
func (l *line) inferred() {
	for i := range l.form.Fields {
		fd := &l.form.Fields[i]
		if fd.Type != Choice || fd.Fixed {
			continue
		}
		if _, said := l.d.Values[fd.Key]; said {
			continue
		}
		if o, ok := fd.infer(l.text); ok {
			l.d.set(fd.Key, Value{Text: o.Value, Origin: Inferred})
			if len(l.out.Changed) > 0 {
				l.out.Changed = append(l.out.Changed, fd.Key)
			}
		}
	}
}

// answers gives the pieces that are left to the fields asked for, in their order.
// If one field is wanting, all that is left is its value.
func (l *line) answers() int {
	var want []*Field
	for _, k := range l.d.Asked {
		if _, said := l.d.Values[k]; !said {
			if fd, ok := l.form.Field(k); ok {
				want = append(want, fd)
			}
		}
	}
	if len(want) == 0 {
		return 0
	}
	var left []piece
	for _, p := range l.pieces(false) {
		if l.free(p.from, p.to) && strings.TrimSpace(l.text[p.from:p.to]) != "" {
			left = append(left, p)
		}
	}
	if len(want) > 1 && len(left) == 1 {
		left = nil
		for _, p := range l.pieces(true) {
			if l.free(p.from, p.to) {
				left = append(left, p)
			}
		}
	}
	if ignorance(l.text) {
		return l.unknown(want)
	}
	if len(want) == 1 && len(left) > 1 && want[0].Rest {
		left = []piece{{left[0].from, left[len(left)-1].to}}
	}
	took := 0
	for _, p := range left {
		if took >= len(want) {
			break
		}
		fd := want[took]
		v, why, arg := fd.readAnswer(strings.TrimSpace(l.text[p.from:p.to]), l.env)
		if why != "" {
			l.out.Problems = append(l.out.Problems, Problem{Field: fd.Key, Raw: l.text[p.from:p.to], Why: why, Arg: arg})
			continue
		}
		l.mark(p.from, p.to)
		l.d.set(fd.Key, v)
		l.out.Changed = append(l.out.Changed, fd.Key)
		took++
	}
	return took
}

// unknown answers everything that may be unknown with the word for it.
func (l *line) unknown(want []*Field) int {
	n := 0
	for _, fd := range want {
		if fd.Unknown != "" {
			l.d.set(fd.Key, Value{Text: fd.Unknown, Raw: l.text})
			l.out.Changed = append(l.out.Changed, fd.Key)
			n++
		}
	}
	l.mark(0, len(l.text))
	return n
}

// rest keeps the words themselves in the field for free text: the whole first
// message, and of later ones what no value came from.
func (l *line) rest(first bool) bool {
	i := slices.IndexFunc(l.form.Fields, func(f Field) bool { return f.Rest })
	if i < 0 {
		return false
	}
	fd := &l.form.Fields[i]
	old, said := l.d.Values[fd.Key]
	if first && !said {
		l.d.set(fd.Key, Value{Text: strings.TrimSpace(l.text)})
		l.out.Changed = append(l.out.Changed, fd.Key)
		return true
	}
	var left []string
	for _, p := range l.pieces(false) {
		if t := strings.TrimSpace(l.text[p.from:p.to]); l.free(p.from, p.to) && utf8.RuneCountInString(t) >= 4 {
			left = append(left, t)
		}
	}
	if len(left) == 0 || strings.Contains(old.Text, strings.Join(left, ",")) {
		return false
	}
	text := strings.Join(left, ",")
	if said {
		text = strings.TrimRight(old.Text, "。;") + ";" + text
	}
	l.d.set(fd.Key, Value{Text: text})
	l.out.Changed = append(l.out.Changed, fd.Key)
	return true
}
