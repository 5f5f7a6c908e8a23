package dialog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// talk is a conversation over a form, the draft written out and read back between
// every two inputs.
type talk struct {
	t    *testing.T
	form *Form
	env  Env
	d    Draft
	out  Outcome
}

func lead(t *testing.T) *talk {
	f, env := loadShipped(t).leadForm()
	return &talk{t: t, form: f, env: env}
}

func weekly(t *testing.T) *talk {
	f, env := loadShipped(t).weeklyForm()
	return &talk{t: t, form: f, env: env}
}

func (k *talk) do(in Input) *talk {
	k.t.Helper()
	d, out := Step(k.form, k.d, in, k.env)
	if out.Taken != NotTaken { // what is not taken is not kept
		k.d = d
		for i := range k.form.Fields { // as the card would number them
			if _, ok := k.form.Values(d, k.env)[k.form.Fields[i].Key]; i == 0 || ok {
				if i == 0 {
					k.d.Shown = nil
				}
				if ok && (!k.form.Lines || d.Values[k.form.Fields[i].Key].Origin != Defaulted) {
					if _, said := d.Values[k.form.Fields[i].Key]; said || !k.form.Lines {
						k.d.Shown = append(k.d.Shown, k.form.Fields[i].Key)
					}
				}
			}
		}
	}
	k.d = reread(k.t, k.d)
	k.out = out
	return k
}

func (k *talk) say(texts ...string) *talk {
	k.t.Helper()
	for _, text := range texts {
		k.do(Input{Text: text})
	}
	return k
}

func (k *talk) tap(a Action) *talk {
	k.t.Helper()
	return k.do(Input{Action: a})
}

// holds checks values as the card shows them.
func (k *talk) holds(pairs ...string) *talk {
	k.t.Helper()
	all := k.form.Values(k.d, k.env)
	for i := 0; i < len(pairs); i += 2 {
		fd, ok := k.form.Field(pairs[i])
		require.True(k.t, ok, pairs[i])
		v, known := all[fd.Key]
		got := ""
		if known {
			got = fd.Show(v)
		}
		require.Equal(k.t, pairs[i+1], got, fd.Key)
	}
	return k
}

func (k *talk) next(e Event) *talk {
	k.t.Helper()
	require.Equal(k.t, e, k.out.Event)
	return k
}

const full = "凤城镇建设路阿强鞋店卖假耐克运动鞋200双,货值3万元"

func TestNothingEnteredIsLostByWhatIsSaidLater(t *testing.T) {
	k := lead(t).say(full)
	before := k.d.Values
	k.say("还有仓库在后面二楼", "50双", "昨天下午", "老板电话13812345678", "你好", "本周立了多少?", "好像是5万吧")
	for key, v := range before {
		if key == "content" {
			require.True(t, strings.HasPrefix(k.d.Values[key].Text, v.Text))
			continue
		}
		require.True(t, v.Same(k.d.Values[key]), key)
	}
	k.holds("phone", "13812345678", "found_at", "1月10日")
}

func TestAValueIsShownAsItWasReadBesideWhatWasTyped(t *testing.T) {
	k := lead(t).say("阿强鞋店 凤城镇建设路 卖假鞋 货值两万五")
	fd, _ := k.form.Field("value")
	require.Equal(t, "25,000元", fd.Show(k.d.Values["value"]))
	require.Equal(t, "两万五", fd.Reading(k.d.Values["value"]))
}

func TestWhatCannotBeReadIsNamedAndNeverGuessed(t *testing.T) {
	k := lead(t).say(full, "改货值 很多很多")
	require.Equal(t, []Problem{{Field: "value", Raw: "很多很多", Why: NotMoney}}, k.out.Problems)
	k.holds("value", "30,000元")

	w := weekly(t).say("行动约3次 出动18人次")
	require.Equal(t, NotANumber, w.out.Problems[0].Why)
	w.holds("a02_officers", "18人次", "a01_actions", "0次")
}

func TestEverythingMissingIsAskedForAtOnce(t *testing.T) {
	k := lead(t).say("有人卖假鞋").next(Ask)
	require.Equal(t, []string{"subject", "place"}, k.out.Missing)
	k.say("阿强鞋店,建设路").next(Confirm)
}

func TestCorrectByNameAndByNumber(t *testing.T) {
	for said, want := range map[string][]string{
		"改货值 5万":             {"value", "50,000元"},
		"货值改成5万":             {"value", "50,000元"},
		"把地点改为官桥镇官郁路":        {"place", "官桥镇官郁路"},
		"地点错了,是官桥镇官郁路":       {"place", "官桥镇官郁路"},
		"地点写错了,应该是官桥镇官郁路":    {"place", "官桥镇官郁路"},
		"货值不是3万,是5万":         {"value", "50,000元"},
		"货值应为5万":             {"value", "50,000元"},
		"第1项改成阿明鞋店":          {"subject", "阿明鞋店"},
		"第2项改为官桥镇":           {"place", "官桥镇"},
		"2改成官桥镇":             {"place", "官桥镇"},
		"第一项错了,是阿明鞋店":        {"subject", "阿明鞋店"},
		"改数量100双,货值1万":       {"quantity", "100双", "value", "10,000元"},
		"改数量100双 货值1万":       {"quantity", "100双", "value", "10,000元"},
		"数量改成100双,第1项改成阿明鞋店": {"quantity", "100双", "subject", "阿明鞋店"},
		"地点改成官桥镇官郁路,农行旁边":    {"place", "官桥镇官郁路农行旁边"},
		"删除数量":               {"quantity", ""},
		"数量不详":               {"quantity", ""},
		"主体:阿明鞋店":            {"subject", "阿明鞋店"},
	} {
		t.Run(said, func(t *testing.T) { lead(t).say(full, said).next(Confirm).holds(want...) })
	}
}

func TestACorrectionOfNothingKnownSaysSo(t *testing.T) {
	k := lead(t).say(full, "第99项改成3万")
	require.Equal(t, NoSuchItem, k.out.Problems[0].Why)
	k.say("改天气 晴")
	require.Equal(t, NoSuchField, k.out.Problems[0].Why)
	k.say("地点错了").next(HowTo).holds("place", "凤城镇建设路")
}

func TestUndoTakesTheLastChangeBackAndBringsItAgain(t *testing.T) {
	k := lead(t).say(full, "改货值 5万").say("撤回").holds("value", "30,000元", "subject", "阿强鞋店")
	k.say("撤回").holds("value", "50,000元").next(Confirm)
	lead(t).tap(Undo).next(Ask).holds("value", "")
}

func TestGuidedModeAsksOneStepAfterTheOther(t *testing.T) {
	k := lead(t).say("一步一步").next(Question)
	at, of := k.form.Progress(k.d, k.env)
	require.Equal(t, []int{1, 18}, []int{at, of})
	k.say("阿强鞋店", "凤城镇建设路").next(Question)
	at, _ = k.form.Progress(k.d, k.env)
	require.Equal(t, 3, at)
	k.say("2").holds("violation", "假冒专利") // a choice by its number
	k.say("上一步").next(Question).say("1").holds("violation", "侵犯注册商标专用权")
	k.say("跳过")
	at, _ = k.form.Progress(k.d, k.env)
	require.Equal(t, 5, at)
	k.say("改地点 官桥镇").next(Question).holds("place", "官桥镇", "category", "其他(含不涉商品)")
	k.say("完成").next(Ask) // the contents are still missing
	k.say("卖假鞋").next(Confirm).holds("subject", "阿强鞋店", "content", "卖假鞋")
}

func TestAQuestionOrACourtesyAnswersNoGuidedQuestion(t *testing.T) {
	k := lead(t).say("一步一步")
	for _, other := range []string{"本周立了多少?", "谢谢", "好的"} {
		k.say(other)
		require.Equal(t, NotTaken, k.out.Taken, other)
	}
	k.say("阿强鞋店").next(Question).holds("subject", "阿强鞋店")
}

func TestGuidedFiguresTakeSeveralNumbersInOrder(t *testing.T) {
	k := weekly(t).tap(Guide).next(Question)
	n := len(k.form.Open(k.d.Step, k.d, k.env))
	require.Greater(t, n, 2)
	k.say(strings.TrimSpace(strings.Repeat("2 ", n))).next(Question).holds("a01_actions", "2次", "a07_orders", "2户次")
	at, _ := k.form.Progress(k.d, k.env)
	require.Equal(t, 2, at)
	k.say("1 2 3 4 5 6 7 8 9 10 11 12 13").next(Question)
	require.Equal(t, NotAsked, k.out.Problems[0].Why)
	k.say("网上监测3个").next(Question).holds("b01_online", "3个次")
	k.say("无").next(Question)
	k.say("完成").next(Confirm).holds("a01_actions", "2次")
}

func TestAnInterruptionLeavesTheDraft(t *testing.T) {
	k := lead(t).say("凤城镇有店卖假货")
	before := k.d
	for _, other := range []string{"本周立了多少?", "在吗", "谢谢", "好的"} {
		k.say(other)
		require.Equal(t, before.Values, k.d.Values, other)
	}
	k.say("阿强鞋店").next(Confirm)
}

func TestPhotosInAnyOrderBelongToTheDraft(t *testing.T) {
	photo := func(sum string) Input { return Input{Files: []File{{Kind: "photo", SHA256: sum}}} }
	k := lead(t).do(photo("a")).next(Ask).say(full).do(photo("b")).do(photo("a")).next(Confirm)
	require.Len(t, k.d.Files, 2)
	k.do(Input{Place: "安溪县凤城镇新安路"}).holds("place", "安溪县凤城镇新安路")
	require.Equal(t, NotTaken, weekly(t).do(photo("a")).out.Taken)

	// What is said with a photo or a place is taken too, and what is not leaves both.
	lead(t).do(Input{Files: photo("a").Files, Text: full}).next(Confirm).holds("subject", "阿强鞋店")
	k = lead(t).do(Input{Place: "安溪县凤城镇新安路", Text: "谢谢"}).holds("place", "安溪县凤城镇新安路")
	require.Equal(t, []string{"place"}, k.out.Changed)
}

func TestAnotherPlaceOrShopSaidWithoutALabelIsAnotherMatter(t *testing.T) {
	k := lead(t).say(full)
	k.say("官桥镇官郁路永兴百货卖假洗衣粉50袋")
	require.Equal(t, NotTaken, k.out.Taken)
	k.holds("subject", "阿强鞋店", "place", "凤城镇建设路", "quantity", "200双")
}

// over warns of more than ten actions, and refuses more than a hundred.
func over(values map[string]Value) []Finding {
	n, _ := values["a01_actions"].Num.Int()
	if n <= 10 {
		return nil
	}
	return []Finding{{ID: "R1", Blocks: n > 100, Message: "行动偏多", Reading: values["a01_actions"].Num.String()}}
}

func TestAWarningWantsAReasonForTheseNumbers(t *testing.T) {
	k := weekly(t)
	k.env.Check = over
	k.say("行动12次").next(Confirm).tap(Submit).next(Explain)
	k.say("原因:联合行动多").next(Confirm).tap(Submit).next(Done)
	require.Equal(t, Note{Reading: "12", Reason: "联合行动多"}, k.d.Notes["R1"])
	k.say("行动13次").tap(Submit).next(Explain) // other numbers want another reason
	k.say("确实是这么多次").tap(Submit).next(Done)
	k.say("行动101次").tap(Submit).next(Fix)
}

func TestCorrectingNeedsAChangeAndAReason(t *testing.T) {
	k := weekly(t).say("行动3次 案值1.5万")
	filed := k.d.Values
	k.d = Draft{Values: filed, Base: filed, Correcting: true, Phase: Confirming}
	k.tap(Submit).next(HowTo)
	k.say("案值改成1.8万").tap(Submit).next(Explain)
	k.say("漏报了一件").tap(Submit).next(Done)
	require.Equal(t, "漏报了一件", k.d.Reason)

	k.d = Draft{Values: filed, Base: filed, Correcting: true, Phase: Confirming}
	k.say("案值改成1.8万 原因:漏报一件").tap(Submit).next(Done).holds("f05_value", "1.8万元")
	require.Equal(t, "漏报一件", k.d.Reason)
}

func TestEveryChangeIsAnotherRevision(t *testing.T) {
	k := lead(t).say(full)
	rev := k.d.Rev
	k.say("好的呀", "货值改成3万元")
	require.Equal(t, rev, k.d.Rev)
	k.say("货值改成4万元")
	require.Greater(t, k.d.Rev, rev)
}

func TestTooLongATextIsKeptAndCalledTooLong(t *testing.T) {
	k := lead(t).say("地点:凤城镇 内容:" + strings.Repeat("卖假鞋", 300))
	require.Len(t, []rune(k.d.Values["content"].Text), 900) // whoever files it says that this blocks
	k.say("主体:" + strings.Repeat("长", 61) + "店")
	require.Equal(t, []Problem{{Field: "subject", Raw: strings.Repeat("长", 61) + "店", Why: TooLong, Arg: "60"}}, k.out.Problems)
}

func TestDropForgetsAndShowShows(t *testing.T) {
	lead(t).say(full).say("取消").next(Dropped)
	lead(t).say(full).say("看草稿").next(Confirm)
	lead(t).say(full).say("确认").next(Done)
	lead(t).say("有人卖假鞋").tap(Submit).next(Ask)
}

func TestFiguresTellsWhatIsMeantForTheTable(t *testing.T) {
	f, _ := loadShipped(t).weeklyForm()
	for text, want := range map[string]bool{
		"行动3次 出动18人次 检查42户": true,
		"3次行动":              true,
		"案值1.5万":            true,
		"没有立案":              true,
		"行动3次,其余为零":         true,
		"巡逻5次 检查10户":        true,
		"检查10户 走访20家 劝导3人":  true,
		"本周开展执法行动3次,出动执法人员18人次": true,
		full: false,
		"凤城镇建设路阿强鞋店卖假耐克运动鞋约200双,货值3万元,昨天下午巡查发现": false,
		"卖假鞋200双,货值3万": false,
		"假酒20瓶":        false,
		"你好":           false,
		"明天下午3点开会":     false,
		"本周立案多少":       false,
		"13812345678":  false,
	} {
		known, share := f.Figures(text)
		require.Equal(t, want, known >= 2 && share >= 0.5 || known == 1 && share >= 0.8, "%s: %d %.2f", text, known, share)
	}
}
