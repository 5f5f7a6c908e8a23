package dialog

import (
	"regexp"
	"slices"
	"strings"

	"zhuanban/bot/zh"
)

// sheet reads rows pasted from a spreadsheet, one figure in each: its name, perhaps its
// unit, its number. Where a row has several numbers, the heads of the columns tell which
// one is this period's. A row that it cannot read leaves all of them to others.
func (t *table) sheet() bool {
	if !strings.Contains(t.text, "\t") {
		return false
	}
	var hits []hit
	this := -1 // the column of this period
	for row := range strings.SplitSeq(t.text, "\n") {
		cells := strings.Split(strings.Trim(row, " "), "\t")
		if i := thisPeriod(cells); i >= 0 && len(hits) == 0 && !t.numbersIn(cells) {
			this = i
			continue
		}
		h, ok := t.row(cells, this)
		switch {
		case ok:
			hits = append(hits, h)
		case t.numbersIn(cells):
			return false
		}
	}
	if len(hits) == 0 {
		return false
	}
	t.hits, t.covered = hits, t.total
	return true
}

// thisPeriod is the column whose head names this period; -1 if none does.
func thisPeriod(cells []string) int {
	return slices.IndexFunc(cells, func(c string) bool {
		return begins(strings.TrimSpace(c), []string{"本周", "本期", "这周", "数量", "数值", "填报数"})
	})
}

func (t *table) numbersIn(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool { _, ok := zh.ParseNumber(c); return ok })
}

// row reads the cells of one row: a name, and a number behind it, in the column this if
// that is known.
func (t *table) row(cells []string, this int) (h hit, ok bool) {
	at := slices.IndexFunc(cells, func(c string) bool { fd, _ := t.head(c); return fd != nil })
	if at < 0 {
		return hit{}, false
	}
	fd, unit := t.head(cells[at])
	var numbers []string
	for i, c := range cells[at+1:] {
		c = strings.TrimSpace(c)
		_, money := zh.ParseMoney(c)
		if _, number := zh.ParseNumber(c); !number && !money && !nothing(c) {
			if t.unit(c) && unit == "" {
				unit = c
			}
			continue
		}
		if at+1+i == this {
			numbers = []string{c}
			break
		}
		numbers = append(numbers, c)
	}
	if len(numbers) != 1 {
		return hit{}, false
	}
	return hit{field: fd, value: scaled(numbers[0], unit, fd), raw: fd.Short() + numbers[0]}, true
}

// head is the field that the head of a row or a column names, and the unit in brackets
// behind it: 案值(元).
func (t *table) head(cell string) (fd *Field, unit string) {
	cell, unit = t.headUnit(strings.TrimSpace(cell))
	cell = strings.TrimSpace(cell)
	if fd = t.exactly(cell); fd == nil {
		fd = t.exactly(strings.TrimLeft(cell, "0123456789.、() 一二三四五六七八九十"))
	}
	return fd, unit
}

// bracketed is a unit in brackets before a number: 案值(万元):1.5.
var bracketed = regexp.MustCompile(`\(([^()0-9]{1,12})\)[ :=是为]*$`)

// headUnit cuts the unit in brackets off the end of some words.
func (t *table) headUnit(words string) (rest, unit string) {
	if !strings.Contains(words, ")") {
		return words, ""
	}
	m := bracketed.FindStringSubmatchIndex(words)
	if m == nil || !t.unit(words[m[2]:m[3]]) {
		return words, ""
	}
	return words[:m[0]], words[m[2]:m[3]]
}

// unit says whether a word is the unit of a figure.
func (t *table) unit(word string) bool {
	return word == "元" || slices.ContainsFunc(t.names, func(n name) bool { return sameUnit(word, n.field) })
}

// scaled is a number with the unit that its head gave it, where the two go together.
func scaled(number, unit string, fd *Field) string {
	if fd.Type != Money || !strings.HasSuffix(unit, "元") {
		return number
	}
	if _, ok := zh.ParseNumber(number); !ok || strings.ContainsAny(number, "元块万亿") {
		return number
	}
	return number + unit
}
