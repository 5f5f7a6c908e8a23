package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/config"
	"zhuanban/bot/dialog"
	"zhuanban/bot/zh"
	"zhuanban/handlers/ledger/sheet"
	"zhuanban/store"
)

// Fault is something in a file that cannot be taken over.
type Fault struct {
	Page    string
	Where   string // 「D7 提供单位」
	Row     int
	Problem string
	Remedy  string
}

func (f Fault) String() string {
	return fmt.Sprintf("%s, row %d, %s: %s: %s", f.Page, f.Row, f.Where, f.Problem, f.Remedy)
}

// Entry is a lead read from a file, with what has no field of its own.
type Entry struct {
	store.Lead
	Handler string // the unit that handles it, if it is one of ours
	Cells   map[string]string
	Table   string
	Row     int
}

// Intake is what was read from a file. Nothing of it is taken over if there are faults.
type Intake struct {
	Entries []Entry
	Faults  []Fault
	Ignored []string // heads that are not read
	Sealed  []string // heads with who reported, which are never read from such a file
	Tables  int
}

const (
	longestNumber  = 64   // characters
	longestContent = 2000 // what others write into a cell; the form takes 500
	longestText    = 200
)

// Read reads leads from the pages of a file. It touches no record: which numbers are taken
// is asked later.
func (d *Duty) Read(pages []sheet.Page, r *bot.Roster, now time.Time) (in Intake) {
	seen := map[string]string{}
	for _, p := range pages {
		t, ok := sheet.FindTable(p)
		if !ok {
			continue
		}
		in.Tables++
		in.Ignored, in.Sealed = append(in.Ignored, t.Ignored...), append(in.Sealed, t.Sealed...)
		for _, row := range t.Rows {
			x := &reading{Duty: d, roster: r, now: now, table: t, row: row}
			e := x.entry()
			in.Faults = append(in.Faults, x.faults...)
			if e.Number != "" {
				here := fmt.Sprintf("%s row %d", t.Page, row.At)
				if first, twice := seen[e.Number]; twice {
					in.Faults = append(in.Faults, x.fault("number", fmt.Sprintf("%s is on %s already", e.Number, first), "give each lead its own number, or take one of the rows out"))
				}
				seen[e.Number] = here
			}
			in.Entries = append(in.Entries, e)
		}
	}
	return in
}

// reading is one row being read.
type reading struct {
	*Duty
	roster *bot.Roster
	now    time.Time
	table  sheet.Table
	row    sheet.Row
	faults []Fault
}

func (x *reading) fault(key, problem, remedy string) Fault {
	return Fault{Page: x.table.Page, Where: x.table.Cell(x.row, key), Row: x.row.At, Problem: problem, Remedy: remedy}
}

func (x *reading) wrong(key, remedy, problem string, args ...any) {
	x.faults = append(x.faults, x.fault(key, fmt.Sprintf(problem, args...), remedy))
}

// entry reads the row.
func (x *reading) entry() Entry {
	c := x.row.Cells
	e := Entry{Cells: map[string]string{}, Table: x.table.Page, Row: x.row.At}
	l := &e.Lead
	l.Number = x.number(c["number"])
	l.RegisteredAt = x.day("registered", x.now)
	l.FoundAt = x.day("found", l.RegisteredAt)
	l.Unit = x.unit()
	l.Source, l.Violation = x.choice("source"), x.choice("violation")
	l.Urgency, l.Category = x.choice("urgency"), x.choice("category")
	l.Subject, l.Content = x.short("subject"), x.content()
	l.Place, l.Quantity, l.Platform, l.Shop = x.short("place"), x.short("quantity"), x.short("platform"), x.short("shop")
	l.Phone, l.Value, l.Link = x.phone(), x.money(), x.short("link")
	l.Township = dialog.Township(l.Place+" "+l.Content, x.cfg.Places)
	if l.Subject == "" {
		l.Subject = "待查"
	}
	if l.Content == "" && l.Subject == "待查" {
		x.wrong("content", "say in 线索摘要 or 涉嫌主体 what the lead is about", "the row says neither what nor who")
	}
	for _, col := range sheet.Columns() {
		if slices.Contains(own, col.Key) || c[col.Key] == "" {
			continue
		}
		e.Cells[col.Key] = x.cell(col)
	}
	if id, ok := x.unitCalled(e.Cells["handler"]); ok {
		e.Handler = id
	}
	l.State = stateOf(e.Cells, c["state"])
	l.Version, l.UpdatedAt = 1, x.now
	return e
}

// own are the columns that a lead has fields for, and the running number.
var own = []string{"seq", "number", "registered", "source", "unit", "subject", "content", "violation", "urgency"}

// stateOf is where a lead stands, from what its row says.
func stateOf(cells map[string]string, said string) store.LeadState {
	for _, s := range stateNames {
		if said == s.name || slices.Contains(s.words, said) {
			return s.states[0]
		}
	}
	outcome := cells["outcome"]
	switch {
	case cells["closed"] != "":
		return "closed"
	case cells["penalty"] != "":
		return "decided"
	case strings.Contains(outcome, "撤回"):
		return "withdrawn"
	case strings.Contains(outcome, "并入"):
		return "merged"
	case cells["filed"] != "" || strings.HasPrefix(outcome, "立案"):
		return "filed"
	case strings.Contains(cells["transferred"]+outcome, "公安"):
		return "transferred_police"
	case strings.Contains(outcome, "移交外地"):
		return "transferred_out"
	case cells["transferred"] != "" || strings.HasPrefix(outcome, "移送"):
		return "transferred_other"
	case strings.Contains(outcome, "不予立案") || strings.Contains(outcome, "不立案"):
		return "not_filed"
	case cells["handler"] != "":
		return "assigned"
	case cells["opinion"]+cells["route"] != "":
		return "triaged"
	}
	return "registered"
}

func (x *reading) number(text string) string {
	n := strings.ToUpper(zh.Fold(text))
	if utf8.RuneCountInString(n) > longestNumber || strings.ContainsAny(n, " \n\t") {
		x.wrong("number", fmt.Sprintf("write a number such as %s-2024-0001, or leave it empty to get the next one", x.cfg.Prefix), "%q is no number", brief(text))
		return ""
	}
	return n
}

// day reads a date that is not in the future; where there is none, it is the other.
func (x *reading) day(key string, otherwise time.Time) time.Time {
	text := x.row.Cells[key]
	if text == "" {
		return otherwise
	}
	d, ok := x.table.Date(text, x.now)
	switch {
	case !ok:
		x.wrong(key, "write a day such as 2024-03-05", "%q is no date", brief(text))
	case d.After(calendar.DateOf(x.now)):
		x.wrong(key, "write the day on which it was", "%s is in the future", d)
	default:
		return d.Time()
	}
	return otherwise
}

func (x *reading) unit() string {
	text := x.row.Cells["unit"]
	if text == "" {
		x.wrong("unit", "name the unit that reported it, such as "+x.example(), "there is no unit")
		return ""
	}
	if id, ok := x.unitCalled(text); ok {
		return id
	}
	var names []string
	for _, u := range x.roster.Units {
		names = append(names, u.Name)
	}
	x.wrong("unit", config.Suggest(text, names, "the units are"), "there is no unit %q", brief(text))
	return ""
}

func (x *reading) example() string {
	for _, u := range x.roster.Units {
		if u.Reports() {
			return u.Name
		}
	}
	return ""
}

// unitCalled finds a unit by its name, with or without what people write around it.
func (x *reading) unitCalled(text string) (string, bool) {
	text = strings.ReplaceAll(zh.Fold(text), " ", "")
	for _, u := range x.roster.Units {
		for _, n := range append([]string{u.ID, u.Name}, u.Alias...) {
			if text == n || text == strings.TrimSuffix(n, "所")+"市场监管所" || text == strings.TrimSuffix(n, "所")+"市场监督管理所" {
				return u.ID, true
			}
		}
	}
	return "", false
}

// choice reads an option of the form by its name, or by a word that means it.
func (x *reading) choice(field string) string {
	text := zh.Fold(x.row.Cells[field])
	fd, ok := x.cfg.Form.Field(field)
	if !ok {
		return ""
	}
	if text == "" {
		if field == "source" {
			return last(fd.Options)
		}
		return fd.Default
	}
	for _, o := range fd.Options {
		if text == zh.Fold(o.Label) || text == o.Value || sameWords(text, o.Label) {
			return o.Value
		}
	}
	best, length := "", 0
	for _, o := range fd.Options {
		for _, w := range append([]string{o.Label}, o.Words...) {
			if n := len(w); n > length && n > len("假") && strings.Contains(text, w) {
				best, length = o.Value, n
			}
		}
	}
	if best == "" {
		var labels []string
		for _, o := range fd.Options {
			labels = append(labels, o.Label)
		}
		x.wrong(field, config.Suggest(text, labels, "it is one of"), "%q is none of %s", brief(text), fd.Label)
	}
	return best
}

// sameWords says that two names differ only in what stands in brackets.
func sameWords(a, b string) bool {
	a, _, _ = strings.Cut(a, "(")
	b, _, _ = strings.Cut(zh.Fold(b), "(")
	return a == b
}

func last(options []dialog.Option) string {
	if len(options) == 0 {
		return ""
	}
	return options[len(options)-1].Value
}

func (x *reading) short(key string) string { return x.upTo(key, longestText) }

func (x *reading) content() string { return x.upTo("content", longestContent) }

func (x *reading) upTo(key string, most int) string {
	text := x.row.Cells[key]
	if strings.HasPrefix(text, "#") && strings.HasSuffix(text, "!") || text == "#N/A" {
		x.wrong(key, "put the text itself into the cell", "%s is a formula's error", text)
	}
	if n := utf8.RuneCountInString(text); n > most {
		x.wrong(key, fmt.Sprintf("shorten it to %d characters", most), "it has %d characters", n)
		return ""
	}
	return text
}

func (x *reading) phone() string {
	text := x.row.Cells["phone"]
	if text == "" {
		return ""
	}
	if phones := zh.Phones(text); len(phones) == 1 {
		return phones[0].Digits
	}
	x.wrong("phone", "write one number with its area code, such as 0595-23231234", "no phone number can be read")
	return ""
}

// money is an amount in 分; the head may say that it is in 万元.
func (x *reading) money() *int64 {
	text := x.row.Cells["value"]
	if text == "" {
		return nil
	}
	factor := int64(100)
	if strings.Contains(x.table.Unit("value"), "万") {
		factor *= 10000
	}
	if n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64); err == nil && n >= 0 && n < 1e12 {
		fen := int64(n*float64(factor) + 0.5)
		return &fen
	}
	if m, ok := zh.ParseMoney(text); ok && !m.Approx() {
		if m.Bare && m.Factor == 1 {
			m.Fen *= factor / 100
		}
		return &m.Fen
	}
	x.wrong("value", "write a number, such as 30000, or with 万元 in the head 3", "%q is no amount", brief(text))
	return nil
}

// cell is what has no field of its own, in the form of its column.
func (x *reading) cell(col sheet.Column) string {
	text := x.row.Cells[col.Key]
	switch col.Kind {
	case sheet.Date:
		d, ok := x.table.Date(text, x.now)
		if !ok {
			x.wrong(col.Key, "write a day such as 2024-03-05", "%q is no date", brief(text))
			return ""
		}
		return d.String()
	case sheet.Count:
		n, err := strconv.ParseFloat(strings.TrimSuffix(text, "天"), 64)
		if err != nil || n != float64(int(n)) || n < 0 {
			x.wrong(col.Key, "write a whole number", "%q is no count", brief(text))
			return ""
		}
		return strconv.Itoa(int(n))
	}
	return x.upTo(col.Key, longestContent)
}

// brief is the beginning of a text, without numbers of people.
func brief(s string) string {
	s = oneLine(Masked(s))
	if r := []rune(s); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return s
}
