package zh

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Span is where in a text something was read: the bytes From up to but without To.
type Span struct{ From, To int }

// In is the piece of text that the span covers.
func (s Span) In(text string) string { return text[s.From:s.To] }

// Fold makes full-width letters, digits and punctuation half-width and the
// ideographic space a space, and trims spaces at both ends. It is for comparing
// texts; the positions of the result are not those of s.
func Fold(s string) string { return strings.TrimSpace(strings.Map(width, s)) }

// width folds one rune to half width.
func width(r rune) rune {
	switch {
	case r >= '\uff01' && r <= '\uff5e':
		return r - 0xFEE0
	case r == '\u3000' || r == '\u00a0':
		return ' '
	case r == '\uffe5':
		return '¥'
	}
	return r
}

// simplified holds the traditional forms of the characters this package looks
// for, each before its simplified form, and the formal digits' variants.
var simplified = pairs("萬万億亿兩两點点號号個个塊块圓圆幾几餘余來来時时週周後后現现剛刚張张雙双條条戶户臺台" +
	"噸吨貳贰參叁叄叁陸陆間间場场約约將将過过負负禮礼從从內内達达無无沒没對对錢钱傳传鐘钟單单處处隻只輛辆" +
	"發发組组頭头雞鸡國国淩凌晝昼準准開开節节當当還还這这")

// replacement maps runes to runes.
type replacement struct {
	known runeSet
	by    map[rune]rune
}

func pairs(s string) replacement {
	m := replacement{by: make(map[rune]rune, len(s)/6)}
	runes := []rune(s)
	for i := 0; i+1 < len(runes); i += 2 {
		m.known.add(runes[i])
		m.by[runes[i]] = runes[i+1]
	}
	return m
}

func (m *replacement) of(r rune) rune {
	if m.known.has(r) {
		return m.by[r]
	}
	return r
}

// runeSet is a set of runes of the basic plane. It answers most lookups of a
// map before the map is asked, which is most of this package's work.
type runeSet [1 << 10]uint64

func (s *runeSet) add(r rune) { s[r>>6] |= 1 << (r & 63) }

func (s *runeSet) has(r rune) bool { return uint32(r) < 1<<16 && s[r>>6]&(1<<(r&63)) != 0 }

// line is a text made ready for scanning: its runes folded one for one, and
// where each began.
type line struct {
	src string
	r   []rune
	at  []int // at[i] is the byte offset of rune i; one more entry for the end

	floor int // where the last reading ended: what follows must not reach back over it
}

func newLine(text string) *line {
	n := utf8.RuneCountInString(text)
	l := &line{src: text, r: make([]rune, 0, n), at: make([]int, 0, n+1)}
	for i, r := range text {
		l.at = append(l.at, i)
		if r >= 0x80 {
			r = simplified.of(width(r))
		}
		l.r = append(l.r, r)
	}
	l.at = append(l.at, len(text))
	return l
}

// span is the Span of the runes from i up to j.
func (l *line) span(i, j int) Span { return Span{l.at[i], l.at[j]} }

// get is the rune at i, or 0 outside the line.
func (l *line) get(i int) rune {
	if i < 0 || i >= len(l.r) {
		return 0
	}
	return l.r[i]
}

// in says whether the rune at i is one of set. Outside the line it is not.
func (l *line) in(i int, set string) bool {
	r := l.get(i)
	return r != 0 && strings.ContainsRune(set, r)
}

// word is where s ends if it stands at i, else -1.
func (l *line) word(i int, s string) int {
	for _, r := range s {
		if l.get(i) != r {
			return -1
		}
		i++
	}
	return i
}

// after is where s begins if it ends at i, else -1.
func (l *line) after(i int, s string) int {
	from := i - utf8.RuneCountInString(s)
	if from < 0 || l.word(from, s) != i {
		return -1
	}
	return from
}

// blanks is the first position from i on that is no blank.
func (l *line) blanks(i int) int {
	for l.get(i) == ' ' || l.get(i) == '\t' {
		i++
	}
	return i
}

// trimmed is the line without blanks and closing punctuation at its ends.
func (l *line) trimmed() (from, to int) {
	from, to = 0, len(l.r)
	for from < to && unicode.IsSpace(l.r[from]) {
		from++
	}
	for to > from && (unicode.IsSpace(l.r[to-1]) || strings.ContainsRune(",。.!;、", l.r[to-1])) {
		to--
	}
	return from, to
}

func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
func isLetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }
func isHan(r rune) bool    { return r >= 0x4e00 && r <= 0x9fff || r == '〇' }

// lexicon is a list of words, found by their first rune, longest first.
type lexicon struct {
	first runeSet
	words map[rune][]string
}

// words makes a lexicon of words parted by blanks.
func words(list string) *lexicon {
	lex := &lexicon{words: map[rune][]string{}}
	for _, w := range strings.Fields(list) {
		first, _ := utf8.DecodeRuneInString(w)
		lex.first.add(first)
		lex.words[first] = append(lex.words[first], w)
	}
	for _, ws := range lex.words {
		slices.SortFunc(ws, longestFirst)
	}
	return lex
}

// find is the longest word of lex that stands at i, and where it ends; "" if none does.
func (l *line) find(i int, lex *lexicon) (word string, end int) {
	if !lex.first.has(l.get(i)) {
		return "", i
	}
	for _, w := range lex.words[l.get(i)] {
		if end := l.word(i, w); end >= 0 {
			return w, end
		}
	}
	return "", i
}

// endings is a list of words, found by their last rune, longest first.
type endings struct {
	last  runeSet
	words map[rune][]string
}

func wordEndings(list string) *endings {
	ends := &endings{words: map[rune][]string{}}
	for _, w := range strings.Fields(list) {
		last, _ := utf8.DecodeLastRuneInString(w)
		ends.last.add(last)
		ends.words[last] = append(ends.words[last], w)
	}
	for _, ws := range ends.words {
		slices.SortFunc(ws, longestFirst)
	}
	return ends
}

func longestFirst(a, b string) int { return len(b) - len(a) }

// findBefore is the longest word that ends at i, and where it begins; "" if none does.
func (l *line) findBefore(i int, ends *endings) (word string, from int) {
	if !ends.last.has(l.get(i - 1)) {
		return "", i
	}
	for _, w := range ends.words[l.get(i-1)] {
		if from := l.after(i, w); from >= 0 {
			return w, from
		}
	}
	return "", i
}
