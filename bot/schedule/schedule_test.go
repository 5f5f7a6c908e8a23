package schedule_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/calendar"
	"zhuanban/bot/schedule"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// bell rings every hour, to be heard by ann; it is of no use half an hour later.
type bell struct {
	name string
	fail atomic.Bool
	rung atomic.Int64
}

func (b *bell) Due(from, until time.Time) ([]schedule.Occurrence, error) {
	var out []schedule.Occurrence
	for at := from.Truncate(time.Hour); !at.After(until); at = at.Add(time.Hour) {
		if at.After(from) {
			out = append(out, schedule.Occurrence{Job: b.name, Due: at, Until: at.Add(30 * time.Minute), What: "整点",
				Fire: func(context.Context, *store.Tx, time.Time) ([]bot.Notice, error) { return b.ring(at) }})
		}
	}
	return out, nil
}

func (b *bell) ring(at time.Time) ([]bot.Notice, error) {
	b.rung.Add(1)
	if b.fail.Load() {
		return nil, errors.New("the clapper is gone")
	}
	return []bot.Notice{{To: bot.Recipient{Kind: bot.ToPerson, Account: "ann"}, Template: "lead.unknown", Data: at.In(calendar.Shanghai).Format("15:04")}}, nil
}

// fired lists what the register of occurrences holds of a job.
func fired(t *testing.T, w *bottest.World, job string) []store.Occurrence {
	t.Helper()
	var out []store.Occurrence
	require.NoError(t, w.Store.View(t.Context(), func(tx *store.Tx) (err error) {
		out, err = tx.Occurrences().Fired(t.Context(), job, bottest.Friday, bottest.Friday.AddDate(0, 0, 30))
		return err
	}))
	return out
}

func TestEachOccurrenceOnceAndInOrder(t *testing.T) {
	w := bottest.New(t, bottest.WithJobs(&bell{name: "bell"}))
	w.FastForward(150 * time.Minute)
	seen := w.Channel.Shown("ann")
	require.Len(t, seen, 2)
	require.Contains(t, seen[0].Text, "10:00")
	require.Contains(t, seen[1].Text, "11:00")
	require.Empty(t, w.FastForward(0), "looking again fires nothing")
	w.Restart()
	require.Empty(t, w.FastForward(0))
	require.Len(t, w.Channel.Shown("ann"), 2)
}

func TestNothingFromBeforeTheBotWasThere(t *testing.T) {
	w := bottest.New(t, bottest.WithJobs(&bell{name: "bell"}))
	require.Empty(t, w.FastForward(0), "nine o'clock is when it began")
	require.Empty(t, fired(t, w, "bell"))
}

func TestOnceWithTwoRunners(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"sqlite": func(t *testing.T) string { return storetest.SQLiteURL(t) },
		"mysql":  storetest.MariaDBURL,
	} {
		t.Run(name, func(t *testing.T) {
			at := url(t)
			one := bottest.New(t, bottest.At(at), bottest.WithJobs(&bell{name: "bell"}))
			two := bottest.New(t, bottest.At(at), bottest.Owner("two"), bottest.WithJobs(&bell{name: "bell"}))
			until := bottest.Friday.Add(5 * time.Hour)
			var all sync.WaitGroup
			var count atomic.Int64
			for _, w := range []*bottest.World{one, two} {
				all.Go(func() {
					f, err := w.Runner.RunDue(t.Context(), until, func(time.Time) error { return nil })
					assert.NoError(t, err)
					count.Add(int64(len(f)))
				})
			}
			all.Wait()
			require.Equal(t, int64(5), count.Load(), "each was fired by one of them")
			require.Len(t, fired(t, one, "bell"), 5)
			one.Flush()
			two.Flush()
			require.Len(t, append(one.Channel.Shown("ann"), two.Channel.Shown("ann")...), 5)
		})
	}
}

func TestWhatWasMissedIsRecordedAndSaysNothing(t *testing.T) {
	w := bottest.New(t, bottest.WithJobs(&bell{name: "bell"}))
	got, err := w.Runner.RunDue(t.Context(), bottest.Friday.Add(3*time.Hour+10*time.Minute), nil) // the real clock: down until then
	require.NoError(t, err)
	require.Len(t, got, 3)
	var outcomes []string
	for _, o := range fired(t, w, "bell") {
		outcomes = append(outcomes, o.Outcome)
	}
	require.Equal(t, []string{"missed", "missed", "fired"}, outcomes)
	w.Flush()
	seen := w.Channel.Shown("ann")
	require.Len(t, seen, 1)
	require.Contains(t, seen[0].Text, "12:00")
}

func TestAFailureBetweenRegisterAndNoticeLeavesNeither(t *testing.T) {
	b := &bell{name: "bell"}
	w := bottest.New(t, bottest.WithJobs(b))
	b.fail.Store(true)
	_, err := w.Runner.RunDue(t.Context(), bottest.Friday.Add(time.Hour), nil)
	require.ErrorContains(t, err, "the clapper is gone")
	require.Empty(t, fired(t, w, "bell"))
	w.Flush()
	w.ExpectNothing("ann")

	b.fail.Store(false)
	w.Restart()
	w.FastForward(time.Hour)
	w.Expect("ann", "10:00")
	require.Len(t, fired(t, w, "bell"), 1)
}

func TestTwoJobsAtOneTimeAreTwoOccurrences(t *testing.T) {
	w := bottest.New(t, bottest.WithJobs(&bell{name: "a"}, &bell{name: "b"}))
	w.FastForward(time.Hour)
	require.Len(t, w.Channel.Shown("ann"), 2)
	require.Len(t, fired(t, w, "a"), 1)
	require.Len(t, fired(t, w, "b"), 1)
}

func TestPreviewStoresAndSendsNothing(t *testing.T) {
	w := bottest.New(t, bottest.WithJobs(&bell{name: "bell"}))
	got, err := w.Runner.Preview(t.Context(), bottest.Friday, bottest.Friday.Add(2*time.Hour))
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Len(t, got[0].Notices, 1)
	require.Empty(t, fired(t, w, "bell"))
	w.Flush()
	w.ExpectNothing("ann")
}

func TestNext(t *testing.T) {
	w := bottest.New(t, bottest.WithJobs(&bell{name: "bell"}))
	o, ok, err := w.Runner.Next(bottest.Friday)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, bottest.Friday.Add(time.Hour), o.Due)
	none := &schedule.Runner{Store: w.Store}
	_, ok, err = none.Next(bottest.Friday)
	require.NoError(t, err)
	require.False(t, ok)
}
