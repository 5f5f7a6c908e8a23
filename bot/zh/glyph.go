package zh

import "strings"

// marks say what a rune may be, so that a scanner passes by all others without
// looking at their neighbours.
type marks uint16

const (
	digit    marks = 1 << iota // 0 to 9
	letter                     // A to Z and a to z
	han                        // a Chinese character
	numeral                    // a digit of any script, 十 to 亿
	fraction                   // 之, without which there is none
	half                       // 半
	opens                      // begins a quantity or something with numerals in it that is none
	dates                      // begins a date or a time
	counts                     // follows the number of a date or a time
	coded                      // begins a phone, a link or another code
)

// alnum is 1 for a digit or a letter, else 0.
func (m marks) alnum() int { return int((m | m>>1) & digit) }

// begins are the marks of the runes that something may begin with.
const begins = digit | letter | opens | dates | coded

// glyph is what is known of a rune before anything is read.
type glyph struct {
	fold  uint16 // its half-width and simplified form
	marks marks
}

// glyphs knows every rune of the basic plane. A table of 256 KB is many times
// quicker than maps and switches, and most of a line touches a few lines of it.
var glyphs = newGlyphs()

func newGlyphs() *[1 << 16]glyph {
	all := new([1 << 16]glyph)
	for r := range all {
		all[r].fold = uint16(width(rune(r)))
	}
	old := rune(0)
	for _, r := range traditional {
		if old == 0 {
			old = r
			continue
		}
		all[old].fold = uint16(r)
		old = 0
	}
	for r := range all {
		folded := rune(all[r].fold)
		all[r].marks = marksOf(folded)
		if traps.known.has(folded) {
			all[r].marks |= opens
		}
	}
	return all
}

func marksOf(r rune) (m marks) {
	switch {
	case r >= '0' && r <= '9':
		m |= digit | coded
	case r|0x20 >= 'a' && r|0x20 <= 'z':
		m |= letter | coded | opens
	case r >= 0x4e00 && r <= 0x9fff || r == '〇':
		m |= han
	}
	if hanDigit(r) >= 0 || multiplier(r) > 0 || m&digit != 0 {
		m |= numeral | opens | dates
	}
	if tens(r) > 0 {
		m |= numeral | opens
	}
	switch r {
	case '(', '[', '〔', '【', '﹝', '〖':
		m |= coded | opens
	case '+':
		m |= coded
	case '一', '幺':
		m |= coded | opens
	case '半':
		m |= half | opens
	case '之':
		m |= fraction
	case '负', '第', '几', '数':
		m |= opens
	}
	if strings.ContainsRune(provinces, r) {
		m |= coded | opens
	}
	if strings.ContainsRune("年月日点时:-/天周星小半季刻礼到至~—–〜大工钟", r) {
		m |= counts
	}
	if beginsDate(r) {
		m |= dates | opens
	}
	return m
}

// mark is what r may be.
func mark(r rune) marks {
	if uint32(r) < uint32(len(glyphs)) {
		return glyphs[r].marks
	}
	return 0
}

// simple is r folded to half width and simplified.
func simple(r rune) rune {
	if uint32(r) < uint32(len(glyphs)) {
		return rune(glyphs[r].fold)
	}
	return r
}

func isDigit(r rune) bool   { return r >= '0' && r <= '9' }
func isLetter(r rune) bool  { return r|0x20 >= 'a' && r|0x20 <= 'z' }
func isHan(r rune) bool     { return r >= 0x4e00 && r <= 0x9fff || r == '〇' }
func isNumeral(r rune) bool { return mark(r)&numeral != 0 }
