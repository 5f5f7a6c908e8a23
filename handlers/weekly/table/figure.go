package table

import (
	"slices"

	"zhuanban/bot/zh"
)

// Figure is one number of the table (指标): a field, or a cell of the matrix.
type Figure struct {
	Key      string
	Label    string
	Short    string   // the first alias, for cards and lists
	Alias    []string // what clerks type for it
	Unit     string
	Kind     Kind
	Scale    int // decimals
	Section  string
	Agg      Agg
	Required bool // 0 unless given
	Core     bool // asked every week
	AskIf    string
	Source   Source
	Formula  string
	Carry    bool
	Max      zh.Num // the largest value believed; 0 = any
	Def      string // 口径

	Row, Col string // of a cell; otherwise ""
}

// Type is how a figure is written in the configuration.
type Type string

// The types.
const (
	Int     Type = "int"
	Decimal Type = "decimal"
)

// Allowed lists the types.
func (Type) Allowed() []string { return []string{string(Int), string(Decimal)} }

// Kind is what a figure's value is.
type Kind string

// The kinds.
const (
	Count    Kind = "count"   // whole
	Quantity Kind = "decimal" // with decimals: weights
	Money    Kind = "money"   // held in 万元, exact to the 分
)

// Agg is how a figure's values of several periods become one. Over units, values
// are always added.
type Agg string

// The ways.
const (
	Sum  Agg = "sum"  // added
	Last Agg = "last" // the latest counts: how many are open
)

// Allowed lists the ways.
func (Agg) Allowed() []string { return []string{string(Sum), string(Last)} }

// Source is where a figure's value comes from.
type Source string

// The sources; the empty one is a person.
const (
	Typed    Source = ""
	Ledger   Source = "ledger"   // counted from the ledgers
	Computed Source = "computed" // by the figure's formula
)

// Allowed lists the sources.
func (Source) Allowed() []string { return []string{string(Ledger), string(Computed)} }

// Figures lists all figures in the order of the table, the matrix at the place
// of its section, row by row.
func (t *Table) Figures() []Figure { return slices.Clone(t.figures) }

// Figure finds a figure by its key.
func (t *Table) Figure(key string) (Figure, bool) {
	i, ok := t.index[key]
	if !ok {
		return Figure{}, false
	}
	return t.figures[i], true
}

// InSection lists the figures of a section, in order.
func (t *Table) InSection(id string) []Figure {
	var out []Figure
	for _, f := range t.figures {
		if f.Section == id {
			out = append(out, f)
		}
	}
	return out
}

// expand makes the figures out of fields and matrix.
func (t *Table) expand() {
	t.figures, t.index = nil, map[string]int{}
	for _, s := range t.Sections {
		for _, f := range t.Fields {
			if f.Section == s.ID {
				t.figures = append(t.figures, t.single(f))
			}
		}
		if s.ID == t.Matrix.Section {
			t.figures = append(t.figures, t.cells()...)
		}
	}
	for i, f := range t.figures {
		t.index[f.Key] = i
	}
}

func (t *Table) single(f Field) Figure {
	out := Figure{Key: f.Key, Label: f.Label, Short: f.Label, Alias: f.Alias, Unit: f.Unit, Kind: kindOf(f.Type, f.Unit),
		Scale: f.Scale, Section: f.Section, Agg: f.Agg, Required: f.Required, Core: f.Core, AskIf: f.AskIf,
		Source: f.Source, Formula: f.Formula, Carry: f.Carry, Max: t.limit(f.Max, f.Type), Def: f.Def}
	if len(f.Alias) > 0 {
		out.Short = f.Alias[0]
	}
	return out
}

func (t *Table) cells() []Figure {
	var out []Figure
	for _, row := range t.Matrix.Rows {
		for _, col := range t.Matrix.Cols {
			cell := Figure{Key: cellKey(row.ID, col.ID), Label: row.Label + "·" + col.Label, Unit: col.Unit,
				Kind: kindOf(col.Type, col.Unit), Scale: col.Scale, Section: t.Matrix.Section, Agg: Sum,
				Max: t.limit(0, col.Type), Row: row.ID, Col: col.ID}
			for _, alias := range row.Alias {
				cell.Alias = append(cell.Alias, alias+col.Label)
			}
			cell.Short = cell.Label
			if len(cell.Alias) > 0 {
				cell.Short = cell.Alias[0]
			}
			out = append(out, cell)
		}
	}
	return out
}

func cellKey(row, col string) string { return "g_" + row + "_" + col }

func kindOf(t Type, unit string) Kind {
	switch {
	case t == Int:
		return Count
	case unit == "万元" || unit == "元":
		return Money
	}
	return Quantity
}

func (t *Table) limit(own Limit, of Type) zh.Num {
	switch {
	case own > 0:
		return zh.Num(own)
	case of == Int:
		return zh.Num(t.MaxByDefault.Int)
	}
	return zh.Num(t.MaxByDefault.Decimal)
}

// Show writes a value with its unit: 42户次, 1.5万元. Money that two decimals of
// 万元 cannot hold is written in 元, so that nothing is rounded: 50元.
func (f Figure) Show(v zh.Num) string {
	if f.Kind != Money {
		return v.String() + f.Unit
	}
	const cent = zh.One / 100 // of 万元
	if v%cent == 0 {
		return v.String() + "万元"
	}
	// A millionth of 万元 is a 分, so a hundred of them are a 元.
	if yuan, ok := v.Times(int64(zh.One / 100)); ok {
		return yuan.String() + "元"
	}
	return v.String() + "万元"
}
