// Package find is how leads are looked for: what a lead is found by (Terms), what a
// person asks for (Read), and what they may see of it (Rights). It is pure; the index
// itself is store.LeadTerms.
//
// A term is a number. A pair of neighbouring characters is a positive one, so that every
// word of two characters and more can be found wherever it stands; all else (the last
// digits of a phone, what two leads can be alike in, who may see the lead) is a hash made
// negative. A hit by pairs may not have them side by side, and two texts may have one
// hash: who found a lead asks Matches and Sees before showing it.
package find

import (
	"hash/fnv"
	"strings"
	"unicode"

	"zhuanban/bot/zh"
	"zhuanban/handlers/lead/dup"
	"zhuanban/store"
)

// Version counts the ways in which terms were made. Who changes Terms counts it up, and
// the leads are indexed anew (store.RenewTerms).
const Version = 1

// tail is how many last digits of a phone number are asked for.
const tail = 4

// Terms is what a lead is found by, each once.
func Terms(l store.Lead) []int64 {
	s := set{seen: make(map[int64]bool, 128)}
	for _, text := range texts(l) {
		s.pairs(text)
	}
	for _, k := range dup.Keys(Facts(l)) {
		s.add(KeyTerm(k))
		if n := len(k.Text); k.Kind == dup.Phone && n > tail {
			s.add(hash("tail", k.Text[n-tail:]))
		}
	}
	for _, who := range open(l) {
		s.add(hash("open", who))
	}
	return s.list
}

// texts are the words of a lead in which somebody may look for others.
func texts(l store.Lead) []string {
	return []string{l.Subject, l.Place, l.Township, l.Platform, l.Shop, l.Quantity, l.Content}
}

// Facts is what a lead is compared with others by.
func Facts(l store.Lead) dup.Facts {
	return dup.Facts{Subject: l.Subject, Place: l.Place, Township: l.Township, Content: l.Content, Phone: l.Phone,
		Platform: l.Platform, Shop: l.Shop, Link: l.Link}
}

// KeyTerm is the term of a key of package dup.
func KeyTerm(k dup.Key) int64 { return hash(string(k.Kind), k.Text) }

// hash is the term of something that is no pair of characters.
func hash(kind, text string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(kind + "\x00" + text))
	return int64(h.Sum64() | 1<<63)
}

// set collects terms in their order.
type set struct {
	list []int64
	seen map[int64]bool
}

func (s *set) add(t int64) {
	if !s.seen[t] {
		s.seen[t], s.list = true, append(s.list, t)
	}
}

// pairs adds the pairs of neighbouring characters within a text's words.
func (s *set) pairs(text string) {
	last := rune(0)
	for _, r := range fold(text) {
		if !letter(r) {
			last = 0
			continue
		}
		if last != 0 {
			s.add(int64(last)<<32 | int64(r))
		}
		last = r
	}
}

// fold makes texts alike that are written in another width or case.
func fold(s string) string { return strings.ToLower(zh.Fold(s)) }

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
