package dup

import (
	"hash/fnv"
	"math"
	"strconv"
	"unicode/utf8"
)

// Texts are compared by their pairs of neighbouring characters. A pair in three of two
// short reports of the same thing differs (measured on 18 characters: a copy with slips
// 0.71, other words for the same 0.43, another matter 0.00).
const (
	alikeFrom = 0.6 // of all pairs are in both
	// shortest is how many pairs a text must have: 「卖假鞋」 is said of many.
	shortest = 12
)

// The bands: a text has bandCount keys, each made of the least of bandRows hashes of
// its pairs. Two texts that share a part s of their pairs have a key in common with a
// likelihood of 1-(1-s³)⁶: at 0.6 that is 0.77, at 0.8 it is 0.99, at 0.3 it is 0.15.
const (
	bandCount = 6
	bandRows  = 3
)

// bands are the keys by which texts that are nearly the same are likely to be found.
// They hold the township, because the same sentence about another place is another lead.
func bands(f Facts) []string {
	pairs := pairs(f.Content)
	if len(pairs) < shortest {
		return nil
	}
	out := make([]string, bandCount)
	for band := range bandCount {
		key := f.Township
		for row := range bandRows {
			least := uint64(math.MaxUint64)
			for p := range pairs {
				least = min(least, mix(p, uint64(band*bandRows+row)))
			}
			key += ":" + strconv.FormatUint(least>>32, 36)
		}
		out[band] = strconv.Itoa(band) + key
	}
	return out
}

// near says that two leads of one township have nearly the same words. The same sentence
// about another house is another lead: a unit writes many that way.
func near(a, b Facts) bool {
	mineAt, theirsAt := address(a.Place, a.Township), address(b.Place, b.Township)
	if a.Township != b.Township || mineAt != "" && theirsAt != "" && mineAt != theirsAt {
		return false
	}
	mine, theirs := pairs(a.Content), pairs(b.Content)
	if min(len(mine), len(theirs)) < shortest {
		return false
	}
	both := 0
	for p := range mine {
		if theirs[p] {
			both++
		}
	}
	return float64(both) >= alikeFrom*float64(len(mine)+len(theirs)-both)
}

// pairs are the pairs of neighbouring characters of a text without its punctuation.
func pairs(text string) map[uint64]bool {
	out := map[uint64]bool{}
	last, _ := utf8.DecodeRuneInString("")
	for i, r := range plain(text) {
		if i > 0 {
			out[uint64(last)<<32|uint64(r)] = true
		}
		last = r
	}
	return out
}

// mix is a hash of a pair, one for each seed.
func mix(pair, seed uint64) uint64 {
	h := fnv.New64a()
	var b [16]byte
	for i := range 8 {
		b[i], b[8+i] = byte(pair>>(8*i)), byte(seed>>(8*i))
	}
	_, _ = h.Write(b[:])
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	return x ^ x>>33
}
