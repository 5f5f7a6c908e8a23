package flow_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/handlers/lead/flow"
)

var update = flag.Bool("update", false, "write the walk of all moves anew")

// people are one of each role, in relation to a lead that fengcheng has registered and
// zhifa handles.
var people = []struct {
	name string
	flow.Person
}{
	{"reporter", flow.Person{Account: "fengcheng.filer", Unit: "fengcheng", Filer: true}},
	{"reporter's head", flow.Person{Account: "fengcheng.head", Unit: "fengcheng", Head: true}},
	{"handler", flow.Person{Account: "zhifa.filer", Unit: "zhifa", Filer: true}},
	{"handling head", flow.Person{Account: "zhifa.head", Unit: "zhifa", Head: true}},
	{"another unit", flow.Person{Account: "gande.filer", Unit: "gande", Filer: true}},
	{"another head", flow.Person{Account: "gande.head", Unit: "gande", Head: true}},
	{"clerk", flow.Person{Account: "office.clerk", Unit: "office", Office: true}},
	{"director", flow.Person{Account: "office.director", Unit: "office", Office: true, Director: true}},
	{"deputy leader", flow.Person{Account: "leader.deputy1", Unit: "leaders", Director: true}},
	{"chief", flow.Person{Account: "leader.chief", Unit: "leaders", Director: true, Chief: true}},
	{"admin", flow.Person{Account: "admin", Unit: "office"}},
	{"stands in for the handling head", flow.Person{Account: "gande.filer", Unit: "gande", Filer: true,
		For: []flow.Person{{Account: "zhifa.head", Unit: "zhifa", Head: true}}}},
}

func lead(s flow.State) flow.Lead {
	return flow.Lead{State: s, Reporter: "fengcheng.filer", Unit: "fengcheng", Handling: "zhifa"}
}

// TestEveryStateMoveAndRole walks all of them. What may be done is kept as a text that
// people read: a change of the table shows as a difference there.
func TestEveryStateMoveAndRole(t *testing.T) {
	var b strings.Builder
	walked := 0
	for _, s := range flow.States() {
		for _, m := range flow.Moves() {
			var may []string
			for _, p := range people {
				walked++
				r := flow.Check(m, lead(s), p.Person)
				begins := slices.Contains(m.From, s)
				switch {
				case r.OK():
					require.True(t, begins)
					may = append(may, p.name)
				case !begins:
					require.Equal(t, flow.WrongState, r.Why)
				default:
					require.Equal(t, flow.NotTheirs, r.Why)
				}
				require.Equal(t, r.OK(), slices.ContainsFunc(flow.Possible(lead(s), p.Person), func(q flow.Move) bool {
					return q.Name == m.Name && slices.Equal(q.From, m.From)
				}))
			}
			if len(may) > 0 {
				fmt.Fprintf(&b, "%s %s→ %s: %s\n", s, m.Name, m.Target(s, "…"), strings.Join(may, ", "))
			}
		}
	}
	require.Greater(t, walked, 8000)
	path := filepath.Join("testdata", "moves.txt")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

// TestEveryStateIsReachedAndLeft: from the draft one comes to every state, and from
// every state that is somebody's work to the shelf.
func TestEveryStateIsReachedAndLeft(t *testing.T) {
	next := map[flow.State][]flow.State{}
	for _, m := range flow.Moves() {
		for _, s := range m.From {
			next[s] = append(next[s], m.Target(s, flow.Checking))
		}
	}
	reach := func(from flow.State) map[flow.State]bool {
		seen, todo := map[flow.State]bool{from: true}, []flow.State{from}
		for len(todo) > 0 {
			s := todo[0]
			todo = todo[1:]
			for _, n := range next[s] {
				if !seen[n] {
					seen[n] = true
					todo = append(todo, n)
				}
			}
		}
		return seen
	}
	from := reach(flow.Draft)
	for _, s := range flow.States() {
		require.True(t, from[s], "nothing leads to %s", s)
		if flow.Open(s) {
			require.True(t, reach(s)[flow.Archived], "%s leads nowhere", s)
		}
	}
}

// TestEveryMoveIsComplete: its name has a constant of its own, it begins somewhere, has
// somebody who may, and a word for the timeline.
func TestEveryMoveIsComplete(t *testing.T) {
	for _, m := range flow.Moves() {
		require.NotEmpty(t, m.From, m.Name)
		require.NotEmpty(t, m.Who, m.Name)
		require.NotEmpty(t, m.Words, m.Name)
		for _, s := range m.From {
			require.Contains(t, flow.States(), s, m.Name)
		}
		if m.To != "" {
			require.Contains(t, flow.States(), m.To, m.Name)
		}
		found, ok := flow.Find(m.Name)
		require.True(t, ok)
		require.Equal(t, m.Name, found.Name)
	}
	_, ok := flow.Find("no such")
	require.False(t, ok)
}

// TestWordsAreToldApartByState: of the moves that share a word, no two begin in the same
// state.
func TestWordsAreToldApartByState(t *testing.T) {
	type at struct {
		word  string
		state flow.State
	}
	seen := map[at]flow.Name{}
	for _, m := range flow.Moves() {
		for _, w := range m.Words {
			for _, s := range m.From {
				other, twice := seen[at{w, s}]
				require.False(t, twice, "「%s」 of %s is both %s and %s", w, s, m.Name, other)
				seen[at{w, s}] = m.Name
			}
		}
	}
}

func TestChoose(t *testing.T) {
	handler, clerk := people[2].Person, people[6].Person
	tests := []struct {
		word  string
		state flow.State
		who   flow.Person
		want  flow.Name
		why   flow.Why
	}{
		{"反馈", flow.Accepted, handler, flow.Feedback, ""},
		{"反馈", flow.Closed, handler, flow.Feedback, ""},
		{"立案", flow.Assigned, handler, flow.File, ""},
		{"立案", flow.Registered, handler, flow.File, flow.WrongState},
		{"立案", flow.Checking, clerk, flow.File, flow.NotTheirs},
		{"退回", flow.Checking, handler, flow.Refuse, flow.WrongState},
		{"交办", flow.Checking, clerk, flow.Assign, ""},
		{"交办", flow.Checking, handler, flow.Assign, flow.NotTheirs},
		{"批准移送", flow.Checking, clerk, flow.ApprovePolice, flow.NotTheirs},
	}
	for _, tt := range tests {
		m, r := flow.Choose(tt.word, lead(tt.state), tt.who)
		require.Equal(t, tt.want, m.Name, "%s in %s", tt.word, tt.state)
		require.Equal(t, tt.why, r.Why, "%s in %s", tt.word, tt.state)
		if !r.OK() {
			require.Equal(t, flow.Possible(lead(tt.state), tt.who), r.Next)
		}
	}
	m, r := flow.Choose("飞", lead(flow.Checking), handler)
	require.Empty(t, m.Name)
	require.True(t, r.OK(), "a word of nobody's is no refusal")
}

// TestNothingIsLostOnTheWayBack: what was laid aside goes on where it was.
func TestNothingIsLostOnTheWayBack(t *testing.T) {
	for _, n := range []flow.Name{flow.Supplement, flow.EndConference, flow.Resume, flow.PoliceRefused} {
		m, _ := flow.Find(n)
		require.Equal(t, flow.Checking, m.Target(flow.Suspended, flow.Checking), n)
		require.Equal(t, flow.Registered, m.Target(flow.Suspended, ""), n)
	}
}

// TestOnlyTheChiefDecidesOnTheWayToThePolice, as the rules for transfers say.
func TestOnlyTheChiefDecidesOnTheWayToThePolice(t *testing.T) {
	for _, n := range []flow.Name{flow.ApprovePolice, flow.RefusePolice} {
		m, _ := flow.Find(n)
		for _, p := range people {
			require.Equal(t, p.name == "chief", flow.Check(m, lead(flow.Checking), p.Person).OK(), p.name)
		}
	}
	refuse, _ := flow.Find(flow.RefusePolice)
	require.Contains(t, refuse.Needs, flow.Reason, "a refusal has to give its reason")
}
