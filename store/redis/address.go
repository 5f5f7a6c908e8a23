package redis

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	goredis "github.com/go-redis/redis/v8"
)

// kind is a way in which Redis is run, named by the address's scheme.
type kind string

const (
	plain    kind = "redis"
	secure   kind = "rediss"
	sentinel kind = "redis+sentinel"
	cluster  kind = "redis+cluster"
)

// target is where Redis is and how one gets in.
type target struct {
	kind             kind
	hosts            []string
	user, password   string
	db               int
	master           string // a sentinel's name for it
	sentinelPassword string
	patience         time.Duration
	trust            *tls.Config
}

// right says for each kind what an address looks like.
var right = map[kind]string{
	plain:    "redis://user:password@host:6379/0",
	secure:   "rediss://user:password@host:6379/0",
	sentinel: "redis+sentinel://user:password@host:26379,host2:26379/0?master=NAME",
	cluster:  "redis+cluster://user:password@host:6379,host2:6379",
}

// parse reads an address. It is not left to net/url, which knows one host per address and
// quotes what it cannot read.
func parse(address string) (target, error) {
	scheme, rest, _ := strings.Cut(address, "://")
	t := target{kind: kind(scheme)}
	if right[t.kind] == "" {
		return target{}, errors.New("it must begin with redis://, rediss://, redis+sentinel:// or redis+cluster://")
	}
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	hosts := authority
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		hosts = authority[i+1:]
		if err := t.account(authority[:i]); err != nil {
			return target{}, t.wrong(err)
		}
	}
	err := errors.Join(t.addresses(hosts), t.database(path), t.parameters(query))
	if err != nil {
		return target{}, t.wrong(err)
	}
	return t, nil
}

// wrong adds what would be right. In doubt it is the password that took the address apart.
func (t target) wrong(err error) error {
	problem := strings.ReplaceAll(err.Error(), "\n", "; ")
	return fmt.Errorf("%s: write it as %s, and any of :/?#@%% in a name or password as %%XX", problem, right[t.kind])
}

func (t *target) account(s string) error {
	user, password, _ := strings.Cut(s, ":")
	var err, err2 error
	t.user, err = url.PathUnescape(user)
	t.password, err2 = url.PathUnescape(password)
	switch {
	case err != nil || err2 != nil:
		return errors.New("a % in the name or password is not followed by two hexadecimal digits")
	case strings.Contains(s, "@"):
		return errors.New("there is a bare @ in the name or password")
	case t.password == "":
		return errors.New("there is a name but no password")
	}
	return nil
}

func (t *target) addresses(s string) error {
	port := "6379"
	if t.kind == sentinel {
		port = "26379"
	}
	for h := range strings.SplitSeq(s, ",") {
		name, number := h, port
		if strings.Contains(strings.TrimPrefix(h, "["), ":") {
			var err error
			if name, number, err = net.SplitHostPort(h); err != nil {
				return errors.New("a host and its port cannot be told apart")
			}
		}
		if n, err := strconv.Atoi(number); err != nil || n < 1 || n > 65535 {
			return errors.New("a port is not a number from 1 to 65535")
		}
		if name == "" || strings.ContainsAny(name, "#%[] ") {
			return errors.New("a host has no proper name")
		}
		t.hosts = append(t.hosts, net.JoinHostPort(name, number))
	}
	if len(t.hosts) > 1 && (t.kind == plain || t.kind == secure) {
		return errors.New("there is more than one host")
	}
	return nil
}

func (t *target) database(path string) error {
	if path == "" {
		return nil
	}
	n, err := strconv.Atoi(path)
	if err != nil || n < 0 {
		return errors.New("the database is not a number from 0")
	}
	if n > 0 && t.kind == cluster {
		return errors.New("a cluster has no database but 0")
	}
	t.db = n
	return nil
}

func (t *target) parameters(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("what follows the ? cannot be read")
	}
	if t.kind == sentinel {
		t.master, t.sentinelPassword = values.Get("master"), values.Get("sentinel_password")
		if t.master == "" {
			return errors.New("the master's name is missing")
		}
		values.Del("master")
		values.Del("sentinel_password")
	}
	if len(values) > 0 {
		return errors.New("there is a parameter after the ? that is not known")
	}
	return nil
}

// String names what may be seen.
func (t target) String() string {
	s := string(t.kind) + " " + strings.Join(t.hosts, ",")
	switch t.kind {
	case cluster:
		return s
	case sentinel:
		return fmt.Sprintf("%s/%d master %s", s, t.db, t.master)
	default:
		return fmt.Sprintf("%s/%d", s, t.db)
	}
}

// idle is after how long an unused connection is given up: well before servers and
// firewalls do it unasked.
const idle = time.Minute

// client makes a client, which connects when it is first used.
//
// It never repeats a command: one that timed out may have been carried out.
func (t target) client() goredis.UniversalClient {
	quiet()
	switch t.kind {
	case sentinel:
		return goredis.NewFailoverClient(&goredis.FailoverOptions{
			MasterName: t.master, SentinelAddrs: t.hosts, SentinelPassword: t.sentinelPassword,
			Username: t.user, Password: t.password, DB: t.db, MaxRetries: -1, IdleTimeout: idle,
			DialTimeout: dialLimit, ReadTimeout: t.patience, WriteTimeout: t.patience, PoolTimeout: t.patience,
		})
	case cluster:
		slots := &slots{dial: t.one, hosts: t.hosts}
		return goredis.NewClusterClient(&goredis.ClusterOptions{
			Addrs: t.hosts, ClusterSlots: slots.ask, Username: t.user, Password: t.password, IdleTimeout: idle,
			DialTimeout: dialLimit, ReadTimeout: t.patience, WriteTimeout: t.patience, PoolTimeout: t.patience,
		})
	default:
		return t.one(t.hosts[0])
	}
}

// one makes a client of one host.
func (t target) one(host string) *goredis.Client {
	return goredis.NewClient(&goredis.Options{
		Addr: host, Username: t.user, Password: t.password, DB: t.db, MaxRetries: -1, IdleTimeout: idle,
		DialTimeout: dialLimit, ReadTimeout: t.patience, WriteTimeout: t.patience, PoolTimeout: t.patience,
		TLSConfig: t.tls(),
	})
}

func (t target) tls() *tls.Config {
	if t.kind != secure {
		return nil
	}
	c := &tls.Config{}
	if t.trust != nil {
		c = t.trust.Clone()
	}
	if c.ServerName == "" {
		c.ServerName, _, _ = net.SplitHostPort(t.hosts[0])
	}
	return c
}
