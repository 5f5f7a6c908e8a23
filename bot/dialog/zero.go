package dialog

import "strings"

// zeros finds the figures that are said to be none, 「没有办结」「移送无」「立案、办结均为
// 零」, and 「其余为零」.
func (t *table) zeros(text string) {
	if t.zeroList(text) {
		return
	}
	for _, p := range strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == '、' || c == '\t' }) {
		if others(p) {
			t.rest = true
			t.covered += weight(p)
			continue
		}
		if asBefore(p) {
			t.unclear = append(t.unclear, p)
			t.covered += weight(p)
			continue
		}
		if t.zeroList(p) {
			continue
		}
		if fd := t.unknown(p); fd != nil { // 「案值待查」 is no figure
			t.hits = append(t.hits, hit{field: fd, value: p, raw: p})
			t.covered += weight(p)
		} else if fd := t.exactly(trimDone(p)); fd != nil {
			t.pending = append(t.pending, fd)
		} else if strings.ContainsAny(p, "几数若多") && t.labelAfter(trimFront(p)) > 0 { // 「检查几十户」
			t.unclear = append(t.unclear, p)
			t.covered += weight(p)
		}
	}
}

// unknown is the figure that a text says nobody knows.
func (t *table) unknown(text string) *Field {
	for _, w := range ignorant {
		if name, ok := strings.CutSuffix(text, w); ok {
			return t.exactly(strings.TrimRight(name, ": 还"))
		}
	}
	return nil
}

// nones are the words for none before or behind a name.
var nones = strings.Fields("没有 暂无 均无 均为零 均为0 为零 为0 是零 均零 全无 都没有 都无 都为零 未开展 尚无 无 未 没 零")

// zeroList takes a list of names that are all said to be none.
func (t *table) zeroList(text string) bool {
	text = strings.TrimSpace(text)
	for _, w := range []string{"本周", "本期", "这周", "我所", "本所", "今天"} {
		text = strings.TrimPrefix(text, w)
	}
	for _, none := range nones {
		for _, names := range []string{after(text, none), strings.TrimRight(before(text, none), ":为是均都全也皆 ")} {
			parts := strings.FieldsFunc(names, func(r rune) bool { return strings.ContainsRune("、和及与或 ", r) })
			var fields []*Field
			for _, p := range parts {
				if fd := t.exactly(trimFront(p)); fd != nil {
					fields = append(fields, fd)
				}
			}
			if len(fields) == 0 || len(fields) != len(parts) {
				continue
			}
			if strings.ContainsAny(text, "均都全皆") {
				fields = append(fields, t.pending...)
			}
			for _, fd := range fields {
				t.hits = append(t.hits, hit{field: fd, value: "0", raw: text})
			}
			t.covered += weight(text)
			t.pending = nil
			return true
		}
	}
	return false
}

// after is what follows a word at the front of a text, before what stands before
// one at its end; "" if the word is not there.
func after(text, word string) string {
	if rest, ok := strings.CutPrefix(text, word); ok {
		return rest
	}
	return ""
}

func before(text, word string) string {
	if rest, ok := strings.CutSuffix(text, word); ok {
		return rest
	}
	return ""
}

// rests are the words for all figures that were not named.
var rests = strings.Fields("以上没有的 以上未填的 没写的 没填的 没报的 没提的 没说的 没列的 没有的 未写的 未填的 未报的 未列的 未提及的 没提到的 未填 未列 其余 其他 其它 别的 剩下 剩余 另外 全部 各项 所有 以上 上述")

// others is 「其余为零」「没写的按0报」, also behind 「除检查12户外」.
func others(s string) bool {
	for _, out := range []string{"之外", "以外", "外"} {
		if rest, ok := strings.CutPrefix(s, out); ok {
			if s = rest; nothing(strings.TrimLeft(s, "的都均全部是为报填暂按:, ")) {
				return true
			}
		}
	}
	for _, a := range rests {
		rest, ok := strings.CutPrefix(s, a)
		if !ok {
			continue
		}
		for _, as := range []string{"处理", "填报", "上报", "报送", "报", "填", "算", "计"} {
			rest = strings.TrimSuffix(rest, as)
		}
		rest = strings.TrimLeft(rest, "各项目数据指标的都均全部是为报填暂按: ")
		if rest != "" && nothing(rest) {
			return true
		}
	}
	return false
}

// asBefore is 「其他同上周」: figures that nobody has said here.
func asBefore(s string) bool {
	return begins(s, rests) && containsAny(s, []string{"同上", "同前", "不变", "照旧", "一样", "相同", "参照"})
}

// trimDone cuts the words before a name that say that it was done, without a number:
// 「已办结」.
func trimDone(s string) string {
	for _, w := range []string{"均已", "都已", "全部", "已经", "已", "也"} {
		s = strings.TrimPrefix(s, w)
	}
	return s
}
