package zh

// beginsDate says whether a date or time may begin with r, numerals aside.
func beginsDate(r rune) bool { return dateFollows(r) != "" }

// dateFollows is what may come next where a date or time begins with r: any
// rune if it is "*", none of them if it is "".
func dateFollows(r rune) string {
	switch r {
	case '昨', '半', '每', '闰', '早', '晚', '夜', '逢':
		return "*"
	case '今':
		return "天日晚早晨夜年儿后明"
	case '明':
		return "天日晚早晨年儿后"
	case '前':
		return "天日晚夜年昨的半0123456789一二两三四五六七八九十百"
	case '后':
		return "天晚年"
	case '大':
		return "前后清年"
	case '上', '下':
		return "上下周星礼个一月年旬季半中午班"
	case '本', '这', '当':
		return "周星礼个月年旬季"
	case '去':
		return "年底"
	case '年':
		return "底初末三终内前后"
	case '月':
		return "底初末中内"
	case '中':
		return "旬下上午秋元"
	case '周':
		return "一二三四五六日天末1234567内"
	case 'Q', 'q':
		return "1234"
	case '第':
		return "一二三四五六七八九十1234567890"
	case '近':
		return "的半0123456789一二两三四五六七八九十百"
	}
	return onlyFollow(r)
}

// onlyFollow is the one rune or two that make a date's word of r.
func onlyFollow(r rune) string {
	switch r {
	case '星':
		return "期"
	case '礼':
		return "拜"
	case '最':
		return "近迟晚"
	case '过':
		return "去年"
	case '来':
		return "年"
	case '截':
		return "至止"
	case '不':
		return "晚迟"
	case '目':
		return "前"
	case '到':
		return "目现今当0123456789一二三四五六七八九十上本这昨前"
	case '差':
		return "0123456789一二两三五十"
	case '头':
		return "一二两三四五六七八九十23456789"
	case '季':
		return "度末"
	case '未':
		return "来"
	case '接':
		return "下"
	case '刚':
		return "才刚"
	case '方':
		return "才"
	case '现':
		return "在"
	case '此':
		return "刻"
	case '次', '冬':
		return "月"
	case '腊':
		return "月八"
	case '农', '阴', '旧':
		return "历"
	case '凌':
		return "晨"
	case '清':
		return "晨早明"
	case '傍':
		return "晚"
	case '午':
		return "前后间夜"
	case '正':
		return "午月"
	case '深':
		return "夜"
	}
	return festivalFollows(r)
}

// festivalFollows is the runes that make a holiday's or a festival's name of r.
func festivalFollows(r rune) string {
	switch r {
	case '双':
		return "十1"
	case '儿':
		return "童"
	case '妇':
		return "女"
	case '教':
		return "师"
	case '圣':
		return "诞"
	case '情':
		return "人"
	case '植':
		return "树"
	case '消':
		return "费"
	case '重':
		return "阳"
	case '元':
		return "月旦宵"
	case '春':
		return "节"
	case '劳':
		return "动"
	case '端':
		return "午"
	case '平':
		return "安"
	case '国':
		return "庆"
	case '节':
		return "前后日假期之以"
	case '除':
		return "夕"
	}
	return ""
}

// mayBegin says whether a date or time may begin at i, looking at what follows
// only: most of what begins like one is settled by the next character, and the
// readers with their dozens of questions need not be asked. Profiles had them
// take half of all time, for nothing.
func (l *Line) mayBegin(i int) bool {
	m := mark(l.r[i])
	if m&dates == 0 {
		return false
	}
	if m&numeral == 0 {
		follow := dateFollows(l.r[i])
		return follow == "*" || l.in(i+1, follow)
	}
	return l.mayBeginNumbered(i)
}

// mayBeginNumbered is [Line.mayBegin] where a numeral stands at i.
func (l *Line) mayBeginNumbered(i int) bool {
	j := i + 1
	for j < i+9 && isNumeral(l.get(j)) {
		j++
	}
	if j-i >= 8 {
		return !isDigit(l.r[i]) || l.digitsAt(i) == 8
	}
	if first := l.r[i]; (first == '五' || first == '十') && j == i+2 && l.get(i+1) == '一' && l.in(j, "期假长黄前后劳国放首当第以节") {
		return true // 五一期间
	}
	if l.festivalNumber(i) {
		return true
	}
	j = l.blanks(j)
	switch l.get(j) {
	case '、':
		return l.in(j+1, "123456789一二三四五六七八九十")
	case '夕':
		return l.get(i) == '七'
	case '号':
		return !l.addressBefore(i) && !l.notDayNumber(j+1)
	case '.': // 3.6万 is none, 1.15前 and 2024.1.15 are
		if j++; isDigit(l.r[i]) {
			j = l.blanks(j + min(l.digitsAt(j), 3))
			return j >= len(l.r) || l.in(j, "日号前之以上下(-~—–〜到至./") || l.in(j, "凌清早中午傍晚夜周星礼")
		}
	case '个':
		return l.in(j+1, "半月星周礼小钟工季")
	case '分':
		return l.get(j+1) == '钟'
	}
	return mark(l.get(j))&counts != 0
}

// festivalNumber says whether the number at i names a festival: 618前, 六一当天.
func (l *Line) festivalNumber(i int) bool {
	name, end := l.find(i, festivalNames)
	return name != "" && l.in(end, "前后之以当那这节") || name != "" && festivals[name].bare
}
