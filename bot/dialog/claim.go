package dialog

import (
	"slices"
	"strings"
)

// claim is a number with the words around it that may name it.
type claim struct {
	token
	before, after string
	last          bool // no other number wants the words behind it
	first         bool // it stands before its name
}

// corrected are the words before a number that say it is the wrong one.
var corrected = strings.Fields("不是 而不是 (原 (原报 (原来 (原来是 (原为 (上次 (之前")

// one finds the name of a number; used is how much of the words behind it belongs
// to it.
func (t *table) one(c claim) (used int) {
	var scale string
	c.before, scale = t.headUnit(t.zeroBefore(c.before))
	if len(t.hits) > 0 && slices.Contains(corrected, strings.Trim(c.before, " :")) { // 检查45户(原40户)
		return 0
	}
	var fd *Field
	if c.first {
		n, length, skip := t.prefix(c.after)
		fd, used = n, length+skip
	} else {
		fd, used = t.around(c)
	}
	raw := strings.TrimSpace(strings.TrimLeft(c.before, "、( ") + t.text[c.from:c.to+used])
	head := trimFiller(c.before)
	if fd != nil && t.otherKind(c, fd) {
		fd = nil
	}
	if fd == nil && len(t.pending) == 0 {
		if fd = t.byUnit(c, head); fd == nil {
			fd = t.beside(c, head)
		}
	}
	sure := true
	if fd != nil {
		fd, sure = t.cell(c, fd)
	}
	switch {
	case !sure:
		t.unclear = append(t.unclear, raw)
		t.covered += weight(raw)
	case others(strings.TrimSpace(c.before + t.text[c.from:c.to])):
		t.rest = true
		t.covered += weight(raw)
	case fd != nil && modified(head, t.text[:c.from], fd):
		t.unclear = append(t.unclear, raw)
		t.covered += weight(raw)
	case fd != nil:
		value := minus(c.before) + scaled(t.said(c.token), scale, fd)
		if roughly(c.before) {
			value = "约" + value
		}
		t.hits = append(t.hits, hit{field: fd, value: value, raw: raw, total: cumulative(t.text[:c.from])})
		t.covered += weight(raw)
	case head == "" && len(t.pending) > 0 && agree(c.unit, t.pending[len(t.pending)-1]):
		fd = t.pending[len(t.pending)-1]
		t.pending = t.pending[:len(t.pending)-1]
		t.hits = append(t.hits, hit{field: fd, value: t.said(c.token), raw: fd.Short() + raw, total: cumulative(t.text[:c.from])})
		t.covered += weight(fd.Short() + raw)
	case !passing(c):
		t.unclear = append(t.unclear, raw)
		if label := []rune(head); len(label) <= 6 && !strings.ContainsAny(head, "卖售假冒") && !slices.Contains(goodsOnly, c.unit) {
			t.covered += weight(raw)
		}
	}
	return used
}

// minus is the sign of a number that is said to be less than nothing: 「行动-3次」,
// but not 「行动 - 3次」.
func minus(before string) string {
	if strings.HasSuffix(before, "-") || strings.HasSuffix(before, "负") {
		return "-"
	}
	return ""
}

// goodsOnly are units that count goods and no figure.
var goodsOnly = strings.Fields("双 瓶 箱 盒 包 袋 斤 罐 桶 套 只 支")

// zeroBefore reads what is said to be none in the words before a number, and
// returns what is left of them.
func (t *table) zeroBefore(before string) string {
	i := strings.LastIndexAny(before, " 、")
	if i < 0 {
		return before
	}
	cut := i + 1
	if strings.HasPrefix(before[i:], "、") {
		cut = i + len("、")
	}
	hits, pending := len(t.hits), t.pending
	t.zeros(before[:cut])
	if len(t.hits) == hits {
		t.pending = pending
	}
	if len(t.hits) > hits || t.rest {
		return before[cut:]
	}
	return before
}
