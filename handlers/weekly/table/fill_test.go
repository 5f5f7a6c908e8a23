package table

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/zh"
)

func keysOf(figures []Figure) []string {
	var out []string
	for _, f := range figures {
		out = append(out, f.Key)
	}
	return out
}

func TestFillCompletesAReport(t *testing.T) {
	table := shipped(t)
	got := table.Fill(Report{
		Values:  row(t, "a01_actions 2, a03_vehicles 1, f01_filed 1, g_tm_filed 1, i02_inspect 9"),
		Ledger:  row(t, "i01_new 3, i13_pending 4, f01_filed 7"),
		History: []map[string]zh.Num{row(t, "a01_actions 9"), row(t, "c05_mktcount 6"), row(t, "c05_mktcount 5")},
		Cum:     row(t, "f01_filed 4, f03_closed 2"),
		Opening: whole(3),
	})
	for key, want := range row(t, "a01_actions 2, a03_vehicles 1, a02_officers 0, f01_filed 1, g_tm_filed 1, d01_shoes 0, "+
		"i01_new 3, i02_inspect 9, i13_pending 4, c05_mktcount 6, f13_open 6") { // 3 + (4+1) - 2
		require.Equal(t, want, got[key], key)
	}
	for _, absent := range []string{"a06_areas", "g_tm_closed", "i14_overdue", "f14_loss"} {
		require.NotContains(t, got, absent)
	}
}

func TestFillLeavesOutWhatIsNotKnown(t *testing.T) {
	got := shipped(t).Fill(Report{Zero: true})
	require.Contains(t, got, "a01_actions")
	require.NotContains(t, got, "f13_open", "no opening is registered")
	require.NotContains(t, got, "c05_mktcount", "never given before")
	for key, v := range got {
		require.Zero(t, v, key)
	}
}

func TestAllZero(t *testing.T) {
	table := shipped(t)
	for given, want := range map[string]bool{
		"": true, "a01_actions 0": true, "c05_mktcount 6": true, "i01_new 2": true,
		"a06_areas 1": false, "g_tm_filed 1": false, "f05_value 0.000001": false,
	} {
		require.Equal(t, want, table.AllZero(row(t, given)), given)
	}
}

func TestMissingAreTheCoreFigures(t *testing.T) {
	table := shipped(t)
	all := table.Missing(nil)
	require.Len(t, all, 17)
	require.Equal(t, "a01_actions", all[0].Key)
	rest := keysOf(table.Missing(row(t, "a01_actions 0, k02_news 1, a06_areas 3")))
	require.Len(t, rest, 15)
	require.NotContains(t, rest, "a01_actions", "zero is given")
}

func TestAskIf(t *testing.T) {
	table := shipped(t)
	for given, want := range map[string][]string{
		"":                            nil,
		"f01_filed 0":                 nil,
		"f06_fine 0.5":                {"f04_decided"},
		"a09_samples 3":               {"a10_failed"},
		"a09_samples 3, a10_failed 0": nil,
		"h01_ecom 1, d09_seized 2":    {"d10_seizedval", "h02_live"},
		// All is classified: no other kind of goods is asked for.
		"f01_filed 2, d01_shoes 1, d08_other 1": {"f02_major", "h01_ecom", "h03_market", "h04_rural", "h05_local", "h06_foreign"},
	} {
		require.Equal(t, want, keysOf(table.AskIf(row(t, given))), given)
	}
	asked := keysOf(table.AskIf(row(t, "f01_filed 2, d01_shoes 1")))
	require.True(t, slices.Contains(asked, "d02_food") && !slices.Contains(asked, "d01_shoes"))
}

func TestAggregateAddsUnitsAndAccumulateAddsPeriods(t *testing.T) {
	table := shipped(t)
	rows := []map[string]zh.Num{row(t, "a01_actions 2, c05_mktcount 6, unheard_of 1"), row(t, "a01_actions 3, c05_mktcount 5, f05_value 0.5")}
	require.Equal(t, row(t, "a01_actions 5, c05_mktcount 11, f05_value 0.5"), table.Aggregate(rows))
	require.Equal(t, row(t, "a01_actions 5, c05_mktcount 6, f05_value 0.5"), table.Accumulate(rows))
	require.Empty(t, table.Aggregate(nil))
}
