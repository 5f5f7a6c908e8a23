package zh

// stands says whether what was read may stand as a number where it stands.
func (l *Line) stands(q *quantity) bool {
	c, next := q.card, l.get(q.end)
	n := c.end - q.from
	switch {
	case q.Unit == "号", q.Unit == "元" && l.in(q.end, "店购"):
		return false // a door, a shop
	case q.Unit == "角" && l.in(q.end, "星形大"):
		return false
	case isDigit(l.r[q.from]) && l.get(q.from-1) == '.' && !isDigit(l.get(q.from-2)):
		return false // .5
	}
	if c.plain {
		return l.plainStands(q)
	}
	if isDigit(l.r[q.from]) {
		return true
	}
	if q.Unit == "" && (l.get(q.from-1) == '月' && isNumeral(l.get(q.from-2)) || l.get(c.end) == '、' && l.datedAfter(c.end+1)) {
		return false // 三月三
	}
	if q.Unit == "月" || q.Unit == "日" && n <= 3 && !l.in(q.end, "内以") || q.Unit == "" && l.in(c.end, "月日") {
		return false
	}
	if l.r[q.from] == '一' && l.in(q.from-1, oneAfter) && n == 1 || n == 1 && l.in(q.from-1, digitAfter) && !(l.get(q.from-1) == '期' || l.get(q.from-1) == '无') {
		return false
	}
	if n == 1 && isFormal(l.r[q.from]) && (q.Unit == "家" || q.Unit == "号" || q.Unit == "" && isHan(l.get(q.from-1))) {
		return false
	}
	if j := l.rangeSign(c.end); (n == 1 || c.spread != 0) && j > c.end && isNumeral(l.get(j)) {
		return true // 三到五
	}
	if l.get(c.end) == '、' && n == 1 && q.Unit == "" {
		if _, ok := l.listed(q); ok {
			return true
		}
	}
	if l.r[q.from] == '两' && n == 1 && q.Unit == "" && isNumeral(l.get(q.from-1)) {
		return false
	}
	pair := c.spread != 0 && n == 2 && !c.few
	if q.Unit == "" && (n == 1 || pair || l.word(q.from, "十一") == c.end) {
		return q.Bound == About && !pair || !pair && !isHan(next) && !isDigit(next) && !isLetter(next) && (n > 1 || !isHan(l.get(q.from-1)) || !l.in(q.from-1, digitAfter+oneAfter))
	}
	return true
}

// plainStands is [Line.stands] of Arabic digits and nothing else.
func (l *Line) plainStands(q *quantity) bool {
	c, next := q.card, l.get(q.card.end)
	n := c.end - q.from
	switch {
	case q.Unit == "" && (next == '月' || next == '日'), q.Unit == "日" && !l.in(q.end, "内以"), q.Unit == "月":
		return false
	case q.Unit == "年" && n == 4 && c.value >= 1900*One && c.value < 2100*One:
		return false
	case c.naught && n > 1:
		return false // 0031
	case (next == ' ' || next == ',') && l.get(c.end+1) == '0' && l.digitsAt(c.end+1) == 3:
		return false // 10 000
	case next == ':' && isDigit(l.get(c.end+1)), l.get(q.from-1) == ':' && isDigit(l.get(q.from-2)):
		return false
	case q.Unit == "" && l.get(c.end) == '、' && l.datedAfter(c.end+1):
		return false // 3、4月
	case l.get(c.end) == '/' && isDigit(l.get(c.end+1)), l.get(q.from-1) == '/' && isDigit(l.get(q.from-2)):
		return false // 1/3
	case q.Unit == "" && isLetter(l.get(c.end)):
		return false // 24K
	case q.Unit == "" && (l.in(c.end, "楼室星级线环代甲码") || l.word(c.end, "单元") > 0 || l.word(c.end, "年级") > 0 || l.word(c.end, "年代") > 0 || l.word(c.end, "件套") > 0 || l.word(c.end, "开头") > 0 || l.word(c.end, "国道") > 0 || l.word(c.end, "省道") > 0 || l.word(c.end, "县道") > 0 || l.word(c.end, "房间") < 0 && l.get(c.end) == '房' && n >= 3):
		return false
	case l.get(q.from-1) == '+' && isDigit(l.get(q.from-2)):
		return false // K12+300
	case q.Unit == "" && n >= 3 && n <= 4 && (l.in(q.from-1, "栋幢座") || l.after(q.from, "单元") >= 0):
		return false // B栋302

	case q.Unit == "年" && n == 2 && c.value >= 20*One && c.value < 30*One && !l.in(q.end, "前内以来"):
		return false // 23年 is a year or a time
	case l.get(c.end) == '点' && isDigit(l.get(c.end+1)) || l.get(c.end) == '时' && q.Unit == "":
		return false
	}
	return !((q.Unit == "" || q.Unit == "号") && l.labelled(q.from))
}

// datedAfter says whether a day or month by number stands at i.
func (l *Line) datedAfter(i int) bool {
	_, end, _ := l.number2(i)
	return end > i && l.in(end, "月日号")
}

// beforeColon is i without a colon, 是, 为 or blank before it.
func (l *Line) beforeColon(i int) int {
	for l.in(i-1, ": 是为") {
		i--
	}
	return i
}
