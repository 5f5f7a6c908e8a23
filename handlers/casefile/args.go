package casefile

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/zh"
	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// args are what was said beside the number and the word of an order, as it was read.
type args struct {
	document string
	unit     string // id
	agency   string
	other    string // another lead's number
	text     string // all of it, in words
	value    *int64
	fine     *int64
	seized   *int64
	goods    *int64
	persons  int64
	days     int
	workdays bool
	until    time.Time
	tags     []string
	word     string // by which the move was ordered
}

var (
	daysWord    = regexp.MustCompile(`([0-9]{1,3}|[一二两三四五六七八九十]{1,3})\s*个?(工作日|天|日)`)
	personsWord = regexp.MustCompile(`([0-9]{1,4}|[一二两三四五六七八九十]{1,3})\s*(?:名|个)?(?:人|嫌疑人)`)
	goodsWord   = regexp.MustCompile(`(?:查扣|扣押|查获)\s*(?:商品|物品|货物)?\s*([0-9]{1,8})\s*(?:双|件|个|瓶|箱|条|盒|台|套|支|包|袋|只)`)
	moneyLabel  = regexp.MustCompile(`(案值|涉案金额|查扣货值|货值|罚没款|罚没|罚款|没收|合计|共|约|为|:|\s)+$`)
)

// tagWords are what people call the fields that a case belongs to.
var tagWords = []struct{ tag, word string }{
	{"live", "直播"}, {"ecom", "电商"}, {"ecom", "网络"}, {"market", "重点市场"}, {"market", "实体市场"}, {"rural", "农村"},
	{"local", "本地品牌"}, {"abroad", "外商"}, {"abroad", "外资"}, {"abroad", "外国"},
}

// parse reads what was said for a move.
func (d *Duty) parse(t *bot.Turn, m flow.Move, o order) args {
	a := args{text: o.rest, word: o.word}
	rest := o.rest
	if docs := zh.Documents(rest); len(docs) > 0 {
		a.document = docs[0].Text
		rest = trim(rest[:docs[0].From] + " " + rest[docs[0].To:])
		rest = strings.TrimSuffix(strings.TrimPrefix(rest, "文号"), "文号")
	}
	money := strings.TrimSpace(rest)
	if o.word == "案值" || o.word == "查扣" || o.word == "扣押" { // 「132 案值 3万」
		money = o.word + money
	}
	a.money(m, money)
	if g := goodsWord.FindStringSubmatch(money); g != nil {
		n, _ := strconv.ParseInt(g[1], 10, 64)
		a.goods = &n
	}
	if p := personsWord.FindStringSubmatch(rest); p != nil {
		a.persons = count(p[1])
	}
	d.parseDays(t, &a, rest)
	for _, w := range tagWords {
		if strings.Contains(rest, w.word) && !slices.Contains(a.tags, w.tag) {
			a.tags = append(a.tags, w.tag)
		}
	}
	switch {
	case slices.Contains(m.Needs, flow.Unit):
		a.unit, a.text = unitIn(t.Roster(), rest)
		a.text = trim(daysWord.ReplaceAllString(a.text, ""))
		a.text = trim(strings.TrimPrefix(a.text, "内"))
	case slices.Contains(m.Needs, flow.Other):
		if one := d.read.single.FindString(rest); one != "" {
			a.other, _ = d.lead.Number(one, t.Now)
			a.text = trim(strings.Replace(rest, one, "", 1))
		}
	case slices.Contains(m.Needs, flow.Agency):
		a.agency, a.text = agencyIn(rest)
	case a.document != "":
		a.text = trim(rest)
	}
	return a
}

// money reads amounts by the word before each; an amount without one is the fine of a
// decision, otherwise the value.
func (a *args) money(m flow.Move, text string) {
	for _, amount := range zh.Moneys(text) {
		fen := amount.Fen
		label := moneyLabel.FindString(text[:amount.From])
		switch {
		case strings.Contains(label, "罚") || strings.Contains(label, "没收"):
			a.fine = &fen
		case strings.Contains(label, "货值"):
			a.seized = &fen
		case strings.Contains(label, "案值") || strings.Contains(label, "涉案"):
			a.value = &fen
		case m.Name == flow.Decide:
			a.fine = &fen
		case a.value == nil && m.Name != flow.Feedback:
			a.value = &fen
		}
	}
	if m.Name == flow.Decide && a.fine == nil && (strings.Contains(text, "不予处罚") || strings.Contains(text, "警告")) {
		none := int64(0)
		a.fine = &none
	}
}

// parseDays reads 「三天内」, 「10个工作日」, 「3月5日前」.
func (d *Duty) parseDays(t *bot.Turn, a *args, rest string) {
	today := calendar.DateOf(t.Now)
	if m := daysWord.FindStringSubmatchIndex(rest); m != nil && !strings.HasSuffix(rest[:m[0]], "月") {
		a.days, a.workdays = int(count(rest[m[2]:m[3]])), rest[m[4]:m[5]] == "工作日"
		last := today.AddDays(a.days)
		if a.workdays {
			var err error
			if last, err = d.cfg.Calendar.Add(today, a.days); err != nil {
				return // the card says which year is missing
			}
		}
		a.until = last.AddDays(1).Time()
		return
	}
	for _, when := range zh.Dates(rest, t.Now, zh.Future) {
		if last := when.Last(); !last.Before(today) {
			a.until = last.AddDays(1).Time()
			a.days = today.DaysUntil(last)
			return
		}
	}
}

// count reads a small number in digits or in words.
func count(s string) int64 {
	n, ok := zh.ParseNumber(strings.ReplaceAll(s, "两", "二"))
	if !ok {
		return 0
	}
	v, _ := n.Value.Int()
	return v
}

// unitIn finds the unit that a text names, the longest name first, and cuts it out.
func unitIn(r *bot.Roster, text string) (unit, rest string) {
	length, rest := 0, text
	for _, n := range r.UnitNames() {
		for _, w := range n.Words {
			u, _ := r.Unit(n.Value)
			if before, after, found := strings.Cut(text, w); found && len(w) > length && u.Reports() {
				unit, rest, length = n.Value, trim(before+" "+after), len(w)
			}
		}
	}
	return unit, rest
}

// agencyIn takes the first words of a text as the name of who it goes to.
func agencyIn(text string) (agency, rest string) {
	text = trim(strings.TrimPrefix(strings.TrimPrefix(trim(text), "给"), "至"))
	i := strings.IndexFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;，；。", r) })
	if i < 0 {
		return text, ""
	}
	return text[:i], trim(text[i:])
}

// missing lists what a move cannot be made without and was not said.
func (a args) missing(m flow.Move) []string {
	var out []string
	for _, n := range m.Needs {
		lacks := false
		switch n {
		case flow.Document:
			lacks = a.document == ""
		case flow.Reason, flow.Text:
			lacks = a.text == "" && a.document == ""
		case flow.Unit:
			lacks = a.unit == ""
		case flow.Agency:
			lacks = a.agency == ""
		case flow.Other:
			lacks = a.other == ""
		case flow.Days:
			lacks = a.days == 0
		case flow.Money:
			lacks = a.fine == nil
		}
		if lacks {
			out = append(out, string(n))
		}
	}
	return out
}

// tag puts the fields that were named, and those that the lead itself tells of, on a case.
func (a args) tag(c *store.Case) {
	for _, tag := range a.tags {
		switch tag {
		case "live":
			c.Live, c.Ecom = true, true
		case "ecom":
			c.Ecom = true
		case "market":
			c.Market = true
		case "rural":
			c.Rural = true
		case "local":
			c.Local = true
		case "abroad":
			c.Abroad = true
		}
	}
}
