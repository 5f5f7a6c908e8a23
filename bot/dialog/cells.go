package dialog

import "strings"

// Figures that are cells of a larger table (商标侵权·案值), and numbers of which it is
// not sure whether they are a cell's or the total's.

// cellOf is the cell of a row that adds up to the figure total; nil if the row has none.
func (t *table) cellOf(row string, total *Field) *Field {
	for _, n := range t.names {
		if r, col, ok := strings.Cut(n.field.Label, "·"); ok && r == row && n.field != total && called(total, col) {
			return n.field
		}
	}
	return nil
}

// rowOf is the row that a field is a cell of; "" if it is none.
func (t *table) rowOf(fd *Field) string {
	row, col, ok := strings.Cut(fd.Label, "·")
	if !ok {
		return ""
	}
	for _, n := range t.names {
		if n.field != fd && n.text == col {
			return row
		}
	}
	return ""
}

func called(fd *Field, name string) bool {
	for _, n := range fd.names() {
		if n == name {
			return true
		}
	}
	return false
}

// cell is what a number named like a total is meant for, behind a cell in the same
// sentence: 「商标侵权立案2件案值3万」 is that cause's value. Behind a comma it may be either,
// and sure is false.
func (t *table) cell(c claim, fd *Field) (meant *Field, sure bool) {
	if len(t.hits) == 0 || containsAny(c.before, []string{"总", "共", "合计", "全部"}) {
		return fd, true
	}
	said := sentence(t.text[:c.from])
	last := t.hits[len(t.hits)-1]
	for _, h := range t.hits {
		row := t.rowOf(h.field)
		if row == "" || !strings.Contains(said, h.raw) {
			continue
		}
		own := t.cellOf(row, fd)
		if own == nil {
			continue
		}
		if t.rowOf(last.field) == row && !strings.Contains(said[strings.LastIndex(said, last.raw):], ",") {
			return own, true
		}
		return nil, false
	}
	return fd, true
}

// forfeits takes back a fine where what was forfeited is said beside it: the figure is
// what both make together, and nobody has added them up.
func (t *table) forfeits() {
	apart := false
	for _, u := range t.unclear {
		apart = apart || strings.Contains(u, "没收")
	}
	if !apart {
		return
	}
	kept := t.hits[:0]
	for _, h := range t.hits {
		if strings.Contains(h.raw, "罚款") {
			t.unclear = append(t.unclear, h.raw)
			continue
		}
		kept = append(kept, h)
	}
	t.hits = kept
}
