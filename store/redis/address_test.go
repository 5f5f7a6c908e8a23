package redis

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAddresses(t *testing.T) {
	const sentinels = "redis+sentinel://desk:a%2Fb%3A@s1:1,s2,[::1]:3/2?master=m&sentinel_password=c%26d"
	for url, want := range map[string]target{
		"redis://cache":                         {kind: plain, hosts: []string{"cache:6379"}},
		"redis://cache/":                        {kind: plain, hosts: []string{"cache:6379"}},
		"redis://10.0.0.1:7000/3":               {kind: plain, hosts: []string{"10.0.0.1:7000"}, db: 3},
		"redis://[::1]:7000":                    {kind: plain, hosts: []string{"[::1]:7000"}},
		"redis://:s3cret@cache/0":               {kind: plain, hosts: []string{"cache:6379"}, password: "s3cret"},
		"redis://desk:s%40%2F%3A+,@cache":       {kind: plain, hosts: []string{"cache:6379"}, user: "desk", password: "s@/:+,"},
		"rediss://desk:p@cache:1":               {kind: secure, hosts: []string{"cache:1"}, user: "desk", password: "p"},
		sentinels:                               {kind: sentinel, hosts: []string{"s1:1", "s2:26379", "[::1]:3"}, user: "desk", password: "a/b:", db: 2, master: "m", sentinelPassword: "c&d"},
		"redis+sentinel://s1?master=m":          {kind: sentinel, hosts: []string{"s1:26379"}, master: "m"},
		"redis+cluster://desk:p@h1,h2:2,h3:3/0": {kind: cluster, hosts: []string{"h1:6379", "h2:2", "h3:3"}, user: "desk", password: "p"},
		"redis+cluster://h1:1":                  {kind: cluster, hosts: []string{"h1:1"}},
	} {
		got, err := parse(url)
		require.NoError(t, err, url)
		require.Equal(t, want, got, url)
	}
}

func TestAddressesAreDescribedWithoutSecrets(t *testing.T) {
	for url, want := range map[string]string{
		"redis://desk:s3cret@cache/3": "redis cache:6379/3",
		"rediss://:s3cret@cache":      "rediss cache:6379/0",
		"redis+sentinel://desk:s3cret@s1,s2:2/1?master=m&sentinel_password=s3cret": "redis+sentinel s1:26379,s2:2/1 master m",
		"redis+cluster://desk:s3cret@h1,h2":                                        "redis+cluster h1:6379,h2:6379",
	} {
		require.Equal(t, want, prepare(t, url, Options{}).Describe())
	}
}

// A bad address is answered with what is wrong and what would be right, and with nothing that
// was in it.
func TestBadAddresses(t *testing.T) {
	const (
		begin  = "it must begin with redis://, rediss://, redis+sentinel:// or redis+cluster://"
		server = "redis://user:password@host:6379/0"
	)
	for url, want := range map[string][]string{
		"":                               {begin},
		"s3cret":                         {begin},
		"http://desk:s3cret@host":        {begin},
		"redis:desk:s3cret@host":         {begin},
		"redis://":                       {"a host has no proper name", server},
		"redis://desk:s3cret@":           {"a host has no proper name", server},
		"redis://desk:s3cret@host:s3cre": {"a port is not a number from 1 to 65535", server},
		"redis://desk:s3cret@host:0":     {"a port is not a number from 1 to 65535"},
		"redis://desk:s3cret@host:65536": {"a port is not a number from 1 to 65535"},
		"redis://desk:s3cret@a:1:2":      {"a host and its port cannot be told apart"},
		"redis://desk:s3cret@a,b":        {"there is more than one host", server},
		"rediss://desk:s3cret@a,b":       {"there is more than one host", "rediss://user:password@host:6379/0"},
		"redis://desk:s3cret@host/s3c":   {"the database is not a number from 0", server},
		"redis://desk:s3cret@host/-1":    {"the database is not a number from 0"},
		"redis://desk:s3cret@host?a=b":   {"there is a parameter after the ? that is not known"},
		"redis://desk:s3cret@host?%":     {"what follows the ? cannot be read"},
		"redis://desk:s3cret/x@host":     {"a port is not a number", "any of :/?#@% in a name or password as %XX"},
		"redis://desk:s3cret?x@host":     {"a port is not a number", "as %XX"},
		"redis://desk:s3cret#x@host#":    {"a host has no proper name", "as %XX"},
		"redis://desk:s3cret@x@host":     {"there is a bare @ in the name or password", "as %XX"},
		"redis://desk:s3cret%zz@host":    {"a % in the name or password is not followed by two hexadecimal digits"},
		"redis://s3cret@host":            {"there is a name but no password"},
		"redis+sentinel://desk:s3cret@s": {"the master's name is missing", "redis+sentinel://user:password@host:26379,host2:26379/0?master=NAME"},
		"redis+sentinel://desk:s3cret@s?master=m&password=s3cret": {"there is a parameter after the ? that is not known"},
		"redis+cluster://desk:s3cret@a,b/1":                       {"a cluster has no database but 0", "redis+cluster://user:password@host:6379,host2:6379"},
		"redis+cluster://desk:s3cret@a,,b":                        {"a host has no proper name"},
	} {
		_, err := Open(url, Options{})
		require.Error(t, err, url)
		for _, part := range want {
			require.Contains(t, err.Error(), part, url)
		}
		require.NotContains(t, err.Error(), "s3c", url)
		require.NotContains(t, err.Error(), "desk", url)
	}
}

func TestAPrefixMustNotHaveATagOfItsOwn(t *testing.T) {
	_, err := Open("redis://cache", Options{Prefix: "a{b}"})
	require.EqualError(t, err, "the prefix of Redis keys must not contain braces")
}
