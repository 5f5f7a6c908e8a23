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
func Phones(text string) []Phone { return newLine(text).Phones() }

// Phones is what the function [Phones] reads.
func (l *Line) Phones() []Phone {
	var found []Phone
	if l.has&coded == 0 {
		return nil
	}
	for i := l.next(0); i < len(l.r); i = l.next(i) {
		if !dials(l.r[i]) {
			i = l.pastDigits(i)
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
func (l *Line) pastDigits(i int) int {
	if !isDigit(l.r[i]) {
		return i + 1
	}
	for isDigit(l.get(i)) {
		i++
	}
	return i
}

// phone reads the phone number at i; end is i if there is none.
func (l *Line) phone(i int) (p Phone, end int) {
	d, end := l.phoneDigits(i)
	if end == i {
		return p, i
	}
	digits := string(d.buf[:d.n])
	return Phone{Digits: digits, Kind: d.kind, Masked: d.hidden > 0}, end
}

// dialled are the digits of a phone number, * for a hidden one.
type dialled struct {
	buf    [16]byte
	n      int
	hidden int
	kind   PhoneKind
}

func (d *dialled) add(b byte) {
	d.buf[d.n] = b
	d.n++
	if b == '*' {
		d.hidden++
	}
}

// phoneDigits reads the phone number at i, remembering the last that it found;
// end is i if there is none.
func (l *Line) phoneDigits(i int) (d dialled, end int) {
	if l.dialledEnd > 0 && l.dialledAt == i {
		return l.dialled, l.dialledEnd
	}
	if d, end = l.dial(i); end > i {
		l.dialled, l.dialledAt, l.dialledEnd = d, i, end
	}
	return d, end
}

// dials says whether a phone number may begin with r.
func dials(r rune) bool {
	switch r {
	case '0', '1', '4', '8', '+', '(', '一', '幺':
		return true
	}
	return false
}

// dial reads the phone number at i; end is i if there is none.
func (l *Line) dial(i int) (d dialled, end int) {
	r := l.get(i)
	if !dials(r) {
		return d, i
	}
	switch prev := l.get(i - 1); {
	case isDigit(prev), isLetter(prev) && !l.afterLabel(i), prev == '-', prev == '.', prev == '*', prev == '_':
		return d, i
	}
	if r == '一' || r == '幺' {
		return l.spokenPhone(i)
	}
	j := i
	if r == '+' || r == '0' || r == '8' {
		j = l.countryCode(i)
	}
	if l.get(j) == '1' && l.in(j+1, "3456789") && isDigit(l.get(j+2)) {
		if end := l.grouped(&d, j, 11); end > j && d.hidden <= 6 {
			d.kind = Mobile
			return d, end
		}
	}
	if r == '0' || r == '(' {
		if end := l.landline(&d, i); end > i {
			d.kind = Landline
			return d, end
		}
	}
	if (r == '4' || r == '8') && l.word(i+1, "00") > 0 {
		if end := l.grouped(&d, i, 10); d.hidden == 0 && (end-i > 10 || end-i == 10 && !l.counted(end) && !l.in(end, "万亿.,%")) {
			d.kind = Service
			return d, end
		}
	}
	return d, i
}

// countryCode is where +86 at i ends if a mobile number may follow; else i.
func (l *Line) countryCode(i int) int {
	for _, prefix := range [...]string{"+86", "0086", "86"} {
		if k := l.word(i, prefix); k > 0 {
			for l.in(k, " -") {
				k++
			}
			if l.get(k) == '1' {
				return k
			}
			break
		}
	}
	return i
}

// afterLabel says whether the letters before i are a label like tel.
func (l *Line) afterLabel(i int) bool {
	_, from := l.findBefore(i, phoneLabels)
	return from < i
}

var phoneLabels = wordEndings("tel Tel TEL phone Phone mobile")

// grouped reads n digits at i, parted at most by single blanks or dashes, with
// * or x for hidden ones; a digit must not follow. It is i where they are fewer.
func (l *Line) grouped(d *dialled, i, n int) (end int) {
	before := *d
	j, k := i, 0
	for k < n {
		switch r := l.get(j); {
		case isDigit(r):
			d.add(byte(r))
			k++
		case (r == '*' || r == '×' || k > 2 && r|0x20 == 'x') && k > 0:
			d.add('*')
			k++
		case (r == ' ' || r == '-' || r == '‐') && k > 2 && l.get(j-1) != r:
		default:
			*d = before
			return i
		}
		j++
	}
	if isDigit(l.get(j)) || l.get(j) == '*' || isLetter(l.get(j)) || l.get(j) == '.' && isDigit(l.get(j+1)) {
		*d = before
		return i
	}
	return j
}

// landline reads an area code of three (010, 02x) or four digits and seven or eight more.
func (l *Line) landline(d *dialled, i int) (end int) {
	*d = dialled{}
	j, bracket := i, l.get(i) == '('
	if bracket {
		j++
	}
	if l.get(j) != '0' || l.get(j+1) == '0' {
		return i
	}
	area := 4
	if l.in(j+1, "12") {
		area = 3
	}
	k := j
	for k < j+area {
		if !isDigit(l.get(k)) {
			return i
		}
		d.add(byte(l.r[k]))
		k++
	}
	if bracket {
		if l.get(k) != ')' {
			return i
		}
		k++
	}
	for l.in(k, "- —") && k < j+area+3 {
		k++
	}
	if l.in(k, "01") {
		return i
	}
	for _, n := range [...]int{8, 7} {
		if end := l.grouped(d, k, n); end > k {
			return end
		}
	}
	return i
}

// spokenPhone reads eleven Chinese digits, as dictation writes them.
func (l *Line) spokenPhone(i int) (d dialled, end int) {
	j := i
	for ; ; j++ {
		n := hanDigit(l.get(j))
		if l.get(j) == '幺' {
			n = 1
		}
		if n < 0 {
			break
		}
		if d.n >= 11 {
			return dialled{}, i
		}
		d.add(byte('0' + n))
	}
	if d.n != 11 || d.buf[0] != '1' || d.buf[1] < '3' {
		return dialled{}, i
	}
	d.kind = Mobile
	return d, j
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
