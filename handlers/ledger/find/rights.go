package find

import (
	"bytes"
	"encoding/json"
	"slices"

	"zhuanban/bot"
	"zhuanban/store"
)

// Rights is who may see which leads. The office and the leaders see all; a unit what it
// reported and what it was given; a section its line beside that; anybody what they
// reported themselves. A lead that is to be kept secret is seen by the office, the
// leaders, its reporter and the unit that handles it.
type Rights struct {
	// Lines is what a section answers for in all units: "violation:tm", "source:complain".
	Lines map[string][]string
}

// Sees says whether a person may see a lead; unit is the one that handles it, "" = none
// was given it.
func (r Rights) Sees(p bot.Person, l store.Lead, unit string) bool {
	if p.SeesAll() {
		return true
	}
	mine, to := r.of(p), open(l)
	if unit != "" {
		to = append(to, "unit:"+unit)
	}
	return slices.ContainsFunc(to, func(who string) bool { return slices.Contains(mine, who) })
}

// UnitTerm is the term of all leads that are open to a unit.
func UnitTerm(unit string) int64 { return hash("open", "unit:"+unit) }

// Scope is the terms of which a lead has one if the person may see it; nil = all leads.
func (r Rights) Scope(p bot.Person) []int64 {
	if p.SeesAll() {
		return nil
	}
	var out []int64
	for _, who := range r.of(p) {
		out = append(out, hash("open", who))
	}
	return out
}

// of is what a person is, as far as leads are open to it.
func (r Rights) of(p bot.Person) []string {
	out := []string{"by:" + p.Account}
	if p.Files() {
		out = append(append(out, "unit:"+p.Unit), r.Lines[p.Unit]...)
	}
	return out
}

// open is to whom a lead is open, beside those who see all.
func open(l store.Lead) []string {
	out := []string{"by:" + l.Reporter}
	if Secret(l) {
		return out
	}
	return append(out, "unit:"+l.Unit, "violation:"+l.Violation, "source:"+l.Source)
}

// SecrecyField is the form's field that says whether a lead is to be kept secret.
const SecrecyField = "secrecy"

// Secret says whether a lead is to be kept from all who have nothing to do with it.
func Secret(l store.Lead) bool {
	if !bytes.Contains(l.Details, []byte(`"`+SecrecyField+`"`)) {
		return false
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(l.Details, &values) != nil {
		return true // better once too often
	}
	return len(values[SecrecyField]) > 0
}
