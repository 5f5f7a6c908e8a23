package dialog

import (
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
)

// labelled takes what is called by name: 「地点:凤城镇建设路」「货值3万」「【主体】某某鞋店」,
// one after the other, in lines or numbered.
func (l *line) labelled() {
	ps := l.labels()
	for i := 0; i < len(ps); i++ {
		p := ps[i]
		if p.field == nil || p.field.Fixed || p.field.Type == Files {
			continue
		}
		value, last := l.run(ps, i)
		text := strings.Trim(value.In(l.text), " :")
		if text == "" || p.field.Type == Phone && l.ofInformant(p.value) {
			continue
		}
		l.named = true
		l.put(p.field.Key, text)
		i = last
		if p.field.Rest { // it may tell more: who, where
			l.mark(span{From: p.From, To: p.value})
			l.kept = value
			continue
		}
		l.mark(span{From: p.From, To: value.To})
	}
}

// part is a stretch of the line that may begin with a label.
type part struct {
	span
	field *Field // that it names; nil if it begins with no label
	value int    // where what follows the label begins
	bound bool   // a sign or a word joins the two: 地点:…, 地点是…
}

// labels cuts the line into words, and before every label inside a word.
func (l *line) labels() []part {
	inner := l.innerLabels()
	var out []part
	for _, w := range l.words() {
		from := w.From
		for i := from + 1; i < w.To; i++ {
			if inner[i] {
				out = append(out, l.part(span{From: from, To: i}))
				from = i
			}
		}
		out = append(out, l.part(span{From: from, To: w.To}))
	}
	return l.dictated(out)
}

// innerLabels are where labels with a colon begin: 「地点:凤城镇主体:某某鞋店」.
func (l *line) innerLabels() map[int]bool {
	out := map[int]bool{}
	for i := 0; i < len(l.text); i++ {
		end, bracket := i, strings.HasPrefix(l.text[i:], "】")
		if l.text[i] != ':' && !bracket {
			continue
		}
		end = len(strings.TrimRight(l.text[:i], " "))
		best, free := 0, false
		for f := range l.form.Fields {
			for _, n := range l.form.Fields[f].names() {
				if len(n) > best && strings.HasSuffix(l.text[:end], n) {
					best, free = len(n), l.form.Fields[f].Rest
				}
			}
		}
		if best == 0 || free && len(out) == 0 && !bracket {
			continue
		}
		out[markedFrom(l.text[:end-best])] = true
	}
	return out
}

// markedFrom is where the mark of a list item at the end of a text begins, or the
// bracket there: 2、 (3) 【.
func markedFrom(s string) int {
	t := strings.TrimRight(s, " 【[「(")
	if len(t) < len(s) {
		return len(t)
	}
	u := strings.TrimRight(t, ".、)")
	if v := strings.TrimRight(u, "0123456789一二三四五六七八九十"); v != u && u != t {
		return len(strings.TrimRight(v, "("))
	}
	return len(strings.TrimRight(t, "①②③④⑤⑥⑦⑧⑨⑩"))
}

func (l *line) part(s span) part {
	p := part{span: s}
	body := s.In(l.text)
	skip := listMark(body)
	fd, rest, ok := l.form.begins(body[skip:])
	if !ok {
		return p
	}
	rest = strings.TrimLeft(rest, "】])」")
	value, bound := trimBind(rest)
	switch {
	case value != "" && !bound && !gluedValue(fd, value, l.env):
		return p
	case value == "" && !bound && skip == 0 && !l.endsLabel(s.To):
		return p
	case fd.Type == Time && runes(value) > 6 && len(zh.Dates(value, l.env.Now, zh.Past)) == 0:
		return p // 巡查发现:某店卖假酒
	}
	p.field, p.bound = fd, bound || value == ""
	p.value = s.To - len(value)
	return p
}

// endsLabel says that a label may stand alone before an offset: the line goes on
// behind a space, or ends.
func (l *line) endsLabel(at int) bool {
	return at < len(l.text) && (l.text[at] == ' ' || l.text[at] == '\n' || l.text[at] == '\t')
}

// listMark is how much of a text is the number of a list item and the bracket
// before a label: 1. 2、 (三) ④ - 【.
func listMark(s string) int {
	t := strings.TrimLeft(s, "-*·•【[「( ")
	u := strings.TrimLeft(t, "0123456789一二三四五六七八九十①②③④⑤⑥⑦⑧⑨⑩⑪⑫")
	if u != t {
		if v := strings.TrimLeft(u, ".、):"); v != u || strings.ContainsAny(t[:len(t)-len(u)], "①②③④⑤⑥⑦⑧⑨⑩⑪⑫") {
			return len(s) - len(v)
		}
	}
	return len(s) - len(t)
}

// dictated cuts a word that begins with a label before the other labels in it:
// 「地点凤城镇建设路主体阿强鞋店货值三万」.
func (l *line) dictated(ps []part) []part {
	var out []part
	for _, p := range ps {
		if p.field == nil || p.field.Rest {
			out = append(out, p)
			continue
		}
		for at := p.value; at < p.To; {
			_, n := utf8.DecodeRuneInString(l.text[at:])
			at += n
			if at >= p.To || l.inFit(at) {
				continue
			}
			q := l.part(span{From: at, To: p.To})
			if q.field == nil || q.field == p.field || q.value >= q.To || listMark(l.text[at:p.To]) > 0 || runes(l.text[p.value:at]) < 2 {
				continue
			}
			p.To = at
			out = append(out, p)
			p = q
			at = max(at, q.value)
		}
		out = append(out, p)
	}
	return out
}

func (l *line) inFit(at int) bool {
	for _, f := range l.fit {
		if f.From < at && at < f.To {
			return true
		}
	}
	return false
}

// run is the value of a labelled part: what stands behind the label, or, if that
// is nothing, the next part; a name or a place runs on over spaces until the next
// label or something plainly else, the free text over commas too.
func (l *line) run(ps []part, i int) (value span, last int) {
	p := ps[i]
	value = span{From: p.value, To: l.nameStop(p)}
	if p.value >= p.To {
		if i+1 >= len(ps) || ps[i+1].field != nil {
			return value, i
		}
		i++
		value = ps[i].span
	}
	if !p.bound || !p.field.Rest && p.field.Type != Text && p.field.Type != Place {
		return value, i
	}
	for i+1 < len(ps) && ps[i+1].field == nil && value.To == ps[i].To {
		gap := l.text[ps[i].To:ps[i+1].From]
		if strings.Contains(gap, "\n") || !p.field.Rest && (strings.TrimSpace(gap) != "" || !l.belongs(p.field, value, ps[i+1].span)) {
			break
		}
		i++
		value.To = ps[i].To
	}
	return value, i
}

// nameStop is where the value of a labelled name ends within its word: before a
// word of trade, where the name is over: 「店名阿强鞋店卖假鞋」.
func (l *line) nameStop(p part) int {
	if p.field.Type != Text || p.field.Rest || p.value >= p.To {
		return p.To
	}
	value := l.text[p.value:p.To]
	if len(p.field.Starts) > 0 { // 产品为藤编椅200张
		for _, n := range l.numbers {
			if n.From > p.value && n.To == p.To && runes(l.text[p.value:n.From]) >= 2 && countsGoods(n.Unit, "") {
				return n.From
			}
		}
		return p.To
	}
	at, _ := nextStop(value, 0)
	if at == 0 || at == len(value) || p.bound && !ends(value[:at], p.field.Ends) {
		return p.To
	}
	return p.value + at
}

// belongs says whether the next word goes on with a name or an address.
func (l *line) belongs(fd *Field, value, next span) bool {
	word := next.In(l.text)
	if l.tells(next) {
		return false
	}
	if fd.Type == Place {
		return addressEnd(word, 0) == len(word)
	}
	at, stop := nextStop(word, 0)
	return (stop == "" || at > 0) && !ends(value.In(l.text), fd.Ends)
}

// tells says whether a stretch is plainly something else than a name: an amount,
// a time, a phone, a link.
func (l *line) tells(s span) bool {
	for _, f := range l.fit {
		if s.From <= f.From && f.To <= s.To && !l.houseNumber(f) {
			return true
		}
	}
	return false
}

// houseNumber says that a number belongs to an address: 12号, 3楼.
func (l *line) houseNumber(s span) bool {
	for _, n := range l.numbers {
		if n.Span == s {
			return n.Unit != "" && strings.Contains("号楼层室幢栋组", n.Unit)
		}
	}
	return false
}

// gluedValue says whether words that follow a label without a sign between them
// are its value: 「货值3万」 yes, 「商家说不知道」 no.
func gluedValue(fd *Field, value string, env Env) bool {
	if ignorance(value) {
		return true
	}
	switch fd.Type {
	case Text:
		r, _ := utf8.DecodeRuneInString(value)
		return !fd.Rest && runes(value) >= 2 && !strings.ContainsRune(goesOn, r)
	case Choice:
		_, ok := fd.choose(value)
		return ok && runes(value) <= 12
	case Quantity:
		n := zh.Numbers(value)
		return len(n) > 0 && n[0].From == 0 && n[0].Unit != ""
	case Place:
		value = fromWords(value)
		return Township(value, env.Places) != "" || addressEnd(value, 0) > 0
	}
	_, why, _ := fd.read(value, env)
	return why == ""
}

// goesOn are the characters with which a sentence goes on behind a word that is
// no label there: 「商家卖假鞋」「产品的质量」.
const goesOn = "卖在有涉称说表反的和与被为把对也售经及或使出购销买等方质认不没是将所从向供提标外包抽检均全都无"
