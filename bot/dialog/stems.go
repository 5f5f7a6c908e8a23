package dialog

import "strings"

// byUnit finds the field that the words before a number only begin to name, where the
// unit tells which one is meant: 「下架8条」 are pieces of information and no kilograms.
// If several may be, none is.
func (t *table) byUnit(c claim, head string) *Field {
	if c.unit == "" || runes(head) < 2 {
		return nil
	}
	return t.only(func(n name) bool {
		return len(n.text) > len(head) && strings.HasPrefix(n.text, head) && sameUnit(c.unit, n.field)
	})
}

// beside finds the field that goes with the one just read: the persons of
// 「移送公安1件1人」.
func (t *table) beside(c claim, head string) *Field {
	if c.unit == "" || head != "" || len(t.hits) == 0 {
		return nil
	}
	last := t.hits[len(t.hits)-1].field
	if sameUnit(c.unit, last) {
		return nil
	}
	return t.only(func(n name) bool {
		if n.field == last || n.field.Unit != c.unit {
			return false
		}
		for _, own := range last.names() {
			if a, b := []rune(own), []rune(n.text); len(a) >= 2 && len(b) >= 2 && string(a[:2]) == string(b[:2]) {
				return true
			}
		}
		return false
	})
}

// otherKind says whether a number without a unit stands in brackets behind one that
// counts other things than the field does: in 「立案5(其中电商2 农村1)」 the 农村 are cases
// and no shops.
func (t *table) otherKind(c claim, fd *Field) bool {
	open := strings.LastIndexByte(t.text[:c.from], '(')
	if c.unit != "" || len(t.hits) == 0 || open < 0 || strings.IndexByte(t.text[open:c.from], ')') >= 0 || fd.Type == Money {
		return false
	}
	head := t.hits[0]
	for _, h := range t.hits {
		if strings.LastIndex(t.text[:open], h.raw) >= 0 {
			head = h
		}
	}
	return head.field.Type != Money && !agree(fd.Unit, head.field)
}

// only is the one field that names which are wanted belong to; nil if there is none or
// more than one.
func (t *table) only(wanted func(name) bool) *Field {
	var found *Field
	for _, n := range t.names {
		if !wanted(n) || n.field == found {
			continue
		}
		if found != nil {
			return nil
		}
		found = n.field
	}
	return found
}

// sameUnit says whether a number's unit is the field's, with or without its 次.
func sameUnit(unit string, fd *Field) bool {
	return unit == fd.Unit || unit == strings.TrimSuffix(fd.Unit, "次")
}

// roughly says whether the words before a number say that it is not exact:
// 「大概检查了30户」.
func roughly(before string) bool {
	return containsAny(before, []string{"大概", "大约", "估计", "差不多", "可能", "好像", "约莫"})
}
