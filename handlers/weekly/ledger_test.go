package weekly

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/zh"
	"zhuanban/store"
)

// TestWhatTheRegistersCount: every kind that the configuration may name.
func TestWhatTheRegistersCount(t *testing.T) {
	r := register{
		bySource: map[string]int64{"inspect": 3, "report": 2}, byState: map[string]int64{"registered": 4},
		outcomes: map[string]int64{"filed": 2, "not_filed": 1, "transferred_other": 1, "transferred_out": 3, "transferred_police": 1, "merged": 5},
		sent:     map[string]int64{"police": 1, "other": 1, "out": 3}, police: map[string]int64{"tm": 1},
		routed: 6, pending: 7, overdue: 2, supervised: 1, persons: 4, policeFiled: 1,
		filed: []store.CaseTotal{{Cause: "tm", Category: "shoes", Cases: 2, Major: 1, Value: 60_000_000, Goods: 30, Seized: 500, Ecom: 1, Rural: 2},
			{Cause: "food", Category: "food", Cases: 1, Value: 1_000_000, Live: 1, Market: 1, Local: 1, Abroad: 1}},
		decided: []store.CaseTotal{{Cause: "tm", Cases: 1, Fine: 2_000_000}},
		closed:  []store.CaseTotal{{Cause: "food", Cases: 1}},
	}
	for what, want := range map[string]zh.Num{
		"registered": zh.FromInt(5), "source:inspect": zh.FromInt(3), "source:other": 0, "state:registered": zh.FromInt(4),
		"routed": zh.FromInt(6), "checked": zh.FromInt(8), "outcome:filed": zh.FromInt(2), "outcome:transferred_other+transferred_out": zh.FromInt(4),
		"pending": zh.FromInt(7), "overdue": zh.FromInt(2), "supervised": zh.FromInt(1),
		"sent:police": zh.FromInt(1), "sent:other+out": zh.FromInt(4), "sent:persons": zh.FromInt(4), "sent:police_filed": zh.FromInt(1),
		"case:filed": zh.FromInt(3), "case:major": zh.FromInt(1), "case:decided": zh.FromInt(1), "case:closed": zh.FromInt(1),
		"case:value": zh.FromInt(61), "case:fine": zh.FromInt(2), "case:goods": zh.FromInt(30), "case:seized": 500, "case:nothing": 0,
		"tag:ecom": zh.FromInt(1), "tag:live": zh.FromInt(1), "tag:market": zh.FromInt(1), "tag:rural": zh.FromInt(2), "tag:local": zh.FromInt(1), "tag:abroad": zh.FromInt(1),
		"goods:shoes": zh.FromInt(2), "goods:food": zh.FromInt(1), "goods:other": 0,
		"cause:filed:tm": zh.FromInt(2), "cause:closed:tm": 0, "cause:closed:food": zh.FromInt(1), "cause:value:food": zh.FromInt(1),
		"cause:fine:tm": zh.FromInt(2), "cause:police:tm": zh.FromInt(1), "cause:police:food": 0,
	} {
		require.Equal(t, want, r.count(what), what)
	}
}
