package wecom

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/wecom/wecomtest"
)

// TestEveryMessageIsAnsweredOnceWhateverIsLost puts the channel between the
// imitation and the whole engine, records and courier included. Callbacks come up
// to three times, answers of the platform are lost after it has done its work,
// tokens are revoked; every member hears every answer once.
func TestEveryMessageIsAnsweredOnceWhateverIsLost(t *testing.T) {
	office := bottest.New(t, bottest.WithHandlers(func() []bot.Handler {
		return []bot.Handler{{Name: "echo", Commands: []bot.Command{{Words: []string{"念"}, Do: func(_ context.Context, turn *bot.Turn, rest string) error {
			turn.Show(bot.Reply{Kind: bot.TextReply, Text: "念：" + rest})
			return nil
		}}}}}
	}))
	w := newWorld(t, func(theirs *wecomtest.Options, o *Options) {
		theirs.Now, theirs.MemberMinute = office.Wall.Now, -1
		o.Wall, o.Desk = office.Wall.Now, office.Bot
	})
	w.client.Now = office.Wall.Now
	office.Courier.Channels[w.channel.Name()] = w.channel
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		switch {
		case c.Path != wecomtest.SendPath:
		case c.N%7 == 3:
			return &wecomtest.Answer{Done: true, Drop: true}
		case c.N%11 == 5:
			return &wecomtest.Answer{Status: http.StatusServiceUnavailable}
		case c.N%13 == 6:
			w.server.RevokeToken()
		}
		return nil
	})
	carried := map[string]map[string]bool{"ann": {}, "ben": {}} // different passive replies
	want := map[string][]string{}
	for i := range 60 {
		member := []string{"Ann", "Ben"}[i%2]
		said := fmt.Sprintf("第%d句", i/4) // some of them twice
		q, body, err := w.client.Seal(w.client.Message(member, "text", fmt.Sprint(1000+i), "<Content>"+wecomtest.CDATA("念 "+said)+"</Content>"))
		require.NoError(t, err)
		for range 1 + i%3 {
			reply, err := w.client.Do(t.Context(), http.MethodPost, q, body)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, reply.Status)
			if reply.Text != "" {
				carried[[]string{"ann", "ben"}[i%2]][fmt.Sprint(i, reply.Text)] = true
			}
		}
		who := []string{"ann", "ben"}[i%2]
		want[who] = append(want[who], "念："+said)
	}
	for range 40 { // until the courier has got rid of everything
		office.Flush()
		office.Wall.Set(office.Wall.Now().Add(10 * time.Second))
	}
	for _, who := range []string{"ann", "ben"} {
		if len(carried[who]) > 0 {
			require.Len(t, carried[who], len(want[who]), "the same to every re-delivery")
			require.Empty(t, w.server.Texts(who))
			continue
		}
		require.Equal(t, want[who], w.server.Texts(who), "in order, each once")
	}
}
