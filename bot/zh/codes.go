package zh

import (
	"strings"
	"time"

	"zhuanban/bot/calendar"
)

// Code is a code of fixed form that was read.
type Code struct {
	Span
	Text  string // folded, in capitals, without blanks
	Valid bool   // its check character is right
}

// Identity reads citizens' identity numbers of 18 characters, so that they can
// be hidden. One with a wrong check character is returned too, not valid: a slip
// of the finger still gives a person away. Its digits must hold a date of birth.
func Identity(text string) []Code { return newLine(text).Identity() }

// Identity is what the function [Identity] reads.
func (l *Line) Identity() []Code {
	return l.codes(func(s string) (found, valid bool) {
		if !born(s) || !allDigits(s[:17]) || !isDigit(rune(s[17])) && s[17] != 'X' {
			return false, false
		}
		return true, identityCheck(s) == s[17]
	})
}

// MaskIdentity hides all but the first three and the last two characters.
func MaskIdentity(id string) string {
	if len(id) < 6 {
		return strings.Repeat("*", len(id))
	}
	return id[:3] + strings.Repeat("*", len(id)-5) + id[len(id)-2:]
}

// CreditCodes reads unified social credit codes of 18 characters. One whose
// check character is wrong is returned as not valid if it has the form of one:
// a registration authority, a district, letters among the digits.
func CreditCodes(text string) []Code { return newLine(text).CreditCodes() }

// CreditCodes is what the function [CreditCodes] reads.
func (l *Line) CreditCodes() []Code {
	return l.codes(func(s string) (found, valid bool) {
		if strings.IndexByte("159Y", s[0]) < 0 && !strings.HasPrefix(s, "A") || !allDigits(s[2:8]) {
			return false, false
		}
		want, ok := creditCheck(s)
		if !ok {
			return false, false
		}
		if want == s[17] {
			return !born(s) || identityCheck(s) != s[17], true
		}
		return !allDigits(s[:17]), false
	})
}

// codes finds runs of 18 letters and digits that accept accepts.
func (l *Line) codes(accept func(string) (found, valid bool)) []Code {
	if l.letters < 18 {
		return nil
	}
	var found []Code
	for i := l.next(0); i < len(l.r); i = l.next(i) {
		if mark(l.r[i])&(letter|digit) == 0 {
			i++
			continue
		}
		j := i
		for isDigit(l.get(j)) || isLetter(l.get(j)) {
			j++
		}
		if j-i == 18 {
			s := strings.ToUpper(string(l.r[i:j]))
			if ok, valid := accept(s); ok {
				found = append(found, Code{l.span(i, j), s, valid})
			}
		}
		i = max(j, i+1)
	}
	return found
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// born says whether characters 7 to 14 are a plausible date of birth.
func born(s string) bool {
	if !allDigits(s[6:14]) {
		return false
	}
	t, err := time.Parse("20060102", s[6:14])
	return err == nil && t.Year() >= 1900 && t.Year() < 2100 && !calendar.DateOf(t).IsZero()
}

// identityCheck is the check character of GB 11643.
func identityCheck(s string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// creditCheck is the check character of GB 32100; ok is false where a letter
// that the code does not use (I O S V Z) occurs.
func creditCheck(s string) (check byte, ok bool) {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum, weight := 0, 1
	for i := range 17 {
		v := strings.IndexByte(alphabet, s[i])
		if v < 0 {
			return 0, false
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return alphabet[(31-sum%31)%31], true
}

// code is where a code ends that begins at i: a link, a phone, a document
// number, anything of letters and digits, a run of digits too long for a
// quantity. i if there is none.
func (l *Line) code(i int) int {
	r := l.r[i]
	switch r {
	case '〔', '[', '(', '【', '﹝', '〖':
		return l.documentNumber(i)
	}
	if isLetter(r) {
		if end := l.currency(i); end > i {
			return end
		}
	}
	if !isDigit(r) && !isLetter(r) {
		if r == '一' || r == '幺' {
			_, end := l.spokenPhone(i)
			return end
		}
		return l.plate(i)
	}
	if isDigit(r) {
		if n := l.digitsAt(i); n < 10 && l.endsDigits(i+n) {
			if n == 3 || n == 5 {
				return l.fixedNumber(i)
			}
			return i
		}
	}
	if end := l.url(i); end > i {
		return end
	}
	if isDigit(r) {
		if _, end := l.phoneDigits(i); end > i {
			return end
		}
		if l.fixedNumber(i) > i {
			return l.fixedNumber(i)
		}
	}
	return l.token(i)
}

// currency is where the RMB of RMB5000 ends; i if it does not stand there.
func (l *Line) currency(i int) int {
	if isLetter(l.get(i-1)) || !isDigit(l.get(i+3)) || l.digitsAt(i+3) > 9 || isLetter(l.get(i+3+l.digitsAt(i+3))) {
		return i
	}
	for _, sign := range [...]string{"RMB", "rmb", "CNY", "cny"} {
		if end := l.word(i, sign); end > 0 {
			return end
		}
	}
	return i
}

// digitsAt is how many Arabic digits stand at i.
func (l *Line) digitsAt(i int) int {
	j := i
	for isDigit(l.get(j)) {
		j++
	}
	return j - i
}

// endsDigits says whether nothing stands at i that could join digits before it
// to a code.
func (l *Line) endsDigits(i int) bool {
	r := l.get(i)
	return r == 0 || r == '、' || r == '。' || r == '\n' || isHan(r)
}

// fixedNumber is where 12315 or the like ends, if it stands at i by itself; else i.
func (l *Line) fixedNumber(i int) int {
	w, end := l.find(i, fixed)
	if w == "" || isDigit(l.get(i-1)) || isDigit(l.get(end)) || l.in(end, "万.,") {
		return i
	}
	if l.counted(end) {
		return i
	}
	return end
}

// documentNumber is where 〔2024〕3号 or (2024)闽0524刑初3号 ends.
func (l *Line) documentNumber(i int) int {
	j := i + 1
	for isDigit(l.get(j)) {
		j++
	}
	if j-i != 5 || !l.in(j, "〕])】﹞〗") {
		return i
	}
	court := l.get(j) == ')'
	start := j + 1
	for j = start; isDigit(l.get(j)) || l.in(j, "第字-") || court && isHan(l.get(j)) && l.get(j) != '号' && j < start+14; j++ {
	}
	switch {
	case l.get(j) == '号' && j > start:
		return j + 1
	case court:
		return i
	}
	return j
}

// longest is how many characters a token may have; what is longer is no quantity.
const longest = 64

// token is where a run of letters, digits and what joins them ends, if it is a
// code and no number with a unit of letters (3kg, 5ml, 1.2w); else i.
func (l *Line) token(i int) int {
	j, digits, dashes, bad := i, 0, 0, isLetter(l.r[i])
	for {
		r := l.get(j)
		switch {
		case j-i > longest:
			for isDigit(l.get(j)) || isLetter(l.get(j)) || l.in(j, ",.-_/*") {
				j++
			}
			return j
		case isDigit(r):
			digits++
		case isLetter(r):
			if j > i && isDigit(l.get(j-1)) {
				if end := l.letterUnit(j); end > j {
					j = end
					continue
				}
			}
			bad = true
		case (r == '-' || r == '_' || r == '/') && j > i && (isDigit(l.get(j+1)) || isLetter(l.get(j+1))) && l.get(j-1) != '-':
			dashes++
		case r == '.' && (bad || dashes > 1) && (isDigit(l.get(j+1)) || isLetter(l.get(j+1))):
		case (r == '.' || r == ',' && !bad) && isDigit(l.get(j+1)):
			if !bad {
				digits -= 100 // separators: length says nothing
			}
		case r == '*' && digits > 0:
			bad = true
		default:
			if bad || digits > 10 || dashes > 1 {
				return j
			}
			return i
		}
		j++
	}
}

// letterUnit is where a unit of letters at i ends; i if there is none.
func (l *Line) letterUnit(i int) int {
	if l.in(i, "wWkK") && !isLetter(l.get(i+1)) {
		if l.oddAfterLetter(i + 1) {
			return i + 2
		}
		if !isDigit(l.get(i + 1)) {
			return i + 1
		}
	}
	if w, end := l.find(i, units); w != "" && !isLetter(l.get(end)) && !isDigit(l.get(end)) {
		return end
	}
	return i
}
