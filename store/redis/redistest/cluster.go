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

// Cluster is three nodes that share the slots, without replicas.
type Cluster struct{ Nodes []*Server }

// StartCluster starts the nodes and waits until each sees the whole.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	ctx := context.Background()
	const nodes, slots = 3, 16384
	c := &Cluster{}
	var clients []*redis.Client
	for i := range nodes {
		s := Start(t, "cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 2000",
			"cluster-require-full-coverage no")
		client := redis.NewClient(&redis.Options{Addr: s.Host, Username: User, Password: Password})
		defer client.Close()
		require.NoError(t, client.ClusterAddSlotsRange(ctx, i*slots/nodes, (i+1)*slots/nodes-1).Err())
		c.Nodes, clients = append(c.Nodes, s), append(clients, client)
	}
	for _, s := range c.Nodes[1:] {
		host, port, _ := net.SplitHostPort(s.Host)
		require.NoError(t, clients[0].ClusterMeet(ctx, host, port).Err())
	}
	for _, client := range clients {
		Eventually(t, "the cluster holds together", func() error {
			info, err := client.ClusterInfo(ctx).Result()
			if err == nil && (!strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_slots_ok:16384") ||
				!strings.Contains(info, "cluster_known_nodes:3")) {
				err = fmt.Errorf("not yet: %s", info)
			}
			return err
		})
	}
	return c
}

// URL names two of the nodes; the third is found through them.
func (c *Cluster) URL() string {
	u := url.URL{Scheme: "redis+cluster", User: account(), Host: c.Nodes[0].Host + "," + c.Nodes[1].Host}
	return u.String()
}
