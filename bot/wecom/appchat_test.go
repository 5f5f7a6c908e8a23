package wecom

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/wecom/wecomtest"
)

func TestAChatIsMadeAtFirstUseOnceHoweverManyWantIt(t *testing.T) {
	w := newWorld(t, withGroups(t))
	replicas := []*Channel{w.channel, w.replica(func(*Options) {}), w.replica(func(*Options) {})}
	var both sync.WaitGroup
	var gate sync.WaitGroup
	gate.Add(len(replicas))
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer { // none makes it before all have found that it is not there
		if c.Path == wecomtest.ChatSendPath && c.N <= len(replicas) {
			gate.Done()
			gate.Wait()
		}
		return nil
	})
	errs := make([]error, len(replicas))
	for i, ch := range replicas {
		both.Go(func() {
			_, errs[i] = ch.Send(t.Context(), inGroup(int64(i), chatGroup, bot.Reply{Text: "周五截止"}))
		})
	}
	both.Wait()
	require.NoError(t, errors.Join(errs...))
	chats := w.server.Chats()
	require.Len(t, chats, 1)
	require.Equal(t, wecomtest.Chat{ID: chats[0].ID, Name: chatGroup, Owner: "office.director", Members: []string{"office.clerk", "office.director"}}, chats[0])
	require.Regexp(t, `^[0-9a-z]{32}$`, chats[0].ID)
	require.Equal(t, autoID(appCorp, appAgent, chatGroup), chats[0].ID)
	var greetings, said int
	for _, s := range w.server.Said(chats[0].ID) {
		if s.Text == w.channel.opening {
			greetings++
		} else {
			said++
		}
		require.Equal(t, chats[0].Members, s.Seen)
	}
	require.Equal(t, 1, greetings)
	require.Equal(t, 3, said)
}

func TestAChatWhoseMakingWasLostIsNotMadeTwice(t *testing.T) {
	w := newWorld(t, withGroups(t))
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path != wecomtest.ChatCreatePath {
			return nil
		}
		return &wecomtest.Answer{Done: true, Drop: true}
	})
	p := inGroup(1, chatGroup, bot.Reply{Text: "在"})
	_, err := w.channel.Send(t.Context(), p)
	require.Equal(t, bot.NotSent, failure(t, err).Fate, "nothing was said yet")
	_, err = w.channel.Send(t.Context(), p)
	require.NoError(t, err)
	require.Len(t, w.server.Chats(), 1)
}

func TestAChatIsKeptAsConfigured(t *testing.T) {
	w := newWorld(t, withGroups(t))
	g := w.channel.groups.of[chatGroup]
	require.NoError(t, w.channel.keepChat(t.Context(), g), "made")
	require.NoError(t, w.channel.keepChat(t.Context(), g), "nothing to do")
	require.Zero(t, w.server.Calls(wecomtest.ChatUpdatePath))
	g.Owner, g.Members = "Office.Clerk", func() []string { return []string{"hutou.filer", "FENGCHENG.filer", "@all", "office.Clerk"} }
	require.NoError(t, w.channel.keepChat(t.Context(), g))
	require.NoError(t, w.channel.keepChat(t.Context(), g))
	require.Equal(t, 1, w.server.Calls(wecomtest.ChatUpdatePath))
	require.Equal(t, []wecomtest.Chat{{ID: g.id, Name: chatGroup, Owner: "office.clerk", Members: []string{"fengcheng.filer", "hutou.filer", "office.clerk"}}}, w.server.Chats())
	require.Len(t, w.server.Said(g.id), 1, "one greeting")

	g.Owner, g.Members = "office.gone", func() []string { return []string{"hutou.filer", "office.clerk"} }
	require.NoError(t, w.channel.keepChat(t.Context(), g), "an owner who has left is nobody's to keep")
	require.Equal(t, []wecomtest.Chat{{ID: g.id, Name: chatGroup, Owner: "office.clerk", Members: []string{"hutou.filer", "office.clerk"}}}, w.server.Chats())

	g.Members = func() []string { return nil }
	require.Equal(t, bot.NoSuchGroup, failure(t, w.channel.keepChat(t.Context(), g)).Reason, "one member is no group")
	g.Members = func() []string { return []string{"nobody.here", "office.clerk"} }
	require.Error(t, w.channel.keepChat(t.Context(), g))
	require.Len(t, w.server.Chats()[0].Members, 2, "whom WeCom does not know it does not take, and nobody is put out")
}

func TestWhatIsSaidOfChatsIsOfNobodyElse(t *testing.T) {
	w := newWorld(t, withGroups(t), func(theirs *wecomtest.Options, o *Options) {
		theirs.Narrow = true
		o.Groups = append(o.Groups, Group{Name: "旧群", Chat: "gone123"})
	})
	_, err := w.channel.Send(t.Context(), inGroup(1, chatGroup, bot.Reply{Text: "在"}))
	require.Equal(t, []any{bot.Refused, bot.NotPermitted}, []any{failure(t, err).Fate, failure(t, err).Reason})
	_, err = w.channel.Send(t.Context(), inGroup(2, "旧群", bot.Reply{Text: "在"}))
	require.Equal(t, []any{bot.Refused, bot.NoSuchGroup}, []any{failure(t, err).Fate, failure(t, err).Reason})
	require.Equal(t, 1, w.server.Calls(wecomtest.ChatCreatePath), "a chat that is not the app's to make is not made")
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path != wecomtest.ChatSendPath {
			return nil
		}
		return &wecomtest.Answer{ErrCode: 48002}
	})
	_, err = w.channel.Send(t.Context(), inGroup(3, chatGroup, bot.Reply{Text: "在"}))
	got := failure(t, err)
	require.Equal(t, bot.SendError{Fate: bot.NotSent, Reason: bot.NotPermitted, Wait: repairing, Err: got.Err}, *got, "the app may lack this and have all else")

	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path != wecomtest.ChatSendPath {
			return nil
		}
		return &wecomtest.Answer{ErrCode: 45009}
	})
	_, err = w.channel.Send(t.Context(), inGroup(4, chatGroup, bot.Reply{Text: "在"}))
	got = failure(t, err)
	require.Equal(t, bot.SendError{Fate: bot.NotSent, Reason: bot.Throttled, Wait: time.Minute, Err: got.Err}, *got, "chats are counted by themselves")
}

func TestCheckGroupsSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		narrow bool
		want   []string
	}{
		"as it should be": {false, []string{"", ""}},
		"a narrow app":    {true, []string{"", "root department"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, withGroups(t), func(theirs *wecomtest.Options, _ *Options) { theirs.Narrow = c.narrow })
			found := w.channel.CheckGroups(t.Context())
			require.Len(t, found, 2)
			require.Equal(t, []string{robotGroup, chatGroup}, []string{found[0].Group, found[1].Group})
			for i, want := range c.want {
				if want == "" {
					require.NoError(t, found[i].Err)
					require.NotEmpty(t, found[i].Found)
				} else {
					require.Error(t, found[i].Err)
					require.Contains(t, found[i].Remedy, want)
				}
			}
			require.Zero(t, w.server.Calls(wecomtest.WebhookPath)+w.server.Calls(wecomtest.ChatCreatePath), "looking changes nothing and is heard by nobody")
		})
	}
}
