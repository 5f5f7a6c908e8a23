package dialog

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// reread writes a draft out and reads it back.
func reread(t interface {
	require.TestingT
	Helper()
}, d Draft) Draft {
	t.Helper()
	data, err := json.Marshal(d)
	require.NoError(t, err)
	var back Draft
	require.NoError(t, json.Unmarshal(data, &back))
	return back
}

// phrases are what people may say at any moment, sense or nonsense.
var phrases = []string{full, "有人卖假鞋", "阿强鞋店", "凤城镇建设路", "200双", "货值3万", "货值3万元,数量50双", "改货值 5万", "第2项改成官桥镇", "第9项改成3万",
	"地点错了,是官桥镇官郁路", "删除数量", "主体待查", "不知道", "不知道,凤城", "官桥镇官郁路永兴百货卖假洗衣粉", "昨天下午", "原因:漏报一件", "撤回", "一步一步", "上一步", "跳过", "完成", "看草稿",
	"提交", "1", "2", "无", "3 4 5", "行动3次 出动18人次", "案值1.5万", "案值改成1.8万 立案2件", "没有办结", "其余为零", "累计立案20件", "巡逻5次", "行动-3次", "1.行动3次\n2.出动18人", "立案、办结均为零",
	"", " ", "。。", "🙂", "改", "把", "第项", "货值", "货值:", ":", "::地点:", "\n\n", "改改改", "不是", "不是,是", "(", "”", strings.Repeat("店", 70)}

// inputs draws what a person may do next.
func inputs() *rapid.Generator[Input] {
	return rapid.Custom(func(t *rapid.T) Input {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return Input{Action: rapid.SampledFrom([]Action{Submit, Edit, Guide, More, Back, Skip, Finish, Show, Undo, Drop, "?"}).Draw(t, "action")}
		case 1:
			return Input{Files: []File{{Kind: "photo", SHA256: rapid.StringMatching("[a-c]").Draw(t, "sum")}},
				Text: rapid.SampledFrom(append(phrases, "", "", "")).Draw(t, "with")}
		case 2:
			return Input{Place: "凤城镇" + rapid.StringMatching("[a-z]{2}").Draw(t, "road") + "路"}
		case 3:
			return Input{Text: rapid.StringN(0, 30, -1).Draw(t, "text")}
		case 4:
			return Input{Text: rapid.SampledFrom(phrases).Draw(t, "one") + rapid.SampledFrom([]string{" ", ",", "\n", ""}).Draw(t, "sign") + rapid.SampledFrom(phrases).Draw(t, "two")}
		}
		return Input{Text: rapid.SampledFrom(phrases).Draw(t, "phrase")}
	})
}

// TestStepIsPure: Step changes nothing that it is given, the same input gives the
// same result, and a draft that was written out and read back goes on the same.
func TestStepIsPure(t *testing.T) {
	s := loadShipped(t)
	rapid.Check(t, func(rt *rapid.T) {
		form, env := s.leadForm()
		if rapid.Bool().Draw(rt, "weekly") {
			form, env = s.weeklyForm()
			env.Check = over
		}
		var d Draft
		for _, in := range rapid.SliceOfN(inputs(), 1, 12).Draw(rt, "inputs") {
			before := reread(rt, d)
			formBefore, _ := json.Marshal(form)
			next, out := Step(form, d, in, env)
			require.True(rt, same(before, reread(rt, d)), "the draft it was given has changed")
			formAfter, _ := json.Marshal(form)
			require.Equal(rt, string(formBefore), string(formAfter))
			again, outAgain := Step(form, reread(rt, d), in, env)
			require.True(rt, same(next, again), "the draft read back goes on otherwise")
			require.True(rt, reflect.DeepEqual(out, outAgain), "%+v\n%+v", out, outAgain)
			if out.Taken != NotTaken {
				d = next
			}
		}
	})
}

// TestWhatWasSaidChangesOnlyByName: a value that a person said changes only when
// it is named, its guided question is answered, a place is sent, or by undo.
func TestWhatWasSaidChangesOnlyByName(t *testing.T) {
	s := loadShipped(t)
	rapid.Check(t, func(rt *rapid.T) {
		form, env := s.leadForm()
		var d Draft
		for _, in := range rapid.SliceOfN(inputs(), 1, 12).Draw(rt, "inputs") {
			guided := d.Phase == Guided
			next, out := Step(form, d, in, env)
			if out.Taken == NotTaken {
				continue
			}
			for key, v := range d.Values {
				fd, _ := form.Field(key)
				now, ok := next.Values[key]
				if v.Origin == Inferred || guided || fd.Rest && strings.HasPrefix(now.Text, strings.TrimRight(v.Text, "。;,")) || ok && now.Same(v) {
					continue
				}
				named := in.Place != "" || in.Action == Undo || plain(in.Text) == "撤回" || strings.ContainsAny(in.Text, "第项改")
				for _, n := range fd.names() {
					named = named || strings.Contains(in.Text, n)
				}
				require.True(rt, named, "%s: %q became %q by %q", key, v.Text, now.Text, in.Text)
			}
			d = next
		}
	})
}

// same compares drafts by what is written of them.
func same(a, b Draft) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// FuzzStep reads any text into a form of each kind, in every phase: no panic, and
// in time that grows with the text.
func FuzzStep(f *testing.F) {
	for _, p := range phrases {
		f.Add(p)
	}
	s := loadShipped(f)
	leadForm, leadEnv := s.leadForm()
	table, tableEnv := s.weeklyForm()
	tableEnv.Check = over
	started, _ := Step(leadForm, Draft{}, Input{Text: full}, leadEnv)
	asked, _ := Step(leadForm, Draft{}, Input{Text: "有人卖假鞋"}, leadEnv)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			text = text[:2000]
		}
		for _, d := range []Draft{{}, started, asked, {Phase: Guided, Step: 2}} {
			next, _ := Step(leadForm, d, Input{Text: text}, leadEnv)
			for key := range maps.Keys(next.Values) {
				_, ok := leadForm.Field(key)
				require.True(t, ok)
			}
		}
		for _, d := range []Draft{{}, {Phase: Guided}, {Correcting: true, Phase: Confirming}} {
			_, out := Step(table, d, Input{Text: text}, tableEnv)
			require.False(t, slices.Contains(out.Changed, ""))
		}
	})
}

// TestLongTextsTakeTimeInProportion: ten times the text takes far less than a
// hundred times the time.
func TestLongTextsTakeTimeInProportion(t *testing.T) {
	s := loadShipped(t)
	form, env := s.leadForm()
	table, tableEnv := s.weeklyForm()
	run := func(f *Form, e Env, text string) time.Duration {
		best := time.Hour
		for range 5 {
			start := time.Now()
			Step(f, Draft{}, Input{Text: text}, e)
			best = min(best, time.Since(start))
		}
		return best
	}
	for _, c := range []struct {
		form *Form
		env  Env
		text string
	}{{form, env, full + "。"}, {form, env, "店"}, {form, env, "地点:"}, {table, tableEnv, "行动3次 巡逻5次,"}, {table, tableEnv, "检查"}} {
		short := run(c.form, c.env, strings.Repeat(c.text, 20))
		long := run(c.form, c.env, strings.Repeat(c.text, 200))
		require.Less(t, long, 70*short+10*time.Millisecond, c.text)
	}
}

func BenchmarkLead(b *testing.B) {
	form, env := loadShipped(b).leadForm()
	for b.Loop() {
		Step(form, Draft{}, Input{Text: full}, env)
	}
}

func BenchmarkFigures(b *testing.B) {
	form, env := loadShipped(b).weeklyForm()
	for b.Loop() {
		Step(form, Draft{}, Input{Text: "行动3次 出动18人次 检查42户 立案2件 案值1.5万元"}, env)
	}
}

// BenchmarkClaim asks whether a lead is figures, as every message is asked.
func BenchmarkClaim(b *testing.B) {
	form, _ := loadShipped(b).weeklyForm()
	for b.Loop() {
		form.Figures(full)
	}
}
