// Package table is the campaign's weekly table (统计表): its figures, its rules and
// its periods as configuration, and the arithmetic of them.
//
// A Table is read from config.yaml by Parse, which accepts only what it fully
// understands and names the line of everything else. From then on it does not
// change, and may be shared by goroutines. What it answers is pure: Check says
// what is wrong with a report, Fill completes it with what is computed, carried
// or counted elsewhere, AskIf what to ask next, Periods what is due when.
//
// It leaves to others: reading numbers out of what people type (bot/zh), the
// conversation and the filings (handlers/weekly), adding up in SQL (store).
//
// Values are [zh.Num], millionths: of a piece for counts, of 万元 for money, which
// makes one millionth one 分, so that every amount is held exactly. A report
// holds only what was given; a value that is missing is not zero until Fill or a
// rule takes it for zero, by the rules written above the rules in the YAML.
//
// A filing keeps the Body of the table it was made with. FromBody gives that
// table back, so that a draft begun before a change is finished as it was begun.
package table

import (
	"zhuanban/bot/calendar"
	"zhuanban/bot/zh"
)

// Table is the weekly table of a campaign.
type Table struct {
	ID           string     `yaml:"id" json:"id" required:"true"`
	Title        string     `yaml:"title" json:"title" required:"true"`
	Version      int        `yaml:"version" json:"version" required:"true"`
	Campaign     Campaign   `yaml:"campaign" json:"campaign" required:"true"`
	Period       Span       `yaml:"period" json:"period" required:"true"`
	Due          Due        `yaml:"due" json:"due" required:"true"`
	ZeroReport   ZeroReport `yaml:"zero_report" json:"zero_report"`
	Cumulative   Cumulative `yaml:"cumulative" json:"cumulative"`
	Amount       Amount     `yaml:"amount" json:"amount"`
	MaxByDefault Maxima     `yaml:"max_by_default" json:"max_by_default"`
	OwnerRule    string     `yaml:"owner_rule" json:"owner_rule,omitempty"`
	Header       []Header   `yaml:"header" json:"header,omitempty"`
	Sections     []Section  `yaml:"sections" json:"sections" required:"true"`
	Fields       []Field    `yaml:"fields" json:"fields" required:"true"`
	Matrix       Matrix     `yaml:"matrix" json:"matrix"`
	Rules        []Rule     `yaml:"rules" json:"rules"`

	// Opening is each unit's number of cases open when the campaign began
	// (期初在办). A unit that is not in it registered none, which is not zero.
	Opening map[string]int64 `yaml:"opening" json:"-"`
	// Overrides are deadlines that the office moved.
	Overrides []Override `yaml:"overrides" json:"-"`

	figures []Figure
	index   map[string]int
	rules   []compiled
	asks    map[string]*node
	formula map[string]*node
	hash    string
}

// Campaign is the first and the last day.
type Campaign struct {
	Start calendar.Date `yaml:"start" json:"start" required:"true"`
	End   calendar.Date `yaml:"end" json:"end" required:"true"`
}

// Span is which days a report is about, seen from the day it is due.
type Span struct {
	Kind SpanKind `yaml:"kind" json:"kind" required:"true"`
	From DayRef   `yaml:"from" json:"from" required:"true"`
	To   DayRef   `yaml:"to" json:"to" required:"true"`
}

// SpanKind is how often there is a report.
type SpanKind string

// Weekly is the only kind so far.
const Weekly SpanKind = "week"

// Allowed lists the kinds.
func (SpanKind) Allowed() []string { return []string{string(Weekly)} }

// Due is when a report must be in.
type Due struct {
	Weekday int            `yaml:"weekday" json:"weekday" required:"true"` // 1 = Monday … 7 = Sunday
	Time    Clock          `yaml:"time" json:"time" required:"true"`
	Shift   calendar.Shift `yaml:"shift" json:"shift"`
}

// ZeroReport says whether a unit with nothing to report must say so.
type ZeroReport string

// The ways with zero reports.
const (
	ZeroRequired ZeroReport = "required" // not filed is not zero
	ZeroOptional ZeroReport = "optional"
)

// Allowed lists the ways.
func (ZeroReport) Allowed() []string { return []string{string(ZeroRequired), string(ZeroOptional)} }

// Cumulative says where cumulative figures come from.
type Cumulative string

// CumulativeAuto says that they are added up from the accepted filings, never typed.
const CumulativeAuto Cumulative = "auto"

// Allowed lists the ways.
func (Cumulative) Allowed() []string { return []string{string(CumulativeAuto)} }

// Amount is how money is written.
type Amount struct {
	Unit       string   `yaml:"unit" json:"unit"`
	Scale      int      `yaml:"scale" json:"scale"`
	AcceptYuan bool     `yaml:"accept_yuan" json:"accept_yuan"` // 元 may be typed and is converted
	Rounding   Rounding `yaml:"rounding" json:"rounding"`
}

// Rounding is how an amount is cut to its scale where it must be.
type Rounding string

// HalfUp rounds a half away from zero.
const HalfUp Rounding = "half_up"

// Allowed lists the ways.
func (Rounding) Allowed() []string { return []string{string(HalfUp)} }

// Maxima are the largest values believed without a figure's own max.
type Maxima struct {
	Int     Limit `yaml:"int" json:"int,omitempty"`
	Decimal Limit `yaml:"decimal" json:"decimal,omitempty"`
}

// Header is a line of the table's head or foot.
type Header struct {
	Key      string `yaml:"key" json:"key" required:"true"`
	Label    string `yaml:"label" json:"label" required:"true"`
	Type     string `yaml:"type" json:"type" required:"true"`
	Required bool   `yaml:"required" json:"required,omitempty"`
	Default  string `yaml:"default" json:"default,omitempty"`
	Auto     bool   `yaml:"auto" json:"auto,omitempty"` // filled in by the bot
	Mask     bool   `yaml:"mask" json:"mask,omitempty"` // shown in part only
}

// Section is a part of the table.
type Section struct {
	ID     string   `yaml:"id" json:"id" required:"true"`
	Label  string   `yaml:"label" json:"label" required:"true"`
	Matrix bool     `yaml:"matrix" json:"matrix,omitempty"`
	Source Source   `yaml:"source" json:"source,omitempty"`
	Owners []string `yaml:"owners" json:"owners,omitempty"` // unit ids and kinds; empty = everyone
}

// Field is a figure that stands alone, as configured.
type Field struct {
	Key      string   `yaml:"key" json:"key" required:"true"`
	Label    string   `yaml:"label" json:"label" required:"true"`
	Alias    []string `yaml:"alias" json:"alias,omitempty"`
	Unit     string   `yaml:"unit" json:"unit" required:"true"`
	Type     Type     `yaml:"type" json:"type" required:"true"`
	Scale    int      `yaml:"scale" json:"scale,omitempty"`
	Section  string   `yaml:"sec" json:"sec" required:"true"`
	Agg      Agg      `yaml:"agg" json:"agg" required:"true"`
	Required bool     `yaml:"required" json:"required,omitempty"`
	Core     bool     `yaml:"core" json:"core,omitempty"`
	AskIf    string   `yaml:"ask_if" json:"ask_if,omitempty"`
	Source   Source   `yaml:"source" json:"source,omitempty"`
	Formula  string   `yaml:"formula" json:"formula,omitempty"`
	Carry    bool     `yaml:"carry" json:"carry,omitempty"`
	Max      Limit    `yaml:"max" json:"max,omitempty"`
	Def      string   `yaml:"def" json:"def,omitempty"`
}

// Matrix is a block of figures: every row has every column.
type Matrix struct {
	Section string   `yaml:"sec" json:"sec,omitempty"`
	Rows    []Row    `yaml:"rows" json:"rows,omitempty"`
	Cols    []Column `yaml:"cols" json:"cols,omitempty"`
}

// Row is a row of the matrix.
type Row struct {
	ID    string   `yaml:"id" json:"id" required:"true"`
	Label string   `yaml:"label" json:"label" required:"true"`
	Alias []string `yaml:"alias" json:"alias,omitempty"`
}

// Column is a column of the matrix.
type Column struct {
	ID    string `yaml:"id" json:"id" required:"true"`
	Label string `yaml:"label" json:"label" required:"true"`
	Unit  string `yaml:"unit" json:"unit" required:"true"`
	Type  Type   `yaml:"type" json:"type" required:"true"`
	Scale int    `yaml:"scale" json:"scale,omitempty"`
	Total string `yaml:"total" json:"total" required:"true"` // the figure that it breaks down
}

// Rule is a check between figures.
type Rule struct {
	ID             string   `yaml:"id" json:"id" required:"true"`
	Level          Level    `yaml:"level" json:"level" required:"true"`
	Scope          Scope    `yaml:"scope" json:"scope" required:"true"`
	WithoutOpening Level    `yaml:"without_opening" json:"without_opening,omitempty"`
	Remedy         []string `yaml:"remedy" json:"remedy,omitempty"` // figures to ask for
	Expr           string   `yaml:"expr" json:"expr" required:"true"`
	Message        string   `yaml:"msg" json:"msg" required:"true"`
}

// Level is what a finding means for filing.
type Level string

// The levels.
const (
	Error Level = "error" // cannot be filed so
	Warn  Level = "warn"  // can be filed with an explanation
)

// Allowed lists the levels.
func (Level) Allowed() []string { return []string{string(Error), string(Warn)} }

// Scope is what the names in a rule mean.
type Scope string

// The scopes.
const (
	ScopeRow  Scope = "row"  // this period's figures
	ScopeCum  Scope = "cum"  // cumulative figures, this period included
	ScopeMeta Scope = "meta" // the filing itself
)

// Allowed lists the scopes.
func (Scope) Allowed() []string {
	return []string{string(ScopeRow), string(ScopeCum), string(ScopeMeta)}
}

// Override moves the deadline of one period.
type Override struct {
	Period PeriodRef `yaml:"period" required:"true"`
	Due    Moment    `yaml:"due" required:"true"`
	Reason string    `yaml:"reason" required:"true"`
}

// OpeningOf is a unit's 期初在办 for Report.Opening; nil if it registered none.
func (t *Table) OpeningOf(unit string) *zh.Num {
	count, ok := t.Opening[unit]
	if !ok {
		return nil
	}
	n := zh.FromInt(count)
	return &n
}

// SectionsFor parts the sections into those that are the unit's duty and the
// others, each in the order of the table.
func (t *Table) SectionsFor(unitID, unitKind string) (own, other []Section) {
	for _, s := range t.Sections {
		if s.ownedBy(unitID, unitKind) {
			own = append(own, s)
		} else {
			other = append(other, s)
		}
	}
	return own, other
}

func (s Section) ownedBy(unitID, unitKind string) bool {
	for _, owner := range s.Owners {
		if owner == unitID || owner == unitKind {
			return true
		}
	}
	return len(s.Owners) == 0
}
