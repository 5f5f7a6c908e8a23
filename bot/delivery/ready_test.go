package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/store"
)

// uploader is a platform that has to upload before it sends.
type uploader struct {
	bottest.Batching
	mu     sync.Mutex
	errs   []error  // the next uploads fail like this
	had    []string // what was prepared before, at each call
	sent   []string // what was prepared, at each try
	stops  []string // what the next tries have left behind them
	during func()
}

func (u *uploader) Prepare(_ context.Context, p bot.Parcel) ([]byte, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.had = append(u.had, string(p.Prepared))
	if u.during != nil {
		u.during()
	}
	if len(u.errs) > 0 {
		err := u.errs[0]
		u.errs = u.errs[1:]
		if err == nil {
			panic("as the test wished")
		}
		return nil, err
	}
	if len(p.Prepared) > 0 {
		return p.Prepared, nil
	}
	return fmt.Appendf(nil, "upload %d", len(u.had)), nil
}

func (u *uploader) note(ps ...bot.Parcel) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, p := range ps {
		u.sent = append(u.sent, string(p.Prepared))
	}
}

func (u *uploader) Send(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	u.note(p)
	if len(u.stops) > 0 {
		kept := u.stops[0]
		u.stops = u.stops[1:]
		return bot.Receipt{}, &bot.SendError{Fate: bot.NotSent, Kept: []byte(kept), Err: errors.New("cut short")}
	}
	return u.Batching.Send(ctx, p)
}

func (u *uploader) SendAll(ctx context.Context, ps []bot.Parcel) []bot.Outcome {
	u.note(ps...)
	return u.Batching.SendAll(ctx, ps)
}

func uploading(t *testing.T) (*bottest.World, *uploader) {
	w := world(t)
	w.Channel.Does.Batch = 100
	u := &uploader{Batching: bottest.Batching{Channel: w.Channel}}
	w.Courier.Channels[w.Channel.Name()] = u
	return w, u
}

// withFile makes a row one with a file.
func withFile(d *store.Delivery) { d.Body = []byte(`{"kind":"file","text":"","path":"a.xlsx"}`) }

func TestWhatIsPreparedOnceComesBackAtEveryTry(t *testing.T) {
	w, u := uploading(t)
	w.Channel.Fail(bot.NotSent, bot.Unknown)
	id := put(t, w, "ann", bot.PriorityAnswer, withFile)
	for range 4 {
		w.FastForward(time.Minute)
	}
	require.Equal(t, []string{"", "upload 1", "upload 1"}, u.had)
	require.Equal(t, []string{"upload 1", "upload 1", "upload 1"}, u.sent)
	require.Equal(t, store.Sent, get(t, w, id).State)
	require.Equal(t, "upload 1", string(get(t, w, id).Prepared))
}

// TestHowFarAParcelHasComeIsKeptForItsNextTry: a try that was cut short says what of it
// has arrived.
func TestHowFarAParcelHasComeIsKeptForItsNextTry(t *testing.T) {
	w, u := uploading(t)
	u.stops = []string{"1 of 3", "2 of 3"}
	id := put(t, w, "ann", bot.PriorityAnswer)
	for range 5 {
		w.FastForward(time.Minute)
	}
	require.Equal(t, []string{"", "1 of 3", "2 of 3"}, u.sent)
	require.Equal(t, store.Sent, get(t, w, id).State)
}

func TestTextsAreNotPrepared(t *testing.T) {
	w, u := uploading(t)
	put(t, w, "ann", bot.PriorityAnswer)
	w.Flush()
	require.Empty(t, u.had)
	require.Equal(t, []string{""}, u.sent)
}

func TestAFileForManyIsPreparedOnce(t *testing.T) {
	w, u := uploading(t)
	for _, who := range []string{"ann", "ben", "cleo"} {
		put(t, w, who, bot.PriorityBroadcast, withFile)
	}
	w.Flush()
	require.Len(t, u.had, 1)
	require.Equal(t, []string{"upload 1", "upload 1", "upload 1"}, u.sent)
	require.Equal(t, 1, w.Channel.Attempts()[2].Call)
}

func TestWhatCannotBePreparedWasNotSent(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		state store.DeliveryState
	}{
		"again later":            {&bot.SendError{Fate: bot.NotSent, Err: errors.New("busy")}, store.Queued},
		"nobody knows, but here": {&bot.SendError{Fate: bot.Unknown, Err: errors.New("cut")}, store.Queued},
		"an error of no kind":    {errors.New("away"), store.Queued},
		"a panic":                {nil, store.Queued},
		"never":                  {&bot.SendError{Fate: bot.Refused, Reason: bot.TooLarge, Err: errors.New("too large")}, store.Refused},
	} {
		for _, priority := range []int{bot.PriorityAnswer, bot.PriorityBroadcast} {
			t.Run(fmt.Sprint(name, priority), func(t *testing.T) {
				w, u := uploading(t)
				w.Channel.Does.Dedupes = false // a copy would show, so nothing may be in doubt
				u.errs = []error{c.err}
				id := put(t, w, "ann", priority, withFile)
				w.Flush()
				d := get(t, w, id)
				require.Equal(t, []any{c.state, 0}, []any{d.State, d.Doubts})
				require.Empty(t, u.sent)
				if c.state == store.Queued {
					w.FastForward(time.Hour)
					require.Equal(t, store.Sent, get(t, w, id).State)
				} else {
					require.Equal(t, string(bot.TooLarge), d.Reason)
				}
			})
		}
	}
}

func TestWhatTakesLongerThanALeaseIsSentByOneCourier(t *testing.T) {
	w, u := uploading(t)
	u.during = func() { // nobody else has claimed it: the lease is made longer
		u.during = nil
		w.Wall.Set(w.Wall.Now().Add(15 * time.Second))
	}
	put(t, w, "ann", bot.PriorityAnswer, withFile)
	w.Flush()
	require.Len(t, u.sent, 1)
	u.during = func() { // somebody else has claimed it meanwhile
		u.during = nil
		w.Wall.Set(w.Wall.Now().Add(15 * time.Second))
		require.Len(t, claimed(t, w, false), 1)
	}
	put(t, w, "ben", bot.PriorityAnswer, withFile)
	w.Flush()
	require.Len(t, u.sent, 1, "what is another's is not sent")
}
