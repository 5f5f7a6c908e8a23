package dingtalk

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

func staffed() dingtalktest.Contacts {
	c := dingtalktest.Contacts{
		Departments: []dingtalktest.Department{{ID: 12}, {ID: 121, Parent: 12}, {ID: 13}},
		Users: []dingtalktest.User{{UserID: "Manager01", UnionID: "uA", Name: "甲", Departments: []int64{1}},
			{UserID: "0421", UnionID: "uB", Name: "乙", Departments: []int64{121, 13}}},
	}
	for i := range 230 {
		c.Users = append(c.Users, dingtalktest.User{UserID: fmt.Sprintf("n%03d", i), Name: "众", Departments: []int64{13}})
	}
	return c
}

func TestTheDirectoryIsReadToItsEnd(t *testing.T) {
	w := newOutside(t)
	w.server.SetContacts(staffed())
	dir, err := w.channel.Directory(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, dir.Complete)
	require.Len(t, dir.Members, 232, "three pages, and everybody once")
	require.Equal(t, bot.Member{Account: "manager01", UserID: "Manager01", UnionID: "uA", Name: "甲", Departments: []string{"1"}, Active: true}, dir.Members[0])
	require.Equal(t, []string{"121", "13"}, dir.Members[1].Departments)
	require.Equal(t, map[string]string{"1": "", "12": "1", "121": "12", "13": "1"}, dir.Parent)
	require.Zero(t, w.server.Counted()-1, "only the scope may have been counted")
}

func TestTheDirectoryIsReadFromItsRootWhereNobodyKnowsTheScope(t *testing.T) {
	for _, answer := range []*dingtalktest.Answer{dingtalktest.RefusedOld(22, ""), {Status: 404, JSON: map[string]any{"error": "not found"}}} {
		w := newOutside(t)
		w.server.SetContacts(staffed())
		w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
			if c.Path == scopesPath {
				return answer
			}
			return nil
		})
		dir, err := w.channel.Directory(t.Context(), nil)
		require.NoError(t, err)
		require.True(t, dir.Complete)
		require.Len(t, dir.Members, 232)
	}
}

func TestOnlyWhatTheAppMaySeeIsRead(t *testing.T) {
	w := newOutside(t)
	people := staffed()
	people.Scope, people.Named = []int64{12}, []string{"Manager01"}
	w.server.SetContacts(people)
	dir, err := w.channel.Directory(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, dir.Complete, "it is all that the app may see")
	require.Len(t, dir.Members, 2)
	_, found, err := w.channel.Member(t.Context(), "n001")
	require.Error(t, err, "outside of the scope nobody knows")
	require.False(t, found)
	_, found, err = w.channel.Member(t.Context(), "nobody")
	require.NoError(t, err)
	require.False(t, found)
	m, found, err := w.channel.Member(t.Context(), "0421")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "uB", m.UnionID)
}

func TestARefusedDepartmentIsAHole(t *testing.T) {
	w := newOutside(t)
	people := staffed()
	people.Hidden = []int64{12}
	w.server.SetContacts(people)
	dir, err := w.channel.Directory(t.Context(), nil)
	require.NoError(t, err)
	require.False(t, dir.Complete)
	require.Len(t, dir.Members, 232, "0421 is in another department too")
}

func TestADirectoryThatIsNotPermittedSaysWhichPermissionIsMissing(t *testing.T) {
	w := newOutside(t, func(theirs *dingtalktest.Options, _ *Options) { theirs.Lacks = []string{"qyapi_get_department_member"} })
	w.server.SetContacts(staffed())
	_, err := w.channel.Directory(t.Context(), nil)
	require.ErrorContains(t, err, "qyapi_get_department_member")
	require.Equal(t, bot.NotPermitted, failure(t, err).Reason)
}

func TestAThrottledReadingWaitsAndGoesOn(t *testing.T) {
	w := newOutside(t, func(theirs *dingtalktest.Options, ours *Options) { theirs.Now, ours.Wall = time.Now, time.Now })
	w.server.SetContacts(staffed())
	first := true
	w.server.Bend(func(c dingtalktest.Call) *dingtalktest.Answer {
		if c.Path != userListPath || !first {
			return nil
		}
		first = false
		return dingtalktest.RefusedOld(90018, "")
	})
	dir, err := w.channel.Directory(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, dir.Members, 232)
}
