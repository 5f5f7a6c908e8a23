package templates_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/templates"
)

// leadCard is the card of a lead with eight lines, as a form shows it.
func leadCard() bot.FormView {
	v := bot.FormView{ID: 12, Rev: 3, Title: "线索登记", Heading: "请核对后提交", CanUndo: true, Photos: 2}
	var g bot.LineGroup
	for i, l := range []string{"地点", "主体", "违法类型", "商品类别", "数量", "货值", "发现时间", "来源"} {
		g.Lines = append(g.Lines, bot.LineView{No: i + 1, Label: l, Show: "凤城镇建设路12号某某鞋店",
			Raw: []string{"", "昨天下午"}[i%2], Origin: []string{"", "inferred", "default"}[i%3]})
	}
	v.Groups = []bot.LineGroup{g}
	v.Warnings = []bot.FindingView{{Message: "货值比数量高很多", Reading: "货值 3万元"}}
	v.Wanting = true
	return v
}

// weeklyCard is the card of the weekly table with twenty lines.
func weeklyCard() bot.FormView {
	v := bot.FormView{ID: 13, Rev: 8, Title: "周报", Heading: "第2期 1月12日—1月18日", Lines: true, CanUndo: true,
		Zeros: []string{"立案", "案值"}, MoreZeros: 14, Followups: []string{"案由"}}
	for g := range 4 {
		group := bot.LineGroup{Label: fmt.Sprint("第", g+1, "组")}
		for i := range 5 {
			group.Lines = append(group.Lines, bot.LineView{No: g*5 + i + 1, Label: "检查经营主体", Show: "42户", Origin: "repeated"})
		}
		v.Groups = append(v.Groups, group)
	}
	return v
}

// BenchmarkRender holds the compiled templates against text/template in one run, by
// the processor's time, and by turns: so the ratio holds on a busy machine too. The
// time per operation is the compiled ones'.
func BenchmarkRender(b *testing.B) {
	s, err := templates.Load()
	require.NoError(b, err)
	for name, v := range map[string]bot.FormView{"lead": leadCard(), "weekly": weeklyCard()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			spent := func(render func(string, any) (templates.Page, error)) time.Duration {
				begun := cpuTime()
				for range rounds {
					if _, err := render("form.card", v); err != nil {
						b.Fatal(err)
					}
				}
				return cpuTime() - begun
			}
			var plain, compiled time.Duration
			n := 0
			for b.Loop() {
				compiled += spent(s.Render)
				b.StopTimer()
				plain += spent(s.Reference)
				n += rounds
				b.StartTimer()
			}
			b.ReportMetric(float64(compiled.Nanoseconds())/float64(n), "cpu-ns/page")
			b.ReportMetric(float64(plain.Nanoseconds())/float64(n), "text/template-cpu-ns/page")
			b.ReportMetric(float64(plain)/float64(compiled), "times-quicker")
		})
	}
}

// rounds is how many pages are made at a time: long enough for the clock to see.
const rounds = 200

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
