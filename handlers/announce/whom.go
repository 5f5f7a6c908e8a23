package announce

import (
	"regexp"
	"slices"
	"strings"

	"zhuanban/bot"
)

// word begins every order of this duty.
const word = "群发"

// order is what was asked for: the text to broadcast, and for whom, in the words of
// the speaker ("" = whoever it is usually for).
type order struct{ to, text string }

// heading is what people put between the word and the text: 「群发通知：…」.
var heading = regexp.MustCompile(`^(?:通知|消息|信息|一下|一条)?[\s:：,，]+`)

// read takes an order apart. The text stays as it was typed, which is why it is cut
// out of the message and not taken from the router, who compares in half width. known
// says whether some words name people and nothing else.
func read(message string, known func(string) bool) order {
	_, rest, _ := strings.Cut(message, word)
	if after, ok := strings.CutPrefix(strings.TrimSpace(rest), "给"); ok {
		return addressed(strings.TrimSpace(after), known)
	}
	return order{text: strings.TrimSpace(rest[len(heading.FindString(rest)):])}
}

// marks are what may stand between recipients and text, the surest first: a colon may
// also be in the text (9:30), a blank or comma between two recipients.
var marks = []string{":：", " \t\n　", ",，"}

// addressed takes apart what follows 「群发给」: at the first mark before which there
// are recipients and nothing else, otherwise, for the answer, at the first that is
// there.
func addressed(s string, known func(string) bool) order {
	first := len(s)
	for _, m := range marks {
		end := strings.IndexAny(s, m)
		if end < 0 {
			continue
		}
		if known(s[:end]) {
			first = end
			break
		}
		if first == len(s) {
			first = end
		}
	}
	return order{to: strings.TrimSpace(s[:first]), text: strings.TrimLeft(s[first:], strings.Join(marks, ""))}
}

// To is a circle of people that a broadcast can be for: one by its name below, or
// the people of a unit.
type To struct {
	Circle string // "" = a unit
	Unit   string // its name
	unit   string // its id
}

// circle is people who have a name together.
type circle struct {
	name  string
	words []string
	has   func(p bot.Person, u bot.Unit) bool
}

func files(p bot.Person, u bot.Unit) bool { return p.Files() && u.Reports() }

// usual is who is meant when nobody is named.
const usual = "reporting"

var circles = []circle{
	{usual, []string{"各单位", "所有单位", "全部单位", "报送单位", "各报送单位", "所有报送单位"}, files},
	{"stations", []string{"各所", "所有所", "全部所", "各站所", "基层所", "各基层所", "各市场所"},
		func(p bot.Person, u bot.Unit) bool { return files(p, u) && u.Kind == bot.Station }},
	{"sections", []string{"各股室", "所有股室", "全部股室", "各科室"},
		func(p bot.Person, u bot.Unit) bool { return files(p, u) && u.Kind == bot.Section }},
	{"filers", []string{"填报员", "各填报员", "所有填报员", "全体填报员", "各单位填报员"},
		func(p bot.Person, u bot.Unit) bool { return files(p, u) && p.Role == bot.Filer }},
	{"heads", []string{"负责人", "各负责人", "所有负责人", "全体负责人", "各单位负责人"},
		func(p bot.Person, u bot.Unit) bool { return files(p, u) && p.Role == bot.Head }},
	{"all", []string{"全体", "全体人员", "全体成员", "全员", "所有人", "大家", "全专班"},
		func(bot.Person, bot.Unit) bool { return true }},
}

// address finds who is meant by words like 「凤城所、湖头所」「各所和执法大队」, and what
// among them nobody knows.
func address(r *bot.Roster, words string) (to []To, unknown []string) {
	if words == "" {
		return []To{{Circle: usual}}, nil
	}
	know := func(w string) bool {
		one, ok := called(r, w)
		if ok && !slices.Contains(to, one) {
			to = append(to, one)
		}
		return ok
	}
	for _, w := range split(words, "、,，;； \t　/") {
		if know(w) {
			continue
		}
		for _, part := range split(w, "和及与跟") { // not at once: these are in names, too
			if !know(part) {
				unknown = append(unknown, part)
			}
		}
	}
	return to, unknown
}

func split(s, at string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(at, r) })
}

// called finds a circle or unit by one of its names.
func called(r *bot.Roster, w string) (To, bool) {
	for _, c := range circles {
		if slices.Contains(c.words, w) {
			return To{Circle: c.name}, true
		}
	}
	for _, u := range r.Units {
		if u.Name == w || slices.Contains(u.Alias, w) {
			return To{Unit: u.Name, unit: u.ID}, true
		}
	}
	return To{}, false
}

// has says whether a person belongs to it.
func (to To) has(p bot.Person, u bot.Unit) bool {
	if to.Circle == "" {
		return p.Unit == to.unit
	}
	i := slices.IndexFunc(circles, func(c circle) bool { return c.name == to.Circle })
	return circles[i].has(p, u)
}

// people are the accounts of all these, in the roster's order and each once. The
// speaker, who knows what was said, is left out; among says that this was one of them.
func (d *Duty) people(t *bot.Turn, to []To) (out []string, among bool) {
	for _, p := range t.Roster().People {
		u, _ := t.Roster().Unit(p.Unit)
		switch {
		case !slices.ContainsFunc(to, func(one To) bool { return one.has(p, u) }):
		case p.Account == t.Person.Account:
			among = true
		default:
			out = append(out, p.Account)
		}
	}
	return out, among
}
