package wecom

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhuanban/bot/wecom/internal/name"

	"zhuanban/bot/internal/cut"
)

// called is a person whom a text in a group calls.
type called struct {
	name string // as the words have it: "@" and what the person is called
	tag  string // what WeCom makes a real mention of
	who  string
}

// calls puts words into texts that call people. Where the words name somebody («@某
// 某»), the name becomes a mention; who is not named so is called at the end. Nothing in
// the words themselves is a mention: what people have typed must not call everybody.
func (c *Channel) calls(words string, mention []string) []post {
	words = strings.ReplaceAll(words, "<@", "<＠")
	who := c.called(mention)
	grow := 0
	for _, p := range who {
		if p.name != "" {
			grow += max(0, len(p.tag)-len(p.name)) * strings.Count(words, p.name)
		}
	}
	if grow > longestText/2 { // half the text would be tags
		for i := range who {
			who[i].name = ""
		}
		grow = 0
	}
	var out []post
	named := map[string]bool{}
	for _, piece := range cut.Pieces(words, longestText-grow) {
		for _, p := range who {
			if p.name != "" {
				var found bool
				piece, found = replaceName(piece, p)
				named[p.who] = named[p.who] || found
			}
		}
		out = append(out, post{MsgType: "text", Text: &callText{Content: piece}})
	}
	last := out[len(out)-1].Text
	for _, p := range who {
		if !named[p.who] {
			last.Mentioned = append(last.Mentioned, p.who)
		}
	}
	return out
}

// called are those of the accounts that can be called, each once, longer names first:
// one may be the beginning of another.
func (c *Channel) called(mention []string) []called {
	var out []called
	for _, m := range mention {
		who := strings.ToLower(m)
		if !name.Account(who) || who == "all" || slices.ContainsFunc(out, func(p called) bool { return p.who == who }) {
			continue
		}
		p := called{who: who, tag: "<@" + who + ">"}
		if c.o.PersonName != nil {
			if name := c.o.PersonName(m); name != "" {
				p.name = "@" + name
			}
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b called) int { return cmp.Compare(len(b.name), len(a.name)) })
	return out
}

// replaceName makes mentions of a name where it stands by itself.
func replaceName(s string, p called) (out string, found bool) {
	var b strings.Builder
	for {
		i := strings.Index(s, p.name)
		if i < 0 {
			b.WriteString(s)
			return b.String(), found
		}
		b.WriteString(s[:i])
		s = s[i+len(p.name):]
		if next, _ := utf8.DecodeRuneInString(s); s != "" && (unicode.IsLetter(next) || unicode.IsDigit(next) || next == '·' || next == '_') {
			b.WriteString(p.name)
			continue
		}
		b.WriteString(p.tag)
		found = true
	}
}
