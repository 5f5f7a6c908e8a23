package table

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/config"
)

// parseWith parses the shipped table with one piece of its text replaced.
func parseWith(t *testing.T, old, new string) (*Table, error) {
	t.Helper()
	text := shippedText(t)
	require.Equal(t, 1, strings.Count(text, old), "%q must be in the table once", old)
	f, err := config.Parse("config.yaml", []byte(strings.Replace(text, old, new, 1)))
	require.NoError(t, err)
	return Parse(f, "weekly")
}

// line is the number of the first line of the shipped table that contains s.
func line(t *testing.T, s string) int {
	t.Helper()
	text := shippedText(t)
	before, _, found := strings.Cut(text, s)
	require.True(t, found, s)
	return strings.Count(before, "\n") + 1
}

// Every mistake is named with its line and what to do. The line is the one that
// holds at.
func TestConfigurationFaults(t *testing.T) {
	for name, c := range map[string]struct{ old, new, at, want string }{
		"unknown key": {"{id: A, label:", "{id: A, lable:", "{id: A, label:",
			`weekly.sections[0].lable: unknown key; did you mean "label"?`},
		"unknown value": {"unit: 台次, type: int", "unit: 台次, type: itn", "unit: 台次",
			`weekly.fields[2].type: unknown value "itn"; did you mean "int"?`},
		"unknown figure in a rule": {`"a10_failed <= a09_samples"`, `"a10_failed <= a09_sample"`, "{id: R02",
			`weekly.rules[1].expr: column 15: unknown figure "a09_sample"; did you mean "a09_samples"?`},
		"unknown figure in a condition": {`ask_if: "f07_police>0"`, `ask_if: "f07_polise>0"`, "{key: f08_persons",
			`weekly.fields[47].ask_if: column 1: unknown figure "f07_polise"; did you mean "f07_police"?`},
		"full-width sign": {`"a10_failed <= a09_samples"`, `"a10_failed ＜ a09_samples"`, "{id: R02",
			`weekly.rules[1].expr: column 12: unexpected "＜"; use half-width signs and the figures' keys`},
		"a number is no rule": {`"a10_failed <= a09_samples"`, `"a10_failed - a09_samples"`, "{id: R02",
			`weekly.rules[1].expr: column 12: this is a number, want true or false`},
		"unknown remedy": {"remedy: [f04_decided]", "remedy: [f04_decide]", "{id: R12",
			`weekly.rules[11].remedy[0]: unknown figure "f04_decide"; did you mean "f04_decided"?`},
		"alias of two": {"alias: [车辆, 出动车辆, 执法车辆]", "alias: [车辆, 出动]", "alias: [车辆",
			`weekly.fields[2].alias[1]: found "出动", want a name of its own; it belongs to a02_officers on line ` + strconv.Itoa(line(t, "alias: [出动,"))},
		"alias of a cell": {"alias: [车辆, 出动车辆, 执法车辆]", "alias: [商标立案]", "alias: [商标, 商标侵权]",
			`weekly.matrix.rows[0].alias[0]: found "商标立案", want a name of its own; it belongs to a03_vehicles on line ` + strconv.Itoa(line(t, "alias: [车辆"))},
		"key twice": {"{key: a03_vehicles,", "{key: a02_officers,", "{key: a03_vehicles",
			`weekly.fields[2].key: found "a02_officers", want a key of its own; it is already on line ` + strconv.Itoa(line(t, "{key: a02_officers"))},
		"rule twice": {"{id: R03,", "{id: R02,", "{id: R03",
			`weekly.rules[2].id: found "R02", want an id of its own; it is already on line ` + strconv.Itoa(line(t, "{id: R02"))},
		"section twice": {"{id: K,", "{id: J,", "{id: K",
			`weekly.sections[10].id: found "J", want an id of its own`},
		"no such section": {"unit: 台次, type: int, sec: A", "unit: 台次, type: int, sec: Z", "unit: 台次",
			`weekly.fields[2].sec: unknown section "Z"; the sections are A, B, C, D, E, F, G, H, I, J, K`},
		"key of the language": {"{key: a03_vehicles,", "{key: zero,", "{key: a03_vehicles",
			`weekly.fields[2].key: found "zero", want another key; the rules' language uses this word`},
		"key in capitals": {"{key: a03_vehicles,", "{key: A03,", "{key: a03_vehicles",
			`weekly.fields[2].key: found "A03", want small letters, digits and _; begin with a letter`},
		"decimals of a count": {"unit: 台次, type: int,", "unit: 台次, type: int, scale: 2,", "unit: 台次",
			`weekly.fields[2].scale: found "2", want 0 to 6 decimals, and none for int`},
		"carried sum": {"unit: 台次, type: int,", "unit: 台次, type: int, carry: true,", "unit: 台次",
			`weekly.fields[2].carry: found "true", want agg: last beside it; a figure that is added up must not be carried over`},
		"formula without source": {"source: computed, formula:", "formula:", "{key: f13_open",
			`weekly.fields[52].formula: a formula that is not used; add source: computed, or take it out`},
		"formula of a computed figure": {`"opening + cum.f01_filed - cum.f03_closed"`, `"f13_open + 1"`, "{key: f13_open",
			`weekly.fields[52].formula: found the computed figure "f13_open", want figures that are given or counted; put its formula here`},
		"column's total": {"total: f03_closed", "total: f03_close", "id: closed",
			`weekly.matrix.cols[1].total: unknown figure "f03_close"; did you mean "f03_closed"?`},
		"campaign backwards": {"end: 2024-06-28", "end: 2023-06-28", "campaign:",
			`weekly.campaign.end: found "2023-06-28", want a day not before 2024-01-11`},
		"shift": {"shift: next_workday", "shift: next_work_day", "due:",
			`weekly.due.shift: unknown value "next_work_day"; did you mean "next_workday"?`},
		"weekday": {"weekday: 5", "weekday: 0", "due:",
			`weekly.due.weekday: found "0", want 1 (Monday) to 7 (Sunday)`},
		"time": {`time: "17:30"`, `time: "5pm"`, "due:",
			`weekly.due.time: found "5pm", want a time of day such as "17:30"`},
		"period with a gap": {"from: 上周五", "from: 本周一", "period:",
			`weekly.period.to: found a period of 4 days, want seven; periods that overlap count twice, periods with a gap lose days`},
		"day of the week": {"from: 上周五", "from: 周五", "period:",
			`weekly.period.from: found "周五", want 上周 or 本周 and a weekday, such as 上周五`},
		"override of no period": {"overrides: []", `overrides: [{period: 26, due: "2024-07-01 12:00", reason: x}]`, "overrides:",
			`weekly.overrides[0].period: found "26", want 1 to 25, or the day on which one of these is due`},
		"override without reason": {"overrides: []", `overrides: [{period: 6, due: "2024-02-19 12:00"}]`, "overrides:",
			`weekly.overrides[0].reason: missing`},
		"opening": {"opening: {}", "opening: {zhifa: many}", "opening:",
			`weekly.opening.zhifa: found "many", want a whole number`},
		"without_opening": {"{id: R03, level: error, scope: row,", "{id: R03, level: error, scope: row, without_opening: warn,", "{id: R03",
			`weekly.rules[2].without_opening: found "warn", want an expr that uses opening; take it out`},
		"limit": {"int: 100000,", "int: -1,", "max_by_default:",
			`weekly.max_by_default.int: found "-1", want a number above 0 with at most six decimals`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseWith(t, c.old, c.new)
			require.Error(t, err)
			require.Contains(t, strings.Split(err.Error(), "\n"), fmt.Sprintf("config.yaml:%d: %s", line(t, c.at), c.want))
		})
	}
}

func TestFaultsOfMeaningAreReportedTogether(t *testing.T) {
	_, err := parseWith(t, "weekday: 5, time: \"17:30\", shift: next_workday", "weekday: 9, time: \"17:30\", shift: soon")
	var faults config.Faults
	require.ErrorAs(t, err, &faults)
	require.Len(t, faults, 2)
}

// A filing keeps its table: what comes back from the body checks, fills and asks
// as before, under the same hash.
func TestBodyGivesTheTableBack(t *testing.T) {
	table := shipped(t)
	body, err := table.Body()
	require.NoError(t, err)
	kept, err := FromBody(body)
	require.NoError(t, err)
	require.Equal(t, table.Figures(), kept.Figures())
	require.Equal(t, table.Hash(), kept.Hash())
	require.Len(t, table.Hash(), 64)
	in := Report{Values: row(t, "c01_keymkt 5, f01_filed 1, f06_fine 0.5, a01_actions 1.5"), Opening: whole(2)}
	require.Equal(t, table.Check(in), kept.Check(in))
	require.Equal(t, table.Fill(in), kept.Fill(in))
	require.Equal(t, table.AskIf(in.Values), kept.AskIf(in.Values))
	require.Equal(t, table.spans(), kept.spans())
}

func TestHashIsThatOfTheDefinition(t *testing.T) {
	table := shipped(t)
	same, err := parseWith(t, "opening: {}", "opening: {zhifa: 3} # a comment")
	require.NoError(t, err)
	require.Equal(t, table.Hash(), same.Hash(), "an opening is no part of the definition")
	other, err := parseWith(t, "{id: R02, level: error", "{id: R02, level: warn")
	require.NoError(t, err)
	require.NotEqual(t, table.Hash(), other.Hash())
}

func TestFromBodyRefusesWhatItCannotUnderstand(t *testing.T) {
	for _, body := range []string{"", "[]", `{"period":{"from":"someday"}}`} {
		_, err := FromBody([]byte(body))
		require.ErrorContains(t, err, "reading a kept table", body)
	}
	body, err := shipped(t).Body()
	require.NoError(t, err)
	_, err = FromBody([]byte(strings.Replace(string(body), "a10_failed \\u003c= a09_samples", "a10_failed", 1)))
	require.ErrorContains(t, err, "table: rules[1].expr: column 1: this is a number, want true or false")
}
