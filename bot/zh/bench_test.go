package zh_test

import (
	"testing"

	"zhuanban/bot/zh"
)

// lead is a line as people on a raid send it, 54 characters long.
const lead = "昨天下午三点半在凤城镇建设路12号查获假茅台12瓶，货值约3.6万元，电话13812345678转店主本人吧"

// BenchmarkLead reads all that a lead needs of one line, once with a shared
// [zh.Line] and once with the functions, and prints lines/s.
func BenchmarkLead(b *testing.B) {
	run := func(name string, read func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				read()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
	run("Line", func() {
		l := zh.Read(lead, said)
		l.Numbers()
		l.Moneys()
		l.Dates(zh.Past)
		l.Phones()
		l.URLs()
		l.Identity()
	})
	run("Functions", func() {
		zh.Numbers(lead)
		zh.Moneys(lead)
		zh.Dates(lead, said, zh.Past)
		zh.Phones(lead)
		zh.URLs(lead)
		zh.Identity(lead)
	})
	run("Prepare", func() { zh.Read(lead, said) })
	run("Prose", func() {
		l := zh.Read("请各单位按照方案要求落实好专项行动部署，切实加强组织领导，压实各方责任，务求取得实效。", said)
		l.Numbers()
		l.Moneys()
		l.Dates(zh.Past)
		l.Phones()
		l.URLs()
		l.Identity()
	})
}
