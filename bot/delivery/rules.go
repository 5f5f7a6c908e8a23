package delivery

import (
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Rule is what becomes of a row that has perhaps arrived, on a platform that would
// show a second copy.
type Rule string

// The rules.
const (
	Repeat  Rule = "repeat"  // one late copy: it may be read twice, and is not missed
	Silence Rule = "silence" // no copy: it may be missed, which the office is told
)

// rules are by the beginning of a template's name; the longest that fits holds.
var rules = []struct {
	prefix string
	rule   Rule
}{
	{"", Repeat},                    // an answer (which has no template here) or a receipt: who waits for it asks again otherwise, and files twice
	{"weekly.", Repeat},             // a deadline missed costs more than a reminder read twice
	{"weekly.eve", Silence},         // posted in the group before all: a copy there is noise, and everybody concerned hears again on the day
	{"stage.", Repeat},              // a deadline, too
	{"lead.", Repeat},               // somebody has to act on it
	{"bind.", Repeat},               // somebody waits for it, or may have to object
	{"case.", Repeat},               // likewise: a lead that nobody has heard of is late
	{"case.reporter", Silence},      // that it goes on, and nobody has to do anything
	{"case.follower", Silence},      // likewise
	{"announce.broadcast", Silence}, // a thousand people would read it twice because of one lost packet
	{digestTemplate, Silence},       // long, and made of what is not urgent
	{"delivery.report", Repeat},     // the office must know what went wrong
}

// RuleOf is the rule of a template, or of a digest whatever its template.
func RuleOf(template, words string) Rule {
	if words == digestWords {
		template = digestTemplate
	}
	longest, rule := -1, Silence
	for _, r := range rules {
		if strings.HasPrefix(template, r.prefix) && len(r.prefix) > longest {
			longest, rule = len(r.prefix), r.rule
		}
	}
	return rule
}

// knows says whether the platform can recognise a copy of a row. It recognises a whole
// call: one that went to many people at once is known only by the same people, who are
// not together again when some of them are tried again.
func knows(d store.Delivery, t bot.Traits) bool {
	return t.Dedupes && !(t.Batch > 1 && d.Priority <= bot.PriorityBroadcast)
}

// recognised says whether the platform would still know a copy of a row.
func recognised(d store.Delivery, t bot.Traits, wall time.Time) bool {
	return knows(d, t) && (t.DedupeFor == 0 || wall.Before(d.DoubtAt.Add(t.DedupeFor)))
}

// mayFollow says whether another try may follow those of a row that have perhaps
// arrived: any number while the platform knows copies, otherwise one if its rule
// wants one.
func mayFollow(d store.Delivery, t bot.Traits, wall time.Time) bool {
	switch {
	case recognised(d, t, wall):
		return true
	case RuleOf(d.Template, d.Words) == Silence:
		return false
	}
	return d.Doubts == 1 || knows(d, t)
}
