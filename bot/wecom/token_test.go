package wecom

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/internal/worldtest"
	"zhuanban/bot/wecom/wecomtest"
)

func TestARevokedTokenIsReplacedInTheMiddleOfABroadcast(t *testing.T) {
	w := newWorld(t)
	w.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if c.Path == wecomtest.SendPath && c.N == 3 {
			w.server.RevokeToken()
		}
		return nil
	})
	var ps []bot.Parcel
	for i := range 4000 {
		ps = append(ps, parcel(int64(i+1), fmt.Sprintf("user%d", i), "周五截止"))
	}
	for _, o := range w.channel.SendAll(t.Context(), ps) {
		require.NoError(t, o.Err)
	}
	require.Equal(t, 4000, w.server.Counts().Shown)
	require.Equal(t, 2, w.server.Counts().Tokens)
	require.Equal(t, 5, w.server.Calls(wecomtest.SendPath), "four of them and one again")
}

func TestManySendersOutliveRevokedTokens(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.MemberMinute = -1 })
	place := worldtest.NewPlace(w.clock.Now)
	channels := []*Channel{w.replica(func(o *Options) { o.Shared = place }), w.replica(func(o *Options) { o.Shared = place })}
	const revoked = 4
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 5 * revoked {
				if i == 0 && j%5 == 4 {
					w.server.RevokeToken()
				}
				send := func() error {
					_, err := channels[i%2].Send(t.Context(), parcel(int64(1+i*100+j), "a", "在"))
					return err
				}
				err := send()
				for again := 1; err != nil && again < revoked; again++ { // revoked twice within one call: the courier tries again
					assert.Equal(t, bot.NotSent, failure(t, err).Fate)
					err = send()
				}
				assert.NoError(t, err)
			}
		})
	}
	all.Wait()
	require.Equal(t, 16*5*revoked, w.server.Counts().Shown)
	require.LessOrEqual(t, w.server.Counts().Tokens, 1+revoked)
}

func TestShortTokensAreRenewed(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.TokenLife = 40 * time.Second })
	for i := range 10 {
		_, err := w.channel.Send(t.Context(), parcel(int64(i+1), "a", "在"))
		require.NoError(t, err)
		w.clock.Forward(25 * time.Second)
	}
	require.Len(t, w.server.Shown("a"), 10)
}

func TestAWrongSecretIsSaidSoAndStopsEverybody(t *testing.T) {
	w := newWorld(t, func(o *wecomtest.Options, _ *Options) { o.Secret = "another" })
	_, err := w.channel.Send(t.Context(), parcel(1, "a", "在"))
	got := failure(t, err)
	require.Equal(t, bot.SendError{Fate: bot.NotSent, Reason: bot.NotTrusted, Wait: time.Minute, Everybody: true, Err: got.Err}, *got)
	require.ErrorContains(t, err, "40001")
	require.Zero(t, w.server.Calls(wecomtest.SendPath))
}
