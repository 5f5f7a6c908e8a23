package staff_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/staff"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// book is a directory in memory.
type book struct {
	bot.Directory
	hidden map[string]bot.Member // not listed, but known when asked for
	fails  error                 // of the whole
	silent bool                  // Member fails
	reads  int
	during func() // while it is read
}

// reader is the book as staff reads it.
type reader struct{ *book }

func (r reader) Directory(context.Context, []string) (bot.Directory, error) {
	r.reads++
	d := r.book.Directory
	d.Members = slices.Clone(d.Members)
	if r.during != nil {
		r.during()
	}
	return d, r.fails
}

func (r reader) Member(_ context.Context, account string) (bot.Member, bool, error) {
	m, ok := r.hidden[account]
	if r.silent {
		return m, false, errors.New("no answer")
	}
	return m, ok, nil
}

func member(account string, departments ...string) bot.Member {
	return bot.Member{Account: account, Name: "名" + account, Departments: departments, Active: true}
}

// office is a staff over a database, with a directory.
type office struct {
	*staff.Staff
	t     *testing.T
	store *store.Store
	clock *bottest.Clock
	book  *book
	now   *bot.Roster
	o     staff.Options
}

func config() *bot.Roster {
	return bot.NewRoster([]bot.Person{
		{Account: "Ann", Name: "填报员·甲", Unit: "a", Role: bot.Filer, Deputy: "ben"},
		{Account: "ben", Name: "填报员·乙", Unit: "b", Role: bot.Filer, Deputy: "Ann"},
	}, []bot.Unit{{ID: "a", Name: "甲所", Kind: bot.Station}, {ID: "b", Name: "乙所", Kind: bot.Station}},
		[]bot.Group{{Name: "群", Members: []string{"Ann", "ben"}}, {Name: "众"}})
}

func newOffice(t *testing.T, s *store.Store) *office {
	o := &office{t: t, store: s, clock: bottest.NewClock(bottest.Friday), book: &book{}}
	o.book.Complete, o.book.Tagged = true, true
	o.book.Parent = map[string]string{"121": "12", "12": "1", "13": "1"}
	o.book.Members = []bot.Member{member("ann"), member("ben", "13"), member("carl", "121"), member("dora", "1")}
	o.open(s)
	return o
}

// open makes a staff of its own over a database: a process, or a replica.
func (o *office) open(s *store.Store) {
	o.o = staff.Options{Store: s, Config: config(), Platform: "test", Directory: reader{o.book}, Every: time.Hour,
		Rules: staff.Rules{Departments: map[string]string{"12": "a", "13": "b"}, Tags: map[string]bot.Role{"3": bot.Head, "4": bot.Chief}},
		Put:   func(r *bot.Roster) { o.now = r }, Wall: o.clock.Now, Log: slog.New(slog.DiscardHandler)}
	var err error
	o.Staff, err = staff.New(o.o)
	require.NoError(o.t, err)
	require.NoError(o.t, o.Load(o.t.Context()))
}

func (o *office) sync() staff.Outcome {
	o.t.Helper()
	o.clock.Set(o.clock.Now().Add(time.Minute))
	out, err := o.Sync(o.t.Context())
	require.NoError(o.t, err)
	return out
}

// who are the accounts that are in.
func (o *office) who() (out []string) {
	for _, p := range o.now.People {
		out = append(out, p.Account)
	}
	return out
}

func TestThePeopleComeFromTheConfigurationAndFromMappedDepartments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func(*testing.T) *store.Store) {
		o := newOffice(t, open(t))
		out := o.sync()
		require.Equal(t, []string{"carl"}, out.Came)
		require.Empty(t, out.Left)
		require.Equal(t, []string{"Ann", "ben", "carl"}, o.who(), "dora is in no department of ours")
		ben, _ := o.now.Person("BEN")
		require.Equal(t, "填报员·乙", ben.Name, "the configuration wins")
		carl, ok := o.now.Person("carl")
		require.True(t, ok)
		require.Equal(t, bot.Person{Account: "carl", Name: "名carl", Unit: "a", Role: bot.Filer}, carl, "by the department above theirs")

		o.book.Members[2].Tags, o.book.Members[2].Departments = []string{"3", "4"}, []string{"13"}
		o.sync()
		carl, _ = o.now.Person("carl")
		require.Equal(t, bot.Chief, carl.Role, "of several tags the highest role")
		require.Equal(t, "b", carl.Unit)

		o.book.Tagged, o.book.Members[2].Tags = false, nil
		o.sync()
		carl, _ = o.now.Person("carl")
		require.Equal(t, bot.Chief, carl.Role, "a tag that cannot be read takes no role away")

		o.open(o.store) // a restart, or another replica
		require.Equal(t, []string{"Ann", "ben", "carl"}, o.who(), "known without asking the platform")

		o.book.Tagged, o.book.Members[2].Departments = true, []string{"1"}
		require.Equal(t, []string{"carl"}, o.sync().Left)
		require.Equal(t, []string{"Ann", "ben"}, o.who())
		_, left := o.now.Former("carl")
		require.True(t, left)
		require.Equal(t, "名carl", o.now.PersonName("carl"), "what they did keeps its name")
	})
}

func TestWhoIsInTheDirectoryNoMoreIsLockedOutOnlyBySomethingCertain(t *testing.T) {
	without := func(o *office) { o.book.Members = slices.Delete(o.book.Members, 1, 3) } // ben and carl
	for name, c := range map[string]struct {
		bend func(o *office)
		in   []string
	}{
		"read to the end":   {without, []string{"Ann"}},
		"read in part":      {func(o *office) { without(o); o.book.Complete = false }, []string{"Ann", "ben", "carl"}},
		"nobody to be seen": {func(o *office) { o.book.Members = nil }, []string{"Ann", "ben", "carl"}},
		"not listed, but there": {func(o *office) {
			without(o)
			o.book.hidden = map[string]bot.Member{"ben": member("ben"), "carl": member("carl", "12")}
		}, []string{"Ann", "ben", "carl"}},
		"the second question fails":    {func(o *office) { without(o); o.book.silent = true }, []string{"Ann", "ben", "carl"}},
		"disabled":                     {func(o *office) { o.book.Members[1].Active = false; o.book.Members[2].Active = false }, []string{"Ann"}},
		"disabled, seen in part":       {func(o *office) { o.book.Members[1].Active = false; o.book.Complete = false }, []string{"Ann", "carl"}},
		"the platform has said better": {func(o *office) { without(o); o.book.during = func() { o.joined("ben") } }, []string{"Ann", "ben"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, storetest.SQLite(t))
			o.sync()
			c.bend(o)
			o.sync()
			require.Equal(t, c.in, o.who())
		})
	}
}

// joined is a change that the platform tells while the directory is read.
func (o *office) joined(account string) {
	o.clock.Set(o.clock.Now().Add(time.Second))
	gone, back := false, true
	for _, active := range []*bool{&gone, &back} {
		kind := bot.MemberChanged
		if *active {
			kind = bot.MemberJoined
		}
		require.NoError(o.t, o.Changed(o.t.Context(), bot.MemberChange{Kind: kind, Account: account, Active: active}))
	}
}

func TestAFailedReadingChangesNothing(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.sync()
	o.book.fails, o.book.Members = errors.New("no answer"), nil
	_, err := o.Sync(t.Context())
	require.Error(t, err)
	require.Equal(t, []string{"Ann", "ben", "carl"}, o.who())
	o.book.fails, o.book.Members = nil, []bot.Member{member("ann"), member("carl", "12")}
	o.sync()
	require.Equal(t, []string{"Ann", "carl"}, o.who())
	o.book.Members = append(o.book.Members, member("ben"))
	require.Equal(t, []string{"ben"}, o.sync().Came, "who is there again is in again")
	require.Equal(t, []string{"Ann", "ben", "carl"}, o.who())
}

func TestALeaverIsOutWhileTheDirectoryIsReadWithThemInIt(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.book.during = func() {
		o.clock.Set(o.clock.Now().Add(time.Second))
		for _, account := range []string{"ben", "carl"} { // carl is not known yet
			require.NoError(t, o.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: account}))
		}
	}
	o.sync()
	require.Equal(t, []string{"Ann"}, o.who())
}

func TestARenamedPersonKeepsTheirPlace(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.sync()
	rename := func(from, to string) {
		for range 2 { // the platform may say it twice
			require.NoError(t, o.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberChanged, Account: from, Renamed: to}))
			o.clock.Set(o.clock.Now().Add(time.Second))
		}
	}
	rename("ann", "anna")
	rename("anna", "anna.wu")
	rename("carl", "karl")
	require.Equal(t, []string{"anna.wu", "ben", "karl"}, o.who())
	ann, _ := o.now.Person("anna.wu")
	require.Equal(t, bot.Person{Account: "anna.wu", Name: "填报员·甲", Unit: "a", Role: bot.Filer, Deputy: "ben"}, ann)
	ben, _ := o.now.Person("ben")
	require.Equal(t, "anna.wu", ben.Deputy)
	group, _ := o.now.Group("群")
	require.Equal(t, []string{"anna.wu", "ben"}, group.Members)
	karl, _ := o.now.Person("karl")
	require.Equal(t, "a", karl.Unit)
	for _, old := range []string{"ann", "anna", "carl"} {
		_, in := o.now.Person(old)
		require.False(t, in, old)
	}
	o.book.Members = []bot.Member{member("anna.wu", "1"), member("ben"), member("karl", "12")}
	o.sync()
	require.Equal(t, []string{"anna.wu", "ben", "karl"}, o.who(), "in whatever department: it is somebody of the configuration")
	rename("anna.wu", "ann")
	require.Equal(t, []string{"Ann", "ben", "karl"}, o.who())
	rename("ben", "ben")
	require.Equal(t, []string{"Ann", "ben", "karl"}, o.who(), "other letters are no other account")
}

func TestAGroupLosesItsLeaversAndNeverBecomesEverybodys(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	left := func(account string) {
		require.NoError(t, o.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: account}))
	}
	left("ann")
	g, _ := o.now.Group("群")
	require.Equal(t, []string{"ben"}, g.Members)
	left("ben")
	g, _ = o.now.Group("群")
	require.NotEmpty(t, g.Members)
	require.Empty(t, o.who())
}

func TestOneReplicaReadsTheDirectoryInEachPeriod(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func(*testing.T) *store.Store) {
		one := newOffice(t, open(t))
		two := newOffice(t, one.store)
		two.book, two.clock = one.book, one.clock
		two.open(one.store)
		step := func(after time.Duration) {
			one.clock.Set(one.clock.Now().Add(after))
			two.Step(t.Context())
			one.Step(t.Context())
		}
		step(0)
		require.Equal(t, 1, one.book.reads, "at the start, for all")
		step(time.Minute)
		require.Equal(t, 1, one.book.reads)
		one.Glance(t.Context())
		require.Equal(t, []string{"Ann", "ben", "carl"}, one.who(), "what the other has read")
		step(time.Hour)
		require.Equal(t, 2, one.book.reads)

		require.NoError(t, one.Changed(t.Context(), bot.MemberChange{Kind: bot.OtherChange}))
		require.NoError(t, two.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberJoined, Account: "new"}))
		step(0)
		require.Equal(t, 2, one.book.reads, "not at once: thirty changes are one reading")
		step(15 * time.Second)
		require.Equal(t, 3, one.book.reads, "but soon")
		step(31 * time.Second)
		require.Equal(t, 4, one.book.reads, "the other has heard of a change as well, and cannot know that it was seen to")
		step(5 * time.Minute)
		require.Equal(t, 4, one.book.reads)

		one.book.fails = errors.New("no answer")
		step(time.Hour)
		require.Equal(t, 5, one.book.reads)
		step(30 * time.Second)
		require.Equal(t, 5, one.book.reads)
		one.book.fails = nil
		step(time.Minute)
		require.Equal(t, 6, one.book.reads, "a failed reading is tried again")
	})
}

func TestOtherRulesAreFollowedAtOnce(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.Step(t.Context())
	o.open(o.store)
	o.Step(t.Context())
	require.Equal(t, 1, o.book.reads, "a restart is no reason to read")
	rules := o.o.Rules
	rules.Departments = maps.Clone(rules.Departments)
	rules.Departments["1"] = "b"
	o.o.Rules = rules
	var err error
	o.Staff, err = staff.New(o.o)
	require.NoError(t, err)
	o.Step(t.Context())
	require.Equal(t, 2, o.book.reads)
	require.Equal(t, []string{"Ann", "ben", "carl", "dora"}, o.who())
	o.o.Rules = staff.Rules{}
	o.Staff, err = staff.New(o.o)
	require.NoError(t, err)
	require.NoError(t, o.Load(t.Context()))
	require.Equal(t, []string{"Ann", "ben"}, o.who(), "without departments only the configuration's")
}

func TestALeaverIsOutHereThoughTheDatabaseIsAway(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, o.Changed(gone, bot.MemberChange{Kind: bot.MemberLeft, Account: "ben"}), "the platform has to say it again")
	require.Equal(t, []string{"Ann"}, o.who())
	require.NoError(t, o.Load(t.Context()))
	require.Equal(t, []string{"Ann"}, o.who(), "the database, which does not know it yet, lets nobody in again")
	other := newOffice(t, o.store)
	require.Equal(t, []string{"Ann", "ben"}, other.who())
	o.Glance(t.Context()) // and the platform need not say it again
	other.Glance(t.Context())
	require.Equal(t, []string{"Ann"}, other.who())
	o.open(o.store)
	require.Equal(t, []string{"Ann"}, o.who())
}

func TestWhoIsDisabledAndThenNotIsInAgain(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	no, yes := false, true
	for _, active := range []*bool{&no, &yes} {
		require.NoError(t, o.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberChanged, Account: "ben", Active: active}))
		require.Equal(t, *active, slices.Contains(o.who(), "ben"))
	}
}

func TestAnOldChangeSaidAgainChangesNothing(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	was := o.clock.Now()
	require.NoError(t, o.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: "ben", At: was}))
	require.NotContains(t, o.who(), "ben")
	o.clock.Set(o.clock.Now().Add(time.Hour))
	require.NoError(t, o.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberJoined, Account: "ben", At: o.clock.Now()}))
	require.Contains(t, o.who(), "ben")
	require.NoError(t, o.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: "ben", At: was}))
	require.Contains(t, o.who(), "ben")
}

func TestRunEndsWithItsContext(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { o.Run(ctx); close(done) }()
	cancel()
	<-done
}

func TestWhoIsFoundOnlyByNameKeepsTheirRole(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	o.book.Members[2].Tags = []string{"3"}
	o.sync()
	role := func() bot.Role {
		carl, ok := o.now.Person("carl")
		require.True(t, ok)
		return carl.Role
	}
	require.Equal(t, bot.Head, role())
	// The list leaves carl out; asked for by name, the platform knows him, and no tags.
	o.book.hidden = map[string]bot.Member{"carl": member("carl", "12")}
	o.book.Members = slices.Delete(slices.Clone(o.book.Members), 2, 3)
	require.Empty(t, o.sync().Left)
	require.Equal(t, bot.Head, role())
}
