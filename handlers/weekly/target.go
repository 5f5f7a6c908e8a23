package weekly

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/handlers/weekly/table"
)

// target is a unit's report of a period.
type target struct {
	unit   string
	period table.Period
}

func (g target) topic() string { return g.unit + ":" + key(g.period) }

// key names a period in taps, topics and records: its nominal day, 20240119.
func key(p table.Period) string { return strconv.Itoa(int(PeriodKey(p))) }

// PeriodKey is the period's name in the records: its nominal day as yyyymmdd.
func PeriodKey(p table.Period) int32 {
	return int32(p.Nominal.Year*10000 + int(p.Nominal.Month)*100 + p.Nominal.Day)
}

// item is what the numbers on reminders about a period belong to.
func item(p table.Period) string { return "weekly:" + key(p) }

// periodOf finds the period of that name.
func (d *Duty) periodOf(name string) (table.Period, bool) {
	for _, p := range d.cfg.Periods {
		if key(p) == name {
			return p, true
		}
	}
	return table.Period{}, false
}

// targetOf reads a topic: "fengcheng:20240119".
func (d *Duty) targetOf(topic string) (target, error) {
	unit, period, _ := strings.Cut(topic, ":")
	p, ok := d.periodOf(period)
	if !ok {
		return target{}, fmt.Errorf("the weekly table has no period %q", period)
	}
	return target{unit, p}, nil
}

// may says whether the speaker may file for a unit: its own people, those who
// stand in for one of them, and the office (代报), if the unit owes figures at all.
func may(t *bot.Turn, unit string) bool {
	u, ok := t.Roster().Unit(unit)
	return ok && u.Reports() && (t.Person.Files() && t.Person.Unit == unit || t.Person.Office() || standsIn(t, unit))
}

// standsIn says whether the speaker is the deputy of somebody who files for a unit.
func standsIn(t *bot.Turn, unit string) bool {
	return slices.ContainsFunc(t.Roster().Of(unit, bot.Filer, bot.Head), func(p bot.Person) bool { return p.Deputy == t.Person.Account })
}

// begun says whether a period's days have begun; if not, it says so to the
// speaker.
func (d *Duty) begun(t *bot.Turn, p table.Period) bool {
	if p.From.After(calendar.DateOf(t.Now)) {
		t.Say("weekly.not_yet", d.periodView(p))
		return false
	}
	return true
}

// nth is 「第3期」 in what follows a word of command.
var nth = regexp.MustCompile(`第\s*([0-9]{1,2})\s*[期周]`)

// aim finds what a command is about: the speaker's unit, or for the office the one
// that is named, and the period being collected, or the one that is named. ok is
// false, with the answer said, if there is no such report to file.
func (d *Duty) aim(t *bot.Turn, rest string) (g target, left string, ok bool) {
	return d.aimFor(t, rest, t.Person.Office())
}

// aimFor is aim; other says that a unit has to be named.
func (d *Duty) aimFor(t *bot.Turn, rest string, other bool) (g target, left string, ok bool) {
	g = target{t.Person.Unit, table.Current(d.cfg.Periods, t.Now)}
	if other {
		if g.unit, rest, ok = named(t.Roster(), rest); !ok {
			t.Say("weekly.proxy_whom", t.Person.Office())
			return g, "", false
		}
	}
	if m := nth.FindStringSubmatch(rest); m != nil {
		n, _ := strconv.Atoi(m[1])
		p, found := table.ByNo(d.cfg.Periods, n)
		if !found {
			t.Say("weekly.no_such_period", len(d.cfg.Periods))
			return g, "", false
		}
		g.period, rest = p, nth.ReplaceAllString(rest, "")
	}
	if !may(t, g.unit) {
		if other {
			t.Say("weekly.no_proxy", nil)
		} else {
			t.Say("weekly.not_yours", nil)
		}
		return g, "", false
	}
	return g, strings.Trim(rest, " ,:。"), d.begun(t, g.period)
}

// named finds the reporting unit that a text names, the longest name first, and
// cuts it out.
func named(r *bot.Roster, text string) (unit, rest string, ok bool) {
	length := 0
	for _, u := range r.Reporting() {
		for _, n := range append([]string{u.Name}, u.Alias...) {
			if before, after, found := strings.Cut(text, n); found && len(n) > length {
				unit, rest, ok, length = u.ID, before+after, true, len(n)
			}
		}
	}
	if !ok {
		rest = text
	}
	return unit, rest, ok
}

// nthKey is the key of the period that a text names by its number.
func (d *Duty) nthKey(text string) string {
	n, _ := strconv.Atoi(nth.FindStringSubmatch(text)[1])
	p, _ := table.ByNo(d.cfg.Periods, n)
	return key(p)
}
