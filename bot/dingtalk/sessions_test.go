package dingtalk

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/internal/worldtest"
)

var friday = time.Date(2024, 1, 19, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))

func ann() bot.Recipient { return bot.Recipient{Kind: bot.ToPerson, Account: "ann"} }

func newSessions(shared *worldtest.Place) (*sessions, *worldtest.Clock) {
	clock := &worldtest.Clock{}
	clock.Set(friday)
	s := &sessions{app: "app", wall: clock.Now}
	if shared != nil {
		s.shared = shared
	}
	return s, clock
}

func TestAWebhookLivesUntilFiveMinutesBeforeItsEnd(t *testing.T) {
	s, clock := newSessions(nil)
	s.put(t.Context(), ann(), "https://oapi.dingtalk.com/1", friday.Add(90*time.Minute))
	_, ok := s.get(t.Context(), bot.Recipient{Kind: bot.ToGroup, Account: "ann"})
	require.False(t, ok, "a group of the same name is another conversation")
	clock.Forward(85*time.Minute - time.Millisecond)
	url, ok := s.get(t.Context(), ann())
	require.True(t, ok)
	require.Equal(t, "https://oapi.dingtalk.com/1", url)
	clock.Forward(time.Millisecond)
	_, ok = s.get(t.Context(), ann())
	require.False(t, ok)
}

func TestTheWebhookThatEndsLastIsUsed(t *testing.T) {
	s, clock := newSessions(nil)
	s.put(t.Context(), ann(), "young", friday.Add(time.Hour))
	s.put(t.Context(), ann(), "old, of a message that came again", friday.Add(30*time.Minute))
	url, _ := s.get(t.Context(), ann())
	require.Equal(t, "young", url)
	s.put(t.Context(), ann(), "over already", friday)
	s.put(t.Context(), ann(), "says nothing", time.Time{})
	url, _ = s.get(t.Context(), ann())
	require.Equal(t, "young", url)
	s.put(t.Context(), ann(), "for ever", friday.Add(1e6*time.Hour))
	clock.Forward(longestLife)
	_, ok := s.get(t.Context(), ann())
	require.False(t, ok)
}

func TestReplicasShareWebhooks(t *testing.T) {
	clock := &worldtest.Clock{}
	clock.Set(friday)
	place := worldtest.NewPlace(clock.Now)
	one, _ := newSessions(place)
	other, _ := newSessions(place)
	stranger, _ := newSessions(place)
	stranger.app = "another app"
	one.put(t.Context(), ann(), "hook", friday.Add(time.Hour))
	url, ok := other.get(t.Context(), ann())
	require.True(t, ok)
	require.Equal(t, "hook", url)
	_, ok = stranger.get(t.Context(), ann())
	require.False(t, ok)

	other.drop(t.Context(), ann(), "one that is not it")
	_, ok = other.get(t.Context(), ann())
	require.True(t, ok)
	other.drop(t.Context(), ann(), "hook")
	_, ok = other.get(t.Context(), ann())
	require.False(t, ok, "dropped for all")
}

func TestTheMemoryOfWebhooksIsBounded(t *testing.T) {
	s, _ := newSessions(nil)
	for i := range 3 * mostSessions {
		s.put(t.Context(), bot.Recipient{Kind: bot.ToPerson, Account: fmt.Sprint(i)}, "hook", friday.Add(time.Hour))
	}
	require.LessOrEqual(t, len(s.young)+len(s.old), mostSessions)
	_, ok := s.get(t.Context(), bot.Recipient{Kind: bot.ToPerson, Account: fmt.Sprint(3*mostSessions - 1)})
	require.True(t, ok)
}

func TestOnlyWebhooksOfDingTalkAreKept(t *testing.T) {
	h := hooks{"https://api.example.test:8443", "http://127.0.0.1:9"}
	for url, want := range map[string]bool{
		"https://oapi.dingtalk.com/robot/sendBySession?session=79b4": true,
		"https://OAPI.dingtalk.com/robot/sendBySession":              true,
		"http://127.0.0.1:9/robot/sendBySession?session=1":           true,
		"https://api.example.test:8443/x":                            true,
		"http://oapi.dingtalk.com/robot/sendBySession":               false, // would show it to anybody on the way
		"https://127.0.0.1:9/robot":                                  false,
		"http://127.0.0.1:10/":                                       false,
		"https://dingtalk.com.example.test/":                         false,
		"https://evildingtalk.com/":                                  false,
		"https://oapi.dingtalk.com:22/":                              false,
		"https://oapi.dingtalk.com@example.test/":                    false,
		"https://user@oapi.dingtalk.com/":                            false,
		"https://example.test/?.dingtalk.com":                        false,
		"file:///etc/passwd":                                         false,
		"//oapi.dingtalk.com/":                                       false,
		"":                                                           false,
		"\x7f":                                                       false,
	} {
		require.Equal(t, want, h.genuine(url), url)
	}
}
