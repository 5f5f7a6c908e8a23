package delivery_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// seated is a replica's end of a platform that allows one connection.
type seated struct {
	*bottest.Channel
	here atomic.Bool
	sent atomic.Int32
}

func (s *seated) Here() bool { return s.here.Load() }

func (s *seated) Send(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	s.sent.Add(1)
	return s.Channel.Send(ctx, p)
}

// replicasOf gives two processes on one database and one platform.
func replicasOf(t *testing.T, url string) (worlds [2]*bottest.World, ends [2]*seated) {
	t.Helper()
	platform := bottest.NewChannel("test")
	for i, owner := range []string{"one", "two"} {
		worlds[i] = bottest.New(t, bottest.WithHandlers(crier), bottest.At(url), bottest.Owner(owner), bottest.On(platform))
		ends[i] = &seated{Channel: platform}
		worlds[i].Courier.Channels["test"] = ends[i]
	}
	return worlds, ends
}

func TestOnlyTheReplicaThatHoldsTheConnectionSends(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"sqlite": func(t *testing.T) string { return storetest.SQLiteURL(t) },
		"mysql":  storetest.MariaDBURL,
	} {
		t.Run(name, func(t *testing.T) {
			w, end := replicasOf(t, url(t))
			id := put(t, w[0], "ben", bot.PriorityNotice)
			w[0].Flush()
			w[1].Flush()
			d := get(t, w[0], id)
			require.Equal(t, store.Queued, d.State, "the connection is nowhere: it waits")
			require.Zero(t, d.Attempts, "and costs no try")

			end[1].here.Store(true)
			w[0].Flush()
			require.Equal(t, store.Queued, get(t, w[0], id).State)
			w[1].Flush()
			require.Equal(t, store.Sent, get(t, w[0], id).State)

			end[1].here.Store(false) // it dies
			end[0].here.Store(true)
			next := put(t, w[1], "ben", bot.PriorityAnswer)
			w[1].Flush()
			w[0].Flush()
			require.Equal(t, store.Sent, get(t, w[0], next).State)
			require.Equal(t, []int32{1, 1}, []int32{end[0].sent.Load(), end[1].sent.Load()})
			require.Len(t, w[0].Channel.Shown("ben"), 2)
		})
	}
}

func TestAConnectionThatGoesElsewhereLeavesWhatIsClaimedUntried(t *testing.T) {
	w, end := replicasOf(t, storetest.SQLiteURL(t))
	end[0].here.Store(true)
	first, second := put(t, w[0], "ann", bot.PriorityNotice), put(t, w[0], "ben", bot.PriorityNotice)
	w[0].Channel.Hold = func(bot.Parcel) { end[0].here.Store(false) } // while the first is under way
	w[0].Flush()
	require.Equal(t, store.Sent, get(t, w[0], first).State)
	d := get(t, w[0], second)
	require.Equal(t, store.Queued, d.State)
	require.Zero(t, d.Tried)
	w[0].Channel.Hold = nil
	end[1].here.Store(true)
	w[1].Flush()
	require.Equal(t, store.Sent, get(t, w[0], second).State)
}

// TestTheSeatIsNoticedWhenItComes: whoever gets it wakes the courier, which runs.
func TestTheSeatIsNoticedWhenItComes(t *testing.T) {
	w, end := replicasOf(t, storetest.SQLiteURL(t))
	stop := running(t, w[0])
	defer stop()
	id := put(t, w[0], "ben", bot.PriorityNotice)
	w[0].Courier.Wake()
	end[0].here.Store(true)
	w[0].Courier.Wake()
	require.Eventually(t, func() bool { return len(w[0].Channel.Shown("ben")) == 1 }, 10*time.Second, time.Millisecond)
	stop()
	require.Equal(t, store.Sent, get(t, w[0], id).State)
}
