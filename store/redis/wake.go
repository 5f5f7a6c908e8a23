package redis

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	goredis "github.com/go-redis/redis/v8"
)

// silent is how long a subscription may say nothing before it is asked for a sign of
// life, and then how long the answer may take. A dead connection is so noticed within two
// seconds, for one tiny packet a second.
const silent = time.Second

// bell holds the topics that are to be published. Ringing a topic that waits already
// changes nothing: whoever hears it looks at everything anyway.
type bell struct {
	mu     sync.Mutex
	topics map[string]struct{}
	rung   chan struct{} // there are topics
}

// Ring wakes those who Listen to a topic, here and in other replicas. It returns at once;
// while Redis is away nobody is woken.
func (r *Redis) Ring(topic string) {
	if r.away() {
		r.stats.rings.skipped.Add(1)
		return
	}
	b := &r.bell
	b.mu.Lock()
	if b.topics == nil {
		b.topics = map[string]struct{}{}
	}
	b.topics[topic] = struct{}{}
	b.mu.Unlock()
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

func (r *Redis) away() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.client == nil
}

// publish is the bell ringer: it publishes what was rung, until Close.
func (r *Redis) publish() {
	for {
		select {
		case <-r.bell.rung:
		case <-r.life.Done():
			return
		}
		r.bell.mu.Lock()
		topics := r.bell.topics
		r.bell.topics = nil
		r.bell.mu.Unlock()
		for topic := range topics {
			channel := r.name("wake", topic)
			_, _ = ask(r.life, r, &r.stats.rings, channel, func(ctx context.Context, c *goredis.Client) (int64, error) {
				return c.Publish(ctx, channel, "").Result()
			})
		}
	}
}

// Listen calls heard whenever a topic is rung, until ctx or the Redis ends. It also calls
// it whenever a subscription begins, at first and after every loss: something may have
// been rung that was not heard. It subscribes by itself as soon as Redis is there.
// Signals that come while heard runs are heard after it, so heard should only wake
// somebody.
func (r *Redis) Listen(ctx context.Context, topic string, heard func()) {
	for {
		client, err := r.await(ctx)
		if err != nil {
			return
		}
		err = r.hear(ctx, client, r.name("wake", topic), heard)
		if ctx.Err() != nil {
			return
		}
		if !forbidden(err) {
			r.lose(client, err)
			continue // there is no hurry in it: the keeper takes its time
		}
		r.log.Warn("Redis forbids to listen", "topic", topic, "error", err)
		select {
		case <-time.After(time.Minute): // somebody has to change the account's rights first
		case <-ctx.Done():
			return
		case <-r.life.Done():
			return
		}
	}
}

// hear has one subscription, until it is lost.
func (r *Redis) hear(ctx context.Context, client goredis.UniversalClient, channel string, heard func()) error {
	sub := client.Subscribe(ctx, channel)
	defer sub.Close()
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()
	asked := false
	for {
		said, err := sub.ReceiveTimeout(ctx, silent)
		var timeout net.Error
		switch {
		case err == nil:
		case errors.As(err, &timeout) && timeout.Timeout() && !asked:
			if err := sub.Ping(ctx); err != nil {
				return err
			}
			asked = true
			continue
		default:
			return err
		}
		asked = false
		switch said.(type) {
		case *goredis.Subscription:
			r.stats.subscribed.Add(1)
			heard()
		case *goredis.Message:
			heard()
		}
	}
}
