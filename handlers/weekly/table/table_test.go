package table

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/config"
	"zhuanban/bot/zh"
)

// shippedText is the part of the shipped configuration that is the weekly table.
func shippedText(t require.TestingT) string {
	text, err := os.ReadFile("../../../config.yaml")
	require.NoError(t, err)
	_, weekly, found := strings.Cut(string(text), "\nweekly:")
	require.True(t, found)
	return "weekly:" + weekly
}

// shipped is the table of the shipped campaign.
func shipped(t require.TestingT) *Table {
	text := shippedText(t)
	f, err := config.Parse("config.yaml", []byte(text))
	require.NoError(t, err)
	table, err := Parse(f, "weekly")
	require.NoError(t, err)
	return table
}

func TestShippedTableIsComplete(t *testing.T) {
	table := shipped(t)
	require.Len(t, table.Fields, 84)
	require.Len(t, table.Figures(), 84+14*5)
	require.Len(t, table.Rules, 37)
	require.Len(t, table.Sections, 11)
}

// What the clerks type for each figure, as the handbook lists it.
func TestAliases(t *testing.T) {
	table := shipped(t)
	for key, alias := range map[string]string{
		"a01_actions": "专项行动", "a02_officers": "人员", "a04_entities": "检查户", "a05_markets": "市场", "a07_orders": "整改",
		"b01_online": "网店", "b04_removed": "删除链接", "c02_rural": "检查农村", "d09_seized": "扣押", "d10_seizedval": "货值",
		"f01_filed": "立案", "f03_closed": "结案", "f04_decided": "处罚", "f05_value": "涉案金额", "f06_fine": "罚款",
		"f07_police": "移送", "f08_persons": "移送人员", "f10_dens": "捣毁窝点", "k01_published": "典型案例", "k02_news": "报道",
		"g_tm_filed": "商标侵权立案", "g_fake_value": "掺假案值",
	} {
		f, ok := table.Figure(key)
		require.True(t, ok, key)
		if f.Label != alias {
			require.Contains(t, f.Alias, alias)
		}
	}
	for _, f := range table.Fields {
		require.NotEmpty(t, f.Alias, f.Key)
	}
	f, _ := table.Figure("a01_actions")
	require.Equal(t, "行动", f.Short)
	require.Contains(t, f.Def, "牵头单位")
	_, ok := table.Figure("nothing")
	require.False(t, ok)
}

func TestFiguresAreInTheOrderOfTheTable(t *testing.T) {
	table := shipped(t)
	all := table.Figures()
	require.Equal(t, "a01_actions", all[0].Key)
	require.Equal(t, "k06_trained", all[len(all)-1].Key)
	cells := table.InSection("G")
	require.Len(t, cells, 70)
	require.Equal(t, []string{"g_tm_filed", "g_tm_closed", "g_tm_value", "g_tm_fine", "g_tm_police", "g_patent_filed"}, keysOf(cells[:6]))
	require.Equal(t, Figure{Key: "g_tm_value", Label: "侵犯注册商标专用权·案值", Short: "商标案值", Alias: []string{"商标案值", "商标侵权案值"},
		Unit: "万元", Kind: Money, Scale: 2, Section: "G", Agg: Sum, Max: zh.FromInt(100000), Row: "tm", Col: "value"}, cells[2])
	all[0].Key = "changed"
	require.Equal(t, "a01_actions", table.Figures()[0].Key, "the table cannot be changed from outside")
}

func TestShow(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		unit  string
		value zh.Num
		want  string
	}{
		{Count, "户次", zh.FromInt(42), "42户次"},
		{Count, "件", 0, "0件"},
		{Quantity, "公斤", 2_500_000, "2.5公斤"},
		{Money, "万元", 1_500_000, "1.5万元"},
		{Money, "万元", zh.FromInt(12), "12万元"},
		{Money, "万元", 0, "0万元"},
		{Money, "万元", 10_000, "0.01万元"},
		{Money, "万元", 5_000, "50元"},
		{Money, "万元", 1_234_500, "12345元"},
		{Money, "万元", 1_234_567, "12345.67元"},
		{Money, "万元", 1, "0.01元"},
		{Money, "万元", -50, "-0.5元"},
		{Money, "万元", -15_000, "-150元"},
		{Money, "元", 20_000, "0.02万元"},
		{Money, "万元", 9_223_372_036_854_775_807, "9223372036854.775807万元"},
	} {
		require.Equal(t, c.want, Figure{Kind: c.kind, Unit: c.unit}.Show(c.value))
	}
}

func TestSectionsFor(t *testing.T) {
	table := shipped(t)
	ids := func(sections []Section) string {
		out := ""
		for _, s := range sections {
			out += s.ID
		}
		return out
	}
	for _, c := range []struct{ unit, kind, own, other string }{
		{"fengcheng", "station", "ABCDEFGHIJK", ""},
		{"zhifa", "brigade", "ABCDEFGHIJK", ""},
		{"wangguang", "section", "ABFGHIJK", "CDE"},
		{"xiaobao", "section", "AEFGHIJK", "BCD"},
		{"shipin", "section", "ACDFGHIJK", "BE"},
	} {
		own, other := table.SectionsFor(c.unit, c.kind)
		require.Equal(t, c.own, ids(own), c.unit)
		require.Equal(t, c.other, ids(other), c.unit)
	}
}

func TestOpeningNotRegisteredIsNotZero(t *testing.T) {
	table, err := parseWith(t, "opening: {}", "opening: {zhifa: 12, fengcheng: 0}")
	require.NoError(t, err)
	require.Equal(t, zh.FromInt(12), *table.OpeningOf("zhifa"))
	require.Zero(t, *table.OpeningOf("fengcheng"))
	require.Nil(t, table.OpeningOf("hutou"))
}
