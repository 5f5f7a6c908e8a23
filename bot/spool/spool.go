// Package spool stands between the channels and the bot and keeps messages on
// disk while the database is away, so that nobody is turned away and nothing is
// lost: kept (fsync), acknowledged, and handed in when the database is back.
//
// # One message's way
//
// Handle hands a message to Next, the bot, and gives its answer. If Next fails
// because the database is away, or has not come back within the grace, the
// message is written to the spool and answered with Answer.Spooled; the person
// hears the answer through delivery later. Any other error is returned as it is,
// and the platform sends again. If the message cannot be kept (ErrFull, a failing
// disk), that is an error as well: the platform sends again, nothing was promised.
//
// # Order
//
// One message of a person is decided at a time, whatever platform it came from.
// While a message of a person is in the spool, every further one of that person
// goes there too, also when the database is back; other people pass. Run hands in
// what waits: each person's messages one after the other in the platform's order
// of time (then of arrival), many people side by side. A message leaves the spool
// only after Next took it. One that fails for reasons of its own is tried a few
// times and then set aside in rejected/, so that it does not block its person.
//
// # Order over several processes
//
// Where several processes serve (Options.Others) each has a spool of its own, and messages
// of one person may lie in two. Before a process hands anything in, it says of each
// person where the oldest message stands that waits with it: the platform's time, and
// for what has the same one, when it was kept. This is a shared note beside the person's
// conversation. The turn of a message that comes later by these does nothing and gives
// bot.ErrWaits; the message is kept here as if the database were away, noted itself, and
// tried again soon. The turn of a message out of a spool moves the note to the next one
// behind it, or takes it away. So what waits in several spools is handled in one order,
// and what comes meanwhile to any process after it.
//
// For that, all must have said what they have before any goes on. While the database is
// away and for a moment after (settleTime), a process that is not alone hands in nothing
// and lets nothing pass, but keeps it; what it keeps in that moment it notes before it
// is acknowledged. It also asks by itself whether the database is there, so that it
// knows of an absence in which nobody spoke to it. Who is alone waits for nobody.
//
// A note ends a minute after it was written last: a process that is gone for good does
// not keep its people waiting. The name under which it stands belongs to the folder, so
// that whoever opens the folder next goes on under it.
//
// What no note in the database can do: if one process alone is cut off from it while
// others reach it, or is gone with messages on its disk for longer than a note lasts, then
// what a person says to others meanwhile is handled first. So it is with what reaches
// another process within half a second of an absence so short that it did not see it,
// and with a call that had hung and has success in the end.
//
// # Twice is harmless, never is not
//
// A message may be handed in more than once: after a crash, and after a call that
// came back later than the grace and had success after all. The bot knows messages
// by (Platform, Sender, ID) and does nothing the second time. The spool relies on
// that and spares every effort to hand in exactly once. What a platform sends again
// while it waits is kept once. From the spool a message has no Carry. Next must queue
// an answer that it meant to be carried when the message comes again without: the
// acknowledgement of the call that was late has gone.
//
// # On disk
//
//	lock                     held (flock) by the one process that uses the folder; in it, the spool's name
//	spool-000001.log         a segment: the 8 bytes "zbspool1", then records
//	spool-000001.done        what of it is done: 12 bytes each, see below
//	rejected/spool-000001-8.log   one message that failed for reasons of its own, as a segment
//	damaged/spool-000001.log      a segment in which something could not be read
//
// A record is the length of its text (4 bytes, little endian), the CRC-32C of its
// text (4 bytes) and its text, JSON: the message and when it was kept. A done note
// is the record's offset (8 bytes) and its CRC (4 bytes), so that no torn note
// matches by chance; notes are not fsynced. A segment is removed when all its
// records are done; numbers grow. To hand in a rejected message again, stop the
// program and move its file back beside the lock.
//
// Who writes at the same time shares one fsync. A torn record at the end of the last
// segment was never acknowledged; it is cut off at Open. Anything else that cannot
// be read is logged, what can be read is handed in, and the file then goes to
// damaged/ in place of being removed. After a failed fsync a segment gets no
// further record. Files are 0600 and folders 0700; messages are in the clear, as
// they are in the database. Memory holds ids, times and offsets, no texts; the log
// neither.
//
// # Testing
//
// The properties (spool_property_test.go) play people, outages, re-deliveries and
// crashes at random: everything acknowledged is handled, once, in order; so do those with
// several spools (others_property_test.go).
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

// Options are what a Spool is made of. All but Others, Grace, MaxBytes and MinFree are needed.
type Options struct {
	Next Desk                            // the bot
	Away func(error) bool                // says whether an error of Next means that the database is away
	Ping func(ctx context.Context) error // asks the database whether it is there
	Wall func() time.Time                // the real time
	Log  *slog.Logger

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
	c := s.begin()
	defer s.end(c)
	l, err := s.enter(ctx, s.person(m.Sender))
	if err != nil {
		return bot.Answer{}, err
	}
	defer s.users.Done()
	var cause error
	if s.mayPass(l) {
		var answer bot.Answer
		if s.o.Others != nil {
			m.Line = bot.Line{Spool: s.name}
		}
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
	frame, err := encode(e.kept, m)
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
