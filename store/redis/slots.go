package redis

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"

	goredis "github.com/go-redis/redis/v8"
)

// slots asks a cluster which node has which keys. The client library does that by itself,
// but go-redis v8 cannot read the answer of Redis 7, in which a node has a fourth element.
type slots struct {
	dial func(host string) *goredis.Client

	mu    sync.Mutex
	hosts []string // the address's, and those that were heard of
}

// ask asks one node after the other until one answers.
func (s *slots) ask(ctx context.Context) ([]goredis.ClusterSlot, error) {
	s.mu.Lock()
	hosts := slices.Clone(s.hosts)
	s.mu.Unlock()
	var failed error
	for _, host := range hosts {
		found, err := s.askOne(ctx, host)
		if err == nil {
			s.know(host, found)
			return found, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, fmt.Errorf("asking the cluster for its nodes: %w", failed)
}

func (s *slots) askOne(ctx context.Context, host string) ([]goredis.ClusterSlot, error) {
	client := s.dial(host)
	defer client.Close()
	answer, err := client.Do(ctx, "cluster", "slots").Slice()
	if err != nil {
		return nil, err
	}
	found := make([]goredis.ClusterSlot, len(answer))
	for i, a := range answer {
		if found[i], err = readSlot(host, a); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// know remembers whom to ask next time: first who answered, and whom it named.
func (s *slots) know(host string, found []goredis.ClusterSlot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hosts := append([]string{host}, s.hosts...)
	for _, slot := range found {
		for _, node := range slot.Nodes {
			hosts = append(hosts, node.Addr)
		}
	}
	s.hosts = s.hosts[:0:0]
	for _, h := range hosts {
		if !slices.Contains(s.hosts, h) {
			s.hosts = append(s.hosts, h)
		}
	}
}

// readSlot reads one range: first slot, last slot, and the nodes that have it, the master
// first. A node is its name, its port, its id, and since Redis 7 what else is known of it. One
// that does not know its own name is the one that was asked.
func readSlot(asked string, answer any) (goredis.ClusterSlot, error) {
	odd := errors.New("CLUSTER SLOTS is answered with something else")
	fields, ok := answer.([]any)
	if !ok || len(fields) < 3 {
		return goredis.ClusterSlot{}, odd
	}
	first, ok1 := fields[0].(int64)
	last, ok2 := fields[1].(int64)
	if !ok1 || !ok2 {
		return goredis.ClusterSlot{}, odd
	}
	slot := goredis.ClusterSlot{Start: int(first), End: int(last)}
	for _, f := range fields[2:] {
		node, ok := f.([]any)
		if !ok || len(node) < 2 {
			return goredis.ClusterSlot{}, odd
		}
		host, _ := node[0].(string)
		port, ok := node[1].(int64)
		if !ok {
			return goredis.ClusterSlot{}, odd
		}
		if host == "" {
			host, _, _ = net.SplitHostPort(asked)
		}
		slot.Nodes = append(slot.Nodes, goredis.ClusterNode{Addr: net.JoinHostPort(host, strconv.FormatInt(port, 10))})
	}
	return slot, nil
}
