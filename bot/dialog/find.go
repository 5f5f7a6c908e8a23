package dialog

import (
	"slices"
	"strings"

	"zhuanban/bot/zh"
)

// typed takes what its form gives away: amounts, quantities, times, phones,
// links, places, names. It returns how many values it found.
func (l *line) typed() int {
	n := 0
	for _, fd := range l.byPlainness() {
		at, ok := l.find(fd)
		if !ok || !l.free(at.span) {
			continue
		}
		v, why, _ := fd.read(at.raw, l.env)
		if why != "" {
			continue
		}
		if old, said := l.d.Values[fd.Key]; said {
			if l.another(fd, old, v) {
				l.conflict = true
			}
			if old.Same(v) {
				l.mark(at.span)
			}
			continue
		}
		l.mark(at.span)
		l.d.set(fd.Key, v)
		l.changed(fd.Key)
		n++
	}
	return n
}

// another says whether a value that was found speaks of something else than the
// one that was said: another shop, a place in another township.
func (l *line) another(fd *Field, old, v Value) bool {
	if strings.Contains(old.Text, v.Text) || strings.Contains(v.Text, old.Text) {
		return false
	}
	if fd.Type == Place {
		town := Township(v.Text, l.env.Places)
		return town != "" && town != Township(old.Text, l.env.Places)
	}
	return fd.Type == Text && len(fd.Ends) > 0
}

// byPlainness lists the fields that unlabelled words may fill, the one whose
// values stand out most plainly first, so that a place is not taken for a part
// of the name behind it.
func (l *line) byPlainness() []*Field {
	var out []*Field
	for i := range l.form.Fields {
		if fd := &l.form.Fields[i]; !fd.Fixed && !fd.Rest && plainness(fd) > 0 {
			out = append(out, fd)
		}
	}
	slices.SortStableFunc(out, func(a, b *Field) int { return plainness(a) - plainness(b) })
	return out
}

func plainness(fd *Field) int {
	if fd.Type == Text {
		switch {
		case len(fd.Words) > 0:
			return 1
		case len(fd.Ends) > 0:
			return 20
		case len(fd.After) > 0:
			return 21
		}
		return 0
	}
	return 2 + slices.Index([]Type{Link, Phone, Money, Time, Quantity, Place, Choice}, fd.Type)
}

// found is the words that a value is read from, and where they stand.
type found struct {
	span
	raw string
}

// find looks for a value of the field's type in the line.
func (l *line) find(fd *Field) (found, bool) {
	if fd.Type == Place {
		return l.place()
	}
	at, ok := l.spot(fd)
	return found{at, at.In(l.text)}, ok
}

func (l *line) spot(fd *Field) (span, bool) {
	switch fd.Type {
	case Money:
		return l.money(fd)
	case Quantity:
		lot := span{}
		for _, n := range l.numbers {
			if l.free(n.Span) && countsGoods(n.Unit, l.text[n.To:]) && !l.ofPrice(n) && !ends(l.text[:n.From], sold) && !countedPlace(l.text[:n.From]) {
				if n.Value == zh.One && (strings.HasSuffix(n.Unit, "批") || strings.HasSuffix(n.Unit, "车")) { // how much that is may follow
					lot = n.Span
					continue
				}
				return n.Span, true
			}
		}
		return lot, lot.To > 0
	case Time:
		return l.time()
	case Phone:
		for _, p := range l.phones {
			if !l.ofInformant(p.From) {
				return p.Span, true
			}
		}
	case Link:
		if len(l.links) > 0 {
			return l.links[0].Span, true
		}
	case Text:
		return l.phrase(fd)
	case Choice:
		for _, w := range l.words() {
			if slices.ContainsFunc(fd.Options, func(o Option) bool { return fold(o.Label) == w.In(l.text) }) {
				return w, true
			}
		}
	}
	return span{}, false
}

// informants are the words for those whose name and number are nobody's business:
// they are no one a lead is about.
var informants = strings.Fields("举报人 投诉人 报案人 反映人 提供人 联系人 证人 权利人 消费者 顾客 群众 市民 网友")

// ofInformant says that what begins at an offset belongs to an informant: its clause
// names one, or is no more than a label behind one that does.
func (l *line) ofInformant(at int) bool {
	before := l.clauseBefore(at)
	for _, tells := range []string{"举报:", "反映:", "投诉:"} { // 群众举报:吴某…
		if _, told, ok := strings.Cut(before, tells); ok {
			before = told
		}
	}
	if containsAny(before, informants) {
		return true
	}
	_, rest, label := l.form.begins(strings.TrimSpace(before))
	front := at - len(before) - 1
	return label && strings.Trim(rest, ": 是为") == "" && front > 0 && containsAny(l.clauseBefore(front), informants)
}

// clauseBefore is what stands before an offset in its clause.
func (l *line) clauseBefore(at int) string {
	return l.text[strings.LastIndexFunc(l.text[:at], separator)+1 : at]
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// money finds the amount that is called what the field is called, else the first
// that is not the price of one piece; a bare 3万 may count anything.
func (l *line) money(fd *Field) (span, bool) {
	pick := -1
	for i, m := range l.moneys {
		before := strings.TrimRight(l.text[:m.From], " :约达共计为是在近估大概总额合卖售要才只")
		for _, n := range fd.names() {
			if strings.HasSuffix(before, n) && l.free(m.Span) {
				return m.Span, true
			}
		}
		if i > 0 && l.moneys[i-1].To == m.From && strings.HasPrefix(m.In(l.text), "一") { // 500元一块
			continue
		}
		if pick < 0 && (!m.Bare || l.afterGoods(m)) && !each(before, l.text[m.To:]) && !l.priceOfSome(m) && l.free(m.Span) && !l.pieces(m) {
			pick = i
		}
	}
	if pick < 0 {
		return span{}, false
	}
	return l.moneys[pick].Span, true
}

// time finds when something was found: the time that is said beside a word of
// finding, else the first that is a moment and belongs to nothing else.
func (l *line) time() (span, bool) {
	pick := span{}
	for _, w := range l.dates {
		after := l.text[w.Span.To:]
		if !l.free(w.Span) || !l.moment(w) || ends(l.text[:w.Span.From], otherTimes) {
			continue
		}
		for _, word := range findings {
			if i := strings.Index(after, word); i >= 0 && i <= 12 {
				return w.Span, true
			}
		}
		if pick.To == 0 && !begins(after, otherDeeds) && !(strings.HasSuffix(w.In(l.text), "号") && begins(after, numbered)) {
			pick = w.Span
		}
	}
	return pick, pick.To > 0
}

// moment says whether a time is a day or less, in the past, at which something can
// be found.
func (l *line) moment(w zh.When) bool {
	return !w.Period && !w.From.After(l.env.Now) && slices.Contains([]zh.Grain{zh.Minute, zh.Hour, zh.PartOfDay, zh.Day}, w.Grain)
}

// findings are the words of finding behind a time.
var findings = strings.Fields("发现 检查 巡查 查获 接到 接群众 接举报 执法人员 我所")

// otherDeeds are the words behind a time at which something else was done.
var otherDeeds = strings.Fields("购买 买 进货 生产 下单 网购")

// numbered are things with a number: 2号直播间 is no day.
var numbered = strings.Fields("直播 链接 摊 店 铺 仓 库 楼 柜 车间 厂 房 门 窗 商品 线 院 地块 档")

// otherTimes are the words before a time that is not when something was found.
var otherTimes = []string{"生产日期", "生产日期为", "保质期", "保质期至", "保质期到", "有效期", "有效期至", "到期", "购于", "买于", "日期", "日期:", "日期为", "生产于", "出厂", "自", "从"}

func begins(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(s, w) })
}

func ends(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(s, w) })
}
