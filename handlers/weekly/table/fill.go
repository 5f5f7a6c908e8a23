package table

import "zhuanban/bot/zh"

// Fill completes a report: what was given, and beside it 0 for the required
// figures that were not, the last value of those that carry, what the ledgers
// count and what formulas compute. What is not known stays out, and so does
// what nobody gave and nobody requires.
func (t *Table) Fill(in Report) map[string]zh.Num {
	s := scene{table: t, in: &in}
	out := map[string]zh.Num{}
	for _, f := range t.figures {
		if !in.given(t, f.Key) && !f.Required && f.Source == Typed && !f.Carry {
			continue
		}
		if v := s.current(f.Key); v.known && v.num.IsInt64() {
			out[f.Key] = zh.Num(v.num.Int64())
		}
	}
	return out
}

// AllZero says whether every figure that people give, and that adds up, is zero.
// What the ledgers count does not matter, nor what merely stands, like the number
// of markets.
func (t *Table) AllZero(values map[string]zh.Num) bool { return len(t.nonZero(values)) == 0 }

// nonZero lists the figures that keep a report from being all zero.
func (t *Table) nonZero(values map[string]zh.Num) []string {
	var out []string
	for _, f := range t.figures {
		if f.Source == Typed && f.Agg == Sum && values[f.Key] != 0 {
			out = append(out, f.Key)
		}
	}
	return out
}

// Missing lists the core figures that were not given, in order.
func (t *Table) Missing(values map[string]zh.Num) []Figure {
	var out []Figure
	for _, f := range t.figures {
		if _, given := values[f.Key]; f.Core && f.Source == Typed && !given {
			out = append(out, f)
		}
	}
	return out
}

// AskIf lists what to ask in addition: the figures whose condition is true and
// that were not given, in order.
func (t *Table) AskIf(values map[string]zh.Num) []Figure {
	s := scene{table: t, in: &Report{Values: values}}
	var out []Figure
	for _, f := range t.figures {
		condition, has := t.asks[f.Key]
		if _, given := values[f.Key]; !has || given || f.Source != Typed {
			continue
		}
		if v := s.eval(condition); v.known && v.truth {
			out = append(out, f)
		}
	}
	return out
}

// Aggregate makes one row out of several units' rows of the same period: every
// figure is added.
func (t *Table) Aggregate(reports []map[string]zh.Num) map[string]zh.Num {
	return t.add(reports, func(Figure) bool { return true })
}

// Accumulate makes one row out of a unit's rows of several periods, newest
// first: sums are added, of the others the newest counts.
func (t *Table) Accumulate(newestFirst []map[string]zh.Num) map[string]zh.Num {
	return t.add(newestFirst, func(f Figure) bool { return f.Agg == Sum })
}

func (t *Table) add(rows []map[string]zh.Num, adds func(Figure) bool) map[string]zh.Num {
	out := map[string]zh.Num{}
	for _, row := range rows {
		for _, f := range t.figures {
			v, ok := row[f.Key]
			if !ok {
				continue
			}
			if sofar, seen := out[f.Key]; !seen || adds(f) {
				out[f.Key] = sofar + v
			}
		}
	}
	return out
}
