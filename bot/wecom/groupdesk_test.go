package wecom

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/store"
)

// TestWhatPerhapsArrivedInAGroupIsLeftToItsRule puts the channel under the courier: an
// answer of the platform is lost after the message was shown, once.
func TestWhatPerhapsArrivedInAGroupIsLeftToItsRule(t *testing.T) {
	for _, group := range []string{robotGroup, chatGroup} {
		for template, want := range map[string]struct {
			state store.DeliveryState
			shown int
		}{
			"weekly.eve":     {store.Unknown, 1}, // silence is better
			"stage.reminder": {store.Sent, 2},    // a copy is better
		} {
			t.Run(group+" "+template, func(t *testing.T) {
				office, w := groupDesk(t)
				require.NoError(t, w.channel.keepChat(t.Context(), w.channel.groups.of[chatGroup]))
				lost := false
				w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
					if lost || c.Path != wecomtest.WebhookPath && c.Path != wecomtest.ChatSendPath {
						return nil
					}
					lost = true
					return &wecomtest.Answer{Done: true, Drop: true}
				})
				id := queueGroup(t, office, group, template, "第3期 周五 17:00 截止")
				settleDown(office)
				require.Equal(t, want.state, stateOf(t, office, id))
				require.Len(t, w.texts(group), want.shown)
			})
		}
	}
}

// TestARobotIsPacedBeforeWeComSaysNo: twenty a minute, and none of fifty lost.
func TestARobotIsPacedBeforeWeComSaysNo(t *testing.T) {
	office, w := groupDesk(t)
	for i := range 50 {
		queueGroup(t, office, robotGroup, "stage.reminder", fmt.Sprint("第", i, "条"))
	}
	settleDown(office)
	require.Len(t, w.texts(robotGroup), 50)
	require.Equal(t, 50, w.server.Calls(wecomtest.WebhookPath), "WeCom has refused none")
	require.Zero(t, w.server.Calls(wecomtest.TokenPath), "a robot needs no token")
}

// groupDesk is the whole engine with the channel as its platform, and groups.
func groupDesk(t *testing.T) (*bottest.World, *world) {
	office := bottest.New(t)
	w := newWorld(t, withGroups(t), func(theirs *wecomtest.Options, o *Options) {
		theirs.Now, o.Wall, o.Desk = office.Wall.Now, office.Wall.Now, office.Bot
	})
	office.Courier.Channels[w.channel.Name()] = w.channel
	return office, w
}

func queueGroup(t *testing.T, office *bottest.World, group, template, text string) int64 {
	t.Helper()
	d := store.Delivery{ID: office.Store.NewID(), ToKind: string(bot.ToGroup), ToAccount: group, Platform: Name, Priority: bot.PriorityReminder,
		Template: template, Body: compact(bot.Reply{Kind: bot.TextReply, Text: text}), CreatedAt: office.Clock.Now(), DueAt: office.Wall.Now()}
	require.NoError(t, office.Store.Update(t.Context(), func(tx *store.Tx) error { return tx.Deliveries().Queue(t.Context(), d) }))
	return d.ID
}

func stateOf(t *testing.T, office *bottest.World, id int64) (s store.DeliveryState) {
	t.Helper()
	require.NoError(t, office.Store.View(t.Context(), func(tx *store.Tx) error {
		d, err := tx.Deliveries().Get(t.Context(), id)
		s = d.State
		return err
	}))
	return s
}

// settleDown lets minutes pass until the courier has got rid of everything.
func settleDown(office *bottest.World) {
	for range 60 {
		office.Flush()
		office.Wall.Set(office.Wall.Now().Add(10 * time.Second))
	}
}
