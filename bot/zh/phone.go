package zh

import "strings"

// PhoneKind is what kind of line a phone number is.
type PhoneKind string

// The kinds of phone.
const (
	Mobile   PhoneKind = "mobile"
	Landline PhoneKind = "landline" // with its area code
	Service  PhoneKind = "service"  // 400 and 800 numbers
)

// Phone is a phone number that was read.
type Phone struct {
	Span
	Digits string // without blanks and dashes; hidden digits are *
	Kind   PhoneKind
	Masked bool // some digits are hidden already: 138****1234
}

// Phones reads mobile numbers (13812345678, 138 1234 5678, +86 138-1234-5678,
// 138****1234, 一三八…), landlines with their area code (0595-23231234,
// (0595)23231234) and 400 and 800 numbers. Eleven digits inside a longer number
// are none, and neither is a local number without its area code.
func Phones(text string) []Phone {
	l := newLine(text)
	var found []Phone
	for i := 0; i < len(l.r); {
		if !isDigit(l.r[i]) && !l.in(i, "(+一幺") {
			i++
			continue
		}
		p, end := l.phone(i)
		if end == i {
			i = l.pastDigits(i)
			continue
		}
		p.Span = l.span(i, end)
		found = append(found, p)
		i = end
	}
	return found
}

// pastDigits is the next position where a phone could begin after i.
func (l *line) pastDigits(i int) int {
	if !isDigit(l.r[i]) {
		return i + 1
	}
	for isDigit(l.get(i)) {
		i++
	}
	return i
}

// phone reads the phone number at i; end is i if there is none.
func (l *line) phone(i int) (p Phone, end int) {
	if prev := l.get(i - 1); isDigit(prev) || isLetter(prev) && !l.afterLabel(i) || l.in(i-1, "-.*_") {
		return p, i
	}
	if r := l.get(i); r == '一' || r == '幺' {
		return l.spokenPhone(i)
	}
	j := i
	for _, prefix := range [...]string{"+86", "0086", "86"} {
		if k := l.word(i, prefix); k > 0 {
			for l.in(k, " -") {
				k++
			}
			if l.get(k) == '1' {
				j = k
			}
			break
		}
	}
	if d, end := l.mobile(j); end > j {
		return Phone{Digits: d, Kind: Mobile, Masked: strings.Contains(d, "*")}, end
	}
	if d, end := l.landline(i); end > i {
		return Phone{Digits: d, Kind: Landline, Masked: strings.Contains(d, "*")}, end
	}
	if d, end := l.grouped(i, 10); end > i && (strings.HasPrefix(d, "400") || strings.HasPrefix(d, "800")) && end-i > 10 {
		return Phone{Digits: d, Kind: Service}, end
	}
	return p, i
}

// afterLabel says whether the letters before i are a label like tel.
func (l *line) afterLabel(i int) bool {
	_, from := l.findBefore(i, phoneLabels)
	return from < i
}

var phoneLabels = wordEndings("tel Tel TEL phone Phone mobile")

// grouped reads n digits at i, parted at most by single blanks or dashes, with
// * or x for hidden ones; a digit must not follow.
func (l *line) grouped(i, n int) (digits string, end int) {
	var buf [20]byte
	j, k := i, 0
	for k < n {
		switch r := l.get(j); {
		case isDigit(r):
			buf[k] = byte(r)
			k++
		case (r == '*' || r == '×' || k > 2 && r|0x20 == 'x') && k > 0:
			buf[k] = '*'
			k++
		case (r == ' ' || r == '-' || r == '‐') && k > 2 && l.get(j-1) != r:
		default:
			return "", i
		}
		j++
	}
	if isDigit(l.get(j)) || l.get(j) == '*' || isLetter(l.get(j)) || l.get(j) == '.' && isDigit(l.get(j+1)) {
		return "", i
	}
	return string(buf[:n]), j
}

func (l *line) mobile(i int) (digits string, end int) {
	if l.get(i) != '1' || !l.in(i+1, "3456789") || !isDigit(l.get(i+2)) {
		return "", i
	}
	digits, end = l.grouped(i, 11)
	if end > i && strings.Count(digits, "*") > 6 {
		return "", i
	}
	return digits, end
}

// landline reads an area code of three (010, 02x) or four digits and seven or eight more.
func (l *line) landline(i int) (digits string, end int) {
	j, bracket := i, l.get(i) == '('
	if bracket {
		j++
	}
	if l.get(j) != '0' || l.get(j+1) == '0' {
		return "", i
	}
	area := 4
	if l.in(j+1, "12") {
		area = 3
	}
	k := j
	for k < j+area {
		if !isDigit(l.get(k)) {
			return "", i
		}
		k++
	}
	if bracket {
		if l.get(k) != ')' {
			return "", i
		}
		k++
	}
	for l.in(k, "- —") && k < j+area+3 {
		k++
	}
	if l.in(k, "01") {
		return "", i
	}
	for _, n := range [...]int{8, 7} {
		if d, end := l.grouped(k, n); end > k {
			return string(l.r[j:j+area]) + d, end
		}
	}
	return "", i
}

// spokenPhone reads eleven Chinese digits, as dictation writes them.
func (l *line) spokenPhone(i int) (p Phone, end int) {
	var buf [11]byte
	j := i
	for ; ; j++ {
		d := hanDigit(l.get(j))
		if l.get(j) == '幺' {
			d = 1
		}
		if d < 0 {
			break
		}
		if j-i >= 11 {
			return p, i
		}
		buf[j-i] = byte('0' + d)
	}
	if j-i != 11 || buf[0] != '1' || buf[1] < '3' {
		return p, i
	}
	return Phone{Digits: string(buf[:]), Kind: Mobile}, j
}

// Mask hides the middle of a phone number: 138****1234. A landline keeps its
// area code and the last two digits.
func Mask(phone string) string {
	var b strings.Builder
	for _, r := range phone {
		if r = width(r); isDigit(r) || r == '*' {
			b.WriteRune(r)
		}
	}
	d := b.String()
	if len(d) == 13 && strings.HasPrefix(d, "86") {
		d = d[2:]
	}
	switch n := len(d); {
	case n == 11 && d[0] == '1':
		return d[:3] + "****" + d[7:]
	case n >= 10 && d[0] == '0':
		return d[:4] + strings.Repeat("*", n-6) + d[n-2:]
	case n > 4:
		return strings.Repeat("*", n-2) + d[n-2:]
	}
	return strings.Repeat("*", len(d))
}
