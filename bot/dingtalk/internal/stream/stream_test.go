package stream

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/dingtalk/dingtalktest"
)

func TestAMessageIsHeardAndAcknowledged(t *testing.T) {
	w := newWorld(t)
	w.up()
	f, err := w.gateway.Say(said("在吗"))
	require.NoError(t, err)
	a := w.acked(f)
	require.Equal(t, 200, a.Code)
	require.Equal(t, "application/json", a.Kind)
	require.JSONEq(t, `{"response":null}`, a.Data)
	got := w.frames()[0]
	require.Equal(t, Callback, got.Type)
	require.Equal(t, dingtalktest.TopicRobot, got.Topic())
	require.Contains(t, got.Data, "在吗")
	s := w.client.State()
	require.Equal(t, Connected, s.Phase)
	require.Equal(t, "connected (1)", s.String())
	require.EqualValues(t, 1, s.Frames)
}

func TestPingIsAnsweredWithWhatItCarried(t *testing.T) {
	w := newWorld(t)
	w.up()
	id, err := w.gateway.Links()[0].Ping("123-dsfs\"<&")
	require.NoError(t, err)
	a, err := w.gateway.Ack(w.soon(), id)
	require.NoError(t, err)
	require.Equal(t, 200, a.Code)
	require.JSONEq(t, `{"opaque":"123-dsfs\"<&"}`, a.Data)
	require.Empty(t, w.frames())
	require.NoError(t, w.gateway.Links()[0].Raw(`{"type":"SYSTEM","headers":{"topic":"ping"},"data":"{}"}`))
	require.NoError(t, w.gateway.Until(w.soon(), func() bool { return w.gateway.Counts().Stray == 1 }), "one without an id as well")
}

func TestWhatTheSystemSaysBesidesIsIgnored(t *testing.T) {
	w := newWorld(t)
	w.up()
	l := w.gateway.Links()[0]
	for _, topic := range []string{"CONNECTED", "REGISTERED", "KEEPALIVE", "tomorrow"} {
		require.NoError(t, l.Raw(`{"type":"SYSTEM","headers":{"topic":"`+topic+`","messageId":"m"},"data":"{}"}`))
	}
	for _, text := range []string{"", "[]", "null", "7", "{", `{"type":`, `"text"`} {
		require.NoError(t, l.Raw(text))
	}
	f, err := w.gateway.Say(said("还在"))
	require.NoError(t, err)
	w.acked(f)
	require.Zero(t, w.gateway.Counts().Stray)
	require.Contains(t, w.log.String(), "no frame")
}

// TestARotatedConnectionIsReplacedBeforeItCloses: nobody is deaf in between, and what
// still arrives over the old connection is acknowledged over it.
func TestARotatedConnectionIsReplacedBeforeItCloses(t *testing.T) {
	w := newWorld(t, func(theirs *dingtalktest.GatewayOptions, _ *Options) { theirs.Linger = 300 * time.Millisecond })
	w.up()
	for n := range 5 {
		old := w.gateway.Links()[0]
		require.NoError(t, old.Disconnect())
		require.NoError(t, w.gateway.Connected(w.soon(), 1))
		f := w.gateway.Robot(said(fmt.Sprint("old ", n)))
		require.NoError(t, old.Push(f))
		require.Equal(t, old.ID, w.acked(f).Link)
		f, err := w.gateway.Say(said(fmt.Sprint("new ", n)))
		require.NoError(t, err)
		require.NotEqual(t, old.ID, w.acked(f).Link)
		select {
		case <-old.Gone():
			require.GreaterOrEqual(t, len(w.gateway.Links()), 1)
		case <-w.soon().Done():
			t.Fatal("the old connection stays")
		}
	}
	require.EqualValues(t, 5, w.client.State().Rotated)
	require.Zero(t, w.client.State().Lost)
	require.Equal(t, 2, w.gateway.Counts().Most)
	require.Zero(t, w.gateway.Counts().Stray, "disconnect is not acknowledged")
}

func TestAnOldConnectionThatIsNotClosedIsGivenUp(t *testing.T) {
	w := newWorld(t, func(theirs *dingtalktest.GatewayOptions, o *Options) {
		theirs.Linger = time.Hour
		o.Pace.Drain = 50 * time.Millisecond
	})
	w.up()
	old := w.gateway.Links()[0]
	require.NoError(t, old.Disconnect())
	require.NoError(t, w.gateway.Connected(w.soon(), 1))
	w.eventually(func() bool { return len(w.gateway.Links()) == 1 }, "one is left")
	require.NotEqual(t, old.ID, w.gateway.Links()[0].ID)
}

func TestEndlessRotationIsFollowedMoreSlowly(t *testing.T) {
	w := newWorld(t, func(theirs *dingtalktest.GatewayOptions, o *Options) {
		theirs.Linger = time.Millisecond
		o.Pace.First, o.Pace.Last = time.Hour, time.Hour
	})
	w.up()
	for range freely + 1 {
		require.NoError(t, w.gateway.Connected(w.soon(), 1))
		for _, l := range w.gateway.Links() {
			_ = l.Disconnect()
		}
	}
	w.eventually(func() bool { return strings.Contains(w.log.String(), "as soon as they are made") }, "it is said")
	w.eventually(func() bool { return w.client.State().Up == 0 }, "it waits")
	require.Equal(t, freely+1, w.gateway.Counts().Opened)
}

func TestABrokenConnectionIsMadeAgain(t *testing.T) {
	for name, break_ := range map[string]func(*dingtalktest.Link){"closed": (*dingtalktest.Link).Drop, "reset": (*dingtalktest.Link).Reset} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.up()
			for n := 1; n < 4; n++ {
				l := w.gateway.Links()[0]
				break_(l)
				<-l.Gone()
				require.NoError(t, w.gateway.Connected(w.soon(), 1))
				f, err := w.gateway.Say(said(fmt.Sprint(n)))
				require.NoError(t, err)
				w.acked(f)
			}
			require.EqualValues(t, 3, w.client.State().Lost)
		})
	}
}

func TestTheFirstConnectionThatBreaksIsMadeAgainAtOnce(t *testing.T) {
	w := newWorld(t, func(_ *dingtalktest.GatewayOptions, o *Options) { o.Pace.First, o.Pace.Last = time.Hour, time.Hour })
	w.up()
	l := w.gateway.Links()[0]
	l.Reset()
	<-l.Gone()
	require.NoError(t, w.gateway.Connected(w.soon(), 1))
}

// TestSwallowedPongsReplaceTheConnection, before the one that is silent is given up.
func TestSwallowedPongsReplaceTheConnection(t *testing.T) {
	w := newWorld(t, func(_ *dingtalktest.GatewayOptions, o *Options) {
		o.Pace.Ping, o.Pace.Pong, o.Pace.Drain = 5*time.Millisecond, 200*time.Millisecond, 300*time.Millisecond
	})
	w.up()
	w.eventually(func() bool { return w.gateway.Counts().Pings > 5 }, "it pings")
	require.Equal(t, 1, w.gateway.Counts().Opened)
	w.gateway.SwallowPongs(true)
	old := w.gateway.Links()[0]
	w.eventually(func() bool { return w.gateway.Counts().Opened > 1 }, "connected again")
	w.gateway.SwallowPongs(false)
	f := w.gateway.Robot(said("still there"))
	require.NoError(t, old.Push(f))
	w.acked(f)
	<-old.Gone()
	require.Contains(t, w.log.String(), "two pings were not answered")
	require.NoError(t, w.gateway.Connected(w.soon(), 1))
}

// TestAPongBehindABurstIsNotMissed: the reader waits for us, not for DingTalk.
func TestAPongBehindABurstIsNotMissed(t *testing.T) {
	w := newWorld(t, func(_ *dingtalktest.GatewayOptions, o *Options) {
		o.Pace.Ping, o.Pace.Pong = time.Millisecond, 500*time.Millisecond
	})
	hold, open := w.gate()
	w.hear = func(f Frame) Job {
		return Job{Lane: f.ID(), Do: func(context.Context) Answer { <-hold; return Answer{} }}
	}
	w.client.room.most = 30
	w.up()
	const all = 40
	for n := range all {
		_, err := w.gateway.Say(said(fmt.Sprint(n)))
		require.NoError(t, err)
	}
	w.eventually(func() bool { return w.client.State().Frames == 31 }, "the reader waits")
	require.Never(t, func() bool { return w.gateway.Counts().Opened > 1 }, 1200*time.Millisecond, 10*time.Millisecond, "two pongs long")
	open()
	w.eventually(func() bool { return w.gateway.Acked() == all }, "all acknowledged")
}

// TestNothingUrgentStandsBehindABurst: a tap is answered in time, and a rotation heard,
// while thousands of messages wait for their turn, hundreds of them one person's.
func TestNothingUrgentStandsBehindABurst(t *testing.T) {
	const burst = 3000
	w := newWorld(t)
	hold, open := w.gate()
	w.hear = func(f Frame) Job {
		if f.Topic() == dingtalkCard {
			return Job{Lane: "7", Within: 20 * time.Millisecond, Meanwhile: Answer{Data: `{"response":{}}`}, Do: func(context.Context) Answer { <-hold; return Answer{} }}
		}
		n := f.ID()
		return Job{Lane: n[len(n)-1:], Do: func(context.Context) Answer { <-hold; return Answer{} }}
	}
	w.up()
	old := w.gateway.Links()[0]
	for n := range burst {
		require.NoError(t, old.Push(w.gateway.Robot(said(fmt.Sprint(n)))))
	}
	tap := w.gateway.Card(dingtalktest.Tap{Card: "o1", User: "042"})
	require.NoError(t, old.Push(tap))
	require.JSONEq(t, `{"response":{}}`, w.acked(tap).Data)
	require.NoError(t, old.Disconnect())
	w.eventually(func() bool { return w.gateway.Counts().Opened > 1 }, "rotated")
	open()
	w.eventually(func() bool { return w.gateway.Acked() == burst+1 }, "all acknowledged")
}

const dingtalkCard = "/v1.0/card/instances/callback"

func TestTwoConnectionsStand(t *testing.T) {
	w := newWorld(t, func(_ *dingtalktest.GatewayOptions, o *Options) { o.Connections = 2 })
	w.up()
	links := w.gateway.Links()
	require.Len(t, links, 2)
	links[0].Reset()
	<-links[0].Gone()
	f, err := w.gateway.Say(said("over the other"))
	require.NoError(t, err)
	w.acked(f)
	require.NoError(t, w.gateway.Connected(w.soon(), 2))
}
