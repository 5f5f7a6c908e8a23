package dialog

import (
	"strings"

	"zhuanban/bot/zh"
)

// answers gives the pieces that are left to the fields asked for, in their order.
// If one field is wanting, all that is left is its value.
func (l *line) answers() int {
	want := l.wanted()
	if len(want) == 0 || asks(l.text) || chatter(l.text) {
		return 0
	}
	left := l.left()
	switch {
	case len(want) > 1 && len(left) == 1:
		left = nil
		for _, w := range l.words() {
			if l.free(w) {
				left = append(left, w)
			}
		}
	case len(want) == 1 && len(left) > 1 && (want[0].Rest || want[0].Type == Place):
		left = []span{{From: left[0].From, To: left[len(left)-1].To}}
	}
	took := 0
	for _, p := range left {
		if took >= len(want) {
			break
		}
		fd := want[took]
		if fd.Rest { // it is read as a whole
			break
		}
		raw := p.In(l.text)
		raw = answerWords(raw[listMark(raw):])
		v, why, arg := fd.readAnswer(raw, l.env)
		if why != "" {
			l.out.Problems = append(l.out.Problems, Problem{Field: fd.Key, Raw: raw, Why: why, Arg: arg})
			continue
		}
		l.mark(p)
		l.d.set(fd.Key, v)
		l.changed(fd.Key)
		took++
	}
	return took
}

// wanted are the fields asked for that still have no value.
func (l *line) wanted() []*Field {
	var want []*Field
	for _, k := range l.d.Asked {
		if _, said := l.d.Values[k]; !said {
			if fd, ok := l.form.Field(k); ok {
				want = append(want, fd)
			}
		}
	}
	return want
}

// answerWords are an answer without the words that only lead to it: 是, 店名叫.
func answerWords(s string) string {
	s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSpace(s), "开的"), "家的")
	for _, w := range []string{"应该是", "好像是", "可能是", "就是", "名字叫", "名字是", "店名叫", "名叫", "叫做", "叫", "是"} {
		if t := strings.TrimSpace(strings.TrimPrefix(s, w)); t != s && runes(t) >= 2 {
			return t
		}
	}
	return s
}

// fromWords is an address without the words that only lead to it: 在, 位于.
func fromWords(s string) string {
	for _, w := range []string{"就在", "位于", "在", "于"} {
		if t := strings.TrimSpace(strings.TrimPrefix(s, w)); t != s && runes(t) >= 2 {
			return t
		}
	}
	return s
}

// ignorance takes what is said to be unknown: 「不知道」 for all that was asked,
// 「主体和地点都不清楚」「不知道店名」「主体待查」 for what it names.
func (l *line) ignorance() (n int) {
	want := l.wanted()
	if len(want) > 0 && ignorance(l.text) {
		for _, fd := range want {
			n += l.unknown(fd, span{From: 0, To: len(l.text)})
		}
		return n
	}
	for _, c := range append(l.clauses(), l.words()...) {
		if !l.free(c) {
			continue
		}
		for _, fd := range l.form.unknownIn(c.In(l.text)) {
			n += l.unknown(fd, c)
		}
	}
	return n
}

func (l *line) unknown(fd *Field, at span) int {
	if _, said := l.d.Values[fd.Key]; said || fd.Unknown == "" {
		return 0
	}
	l.d.set(fd.Key, Value{Text: fd.Unknown, Raw: at.In(l.text)})
	l.changed(fd.Key)
	l.mark(at)
	return 1
}

// unknownIn are the fields that a clause says nobody knows.
func (f *Form) unknownIn(clause string) []*Field {
	clause = strings.TrimSpace(clause)
	names := ""
	for _, w := range ignorant {
		if t, ok := strings.CutSuffix(clause, w); ok {
			names = strings.TrimRight(t, " 都也均还暂全是:的")
			break
		}
		if t, ok := strings.CutPrefix(clause, w); ok {
			names = strings.TrimLeft(t, " 是的")
			break
		}
	}
	if names == "" {
		return nil
	}
	var out []*Field
	for _, n := range strings.FieldsFunc(names, func(r rune) bool { return strings.ContainsRune("、和跟与及 ,", r) }) {
		fd, ok := f.Named(strings.TrimPrefix(n, "具体"))
		if !ok {
			return nil
		}
		out = append(out, fd)
	}
	return out
}

// asks says whether a text asks something back, so that it answers nothing.
func asks(s string) bool {
	s = strings.TrimSpace(zh.Fold(s))
	return strings.HasSuffix(s, "?") || ends(s, []string{"吗", "呢", "什么", "怎么办", "谁", "多少", "几件", "几条", "哪里"}) || begins(s, []string{"怎么", "为什么", "谁", "什么", "多少"})
}

// chatter says whether a text is courtesy and no value.
func chatter(s string) bool {
	switch plain(s) {
	case "你好", "您好", "在吗", "在", "谢谢", "谢谢了", "辛苦了", "收到", "好的", "好", "嗯", "嗯嗯", "ok", "知道了", "明白", "哦", "哈哈", "早", "早上好", "下午好", "是", "是的", "对", "对的", "不是", "不对", "测试", "报线索", "报一条线索", "我要报线索", "有线索", "有一条线索", "报个线索", "我要举报", "等一下", "等下", "稍等", "晚点", "晚点再说", "等会", "不用", "不":
		return true
	}
	return zh.Answer(s) != zh.None
}
