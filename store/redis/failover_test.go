package redis

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	goredis "github.com/go-redis/redis/v8"
	"github.com/stretchr/testify/require"

	"zhuanban/store/redis/redistest"
)

// When the master dies and its replica takes over, all goes on there, with what had been
// spent.
func TestFailover(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t)
	r := open(t, s.URL(), Options{Patience: calm})
	heard := listen(t, r, "outbox")
	hears(t, heard, "the beginning")
	charge := []Charge{{Key: "app", N: 3, Limit: 5, Per: time.Hour}}
	wait, err := r.Take(t.Context(), noon, charge)
	require.NoError(t, err)
	require.Zero(t, wait)
	require.NoError(t, s.Master.Client().Wait(t.Context(), 1, calm).Err(), "the replica has it too")
	s.Failover(t)
	redistest.Eventually(t, "the new master is asked", func() error {
		wait, err = r.Take(t.Context(), noon, charge)
		return err
	})
	require.Positive(t, wait, "the new master knows what was spent")
	hears(t, heard, "the new beginning")
	for use := range uses {
		redistest.Eventually(t, use, func() error { return uses[use](t.Context(), r, use, true) })
	}
	r.Ring("outbox")
	hears(t, heard, "a ring")
}

// A sentinel that does not answer is passed over for one that does.
func TestOneOfTwoSentinelsHangs(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t)
	p := redistest.NewProxy(t, s.Watch.Host)
	p.Hang()
	r := open(t, strings.Replace(s.URL(), "@", "@"+p.Host+",", 1), Options{Patience: 500 * time.Millisecond})
	redistest.Eventually(t, "it is used", func() error { return uses["Take"](t.Context(), r, "app", true) })
}

// A node that hangs takes Redis out of use; when it goes on, so does everything.
func TestANodeOfAClusterHangs(t *testing.T) {
	t.Parallel()
	c := redistest.StartCluster(t)
	r := open(t, c.URL(), Options{})
	for _, node := range c.Nodes {
		node.Freeze()
	}
	for use := range uses {
		took(t, bearable, use, func() error {
			redistest.Eventually(t, use, func() error { return uses[use](t.Context(), r, use, false) })
			return nil
		})
	}
	for _, node := range c.Nodes {
		node.Thaw()
	}
	for use := range uses {
		redistest.Eventually(t, use, func() error { return uses[use](t.Context(), r, use, true) })
	}
}

// Keys that have moved to another node are found there, and a node that the address does not
// name is found through the others.
func TestSlotsThatMove(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := redistest.StartCluster(t)
	r := open(t, c.URL(), Options{Patience: calm})
	var nodes []*goredis.Client
	var ids []string
	for _, s := range c.Nodes {
		node := goredis.NewClient(&goredis.Options{Addr: s.Host, Username: redistest.User, Password: redistest.Password})
		defer node.Close()
		id, err := node.Do(ctx, "cluster", "myid").Text()
		require.NoError(t, err)
		nodes, ids = append(nodes, node), append(ids, id)
	}
	for _, to := range []int{0, 1, 2} {
		slot, err := nodes[0].ClusterKeySlot(ctx, r.budgetKey("app", time.Hour)).Result()
		require.NoError(t, err)
		for _, node := range nodes {
			require.NoError(t, node.FlushAll(ctx).Err()) // so that the slot may move at once
			require.NoError(t, node.Do(ctx, "cluster", "setslot", slot, "node", ids[to]).Err())
		}
		redistest.Eventually(t, "the budget is found", func() error { return uses["Take"](ctx, r, "app", true) })
		n, err := nodes[to].Exists(ctx, r.budgetKey("app", time.Hour)).Result()
		require.NoError(t, err)
		require.EqualValues(t, 1, n, "on the node it moved to")
	}
}

// What is not an answer to CLUSTER SLOTS is an error, and a node without a name is the one
// that was asked.
func TestReadSlot(t *testing.T) {
	node := []any{"10.0.0.2", int64(7000), "id", []any{"hostname", "b"}}
	got, err := readSlot("10.0.0.1:1", []any{int64(0), int64(9), node, []any{nil, int64(7001)}})
	require.NoError(t, err)
	require.Equal(t, goredis.ClusterSlot{Start: 0, End: 9, Nodes: []goredis.ClusterNode{{Addr: "10.0.0.2:7000"}, {Addr: "10.0.0.1:7001"}}}, got)
	for _, odd := range []any{nil, "x", []any{}, []any{int64(0), int64(1)}, []any{"0", int64(1), node},
		[]any{int64(0), int64(1), "x"}, []any{int64(0), int64(1), []any{"h"}}, []any{int64(0), int64(1), []any{"h", "1"}}} {
		_, err := readSlot("10.0.0.1:1", odd)
		require.Error(t, err, "%v", odd)
	}
}

// Over TLS only a server is believed whose certificate is trusted.
func TestTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	trust := certificate(t, dir)
	s := redistest.Start(t)
	_, port, err := net.SplitHostPort(redistest.FreeAddress(t))
	require.NoError(t, err)
	require.NoError(t, s.Client().Do(t.Context(), "config", "set",
		"tls-cert-file", filepath.Join(dir, "cert"), "tls-key-file", filepath.Join(dir, "key"),
		"tls-ca-cert-file", filepath.Join(dir, "cert"), "tls-auth-clients", "no", "tls-port", port).Err())
	url := strings.Replace(strings.Replace(s.URL(), "redis://", "rediss://", 1), s.Host, "127.0.0.1:"+port, 1)
	r := open(t, url, Options{Patience: calm, TLS: &tls.Config{RootCAs: trust}})
	for use := range uses {
		require.NoError(t, uses[use](t.Context(), r, use, true))
	}
	stranger := prepare(t, url, Options{Patience: calm})
	redistest.Eventually(t, "it is not believed", func() error { // reading the system's roots takes its time at first
		err := stranger.Ping(t.Context())
		require.Error(t, err)
		return expect(strings.Contains(err.Error(), "certificate"), "%v", err)
	})
}

// certificate writes a certificate for 127.0.0.1 and its key, and gives who trusts it.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	// The certificate is checked against the machine's clock, not the test's.
	form := &x509.Certificate{SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{"cert": {Type: "CERTIFICATE", Bytes: der}, "key": {Type: "PRIVATE KEY", Bytes: secret}} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return pool
}
