// Package stats is the duty of first answers: who has not filed, and how the week
// stands. Every answer says as of when it is, and how many units' reports are in
// it: what is not filed is not zero.
//
// The office and the leaders see every unit; the others see their own.
package stats

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/zh"
	"zhuanban/handlers/weekly"
	"zhuanban/handlers/weekly/table"
	"zhuanban/store"
)

// Duty answers questions about the figures.
type Duty struct {
	table   *table.Table
	periods []table.Period
}

// New makes the duty.
func New(t *table.Table, periods []table.Period) *Duty { return &Duty{t, periods} }

const name = "stats"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: []string{"谁没报", "谁还没报", "未报", "未报名单", "哪些单位没报", "哪个没报", "谁没有报", "没报的有谁", "有谁没报", "没报名单"}, Do: d.missing},
			{Words: []string{"本周数据", "本周情况", "本周统计", "汇总", "本期数据", "上周数据", "累计数据", "数据"}, Do: d.week},
		},
		Claim: d.claim,
		Take:  d.take,
		Taps: map[string]func(context.Context, *bot.Turn, string) error{
			"missing": d.missing,
			"week":    d.week,
		},
	}
}

// question is how people ask for figures without the word of command.
var (
	asksWho  = regexp.MustCompile(`(谁|哪些|哪个|哪几个|几个|多少).{0,8}(没报|未报|没交|没有报|还没|迟报)`)
	asksMany = regexp.MustCompile(`第\s*[0-9]{1,2}\s*[期周].{0,6}(数据|情况|统计|汇总|多少)|(本周|本期|这周|这期|上周|上期|累计|目前|到现在|一共|总共|全县|我们|咱们).{0,12}(多少|几[件次户条个家]|数据|情况|怎么样|怎样|如何)`)
)

func (d *Duty) claim(_ context.Context, t *bot.Turn) bot.Certainty {
	if t.Understood() {
		return bot.No // it would not be certain
	}
	if asksWho.MatchString(t.Message.Text) || asksMany.MatchString(t.Message.Text) {
		return bot.Sure
	}
	return bot.No
}

func (d *Duty) take(ctx context.Context, t *bot.Turn) error {
	if asksWho.MatchString(t.Message.Text) {
		return d.missing(ctx, t, t.Message.Text)
	}
	return d.week(ctx, t, t.Message.Text)
}

var nth = regexp.MustCompile(`第?\s*([0-9]{1,2})\s*[期周]`)

// period is the one that a question is about: the one being collected, last
// week's (上周), or one by its number. From Monday until the next collection begins
// the one being collected is last week's.
func (d *Duty) period(t *bot.Turn, words string) (p table.Period, ok bool) {
	if m := nth.FindStringSubmatch(words); m != nil {
		n, _ := strconv.Atoi(m[1])
		return table.ByNo(d.periods, n)
	}
	p = table.Current(d.periods, t.Now)
	if strings.Contains(words+t.Message.Text, "上周") || strings.Contains(words+t.Message.Text, "上期") {
		if p.Nominal.Before(calendar.DateOf(t.Now).Monday()) {
			return p, true
		}
		return table.ByNo(d.periods, p.No-1)
	}
	return p, p.No > 0
}

// View is what the templates are filled with.
type View struct {
	No         int
	From, To   time.Time
	Due, Now   time.Time
	Over       bool // the deadline has passed
	All        int  // units that owe a report
	In         int  // reports that are in
	Zero       int
	OnTime     int
	Missing    []string
	Late       []string
	Corrected  []string
	Total      []LineView // that are not zero
	Nil        []LineView // core figures that are
	Unit       string     // of a question about one's own unit
	Filed      bool
	FiledLate  bool
	FiledZero  bool
	At         time.Time
	Cumulative bool
	Reporting  bool // the speaker's unit owes reports
}

// LineView is a figure: its total of the period and since the campaign began.
type LineView struct{ Label, Value, Sum string }

// standing is how a period stands over all units.
func (d *Duty) standing(ctx context.Context, t *bot.Turn, p table.Period) (View, []store.Filing, error) {
	v := View{No: p.No, From: p.From.Time(), To: p.To.Time(), Due: p.Due, Now: t.Now, Over: t.Now.After(p.Due),
		Reporting: t.Unit().Reports(), Unit: t.Unit().Name}
	filings, err := t.Tx.Filings().CurrentAll(ctx, d.table.ID, weekly.PeriodKey(p))
	if err != nil {
		return v, nil, fmt.Errorf("loading the filings: %w", err)
	}
	by := map[string]store.Filing{}
	for _, f := range filings {
		by[f.Unit] = f
	}
	for _, u := range t.Roster().Reporting() {
		v.All++
		f, filed := by[u.ID]
		switch {
		case !filed:
			v.Missing = append(v.Missing, u.Name)
			continue
		case f.Late:
			v.Late = append(v.Late, u.Name)
		default:
			v.OnTime++
		}
		v.In++
		if f.Zero {
			v.Zero++
		}
		if f.Version > 1 {
			v.Corrected = append(v.Corrected, u.Name)
		}
	}
	if f, ok := by[t.Person.Unit]; ok {
		v.Filed, v.FiledLate, v.FiledZero, v.At = true, f.Late, f.Zero, f.FiledAt
	}
	return v, filings, nil
}

// missing answers 「谁没报」.
func (d *Duty) missing(ctx context.Context, t *bot.Turn, words string) error {
	p, ok := d.period(t, words)
	if !ok {
		t.Say("stats.no_period", len(d.periods))
		return nil
	}
	v, _, err := d.standing(ctx, t, p)
	if err != nil {
		return err
	}
	if v.From.After(t.Now) {
		t.Say("stats.not_yet", v)
		return nil
	}
	if !t.Person.SeesAll() {
		t.Say("stats.own", v)
		return nil
	}
	t.Say("stats.missing", v)
	return nil
}

// week answers 「本周数据」: the totals of the reports that are in.
func (d *Duty) week(ctx context.Context, t *bot.Turn, words string) error {
	p, ok := d.period(t, words)
	if !ok {
		t.Say("stats.no_period", len(d.periods))
		return nil
	}
	v, filings, err := d.standing(ctx, t, p)
	if err != nil {
		return err
	}
	if v.From.After(t.Now) {
		t.Say("stats.not_yet", v)
		return nil
	}
	unit, one := d.unit(t)
	if !t.Person.SeesAll() && !t.Unit().Reports() {
		t.Say("stats.not_yours", nil)
		return nil
	}
	var units []string
	if one {
		units = []string{unit.ID}
		filings = only(filings, unit.ID)
		v.own(unit, filings)
	}
	if v.Total, v.Nil, err = d.totals(ctx, t, p, filings, units); err != nil {
		return err
	}
	if units != nil {
		t.Say("stats.week_own", v)
		return nil
	}
	t.Say("stats.week", v)
	return nil
}

// unit is the one that a question is about: the speaker's own, or for those who
// see all, one that the question names.
func (d *Duty) unit(t *bot.Turn) (u bot.Unit, one bool) {
	if !t.Person.SeesAll() {
		return t.Unit(), true
	}
	for _, r := range t.Roster().Reporting() {
		for _, n := range append([]string{r.Name}, r.Alias...) {
			if strings.Contains(t.Message.Text, n) {
				return r, true
			}
		}
	}
	return bot.Unit{}, false
}

// own narrows the view to one unit and its filing, if there is one.
func (v *View) own(u bot.Unit, filings []store.Filing) {
	v.Unit, v.Filed = u.Name, len(filings) > 0
	if v.Filed {
		v.FiledLate, v.FiledZero, v.At = filings[0].Late, filings[0].Zero, filings[0].FiledAt
	}
}

func only(filings []store.Filing, unit string) []store.Filing {
	var out []store.Filing
	for _, f := range filings {
		if f.Unit == unit {
			out = append(out, f)
		}
	}
	return out
}

// totals adds up the core figures, and every other that is not zero, of the
// period and of the campaign so far.
func (d *Duty) totals(ctx context.Context, t *bot.Turn, p table.Period, filings []store.Filing, units []string) (some, none []LineView, err error) {
	rows := make([]map[string]zh.Num, 0, len(filings))
	for _, f := range filings {
		row := make(map[string]zh.Num, len(f.Values))
		for k, n := range f.Values {
			row[k] = zh.Num(n)
		}
		rows = append(rows, row)
	}
	total := d.table.Aggregate(rows)
	sums, err := t.Tx.Filings().Sums(ctx, d.table.ID, 0, weekly.PeriodKey(p), units)
	if err != nil {
		return nil, nil, fmt.Errorf("adding up the campaign: %w", err)
	}
	for _, f := range d.table.Figures() {
		if !f.Core && total[f.Key] == 0 || f.Row != "" {
			continue
		}
		l := LineView{Label: f.Short, Value: f.Show(total[f.Key])}
		if f.Agg == table.Sum && sums[f.Key] != 0 {
			l.Sum = f.Show(zh.Num(sums[f.Key]))
		}
		if total[f.Key] == 0 {
			none = append(none, l)
		} else {
			some = append(some, l)
		}
	}
	return some, none, nil
}
