package wecom

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"zhuanban/bot/internal/secret"
)

// The hard limits of cards, in bytes and pieces.
const (
	longestKey    = 1024
	longestOption = 128
	longestURL    = 2048

	mostActions = 3
	mostPairs   = 6
	mostJumps   = 3
	mostLines   = 4
	mostButtons = 6
	mostVotes   = 20
	mostSelects = 3
	mostOptions = 10
)

// The display limits of cards, in characters.
const (
	shownSource   = 13
	shownTitle    = 26
	shownDesc     = 30
	shownBig      = 10
	shownBigDesc  = 15
	shownSubTitle = 112
	shownName     = 5
	shownValue    = 26
	shownJump     = 13
	shownButton   = 10
	shownQuestion = 13
	shownOption   = 10
	shownVote     = 11
)

// limits finds the first thing about a card that WeCom would not take.
type limits struct {
	err  error
	keys map[string]bool // of the card, each for one thing only
}

// must names a field unless something holds.
func (l *limits) must(ok bool, field, why string, args ...any) {
	if !ok && l.err == nil {
		l.err = fmt.Errorf(field+": "+why, args...)
	}
}

// count holds a list to its lengths.
func (l *limits) count(field string, n, least, most int) {
	l.must(n >= least && n <= most, field, "%d of them, %d to %d are right", n, least, most)
}

// id holds a key or id to its bytes, and to being there.
func (l *limits) id(field, s string, most int) {
	l.must(s != "", field, "is empty")
	l.must(len(s) <= most, field, "%d bytes, %d are the most", len(s), most)
	l.must(utf8.ValidString(s), field, "is no UTF-8")
}

// key is an id that nothing else on the card has.
func (l *limits) key(field, s string) {
	l.id(field, s, longestKey)
	l.must(!l.keys[s], field, "%q is taken by another part of the card", secret.Line(s))
	if l.keys == nil {
		l.keys = map[string]bool{}
	}
	l.keys[s] = true
}

func (l *limits) url(field, s string, required bool) {
	l.must(s != "" || !required, field, "is empty")
	l.must(len(s) <= longestURL, field, "%d bytes, %d are the most", len(s), longestURL)
	l.must(utf8.ValidString(s), field, "is no UTF-8")
}

func (l *limits) link(field string, k Link, least, most int) {
	l.must(k.Type >= least && k.Type <= most, field+".type", "%d, where %d to %d are right", k.Type, least, most)
	l.url(field+".url", k.URL, k.Type == 1)
	l.must(k.AppID != "" || k.Type != 2, field+".appid", "is empty")
}

// text is a display text that has to be there.
func (l *limits) text(field, s string, most int) string {
	s = shorten(s, most)
	l.must(strings.TrimSpace(s) != "", field, "is empty")
	return s
}

// shorten keeps at most so many characters of a text, the last of which is "…"
// where some are left out.
func shorten(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n == most-1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// shortenBytes is the same for limits that count bytes.
func shortenBytes(s string, most int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= most {
		return s
	}
	cut := most - len("…")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
