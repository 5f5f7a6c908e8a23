package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	goredis "github.com/go-redis/redis/v8"
)

const (
	// pause is the least time between two attempts to connect: often enough that
	// nobody waits for Redis once it is well again, and no burden on it.
	pause = time.Second
	// connectLimit ends an attempt to connect. It covers a few sentinels or nodes that
	// are away (dialLimit each) before the one that answers.
	connectLimit = 2 * time.Second
	// dialLimit ends an attempt to reach one host. Half a second bears one lost packet
	// at the start of a connection.
	dialLimit = 500 * time.Millisecond
)

// keep is the keeper: it connects, and again after every loss, until Close.
func (r *Redis) keep() {
	defer func() {
		select {
		case client := <-r.lost: // just before Close
			_ = client.Close()
		default:
		}
	}()
	known := false // whether the log has heard that Redis is away
	for {
		err := r.connect()
		rest := time.NewTimer(pause)
		switch {
		case err == nil:
			if known {
				r.log.Info("Redis is back", "redis", r.Describe())
			}
			known = true // losing it tells the log
			select {
			case client := <-r.lost:
				_ = client.Close() // it is broken: what else it has to say is of no use
			case <-r.life.Done():
			}
		case !known && r.life.Err() == nil:
			r.log.Warn("Redis is away; going on without it", "redis", r.Describe(), "error", err)
			known = true
		}
		select {
		case <-rest.C:
		case <-r.hurry:
		case <-r.life.Done():
			rest.Stop()
			return
		}
	}
}

// connect makes a new client, proves it, and puts it into use.
func (r *Redis) connect() error {
	ctx, cancel := context.WithTimeout(r.life, connectLimit)
	defer cancel()
	client := r.target.client()
	if err := r.prove(ctx, client); err != nil {
		return errors.Join(err, client.Close())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return client.Close()
	}
	r.client = client
	close(r.back)
	return nil
}

// prove has a client carry out a write twice: once to connect, which may take its time,
// and once within Patience. A write, because a server that is full, has lost its disk or
// is a replica answers a ping all the same; under the budgets' tag, because in a cluster
// theirs is the node that matters most.
func (r *Redis) prove(ctx context.Context, client goredis.UniversalClient) error {
	key := r.budgetKey("alive", 0)
	node, err := nodeOf(ctx, client, key)
	if err != nil {
		return err
	}
	for _, limit := range []time.Duration{connectLimit, r.patience} {
		ctx, cancel := context.WithTimeout(ctx, limit)
		err := node.Set(ctx, key, "", pause).Err()
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// nodeOf gives the client of the server that has a key. In a cluster that is done here and
// not by the library, which repeats commands, and which would have to read the answer of
// COMMAND to know where the key is: go-redis v8 cannot read that of Redis 7, and asks
// again for every command. A key that has moved to another node is an error, upon which the keeper
// connects anew and learns where it is.
func nodeOf(ctx context.Context, client goredis.UniversalClient, key string) (*goredis.Client, error) {
	switch c := client.(type) {
	case *goredis.ClusterClient:
		return c.MasterForKey(ctx, key)
	case *goredis.Client:
		return c, nil
	default:
		return nil, fmt.Errorf("a client of an unknown kind: %T", c)
	}
}

// begin gives the client in use, or nil. The caller owes a r.work.Done.
func (r *Redis) begin() goredis.UniversalClient {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.client != nil {
		r.work.Add(1)
	}
	return r.client
}

// await gives the client in use, as soon as there is one.
func (r *Redis) await(ctx context.Context) (goredis.UniversalClient, error) {
	for {
		r.mu.Lock()
		client, back := r.client, r.back
		r.mu.Unlock()
		if client != nil {
			return client, nil
		}
		select {
		case <-back:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-r.life.Done():
			return nil, ErrAway
		}
	}
}

// lose takes a client out of use, if it still is in use. Of many calls that fail at once
// the first does it and tells the log.
func (r *Redis) lose(client goredis.UniversalClient, err error) {
	r.mu.Lock()
	first := r.client == client
	if first {
		r.client, r.back = nil, make(chan struct{})
		r.lost <- client // there is room: the keeper has taken the one before, or this one would not be in use
	}
	r.mu.Unlock()
	if !first {
		return
	}
	r.log.Warn("Redis is away; going on without it", "redis", r.Describe(), "error", err)
}

// ask has fn done by the server that has the key, and waits for it no longer than
// Patience. If it fails, the client is taken out of use; fn itself ends soon after, by its
// context. A caller that gives up before leaves fn its time, and says nothing about Redis.
func ask[T any](ctx context.Context, r *Redis, u *use, key string,
	fn func(context.Context, *goredis.Client) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	if err := ctx.Err(); err != nil {
		return *new(T), err
	}
	client := r.begin()
	if client == nil {
		u.skipped.Add(1)
		return *new(T), ErrAway
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.patience)
	answered := make(chan answer, 1)
	go func() {
		defer r.work.Done()
		defer cancel() // after the answer, which goes first below
		var a answer
		node, err := nodeOf(within, client, key)
		if a.err = err; err == nil {
			a.value, a.err = fn(within, node)
		}
		answered <- a
	}()
	var a answer
	select {
	case a = <-answered:
	case <-ctx.Done():
		u.failed.Add(1)
		return *new(T), ctx.Err()
	case <-within.Done():
		select {
		case a = <-answered:
		default:
			a.err = within.Err()
		}
	}
	if a.err == nil {
		u.done.Add(1)
		return a.value, nil
	}
	u.failed.Add(1)
	if !forbidden(a.err) {
		r.lose(client, a.err)
	}
	return *new(T), fmt.Errorf("%w: %w", ErrAway, a.err)
}

// forbidden tells that Redis is well but will not do this one thing: the account may not,
// or the key is somebody else's. Other uses need not suffer from it.
func forbidden(err error) bool {
	return strings.HasPrefix(err.Error(), "NOPERM") || strings.HasPrefix(err.Error(), "WRONGTYPE")
}

// quiet keeps the client library from writing to standard error: what it has to say of a
// lost connection comes back as an error anyway.
var quiet = sync.OnceFunc(func() { goredis.SetLogger(silence{}) })

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}
