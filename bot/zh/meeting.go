package zh

// Meeting is a call to a meeting that was read: 「周四下午3点二楼会议室开会商会,各所
// 所长参加,议题 AX-2024-0031、0044」. What was not said is empty.
type Meeting struct {
	When    []When       // looking ahead; more than one, or one with Also, is to be asked
	Room    Span         // where; From is To if nobody said
	Invited []Span       // who is to come, as it was said: 各所所长, 法规股
	Cases   []CaseNumber // what it is about
}

// CaseNumber is the number of a lead or a case, whole even where only its end was
// said: the 0044 of AX-2024-0031、0044.
type CaseNumber struct {
	Span
	Text string
}

// meetingWords call something a meeting.
var meetingWords = words("会商 会商会 会议 开会 例会 研判会 碰头会 调度会 推进会 部署会 联席会 座谈会 案审会 短会 视频会")

// Meeting reads a call to a meeting; ok is false where no word calls it one.
func (l *Line) Meeting() (m Meeting, ok bool) {
	for i := range l.r {
		if w, end := l.find(i, meetingWords); w != "" && !(w == "会商" && l.in(end, "品户贸标场")) {
			ok = true
			break
		}
	}
	if !ok {
		return m, false
	}
	m.When, m.Cases = l.Dates(Future), l.CaseNumbers()
	used := make(taken, len(l.src))
	for _, w := range m.When {
		used.add(w.Span)
	}
	for _, c := range m.Cases {
		used.add(c.Span)
	}
	m.Room = l.meetingRoom(used)
	used.add(m.Room)
	m.Invited = l.invited(used)
	return m, true
}

// CaseNumbers reads numbers like AX-2024-0031, and those behind one that are only its
// last part.
func (l *Line) CaseNumbers() []CaseNumber {
	var found []CaseNumber
	for i := 0; i < len(l.r); {
		year, end := l.caseNumber(i)
		if end == i {
			i++
			continue
		}
		found = append(found, CaseNumber{l.span(i, end), capitals(l.r[i:end])})
		prefix, width := capitals(l.r[i:year]), end-year
		i = end
		for l.in(i, "、,和 ") {
			j := i
			for l.in(j, "、,和 ") {
				j++
			}
			if n := l.digitsAt(j); n != width || isLetter(l.get(j+n)) || l.in(j+n, "-./") {
				break
			}
			found = append(found, CaseNumber{l.span(j, j+width), prefix + capitals(l.r[j:j+width])})
			i = j + width
		}
	}
	return found
}

// caseNumber is where the number of a case at i ends and where its last part begins;
// end is i if there is none.
func (l *Line) caseNumber(i int) (last, end int) {
	if isLetter(l.get(i-1)) || isDigit(l.get(i-1)) {
		return i, i
	}
	j := i
	for isLetter(l.get(j)) && j < i+6 {
		j++
	}
	if j == i || l.get(j) != '-' || l.digitsAt(j+1) != 4 || l.get(j+5) != '-' {
		return i, i
	}
	last = j + 6
	n := l.digitsAt(last)
	if n < 2 || n > 6 || isLetter(l.get(last+n)) {
		return i, i
	}
	return last, last + n
}

// roomEnds end the name of a place to meet in.
var roomEnds = words("会议室 办公室 会议厅 多功能厅 报告厅 指挥中心 接待室 培训室 会商室 视频会议室 礼堂")

// meetingRoom is the place of a meeting: the words up to one of roomEnds that nothing else has
// taken.
func (l *Line) meetingRoom(used taken) Span {
	for i := range l.r {
		w, end := l.find(i, roomEnds)
		if w == "" {
			continue
		}
		from := i
		for from > 0 && i-from < 12 && (isHan(l.r[from-1]) || isDigit(l.r[from-1]) || isLetter(l.r[from-1])) &&
			!l.in(from-1, "在到于去请点为是") && used.free(l.span(from-1, from)) {
			from--
		}
		if label := l.word(from, "地点"); label > 0 {
			from = label
		}
		return l.span(from, end)
	}
	return Span{}
}

var (
	comeWords   = words("参加 出席 列席 到会 参会 到场 都来 要来")
	inviteWords = words("参会人员 参加人员 参会人 出席人员 与会人员 参加单位 参会单位 邀请 通知 请 由 叫")
	partsPeople = "、,和及与 "
)

// invited is who is to come: the clause before 参加, or what follows 参会人员.
func (l *Line) invited(used taken) []Span {
	for i := range l.r {
		if w, end := l.find(i, comeWords); w != "" && !l.in(end, "人单") {
			from := i
			for from > 0 && !l.in(from-1, ",;。!?\n") && used.free(l.span(from-1, from)) {
				from--
			}
			for {
				w, end := l.find(from, inviteWords)
				if w == "" || end >= i {
					break
				}
				from = end
			}
			return l.people(from, i)
		}
	}
	for i := range l.r {
		if w, end := l.find(i, inviteWords); len(w) >= len("参会人") && l.in(end, ":为是") {
			to := end + 1
			for to < len(l.r) && !l.in(to, ";。!?\n") && (l.r[to] != ',' || !l.labelAt(to+1)) {
				to++
			}
			return l.people(end+1, to)
		}
	}
	return nil
}

// labelAt says whether a word with a colon begins at i.
func (l *Line) labelAt(i int) bool {
	for j := i; j < i+6 && isHan(l.get(j)); j++ {
		if l.get(j+1) == ':' {
			return true
		}
	}
	return false
}

// people are the names that 、 and the like part between two runes.
func (l *Line) people(from, to int) []Span {
	var out []Span
	for i := from; i < to; {
		j := i
		for j < to && !l.in(j, partsPeople) {
			j++
		}
		end := j
		for end > i && l.in(end-1, "等都要均也") {
			end--
		}
		if end-i >= 2 {
			out = append(out, l.span(i, end))
		}
		i = j + 1
	}
	return out
}
