package zh

import (
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
	l.src, l.r, l.at = text, l.runes[:0], l.offsets[:0]
	if len(text) > 3*usual { // else append grows the few that are long in ASCII
		if n := utf8.RuneCountInString(text); n > usual {
			l.r, l.at = make([]rune, 0, n), make([]int32, 0, n+1)
		}
	}
	for i, r := range text {
		l.at = append(l.at, int32(i))
		if uint32(r) < uint32(len(glyphs)) {
			r = rune(glyphs[r].fold)
			l.has |= glyphs[r].marks
		}
		l.r = append(l.r, r)
	}
	l.at = append(l.at, int32(len(text)))
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
	// Most runes here take three bytes, and so do those of the sets: stepping over
	// them beats decoding them.
	b0, b1, b2 := 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f
	for k := 0; k+2 < len(set); {
		switch c := set[k]; {
		case c < 0x80:
			k++
		case c < 0xe0:
			k += 2
		case c >= 0xf0:
			k += 4
		case c == b0 && set[k+1] == b1 && set[k+2] == b2:
			return true
		default:
			k += 3
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
