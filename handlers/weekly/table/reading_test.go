package table

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/zh"
)

// How expressions that the shipped rules do not use are said.
func TestReading(t *testing.T) {
	table := shipped(t)
	in := Report{Values: row(t, "a01_actions 3, a02_officers 7, f05_value 1.5"), Opening: whole(2), Zero: true,
		History: []map[string]zh.Num{row(t, "a01_actions 1")}}
	for source, want := range map[string]string{
		"a01_actions - a02_officers > 0":            "开展执法行动 3 − 出动执法人员 7 = -4 ≤ 0",
		"-a01_actions > 0":                          "−开展执法行动 3 = -3 ≤ 0",
		"a02_officers / a01_actions > 3":            "出动执法人员 7÷开展执法行动 3 = 2.333333 ≤ 3",
		"2 * (a01_actions + a02_officers) < 20":     "2×(开展执法行动 3 + 出动执法人员 7) = 20 ≥ 20",
		"min(a01_actions, a02_officers) > 3":        "开展执法行动 3 ≤ 3",
		"prev(a01_actions) == a01_actions":          "上期开展执法行动 1 ≠ 开展执法行动 3",
		"a03_vehicles + a06_areas + a08_talks > 0":  "出动执法车辆 0 ≤ 0",
		"f05_value - 1 > 1":                         "案值(涉案金额) 1.5万元 − 1万元 = 0.5万元 ≤ 1万元",
		"opening > 5":                               "期初在办 2 ≤ 5",
		"not zero":                                  "零报告 是",
		"given(a03_vehicles, a06_areas)":            "未填出动执法车辆、整治重点区域",
		"matrix_given(filed)":                       "未填各案由立案",
		"f05_value * 2 < 0.001":                     "案值(涉案金额) 1.5万元×2 = 3万元 ≥ 10元",
		"a01_actions > 100000000000 * 100000000000": "开展执法行动 3 ≤ 100000000000×100000000000 = 10000000000000000000000",
	} {
		n, err := table.parseExpr(source, truth)
		require.NoError(t, err, source)
		s := scene{table: table, in: &in}
		require.False(t, s.eval(n).truth, source)
		var r reading
		s.explain(n, &r)
		require.Equal(t, want, strings.Join(r.parts, "；"), source)
	}
}
