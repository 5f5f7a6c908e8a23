package main

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/config"
	"zhuanban/bot/phone"
	"zhuanban/bot/wecom"
	"zhuanban/bot/wecom/robot"
	"zhuanban/handlers/weekly"
)

func (c *campaign) fault(key, found, remedy string) *config.Fault {
	f := c.file.FaultAt(key, "", remedy)
	f.Found = found
	return f
}

// checkPeople finds units, people and groups that contradict each other.
func (c *campaign) checkPeople(faults *config.Faults) {
	units := map[string]bool{}
	for i, u := range c.Units {
		key := fmt.Sprintf("units[%d].id", i)
		if units[u.ID] {
			_ = faults.Add(c.fault(key, fmt.Sprintf("the id %q is taken by another unit", u.ID), "give every unit an id of its own"))
		}
		units[u.ID] = true
	}
	accounts := map[string]bool{}
	for _, p := range c.People {
		accounts[p.Account] = true
	}
	seen := map[string]bool{} // platforms do not tell large letters from small ones
	for i, p := range c.People {
		at := func(k string) string { return fmt.Sprintf("people[%d].%s", i, k) }
		if seen[strings.ToLower(p.Account)] {
			_ = faults.Add(c.fault(at("account"), fmt.Sprintf("the account %q is in the list twice", p.Account), "keep one of the two"))
		}
		seen[strings.ToLower(p.Account)] = true
		if !units[p.Unit] {
			_ = faults.Add(c.fault(at("unit"), fmt.Sprintf("there is no unit %q", p.Unit), "use the id of a unit: "+config.Suggest(p.Unit, keysOf(units), "they are")))
		}
		if p.Deputy != "" && !accounts[p.Deputy] {
			_ = faults.Add(c.fault(at("deputy"), fmt.Sprintf("there is no account %q", p.Deputy), "use the account of a person of this list"))
		}
	}
	for i, g := range c.Groups {
		for j, m := range g.Members {
			if !accounts[m] {
				_ = faults.Add(c.fault(fmt.Sprintf("groups[%d].members[%d]", i, j), fmt.Sprintf("there is no account %q", m), "use the account of a person of the list above"))
			}
		}
	}
	for i, s := range c.Reminders.Weekly {
		if s.Step == weekly.Eve && !c.hasGroup(s.Group) {
			_ = faults.Add(c.fault(fmt.Sprintf("reminders.weekly[%d].group", i), fmt.Sprintf("there is no group %q", s.Group), "name a group of the list groups"))
		}
	}
	for i, s := range c.Reminders.Stage {
		if s.Group != "" && !c.hasGroup(s.Group) {
			_ = faults.Add(c.fault(fmt.Sprintf("reminders.stage[%d].group", i), fmt.Sprintf("there is no group %q", s.Group), "name a group of the list groups, or leave it out for the office"))
		}
	}
}

func (c *campaign) hasGroup(name string) bool {
	return slices.ContainsFunc(c.Groups, func(g groupSettings) bool { return g.Name == name })
}

func keysOf(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// checkForm finds mistakes in the lead form.
func (c *campaign) checkForm(faults *config.Faults) {
	for _, m := range c.Forms.Lead.Mistakes() {
		_ = faults.Add(c.fault("forms.lead."+m.Key, m.Found, m.Remedy))
	}
	for _, key := range []string{"subject", "place", "content"} {
		if _, ok := c.Forms.Lead.Field(key); !ok {
			_ = faults.Add(c.fault("forms.lead.fields", fmt.Sprintf("the field %q is missing", key), "the ledger cannot do without it: put it back"))
		}
	}
}

// checkTable finds what the weekly table says of units and ledgers that are not
// there.
func (c *campaign) checkTable(faults *config.Faults) {
	kinds := []string{string(bot.Section), string(bot.Brigade), string(bot.Station)}
	for i, s := range c.table.Sections {
		for j, o := range s.Owners {
			if _, ok := c.roster.Unit(o); !ok && !slices.Contains(kinds, o) {
				_ = faults.Add(c.fault(fmt.Sprintf("weekly.sections[%d].owners[%d]", i, j), fmt.Sprintf("there is no unit or kind of unit %q", o), "use a unit's id, or one of "+strings.Join(kinds, ", ")))
			}
		}
	}
	for unit := range c.table.Opening {
		if _, ok := c.roster.Unit(unit); !ok {
			_ = faults.Add(c.fault("weekly.opening."+unit, fmt.Sprintf("there is no unit %q", unit), "use the id of a unit"))
		}
	}
	for figure, what := range c.Ledger {
		if strings.Contains(figure, "*") {
			if len(weekly.Ledger(c.table, map[string]string{figure: what})) == 0 {
				_ = faults.Add(c.fault("ledger."+figure, fmt.Sprintf("the weekly table has no figures %q", figure), "use * for the rows of the matrix, as in g_*_filed, or take the line out"))
			}
		} else if _, ok := c.table.Figure(figure); !ok {
			_ = faults.Add(c.fault("ledger."+figure, fmt.Sprintf("the weekly table has no figure %q", figure), "use the key of a figure of weekly.fields, or take the line out"))
		}
		kind, _, _ := strings.Cut(what, ":")
		if !slices.Contains(weekly.Counts(), kind) {
			_ = faults.Add(c.fault("ledger."+figure, fmt.Sprintf("%q is nothing that the registers count", what), "begin with one of "+strings.Join(weekly.Counts(), ", ")))
		}
	}
	if c.settings.Campaign.Prefix != strings.ToUpper(c.settings.Campaign.Prefix) {
		_ = faults.Add(c.fault("campaign.prefix", fmt.Sprintf("%q has small letters", c.settings.Campaign.Prefix), "use capitals, as in AX"))
	}
}

// checkPlatforms refuses what must not be together: a stepped clock or an open
// phone page beside real people.
func (c *campaign) checkPlatforms(faults *config.Faults) {
	if c.Clock == simulatedClock && c.ClockStart == nil {
		_ = faults.Add(c.fault("clock", "a simulated clock without a beginning", "set clock_start, such as 2024-01-11T09:00"))
	}
	if !c.realPlatform() {
		if !c.settings.Phone.Enabled {
			_ = faults.Add(c.fault("phone.enabled", "no platform is configured and the phone page is off: nobody could talk to the bot", "set phone.enabled: true, or configure a platform"))
		}
		return
	}
	if c.DingTalk.ClientID != "" {
		_ = faults.Add(c.fault("dingtalk.client_id", "this version speaks with WeCom and with no other platform yet", "take it out; configure wecom.corp_id or wecom.bot.id instead"))
	}
	c.checkDirectory(faults)
	if c.Clock == simulatedClock {
		_ = faults.Add(c.fault("clock", "the clock is simulated while a real platform is configured", "set clock: real"))
	}
	if c.settings.Phone.Enabled && !loopback(c.Listen) {
		_ = faults.Add(c.fault("phone.enabled", "the phone page has no login and would be reachable at "+c.Listen, "set phone.enabled: false, or listen: 127.0.0.1:8080"))
	}
}

// realPlatform says whether real people are on the other side.
func (c *campaign) realPlatform() bool {
	return c.WeCom.CorpID != "" || c.WeCom.Bot.configured() || c.DingTalk.ClientID != ""
}

// loopback says whether an address is reachable from this machine only.
func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// platform is where people get what they did not ask for.
func (c *campaign) platform() string {
	switch {
	case c.WeCom.CorpID != "":
		return wecom.Name
	case c.WeCom.Bot.configured():
		return robot.Name
	}
	return phone.Name
}
