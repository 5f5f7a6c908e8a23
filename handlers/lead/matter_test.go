package lead

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/lead/limits"
	"zhuanban/store"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	got, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Shanghai)
	require.NoError(t, err)
	return got
}

func duty(t *testing.T) *Duty {
	t.Helper()
	cal, err := calendar.Default()
	require.NoError(t, err)
	return New(Config{Prefix: "AX", Calendar: cal})
}

// matter is a lead that was registered on 4 March 2024, the day after it was found.
func matter(t *testing.T, state flow.State) *Matter {
	return &Matter{Lead: store.Lead{ID: 1, State: store.LeadState(state), RegisteredAt: at(t, "2024-03-04 10:00"), FoundAt: at(t, "2024-03-03 09:00"),
		Unit: "fengcheng", Reporter: "fengcheng.filer", Source: "inspect"},
		Handling: store.Handling{LeadID: 1, Unit: "zhifa", AssignedAt: at(t, "2024-03-04 11:00"), UpdatedAt: at(t, "2024-03-05 11:00"), OutcomeAt: at(t, "2024-03-06 11:00")}}
}

// TestWhichLimitsRun in which state, and which of them is the next.
func TestWhichLimitsRun(t *testing.T) {
	filed := &store.Case{FiledAt: at(t, "2024-03-06 11:00"), DecidedAt: at(t, "2024-03-07 11:00")}
	police := func(change func(*store.Transfer)) []store.Transfer {
		tr := store.Transfer{Kind: store.ToPolice, ProposedAt: at(t, "2024-03-06 12:00")}
		change(&tr)
		return []store.Transfer{tr}
	}
	for name, tt := range map[string]struct {
		state  flow.State
		change func(*Matter)
		want   []limits.Kind
		due    string // and the first moment after the next one
	}{
		"registered":      {flow.Registered, nil, []limits.Kind{limits.Check}, "2024-03-23 00:00"},
		"assigned":        {flow.Assigned, nil, []limits.Kind{limits.Check, limits.Accept}, "2024-03-06 00:00"},
		"assigned, 特急":    {flow.Assigned, func(m *Matter) { m.Lead.Urgency = UrgencyCritical }, []limits.Kind{limits.Check, limits.Accept, limits.FirstCritical}, "2024-03-05 11:00"},
		"assigned, 紧急":    {flow.Accepted, func(m *Matter) { m.Lead.Urgency = UrgencyUrgent }, []limits.Kind{limits.Check, limits.FirstUrgent}, "2024-03-08 00:00"},
		"told already":    {flow.Checking, func(m *Matter) { m.Lead.Urgency, m.Handling.ToldAt = UrgencyUrgent, at(t, "2024-03-04 12:00") }, []limits.Kind{limits.Check}, "2024-03-23 00:00"},
		"sent back":       {flow.Returned, nil, []limits.Kind{limits.Check, limits.Supplement}, "2024-03-08 00:00"},
		"filed":           {flow.Filed, func(m *Matter) { m.Case = filed }, []limits.Kind{limits.Decide}, "2024-06-05 00:00"},
		"filed, reported": {flow.Filed, func(m *Matter) { m.Case, m.Lead.Source = filed, SourceReport }, []limits.Kind{limits.Decide, limits.TellInformant}, "2024-03-14 00:00"},
		"reported, and told": {flow.NotFiled, func(m *Matter) {
			m.Lead.Source, m.Handling.InformedAt = SourceReport, at(t, "2024-03-06 12:00")
		}, nil, ""},
		"decided":  {flow.Decided, func(m *Matter) { m.Case = filed }, []limits.Kind{limits.CloseForm, limits.Publish}, "2024-03-29 00:00"},
		"closed":   {flow.Closed, nil, nil, ""},
		"proposed": {flow.Checking, func(m *Matter) { m.Transfers = police(func(*store.Transfer) {}) }, []limits.Kind{limits.Check, limits.PoliceDecide}, "2024-03-10 00:00"},
		"refused": {flow.Checking, func(m *Matter) {
			m.Transfers = police(func(tr *store.Transfer) { tr.DecidedAt = at(t, "2024-03-07 09:00") })
		}, []limits.Kind{limits.Check}, "2024-03-23 00:00"},
		"approved": {flow.Checking, func(m *Matter) {
			m.Transfers = police(func(tr *store.Transfer) { tr.DecidedAt, tr.Approved = at(t, "2024-03-07 09:00"), true })
		}, []limits.Kind{limits.Check, limits.PoliceSend}, "2024-03-08 09:00"},
		"with the police": {flow.TransferredPolice, func(m *Matter) {
			m.Transfers = police(func(tr *store.Transfer) { tr.SentAt = at(t, "2024-03-07 09:00") })
		}, []limits.Kind{limits.PoliceReview}, ""}, // theirs to keep: nobody here is reminded
		"the police have filed": {flow.TransferredPolice, func(m *Matter) {
			m.Transfers = police(func(tr *store.Transfer) {
				tr.SentAt, tr.Answer, tr.AnsweredAt = at(t, "2024-03-07 09:00"), PoliceHasFiled, at(t, "2024-03-08 09:00")
			})
		}, []limits.Kind{limits.PoliceGoods}, "2024-03-12 00:00"},
		"assistance after the end": {flow.Archived, func(m *Matter) {
			m.Transfers = []store.Transfer{{Kind: store.ToAssist, ProposedAt: at(t, "2024-03-06 09:00")}}
		}, []limits.Kind{limits.Assist}, "2024-03-28 00:00"},
		"goods are held": {flow.Checking, func(m *Matter) {
			m.Spans = []store.Span{{Kind: store.Preserve, Status: store.SpanHolds, AskedAt: at(t, "2024-03-06 09:00"), From: "2024-03-06"}}
		}, []limits.Kind{limits.Check, limits.Preserve}, "2024-03-16 00:00"},
		"goods are free": {flow.Checking, func(m *Matter) {
			m.Spans = []store.Span{{Kind: store.Seizure, Status: store.SpanLifted, AskedAt: at(t, "2024-03-06 09:00"), From: "2024-03-06"}}
		}, []limits.Kind{limits.Check}, "2024-03-23 00:00"},
		"suspended": {flow.Suspended, func(m *Matter) {
			m.Spans = []store.Span{{Kind: store.Suspension, Status: store.SpanHolds, From: "2024-03-06"}}
		}, []limits.Kind{limits.Check}, ""},
		"extended, and asked for more": {flow.Checking, func(m *Matter) {
			m.Spans = []store.Span{{Kind: store.Extension, Limit: "check", Units: 15, Status: store.SpanHolds}, {Kind: store.Extension, Limit: "check", Units: 15, Status: store.SpanAsked}}
		}, []limits.Kind{limits.Check}, "2024-04-16 00:00"},
		"the office wants it sooner": {flow.Checking, func(m *Matter) { m.Handling.DemandAt = at(t, "2024-03-08 00:00") }, []limits.Kind{limits.Check, DemandOffice}, "2024-03-08 00:00"},
		"pressed": {flow.Checking, func(m *Matter) {
			m.Supervision = []store.Supervision{{DueAt: at(t, "2024-03-09 00:00"), EndedAt: at(t, "2024-03-08 00:00")}, {DueAt: at(t, "2024-03-12 00:00")}}
		}, []limits.Kind{limits.Check, DemandNotice}, "2024-03-12 00:00"},
		"found in a year that the calendar does not know": {flow.Registered, func(m *Matter) { m.Lead.FoundAt = at(t, "2023-12-28 09:00") }, []limits.Kind{limits.Check}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := matter(t, tt.state)
			if tt.change != nil {
				tt.change(m)
			}
			var got []limits.Kind
			for _, c := range m.Clocks() {
				got = append(got, c.Kind)
			}
			require.Equal(t, tt.want, got)
			d := duty(t)
			d.Count(m)
			if tt.due == "" {
				require.True(t, m.Handling.DueAt.IsZero(), "due %s for %s", m.Handling.DueAt, m.Handling.DueKind)
				return
			}
			require.Equal(t, tt.due, m.Handling.DueAt.In(calendar.Shanghai).Format("2006-01-02 15:04"))
			require.True(t, m.Handling.Open)
		})
	}
}

// TestAYearThatNobodyKnowsIsOnTheCard, and not a guess.
func TestAYearThatNobodyKnowsIsOnTheCard(t *testing.T) {
	m := matter(t, flow.Registered)
	m.Lead.FoundAt = at(t, "2023-12-28 09:00")
	views := duty(t).limits(m, at(t, "2024-01-05 09:00"))
	require.Len(t, views, 1)
	require.Equal(t, 2023, views[0].Year)
	require.True(t, views[0].Due.IsZero())
}

// TestHintsAreForThoseWhoHandleIt: the handler, the head and the office; not for whoever
// registered it, not for leaders, and not once it is decided.
func TestHintsAreForThoseWhoHandleIt(t *testing.T) {
	people := []bot.Person{{Account: "zhifa.filer", Unit: "zhifa", Role: bot.Filer}, {Account: "zhifa.head", Unit: "zhifa", Role: bot.Head},
		{Account: "office.clerk", Unit: "office", Role: bot.Clerk}, {Account: "fengcheng.filer", Unit: "fengcheng", Role: bot.Filer},
		{Account: "leader.chief", Unit: "leaders", Role: bot.Chief}, {Account: "gande.head", Unit: "gande", Role: bot.Head}}
	r := bot.NewRoster(people, nil, nil)
	m := matter(t, flow.Checking)
	value := int64(60_000 * 100)
	m.Lead.Violation, m.Lead.Value = "tm", &value
	for i, p := range people {
		require.Equal(t, i < 3, len(duty(t).Stand(r, p, at(t, "2024-03-05 09:00"), m).Hints) > 0, p.Account)
	}
	m.Lead.State = store.LeadState(flow.Closed)
	require.Empty(t, duty(t).Stand(r, people[0], at(t, "2024-03-05 09:00"), m).Hints)
}
