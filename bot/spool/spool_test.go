package spool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"zhuanban/bot"
)

// TestMain wants every goroutine ended but for those of the connection by which the
// tests' database server is looked after.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killed); dir != "" {
		keepUntilKilled(dir)
	}
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"),
		goleak.IgnoreTopFunction("github.com/go-sql-driver/mysql.(*mysqlConn).startWatcher.func1"))
}

var (
	errAway   = errors.New("the database is away")
	errPoison = errors.New("the handler fails")
	friday    = time.Date(2024, 1, 19, 1, 0, 0, 0, time.UTC)
)

// desk is a bot that fails as it is told, and knows messages as the bot does.
type desk struct {
	mu     sync.Mutex
	away   bool
	hang   chan struct{} // calls wait until it is closed, and then have success
	slow   chan struct{} // the same, while it answers whether it is there
	poison map[string]bool
	boom   bool
	calls  int
	done   map[key]bool
	order  map[string][]string // by person: the ids, as they were handled first
	last   bot.Message

	alone  bool
	untold []string                      // handed in from a spool of which nobody had been told
	waits  map[string]map[string]waiting // by person and spool, as the bot keeps them
}

// waiting is a place until it is forgotten.
type waiting struct {
	bot.Place
	until time.Time
}

func newDesk() *desk {
	return &desk{done: map[key]bool{}, order: map[string][]string{}, poison: map[string]bool{}, waits: map[string]map[string]waiting{}}
}

// Handle handles a message once.
func (d *desk) Handle(_ context.Context, m bot.Message) (bot.Answer, error) {
	d.mu.Lock()
	d.calls++
	hang, slow := d.hang, d.slow
	d.mu.Unlock()
	if hang != nil {
		<-hang
	}
	if slow != nil {
		<-slow
	}
	var line bot.Line
	if m.Line != nil {
		line = *m.Line
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.away:
		return bot.Answer{}, fmt.Errorf("begin: %w", errAway)
	case d.poison[m.ID]:
		return bot.Answer{}, errPoison
	case d.boom:
		panic("at the very end")
	}
	if !d.done[keyOf(m)] {
		if d.hasToWait(m, line) {
			return bot.Answer{}, fmt.Errorf("not yet: %w", bot.ErrWaits)
		}
		if _, told := d.waits[m.Sender][line.Spool]; !told && !line.Kept.IsZero() {
			d.untold = append(d.untold, m.ID)
		}
		d.done[keyOf(m)] = true
		d.order[m.Sender] = append(d.order[m.Sender], m.ID)
	}
	d.note(m.Sender, line.Spool, line.Next)
	d.last = m
	return bot.Answer{Replies: []bot.Reply{{Text: m.ID}}}, nil
}

// hasToWait says whether another spool has what comes first; then this one's is noted.
func (d *desk) hasToWait(m bot.Message, line bot.Line) bool {
	mine := bot.Place{At: m.At, Kept: line.Kept}
	if mine.Kept.IsZero() {
		mine.Kept = time.Now()
	}
	for name, p := range d.waits[m.Sender] {
		if name != line.Spool && time.Now().Before(p.until) && (p.Before(mine) || !mine.Before(p.Place) && name < line.Spool) {
			d.note(m.Sender, line.Spool, mine)
			return true
		}
	}
	return false
}

func (d *desk) note(person, name string, p bot.Place) {
	if d.waits[person] == nil {
		d.waits[person] = map[string]waiting{}
	}
	if d.waits[person][name] = (waiting{p, time.Now().Add(time.Minute)}); p.At.IsZero() {
		delete(d.waits[person], name)
	}
}

// noted is what is known of a person and a spool; zero if nothing is.
func (d *desk) noted(person, name string) waiting {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.waits[person][name]
}

// Alone says whether there are no other spools.
func (d *desk) Alone() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.alone
}

// Waiting notes what waits in a spool.
func (d *desk) Waiting(_ context.Context, name string, list []bot.Waiting) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away {
		return errAway
	}
	for _, w := range list {
		d.note(w.Person, name, w.Place)
	}
	return nil
}

// Answered knows what was handled, if the database is there.
func (d *desk) Answered(_ context.Context, m bot.Message) (bot.Answer, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return bot.Answer{Replies: []bot.Reply{{Text: m.ID}}}, !d.away && d.done[keyOf(m)]
}

// Roster is three people.
func (d *desk) Roster() *bot.Roster {
	return bot.NewRoster([]bot.Person{{Account: "ann"}, {Account: "ben"}, {Account: "cleo"}}, nil, nil)
}

// Ping says whether the database is there.
func (d *desk) Ping(context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away || d.hang != nil {
		return errAway
	}
	return nil
}

func (d *desk) set(f func(d *desk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f(d)
}

func (d *desk) handled(person string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string{}, d.order[person]...)
}

func (d *desk) called() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calls
}

func (d *desk) options() Options {
	return Options{Next: d, Away: func(err error) bool { return errors.Is(err, errAway) }, Ping: d.Ping,
		Wall: time.Now, Log: slog.New(slog.DiscardHandler)}
}

func openSpool(t *testing.T, dir string, o Options) *Spool {
	t.Helper()
	s, err := Open(dir, o)
	require.NoError(t, err)
	return s
}

// start runs the replay; the returned function ends it and the spool.
func start(t *testing.T, s *Spool) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { s.Run(ctx); close(ended) }()
	return func() {
		cancel()
		<-ended
		require.NoError(t, s.Close())
	}
}

// said is a message that a person sent so many seconds after the beginning.
func said(person, id string, second int) bot.Message {
	return bot.Message{Platform: "test", ID: id, Sender: person, At: friday.Add(time.Duration(second) * time.Second), Text: "报线索 " + id}
}

func kept(t *testing.T, s *Spool, ms ...bot.Message) {
	t.Helper()
	for _, m := range ms {
		a, err := s.Handle(t.Context(), m)
		require.NoError(t, err)
		require.Equal(t, bot.Answer{Spooled: true}, a)
	}
}

func passed(t *testing.T, s *Spool, m bot.Message) {
	t.Helper()
	a, err := s.Handle(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, bot.Answer{Replies: []bot.Reply{{Text: m.ID}}}, a)
}

func depth(s *Spool) int {
	n, _, _ := s.Depth()
	return n
}

// files are the names in the folder but for the lock.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range all {
		if e.Name() != "lock" {
			names = append(names, e.Name())
		}
	}
	return names
}

// bubble runs a test in time that passes only when everybody waits.
func bubble(t *testing.T, test func(t *testing.T, d *desk, s *Spool, dir string)) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "spool")
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		s := openSpool(t, dir, d.options())
		stop := start(t, s)
		defer stop()
		test(t, d, s, dir)
	})
}

func TestWithTheDatabaseThereNothingIsWritten(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, dir string) {
		passed(t, s, said("ann", "1", 1))
		d.set(func(d *desk) { d.poison["2"] = true })
		_, err := s.Handle(t.Context(), said("ann", "2", 2))
		require.ErrorIs(t, err, errPoison, "the platform sends it again")
		require.Empty(t, files(t, dir))
		require.Zero(t, depth(s))
		require.Empty(t, s.lanes)
	})
}

func TestMessagesAreHandedInByThePlatformsTime(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, dir string) {
		d.set(func(d *desk) { d.away = true })
		kept(t, s, said("ann", "c", 3), said("ann", "a", 1), said("ben", "x", 9), said("ann", "b1", 2), said("ann", "b2", 2))
		n, bytes, oldest := s.Depth()
		require.Equal(t, 5, n)
		require.Greater(t, bytes, int64(500))
		require.True(t, time.Now().Equal(oldest), oldest)
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Empty(t, d.handled("ann"))

		d.set(func(d *desk) { d.away = false })
		time.Sleep(lastPause)
		synctest.Wait()
		require.Equal(t, []string{"a", "b1", "b2", "c"}, d.handled("ann"), "ties by arrival")
		require.Equal(t, []string{"x"}, d.handled("ben"))
		require.Zero(t, depth(s))
		require.Empty(t, files(t, dir), "what is done is removed")
		require.Equal(t, Counts{Replayed: 5}, s.Counts())
		passed(t, s, said("ann", "d", 4))
	})
}

func TestNobodyOvertakesThemselvesAndOthersPass(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, _ string) {
		d.set(func(d *desk) { d.away = true })
		kept(t, s, said("ann", "1", 1))
		d.set(func(d *desk) { d.away = false })
		other := said("ann", "2", 2)
		other.Platform = "another"
		kept(t, s, other) // back, but the first still waits; whatever platform it comes by
		passed(t, s, said("ben", "x", 1))
		synctest.Wait() // no time has passed: ben's success is enough
		require.Equal(t, []string{"1", "2"}, d.handled("ann"))
		passed(t, s, said("ann", "3", 3))
	})
}

// What was answered before anything had to wait is answered again, and not kept: kept,
// it would be answered twice.
func TestAReDeliveryOfWhatWasAnsweredIsNotKept(t *testing.T) {
	d := newDesk()
	s := openSpool(t, t.TempDir(), d.options()) // nobody hands in what it keeps
	defer func() { require.NoError(t, s.Close()) }()
	passed(t, s, said("ann", "1", 1))
	d.set(func(d *desk) { d.away = true })
	kept(t, s, said("ann", "2", 2))
	d.set(func(d *desk) { d.away = false })
	s.away.Store(false) // as after a ping
	passed(t, s, said("ann", "1", 1))
	kept(t, s, said("ann", "3", 3))
	require.Equal(t, 2, depth(s))
}

func TestWhatIsSentAgainIsKeptOnce(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, _ string) {
		d.set(func(d *desk) { d.away = true })
		kept(t, s, said("ann", "1", 1), said("ann", "1", 1), said("ann", "1", 1))
		require.Equal(t, 1, depth(s))
		require.Equal(t, 1, d.called())
		d.set(func(d *desk) { d.away = false })
		time.Sleep(lastPause)
		synctest.Wait()
		require.Equal(t, 2, d.called())
		require.Equal(t, []string{"1"}, d.handled("ann"))
	})
}

func TestAPoisonMessageBlocksItsPersonForAMinuteAndNobodyElse(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, dir string) {
		d.set(func(d *desk) { d.away = true; d.poison["1"] = true })
		for i := range 2 * parallel { // more of them than are handed in at a time
			kept(t, s, said(fmt.Sprint("p", i), "1", 1), said(fmt.Sprint("p", i), "2", 2))
		}
		kept(t, s, said("ann", "a", 1))
		d.set(func(d *desk) { d.away = false })
		time.Sleep(lastPause)
		synctest.Wait()
		require.Equal(t, []string{"a"}, d.handled("ann"))
		require.Empty(t, d.handled("p0"))
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"2"}, d.handled("p0"))
		require.Zero(t, depth(s))
		require.Equal(t, Counts{Replayed: 2*parallel + 1, Rejected: 2 * parallel}, s.Counts())
		require.Equal(t, []string{"rejected"}, files(t, dir))
		require.Len(t, files(t, filepath.Join(dir, "rejected")), 2*parallel)
	})
}

func TestNothingIsSetAsideWhileTheDatabaseDoesNotAnswer(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		o := d.options()
		o.Ping = func(context.Context) error { return nil } // answers, and takes no writes
		s := openSpool(t, dir, o)
		stop := start(t, s)
		d.set(func(d *desk) { d.away = true })
		kept(t, s, said("ann", "1", 1))
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Equal(t, 1, depth(s))
		require.InDelta(t, 4*3600, d.called(), 10, "asked four times a second")
		d.set(func(d *desk) { d.away = false })
		time.Sleep(lastPause)
		synctest.Wait()
		require.Equal(t, []string{"1"}, d.handled("ann"))
		stop()
	})
}

func TestTheAnswerOfAKeptMessageIsNotCarried(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, _ string) {
		m := bot.Message{Platform: "test", ID: "1", Sender: "ann", Group: "群", At: friday, Text: "一二", Tap: "t", Voice: true, Carry: 2048,
			Attachments: []bot.Attachment{{Kind: bot.Photo, Name: "店.jpg", MIME: "image/jpeg", Size: 3, SHA256: "ab"}},
			Location:    &bot.Location{Lat: 25.05, Lng: 118.18, Label: "凤城镇"}}
		d.set(func(d *desk) { d.away = true })
		kept(t, s, m)
		d.set(func(d *desk) { d.away = false })
		time.Sleep(lastPause)
		synctest.Wait()
		m.Carry, m.Unheard = 0, true // it was handed in once, and nobody heard what came of it
		require.Equal(t, m, d.last, "all else is as it was")
	})
}

func TestAMessageWhoseNameTheDiskWouldChangeIsRefused(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, _ string) {
		d.set(func(d *desk) { d.away = true })
		_, err := s.Handle(t.Context(), said("ann", "\xff", 1))
		require.ErrorContains(t, err, "UTF-8")
		require.Zero(t, depth(s))
	})
}

func TestAClosedSpoolTakesNothing(t *testing.T) {
	d := newDesk()
	s := openSpool(t, t.TempDir(), d.options())
	require.NoError(t, s.Close())
	_, err := s.Handle(t.Context(), said("ann", "1", 1))
	require.ErrorIs(t, err, errClosed)
	require.Zero(t, d.called())
}
