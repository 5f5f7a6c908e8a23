package dingtalktest

import (
	"context"
	"fmt"
)

// Acks are the acknowledgements of a frame, in their order.
func (g *Gateway) Acks(id string) []Ack {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]Ack(nil), g.acks[id]...)
}

// Acked is how many frames were acknowledged with 200.
func (g *Gateway) Acked() (n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, list := range g.acks {
		if list[0].Code == 200 {
			n++
		}
	}
	return n
}

// Ack waits until a frame is acknowledged.
func (g *Gateway) Ack(ctx context.Context, id string) (a Ack, err error) {
	err = g.Until(ctx, func() bool {
		list := g.Acks(id)
		if len(list) > 0 {
			a = list[0]
		}
		return len(list) > 0
	})
	if err != nil {
		return a, fmt.Errorf("the acknowledgement of %s: %w", id, err)
	}
	return a, nil
}

// Connected waits until so many connections are open which are not on their way out.
func (g *Gateway) Connected(ctx context.Context, n int) error {
	return g.Until(ctx, func() bool { return len(g.up()) >= n })
}

// Until waits until something is so. It is asked whenever something has happened here.
func (g *Gateway) Until(ctx context.Context, ok func() bool) error {
	for {
		g.mu.Lock()
		news := g.news
		g.mu.Unlock()
		if ok() {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
