package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/handlers/lead/triage"
)

// TestTheShippedRoutes follow the notice, parts four and five, and the campaign's rules
// (reference, 2.3): who gets which lead.
func TestTheShippedRoutes(t *testing.T) {
	t.Parallel()
	cfg, err := loadCampaign("config.yaml", nil)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		lead  triage.Lead
		route triage.Route
		unit  string
	}{
		"a trademark in a township":         {triage.Lead{Violation: "tm", Place: "感德镇岐阳街", Township: "感德镇"}, triage.Local, "gande"},
		"a patent whose place is not known": {triage.Lead{Violation: "patent", Subject: "某厂", Place: "待查"}, triage.Local, "zscq"},
		"a mark in another county":          {triage.Lead{Violation: "gi", Place: "南安市水头镇"}, triage.Out, "zscq"},
		"an advertisement":                  {triage.Lead{Violation: "ad", Place: "凤城镇", Township: "凤城镇"}, triage.Local, "wangguang"},
		"a platform's duties":               {triage.Lead{Violation: "ecom", Subject: "某店", Platform: "某平台"}, triage.Local, "wangguang"},
		"a shop in a live stream":           {triage.Lead{Violation: "tm", Subject: "某店", Platform: "抖音", Content: "直播销售假鞋"}, triage.Local, "wangguang"},
		"passing off":                       {triage.Lead{Violation: "confuse", Place: "凤城镇", Township: "凤城镇"}, triage.Local, "jiajian"},
		"a trade secret":                    {triage.Lead{Violation: "secret", Place: "凤城镇", Township: "凤城镇"}, triage.Local, "jiajian"},
		"false praise":                      {triage.Lead{Violation: "falsead", Place: "凤城镇", Township: "凤城镇"}, triage.Local, "jiajian"},
		"food":                              {triage.Lead{Violation: "food", Place: "凤城镇", Township: "凤城镇"}, triage.Local, "shipin"},
		"quality":                           {triage.Lead{Violation: "std", Place: "凤城镇", Township: "凤城镇"}, triage.Local, "zhiliang"},
		"a consumer's complaint":            {triage.Lead{Violation: "tm", Source: "complain", Place: "凤城镇", Township: "凤城镇"}, triage.Local, "xiaobao"},
		"half a million":                    {triage.Lead{Violation: "food", Place: "凤城镇", Township: "凤城镇", Value: 50_000_000}, triage.Local, "zhifa"},
		"a figure of the criminal law":      {triage.Lead{Violation: "tm", Place: "凤城镇", Township: "凤城镇", Hint: true}, triage.Police, "zhifa"},
		"two have sent it back":             {triage.Lead{Violation: "tm", Place: "凤城镇", Township: "凤城镇", Refused: []string{"fengcheng", "zscq"}}, triage.Conference, ""},
		"nothing is known":                  {triage.Lead{Violation: "tm", Subject: "待查", Place: "待查"}, triage.More, ""},
		"anything else":                     {triage.Lead{Violation: "other", Place: "福田乡", Township: "福田乡"}, triage.Local, "gande"},
	} {
		s, ok := triage.Suggest(cfg.triage(), c.lead)
		require.True(t, ok, name)
		require.Equal(t, c.route, s.Route, name)
		require.Equal(t, c.unit, s.Unit, name)
		require.NotEmpty(t, s.Why, name)
	}
}
