// Package threshold hints that an amount or a number reaches a figure of reference of
// the criminal law, in both versions of the interpretation side by side. It is a hint
// to think, and no more: it never says that something is not enough to transfer, for
// what obliges to transfer is a reasonable suspicion, whatever the amount (rules for
// transfers, article 3).
//
// Which version holds is a question of when it was done, and of which law is milder
// (从旧兼从轻), which whoever handles the lead decides; so each hint carries both
// figures, and says which version was in force on the day.
//
// Whoever shows a hint shows it to the handler, the head of the handling unit and the
// office, never in a group.
//
// Sources: 法释〔2025〕5号, in force since 2025-04-26 (read in full); before it 法释〔2004〕19号,
// 〔2007〕6号 and 〔2020〕10号; 刑法 articles 140 and 222 with the standards for filing (一) 2017
// and (二) 2022.
package threshold

import (
	"cmp"
	"slices"

	"zhuanban/bot/calendar"
)

// Level is how near an amount is.
type Level string

// The levels (reference, 2.6): from the figure on red, from four fifths of it on, or
// where there was a penalty within two years, yellow.
const (
	Yellow Level = "yellow"
	Red    Level = "red"
)

// nearly is from which part of the figure on a hint is yellow, in percent.
const nearly = 80

// Crime names a crime.
type Crime string

// The crimes, with their articles of the criminal law.
const (
	FakeMark    Crime = "fake_mark"    // 213, counterfeiting a registered trademark, goods
	FakeService Crime = "fake_service" // 213, services
	SellFake    Crime = "sell_fake"    // 214, selling such goods
	FakeLabels  Crime = "fake_labels"  // 215, making or selling labels
	FakePatent  Crime = "fake_patent"  // 216
	TradeSecret Crime = "trade_secret" // 219
	Shoddy      Crime = "shoddy"       // 140, shoddy products
	FalseAd     Crime = "false_ad"     // 222
	FalseAdFood Crime = "false_ad_food"
)

// Measure is what is measured.
type Measure string

// The measures.
const (
	Income   Measure = "income"   // 违法所得
	Turnover Measure = "turnover" // 非法经营数额
	Sales    Measure = "sales"    // 销售金额
	Unsold   Measure = "unsold"   // 未销售货值金额
	Loss     Measure = "loss"     // 权利人损失
	Labels   Measure = "labels"   // 标识件数
)

// Version is a version of the interpretation.
type Version string

// The versions.
const (
	Old     Version = "old"
	Current Version = "current"
)

// since is the first day on which the current interpretation holds.
var since = calendar.Date{Year: 2025, Month: 4, Day: 26}

// At is the version in force on a day.
func At(d calendar.Date) Version {
	if d.Before(since) {
		return Old
	}
	return Current
}

// Line is one figure of reference: of a crime, in a measure, with the article that sets
// it, in each version. Amounts are in 分, labels in pieces. A zero figure is none.
type Line struct {
	Crime   Crime
	Measure Measure
	// Usual is the figure; Again the one that holds where there were several marks or
	// patents, or a penalty or punishment within two years.
	Usual, Again map[Version]int64
	Article      map[Version]string // 第3条第1款
	Source       map[Version]string // the interpretation
}

// wan is ten thousand 元 in 分.
const wan = 10000 * 100

const (
	interpretation2025 = "最高人民法院、最高人民检察院关于办理侵犯知识产权刑事案件适用法律若干问题的解释（法释〔2025〕5号）"
	interpretation2004 = "最高人民法院、最高人民检察院关于办理侵犯知识产权刑事案件具体应用法律若干问题的解释（法释〔2004〕19号）"
	interpretation2020 = "最高人民法院、最高人民检察院关于办理侵犯知识产权刑事案件具体应用法律若干问题的解释（三）（法释〔2020〕10号）"
	criminalLaw        = "刑法"
	filing2022         = "最高人民检察院、公安部关于公安机关管辖的刑事案件立案追诉标准的规定（二）（2022年）"
)

func both[T any](old, current T) map[Version]T { return map[Version]T{Old: old, Current: current} }

// Lines is the table.
func Lines() []Line {
	ip := both(interpretation2004, interpretation2025)
	crime := both(criminalLaw, criminalLaw)
	return []Line{
		{FakeMark, Turnover, both[int64](5*wan, 5*wan), both[int64](3*wan, 3*wan), both("第1条", "第3条第1款"), ip},
		{FakeMark, Income, both[int64](3*wan, 3*wan), both[int64](2*wan, 2*wan), both("第1条", "第3条第1款"), ip},
		{FakeService, Income, both[int64](0, 5*wan), both[int64](0, 3*wan), both("", "第3条第2款"), ip},
		{SellFake, Sales, both[int64](5*wan, 5*wan), both[int64](5*wan, 3*wan), both("第2条", "第5条"), ip},
		{SellFake, Income, both[int64](0, 3*wan), both[int64](0, 2*wan), both("", "第5条"), ip},
		{SellFake, Unsold, both[int64](0, 15*wan), both[int64](0, 9*wan), both("", "第5条"), ip},
		{FakeLabels, Labels, both[int64](20000, 10000), both[int64](10000, 5000), both("第3条", "第6条"), ip},
		{FakeLabels, Turnover, both[int64](5*wan, 3*wan), both[int64](3*wan, 2*wan), both("第3条", "第6条"), ip},
		{FakeLabels, Income, both[int64](3*wan, 2*wan), both[int64](2*wan, 1*wan), both("第3条", "第6条"), ip},
		{FakePatent, Turnover, both[int64](20*wan, 20*wan), both[int64](10*wan, 10*wan), both("第4条", "第10条"), ip},
		{FakePatent, Income, both[int64](10*wan, 10*wan), both[int64](5*wan, 5*wan), both("第4条", "第10条"), ip},
		{FakePatent, Loss, both[int64](50*wan, 30*wan), both[int64](50*wan, 30*wan), both("第4条", "第10条"), ip},
		{TradeSecret, Loss, both[int64](30*wan, 30*wan), both[int64](30*wan, 10*wan), both("第4条", "第17条"), both(interpretation2020, interpretation2025)},
		{TradeSecret, Income, both[int64](30*wan, 30*wan), both[int64](30*wan, 10*wan), both("第4条", "第17条"), both(interpretation2020, interpretation2025)},
		{Shoddy, Sales, both[int64](5*wan, 5*wan), both[int64](5*wan, 5*wan), both("第140条", "第140条"), crime},
		{Shoddy, Unsold, both[int64](15*wan, 15*wan), both[int64](15*wan, 15*wan), both("第140条", "第140条"), crime},
		{FalseAd, Income, both[int64](10*wan, 10*wan), both[int64](10*wan, 10*wan), both("第67条", "第67条"), both(filing2022, filing2022)},
		{FalseAdFood, Income, both[int64](3*wan, 3*wan), both[int64](3*wan, 3*wan), both("第67条", "第67条"), both(filing2022, filing2022)},
	}
}

// Facts are what is known of a lead.
type Facts struct {
	On      calendar.Date // of the conduct
	Crimes  []Crime       // that come into question
	Amounts map[Measure]int64
	Several bool // marks or patents
	Before  bool // a penalty or punishment within two years
}

// Hint is a figure of reference that is reached, or nearly.
type Hint struct {
	Level   Level
	Crime   Crime
	Measure Measure
	Is      int64
	On      calendar.Date
	In      Version // in force on the day
	Figure  map[Version]int64
	Article map[Version]string
	Source  map[Version]string
}

// Hints finds the figures that are reached or nearly reached in either version, the
// nearest first. Nothing found means nothing: it is no answer to whether a case must be
// transferred.
func Hints(f Facts) []Hint {
	var out []Hint
	for _, l := range Lines() {
		is := f.amount(l)
		if is <= 0 || !slices.Contains(f.Crimes, l.Crime) {
			continue
		}
		figure := l.Usual
		if f.Several || f.Before {
			figure = l.Again
		}
		level := f.level(is, figure)
		if level == "" {
			continue
		}
		out = append(out, Hint{Level: level, Crime: l.Crime, Measure: l.Measure, Is: is, On: f.On, In: At(f.On),
			Figure: figure, Article: l.Article, Source: l.Source})
	}
	slices.SortStableFunc(out, func(a, b Hint) int { return cmp.Compare(b.rank(), a.rank()) })
	return out
}

// amount is what a line measures. What was sold counts with what was not: for such goods
// both together (法释〔2025〕5号, article 5), for shoddy ones the sold three times (standards
// for filing (一), article 16).
func (f Facts) amount(l Line) int64 {
	is := f.Amounts[l.Measure]
	switch {
	case l.Measure != Unsold:
	case l.Crime == SellFake && is > 0:
		is += f.Amounts[Sales]
	case l.Crime == Shoddy && is > 0:
		is += 3 * f.Amounts[Sales]
	}
	return is
}

// level is the higher of the levels that the two versions give.
func (f Facts) level(is int64, figure map[Version]int64) (level Level) {
	for _, v := range []Version{Old, Current} {
		switch n := figure[v]; {
		case n == 0:
		case is >= n:
			return Red
		case is*100 >= n*nearly, f.Before:
			level = Yellow
		}
	}
	return level
}

// rank puts red before yellow and the version in force before the other.
func (h Hint) rank() int {
	n := 0
	if h.Level == Red {
		n += 2
	}
	if h.Figure[h.In] > 0 && h.Is >= h.Figure[h.In] {
		n++
	}
	return n
}

// Cited is the version whose article the fixed wording names: the one in force on the
// day, or the other one where that one sets no such figure.
func (h Hint) Cited() Version {
	if h.Figure[h.In] > 0 {
		return h.In
	}
	if h.In == Old {
		return Current
	}
	return Old
}
