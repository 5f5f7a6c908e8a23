package dialog

import (
	"strconv"
	"strings"

	"zhuanban/bot/zh"
)

// read reads a whole text as the value of the field. An empty Why means that it
// did; Arg goes with the Why.
func (f *Field) read(text string, env Env) (v Value, why Why, arg string) {
	raw := strings.TrimSpace(text)
	v.Raw = raw
	if f.Unknown != "" && ignorance(raw) {
		v.Text = f.Unknown
		return v, "", ""
	}
	switch f.Type {
	case Number:
		return f.readNumber(raw)
	case Money:
		return f.readMoney(raw)
	case Quantity:
		if n := zh.Numbers(raw); len(n) > 0 && n[0].Unit != "" {
			if n[0].Bound == zh.Range { // 十几袋 is no one number
				v.Text, v.About = n[0].In(raw), true
				return v, "", ""
			}
			v.Num, v.Text, v.About = n[0].Value, n[0].Unit, n[0].Approx()
			return v, "", ""
		}
		v.Text = raw
	case Time:
		return f.readTime(raw, env)
	case Phone:
		p := zh.Phones(raw)
		if len(p) == 0 {
			return v, NotAPhone, ""
		}
		v.Text = p[0].Digits
	case Choice:
		o, ok := f.choose(raw)
		if !ok {
			return v, NotAChoice, strings.Join(f.labels(), "、")
		}
		v.Text = o.Value
	case Unit:
		return v.named(raw, env.Units, NotAUnit)
	case Person:
		return v.named(raw, env.People, NotAPerson)
	case Link:
		if u := zh.URLs(raw); len(u) > 0 {
			raw = u[0].Text
		}
		v.Text = raw
	default:
		v.Text = f.readText(raw)
		if f.Type == Place {
			v.Text = mendTowns(v.Text, env.Places)
		}
		if runes(v.Text) < 2 {
			return v, TooShort, ""
		}
	}
	if f.Max > 0 && f.Type == Text && !f.Rest && runes(v.Text) > int(f.Max) {
		return v, TooLong, strconv.FormatInt(f.Max, 10)
	}
	return v, "", ""
}

// readText is a text as it is kept: without signs at its ends; an address without
// the words and gaps that only lead through it.
func (f *Field) readText(raw string) string {
	raw = strings.TrimLeft(strings.TrimRight(raw, "。.,;:、，；： "), "@")
	if f.Type == Place {
		raw = without(fromWords(raw), ' ', ',')
	}
	if !f.Rest {
		for _, q := range quotes {
			if strings.HasPrefix(raw, q[0]) && strings.HasSuffix(raw, q[1]) && len(raw) > len(q[0])+len(q[1]) {
				raw = raw[len(q[0]) : len(raw)-len(q[1])]
			}
		}
	}
	return raw
}

// readAnswer reads the answer to a question that showed the options by number.
func (f *Field) readAnswer(text string, env Env) (Value, Why, string) {
	if f.Type == Choice {
		if n, ok := zh.Choice(text); ok {
			if n < 1 || n > len(f.Options) {
				return Value{}, NotAChoice, strings.Join(f.labels(), "、")
			}
			return Value{Text: f.Options[n-1].Value, Raw: strings.TrimSpace(text)}, "", ""
		}
	}
	return f.read(text, env)
}

func (f *Field) labels() []string {
	var out []string
	for _, o := range f.Options {
		out = append(out, o.Label)
	}
	return out
}

// choose finds the option that a text names, or the only one whose words occur
// in it.
func (f *Field) choose(text string) (Option, bool) {
	if o, ok := f.option(text); ok {
		return o, true
	}
	return f.infer(text)
}

// infer finds the option whose longest word occurs in the text; two options with
// words of the same length settle nothing.
func (f *Field) infer(text string) (best Option, found bool) {
	text = fold(text)
	length, tie := 0, false
	for _, o := range f.Options {
		for i := range len(o.Words) + 1 {
			w := o.Label
			if i < len(o.Words) {
				w = o.Words[i]
			}
			if w = fold(w); len(w) < length || !strings.Contains(text, w) {
				continue
			}
			if len(w) == length && found && best.Value != o.Value {
				tie = true
				continue
			}
			if len(w) > length {
				tie = false
			}
			best, length, found = o, len(w), true
		}
	}
	return best, found && !tie
}

func (f *Field) readNumber(raw string) (v Value, why Why, arg string) {
	v.Raw = raw
	if nothing(raw) {
		return v, "", ""
	}
	n, ok := zh.ParseNumber(raw)
	if !ok {
		all := zh.Numbers(raw)
		if len(all) != 1 || !f.filler(raw[:all[0].From]+raw[all[0].To:]) {
			return v, NotANumber, ""
		}
		n = all[0]
	}
	if n.Unit != "" && !agree(n.Unit, f) || n.Percent {
		return v, NotANumber, ""
	}
	v.Num, v.About = n.Value, n.Approx()
	return f.limits(v)
}

// filler says whether what surrounds a number says nothing more than the field
// does.
func (f *Field) filler(s string) bool {
	s = strings.Trim(s, "共约大概了是 ,.。")
	if s == "" || s == f.Unit {
		return true
	}
	for _, n := range f.names() {
		if zh.Fold(n) == zh.Fold(s) {
			return true
		}
	}
	return false
}

// limits checks a number against what the field allows.
func (f *Field) limits(v Value) (Value, Why, string) {
	switch {
	case v.Num < 0:
		return v, Negative, ""
	case f.Scale == 0 && f.Type == Number && !whole(v.Num):
		return v, NotWhole, ""
	case f.Max > 0 && v.Num > zh.FromInt(f.Max):
		return v, TooLarge, zh.FromInt(f.Max).Grouped() + f.Unit
	}
	return v, "", ""
}

func whole(n zh.Num) bool {
	_, exact := n.Int()
	return exact
}

// readMoney reads an amount. A bare number is in the field's unit.
func (f *Field) readMoney(raw string) (v Value, why Why, arg string) {
	v.Raw = raw
	if nothing(raw) {
		return v, "", ""
	}
	m, ok := zh.ParseMoney(raw)
	if !ok {
		return v, NotMoney, ""
	}
	fen := m.Fen
	if m.Bare && f.Unit == "万元" && !strings.ContainsAny(zh.Fold(raw), "百千万亿kKwW") {
		n, fits := zh.Num(fen).Times(10_000)
		if !fits {
			return v, NotMoney, ""
		}
		fen = int64(n)
	}
	v.Num, v.About = zh.Num(fen), m.Approx()
	if f.Max > 0 && v.Num > zh.FromInt(f.Max) {
		return v, TooLarge, zh.FromInt(f.Max).Grouped() + f.Unit
	}
	if v.Num < 0 {
		return v, Negative, ""
	}
	return v, "", ""
}

// readTime reads a day or a moment.
func (f *Field) readTime(raw string, env Env) (v Value, why Why, arg string) {
	v.Raw = raw
	prefer := zh.Future
	if f.Past {
		prefer = zh.Past
	}
	if raw == "now" {
		v.At = env.Now
		return v, "", ""
	}
	w := zh.Dates(raw, env.Now, prefer)
	if len(w) == 0 {
		return v, NotATime, ""
	}
	v.At, v.DayOnly = w[0].From, w[0].Grain != zh.Minute && w[0].Grain != zh.Hour
	if f.Past && v.At.After(env.Now) {
		return v, InFuture, f.Show(v)
	}
	return v, "", ""
}

// named finds a unit or person by its exact name, or by the only name that
// contains the words.
func (v Value) named(raw string, names []Name, why Why) (Value, Why, string) {
	want := zh.Fold(raw)
	var near []Name
	for _, n := range names {
		for _, w := range append(n.Words, n.Value) {
			w = zh.Fold(w)
			if w == want {
				v.Text = n.Value
				return v, "", ""
			}
			if len(want) >= 2 && (strings.Contains(w, want) || strings.Contains(want, w)) {
				if len(near) == 0 || near[len(near)-1].Value != n.Value {
					near = append(near, n)
				}
			}
		}
	}
	if len(near) == 1 {
		v.Text = near[0].Value
		return v, "", ""
	}
	var could []string
	for _, n := range near[:min(len(near), 4)] {
		could = append(could, n.Words[0])
	}
	return v, why, strings.Join(could, "、")
}

// without takes two signs out of a text.
func without(s string, a, b rune) string {
	return strings.Map(func(r rune) rune {
		if r == a || r == b {
			return -1
		}
		return r
	}, s)
}
