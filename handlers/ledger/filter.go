package ledger

import (
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/zh"
	"zhuanban/store"
)

// Filter is which part of the ledger is meant. What is empty does not choose.
type Filter struct {
	From    time.Time `json:"from,omitzero"`
	Until   time.Time `json:"until,omitzero"` // before it
	Unit    string    `json:"unit,omitempty"`
	State   string    `json:"state,omitempty"` // a name of stateNames
	Type    string    `json:"type,omitempty"`  // of violation
	Source  string    `json:"source,omitempty"`
	Urgency string    `json:"urgency,omitempty"`
	Overdue bool      `json:"overdue,omitempty"`
	Whole   bool      `json:"whole,omitempty"` // with personal data
}

// stateNames are the groups of states that people ask for, by what they call them.
var stateNames = []struct {
	name   string
	words  []string
	states []store.LeadState
}{
	{"待研判", []string{"未研判"}, []store.LeadState{"registered"}},
	{"待签收", []string{"已交办", "未签收"}, []store.LeadState{"assigned"}},
	{"核查中", []string{"在核查"}, []store.LeadState{"accepted", "checking"}},
	{"退补", []string{"退回补充"}, []store.LeadState{"returned"}},
	{"会商中", []string{"会商"}, []store.LeadState{"conference"}},
	{"中止", nil, []store.LeadState{"suspended"}},
	{"在办", []string{"未办结", "没办结", "未办完"}, []store.LeadState{"registered", "triaged", "returned", "assigned", "accepted", "checking", "conference", "suspended", "filed", "investigating", "decided"}},
	{"已立案", []string{"立案"}, []store.LeadState{"filed", "investigating", "decided"}},
	{"不予立案", []string{"不立案", "未立案"}, []store.LeadState{"not_filed"}},
	{"已移送", []string{"移送", "移交"}, []store.LeadState{"transferred_other", "transferred_out", "transferred_police"}},
	{"已办结", []string{"办结", "结案"}, []store.LeadState{"closed", "fed_back", "archived"}},
	{"已合并", []string{"合并"}, []store.LeadState{"merged"}},
	{"已撤回", []string{"撤回"}, []store.LeadState{"withdrawn"}},
}

func states(name string) []store.LeadState {
	for _, s := range stateNames {
		if s.name == name {
			return s.states
		}
	}
	return nil
}

// noise is what people say around a filter.
var noise = []string{"台账", "线索", "导出", "的", "全部", "所有", "全县", "份", "期间", "一下", "登记", "excel", "表", "并", "和", "状态", "来源", "类型", "单位"}

// wholeWords ask for a table with personal data.
var wholeWords = []string{"不脱敏", "含电话", "带电话", "含个人信息", "完整版", "全信息", "不掩码"}

// ReadFilter reads 「3月 凤城所 超期」. unknown is what means nothing.
func (d *Duty) ReadFilter(text string, r *bot.Roster, now time.Time) (f Filter, unknown string) {
	text = zh.Fold(text)
	if dates := zh.Read(text, now).With(d.cfg.Calendar).Dates(zh.Past); len(dates) > 0 {
		w := dates[0]
		f.From, f.Until = w.First().Time(), w.Last().AddDays(1).Time()
		text = text[:w.Span.From] + " " + text[w.Span.To:]
	}
	take := func(words ...string) bool {
		for _, w := range words {
			if i := strings.Index(text, w); i >= 0 && w != "" {
				text = text[:i] + " " + text[i+len(w):]
				return true
			}
		}
		return false
	}
	f.Whole = take(wholeWords...)
	f.Overdue = take("已超期", "超期未核查", "超期", "逾期")
	for _, u := range r.Units {
		if f.Unit == "" && take(append([]string{u.Name}, u.Alias...)...) {
			f.Unit = u.ID
		}
	}
	f.Type, f.Source, f.Urgency = d.option("violation", take), d.option("source", take), d.option("urgency", take)
	for _, s := range stateNames {
		if f.State == "" && take(s.name) {
			f.State = s.name
		}
	}
	for _, s := range stateNames {
		if f.State == "" && take(s.words...) {
			f.State = s.name
		}
	}
	for take(noise...) {
	}
	return f, strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,、。/;:", r) }), " ")
}

// option takes the name of a field's option out of a text.
func (d *Duty) option(field string, take func(...string) bool) string {
	fd, ok := d.cfg.Form.Field(field)
	if !ok {
		return ""
	}
	for _, o := range fd.Options {
		if o.Label != "其他" && take(o.Label) {
			return o.Value
		}
	}
	for _, o := range fd.Options {
		if field == "violation" && take(long(o.Words)...) {
			return o.Value
		}
	}
	return ""
}

// long are words of three characters and more: shorter ones are within too many others.
func long(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return len([]rune(w)) < 3 })
}

// rows is the part of a filter that the database chooses by.
func (f Filter) rows() store.LeadFilter {
	return store.LeadFilter{Unit: f.Unit, States: states(f.State), From: f.From, To: f.Until, Violation: f.Type, Source: f.Source, Urgency: f.Urgency}
}

// About is a filter in words.
func (d *Duty) About(f Filter, r *bot.Roster) string {
	var out []string
	switch {
	case !f.From.IsZero() && f.Until.IsZero():
		out = append(out, calendar.DateOf(f.From).String()+" 起登记")
	case !f.Until.IsZero():
		out = append(out, calendar.DateOf(f.From).String()+" 至 "+calendar.DateOf(f.Until.Add(-time.Millisecond)).String()+" 登记")
	default:
		out = append(out, "全部时间")
	}
	if f.Unit != "" {
		out = append(out, r.UnitName(f.Unit))
	}
	for _, o := range []struct{ field, value string }{{"violation", f.Type}, {"source", f.Source}, {"urgency", f.Urgency}} {
		if o.value != "" {
			out = append(out, d.label(o.field, o.value))
		}
	}
	if f.State != "" {
		out = append(out, f.State)
	}
	if f.Overdue {
		out = append(out, "超期未核查")
	}
	return strings.Join(out, "、")
}
