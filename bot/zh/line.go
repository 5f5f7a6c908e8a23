package zh

import (
	"math/bits"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Line is a text made ready once for all readers: its runes folded one for one,
// and where each began. It remembers what they have found in common: where the
// dates lie, which are no quantities, and the quantities, some of which are
// amounts of money. A Line is for one goroutine.
type Line struct {
	src string
	r   []rune
	at  []int32 // at[i] is the byte offset of rune i; one more entry for the end
	has marks   // of all its runes together
	set bitmap  // where a rune stands that something may begin with
	// How many letters and digits it has.
	letters int

	now   time.Time
	days  Workdays // nil if nobody knows them
	floor int      // where the last reading ended: what follows must not reach back over it

	item   int // the number of the list's item that the last reading stood in
	itemAt int // where that item begins

	past     []seen // the dates looking back, in order of place
	tried    bitmap // where one was looked for
	plain    bitmap // where no code begins
	looked   bool   // past and tried are filled
	amounts  []quantity
	measured bool // amounts is filled

	dialled    dialled // the phone found last
	dialledAt  int
	dialledEnd int

	// Room for a usual line, so that preparing it is one allocation.
	runes   [usual]rune
	offsets [usual + 1]int32
	room    [3]quantity
	dates   [1]seen
}

// usual is as many runes as most lines have at most.
const usual = 72

// bitmap is a set of places in a line.
type bitmap struct {
	first uint64 // the places below 64
	more  []uint64
}

func (b *bitmap) add(i int) {
	if i < 64 {
		b.first |= 1 << i
		return
	}
	for len(b.more) < i/64 {
		b.more = append(b.more, 0)
	}
	b.more[i/64-1] |= 1 << (i % 64)
}

func (b *bitmap) has(i int) bool {
	if i < 64 {
		return b.first&(1<<i) != 0
	}
	return i/64 <= len(b.more) && b.more[i/64-1]&(1<<(i%64)) != 0
}

// beyond is the first place in the set from i on that is none of the first 64; end if
// there is none.
func (b *bitmap) beyond(i, end int) int {
	i = max(i, 64)
	for w := i/64 - 1; w < len(b.more); w++ {
		if rest := b.more[w] >> (i % 64); rest != 0 {
			return i + bits.TrailingZeros64(rest)
		}
		i = (w + 2) * 64
	}
	return end
}

// Read makes a text ready that was said at now. The functions of this package
// that take a text are shorthands for the methods of its Line; who asks more
// than one question of a text saves the preparation with it.
func Read(text string, now time.Time) *Line {
	l := &Line{now: now}
	l.prepare(text)
	return l
}

// newLine is a text of which nobody asks when it was said.
func newLine(text string) *Line {
	l := new(Line)
	l.prepare(text)
	return l
}

func (l *Line) prepare(text string) {
	l.src = text
	if !l.quick(text) {
		l.slow(text)
	}
}

// slow prepares any text.
func (l *Line) slow(text string) {
	n := utf8.RuneCountInString(text)
	l.r, l.at, l.has, l.letters, l.set = make([]rune, 0, n), make([]int32, 0, n+1), 0, 0, bitmap{}
	for i, r := range text {
		l.at = append(l.at, int32(i))
		if uint32(r) < uint32(len(glyphs)) {
			g := glyphs[r]
			r = rune(g.fold)
			l.has |= g.marks
			l.letters += g.marks.alnum()
			if g.marks&begins != 0 {
				l.set.add(len(l.r))
			}
		}
		l.r = append(l.r, r)
	}
	l.at = append(l.at, int32(len(text)))
}

// quick prepares a text of at most the usual length, of ASCII and of what takes three
// bytes, as nearly all are, into the room of the line. It calls nothing, so that all
// stays in registers.
func (l *Line) quick(text string) bool {
	var has marks
	var first, second uint64
	n, letters := 0, 0
	for i := 0; i < len(text); n++ {
		if n == usual {
			return false
		}
		l.offsets[n] = int32(i)
		r := uint16(text[i])
		if r < utf8.RuneSelf {
			i++
		} else {
			if r&0xf0 != 0xe0 || i+2 >= len(text) {
				return false
			}
			b, c := text[i+1]^0x80, text[i+2]^0x80 // 0 to 63 each, if they go on
			r = r<<12 | uint16(b)<<6 | uint16(c)
			if b|c > 0x3f || r < 0x800 || r&^0x7ff == 0xd800 {
				return false
			}
			i += 3
		}
		g := glyphs[r]
		has |= g.marks
		if g.marks&begins != 0 {
			letters += g.marks.alnum()
			if n < 64 {
				first |= 1 << n
			} else {
				second |= 1 << (n & 63)
			}
		}
		l.runes[n] = rune(g.fold)
	}
	l.offsets[n] = int32(len(text))
	l.r, l.at, l.has, l.letters, l.set.first = l.runes[:n], l.offsets[:n+1], has, letters, first
	if second != 0 {
		l.set.more = append(l.set.more, second)
	}
	return true
}

// next is the first place from i on where something may begin; the end if there is none.
func (l *Line) next(i int) int {
	if rest := l.set.first >> i; rest != 0 { // no place beyond the first 64 leaves anything
		return i + bits.TrailingZeros64(rest)
	}
	return l.set.beyond(i, len(l.r))
}

// span is the Span of the runes from i up to j.
func (l *Line) span(i, j int) Span { return Span{int(l.at[i]), int(l.at[j])} }

// get is the rune at i, or 0 outside the line.
func (l *Line) get(i int) rune {
	if uint(i) >= uint(len(l.r)) {
		return 0
	}
	return l.r[i]
}

// in says whether the rune at i is one of set. Outside the line it is not.
func (l *Line) in(i int, set string) bool {
	r := l.get(i)
	if r < 0x80 {
		return r > 0 && strings.IndexByte(set, byte(r)) >= 0
	}
	if r < 0x800 || r >= 0x10000 {
		return strings.ContainsRune(set, r)
	}
	// Most runes here take three bytes, and so do those of the sets: looking at the last
	// of them first beats decoding them.
	b0, b1, b2 := 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f
	for k := 2; k < len(set); {
		switch c := set[k-2]; {
		case set[k] == b2 && c == b0 && set[k-1] == b1:
			return true
		case c >= 0xe0 && c < 0xf0:
			k += 3
		case c < 0x80:
			k++
		case c < 0xe0:
			k += 2
		default:
			k += 4
		}
	}
	return false
}

// blanks is the first position from i on that is no blank.
func (l *Line) blanks(i int) int {
	for l.get(i) == ' ' || l.get(i) == '\t' {
		i++
	}
	return i
}

// trimmed is the line without blanks and closing punctuation at its ends.
func (l *Line) trimmed() (from, to int) {
	from, to = 0, len(l.r)
	for from < to && unicode.IsSpace(l.r[from]) {
		from++
	}
	for to > from && (unicode.IsSpace(l.r[to-1]) || strings.ContainsRune(",。.!;、", l.r[to-1])) {
		to--
	}
	return from, to
}
