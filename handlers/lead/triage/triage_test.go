package triage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/handlers/lead/triage"
)

// campaign is a small one; the shipped rules are tested with the configuration.
var campaign = triage.Campaign{
	Stations: map[string]string{"凤城镇": "fengcheng", "感德镇": "gande"},
	Units:    []string{"zscq", "shipin", "zhifa", "fengcheng", "gande", "xiaobao"},
	Home:     []string{"安溪", "泉州", "福建"},
	Unknown:  "待查",
	Rules: []triage.Rule{
		{Unknown: true, Route: triage.More, Why: "太少"},
		{Refused: 2, Route: triage.Conference, Why: "两退"},
		{Outside: true, Violation: []string{"tm", "gi"}, Route: triage.Out, To: []string{"zscq"}, Why: "外地"},
		{Hint: true, Route: triage.Police, To: []string{"zhifa"}, Why: "数额"},
		{Value: 500000, To: []string{"zhifa"}, Why: "重大"},
		{Source: []string{"complain"}, To: []string{"xiaobao"}, Why: "投诉"},
		{Violation: []string{"tm"}, To: []string{"station", "zscq"}, Why: "属地"},
		{Category: []string{"food"}, Words: []string{"过期"}, To: []string{"nobody", "shipin"}, Why: "食品"},
	},
}

func TestTheFirstRuleThatFits(t *testing.T) {
	tests := []struct {
		name string
		lead triage.Lead
		want triage.Suggestion
	}{
		{"by type and township", triage.Lead{Violation: "tm", Township: "感德镇", Place: "感德镇"}, triage.Suggestion{Route: triage.Local, Unit: "gande", Why: "属地"}},
		{"a township nobody answers for", triage.Lead{Violation: "tm", Place: "某处"}, triage.Suggestion{Route: triage.Local, Unit: "zscq", Why: "属地"}},
		{"the station has sent it back", triage.Lead{Violation: "tm", Township: "感德镇", Place: "感德镇", Refused: []string{"gande"}}, triage.Suggestion{Route: triage.Local, Unit: "zscq", Why: "属地"}},
		{"two have sent it back", triage.Lead{Violation: "tm", Place: "感德镇", Refused: []string{"gande", "zscq"}}, triage.Suggestion{Route: triage.Conference, Why: "两退"}},
		{"by source", triage.Lead{Violation: "tm", Source: "complain", Place: "凤城镇", Township: "凤城镇"}, triage.Suggestion{Route: triage.Local, Unit: "xiaobao", Why: "投诉"}},
		{"by value, exactly", triage.Lead{Violation: "tm", Place: "凤城镇", Township: "凤城镇", Value: 50000000}, triage.Suggestion{Route: triage.Local, Unit: "zhifa", Why: "重大"}},
		{"just below the value", triage.Lead{Violation: "tm", Place: "凤城镇", Township: "凤城镇", Value: 49999999}, triage.Suggestion{Route: triage.Local, Unit: "fengcheng", Why: "属地"}},
		{"a figure of reference is reached", triage.Lead{Violation: "tm", Place: "凤城镇", Township: "凤城镇", Hint: true}, triage.Suggestion{Route: triage.Police, Unit: "zhifa", Why: "数额"}},
		{"another county", triage.Lead{Violation: "gi", Place: "晋江市陈埭镇某厂"}, triage.Suggestion{Route: triage.Out, Unit: "zscq", Why: "外地"}},
		{"nothing known", triage.Lead{Violation: "tm", Subject: "待查", Place: "待查"}, triage.Suggestion{Route: triage.More, Why: "太少"}},
		{"a unit that there is", triage.Lead{Violation: "other", Category: "food", Content: "卖过期面包", Place: "某处"}, triage.Suggestion{Route: triage.Local, Unit: "shipin", Why: "食品"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := triage.Suggest(campaign, tt.lead)
			require.True(t, ok)
			require.Equal(t, tt.want, got)
			again, _ := triage.Suggest(campaign, tt.lead)
			require.Equal(t, got, again, "the same lead, the same suggestion")
		})
	}
	_, ok := triage.Suggest(campaign, triage.Lead{Violation: "other", Place: "某处"})
	require.False(t, ok, "no rule, no suggestion")
}

// TestWhatIsAnotherCounty: and what only sounds like one.
func TestWhatIsAnotherCounty(t *testing.T) {
	for place, want := range map[string]bool{
		"晋江市陈埭镇": true, "福建省泉州市南安市水头镇": true, "永春县": true, "厦门市同安区某路": true, "广东省广州市白云区": true,
		"安溪县城东市场": false, "福建省泉州市安溪县": false, "泉州市安溪县湖头镇": false, "城西超市": false, "某某小区3栋": false, "德苑工业园区": false, "建设路12号": false,
	} {
		s, ok := triage.Suggest(campaign, triage.Lead{Violation: "gi", Place: place, Subject: "某厂"})
		require.Equal(t, want, ok && s.Route == triage.Out, place)
	}
	_, ok := triage.Suggest(campaign, triage.Lead{Violation: "gi", Place: "晋江市", Township: "凤城镇", Subject: "某厂"})
	require.False(t, ok, "a township of ours is here")
}
