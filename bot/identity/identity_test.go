package identity_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/identity"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// place is a book over a database, with the roster that it asks.
type place struct {
	*identity.Book
	t      *testing.T
	store  *store.Store
	clock  *bottest.Clock
	roster *bot.Roster
	rung   int
}

func people(former ...bot.Person) *bot.Roster {
	all := []bot.Person{{Account: "Ann", Name: "甲", Unit: "a", Role: bot.Filer}, {Account: "ben", Name: "乙", Unit: "a", Role: bot.Filer},
		{Account: "cleo", Name: "丙", Unit: "a", Role: bot.Clerk}}
	var in []bot.Person
	for _, p := range all {
		left := false
		for _, f := range former {
			left = left || f.Account == p.Account
		}
		if !left {
			in = append(in, p)
		}
	}
	return bot.NewRoster(in, []bot.Unit{{ID: "a", Name: "甲所", Kind: bot.Station}}, nil, former...)
}

func newPlace(t *testing.T, s *store.Store, bend func(*identity.Options)) *place {
	p := &place{t: t, store: s, clock: bottest.NewClock(bottest.Friday), roster: people()}
	o := identity.Options{Store: s, Platform: "ding", Roster: func() *bot.Roster { return p.roster }, Ring: func() { p.rung++ },
		Wall: p.clock.Now, Log: slog.New(slog.DiscardHandler)}
	if bend != nil {
		bend(&o)
	}
	var err error
	p.Book, err = identity.New(o)
	require.NoError(t, err)
	require.NoError(t, p.Load(t.Context()))
	return p
}

// do runs a step in a transaction of its own, and puts it in force.
func (p *place) do(step func(ctx context.Context, tx *store.Tx) (store.Identity, identity.Verdict, error)) (i store.Identity, v identity.Verdict) {
	p.t.Helper()
	require.NoError(p.t, p.store.Update(p.t.Context(), func(tx *store.Tx) (err error) {
		i, v, err = step(p.t.Context(), tx)
		return err
	}))
	require.NoError(p.t, p.Load(p.t.Context()))
	return i, v
}

func (p *place) ask(user, account string) (store.Identity, identity.Verdict) {
	p.t.Helper()
	return p.do(func(ctx context.Context, tx *store.Tx) (store.Identity, identity.Verdict, error) {
		return p.Ask(ctx, tx, user, account, p.clock.Now())
	})
}

func (p *place) confirm(request int64, by string) identity.Verdict {
	p.t.Helper()
	_, v := p.do(func(ctx context.Context, tx *store.Tx) (store.Identity, identity.Verdict, error) {
		return p.Confirm(ctx, tx, request, by, p.clock.Now())
	})
	return v
}

func (p *place) object(request int64, by string) identity.Verdict {
	p.t.Helper()
	_, v := p.do(func(ctx context.Context, tx *store.Tx) (store.Identity, identity.Verdict, error) {
		return p.Object(ctx, tx, request, by, p.clock.Now())
	})
	return v
}

// bind binds a user to an account.
func (p *place) bind(user, account string) store.Identity {
	p.t.Helper()
	i, v := p.ask(user, account)
	require.Equal(p.t, identity.Done, v)
	require.Equal(p.t, identity.Done, p.confirm(i.Request, "cleo"))
	return i
}

// is wants a user to be an account, and an account that user; user "" = nobody's.
func (p *place) is(user, account string) {
	p.t.Helper()
	require.Equal(p.t, account, p.Account(user))
	back, ok := p.UserID(account)
	require.True(p.t, ok, "who writes can be answered")
	require.Equal(p.t, user, back)
}

func (p *place) steps(user string) (out []string) {
	require.NoError(p.t, p.store.View(p.t.Context(), func(tx *store.Tx) error {
		list, err := tx.Identities().Steps(p.t.Context(), "ding", user, time.Time{})
		for _, s := range list {
			out = append(out, s.Step+" "+s.Account+" by "+s.By)
		}
		return err
	}))
	return out
}

func TestWhoIsWho(t *testing.T) {
	same := func(o *identity.Options) { o.Same, o.Configured = true, map[string]string{"042": "ben"} }
	bound := func(o *identity.Options) { o.Configured = map[string]string{"042": "ben"} }
	for name, c := range map[string]struct {
		bend          func(*identity.Options)
		user, account string
	}{
		"the configuration's":                          {bound, "042", "ben"},
		"an account's name is nobody's":                {bound, "cleo", "ding:cleo"},
		"an account's name, where it is":               {same, "Cleo", "cleo"},
		"not if the person is another user":            {same, "ben", "ding:ben"},
		"somebody whom nobody knows":                   {same, "77", "ding:77"},
		"user ids that look like a stranger's account": {same, "ding:77", "ding:ding:77"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t, storetest.SQLite(t), c.bend)
			require.Equal(t, c.account, p.Account(c.user))
		})
	}
	p := newPlace(t, storetest.SQLite(t), bound)
	_, ok := p.UserID("Ann")
	require.False(t, ok)
	_, ok = p.UserID("nobody")
	require.False(t, ok)
	p.is("042", "ben")
	p.is("77", "ding:77")
}

func TestAUserIsBoundByTheOfficeAndByNobodyElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func(*testing.T) *store.Store) {
		p := newPlace(t, open(t), nil)
		i, v := p.ask("042", "ann")
		require.Equal(t, identity.Done, v)
		p.is("042", "ding:042")
		require.Equal(t, identity.NotTheirs, p.confirm(i.Request, "Ann"), "the holder does not decide")
		require.Equal(t, identity.Stale, p.confirm(i.Request+1, "cleo"))
		require.Equal(t, identity.Done, p.confirm(i.Request, "cleo"))
		p.is("042", "Ann")
		require.Equal(t, identity.Decided, p.confirm(i.Request, "cleo"))
		_, v = p.ask("042", "ben")
		require.Equal(t, identity.Bound, v)
		other, _ := p.ask("043", "ANN")
		require.Equal(t, identity.Taken, p.confirm(other.Request, "cleo"), "one user for one person")
		stray, _ := p.ask("044", "nobody")
		require.Equal(t, identity.Unknown, p.confirm(stray.Request, "cleo"))
		require.Equal(t, []string{"asked ann by ding:042", "confirmed Ann by cleo"}, p.steps("042"))

		again := newPlace(t, p.store, nil)
		again.is("042", "Ann")
		b, ok := again.Bound("ann")
		require.True(t, ok)
		require.Equal(t, "cleo", b.DecidedBy)
	})
}

func TestWhatNobodyDecidesInTimeIsOver(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), nil)
	i, _ := p.ask("042", "ann")
	_, v := p.ask("042", "Ann")
	require.Equal(t, identity.Pending, v)
	p.clock.Set(p.clock.Now().Add(identity.OpenFor))
	require.Equal(t, identity.Expired, p.confirm(i.Request, "cleo"))
	next, v := p.ask("042", "ann")
	require.Equal(t, identity.Done, v)
	require.NotEqual(t, i.Request, next.Request)
	require.Equal(t, identity.Stale, p.confirm(i.Request, "cleo"), "the old card is not about the new asking")
}

func TestAUserAsksThreeTimesADay(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), nil)
	for _, account := range []string{"a", "b", "c"} {
		_, v := p.ask("042", account)
		require.Equal(t, identity.Done, v)
	}
	_, v := p.ask("042", "ann")
	require.Equal(t, identity.TooMany, v)
	_, v = p.ask("043", "ann")
	require.Equal(t, identity.Done, v, "others may")
	p.clock.Set(p.clock.Now().Add(24*time.Hour + time.Second))
	_, v = p.ask("042", "ann")
	require.Equal(t, identity.Done, v)
}

func TestTheHolderObjects(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), nil)
	i, _ := p.ask("042", "ann")
	require.Equal(t, identity.NotTheirs, p.object(i.Request, "ben"))
	require.Equal(t, identity.Done, p.object(i.Request, "Ann"))
	require.Equal(t, identity.Decided, p.confirm(i.Request, "cleo"))
	_, v := p.ask("042", "ben")
	require.Equal(t, identity.Blocked, v, "for any account")

	bound := p.bind("043", "ann")
	p.is("043", "Ann")
	require.Equal(t, identity.Done, p.object(bound.Request, "Ann"), "also afterwards")
	p.is("043", "ding:043")

	_, v = p.do(func(ctx context.Context, tx *store.Tx) (store.Identity, identity.Verdict, error) {
		return p.Unbind(ctx, tx, "042", "cleo", p.clock.Now())
	})
	require.Equal(t, identity.Done, v)
	_, v = p.ask("042", "ben")
	require.Equal(t, identity.Done, v, "the office has let them again")
}

func TestABindingFollowsItsPerson(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), func(o *identity.Options) { o.Configured = map[string]string{"01": "ben"} })
	p.bind("042", "ann")
	renamed := bot.NewRoster([]bot.Person{{Account: "ann.new", Name: "甲"}, {Account: "ben", Name: "乙"}}, nil, nil, bot.Person{Account: "Ann", Name: "甲"})
	p.roster = renamed.Renamed(map[string]string{"Ann": "ann.new"})
	p.is("042", "ann.new")
	p.roster = people(bot.Person{Account: "Ann", Name: "甲"}, bot.Person{Account: "ben", Name: "乙"})
	p.is("042", "Ann")
	_, left := p.roster.Former(p.Account("042"))
	require.True(t, left, "they hear that they have left")
	p.is("01", "ben")
	p.roster = bot.NewRoster(nil, nil, nil)
	p.is("042", "ding:042")
	_, v := p.ask("042", "x")
	require.Equal(t, identity.Done, v, "whose account is gone for good may ask for another")
}

func TestAnotherReplicaKnowsInAMoment(t *testing.T) {
	s := storetest.SQLite(t)
	here, there := newPlace(t, s, nil), newPlace(t, s, nil)
	require.False(t, there.Glance(t.Context()))
	here.bind("042", "ann")
	require.Equal(t, "ding:042", there.Account("042"))
	require.True(t, there.Glance(t.Context()))
	there.is("042", "Ann")

	here.bind("043", "ben")
	running, end := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { there.Run(running); close(over) }()
	require.Eventually(t, func() bool { return there.Account("043") == "ben" }, 5*time.Second, 10*time.Millisecond, "without being rung, too")
	end()
	<-over

	ctx, cancel := context.WithCancel(t.Context())
	done, rung := make(chan struct{}), make(chan struct{})
	run := newPlace(t, s, func(o *identity.Options) { o.Ring = func() { close(rung) } })
	go func() { run.Run(ctx); close(done) }()
	require.NoError(t, s.Update(t.Context(), func(tx *store.Tx) error {
		_, _, err := run.Unbind(t.Context(), tx, "042", "cleo", run.clock.Now())
		return err
	}))
	run.Wake()
	<-rung
	run.is("042", "ding:042")
	cancel()
	<-done
}

func TestAnAnswerThatCannotBeReadChangesNothing(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), nil)
	p.bind("042", "ann")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, p.Load(ctx))
	p.is("042", "Ann")
	require.True(t, errors.Is(ctx.Err(), context.Canceled))
}
