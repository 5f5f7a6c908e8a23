package zh

import (
	"slices"
	"strings"
)

// URL is a link that was read.
type URL struct {
	Span
	Text string // as typed
}

// URLs reads links: with http(s)://, with www., or a bare domain of a known
// ending (shop.example.cn/item?id=1). A link ends before a blank, a Chinese
// character or Chinese punctuation, and without a comma or full stop at its end.
func URLs(text string) []URL {
	l := newLine(text)
	var found []URL
	for i := 0; i < len(l.r); {
		if !isLetter(l.r[i]) && !isDigit(l.r[i]) {
			i++
			continue
		}
		end := l.url(i)
		if end == i {
			i = l.pastDomain(i)
			continue
		}
		s := l.span(i, end)
		found = append(found, URL{s, s.In(text)})
		i = end
	}
	return found
}

// endingsOfDomains are the last labels a bare domain may have.
var domainEndings = []string{"com", "cn", "net", "org", "top", "shop", "vip", "xyz", "cc", "me", "io", "club", "store", "site", "online", "app", "tv", "hk", "link", "ltd", "info", "wang", "ink", "mobi"}

// url is where the link that begins at i ends; i if there is none.
func (l *line) url(i int) int {
	if prev := l.get(i - 1); prev < 0x80 && (isLetter(prev) || isDigit(prev) || prev == '@' || prev == '.' || prev == '-') {
		return i
	}
	for _, scheme := range [...]string{"http://", "https://", "HTTP://", "HTTPS://", "Http://", "Https://"} {
		if j := l.word(i, scheme); j > 0 {
			if end := l.trimURL(j, l.urlEnd(j)); end > j {
				return end
			}
			return i
		}
	}
	j := l.pastDomain(i)
	labels := strings.Split(strings.ToLower(string(l.r[i:j])), ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || slices.Contains(labels, "") || !slices.Contains(domainEndings, last) || l.get(j) == '@' {
		return i
	}
	if l.in(j, "/:?") && l.ascii(j) && l.ascii(j+1) {
		return l.trimURL(j, l.urlEnd(j))
	}
	return j
}

// pastDomain is where letters, digits, dashes and points from i on end.
func (l *line) pastDomain(i int) int {
	j := i
	for isLetter(l.get(j)) || isDigit(l.get(j)) || l.get(j) == '-' || l.get(j) == '.' && (isLetter(l.get(j+1)) || isDigit(l.get(j+1))) {
		j++
	}
	return max(j, i+1)
}

// ascii says whether a plain, visible ASCII character stands at i as typed.
func (l *line) ascii(i int) bool {
	return i < len(l.r) && l.r[i] > ' ' && l.r[i] < 0x7f && l.at[i+1]-l.at[i] == 1
}

func (l *line) urlEnd(i int) int {
	for l.ascii(i) && !l.in(i, `"<>\^{}|`+"`") {
		i++
	}
	return i
}

// trimURL leaves off punctuation that ends a sentence rather than a link.
func (l *line) trimURL(from, to int) int {
	for to > from && l.in(to-1, ".,;:!?)'") {
		to--
	}
	return to
}
