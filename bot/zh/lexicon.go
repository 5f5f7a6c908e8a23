package zh

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// runeSet is a set of runes of the basic plane.
type runeSet [1 << 10]uint64

func (s *runeSet) add(r rune) { s[r>>6] |= 1 << (r & 63) }

func (s *runeSet) has(r rune) bool { return uint32(r) < 1<<16 && s[r>>6]&(1<<(r&63)) != 0 }

// runesOf is the set of the runes of a string.
func runesOf(list string) *runeSet {
	s := new(runeSet)
	for _, r := range list {
		s.add(r)
	}
	return s
}

// word is a word taken apart once, so that comparing needs no decoding.
type word struct {
	text   string
	runes  []rune
	second rune // 0 if it has but one
}

// lexicon is a list of words, found by their first rune (or, made by
// [wordEndings], by their last), longest first. A set of bits turns away the
// runes that begin none, and the others are two loads away: no map is asked.
type lexicon struct {
	known runeSet
	slots []uint16 // a hash table: index into lists, plus one
	lists []bucket
	keys  []rune
}

// bucket is the words with the same key, longest first.
type bucket struct {
	words   []word
	seconds uint64 // their second runes, folded into 64 bits, to see that none fits
	single  *word  // the one that is the key alone
}

func newBucket(list []word) (b bucket) {
	b.words = list
	for i := range list {
		if list[i].second == 0 {
			b.single = &list[i]
			continue
		}
		b.seconds |= 1 << (list[i].second & 63)
	}
	return b
}

// words makes a lexicon of words parted by blanks, found by their first rune.
func words(list string) *lexicon {
	return newLexicon(list, func(w []rune) rune { return w[0] })
}

// wordEndings makes one of words found by their last rune.
func wordEndings(list string) *lexicon {
	return newLexicon(list, func(w []rune) rune { return w[len(w)-1] })
}

func newLexicon(list string, key func([]rune) rune) *lexicon {
	return lexiconOf(strings.Fields(list), key)
}

func lexiconOf(list []string, key func([]rune) rune) *lexicon {
	by := map[rune][]word{}
	lex := &lexicon{}
	for _, w := range list {
		runes := []rune(w)
		k := key(runes)
		if len(by[k]) == 0 {
			lex.keys = append(lex.keys, k)
		}
		second := rune(0)
		if len(runes) > 1 {
			second = runes[1]
		}
		by[k] = append(by[k], word{w, runes, second})
	}
	size := 16
	for size < 2*len(lex.keys) {
		size *= 2
	}
	lex.slots = make([]uint16, size)
	for i, k := range lex.keys {
		slices.SortStableFunc(by[k], func(a, b word) int { return len(b.text) - len(a.text) })
		lex.known.add(k)
		lex.lists = append(lex.lists, newBucket(by[k]))
		slot := lex.slot(k)
		for lex.slots[slot] != 0 {
			slot = (slot + 1) & (size - 1)
		}
		lex.slots[slot] = uint16(i + 1)
	}
	return lex
}

// slot is where the search for a key begins.
func (lex *lexicon) slot(r rune) int {
	return int(uint32(r)*2654435769>>16) & (len(lex.slots) - 1)
}

// of is the words with that key, which is known.
func (lex *lexicon) of(r rune) *bucket {
	for slot := lex.slot(r); ; slot = (slot + 1) & (len(lex.slots) - 1) {
		if i := lex.slots[slot]; lex.keys[i-1] == r {
			return &lex.lists[i-1]
		}
	}
}

// find is the longest word of lex that stands at i, and where it ends; "" if none does.
func (l *Line) find(i int, lex *lexicon) (text string, end int) {
	r := l.get(i)
	if !lex.known.has(r) {
		return "", i
	}
	b, second := lex.of(r), l.get(i+1)
	if b.seconds&(1<<(second&63)) != 0 {
		rest := l.r[i:]
		for k := range b.words {
			w := &b.words[k]
			if w.second == second && len(w.runes) <= len(rest) && slices.Equal(rest[:len(w.runes)], w.runes) {
				return w.text, i + len(w.runes)
			}
		}
	}
	if b.single != nil {
		return b.single.text, i + 1
	}
	return "", i
}

// findBefore is the longest word of lex that ends at i, and where it begins; "" if none does.
func (l *Line) findBefore(i int, lex *lexicon) (text string, from int) {
	r := l.get(i - 1)
	if !lex.known.has(r) {
		return "", i
	}
	for _, w := range lex.of(r).words {
		if from := i - len(w.runes); from >= 0 && slices.Equal(l.r[from:i], w.runes) {
			return w.text, from
		}
	}
	return "", i
}

// word is where s ends if it stands at i, else -1.
func (l *Line) word(i int, s string) int {
	for k := 0; k < len(s); i++ {
		r, n := rune(s[k]), 1
		if r >= 0xe0 && r < 0xf0 && k+2 < len(s) {
			r, n = r&0xf<<12|rune(s[k+1]&0x3f)<<6|rune(s[k+2]&0x3f), 3
		} else if r >= 0x80 {
			r, n = utf8.DecodeRuneInString(s[k:])
		}
		if l.get(i) != r {
			return -1
		}
		k += n
	}
	return i
}

// after is where s begins if it ends at i, else -1.
func (l *Line) after(i int, s string) int {
	from := i - utf8.RuneCountInString(s)
	if from < 0 || l.word(from, s) != i {
		return -1
	}
	return from
}
