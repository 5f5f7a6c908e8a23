package wecom

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

func corp() wecomtest.Directory {
	return wecomtest.Directory{
		Departments: []wecomtest.Department{{ID: 1}, {ID: 12, Parent: 1}, {ID: 121, Parent: 12}, {ID: 13, Parent: 1}, {ID: 99, Parent: 1}},
		People: []wecomtest.Person{
			{UserID: "ZhangSan", Name: "甲", Departments: []int64{12}, Mobile: "13800000000"},
			{UserID: "lisi", Name: "乙", Departments: []int64{13, 121}},
			{UserID: "off", Name: "丙", Departments: []int64{13}, Status: 2},
			{UserID: "new", Name: "丁", Departments: []int64{13}, Status: 4},
			{UserID: "far", Name: "戊", Departments: []int64{99}},
			{UserID: "guest", Name: "己", Departments: []int64{99}},
			{UserID: "tagged", Name: "庚", Departments: []int64{99}},
		},
		Tags:    map[int64]wecomtest.Tag{3: {Users: []string{"zhangsan", "far"}}, 4: {Parties: []int64{12}}, 5: {Users: []string{"tagged"}}},
		Parties: []int64{12, 13}, Users: []string{"Guest"}, TagIDs: []int64{5},
	}
}

func accountsOf(d bot.Directory) map[string]bot.Member {
	out := map[string]bot.Member{}
	for _, m := range d.Members {
		out[m.Account] = m
	}
	return out
}

// TestTheDirectoryIsReadByWhicheverCallsAnswer: details where they are given, else
// names and one question each; the result is the same.
func TestTheDirectoryIsReadByWhicheverCallsAnswer(t *testing.T) {
	for name, refused := range map[string]map[string]*wecomtest.Answer{
		"all":                {},
		"no department/list": {wecomtest.DepartmentListPath: wecomtest.Refuse(48002, "api forbidden")},
		"no user/list":       {wecomtest.UserListPath: wecomtest.Refuse(48002, "api forbidden")},
		"an old deployment":  {wecomtest.UserListPath: {Status: http.StatusNotFound}, wecomtest.DepartmentListPath: {Status: http.StatusNotFound}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.server.SetDirectory(corp())
			w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer { return refused[c.Path] })
			d, err := w.channel.Directory(t.Context(), []string{"3", "4"})
			require.NoError(t, err)
			require.True(t, d.Complete)
			require.True(t, d.Tagged)
			require.Equal(t, "12", d.Parent["121"])
			require.Equal(t, map[string]bot.Member{
				"zhangsan": {Account: "zhangsan", Name: "甲", Departments: []string{"12"}, Tags: []string{"3", "4"}, Active: true},
				"lisi":     {Account: "lisi", Name: "乙", Departments: []string{"13", "121"}, Tags: []string{"4"}, Active: true},
				"off":      {Account: "off", Name: "丙", Departments: []string{"13"}},
				"new":      {Account: "new", Name: "丁", Departments: []string{"13"}, Active: true},
				"guest":    {Account: "guest", Name: "己", Departments: []string{"99"}, Active: true},
				"tagged":   {Account: "tagged", Name: "庚", Departments: []string{"99"}, Active: true},
			}, accountsOf(d), "whoever is visible, by department, name or tag")
			w.withoutSecrets(w.log.String())
			require.NotContains(t, w.log.String(), "13800000000")
		})
	}
}

func TestWhatWeComKeepsFromTheAppMakesTheReadingIncomplete(t *testing.T) {
	w := newWorld(t)
	w.server.SetDirectory(corp())
	no := wecomtest.Refuse(60011, "no privilege to access/modify contact/party/agent")
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if (c.Path == wecomtest.UserListPath || c.Path == wecomtest.UserSimplePath) && c.Query.Get("department_id") == "13" {
			return no
		}
		return nil
	})
	d, err := w.channel.Directory(t.Context(), nil)
	require.NoError(t, err)
	require.False(t, d.Complete)
	require.Contains(t, accountsOf(d), "zhangsan")

	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.TagGetPath && c.Query.Get("tagid") == "3" {
			return no
		}
		return nil
	})
	d, err = w.channel.Directory(t.Context(), []string{"3", "4"})
	require.NoError(t, err)
	require.True(t, d.Complete)
	require.False(t, d.Tagged)
	require.Equal(t, []string{"4"}, accountsOf(d)["zhangsan"].Tags)

	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.AgentGetPath {
			return &wecomtest.Answer{Status: http.StatusNotFound}
		}
		return nil
	})
	d, err = w.channel.Directory(t.Context(), nil)
	require.NoError(t, err, "without agent/get the rest is read")
	require.NotContains(t, accountsOf(d), "guest")
}

func TestAMemberWhoIsGoneDoesNotStopAReading(t *testing.T) {
	for _, code := range []int{40003, 46004, 60011, 60111, 301021} {
		w := newWorld(t)
		w.server.SetDirectory(corp())
		w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
			switch who := c.Query.Get("userid"); {
			case c.Path == wecomtest.UserListPath:
				return wecomtest.Refuse(48002, "api forbidden")
			case who == "off", who == "Guest":
				return &wecomtest.Answer{ErrCode: code}
			}
			return nil
		})
		d, err := w.channel.Directory(t.Context(), nil)
		require.NoError(t, err, code)
		require.Contains(t, accountsOf(d), "new")
		require.Contains(t, accountsOf(d), "off", "what the list has said is all there is")
		require.NotContains(t, accountsOf(d), "guest")
		_, found, err := w.channel.Member(t.Context(), "off")
		require.NoError(t, err, code)
		require.False(t, found)
	}
}

func TestAReadingThatFailsSaysSo(t *testing.T) {
	for name, answer := range map[string]*wecomtest.Answer{
		"busy":     {ErrCode: -1, ErrMsg: "system busy"},
		"limited":  {ErrCode: 45009, ErrMsg: "api freq out of limit"},
		"HTML":     {Body: "<html>", Type: "text/html"},
		"no trust": wecomtest.Refuse(60020, "not allow to access from your ip"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.server.SetDirectory(corp())
			w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
				if c.Query.Get("department_id") == "13" {
					return answer
				}
				return nil
			})
			_, err := w.channel.Directory(t.Context(), nil)
			require.Error(t, err)
			w.withoutSecrets(err.Error())
		})
	}
}

func TestADyingTokenDoesNotStopAReading(t *testing.T) {
	w := newWorld(t)
	w.server.SetDirectory(corp())
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.UserListPath && c.N == 2 {
			w.server.RevokeToken()
		}
		return nil
	})
	d, err := w.channel.Directory(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, d.Members, 6)
}

func TestOneMemberIsAskedFor(t *testing.T) {
	w := newWorld(t)
	w.server.SetDirectory(corp())
	m, found, err := w.channel.Member(t.Context(), "ZHANGSAN")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "zhangsan", m.Account)
	for _, name := range []string{"nobody", "far"} { // gone, or out of sight
		_, found, err = w.channel.Member(t.Context(), name)
		require.NoError(t, err)
		require.False(t, found, name)
	}
	w.server.Bend(func(wecomtest.Call) *wecomtest.Answer { return &wecomtest.Answer{ErrCode: -1} })
	_, _, err = w.channel.Member(t.Context(), "lisi")
	require.Error(t, err)
	calls := w.server.Calls(wecomtest.UserGetPath)
	for _, name := range []string{"", "a b", "a&userid=lisi", "@all", "张三"} {
		_, _, err = w.channel.Member(t.Context(), name)
		require.Error(t, err, name)
	}
	require.Equal(t, calls, w.server.Calls(wecomtest.UserGetPath), "none of these has left")
}

func TestTheAppKnowsWhoMaySeeIt(t *testing.T) {
	w := newWorld(t)
	a, err := w.channel.Agent(t.Context())
	require.NoError(t, err)
	require.True(t, a.Nobody())
	w.server.SetDirectory(corp())
	a, err = w.channel.Agent(t.Context())
	require.NoError(t, err)
	require.Equal(t, Agent{Name: "专班", Users: []string{"Guest"}, Departments: []string{"12", "13"}, Tags: []string{"5"}}, a)
}

// heard is who hears of the directory's changes.
type heard struct {
	changes []bot.MemberChange
	err     error
}

func (h *heard) Changed(_ context.Context, c bot.MemberChange) error {
	h.changes = append(h.changes, c)
	return h.err
}

func TestChangesOfTheDirectoryAreHeard(t *testing.T) {
	h := &heard{}
	w := newWorld(t, func(_ *wecomtest.Options, o *Options) { o.Contacts = h })
	no, yes := false, true
	for _, c := range []struct {
		kind, rest string
		want       bot.MemberChange
	}{
		{"delete_user", "<UserID>ZhangSan</UserID>", bot.MemberChange{Kind: bot.MemberLeft, Account: "zhangsan"}},
		{"create_user", "<UserID>lisi</UserID><Department>12</Department>", bot.MemberChange{Kind: bot.MemberJoined, Account: "lisi"}},
		{"update_user", "<UserID>lisi</UserID>", bot.MemberChange{Kind: bot.MemberChanged, Account: "lisi"}},
		{"update_user", "<UserID>lisi</UserID><NewUserID>LiSi2</NewUserID>", bot.MemberChange{Kind: bot.MemberChanged, Account: "lisi", Renamed: "lisi2"}},
		{"update_user", "<UserID>lisi</UserID><Status>2</Status>", bot.MemberChange{Kind: bot.MemberChanged, Account: "lisi", Active: &no}},
		{"update_user", "<UserID>lisi</UserID><Status>1</Status>", bot.MemberChange{Kind: bot.MemberChanged, Account: "lisi", Active: &yes}},
		{"update_user", "<UserID>a&amp;b</UserID>", bot.MemberChange{Kind: bot.MemberChanged}},
		{"update_party", "<Id>12</Id>", bot.MemberChange{Kind: bot.OtherChange}},
		{"update_tag", "<TagId>3</TagId>", bot.MemberChange{Kind: bot.OtherChange}},
	} {
		reply, err := w.client.Contact(t.Context(), c.kind, c.rest)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, reply.Status)
		require.Empty(t, reply.Body)
		c.want.At = time.Unix(w.clock.Now().Unix(), 0)
		require.Equal(t, c.want, h.changes[len(h.changes)-1])
	}
	require.Empty(t, w.desk.messages(), "the desk hears nothing of it")
	other := *w.client
	other.AgentID = "2000003" // of the directory's own app (通讯录同步)
	_, err := other.Left(t.Context(), "lisi")
	require.NoError(t, err)
	require.Len(t, h.changes, 10)
	h.err = context.DeadlineExceeded
	reply, err := w.client.Left(t.Context(), "lisi")
	require.NoError(t, err)
	require.Equal(t, http.StatusInternalServerError, reply.Status, "WeCom says it again")
}

func TestChangesThatNobodyHearsAreAcknowledged(t *testing.T) {
	w := newWorld(t)
	reply, err := w.client.Left(t.Context(), "lisi")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, reply.Status)
}
