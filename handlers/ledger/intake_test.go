package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/dialog"
	"zhuanban/handlers/ledger"
	"zhuanban/handlers/ledger/sheet"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

var (
	now    = time.Date(2024, 3, 20, 9, 0, 0, 0, calendar.Shanghai)
	roster = bot.NewRoster([]bot.Person{{Account: "office.clerk", Name: "职员·专项办", Unit: "office", Role: bot.Clerk}},
		[]bot.Unit{{ID: "fengcheng", Name: "凤城所", Kind: bot.Station}, {ID: "zscq", Name: "知识产权股", Kind: bot.Section, Alias: []string{"知识产权科"}}, {ID: "office", Name: "专项办", Kind: bot.Office}}, nil)
	form = dialog.Form{Fields: []dialog.Field{
		{Key: "violation", Label: "违法类型", Type: dialog.Choice, Default: "other", Options: []dialog.Option{
			{Value: "tm", Label: "侵犯注册商标专用权", Words: []string{"商标侵权", "假冒"}}, {Value: "falsead", Label: "虚假宣传(含刷单炒信)"}, {Value: "other", Label: "其他"}}},
		{Key: "source", Label: "来源", Type: dialog.Choice, Options: []dialog.Option{{Value: "inspect", Label: "监督检查"}, {Value: "report", Label: "举报", Words: []string{"12315"}}, {Value: "other", Label: "其他"}}},
		{Key: "urgency", Label: "紧急程度", Type: dialog.Choice, Default: "normal", Options: []dialog.Option{{Value: "critical", Label: "特急"}, {Value: "normal", Label: "一般"}}},
	}}
)

func duty(t *testing.T) *ledger.Duty {
	t.Helper()
	cal, err := calendar.Default()
	require.NoError(t, err)
	form.Prepare()
	return ledger.New(ledger.Config{Prefix: "AX", Title: "某某行动", Form: &form, Calendar: cal, Dir: t.TempDir(), Below: "exports",
		Places: []dialog.Name{{Value: "凤城镇", Words: []string{"凤城镇", "凤城"}}}, Window: 180 * 24 * time.Hour})
}

func read(t *testing.T, text string) ledger.Intake {
	t.Helper()
	pages, err := sheet.Open("台账.csv", []byte(text))
	require.NoError(t, err)
	return duty(t).Read(pages, roster, now)
}

// TestEveryFaultIsNamed: sheet, row, column, and what would be right.
func TestEveryFaultIsNamed(t *testing.T) {
	const heads = "编号,登记日期,来源,提供单位,涉嫌主体,线索摘要,违法类型,紧急程度,货值(万元),电话,扣除天数,办结日期\n"
	for row, want := range map[string]string{
		"A 1,2024-03-05,举报,凤城所,甲店,假货,其他,一般,,,,":                                      `A2 编号: "A 1" is no number`,
		"A1,2024-03-35,举报,凤城所,甲店,假货,其他,一般,,,,":                                       `B2 登记日期: "2024-03-35" is no date: write a day such as 2024-03-05`,
		"A1,2024-03-21,举报,凤城所,甲店,假货,其他,一般,,,,":                                       `B2 登记日期: 2024-03-21 is in the future`,
		"A1,2024-03-05,听说,凤城所,甲店,假货,其他,一般,,,,":                                       `C2 来源: "听说" is none of 来源: it is one of`,
		"A1,2024-03-05,举报,凤成所,甲店,假货,其他,一般,,,,":                                       `D2 提供单位: there is no unit "凤成所": did you mean "凤城所"?`,
		"A1,2024-03-05,举报,,甲店,假货,其他,一般,,,,":                                          `D2 提供单位: there is no unit: name the unit that reported it, such as 凤城所`,
		"A1,2024-03-05,举报,凤城所,,,其他,一般,,,,":                                           `F2 线索摘要: the row says neither what nor who`,
		"A1,2024-03-05,举报,凤城所,甲店,#REF!,其他,一般,,,,":                                    `F2 线索摘要: #REF! is a formula's error`,
		"A1,2024-03-05,举报,凤城所,甲店," + strings.Repeat("长", 2001) + ",其他,一般,,,,":        `F2 线索摘要: it has 2001 characters: shorten it to 2000`,
		"A1,2024-03-05,举报,凤城所,甲店,假货,贪污,一般,,,,":                                       `G2 违法类型: "贪污" is none of 违法类型`,
		"A1,2024-03-05,举报,凤城所,甲店,假货,其他,飞快,,,,":                                       `H2 紧急程度: "飞快" is none of 紧急程度`,
		"A1,2024-03-05,举报,凤城所,甲店,假货,其他,一般,很多,,,":                                     `I2 货值(万元): "很多" is no amount`,
		"A1,2024-03-05,举报,凤城所,甲店,假货,其他,一般,,没有,,":                                     `J2 电话: no phone number can be read`,
		"A1,2024-03-05,举报,凤城所,甲店,假货,其他,一般,,,几天,":                                     `K2 扣除天数: "几天" is no count`,
		"A1,2024-03-05,举报,凤城所,甲店,假货,其他,一般,,,,月底":                                     `L2 办结日期: "月底" is no date`,
		"A1,2024-03-05,举报,凤城所,甲店,假货,其他,一般,,,,\nA1,2024-03-05,举报,凤城所,乙店,假货,其他,一般,,,,": `A3 编号: A1 is on 台账 row 2 already`,
	} {
		in := read(t, heads+row+"\n")
		require.Len(t, in.Faults, 1, row)
		require.Contains(t, in.Faults[0].String(), want)
		require.Contains(t, in.Faults[0].String(), "台账, row ")
	}
}

// TestWhatARowSays reads a whole row.
func TestWhatARowSays(t *testing.T) {
	in := read(t, "登记日期,办结日期,单位,案由,涉案金额(万元),当事人,来源,线索内容,地点,承办单位,处罚结果,扣除天数\n2024/3/5,2024.3.18,凤城市场监管所,商标侵权,2.5,阿强鞋店,12315转办,卖假鞋,凤城镇建设路12号,知识产权股,罚款2万元,3天\n")
	require.Empty(t, in.Faults)
	e := in.Entries[0]
	value := int64(2500000)
	require.Equal(t, &value, e.Value)
	require.Equal(t, []string{"fengcheng", "tm", "report", "normal", "阿强鞋店", "凤城镇", "closed"},
		[]string{e.Unit, e.Violation, e.Source, e.Urgency, e.Subject, e.Township, string(e.State)})
	require.Equal(t, map[string]string{"closed": "2024-03-18", "handler": "知识产权股", "penalty": "罚款2万元", "excluded": "3"}, e.Cells)
	require.Equal(t, "2024-03-05", calendar.DateOf(e.RegisteredAt).String())
}

// TestAllOrNothing: a number that is taken keeps the whole file out; numbers that the file
// leaves open go on behind those it has.
func TestAllOrNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func(t *testing.T) *store.Store) {
		s, d := open(t), duty(t)
		enter := func(text string) (faults []ledger.Fault) {
			in := read(t, "编号,登记日期,提供单位,涉嫌主体\n"+text)
			require.Empty(t, in.Faults)
			err := s.Update(t.Context(), func(tx *store.Tx) (err error) {
				faults, err = d.Enter(t.Context(), tx, in, "命令行", "台账.csv", now)
				return err
			})
			require.NoError(t, err)
			return faults
		}
		require.Empty(t, enter("AX-2024-0007,2024-03-05,凤城所,甲店\n,2024-03-04,凤城所,乙店\n2024-5,2024-03-06,凤城所,丙店\n"))
		require.Equal(t, map[string]string{"甲店": "AX-2024-0007", "乙店": "AX-2024-0008", "丙店": "2024-5"}, numbers(t, s))
		faults := enter("AX-2024-0009,2024-03-05,凤城所,丁店\nAX-2024-0007,2024-03-05,凤城所,戊店\n")
		require.Len(t, faults, 1)
		require.Contains(t, faults[0].String(), "台账, row 3, 编号: AX-2024-0007 is in the ledger already")
		require.Len(t, numbers(t, s), 3)
	})
}

// numbers are the leads' numbers by their subjects.
func numbers(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, s.View(t.Context(), func(tx *store.Tx) error {
		return tx.Leads().Each(t.Context(), store.LeadFilter{}, func(l store.LeadRow) error {
			out[l.Subject] = l.Number
			return nil
		})
	}))
	return out
}

// TestFilters reads what people say behind 「导出台账」.
func TestFilters(t *testing.T) {
	d := duty(t)
	day := func(month time.Month, n int) time.Time {
		return time.Date(2024, month, n, 0, 0, 0, 0, calendar.Shanghai)
	}
	for text, want := range map[string]ledger.Filter{
		"":               {},
		"全部":             {},
		"3月 凤城所":         {From: day(3, 1), Until: day(4, 1), Unit: "fengcheng"},
		"知识产权科超期的线索":     {Unit: "zscq", Overdue: true},
		"不予立案":           {State: "不予立案"},
		"未办结":            {State: "在办"},
		"办结":             {State: "已办结"},
		"已立案、特急":         {State: "已立案", Urgency: "critical"},
		"举报 虚假宣传(含刷单炒信)": {Source: "report", Type: "falsead"},
		"1月11日到2月3日 含电话": {From: day(1, 11), Until: day(2, 4), Whole: true},
		"2024-03-05":     {From: day(3, 5), Until: day(3, 6)},
	} {
		got, unknown := d.ReadFilter(text, roster, now)
		require.Empty(t, unknown, text)
		require.Equal(t, want.From.Unix(), got.From.Unix(), text)
		require.Equal(t, want.Until.Unix(), got.Until.Unix(), text)
		got.From, got.Until, want.From, want.Until = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		require.Equal(t, want, got, text)
	}
	_, unknown := d.ReadFilter("3月 城南所", roster, now)
	require.Equal(t, "城南所", unknown)
}

// TestMasks: what identifies people is hidden, what identifies companies is not.
func TestMasks(t *testing.T) {
	for text, want := range map[string]string{"电话13800005678,另138-0000-5678": "电话138****5678,另138****5678", "没有": "没有", "": ""} {
		require.Equal(t, want, ledger.Masked(text))
	}
	require.NotContains(t, ledger.Masked("身份证350524199001011234"), "19900101")
	for name, want := range map[string]string{"张三": "张*", "李四五": "李**", "张三鞋店": "张三鞋店", "某某鞋店": "某某鞋店", "待查": "待查", "王某": "王某", "强盛鞋业有限公司": "强盛鞋业有限公司", "甲店": "甲店"} {
		require.Equal(t, want, ledger.MaskedName(name))
	}
}

// TestARoundTrip: what one desk writes out, another takes over, and writes out the same.
func TestARoundTrip(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func(t *testing.T) *store.Store) {
		first, second, d := open(t), open(t), duty(t)
		in := read(t, "登记日期,单位,案由,当事人,来源,线索内容,承办单位,处罚结果,扣除天数,办结日期\n"+
			"2024-03-05,凤城所,商标侵权,阿强鞋店,举报,=1+1 卖假鞋,知识产权股,罚款2万元,3,2024-03-18\n2024-01-05,知识产权股,虚假宣传,张三,监督检查,电话13800005678,,,,\n")
		require.Empty(t, in.Faults)
		enter(t, first, d, in)
		a := exported(t, first, d, ledger.Filter{})
		pages, err := sheet.Open("a.xlsx", a)
		require.NoError(t, err)
		again := d.Read(pages, roster, now)
		require.Empty(t, again.Faults)
		enter(t, second, d, again)
		require.Equal(t, rows(t, a), rows(t, exported(t, second, d, ledger.Filter{})))
		all := fmt.Sprint(rows(t, a))
		require.Contains(t, all, "138****5678")
		require.Contains(t, all, "张*")
		require.NotContains(t, all, "13800005678")
		require.Contains(t, all, "超期", "fifteen workdays after 5 January are over")
		whole := fmt.Sprint(rows(t, exported(t, first, d, ledger.Filter{Whole: true})))
		require.Contains(t, whole, "13800005678")
		require.Contains(t, whole, "张三")
		require.Len(t, rows(t, exported(t, first, d, ledger.Filter{Overdue: true})), 1)
		require.Len(t, rows(t, exported(t, first, d, ledger.Filter{Unit: "fengcheng"})), 1)
	})
}

func enter(t *testing.T, s *store.Store, d *ledger.Duty, in ledger.Intake) {
	t.Helper()
	require.NoError(t, s.Update(t.Context(), func(tx *store.Tx) error {
		faults, err := d.Enter(t.Context(), tx, in, "命令行", "台账.csv", now)
		require.Empty(t, faults)
		return err
	}))
}

// exported is the table of a filter.
func exported(t *testing.T, s *store.Store, d *ledger.Duty, f ledger.Filter) []byte {
	t.Helper()
	var out strings.Builder
	require.NoError(t, s.Update(t.Context(), func(tx *store.Tx) error {
		e, err := ledger.NewExport(t.Context(), tx, f, "office.clerk", "", now)
		if err == nil {
			_, err = d.WriteTo(t.Context(), tx, roster, e, now, &out)
		}
		return err
	}))
	return []byte(out.String())
}

// rows are the rows below the heads.
func rows(t *testing.T, table []byte) []sheet.Row {
	t.Helper()
	pages, err := sheet.Open("a.xlsx", table)
	require.NoError(t, err)
	found, ok := sheet.FindTable(pages[0])
	require.True(t, ok)
	return found.Rows
}
