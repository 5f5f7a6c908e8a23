package dialog

import (
	"strings"
	"unicode/utf8"
)

// What follows are the ways in which an address and a name stand out in a
// sentence that has no labels.

// addressEnds are the characters and words that an address is made of, each
// ending a part of it.
var addressEnds = []string{"工业区", "工业园", "开发区", "农贸市场", "菜市场", "批发市场", "茶叶市场", "大市场", "广场", "大厦", "小区", "花园", "大道", "社区",
	"街道", "商业街", "步行街", "路口", "附近", "旁边", "对面", "门口", "市场", "镇", "乡", "村", "路", "街", "巷", "号", "弄", "幢", "栋", "楼", "层", "室", "组"}

// stops are the words at which an address or a name is over.
var stops = []string{"销售", "出售", "售卖", "贩卖", "经营", "生产", "加工", "制售", "批发假", "涉嫌", "发现", "查获", "检查", "举报", "反映", "投诉", "正在", "有人", "有家", "有个", "一家", "一间",
	"有一", "卖", "的", "里", "内有", "疑似", "存放", "囤", "储存", "使用", "擅自", "标注", "冒用", "假冒", "仿冒", "侵权", "售假", "未"}

// leadIns are the words before an address or a name.
var leadIns = []string{"昨天", "今天", "前天", "刚才", "上午", "下午", "晚上", "我们", "我所", "位于", "地址", "在", "到", "对", "于", "是", "就是", "接", "群众", "称", "有"}

// place finds an address: from the name of a township, or from the beginning of
// a piece that has a road, a village or a market in it, to the last part of the
// address.
func (l *line) place() (from, to int, raw string) {
	for _, p := range l.pieces(true) {
		t := l.text[p.from:p.to]
		at, after := -1, 0
		for _, n := range l.env.Places {
			for _, w := range n.Words {
				if i := strings.Index(t, w); i >= 0 && (at < 0 || i < at || i == at && i+len(w) > after) && !unitName(t[i+len(w):]) {
					at, after = i, i+len(w)
				}
			}
		}
		if at < 0 {
			at, after = leadIn(t), 0
			after = at
		}
		end := addressEnd(t, after)
		if end <= after && after == at { // neither township nor street
			continue
		}
		end = max(end, after)
		if l.free(p.from+at, p.from+end) && utf8.RuneCountInString(t[at:end]) >= 2 {
			return p.from + at, p.from + end, t[at:end]
		}
	}
	return 0, 0, ""
}

// unitName says that what follows a township's name makes it a station's: 凤城所.
func unitName(rest string) bool {
	return strings.HasPrefix(rest, "所") || strings.HasPrefix(rest, "市场监管所") || strings.HasPrefix(rest, "市监所")
}

// leadIn is where the words before an address end.
func leadIn(t string) int {
	at := 0
	for {
		moved := false
		for _, w := range leadIns {
			if rest, ok := strings.CutPrefix(t[at:], w); ok && rest != "" {
				at += len(w)
				moved = true
			}
		}
		if !moved {
			return at
		}
	}
}

// addressEnd is where the last part of an address ends, before any word that
// ends it.
func addressEnd(t string, from int) int {
	limit := len(t)
	for _, s := range stops {
		if i := strings.Index(t[from:], s); i >= 0 && from+i < limit {
			limit = from + i
		}
	}
	end := from
	for moved := true; moved; {
		moved = false
		for _, e := range addressEnds {
			i := strings.Index(t[end:limit], e)
			if i < 0 || utf8.RuneCountInString(t[end:end+i]) > 12 {
				continue
			}
			stop := end + i + len(e)
			if shop := strings.HasPrefix(t[stop:], "店") || strings.HasPrefix(t[stop:], "鞋"); shop && e == "号" {
				continue
			}
			end, moved = stop, true
			break
		}
	}
	return end
}

// endsIn finds a name by the way such names end: 「张记鞋店」. It looks in each
// stretch of the line that no value has taken yet.
func (l *line) endsIn(ends []string) (from, to int, raw string) {
	for _, p := range l.pieces(true) {
		for from := p.from; from < p.to; {
			if l.used[from] {
				from++
				continue
			}
			to := from
			for to < p.to && !l.used[to] {
				to++
			}
			if start, end, ok := nameIn(l.text, from, to, ends); ok {
				return start, end, l.text[start:end]
			}
			from = to
		}
	}
	return 0, 0, ""
}

// nameIn finds the first name with one of the endings between two offsets.
func nameIn(text string, from, to int, ends []string) (start, end int, ok bool) {
	t := text[from:to]
	at := leadIn(t)
	limit := len(t)
	for _, s := range stops {
		i := strings.Index(t[at:], s)
		if i < 0 {
			continue
		}
		if i == 0 { // 「有人在…」, 「一家…」: the name comes after
			if s == "一家" || s == "一间" || s == "有家" || s == "有个" || s == "有一" || s == "发现" || s == "检查" || s == "举报" || s == "反映" || s == "投诉" || s == "的" || s == "里" {
				at += len(s)
				limit = len(t)
				return nameIn(text, from+at, to, ends)
			}
		}
		if at+i < limit {
			limit = at + i
		}
	}
	best := -1
	for _, e := range ends {
		if i := strings.LastIndex(t[at:limit], e); i >= 0 && at+i+len(e) > best {
			best = at + i + len(e)
		}
	}
	if best < 0 || utf8.RuneCountInString(t[at:best]) < 2 || utf8.RuneCountInString(t[at:best]) > 30 {
		return 0, 0, false
	}
	return from + at, from + best, true
}

// after finds the words that follow a tell-tale word: 「销售假冒耐克运动鞋」.
func (l *line) after(words []string) (from, to int, raw string) {
	for _, w := range words {
		i := strings.Index(l.text, w)
		if i < 0 {
			continue
		}
		from = i + len(w)
		to = from
		for to < len(l.text) {
			r, n := utf8.DecodeRuneInString(l.text[to:])
			if separator(r) || r == ' ' || r >= '0' && r <= '9' || l.used[to] || strings.HasPrefix(l.text[to:], "的商店") {
				break
			}
			if rest := l.text[to:]; to > from && (strings.HasPrefix(rest, "约") || strings.HasPrefix(rest, "共") || strings.HasPrefix(rest, "货值") || strings.HasPrefix(rest, "价值")) {
				break
			}
			to += n
		}
		if utf8.RuneCountInString(l.text[from:to]) >= 2 {
			return from, to, l.text[from:to]
		}
	}
	return 0, 0, ""
}

// Township is the township that an address names, by its full name; "" if none.
func Township(address string, places []Name) string {
	best, at := "", -1
	for _, n := range places {
		for _, w := range n.Words {
			if i := strings.Index(address, w); i >= 0 && (at < 0 || i < at) {
				best, at = n.Value, i
			}
		}
	}
	return best
}
