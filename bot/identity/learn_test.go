package identity_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/identity"
	"zhuanban/store/storetest"
)

// book is a platform's directory in memory.
type book struct {
	bot.Directory
	silent bool
	during func()
}

type reader struct{ *book }

func (r reader) Directory(context.Context, []string) (bot.Directory, error) {
	d := r.book.Directory
	d.Members = append([]bot.Member{}, d.Members...)
	if r.during != nil {
		r.during()
	}
	return d, nil
}

func (r reader) Member(_ context.Context, userID string) (bot.Member, bool, error) {
	if r.silent {
		return bot.Member{}, false, errors.New("no answer")
	}
	return bot.Member{}, false, nil
}

func user(id, union string) bot.Member {
	return bot.Member{Account: id, UserID: id, UnionID: union, Active: true}
}

func TestTheDirectoryTellsSecondNamesAndLeavers(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), func(o *identity.Options) { o.Configured = map[string]string{"01": "ben"} })
	p.bind("042", "ann")
	b := &book{Directory: bot.Directory{Complete: true, Members: []bot.Member{user("01", "u1"), user("042", "u2"), user("77", "u3")}}}
	read := func() []string {
		p.clock.Set(p.clock.Now().Add(time.Hour))
		dir, err := identity.Reader{Book: p.Book, Of: reader{b}}.Directory(t.Context(), nil)
		require.NoError(t, err)
		var out []string
		for _, m := range dir.Members {
			out = append(out, m.Account)
		}
		return out
	}
	require.Equal(t, []string{"ben", "ann"}, read(), "members have the roster's accounts, strangers are none")
	require.Equal(t, "u2", p.Union("Ann"))
	require.Equal(t, "u1", p.Union("ben"))
	require.Equal(t, 1, p.rung)
	read()
	require.Equal(t, 1, p.rung, "what is known already is no news")

	b.Members = b.Members[2:]
	b.Complete = false
	read()
	p.is("042", "Ann")
	b.Complete, b.silent = true, true
	read()
	p.is("042", "Ann")
	b.silent = false
	read()
	p.is("042", "ding:042")
	p.is("01", "ding:01")
	require.Equal(t, "left Ann by ", p.steps("042")[2])

	b.Members = []bot.Member{user("01", "u1"), user("042", "u2")}
	read()
	p.is("01", "ben")
	p.is("042", "ding:042") // who is back asks anew
}

func TestWhatThePlatformSaysMeanwhileCountsMore(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), nil)
	p.bind("042", "ann")
	b := &book{Directory: bot.Directory{Complete: true, Members: []bot.Member{user("042", "u2")}}}
	b.during = func() {
		p.clock.Set(p.clock.Now().Add(time.Minute))
		require.NoError(t, p.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: "042"}))
	}
	p.clock.Set(p.clock.Now().Add(time.Hour))
	_, err := identity.Reader{Book: p.Book, Of: reader{b}}.Directory(t.Context(), nil)
	require.NoError(t, err)
	p.is("042", "ding:042")
}

func TestWhoLeavesIsNobodysAtOnce(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), func(o *identity.Options) { o.Same, o.Configured = true, map[string]string{"Manager01": "ben"} })
	bound := p.bind("X42", "ann")
	account, ok := p.Holder("x42")
	require.True(t, ok)
	require.Equal(t, "Ann", account)
	left := func(small string) {
		require.NoError(t, p.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: small, At: p.clock.Now()}))
	}
	for _, small := range []string{"x42", "manager01", "cleo", "stranger"} {
		left(small)
	}
	for _, id := range []string{"X42", "Manager01", "cleo", "CLEO"} {
		p.is(id, "ding:"+id)
	}
	require.Len(t, p.steps("X42"), 3)
	require.Empty(t, p.steps("stranger"), "nothing is kept of others")
	require.Equal(t, identity.Stale, p.object(bound.Request, "Ann"))

	p.clock.Set(p.clock.Now().Add(time.Hour))
	require.NoError(t, p.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberJoined, Account: "manager01"}))
	require.NoError(t, p.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberJoined, Account: "x42"}))
	p.is("Manager01", "ben")
	p.is("X42", "ding:X42")
	require.NoError(t, p.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: "manager01", At: p.clock.Now().Add(-time.Hour)}))
	p.is("Manager01", "ben") // said again, after something newer

	b := &book{Directory: bot.Directory{Complete: true, Members: []bot.Member{user("Cleo", "u9"), user("Manager01", ""), user("X42", "")}}}
	for range 2 {
		p.clock.Set(p.clock.Now().Add(time.Hour))
		_, err := identity.Reader{Book: p.Book, Of: reader{b}}.Directory(t.Context(), nil)
		require.NoError(t, err)
	}
	p.is("Cleo", "cleo")
	require.Equal(t, "u9", p.Union("cleo"))
}

func TestABlockOutlivesItsUsersLeaving(t *testing.T) {
	p := newPlace(t, storetest.SQLite(t), nil)
	i, _ := p.ask("042", "ann")
	require.Equal(t, identity.Done, p.object(i.Request, "Ann"))
	require.NoError(t, p.Changed(t.Context(), bot.MemberChange{Kind: bot.MemberLeft, Account: "042"}))
	_, v := p.ask("042", "ben")
	require.Equal(t, identity.Blocked, v)
}
