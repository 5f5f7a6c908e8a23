package spool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"zhuanban/bot"
)

// Desk is who handles messages: the bot.
type Desk interface {
	Handle(ctx context.Context, m bot.Message) (bot.Answer, error)
	// Answered gives the answer to a message that was handled before. While the
	// database is away it knows only the last ones.
	Answered(ctx context.Context, m bot.Message) (a bot.Answer, ok bool)
	Roster() *bot.Roster
}

// Options are what a Spool is made of. All but Seal, Others, Grace, MaxBytes and MinFree are needed.
type Options struct {
	Next Desk                            // the bot
	Away func(error) bool                // says whether an error of Next means that the database is away
	Ping func(ctx context.Context) error // asks the database whether it is there
	Wall func() time.Time                // the real time
	Log  *slog.Logger

	Seal bot.Sealer // seals what is kept; nil = it is kept in the clear

	Others Others // the other replicas; nil = there are never any

	Grace    time.Duration // how long Next may take before the message is kept; 0 = three seconds
	MaxBytes int64         // how large the segments may be together; 0 = 256 MiB
	MinFree  uint64        // bytes of the disk that are left free for others
}

// What holds unless Options say otherwise.
const (
	// The platforms wait five seconds for an acknowledgement; an fsync on a poor
	// disk and the way there and back need some of it. A busy machine is no reason to
	// spool: what goes on disk is answered later, and all that its person says after it.
	defaultGrace = 3 * time.Second
	// Half a million messages of usual length: a county's staff for weeks.
	defaultMaxBytes = 256 << 20
)

// ErrFull says that a message could not be kept because there is no room for it:
// the spool is as large as it may be, or the disk is full.
var ErrFull = errors.New("the spool is full")

// ErrInUse says that another process has the folder: every process needs one of its
// own.
var ErrInUse = errors.New("the spool's folder is in use by another process: every process needs one of its own")

var errClosed = errors.New("spool: closed")

// Spool is a bot that survives its database's absence. It is safe for use by many
// goroutines.
type Spool struct {
	o       Options
	journal *journal
	late    atomic.Int32 // calls of Next that are out longer than the grace
	away    atomic.Bool  // the database is believed to be away
	moved   atomic.Bool  // something was handed in since the last look
	back    chan struct{}
	wake    chan struct{}
	name    string         // which no other spool has
	line    *bot.Line      // of what comes straight from the platform; nil where there are never others
	calls   sync.Pool      // of *call
	users   sync.WaitGroup // calls of Handle, and calls of Next they left behind

	replayed, rejected, refused atomic.Int64

	telling chan struct{} // full while the others are being told

	mu    sync.Mutex
	epoch int // grows when the database goes: what the others were told before is void
	// registering: the database is back, and the others are being told what waits here.
	registering bool
	lanes       map[string]*lane // by the person's account
	keys        map[key]*entry
	ready       []*lane // whose messages may be handed in
	seq         int64
	bytes       int64 // of all entries
	closed      bool
}

// Open opens the folder, makes it if need be, and reads back what waits in it. It
// fails if another process uses the folder.
func Open(dir string, o Options) (*Spool, error) { return open(dir, o, realDisk{}) }

func open(dir string, o Options, d disk) (*Spool, error) {
	if o.Next == nil || o.Away == nil || o.Ping == nil || o.Wall == nil || o.Log == nil {
		return nil, errors.New("spool: needs a desk, Away, Ping, a clock and a log")
	}
	if o.Grace == 0 {
		o.Grace = defaultGrace
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	s := &Spool{o: o, epoch: 1, telling: make(chan struct{}, 1), back: make(chan struct{}, 1), wake: make(chan struct{}, 1), lanes: map[string]*lane{}, keys: map[key]*entry{}}
	j, found, err := openJournal(dir, o, d)
	if err != nil {
		return nil, fmt.Errorf("spool: %w", err)
	}
	s.journal = j
	if s.name, err = nameOf(dir); err != nil {
		return nil, errors.Join(fmt.Errorf("spool: naming it: %w", err), j.close())
	}
	if o.Others != nil {
		s.line = &bot.Line{Spool: s.name}
	}
	for _, f := range found {
		s.restore(f)
	}
	if n := len(s.keys); n > 0 {
		s.away.Store(true) // so that the database is asked first
		o.Log.Warn("messages from before the start wait in the spool", "messages", n)
	}
	return s, nil
}

// Close waits for the calls that are out and lets go of the folder. What waits in it
// is handed in after the next Open. Run must have ended.
func (s *Spool) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.users.Wait()
	return s.journal.close()
}

// Roster is the bot's.
func (s *Spool) Roster() *bot.Roster { return s.o.Next.Roster() }

// Handle takes one message, as the bot's Handle does. With Answer.Spooled it is safe
// on disk and handled later; with an error the platform has to send it again. A call
// of the bot that is late goes on under ctx; whether it succeeds after all or not,
// the message is handed in again.
func (s *Spool) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	c := s.begin(s.o.Grace)
	defer s.end(c)
	l, err := s.enter(ctx, s.person(m.Sender))
	if err != nil {
		return bot.Answer{}, err
	}
	defer s.users.Done()
	var cause error
	if s.mayPass(l) {
		var answer bot.Answer
		m.Line = s.line
		answer, err, cause = s.pass(ctx, c, m)
		if cause == nil {
			s.leave(l)
			return answer, err
		}
		s.missed(l, m, cause)
		m.Unheard = true
	} else if a, ok := s.o.Next.Answered(ctx, m); ok {
		s.leave(l) // a re-delivery of what was answered before anything had to wait
		return a, nil
	}
	e, again, untold := s.admit(l, m)
	if untold {
		s.announce(ctx, l)
	}
	s.leave(l)
	if again {
		err = s.outcome(ctx, e)
	} else {
		err = s.keep(l, e, m)
	}
	if err != nil {
		s.refused.Add(1)
		return bot.Answer{}, fmt.Errorf("keeping a message of %s until the database is back: %w", l.person, errors.Join(err, cause))
	}
	return bot.Answer{Spooled: true}, nil
}

// person is the one identity behind a sender.
func (s *Spool) person(sender string) string {
	if p, known := s.o.Next.Roster().Person(sender); known {
		return p.Account
	}
	return sender
}

// keep writes an admitted message to the disk.
func (s *Spool) keep(l *lane, e *entry, m bot.Message) error {
	frame, err := s.journal.box.encode(e.kept, m)
	if err == nil {
		e.place, err = s.journal.append(frame)
	}
	s.written(l, e, err)
	return err
}

// Depth is how much waits: messages, their bytes on disk, and when the oldest was kept.
func (s *Spool) Depth() (messages int, bytes int64, oldest time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.keys {
		if oldest.IsZero() || e.kept.Before(oldest) {
			oldest = e.kept
		}
	}
	return len(s.keys), s.bytes, oldest
}

// Counts are what has happened since Open.
type Counts struct {
	Replayed int64 // messages handed in from the spool
	Rejected int64 // set aside after failing for reasons of their own
	Refused  int64 // could not be kept, so not acknowledged
	Damaged  int64 // files in which something could not be read
}

// Counts counts what has happened since Open.
func (s *Spool) Counts() Counts {
	return Counts{s.replayed.Load(), s.rejected.Load(), s.refused.Load(), s.journal.damaged.Load()}
}
