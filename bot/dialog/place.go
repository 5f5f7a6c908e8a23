package dialog

import (
	"strings"
	"unicode/utf8"
)

// How an address stands out in a sentence that has no labels: by the name of a
// township, or by a part that ends like one of an address.

// stations are the words that make a township's name a unit's: 凤城所.
var stations = []string{"所", "市场监管所", "市监所", "监管所", "工商所", "派出所", "中队", "大队", "分局", "法庭", "站所", "牌"}

// place finds an address, with a slip in its township's name as with none.
func (l *line) place() (found, bool) {
	typed := l.text
	l.text = mendTowns(typed, l.env.Places)
	at, ok := l.address()
	if at.raw == at.In(l.text) {
		at.raw = at.In(typed)
	}
	l.text = typed
	return at, ok
}

// address finds an address: first one that names its township and goes on, then a
// street or a market, then a township alone.
func (l *line) address() (found, bool) {
	var street, town span
	for _, s := range l.open() {
		t := s.In(l.text)
		at, after, full := l.township(t)
		if at >= 0 {
			end := addressEnd(t, after)
			if end > after {
				at := l.goOn(span{From: s.From + county(t, at), To: s.From + end})
				return found{at, at.In(l.text)}, true
			}
			if town.To == 0 && (full || !l.partOfName(t, at, after) && !(at == 0 && l.inQuotes(s))) {
				town = span{From: s.From + county(t, at), To: s.From + after}
			}
			continue
		}
		if street.To > 0 {
			continue
		}
		if from, end := streetIn(t); end > 0 {
			street = span{From: s.From + from, To: s.From + end}
		}
	}
	switch {
	case town.To > 0 && street.To > 0 && l.near(town, street):
		at := span{From: min(town.From, street.From), To: max(town.To, street.To)}
		return found{at, at.In(l.text)}, true
	case street.To > 0:
		at := l.goOn(street)
		if town.To == 0 {
			return found{at, at.In(l.text)}, true
		}
		l.mark(town)
		return found{at, town.In(l.text) + at.In(l.text)}, true
	}
	return found{town, town.In(l.text)}, town.To > 0
}

// township finds the first township named in a stretch of words; full says that
// it is named with its 镇 or 乡.
func (l *line) township(t string) (at, after int, full bool) {
	at = -1
	for _, n := range l.env.Places {
		for _, w := range n.Words {
			for from := 0; from < len(t); {
				i := strings.Index(t[from:], w)
				if i < 0 {
					break
				}
				i += from
				from = i + len(w)
				if begins(t[from:], stations) {
					continue
				}
				if at < 0 || i < at || i == at && from > after {
					at, after, full = i, from, w == n.Value
				}
				break
			}
		}
	}
	return at, after, full
}

// county is where the names of province, city and county before a township begin:
// two characters before each 省, 市, 县 or 区, three where the stretch begins there.
func county(t string, at int) int {
	first := fillerEnd(t[:at])
	for {
		r, size := utf8.DecodeLastRuneInString(t[:at])
		name := t[min(first, at):max(first, at-size)]
		if !strings.ContainsRune("省市县区", r) || runes(name) < 2 {
			return at
		}
		back := 2
		if runes(name) == 3 {
			back = 3
		}
		at -= size
		for range back {
			_, n := utf8.DecodeLastRuneInString(t[:at])
			at -= n
		}
	}
}

// partOfName says that a township's short name begins a shop's: 凤城超市.
func (l *line) partOfName(t string, at, after int) bool {
	for i := range l.form.Fields {
		fd := &l.form.Fields[i]
		if len(fd.Ends) == 0 {
			continue
		}
		if from, to, ok := fd.nameIn(t[at:], 0); ok && from < after-at {
			return generic(t[after:at+to]) || runes(t[after:at+to]) <= 2
		}
	}
	return false
}

// goOn lets an address run on over a space or a comma, where the next words are
// an address and nothing else.
func (l *line) goOn(s span) span {
	for {
		gap := s.To
		for gap < len(l.text) && (l.text[gap] == ' ' || l.text[gap] == ',') {
			gap++
		}
		if gap == s.To || gap == len(l.text) {
			return s
		}
		rest := l.text[gap:]
		if i := strings.IndexFunc(rest, func(r rune) bool { return separator(r) || r == ' ' }); i >= 0 {
			rest = rest[:i]
		}
		if at, _, _ := l.township(rest); at >= 0 || rest == "" || addressEnd(rest, 0) != len(rest) || !l.free(span{From: gap, To: gap + len(rest)}) {
			return s
		}
		s.To = gap + len(rest)
	}
}

// near says that nothing but a sign stands between two stretches.
func (l *line) near(a, b span) bool {
	if a.From > b.From {
		a, b = b, a
	}
	return a.To <= b.From && strings.Trim(l.text[a.To:b.From], " ,的") == ""
}

// streetIn finds an address without a township in a stretch of words.
func streetIn(t string) (from, end int) {
	from = fillerEnd(t)
	for {
		end = addressEnd(t, from)
		if end <= from {
			at, word := nextStop(t, from)
			if word == "" {
				return 0, 0
			}
			from = at + len(word)
			from += fillerEnd(t[from:])
			continue
		}
		for _, w := range []string{"位于", "就在", "在", "的", "到", "开的", "销售", "卖"} { // where the address begins, if not at the front
			if i := strings.LastIndex(t[from:end], w); i >= 0 && i+len(w) < end-from {
				from += i + len(w)
			}
		}
		from += fillerEnd(t[from:end])
		n := runes(t[from:end])
		if n >= 3 || n == 2 && strings.ContainsAny(t[from:end], "路街巷村镇乡") {
			return from, end
		}
		from = end
	}
}

// Township is the township that an address names, by its full name; "" if none.
func Township(address string, places []Name) string {
	best, at := "", -1
	for _, n := range places {
		for _, w := range n.Words {
			if i := strings.Index(address, w); i >= 0 && (at < 0 || i < at) {
				best, at = n.Value, i
			}
		}
	}
	return best
}
