package dingtalk

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
)

func TestEventsOfTheDirectoryAreRead(t *testing.T) {
	at := friday
	one := func(kind bot.ChangeKind, accounts ...string) (out []bot.MemberChange) {
		for _, a := range accounts {
			out = append(out, bot.MemberChange{Kind: kind, Account: a, At: at})
		}
		return out
	}
	for _, c := range []struct {
		kind, data string
		want       []bot.MemberChange
	}{
		{"user_add_org", `{"timeStamp":43535463645,"userId":["042","Manager1"],"eventId":"x"}`, one(bot.MemberJoined, "042", "Manager1")},
		{"user_modify_org", `{"TimeStamp":43535463645,"UserId":["042"],"CorpId":"ding"}`, one(bot.MemberChanged, "042")},
		{"USER_LEAVE_ORG", `{"userid":"042"}`, one(bot.MemberLeft, "042")},
		{"user_leave_org", `{"userIds":[42,null,""]}`, one(bot.MemberLeft, "42")},
		{"user_add_org", `{}`, one(bot.OtherChange, "")},
		{"user_add_org", `[`, one(bot.OtherChange, "")},
		{"user_add_org", `{"userId":["` + strings.Repeat(`a","`, mostChanges) + `"]}`, one(bot.MemberJoined, strings.Split(strings.Repeat("a,", mostChanges-1)+"a", ",")...)},
		{"user_add_org", `{"userId":["` + strings.Repeat(`a","`, mostChanges+1) + `"]}`, one(bot.OtherChange, "")},
		{"org_dept_create", `{"deptId":[1]}`, one(bot.OtherChange, "")},
		{"org_dept_remove", ``, one(bot.OtherChange, "")},
		{"bpms_task_change", `{"userId":["042"]}`, nil},
		{"", `{"userId":["042"]}`, nil},
	} {
		require.Equal(t, c.want, changes(c.kind, []byte(c.data), at), fmt.Sprintf("%s %.60s", c.kind, c.data))
	}
	require.Equal(t, time.UnixMilli(43535463645), changes("user_add_org", []byte(`{"timeStamp":43535463645,"userId":"1"}`), time.Time{})[0].At)
}

// TestAnEventIsTakenWhenContactsHaveIt, whatever its topic is.
func TestAnEventIsTakenWhenContactsHaveIt(t *testing.T) {
	w := newInside(t)
	w.up()
	event := func() string {
		f := w.gateway.Event("user_leave_org", `{"userId":["042"]}`).With("topic", "dingTalk").With("eventBornTime", friday.UnixMilli())
		f.Under = "header"
		return w.push(f).Data
	}
	require.JSONEq(t, `{"status":"SUCCESS","message":"success"}`, event())
	require.Equal(t, bot.MemberLeft, w.contacts.heard[0].Kind)
	require.Equal(t, "042", w.contacts.heard[0].Account)
	require.True(t, friday.Equal(w.contacts.heard[0].At))
	w.contacts.mu.Lock()
	w.contacts.err = errors.New("away")
	w.contacts.mu.Unlock()
	require.JSONEq(t, `{"status":"LATER"}`, event())
	require.JSONEq(t, `{"status":"SUCCESS","message":"success"}`, w.push(w.gateway.Event("check_in", `{}`)).Data, "nobody asks for it")
	require.Len(t, w.contacts.heard, 2)
}
