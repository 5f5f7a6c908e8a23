// Package redis is everything the desk does with Redis. Redis holds nothing that
// cannot be lost: signals that wake another replica (Ring, Listen), what the replicas
// have spent of a platform's rate limits together (Take, Refund, Spent), access tokens
// and hot answers (Get, Set, Delete), and who of them fetches a new token (Once). It
// knows no platform, no limit and no message: topics, keys and limits are its callers'.
//
// # Without Redis
//
// Every use has an answer that works without Redis: nobody is woken, a value is absent,
// whoever asks may refresh, and budgets are kept in memory (Fallback). So no caller has
// an outage to handle, and none waits for one. A call waits no longer than
// Options.Patience, whatever the server, the network or the client library does: it runs
// in a goroutine of its own, which the caller leaves behind when the time is up. The
// first failure takes the connection out of use, and from then on every call is answered
// as without Redis, at once. One goroutine, the keeper, connects anew: right after the
// loss, then once a second, and puts a connection into use only after Redis has carried
// out a small write in time. A Redis that is away, slow, hanging, full, or a replica that
// takes no writes costs each caller at that moment one Patience, and later ones nothing; when
// it is well again, it is in use again within about a second, even if nobody asks.
// There is one such switch for all: a cluster that has lost one of its nodes may be
// taken out of use and back again every second.
//
// # Budgets
//
// Take counts in a sliding window, in sixtieths of the limit's period, and errs to the
// safe side: in no window of that length, wherever it begins, is more granted than the
// limit. What was asked for may be granted up to a sixtieth of the period later than with
// an exact count. MemoryBudget does the same, to the bit, in memory: both are held to one
// exact model in the tests.
//
// Times come from the callers. If the clocks of two replicas differ by d, the one that is
// ahead forgets what the other has sent earlier by d: the limit then holds in every
// window shorter than its period by d. For periods of a minute and more, and clocks that
// are kept by NTP, that is less than the doubt how the platform itself counts, for which a
// configured limit leaves room anyway. A limit for a second or two is nothing to
// share between clocks that are seconds apart: give each replica its own part.
//
// # Names in Redis
//
// All keys and channels begin with Options.Prefix. Budgets bear one hash tag, so that a
// cluster keeps them on one node and one script can see several of them. Keys end by
// themselves. The scripts are Lua, for Redis 5 and later.
//
// # Tests
//
// The tests run against servers of their own (redistest): one server, a sentinel that
// changes the master, and a cluster; behind a connection that is cut, refused, slow or
// silent.
package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	goredis "github.com/go-redis/redis/v8"
)

// ErrAway says that Redis was not asked, or did not answer in time. What was asked for
// may have been done nevertheless.
var ErrAway = errors.New("redis is away")

// Options are what Open needs besides the address. The zero value is fit for use.
type Options struct {
	// Prefix is what all keys and channels begin with, so that several desks can share
	// a server; "zhuanban" if empty. It must not contain braces.
	Prefix string
	// Patience is how long a call may hold up its caller. 40 ms if zero: a Redis in the
	// same building answers within one, and a person does not notice forty.
	Patience time.Duration
	// TLS is for rediss:// addresses whose certificate the system does not trust; nil
	// means the system's roots.
	TLS *tls.Config
	// Log hears when Redis is lost and when it is back. Nil means nobody does.
	Log *slog.Logger
}

// Redis is a Redis that may be away. All its methods may be called by many goroutines.
type Redis struct {
	target   target
	prefix   string
	patience time.Duration
	log      *slog.Logger

	mu     sync.Mutex
	client goredis.UniversalClient // nil while away
	back   chan struct{}           // closed as long as client is there
	closed bool

	lost  chan goredis.UniversalClient // to the keeper: no longer in use
	hurry chan struct{}                // to the keeper: try now
	bell  bell
	stats counters

	life context.Context // ends with Close
	end  context.CancelFunc
	work sync.WaitGroup // the keeper, the bell ringer, and every call under way
}

// Open prepares for the Redis at url and begins to connect to it. It need not be there:
// an error means that the address or the options cannot be right. The address is one of
//
//	redis://[user:password@]host[:6379][/db]
//	rediss://[user:password@]host[:6379][/db]
//	redis+sentinel://[user:password@]host[:26379],host…[/db]?master=NAME[&sentinel_password=…]
//	redis+cluster://[user:password@]host[:6379],host…
//
// where rediss is over TLS. No error quotes the address or a part of it.
func Open(url string, o Options) (*Redis, error) {
	t, err := parse(url)
	if err != nil {
		return nil, fmt.Errorf("the address of Redis: %w", err)
	}
	if o.Prefix == "" {
		o.Prefix = "zhuanban"
	}
	if strings.ContainsAny(o.Prefix, "{}") {
		return nil, errors.New("the prefix of Redis keys must not contain braces")
	}
	if o.Patience <= 0 {
		o.Patience = 40 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	t.patience, t.trust = o.Patience, o.TLS
	r := &Redis{
		target: t, prefix: o.Prefix, patience: o.Patience, log: o.Log,
		back:  make(chan struct{}),
		lost:  make(chan goredis.UniversalClient, 1),
		hurry: make(chan struct{}, 1),
		bell:  bell{rung: make(chan struct{}, 1)},
	}
	r.life, r.end = context.WithCancel(context.Background())
	r.work.Go(r.keep)
	r.work.Go(r.publish)
	return r, nil
}

// Describe says where Redis is looked for, for a person who looks for a fault: kind, hosts
// and database, no names and no passwords.
func (r *Redis) Describe() string { return r.target.String() }

// Ping looks whether Redis is well: that it can be reached, lets us in and carries out a
// write in time. If it is well and was not in use, it is when Ping returns. Unlike all
// else here it is for a command that can wait: it takes up to 2 s.
func (r *Redis) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	client := r.target.client()
	defer client.Close()
	if err := r.prove(ctx, client); err != nil {
		return fmt.Errorf("asking Redis (%s) for a sign of life: %w", r.Describe(), err)
	}
	select {
	case r.hurry <- struct{}{}:
	default:
	}
	if _, err := r.await(ctx); err != nil {
		return fmt.Errorf("asking Redis (%s) for a sign of life: %w", r.Describe(), err)
	}
	return nil
}

// Close gives up all connections and waits until nothing is under way. Calls after it are
// answered as without Redis.
func (r *Redis) Close() error {
	r.mu.Lock()
	client := r.client
	if r.client != nil {
		r.client, r.back = nil, make(chan struct{})
	}
	r.closed = true
	r.mu.Unlock()
	r.end()
	var err error
	if client != nil {
		err = client.Close()
	}
	r.work.Wait()
	return err
}

func (r *Redis) name(use, key string) string { return r.prefix + ":" + use + ":" + key }
