// Package dup says by what two leads are seen to be about the same thing: the same
// subject, link, shop on a platform, phone, address or plate, or nearly the same text.
// It is pure: a lead becomes keys (texts that are equal where the leads agree), and
// whoever keeps leads by their keys finds those that agree with a new one.
//
// A key is folded as far as two people who saw the same thing write it differently,
// and no further: a pair that is told wrongly costs an inspector's trust. So what names
// nobody for certain (某某鞋店, 老王) counts only together with its township, and what
// names nobody at all (待查, 不详) does not count.
package dup

import (
	"slices"
	"strings"

	"zhuanban/bot/zh"
)

// Kind is what two leads have in common.
type Kind string

// The kinds, the surest first; this is the order in which they are told.
const (
	Link    Kind = "link"    // the same page or the same goods on a platform
	Shop    Kind = "shop"    // the same shop on a platform
	Phone   Kind = "phone"   // the same number
	Plate   Kind = "plate"   // the same vehicle
	Subject Kind = "subject" // the same company or shop
	Address Kind = "address" // township, road and number
	Text    Kind = "text"    // nearly the same words
)

// order is the kinds as they are told.
var order = []Kind{Link, Shop, Phone, Plate, Subject, Address, Text}

// Facts is what of a lead its keys are made of.
type Facts struct {
	Subject, Place, Township, Content, Phone, Platform, Shop, Link string
}

// Key is one thing by which a lead is seen to be the same as another.
type Key struct {
	Kind Kind
	Text string // equal where leads agree; of Text: one of several, each of which is only likely to
}

// Keys is what a lead can be compared by, each key once. What is not known gives none.
func Keys(f Facts) []Key {
	var out []Key
	add := func(k Kind, texts ...string) {
		for _, t := range texts {
			if key := (Key{k, t}); t != "" && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	all := f.Link + " " + f.Content + " " + f.Place
	add(Link, links(all)...)
	add(Shop, shop(f), shopNumber(all))
	add(Phone, phones(f)...)
	for _, p := range zh.Plates(f.Content + " " + f.Place) {
		add(Plate, p.Text)
	}
	add(Subject, subject(f.Subject, f.Township))
	add(Address, address(f.Place, f.Township))
	add(Text, bands(f)...)
	return out
}

// Common says by what two leads agree, the surest first. Text is among them only if
// the words really are nearly the same.
func Common(a, b Facts) []Kind {
	mine, theirs := Keys(a), Keys(b)
	found := map[Kind]bool{}
	for _, k := range mine {
		if k.Kind != Text && slices.Contains(theirs, k) {
			found[k.Kind] = true
		}
	}
	found[Text] = near(a, b)
	var out []Kind
	for _, k := range order {
		if found[k] {
			out = append(out, k)
		}
	}
	return out
}

func phones(f Facts) []string {
	var out []string
	for _, p := range zh.Phones(f.Phone + " " + f.Content) {
		if !p.Masked {
			out = append(out, p.Digits)
		}
	}
	return out
}

// shop is a shop by its name on its platform.
func shop(f Facts) string {
	name := plain(f.Shop)
	if f.Platform == "" || nobody(name) {
		return ""
	}
	return plain(f.Platform) + "|" + name
}

// plain is a text in half width and small letters without blanks and punctuation.
func plain(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(zh.Fold(s)) {
		if wordRune(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}
