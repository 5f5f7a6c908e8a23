package casefile

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/dialog"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/limits"
	"zhuanban/handlers/weekly/table"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

var people = bot.NewRoster([]bot.Person{
	{Account: "gande.filer", Name: "填报员·感德所", Unit: "gande", Role: bot.Filer, Deputy: "hutou.filer"},
	{Account: "gande.head", Name: "所长·感德所", Unit: "gande", Role: bot.Head},
	{Account: "hutou.filer", Name: "填报员·湖头所", Unit: "hutou", Role: bot.Filer},
	{Account: "office.director", Name: "专项办主任", Unit: "office", Role: bot.Director},
	{Account: "office.clerk", Name: "专项办职员", Unit: "office", Role: bot.Clerk},
	{Account: "leader.chief", Name: "组长", Unit: "leaders", Role: bot.Chief},
}, []bot.Unit{{ID: "gande", Name: "感德所", Kind: bot.Station}, {ID: "hutou", Name: "湖头所", Kind: bot.Station},
	{ID: "office", Name: "专项办", Kind: bot.Office}, {ID: "leaders", Name: "组长", Kind: bot.Leading}}, nil)

// clocks is the job on a calendar, with a digest at nine.
func clocks(t *testing.T) (*Clocks, *calendar.Calendar) {
	t.Helper()
	cal, err := calendar.Default()
	require.NoError(t, err)
	leads := lead.New(lead.Config{Prefix: "AX", Form: dialog.Form{}, Calendar: cal})
	d := New(Config{Calendar: cal, Digest: &table.Clock{Hour: 9}, Notice: "督办"}, leads)
	return d.Clocks(func() *bot.Roster { return people }), cal
}

func on(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Shanghai)
	require.NoError(t, err)
	return at
}

// a lead of gande's that is due with the end of Monday, 25 March 2024.
func aTask(t *testing.T, s *store.Store, number string, change func(*store.Lead, *store.Handling)) int64 {
	t.Helper()
	l := store.Lead{ID: s.NewID(), Number: number, State: "checking", RegisteredAt: on(t, "2024-03-04 10:00"), Unit: "hutou", Reporter: "hutou.filer"}
	h := store.Handling{LeadID: l.ID, Origin: "hutou", Unit: "gande", AssignedAt: l.RegisteredAt, Open: true,
		DueAt: on(t, "2024-03-26 00:00"), DueKind: string(limits.Check)}
	if change != nil {
		change(&l, &h)
	}
	require.NoError(t, s.Update(t.Context(), func(tx *store.Tx) error {
		require.NoError(t, tx.Leads().Insert(t.Context(), l))
		return tx.Handlings().Put(t.Context(), h)
	}))
	return l.ID
}

// hear fires what is due at a time and gives who hears of how much, and who may sign.
func hear(t *testing.T, c *Clocks, s *store.Store, at string) (tasks, sign map[string]int) {
	t.Helper()
	tasks, sign = map[string]int{}, map[string]int{}
	require.NoError(t, s.View(t.Context(), func(tx *store.Tx) error {
		notices, err := c.fire(t.Context(), tx, on(t, at))
		for _, n := range notices {
			v := n.Data.(DigestView)
			require.Zero(t, tasks[n.To.Account], "one digest a person")
			tasks[n.To.Account], sign[n.To.Account] = len(v.Tasks)+v.More, len(v.Sign)
		}
		return err
	}))
	return tasks, sign
}

// TestTheLadder: filers from three workdays before, deputies from one after, the head from
// two, the director, with a notice to sign, from three.
func TestTheLadder(t *testing.T) {
	s := storetest.SQLite(t)
	c, _ := clocks(t)
	aTask(t, s, "AX-2024-0001", nil)
	for _, step := range []struct {
		at    string
		hears []string
		sign  bool
	}{
		{"2024-03-19 09:00", nil, false},
		{"2024-03-20 09:00", []string{"gande.filer"}, false},
		{"2024-03-25 09:00", []string{"gande.filer"}, false},
		{"2024-03-26 09:00", []string{"gande.filer", "hutou.filer"}, false},
		{"2024-03-27 09:00", []string{"gande.filer", "hutou.filer", "gande.head"}, false},
		{"2024-03-28 09:00", []string{"gande.filer", "hutou.filer", "gande.head", "office.director"}, true},
	} {
		tasks, sign := hear(t, c, s, step.at)
		require.Len(t, tasks, len(step.hears), step.at)
		for _, who := range step.hears {
			require.Equal(t, 1, tasks[who], "%s at %s", who, step.at)
		}
		require.Equal(t, step.sign, sign["office.director"] == 1, step.at)
		require.Zero(t, sign["gande.head"])
	}
}

// TestWhoElseHears: the office of what waits for it, the reporter of what they are to add,
// the chief of what only the chief decides; and nobody of what stands still.
func TestWhoElseHears(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*store.Lead, *store.Handling)
		hears  []string
	}{
		"it waits for triage": {func(l *store.Lead, h *store.Handling) { l.State, h.AssignedAt = "registered", time.Time{} }, []string{"office.director", "office.clerk"}},
		"it was sent back to its reporter": {func(l *store.Lead, h *store.Handling) {
			l.State, h.DueKind = "returned", string(limits.Supplement)
		}, []string{"hutou.filer"}},
		"a transfer waits for the chief": {func(_ *store.Lead, h *store.Handling) { h.DueKind = string(limits.PoliceDecide) }, []string{"leader.chief"}},
		"it is pressed already":          {func(_ *store.Lead, h *store.Handling) { h.Supervised = 1 }, []string{"gande.filer", "hutou.filer", "gande.head", "office.director"}},
		"nothing is due":                 {func(_ *store.Lead, h *store.Handling) { h.DueAt = time.Time{} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := storetest.SQLite(t)
			c, _ := clocks(t)
			aTask(t, s, "AX-2024-0001", tt.change)
			tasks, sign := hear(t, c, s, "2024-03-29 09:00")
			require.Len(t, tasks, len(tt.hears))
			for _, who := range tt.hears {
				require.Equal(t, 1, tasks[who], who)
			}
			if name == "it is pressed already" {
				require.Zero(t, sign["office.director"], "no second notice by itself")
			}
		})
	}
}

// TestManyAreOneDigest, which names the most pressing and tells how many more there are.
func TestManyAreOneDigest(t *testing.T) {
	s := storetest.SQLite(t)
	c, _ := clocks(t)
	for i := range shownInDigest + 5 {
		aTask(t, s, "AX-2024-"+string(rune('a'+i)), nil)
	}
	tasks, sign := hear(t, c, s, "2024-03-29 09:00")
	require.Equal(t, shownInDigest+5, tasks["gande.filer"])
	require.Equal(t, buttonsAtDesk, sign["office.director"])
}

// TestNothingIsSaidOfWhatIsDoneMeanwhile: a digest that waits is asked again.
func TestNothingIsSaidOfWhatIsDoneMeanwhile(t *testing.T) {
	s := storetest.SQLite(t)
	c, _ := clocks(t)
	id := aTask(t, s, "AX-2024-0001", nil)
	var question string
	require.NoError(t, s.View(t.Context(), func(tx *store.Tx) error {
		notices, err := c.fire(t.Context(), tx, on(t, "2024-03-25 09:00"))
		require.Len(t, notices, 1)
		question = notices[0].Wanted
		require.True(t, on(t, "2024-03-26 00:00").Equal(notices[0].Expires))
		return err
	}))
	require.Contains(t, question, "case.due:")
	wanted := func(tx *store.Tx) bool {
		yes, err := c.duty.wanted()["due"](t.Context(), tx, question[len("case.due:"):])
		require.NoError(t, err)
		return yes
	}
	require.NoError(t, s.Update(t.Context(), func(tx *store.Tx) error {
		require.True(t, wanted(tx))
		h := store.Handling{LeadID: id, Unit: "gande", Open: true, DueAt: on(t, "2024-04-16 00:00")}
		require.NoError(t, tx.Handlings().Put(t.Context(), h))
		require.False(t, wanted(tx), "it was extended")
		h.DueAt = time.Time{}
		require.NoError(t, tx.Handlings().Put(t.Context(), h))
		require.False(t, wanted(tx), "it is done")
		return nil
	}))
}

// TestMorningsOfWorkdaysOnly: never at night, never on a holiday, and nothing of a year
// that nobody knows.
func TestMorningsOfWorkdaysOnly(t *testing.T) {
	c, _ := clocks(t)
	due := func(from, until string) (out []string) {
		all, err := c.Due(on(t, from), on(t, until))
		require.NoError(t, err)
		for _, o := range all {
			out = append(out, o.Due.In(calendar.Shanghai).Format("01-02 15:04"))
		}
		return out
	}
	require.Equal(t, []string{"02-08 09:00", "02-09 09:00", "02-18 09:00", "02-19 09:00"}, due("2024-02-07 09:00", "2024-02-19 09:00"))
	require.Empty(t, due("2024-02-19 09:00", "2024-02-20 08:59"))
	require.Empty(t, due("2027-01-04 00:00", "2027-01-08 00:00"))
	c.duty.cfg.Digest = nil
	require.Empty(t, due("2024-02-07 09:00", "2024-02-19 09:00"), "no hour, no digest")
}
