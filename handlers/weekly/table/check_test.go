package table

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot/zh"
)

// row reads "f01_filed 2, f05_value 1.5".
func row(t require.TestingT, s string) map[string]zh.Num {
	out := map[string]zh.Num{}
	for part := range strings.SplitSeq(s, ",") {
		fields := strings.Fields(part)
		if len(fields) == 0 {
			continue
		}
		require.Len(t, fields, 2, part)
		digits, negative := strings.CutPrefix(fields[1], "-")
		n, err := decimal(digits)
		require.NoError(t, err)
		if negative {
			n = -n
		}
		out[fields[0]] = n
	}
	return out
}

func whole(n int64) *zh.Num {
	v := zh.FromInt(n)
	return &v
}

// ruleCase is a report and what one rule says of it.
type ruleCase struct {
	rule    string
	given   string // the values given
	more    func(t *testing.T, r *Report)
	level   Level // "" = the rule is silent
	reading string
}

func opening(n int64) func(*testing.T, *Report) {
	return func(_ *testing.T, r *Report) { r.Opening = whole(n) }
}

func cum(s string) func(*testing.T, *Report) {
	return func(t *testing.T, r *Report) { r.Cum = row(t, s) }
}

func ledger(s string) func(*testing.T, *Report) {
	return func(t *testing.T, r *Report) { r.Ledger = row(t, s) }
}

func both(a, b func(*testing.T, *Report)) func(*testing.T, *Report) {
	return func(t *testing.T, r *Report) { a(t, r); b(t, r) }
}

func history(weeks ...string) func(*testing.T, *Report) {
	return func(t *testing.T, r *Report) {
		for _, week := range weeks {
			r.History = append(r.History, row(t, week))
		}
	}
}

// Every rule, once silent and once not, computed by hand.
func TestRules(t *testing.T) {
	cases := []ruleCase{
		{"R01", "a01_actions 0, f05_value 1", nil, "", ""},
		{"R01", "a01_actions -1, a04_entities 3, f05_value -0.5", nil, Error, "开展执法行动 -1 < 0；案值(涉案金额) -0.5万元 < 0万元"},
		{"R02", "a09_samples 3, a10_failed 3", nil, "", ""},
		{"R02", "a09_samples 3, a10_failed 4", nil, Error, "不合格 4 > 监督抽检 3"},
		{"R02", "a10_failed 4", nil, Error, "不合格 4 > 监督抽检 0"},
		{"R03", "b01_online 9, b02_live 9", nil, "", ""},
		{"R03", "b01_online 9, b02_live 10", nil, Error, "直播间(带货账号) 10 > 网上监测(检查)网站网店 9"},
		{"R04", "b09_ads 2, b10_ads_bad 1", nil, "", ""},
		{"R04", "b09_ads 1, b10_ads_bad 2", nil, Error, "涉嫌违法 2 > 监测互联网广告 1"},
		{"R05", "a05_markets 3, c01_keymkt 3", nil, "", ""},
		{"R05", "a05_markets 3, c01_keymkt 5", nil, Error, "巡查商品交易批发市场和展销会 5 > 检查各类市场 3"},
		{"R06", "a04_entities 3, c02_rural 2", nil, "", ""},
		{"R06", "a04_entities 2, c02_rural 3", nil, Error, "检查农村城乡结合部经营主体 3 > 检查经营主体 2"},
		{"R07", "a04_entities 3, e01_ipcheck 3, e02_olympic 1", nil, "", ""},
		{"R07", "a04_entities 3, e01_ipcheck 4, e02_olympic 1", nil, Error, "检查商标专利地理标志特殊标志使用 4 > 检查经营主体 3"},
		{"R07", "a04_entities 3, e01_ipcheck 1, e02_olympic 2", nil, Error, "涉奥林匹克标志等 2 > 检查商标专利地理标志特殊标志使用 1"},
		{"R08", "e04_evtdone 2", cum("e03_evtrecv 2"), "", ""},
		{"R08", "e03_evtrecv 1, e04_evtdone 3", cum("e03_evtrecv 1"), Error, "累计已处置 3 > 累计展会及文体活动期间受理投诉举报 2"},
		{"R09", "f01_filed 1, f02_major 1", nil, "", ""},
		{"R09", "f01_filed 1, f02_major 2", nil, Error, "大要案 2 > 立案 1"},
		{"R10", "f03_closed 3", both(opening(2), cum("f01_filed 1")), "", ""},
		{"R10", "f03_closed 3", both(opening(1), cum("f01_filed 1")), Error, "累计办结 3 > 累计立案 1 + 期初在办 1 = 2"},
		{"R10", "f03_closed 3, f01_filed 1", nil, Warn, "累计办结 3 > 累计立案 1 + 期初在办 0 = 1"},
		{"R10", "a01_actions 1", both(opening(0), cum("f03_closed 9")), "", ""}, // not about this report
		{"R11", "f04_decided 2", both(opening(1), cum("f01_filed 1")), "", ""},
		{"R11", "f04_decided 3", both(opening(1), cum("f01_filed 1")), Warn, "累计作出行政处罚决定 3 > 累计立案 1 + 期初在办 1 = 2"},
		{"R12", "f06_fine 1, f04_decided 1", nil, "", ""},
		{"R12", "f06_fine 1", cum("f04_decided 1"), "", ""},
		{"R12", "f06_fine 1.5", nil, Error, "罚没款 1.5万元 > 0万元；作出行政处罚决定 0 = 0；累计作出行政处罚决定 0 = 0"},
		{"R13", "f05_value 1, f01_filed 1", nil, "", ""},
		{"R13", "f05_value 0.005", nil, Warn, "案值(涉案金额) 50元 > 0万元；立案 0 = 0"},
		{"R14", "f07_police 1", opening(1), "", ""},
		{"R14", "f07_police 1", opening(0), Warn, "累计移送公安机关 1 > 累计立案 0 + 期初在办 0 = 0"},
		{"R15", "f07_police 1, f08_persons 0", nil, "", ""},
		{"R15", "f08_persons 2", nil, Error, "移送涉案人员 2 > 0；移送公安机关 0 = 0"},
		{"R16", "f09_polfiled 1", cum("f07_police 1"), "", ""},
		{"R16", "f09_polfiled 2", cum("f07_police 1"), Warn, "累计公安机关已立案 2 > 累计移送公安机关 1"},
		{"R17", "f01_filed 2", nil, "", ""}, // unclassified
		{"R17", "f01_filed 2, d01_shoes 1, d08_other 1", nil, "", ""},
		{"R17", "f01_filed 2, d01_shoes 1, d02_food 0", nil, Error, "立案·鞋服 1 + 立案·食品 0 = 1 ≠ 立案 2"},
		{"R17", "d02_food 1", nil, Error, "立案·食品 1 ≠ 立案 0"},
		{"R18", "f01_filed 2, f03_closed 1", nil, "", ""},
		{"R18", "f01_filed 2, f03_closed 1, g_tm_filed 1, g_food_filed 1", nil, "", ""},
		{"R18", "f01_filed 2, g_tm_filed 1", nil, Error, "各案由立案合计 1 ≠ 立案 2"},
		{"R18", "f03_closed 2, g_tm_closed 3, g_ad_police 1", nil, Error, "各案由办结合计 3 ≠ 办结 2；各案由移送公安合计 1 ≠ 移送公安机关 0"},
		{"R19", "f05_value 3", nil, "", ""},
		{"R19", "f05_value 3.02, g_tm_value 1, g_ad_value 2", nil, "", ""},
		{"R19", "f05_value 3.03, g_tm_value 1, g_ad_value 2", nil, Error, "各案由案值合计 3万元 − 案值(涉案金额) 3.03万元 相差 0.03万元 > 0.02万元"},
		{"R19", "f06_fine 1, g_tm_fine 2", nil, Error, "各案由罚没款合计 2万元 − 罚没款 1万元 相差 1万元 > 0.02万元"},
		{"R20", "f01_filed 2, h01_ecom 2, h03_market 2, h02_live 1", nil, "", ""},
		{"R20", "f01_filed 2, h01_ecom 1, h03_market 3", nil, Error, "重点实体市场案件 3 > 立案 2"},
		{"R20", "f01_filed 2, h02_live 1", nil, Error, "直播带货案件 1 > 电商领域案件 0"},
		{"R21", "i01_new 5", nil, "", ""},
		{"R21", "", ledger("i01_new 3, i02_inspect 1, i04_report 2"), "", ""},
		{"R21", "", ledger("i01_new 3, i02_inspect 1, i04_report 1"), Error, "来源·监督检查(含网络监测) 1 + 来源·举报(含权利人) 1 = 2 ≠ 登记线索 3"},
		{"R22", "", ledger("i09_checked 2, i10_tocase 1, i12_toout 1"), "", ""},
		{"R22", "i09_checked 1, i10_tocase 1, i12_toout 1", nil, Error, "转立案 1 + 移送外地或其他部门 1 = 2 > 已核查完毕 1"},
		{"R23", "", ledger("i13_pending 2, i14_overdue 2"), "", ""},
		{"R23", "i14_overdue 2", nil, "", ""}, // how many are pending is not known
		{"R23", "", ledger("i13_pending 2, i14_overdue 3"), Error, "超期未核查 3 > 期末在办线索 2"},
		{"R24", "a01_actions 2, a02_officers 4", nil, "", ""},
		{"R24", "a01_actions 2, a02_officers 3", nil, Warn, "出动执法人员 3 < 2×开展执法行动 2 = 4"},
		{"R25", "a01_actions 1, a04_entities 5", nil, "", ""},
		{"R25", "a01_actions 0, a04_entities 5, f10_dens 0", nil, Warn, "开展执法行动 0 = 0；检查经营主体 5 > 0"},
		{"R26", "a02_officers 2, a04_entities 40", nil, "", ""},
		{"R26", "a02_officers 2, a04_entities 41", nil, Warn, "检查经营主体 41 > 20×出动执法人员 2 = 40"},
		{"R26", "a04_entities 21", nil, Warn, "检查经营主体 21 > 20×1 = 20"},
		{"R27", "a04_entities 2, a07_orders 2", nil, "", ""},
		{"R27", "a04_entities 2, a07_orders 3", nil, Warn, "责令改正(整改) 3 > 检查经营主体 2"},
		{"R28", "b01_online 2, b03_onsite 1, b05_rectified 3", nil, "", ""},
		{"R28", "b01_online 2, b05_rectified 2, b06_closed 1", nil, Warn, "责令整改网站网店 2 + 提请关闭网站 1 = 3 > 网上监测(检查)网站网店 2 + 实地检查网站网店经营者 0 = 2"},
		{"R29", "d09_seized 1, d10_seizedval 1", nil, "", ""},
		{"R29", "d10_seizedval 1", nil, Warn, "查扣商品货值 1万元 > 0万元；查扣侵权假冒伪劣商品 0 = 0"},
		{"R30", "f05_value 499.99, f06_fine 1", nil, "", ""},
		{"R30", "f05_value 500, f06_fine 1", nil, Warn, "案值(涉案金额) 500万元 ≥ 500万元"},
		{"R31", "a01_actions 100", nil, "", ""}, // no history
		{"R31", "a01_actions 20", history("a01_actions 1", "a01_actions 3"), "", ""},
		{"R31", "a01_actions 21, a02_officers 9", history("a01_actions 1", "a01_actions 3"), Warn, "开展执法行动 21 > 5×近4周平均开展执法行动 2 + 10 = 20"},
		{"R31", "a01_actions 11", history("", "", "", "", "a01_actions 90"), Warn, "开展执法行动 11 > 5×近4周平均开展执法行动 0 + 10 = 10"},
		{"R32", "k01_published 1", cum("f04_decided 1"), "", ""},
		{"R32", "k01_published 2", cum("f04_decided 1"), Warn, "累计曝光典型案例 2 > 累计作出行政处罚决定 1 + 累计移送公安机关 0 = 1"},
		{"R33", "a01_actions 2", cum("a01_actions 3"), "", ""},
		{"R33", "a01_actions 2", both(cum("a01_actions 3"), func(t *testing.T, r *Report) { r.Supplied = row(t, "a01_actions 5, a02_officers 0") }), "", ""},
		{"R33", "a01_actions 2", both(cum("a01_actions 3"), func(t *testing.T, r *Report) { r.Supplied = row(t, "a01_actions 6") }), Error, "表内累计开展执法行动 6 ≠ 累计开展执法行动 5"},
		{"R34", "a01_actions 1, c05_mktcount 4", nil, "", ""},
		{"R34", "", func(_ *testing.T, r *Report) { r.Zero = true }, "", ""},
		{"R34", "c05_mktcount 4", ledger("i01_new 2"), Error, "零报告 否 ≠ 各项全为0 是"},
		{"R34", "a01_actions 1", func(_ *testing.T, r *Report) { r.Zero = true }, Error, "零报告 是 ≠ 各项全为0 否"},
		{"R35", "a01_actions 1", nil, "", ""},
		{"R35", "a01_actions 1", func(_ *testing.T, r *Report) { r.Accepted = 1 }, Error, "已生效 1 ≠ 0"},
		{"R36", "a01_actions 1", func(_ *testing.T, r *Report) { r.Reporter, r.Reviewer = "fengcheng.filer", "fengcheng.head" }, "", ""},
		{"R36", "a01_actions 1", func(_ *testing.T, r *Report) { r.Reporter = "fengcheng.filer" }, "", ""}, // nobody named yet
		{"R36", "a01_actions 1", func(_ *testing.T, r *Report) { r.Reporter, r.Reviewer = "fengcheng.head", "fengcheng.head" }, Error, "审核人 fengcheng.head = 填报人 fengcheng.head"},
		{"R37", "f01_filed 1", nil, "", ""},
		{"R37", "f01_filed 1", ledger("f01_filed 1, f03_closed 0"), "", ""},
		{"R37", "f01_filed 1", ledger("f01_filed 2, f03_closed 1, f07_police 0"), Warn, "立案 1 ≠ 台账立案 2；办结 0 ≠ 台账办结 1"},
	}
	table := shipped(t)
	silent, loud := map[string]bool{}, map[string]bool{}
	for _, c := range cases {
		t.Run(c.rule+" "+c.given, func(t *testing.T) {
			in := Report{Values: row(t, c.given)}
			if c.more != nil {
				c.more(t, &in)
			}
			findings := table.Check(in)
			i := slices.IndexFunc(findings, func(f Finding) bool { return f.Rule == c.rule })
			if c.level == "" {
				require.Equal(t, -1, i, "%+v", findings)
				silent[c.rule] = true
				return
			}
			require.NotEqual(t, -1, i, "%+v", findings)
			require.Equal(t, c.level, findings[i].Level)
			require.Equal(t, c.reading, findings[i].Reading)
			loud[c.rule] = true
		})
	}
	for _, r := range table.Rules {
		require.True(t, silent[r.ID], "%s has no case in which it is silent", r.ID)
		require.True(t, loud[r.ID], "%s has no case in which it fires", r.ID)
	}
}

// A finding names the figures that the clerk should look at, in order, and what
// to ask for.
func TestFindingNamesItsFigures(t *testing.T) {
	table := shipped(t)
	find := func(rule, given string) Finding {
		in := Report{Values: row(t, given)}
		for _, f := range table.Check(in) {
			if f.Rule == rule {
				return f
			}
		}
		require.Fail(t, rule+" is silent")
		return Finding{}
	}
	require.Equal(t, []string{"c01_keymkt", "a05_markets"}, find("R05", "c01_keymkt 5, a05_markets 3").Figures)
	require.Equal(t, []string{"f06_fine", "f04_decided"}, find("R12", "f06_fine 1").Figures)
	require.Equal(t, []string{"f04_decided"}, find("R12", "f06_fine 1").Remedy)
	require.Equal(t, []string{"g_tm_filed", "g_ad_filed", "f01_filed"}, find("R18", "g_tm_filed 1, g_ad_filed 1").Figures)
	zero := Report{Values: row(t, "a03_vehicles 1, k01_published 1"), Zero: true}
	found := table.Check(zero)
	require.Equal(t, "R34", found[len(found)-1].Rule)
	require.Equal(t, []string{"a03_vehicles", "k01_published"}, found[len(found)-1].Figures)
}

// The ordinary ways to report must pass without a word.
func TestGoodReports(t *testing.T) {
	table := shipped(t)
	for name, in := range map[string]Report{
		"zero report":               {Zero: true, Reporter: "fengcheng.filer", Reviewer: "fengcheng.head"},
		"one line":                  {Values: row(t, "a01_actions 2, a02_officers 6, a04_entities 42, a05_markets 1, a07_orders 3")},
		"with two cases":            {Values: row(t, "a01_actions 2, a02_officers 6, a04_entities 42, f01_filed 2, f05_value 1.5"), Opening: whole(0)},
		"zero report with a ledger": {Zero: true, Ledger: row(t, "i01_new 1, i03_complain 1, i13_pending 4, f01_filed 0")},
	} {
		require.Empty(t, table.Check(in), name)
	}
}

func TestChecksOfEveryFigure(t *testing.T) {
	table := shipped(t)
	for _, c := range []struct{ given, rule, limit, reading string }{
		{"a04_entities 1.5", NotWhole, "", "检查经营主体 1.5户次"},
		{"c04_food_kg 2.25", TooFine, "1", "下架查扣假冒伪劣及超过保质期食品 2.25公斤"},
		{"a04_entities 100001", TooLarge, "100000户次", "检查经营主体 100001户次"},
		{"f14_loss 100000.01", TooLarge, "100000万元", "挽回经济损失 100000.01万元"},
	} {
		found := table.Check(Report{Values: row(t, c.given)})
		last := found[len(found)-1]
		require.Equal(t, c.rule, last.Rule, c.given)
		require.Equal(t, Error, last.Level)
		require.Equal(t, c.limit, last.Limit)
		require.Equal(t, c.reading, last.Reading)
	}
	for _, fine := range []string{"c04_food_kg 2.2", "f14_loss 100000", "f14_loss 0.000001"} {
		require.Empty(t, table.Check(Report{Values: row(t, fine)}), fine)
	}
}

// Below zero is said once: by the rule if the table has one, else by the figure.
func TestNegativeIsSaidOnce(t *testing.T) {
	table := shipped(t)
	in := Report{Values: row(t, "a03_vehicles -1, k03_notices 1")}
	found := table.Check(in)
	require.Len(t, found, 1)
	require.Equal(t, "R01", found[0].Rule)
	table.rules = nil
	found = table.Check(in)
	require.Len(t, found, 1)
	require.Equal(t, Negative, found[0].Rule)
	require.Equal(t, "出动执法车辆 -1台次", found[0].Reading)
}

// reports draws reports of any content, unknown figures included.
func reports(table *Table) *rapid.Generator[Report] {
	keys := []string{"no_such_figure"}
	for _, f := range table.Figures() {
		keys = append(keys, f.Key)
	}
	value := rapid.Custom(func(t *rapid.T) zh.Num {
		return zh.Num(rapid.OneOf(rapid.Int64Range(0, 20), rapid.Int64()).Draw(t, "millionths"))
	})
	rows := rapid.MapOfN(rapid.SampledFrom(keys), value, 0, 20)
	return rapid.Custom(func(t *rapid.T) Report {
		in := Report{Values: rows.Draw(t, "values"), Ledger: rows.Draw(t, "ledger"), Cum: rows.Draw(t, "cum"),
			Supplied: rows.Draw(t, "supplied"), History: rapid.SliceOfN(rows, 0, 5).Draw(t, "history"),
			Zero: rapid.Bool().Draw(t, "zero")}
		if rapid.Bool().Draw(t, "registered") {
			in.Opening = whole(3)
		}
		return in
	})
}

// Check gives the same findings for the same report, and names only figures of
// the table; Fill keeps what was given.
func TestCheckIsDeterministic(t *testing.T) {
	table := shipped(t)
	all := reports(table)
	rapid.Check(t, func(t *rapid.T) {
		in := all.Draw(t, "report")
		first := table.Check(in)
		require.Equal(t, first, table.Check(in))
		for _, f := range first {
			require.NotEmpty(t, f.Reading, f.Rule)
			for _, key := range f.Figures {
				_, known := table.Figure(key)
				require.True(t, known, key)
			}
		}
		filled := table.Fill(in)
		for key, v := range in.Values {
			f, known := table.Figure(key)
			if known && f.Source == Typed {
				require.Equal(t, v, filled[key])
			}
		}
	})
}
