// Package triage suggests, of a new lead, which way it should go and which unit should
// have it, and why. The suggestion is a rule of the configuration (lead.routes) that
// fits first, so that the same lead always gets the same one; the office decides.
//
// The package is pure. The reasons are the configuration's words.
package triage

import (
	"regexp"
	"slices"
	"strings"
)

// Route is which way a lead goes (notice, part five (一)).
type Route string

// The routes.
const (
	Local      Route = "local"      // a unit of ours checks it
	Police     Route = "police"     // a suspected crime: a unit verifies it with a view to the police
	Out        Route = "out"        // our brand, another place: fix the evidence, hand it over
	Other      Route = "other"      // another department's duty
	Conference Route = "conference" // disputed: to the case conference
	More       Route = "more"       // too little is known: back to the reporter
)

// Allowed lists the routes, for the configuration's errors.
func (Route) Allowed() []string {
	return []string{string(Local), string(Police), string(Out), string(Other), string(Conference), string(More)}
}

// Station in a rule's To is the station that answers for the lead's township.
const Station = "station"

// Rule is a line of lead.routes. What it leaves out fits everything; it fits if all
// fits that it names.
type Rule struct {
	Violation []string `yaml:"violation"`
	Source    []string `yaml:"source"`
	Category  []string `yaml:"category"`
	Words     []string `yaml:"words"`   // one of them is in the content
	Online    bool     `yaml:"online"`  // it is on a platform or in a shop of one
	Outside   bool     `yaml:"outside"` // the place is in another county
	Unknown   bool     `yaml:"unknown"` // neither subject nor place is known
	Hint      bool     `yaml:"hint"`    // a figure of reference of the criminal law is reached
	Refused   int      `yaml:"refused"` // so many units have sent it back
	Value     int64    `yaml:"value"`   // worth so many 元 at least
	Route     Route    `yaml:"route"`   // default local
	To        []string `yaml:"to"`      // units, the first that there is: a unit's id, or station
	Why       string   `yaml:"why" required:"true"`
}

// Lead is a lead, as far as it matters here.
type Lead struct {
	Violation, Source, Category   string
	Subject, Place, Township      string
	Content, Platform, Shop, Link string
	Value                         int64 // in 分; 0 = not known
	Hint                          bool
	Refused                       []string // the units that have sent it back, in order
}

// Campaign is what rules are about.
type Campaign struct {
	Rules    []Rule
	Stations map[string]string // township → unit
	Units    []string          // that there are
	Home     []string          // what the places here are called: 安溪, 泉州, 福建
	Unknown  string            // the word for what is not known: 待查
}

// Suggestion is which way, to whom and why. A Unit "" leaves the unit to the office.
type Suggestion struct {
	Route Route
	Unit  string
	Why   string
}

// Suggest gives the suggestion of the first rule that fits; ok is false if none does. A
// unit that has sent the lead back is not suggested again.
func Suggest(c Campaign, l Lead) (s Suggestion, ok bool) {
	for _, r := range c.Rules {
		if !c.fits(r, l) {
			continue
		}
		s := Suggestion{Route: r.Route, Why: r.Why}
		if s.Route == "" {
			s.Route = Local
		}
		if len(r.To) == 0 {
			return s, true
		}
		for _, to := range r.To {
			if to == Station {
				to = c.Stations[l.Township]
			}
			if to != "" && slices.Contains(c.Units, to) && !slices.Contains(l.Refused, to) {
				s.Unit = to
				return s, true
			}
		}
	}
	return Suggestion{}, false
}

func (c Campaign) fits(r Rule, l Lead) bool {
	of := func(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }
	unknown := func(v string) bool { return v == "" || v == c.Unknown }
	switch {
	case !of(r.Violation, l.Violation), !of(r.Source, l.Source), !of(r.Category, l.Category):
		return false
	case len(r.Words) > 0 && !slices.ContainsFunc(r.Words, func(w string) bool { return strings.Contains(l.Content, w) }):
		return false
	case r.Online && l.Platform == "" && l.Shop == "" && l.Link == "":
		return false
	case r.Outside && !c.outside(l):
		return false
	case r.Unknown && !(unknown(l.Subject) && unknown(l.Place) && l.Platform == "" && l.Link == ""):
		return false
	case r.Hint && !l.Hint, len(l.Refused) < r.Refused, r.Value > 0 && l.Value < r.Value*100:
		return false
	}
	return true
}

var (
	county = regexp.MustCompile(`\p{Han}{2,3}(?:市|县|区)`)
	// noCounty are words that end like one and are none.
	noCounty = []string{"市场", "超市", "城市", "夜市", "区域", "社区", "小区", "景区", "片区", "园区", "开发区", "市区", "城区", "街区", "库区", "厂区", "市监", "县城", "菜市", "集市"}
)

// outside says whether a place names another county: 「晋江市陈埭镇」.
func (c Campaign) outside(l Lead) bool {
	if l.Township != "" {
		return false
	}
	place := l.Place
	for _, w := range slices.Concat(noCounty, c.Home) {
		place = strings.ReplaceAll(place, w, "·")
	}
	place = strings.NewReplacer("·市", "·", "·县", "·", "·省", "·").Replace(place)
	return county.MatchString(place)
}
