package stream

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/dingtalk/dingtalktest"
)

func TestWhatAJobSaysIsAcknowledgedWhenItIsDone(t *testing.T) {
	w := newWorld(t)
	hold, open := w.gate()
	then := make(chan struct{})
	w.hear = func(Frame) Job {
		return Job{Do: func(context.Context) Answer { <-hold; return Answer{Code: 500, Data: `{"status":"LATER"}`} },
			Then: func(context.Context) { close(then) }}
	}
	w.up()
	f, err := w.gateway.Say(said("一"))
	require.NoError(t, err)
	w.eventually(func() bool { return len(w.frames()) == 1 }, "heard")
	require.Empty(t, w.gateway.Acks(f.ID()), "not before it is done")
	open()
	require.Equal(t, 500, w.acked(f).Code)
	require.JSONEq(t, `{"status":"LATER"}`, w.acked(f).Data)
	<-then
}

// TestNobodyWaitsForWhatComesAfterwards: not the same sender's next message, and not
// anybody's, however many speak to whom something has to be said.
func TestNobodyWaitsForWhatComesAfterwards(t *testing.T) {
	w := newWorld(t)
	hold, open := w.gate()
	w.hear = func(Frame) Job {
		return Job{Lane: "one", Do: func(context.Context) Answer { return Answer{} }, Then: func(context.Context) { <-hold }}
	}
	w.up()
	defer open()
	for range inFlight + 1 {
		f, err := w.gateway.Say(said("一"))
		require.NoError(t, err)
		require.Equal(t, 200, w.acked(f).Code)
	}
}

func TestAPanicCostsOneFrame(t *testing.T) {
	w := newWorld(t)
	w.hear = func(Frame) Job { return Job{Do: func(context.Context) Answer { panic("oh") }} }
	w.up()
	for range 2 {
		f, err := w.gateway.Say(said("一"))
		require.NoError(t, err)
		require.Equal(t, 500, w.acked(f).Code)
	}
	require.Contains(t, w.log.String(), "panicked")
}

func TestAJobThatTakesTooLongIsAcknowledgedMeanwhileAndOnce(t *testing.T) {
	w := newWorld(t, func(theirs *dingtalktest.GatewayOptions, _ *Options) { theirs.CardWithin = time.Second })
	hold, open := w.gate()
	done := make(chan struct{})
	w.hear = func(Frame) Job {
		return Job{Within: 20 * time.Millisecond, Meanwhile: Answer{Data: `{"response":{}}`},
			Do: func(context.Context) Answer { <-hold; close(done); return Answer{Data: "late"} }}
	}
	w.up()
	f := w.gateway.Card(dingtalktest.Tap{Card: "o1", User: "042"})
	require.NoError(t, w.gateway.Push(f))
	require.JSONEq(t, `{"response":{}}`, w.acked(f).Data)
	open()
	<-done
	w.hears(nil)
	f2, err := w.gateway.Say(said("后来"))
	require.NoError(t, err)
	w.acked(f2)
	require.Len(t, w.gateway.Acks(f.ID()), 1)
	require.Zero(t, w.gateway.Counts().LateCards)
}

// TestTheWorkIsNotTheConnections: it goes on when that is lost, and only its
// acknowledgement is lost with it.
func TestTheWorkIsNotTheConnections(t *testing.T) {
	w := newWorld(t)
	hold, open := w.gate()
	result := make(chan error, 1)
	w.hear = func(Frame) Job {
		return Job{Do: func(ctx context.Context) Answer { <-hold; result <- ctx.Err(); return Answer{} }}
	}
	w.up()
	f, err := w.gateway.Say(said("一"))
	require.NoError(t, err)
	w.eventually(func() bool { return len(w.frames()) == 1 }, "heard")
	l := w.gateway.Links()[0]
	l.Reset()
	<-l.Gone()
	require.NoError(t, w.gateway.Connected(w.soon(), 1))
	open()
	require.NoError(t, <-result)
	w.hears(nil)
	again := w.gateway.Again(f)
	require.NoError(t, w.gateway.Push(again))
	w.acked(again)
	require.Empty(t, w.gateway.Acks(f.ID()))
}

// TestTenThousandFramesAreAllAcknowledgedAndFewAreInHand.
func TestTenThousandFramesAreAllAcknowledgedAndFewAreInHand(t *testing.T) {
	const many = 10_000
	w := newWorld(t)
	var now, most atomic.Int64
	var mu sync.Mutex
	order := map[string][]int{}
	seen := 0
	w.hear = func(f Frame) Job {
		n := seen
		seen++
		lane := fmt.Sprint(n % 300)
		return Job{Lane: lane, Do: func(context.Context) Answer {
			most.Store(max(most.Load(), now.Add(1)))
			mu.Lock()
			order[lane] = append(order[lane], n)
			mu.Unlock()
			now.Add(-1)
			return Answer{}
		}}
	}
	w.up()
	for n := range many {
		_, err := w.gateway.Say(said(fmt.Sprint(n)))
		require.NoError(t, err)
	}
	w.eventually(func() bool { return w.gateway.Acked() == many }, "all acknowledged")
	require.LessOrEqual(t, most.Load(), int64(inFlight))
	require.Equal(t, 1, w.gateway.Counts().Opened)
	for _, list := range order {
		require.IsIncreasing(t, list)
	}
}

// TestWhoeverStopsFinishesWhatIsInHand and takes nothing more.
func TestWhoeverStopsFinishesWhatIsInHand(t *testing.T) {
	w := newWorld(t)
	hold, open := w.gate()
	w.hear = func(f Frame) Job {
		return Job{Lane: f.ID(), Do: func(context.Context) Answer { <-hold; return Answer{} }}
	}
	stop := w.up()
	var all []dingtalktest.Frame
	for n := range 5 {
		f, err := w.gateway.Say(said(fmt.Sprint(n)))
		require.NoError(t, err)
		all = append(all, f)
	}
	w.eventually(func() bool { return len(w.frames()) == 5 }, "heard")
	stopped := make(chan struct{})
	go func() { defer close(stopped); stop() }()
	select {
	case <-stopped:
		t.Fatal("it did not wait")
	case <-time.After(20 * time.Millisecond):
	}
	open()
	<-stopped
	for _, f := range all {
		require.Equal(t, 200, w.acked(f).Code)
	}
	require.Equal(t, Stopped, w.client.State().Phase)
	w.eventually(func() bool { return len(w.gateway.Links()) == 0 }, "closed")
}
