package zh

// URL is a link that was read.
type URL struct {
	Span
	Text string // as typed
}

// URLs reads links: with http(s)://, with www., or a bare domain of a known
// ending (shop.example.cn/item?id=1). A link ends before a blank, a Chinese
// character or Chinese punctuation, and without a comma or full stop at its end.
func URLs(text string) []URL { return newLine(text).URLs() }

// URLs is what the function [URLs] reads.
func (l *Line) URLs() []URL {
	var found []URL
	if l.has&letter == 0 {
		return nil
	}
	for i := l.next(0); i < len(l.r); i = l.next(i) {
		if mark(l.r[i])&(letter|digit) == 0 {
			i++
			continue
		}
		end := l.url(i)
		if end == i {
			i = l.pastDomain(i)
			continue
		}
		s := l.span(i, end)
		found = append(found, URL{s, s.In(l.src)})
		i = end
	}
	return found
}

// domainEndings are the last labels a bare domain may have.
var domainEndings = words("com cn net org top shop vip xyz cc me io club store site online app tv hk link ltd info wang ink mobi")

// url is where the link that begins at i ends; i if there is none.
func (l *Line) url(i int) int {
	if prev := l.get(i - 1); prev < 0x80 && (isLetter(prev) || isDigit(prev) || prev == '@' || prev == '.' || prev == '-') {
		return i
	}
	if l.get(i)|0x20 == 'h' {
		for _, scheme := range [...]string{"http://", "https://", "HTTP://", "HTTPS://", "Http://", "Https://"} {
			if j := l.word(i, scheme); j > 0 {
				if end := l.trimURL(j, l.urlEnd(j)); end > j {
					return end
				}
				return i
			}
		}
	}
	if n := l.digitsAt(i); n > 0 {
		if next := l.get(i + n); next != '.' && next != '-' && !isLetter(next) {
			return i
		}
	}
	j := l.pastDomain(i)
	if !l.isDomain(i, j) || l.get(j) == '@' {
		return i
	}
	if l.in(j, "/:?") && l.ascii(j) && l.ascii(j+1) {
		return l.trimURL(j, l.urlEnd(j))
	}
	return j
}

// isDomain says whether the runes from i to j are labels parted by points, the
// last one of those that end a domain.
func (l *Line) isDomain(i, j int) bool {
	dot := j - 1
	for dot > i && l.r[dot] != '.' {
		dot--
	}
	if dot <= i || j-dot > 8 || l.r[i] == '.' {
		return false
	}
	for k := i + 1; k < dot; k++ {
		if l.r[k] == '.' && l.r[k-1] == '.' {
			return false
		}
	}
	var label [8]rune
	for k, r := range l.r[dot+1 : j] {
		if label[k] = r; isLetter(r) {
			label[k] |= 0x20
		}
	}
	last := Line{r: label[:j-dot-1]}
	_, end := last.find(0, domainEndings)
	return end > 0 && end == len(last.r)
}

// pastDomain is where letters, digits, dashes and points from i on end.
func (l *Line) pastDomain(i int) int {
	j := i
	for isLetter(l.get(j)) || isDigit(l.get(j)) || l.get(j) == '-' || l.get(j) == '.' && (isLetter(l.get(j+1)) || isDigit(l.get(j+1))) {
		j++
	}
	return max(j, i+1)
}

// ascii says whether a plain, visible ASCII character stands at i as typed.
func (l *Line) ascii(i int) bool {
	return i < len(l.r) && l.r[i] > ' ' && l.r[i] < 0x7f && l.at[i+1]-l.at[i] == 1
}

func (l *Line) urlEnd(i int) int {
	for l.ascii(i) && !l.in(i, `"<>\^{}|`+"`") {
		i++
	}
	return i
}

// trimURL leaves off punctuation that ends a sentence rather than a link.
func (l *Line) trimURL(from, to int) int {
	for to > from && l.in(to-1, ".,;:!?)'") {
		to--
	}
	return to
}
