package redistest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/go-redis/redis/v8"
	"github.com/stretchr/testify/require"
)

// Sentinel is a master, a replica of it, and a sentinel that watches both.
type Sentinel struct {
	Master, Replica, Watch *Server
}

// Name is what the sentinel calls its master.
const Name = "desk-master"

// StartSentinel starts all three and waits until the sentinel knows the replica.
func StartSentinel(t testing.TB) *Sentinel {
	t.Helper()
	in := []string{"masteruser " + User, "masterauth " + Password, "repl-diskless-sync-delay 0"}
	s := &Sentinel{Master: Start(t, in...)}
	host, port, _ := net.SplitHostPort(s.Master.Host)
	s.Replica = Start(t, append(in, "replicaof "+host+" "+port)...)
	m := s.Master.Client()
	// Only now the sentinel: it looks for replicas when it starts, and then every 10 s.
	Eventually(t, "the replica is in step", func() error {
		info, err := m.Info(context.Background(), "replication").Result()
		if err == nil && !strings.Contains(info, "state=online") {
			err = fmt.Errorf("not yet: %s", info)
		}
		return err
	})
	s.Watch = start(t, "sentinel.conf", []string{
		"requirepass " + Password,
		fmt.Sprintf("sentinel monitor %s %s %s 1", Name, host, port),
		"sentinel auth-user " + Name + " " + User,
		"sentinel auth-pass " + Name + " " + Password,
		"sentinel down-after-milliseconds " + Name + " 300",
		"sentinel failover-timeout " + Name + " 2000",
	}, "--sentinel")
	c := redis.NewSentinelClient(&redis.Options{Addr: s.Watch.Host, Password: Password})
	defer c.Close()
	Eventually(t, "the sentinel sees a replica in step", func() error {
		replicas, err := c.Slaves(context.Background(), Name).Result()
		if err != nil || len(replicas) == 0 {
			return fmt.Errorf("%d replicas, %w", len(replicas), err)
		}
		for i, fields := 0, replicas[0].([]any); i < len(fields); i += 2 {
			if fields[i] == "master-link-status" && fields[i+1] == "ok" {
				return nil
			}
		}
		return fmt.Errorf("not in step: %v", replicas[0])
	})
	return s
}

// URL is the address at which the sentinel tells who is master.
func (s *Sentinel) URL() string {
	u := url.URL{Scheme: "redis+sentinel", User: account(), Host: s.Watch.Host, Path: "/1",
		RawQuery: url.Values{"master": {Name}, "sentinel_password": {Password}}.Encode()}
	return u.String()
}

// Failover kills the master and waits until the sentinel has made the replica master.
func (s *Sentinel) Failover(t testing.TB) {
	t.Helper()
	s.Master.Stop()
	c := s.Replica.Client()
	Eventually(t, "the replica becomes master", func() error {
		return c.Set(context.Background(), "promoted", 1, 0).Err()
	})
	w := redis.NewSentinelClient(&redis.Options{Addr: s.Watch.Host, Password: Password})
	defer w.Close()
	Eventually(t, "the sentinel names the new master", func() error {
		address, err := w.GetMasterAddrByName(context.Background(), Name).Result()
		if err == nil && net.JoinHostPort(address[0], address[1]) != s.Replica.Host {
			err = fmt.Errorf("it names %v", address)
		}
		return err
	})
	require.Empty(t, s.Master.life)
}
