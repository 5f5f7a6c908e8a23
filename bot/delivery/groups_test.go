package delivery_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
)

// inGroups is a platform that knows copies in private chats and none in groups, which
// have limits of their own.
func inGroups(w *bottest.World) {
	w.Channel.Now = w.Wall.Now
	w.Channel.Does.Limits = "wecom"
	w.Channel.InGroups = &bot.Traits{Limits: "wecom/group"}
}

func toGroup(d *store.Delivery) { d.ToKind = string(bot.ToGroup) }

// TestWhereAGroupsPlatformKnowsNoCopiesTheRuleDecides: what is known of persons is not
// known of groups.
func TestWhereAGroupsPlatformKnowsNoCopiesTheRuleDecides(t *testing.T) {
	for name, c := range map[string]struct {
		group    bool
		template string
		state    store.DeliveryState
		sends    int
		shown    int
	}{
		"a person, a copy is recognised":           {false, "weekly.eve", store.Sent, 2, 1},
		"a group, silence is better":               {true, "weekly.eve", store.Unknown, 1, 1},
		"a group, a copy is better, and it is one": {true, "stage.reminder", store.Sent, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := world(t)
			inGroups(w)
			w.Channel.FailFor("专班工作群", bot.Unknown)
			with := []func(*store.Delivery){template(c.template)}
			if c.group {
				with = append(with, toGroup)
			}
			id := put(t, w, "专班工作群", bot.PriorityNotice, with...)
			passes(w, time.Minute, time.Second)
			d := get(t, w, id)
			require.Equal(t, c.state, d.State, d.Why)
			require.Len(t, w.Channel.Attempts(), c.sends)
			require.Len(t, w.Channel.Shown("专班工作群"), c.shown)
		})
	}
}

func TestAGroupIsPacedByItsOwnLimitsAndAPersonByTheirs(t *testing.T) {
	w := world(t)
	inGroups(w)
	for range 40 {
		put(t, w, "专班工作群", bot.PriorityAnswer, toGroup)
		put(t, w, "ben", bot.PriorityAnswer)
	}
	w.Flush()
	require.Len(t, w.Channel.Shown("专班工作群"), 20)
	require.Len(t, w.Channel.Shown("ben"), 30)
	passes(w, 3*time.Minute, time.Second)
	require.Len(t, w.Channel.Shown("专班工作群"), 40)
}

// TestAGroupDoesNotMakeARestartForgetThePersons: the group's limits have a day of their
// own, and the app's are counted all the same.
func TestAGroupDoesNotMakeARestartForgetThePersons(t *testing.T) {
	w := bottest.New(t)
	w.Channel.Does.Limits, w.Channel.InGroups, w.Courier.Accounts = "wecom", &bot.Traits{Limits: "wecom/appchat"}, 1
	for i := range 140 {
		put(t, w, fmt.Sprint("p", i), bot.PriorityBroadcast)
	}
	w.Flush()
	w.Restart()
	w.Courier.Accounts = 1
	put(t, w, "专班工作群", bot.PriorityAnswer, toGroup)
	id := put(t, w, "another", bot.PriorityBroadcast)
	w.Flush()
	require.Equal(t, store.Queued, get(t, w, id).State)
	require.Len(t, w.Channel.Shown("专班工作群"), 1)
}
