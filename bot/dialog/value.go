package dialog

import (
	"fmt"
	"strings"
	"time"

	"zhuanban/bot/calendar"
	"zhuanban/bot/zh"
)

// Value is what a field holds, and the words it was read from.
type Value struct {
	// Text is the value of text, choice (the option's value), phone, place, link,
	// unit (its id) and person (the account); of a quantity, its unit.
	Text string `json:"t,omitempty"`
	// Num is the value of a number or a quantity, in millionths, and of money in
	// 分 (which is the millionth of 万元).
	Num zh.Num `json:"n,omitempty"`
	// At is the value of a time; DayOnly says that no hour was named.
	At      time.Time `json:"at,omitzero"`
	DayOnly bool      `json:"day,omitempty"`
	// About says that the value was given as approximate (约, 多, 近).
	About bool `json:"about,omitempty"`
	// Raw is the words it was read from.
	Raw    string `json:"raw,omitempty"`
	Origin Origin `json:"origin,omitempty"`
}

// Origin is where a value comes from.
type Origin string

// The origins of a value.
const (
	Said      Origin = ""          // the person said it
	Inferred  Origin = "inferred"  // read from the free text by a word that means it
	Defaulted Origin = "default"   // nobody said anything
	Recorded  Origin = "recorded"  // the records know it
	Repeated  Origin = "repeated"  // as in the last report
	Computed  Origin = "computed"  // follows from the other values
	Corrected Origin = "corrected" // the person changed it by name
)

// Show is the value in words, in the field's unit.
func (f *Field) Show(v Value) string {
	about := ""
	if v.About {
		about = "约"
	}
	switch f.Type {
	case Number:
		return about + v.Num.Grouped() + f.Unit
	case Quantity:
		if v.Num == 0 {
			return v.Text
		}
		return about + v.Num.Grouped() + v.Text
	case Money:
		return about + showMoney(int64(v.Num), f.Unit)
	case Time:
		return showTime(v)
	case Choice:
		if o, ok := f.option(v.Text); ok {
			return o.Label
		}
	}
	return v.Text
}

// showMoney shows 分 in 元 or 万元, never rounding anything away.
func showMoney(fen int64, unit string) string {
	if unit == "万元" && fen%10_000 == 0 {
		return zh.Num(fen).Grouped() + "万元"
	}
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	yuan := zh.FromInt(fen / 100).Grouped()
	if fen%100 == 0 {
		return sign + yuan + "元"
	}
	return fmt.Sprintf("%s%s.%02d元", sign, yuan, fen%100)
}

func showTime(v Value) string {
	t := v.At.In(calendar.Shanghai)
	s := fmt.Sprintf("%d月%d日", t.Month(), t.Day())
	if !v.DayOnly {
		s += t.Format(" 15:04")
	}
	return s
}

// Same says whether two values mean the same, however they were said.
func (v Value) Same(w Value) bool {
	return v.Text == w.Text && v.Num == w.Num && v.At.Equal(w.At) && v.DayOnly == w.DayOnly && v.About == w.About
}

// Reading is the words a value was read from, where they differ from how it is
// shown, so that a card can say 「25,000元(两万五)」.
func (f *Field) Reading(v Value) string {
	raw := strings.TrimSpace(v.Raw)
	if raw == "" || v.Origin == Defaulted || v.Origin == Recorded || v.Origin == Computed {
		return ""
	}
	plain := func(s string) string { return without(zh.Fold(s), ',', ' ') }
	said, shown := plain(raw), plain(f.Show(v))
	if said == shown || strings.HasPrefix(shown, said) || (f.Type == Number || f.Type == Quantity) && strings.Contains(said, v.Num.String()) {
		return ""
	}
	if o, ok := f.option(raw); f.Type == Choice && ok && o.Value == v.Text {
		return ""
	}
	return raw
}
