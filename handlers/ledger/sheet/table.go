package sheet

import (
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"zhuanban/bot/zh"
)

// Table is a ledger that was found on a page.
type Table struct {
	Page    string
	Rows    []Row
	Ignored []string // heads that are no columns of ours
	Sealed  []string // heads of columns with who reported: they are not read
	titles  map[string]place
	base    bool
}

// place is where a column stands, and in which unit it is.
type place struct {
	col   int
	title string
	unit  string // what stands in brackets behind the title: 万元
}

// Row is a row of a table: its cells by the keys of their columns.
type Row struct {
	At    int // as the program numbers it, from 1
	Cells map[string]string
}

// headWithin is how many rows from the top the heads are looked for, and fewest is how
// many heads have to be known there.
const (
	headWithin = 20
	fewest     = 3
)

// FindTable finds a ledger on a page: the row that has most of the known heads, in any
// order, below titles and other rows; heads of two rows, merged ones too. ok is false where
// there is none.
func FindTable(p Page) (t Table, ok bool) {
	best, at := 0, -1
	for i := range min(headWithin, len(p.Rows)) {
		if n := len(headsAt(p, i).titles); n > best {
			best, at = n, i
		}
	}
	if best < fewest {
		return t, false
	}
	t = headsAt(p, at)
	for i := at + 1; i < len(p.Rows); i++ {
		row := Row{At: i + 1, Cells: map[string]string{}}
		for key, where := range t.titles {
			if text := clean(cellAt(p.Rows[i], where.col)); text != "" {
				row.Cells[key] = text
			}
		}
		if !blank(row) {
			t.Rows = append(t.Rows, row)
		}
	}
	return t, true
}

// blank says that a row has nothing but its running number, or only adds up.
func blank(r Row) bool {
	known := len(r.Cells)
	if r.Cells["seq"] != "" {
		known--
	}
	for _, text := range r.Cells {
		for _, w := range []string{"合计", "总计", "小计", "填表", "注:"} {
			if strings.HasPrefix(text, w) && len(r.Cells) < fewest+1 {
				return true
			}
		}
	}
	return known == 0
}

// headsAt reads a row as that of the heads; one that is empty there may stand above it.
func headsAt(p Page, at int) Table {
	t := Table{Page: p.Name, titles: map[string]place{}, base: p.Base1904}
	width := len(p.Rows[at])
	if at > 0 {
		width = max(width, len(p.Rows[at-1]))
	}
	for col := range width {
		title := clean(cellAt(p.Rows[at], col))
		if title == "" && at > 0 {
			title = clean(cellAt(p.Rows[at-1], col))
		}
		if title == "" {
			continue
		}
		key, unit, known := column(title)
		_, twice := t.titles[key]
		switch {
		case sealed(title):
			t.Sealed = append(t.Sealed, title)
		case !known || twice:
			t.Ignored = append(t.Ignored, title)
		default:
			t.titles[key] = place{col, title, unit}
		}
	}
	return t
}

// sealed says that a column is about who reported, complained or is to be called back.
func sealed(title string) bool {
	return slices.ContainsFunc([]string{"举报人", "投诉人", "线人", "提供人", "反映人", "来电人"}, func(w string) bool {
		return strings.Contains(title, w) && !strings.Contains(title, "被"+w)
	})
}

var bracket = regexp.MustCompile(`[((\[【]([^))\]】]*)[))\]】]$`)

// column finds the column that a head names: with or without what stands in brackets.
func column(title string) (key, unit string, ok bool) {
	folded := squeeze(title)
	short, unit := folded, ""
	if m := bracket.FindStringSubmatchIndex(folded); m != nil {
		short, unit = folded[:m[0]], folded[m[2]:m[3]]
	}
	for _, want := range []string{folded, short} {
		for _, c := range append(Columns(), Extra()...) {
			for _, name := range append([]string{c.Title}, c.Alias...) {
				if squeeze(name) == want {
					return c.Key, unit, true
				}
			}
		}
	}
	return "", "", false
}

// squeeze folds a head: no blanks, stars and colons.
func squeeze(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n*:、", r) {
			return -1
		}
		return r
	}, zh.Fold(s)))
}

// clean is a cell's text without the blanks around it and without the apostrophe that
// keeps it from being a formula.
func clean(s string) string {
	return Fused(strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(plain(s), "\u00a0", " "), "\u3000", " ")))
}

// Has says whether the table has a column.
func (t Table) Has(key string) bool { _, ok := t.titles[key]; return ok }

// Unit is the unit of a column's numbers, as its head names it.
func (t Table) Unit(key string) string { return t.titles[key].unit }

// Cell is where a column of a row stands, as people call it: 「D7 提供单位」.
func (t Table) Cell(r Row, key string) string {
	where, ok := t.titles[key]
	if !ok {
		for _, c := range append(Columns(), Extra()...) {
			if c.Key == key {
				return c.Title
			}
		}
		return key
	}
	name, err := excelize.CoordinatesToCellName(where.col+1, r.At)
	if err != nil {
		return where.title
	}
	return name + " " + where.title
}
