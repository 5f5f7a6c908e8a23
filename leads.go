package main

import (
	"fmt"

	"zhuanban/bot"
	"zhuanban/bot/config"
	"zhuanban/handlers/lead/triage"
)

// triage is what the suggestions for new leads are made of.
func (c *campaign) triage() triage.Campaign {
	t := triage.Campaign{Rules: c.settings.Lead.Routes, Home: c.settings.Lead.Home, Stations: map[string]string{}}
	for _, u := range c.Units {
		if u.Kind != bot.Station && u.Kind != bot.Section && u.Kind != bot.Brigade {
			continue
		}
		t.Units = append(t.Units, u.ID)
		for _, p := range u.Places {
			t.Stations[p] = u.ID
		}
	}
	if fd, ok := c.Forms.Lead.Field("subject"); ok {
		t.Unknown = fd.Unknown
	}
	return t
}

// figureWords are the words that name figures of the weekly table.
func (c *campaign) figureWords() map[string]bool {
	out := map[string]bool{}
	for _, f := range c.table.Figures() {
		out[f.Label] = true
		for _, a := range f.Alias {
			out[a] = true
		}
	}
	return out
}

// checkRoutes finds mistakes in the rules that suggest a new lead's way.
func (c *campaign) checkRoutes(faults *config.Faults) {
	options := func(key string) func(string) bool {
		fd, _ := c.Forms.Lead.Field(key)
		known := map[string]bool{}
		if fd != nil {
			for _, o := range fd.Options {
				known[o.Value] = true
			}
		}
		return func(v string) bool { return known[v] }
	}
	violation, source, category := options("violation"), options("source"), options("category")
	for i, r := range c.settings.Lead.Routes {
		key := fmt.Sprintf("lead.routes[%d]", i)
		for _, to := range r.To {
			u, ok := c.roster.Unit(to)
			if to != triage.Station && (!ok || !u.Reports()) {
				_ = faults.Add(c.fault(key+".to", fmt.Sprintf("there is no unit %q that handles leads", to), "use a unit's id, or station for the station of the place"))
			}
		}
		for _, of := range []struct {
			name   string
			values []string
			known  func(string) bool
		}{{"violation", r.Violation, violation}, {"source", r.Source, source}, {"category", r.Category, category}} {
			for _, v := range of.values {
				if !of.known(v) {
					_ = faults.Add(c.fault(key+"."+of.name, fmt.Sprintf("the form's field %s has no option %q", of.name, v), "use the value of one of its options"))
				}
			}
		}
	}
}
