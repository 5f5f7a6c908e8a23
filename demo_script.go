package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/handlers/weekly/table"
)

// scene is something that somebody does at a time.
type scene struct {
	at  time.Time
	who string
	do  func(context.Context) error
}

// script is all scenes of these weeks in order of time: around holidays the weeks
// overlap.
func (p *player) script(weeks []table.Period) ([]scene, error) {
	var all []scene
	for i, w := range weeks {
		days, err := p.days(w)
		if err != nil {
			return nil, err
		}
		all = append(all, p.leadsOf(w)...)
		all = append(all, p.filingsOf(i, w, days)...)
		all = append(all, p.questionsOf(i, w)...)
	}
	slices.SortStableFunc(all, func(a, b scene) int { return a.at.Compare(b.at) })
	return all, nil
}

// days are the workdays on which a period is collected in time.
func (p *player) days(w table.Period) ([]calendar.Date, error) {
	var out []calendar.Date
	due := calendar.DateOf(w.Due)
	for d := w.To; !d.After(due); d = d.AddDays(1) {
		work, err := p.cfg.calendar.Workday(d)
		if err != nil {
			return nil, err
		}
		if work {
			out = append(out, d)
		}
	}
	return out, nil
}

// leadsOf lets units report three to five leads in the days of a period.
func (p *player) leadsOf(w table.Period) []scene {
	var out []scene
	span := w.From.DaysUntil(w.To) + 1
	for range 3 + p.chance.IntN(3) {
		t := demoTips[p.tips%len(demoTips)]
		p.tips++
		at := w.From.AddDays(p.chance.IntN(span)).At(9+p.chance.IntN(8), 5+p.chance.IntN(50))
		as, ok := p.filer(t.unit)
		if !ok {
			continue
		}
		out = append(out, scene{at, as, func(ctx context.Context) error { return p.tip(ctx, as, t) }})
	}
	return out
}

// filer is a unit's filer.
func (p *player) filer(unit string) (string, bool) {
	all := p.cfg.roster.Of(unit, bot.Filer)
	if len(all) == 0 {
		return "", false
	}
	return all[0].Account, true
}

// tip is one lead: said, completed if the bot asks, with a photo or without, and
// submitted.
func (p *player) tip(ctx context.Context, as string, t tip) error {
	replies, err := p.say(ctx, as, t.text)
	if err != nil {
		return err
	}
	if t.more != "" {
		if replies, err = p.say(ctx, as, t.more); err != nil {
			return err
		}
	}
	if t.photo != "" {
		if replies, err = p.photo(ctx, as, t.photo); err != nil {
			return err
		}
	}
	_, err = p.tap(ctx, as, replies, "提交")
	return err
}

// The manners of reporting, chosen by week and unit: most file their figures, some
// have none, or the same, or come late, or not at all.
type manner int

const (
	byLine manner = iota
	nothingToReport
	asLastWeek
	tooLate
	notAtAll
	byTheOffice
)

// mannerOf is how the unit with a number reports in a week.
func (p *player) mannerOf(week, unit int, b *book) manner {
	switch {
	case week%2 == 1 && unit == (week*3+8)%20:
		return notAtAll
	case unit == (week*7+9)%20 || week%3 == 2 && unit == (week+13)%20:
		return tooLate
	case week == 3 && unit == 17:
		return byTheOffice
	case b.weeks > 0 && b.repeatable && (week+unit)%6 == 1:
		return asLastWeek
	case (week*5+unit)%7 == 3 && unit >= 9:
		return nothingToReport
	}
	return byLine
}

// filingsOf lets every unit report a period in its manner.
func (p *player) filingsOf(week int, w table.Period, days []calendar.Date) []scene {
	var out []scene
	for n, u := range p.cfg.roster.Reporting() {
		as, ok := p.filer(u.ID)
		if !ok {
			continue
		}
		b := p.books[u.ID]
		if b == nil {
			b = &book{}
			p.books[u.ID] = b
		}
		day := days[p.chance.IntN(len(days))]
		at := day.At(10+p.chance.IntN(6), p.chance.IntN(60))
		line := ""
		how := p.mannerOf(week, n, b)
		switch how {
		case byLine:
			line = p.figures(u, b)
		case nothingToReport:
			line = "零报告"
			b.idle()
		case asLastWeek:
			line = "同上周"
			b.weeks++
		case tooLate:
			line = fmt.Sprintf("周报 第%d期 ", w.No) + p.figures(u, b)
			if next, err := p.cfg.calendar.Next(calendar.DateOf(w.Due)); err == nil {
				at = next.At(8, 20+n)
			}
		case byTheOffice:
			line = "代报 " + u.Name + " " + p.figures(u, b)
			as = p.cfg.roster.WithRole(bot.Clerk)[0].Account
		case notAtAll:
			b.repeatable = false
			continue
		}
		out = append(out, scene{at, as, func(ctx context.Context) error { return p.file(ctx, as, line) }})
		if how == byLine && week%2 == 0 && n == (week*3+6)%20 {
			more := fmt.Sprintf("更正 宣传%d篇 原因:漏报2篇", b.news+2)
			out = append(out, scene{w.Due.Add(-50 * time.Minute), as, func(ctx context.Context) error { return p.file(ctx, as, more) }})
		}
	}
	return out
}

// file says a report, explains what the checks want explained, and submits.
func (p *player) file(ctx context.Context, as, line string) error {
	replies, err := p.say(ctx, as, line)
	if err != nil {
		return err
	}
	if _, ok := find(replies, "提交"); !ok {
		if replies, err = p.say(ctx, as, "数字无误,节前集中检查,次数比平时多"); err != nil {
			return err
		}
	}
	if replies, err = p.tap(ctx, as, replies, "提交"); err != nil {
		return fmt.Errorf("after %q: %w", line, err)
	}
	if len(replies) == 0 || !strings.HasPrefix(replies[0].Title, "已") {
		return errors.New("no receipt came for " + line)
	}
	return nil
}

// questionsOf lets the leaders and the office ask, and somebody speak in the group.
func (p *player) questionsOf(week int, w table.Period) []scene {
	var out []scene
	ask := func(before time.Duration, as, text string) {
		out = append(out, scene{w.Due.Add(-before), as, func(ctx context.Context) error {
			_, err := p.say(ctx, as, text)
			return err
		}})
	}
	for _, who := range p.cfg.roster.WithRole(bot.Director) {
		ask(65*time.Minute, who.Account, "谁没报")
	}
	for i, who := range p.cfg.roster.WithRole(bot.Chief, bot.DeputyOf) {
		ask(time.Duration(100-10*i)*time.Minute, who.Account, demoQuestions[(week+i)%len(demoQuestions)])
	}
	units := p.cfg.roster.Reporting()
	if as, ok := p.filer(units[(week*3+1)%len(units)].ID); ok && len(p.cfg.Groups) > 0 {
		group := p.cfg.Groups[0].Name
		out = append(out, scene{w.Due.Add(-3 * time.Hour), as, func(ctx context.Context) error {
			_, err := p.inGroup(ctx, as, group, "进度")
			return err
		}})
	}
	return out
}
