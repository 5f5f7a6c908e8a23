package find

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/zh"
	"zhuanban/handlers/lead/dup"
	"zhuanban/store"
)

// Query is what somebody looks for: all of it has to be true of a lead.
type Query struct {
	Words []string  // folded, of two characters and more
	Tails []string  // last four digits of a phone number
	Keys  []dup.Key // links and whole phone numbers
	Short []string  // words of one character, by which nothing can be found
}

// tailed is how people ask for a phone by its end.
var tailed = regexp.MustCompile(`(?:电话|手机|号码)?(?:尾号|后四位|末四位)(?:是|为)?\s*[::]?\s*([0-9]{4})(?:的)?`)

// Read reads what follows 「查」: 「某某鞋店」「建设路 假鞋」「尾号5678」, a phone, a link.
func Read(text string) Query {
	var q Query
	text = zh.Fold(text)
	for _, m := range tailed.FindAllStringSubmatch(text, -1) {
		q.Tails = append(q.Tails, m[1])
	}
	text = tailed.ReplaceAllString(text, " ")
	for _, k := range dup.Keys(dup.Facts{Link: text}) {
		if k.Kind == dup.Link || k.Kind == dup.Shop {
			q.Keys = append(q.Keys, k)
		}
	}
	for _, u := range zh.URLs(text) {
		text = strings.Replace(text, u.Text, " ", 1)
	}
	for _, p := range slices.Backward(zh.Phones(text)) {
		q.Keys = append(q.Keys, dup.Key{Kind: dup.Phone, Text: p.Digits})
		text = text[:p.From] + " " + text[p.To:]
	}
	for _, w := range strings.FieldsFunc(fold(text), func(r rune) bool { return !letter(r) }) {
		if utf8.RuneCountInString(w) < 2 {
			q.Short = append(q.Short, w)
			continue
		}
		q.Words = append(q.Words, w)
	}
	return q
}

// Empty says that there is nothing to look for.
func (q Query) Empty() bool { return len(q.Words)+len(q.Tails)+len(q.Keys) == 0 }

// Groups are the terms that a lead must have, for somebody who may see what has one of
// scope (nil = everything).
func (q Query) Groups(scope []int64) [][]int64 {
	s := set{seen: map[int64]bool{}}
	for _, w := range q.Words {
		s.pairs(w)
	}
	for _, t := range q.Tails {
		s.add(hash("tail", t))
	}
	for _, k := range q.Keys {
		s.add(KeyTerm(k))
	}
	var out [][]int64
	for _, t := range s.list {
		out = append(out, []int64{t})
	}
	if scope != nil && len(out) > 0 {
		out = append(out, scope)
	}
	return out
}

// Matches says whether a lead really has what the query asks for.
func (q Query) Matches(l store.Lead) bool {
	var folded strings.Builder
	for _, t := range texts(l) {
		folded.WriteString(fold(t) + "\n")
	}
	all := folded.String()
	for _, w := range q.Words {
		if !strings.Contains(all, w) {
			return false
		}
	}
	keys := dup.Keys(Facts(l))
	for _, t := range q.Tails {
		if !has(keys, func(k dup.Key) bool { return k.Kind == dup.Phone && strings.HasSuffix(k.Text, t) }) {
			return false
		}
	}
	for _, want := range q.Keys {
		if !has(keys, func(k dup.Key) bool { return k == want }) {
			return false
		}
	}
	return true
}

func has(keys []dup.Key, is func(dup.Key) bool) bool {
	for _, k := range keys {
		if is(k) {
			return true
		}
	}
	return false
}
