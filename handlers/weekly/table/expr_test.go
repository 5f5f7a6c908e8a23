package table

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/zh"
)

// What expressions come to; "?" is unknown.
func TestExpressions(t *testing.T) {
	table := shipped(t)
	in := Report{
		Values:   row(t, "a01_actions 3, a02_officers 7, f05_value 0.5, g_tm_filed 2, g_ad_filed 1"),
		Ledger:   row(t, "i01_new 4, f01_filed 2"),
		History:  []map[string]zh.Num{row(t, "a01_actions 1"), row(t, "a01_actions 1"), row(t, "a01_actions 0")},
		Cum:      row(t, "a01_actions 10"),
		Supplied: row(t, "a01_actions 13"),
		Opening:  whole(5), Accepted: 1, Reporter: "a", Reviewer: "b",
	}
	for source, want := range map[string]string{
		"1 + 2 * 3":                        "7",
		"(1 + 2) * 3":                      "9",
		"10 - 2 - 3":                       "5",
		"12 / 3 / 2":                       "2",
		"-2 * -3":                          "6",
		"- (1 - 3)":                        "2",
		"1 / 3":                            "0.333333",
		"2 / 3":                            "0.666667",
		"-1 / 2 * 0.000001":                "-0.000001", // half a millionth, rounded away from zero
		"1 / 0":                            "?",
		"0.1 * 0.1 - 0.01":                 "0",
		"max(a01_actions, a02_officers)":   "7",
		"min(1, 0 - 1, 5)":                 "-1",
		"abs(a01_actions - a02_officers)":  "4",
		"a03_vehicles":                     "0",
		"i01_new":                          "4",
		"f01_filed":                        "0", // the ledger does not fill what people give
		"ledger(f01_filed)":                "2",
		"ledger(f03_closed)":               "?",
		"i13_pending":                      "?",
		"c05_mktcount":                     "?",
		"cum.a01_actions":                  "13",
		"cum(a01_actions)":                 "13",
		"supplied(a01_actions)":            "13",
		"prev(a01_actions)":                "1",
		"prev(a02_officers)":               "0",
		"avg4w(a01_actions)":               "0.666667",
		"matrix_sum(filed)":                "3",
		"matrix_sum(value)":                "0",
		"opening":                          "5",
		"accepted":                         "1",
		"f13_open":                         "5",
		"a01_actions == 3":                 "true",
		"a01_actions != 3":                 "false",
		"a01_actions < 3.000001":           "true",
		"a01_actions >= 3":                 "true",
		"matrix_given(filed)":              "true",
		"matrix_given(value)":              "false",
		"given(a03_vehicles, a01_actions)": "true",
		"given(a03_vehicles, i01_new)":     "true",
		"given(f01_filed)":                 "false",
		"not given(a03_vehicles)":          "true",
		"not not zero":                     "false",
		"reporter == reviewer":             "false",
		"all_zero or zero":                 "false",
		"each(core: x >= 0)":               "true",
		"each(entered: x > 1)":             "false",
		"each(a01_actions, a02_officers: x > 2 and x < 8)": "true",
		"each(all: supplied(x) == cum.x)":                  "?",
		"each(all: supplied(x) == x)":                      "false",
		"i13_pending > 1 and a01_actions > 5":              "false", // one false decides
		"i13_pending > 1 or a01_actions == 3":              "true",  // one true decides
		"i13_pending > 1 or a01_actions > 5":               "?",
		"not i13_pending > 1":                              "?",
		"1000000000 * 1000000000 * 1000000000 > 1":         "true", // nothing overflows
	} {
		want := want
		n, err := table.parseExpr(source, number)
		if err != nil {
			n, err = table.parseExpr(source, truth)
		}
		require.NoError(t, err, source)
		v := scene{table: table, in: &in}.eval(n)
		got := "?"
		switch {
		case v.known && n.typ == truth:
			got = map[bool]string{true: "true", false: "false"}[v.truth]
		case v.known:
			got = zh.Num(v.num.Int64()).String()
		}
		require.Equal(t, want, got, source)
	}
}

// A zero report gives no figure, so the unknown words stay unknown.
func TestUnknownWithoutHistory(t *testing.T) {
	table := shipped(t)
	for _, source := range []string{"avg4w(a01_actions) > 0", "prev(a01_actions) > 0", "opening > 0",
		"supplied(a01_actions) > 0", "ledger(a01_actions) > 0", "reviewer == reporter"} {
		n, err := table.parseExpr(source, truth)
		require.NoError(t, err, source)
		require.False(t, scene{table: table, in: &Report{}}.eval(n).known, source)
	}
}

func TestMistakesInExpressions(t *testing.T) {
	table := shipped(t)
	for source, want := range map[string]string{
		"":                             "column 1: the expression ends too early",
		"a01_actions >":                "column 14: the expression ends too early",
		"(a01_actions > 1":             `column 17: want ")" here`,
		"a01_actions > 1)":             `column 16: unexpected ")"`,
		"a01_actions > 1 > 0":          `column 17: unexpected ">"`,
		"a01_action > 1":               `column 1: unknown figure "a01_action"; did you mean "a01_actions"?`,
		"whatever > 1":                 `column 1: unknown figure "whatever"`,
		"x > 1":                        `column 1: unknown figure "x"`,
		"each(core x > 1)":             `column 11: want ":" here`,
		"each(core: each(all: x > 1))": "column 12: each inside each; write two rules",
		"each(core: x)":                "column 12: this is a number, want true or false",
		"total(a01_actions) > 1":       `column 1: unknown function "total"; the functions are abs, avg4w, cum, each, given, ledger, matrix_given, matrix_sum, max, min, prev, supplied`,
		"matrix_sum(fild) > 1":         `column 12: unknown column "fild"; did you mean "filed"?`,
		"abs(1, 2) > 1":                "column 1: abs takes 1 number, not 2",
		"max(zero) > 1":                "column 5: this is true or false, want a number",
		"given(1)":                     `column 7: unknown figure "1"`,
		"given(":                       "column 7: the expression ends too early",
		"given()":                      `column 7: unexpected ")", want a figure`,
		"not a01_actions":              "column 5: this is a number, want true or false",
		"a01_actions and zero":         "column 1: this is a number, want true or false",
		"zero + 1 > 1":                 "column 1: this is true or false, want a number",
		"zero == 1":                    "column 9: this is a number, want true or false",
		"reporter < reviewer":          `column 10: "<" compares numbers, this is a name; use == or !=`,
		"prev.a01_actions > 1":         `column 1: nothing can be taken from "prev"; only cum.FIGURE is written with a dot`,
		"1.2.3 > 1":                    `column 1: "1.2.3" is no number`,
		"0.0000001 > 1":                `column 1: "0.0000001" is no number of at most twelve digits and six decimals`,
		"立案 > 1":                       `column 1: unexpected "立"; use half-width signs and the figures' keys`,
		"a01_actions = 1":              `column 13: unexpected "="`,
		"a01_actions > 1 & zero":       `column 17: unexpected "&"`,
		"1":                            "column 1: this is a number, want true or false",
	} {
		_, err := table.parseExpr(source, truth)
		require.EqualError(t, err, want, source)
	}
	deep := ""
	for range 2000 {
		deep += "("
	}
	_, err := table.parseExpr(deep, truth)
	require.ErrorContains(t, err, "nested too deep")
}

// Whatever is written, parsing ends with a tree or a mistake with its column, and
// a tree can be computed and said.
func FuzzExpr(f *testing.F) {
	table := shipped(f)
	for _, r := range table.Rules {
		f.Add(r.Expr)
	}
	f.Add("not(((")
	f.Add("each(x: x > 1)")
	f.Add("-1/0 == abs(-max(1,2)) or given(x)")
	in := Report{Values: row(f, "a01_actions 3"), Ledger: row(f, "i01_new 1")}
	f.Fuzz(func(t *testing.T, source string) {
		n, err := table.parseExpr(source, truth)
		if err != nil {
			var mistake *exprError
			require.ErrorAs(t, err, &mistake)
			require.Positive(t, mistake.at)
			return
		}
		s := scene{table: table, in: &in}
		s.eval(n)
		s.explain(n, &reading{})
	})
}
