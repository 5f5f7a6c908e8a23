package main

import (
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/wecom/wecomtest"
	"zhuanban/store/redis/redistest"
	"zhuanban/store/storetest"
)

// TestTheDatabaseGoesAway: while the line to the database is cut, or the database
// hangs, every message is acknowledged within the platform's five seconds. What was
// acknowledged from the spool is answered through the platform's API when the database
// is back; ledger and answers are those of a run that nobody disturbed, whatever replica
// each of a member's messages has reached.
func TestTheDatabaseGoesAway(t *testing.T) {
	t.Parallel()
	s, rounds := soak{members: 8, scenes: 4, replicas: 2, pause: 1100 * time.Millisecond, seed: 2}, 1
	if long() {
		s.members, s.scenes, rounds = 30, 60, 7
	}
	want := s.calm(t)
	address := storetest.MariaDBURL(t)
	line, through := storetest.Through(t, address)
	u, err := url.Parse(through)
	require.NoError(t, err)
	far := redistest.NewProxy(t, u.Host) // it knows nothing of Redis
	st := s.open(t, strings.Replace(through, u.Host, far.Host, 1))
	st.play(func(int, <-chan struct{}) {
		chance := rand.New(rand.NewPCG(s.seed, 5))
		for range rounds {
			for _, hangs := range []bool{true, false, false} {
				// Long enough that the replicas see it back, which takes them up to a second.
				time.Sleep(1100*time.Millisecond + time.Duration(chance.Int64N(int64(100*time.Millisecond))))
				if hangs {
					line.Hold()
					time.Sleep(5500 * time.Millisecond) // longer than the platform waits
					line.Release()
				} else {
					line.Cut()
					time.Sleep(2 * time.Second)
					line.Mend()
				}
			}
			if long() { // and sometimes it is only far away
				time.Sleep(2 * time.Second)
				far.Slow(20 * time.Millisecond)
				time.Sleep(5 * time.Second)
				far.Heal()
			}
		}
	})
	require.Zero(t, st.missed.Load(), "every message is acknowledged the first time")
	require.Less(t, time.Duration(st.slow.Load()), 5*time.Second)
	spooled := 0.0
	for _, r := range st.actors {
		require.Positive(t, st.metric(r, `zhuanban_spool_total{outcome="replayed"}`))
		spooled += st.metric(r, `zhuanban_messages_total{outcome="spooled",platform="wecom"}`)
		require.Zero(t, st.metric(r, `zhuanban_spool_total{outcome="rejected"}`))
	}
	t.Logf("%v messages were spooled", spooled)
	require.Greater(t, spooled, 10.0, "or nothing has been tried")
	s.like(t, want, st.finish(address))
}

// TestRedisComesAndGoes: whatever becomes of Redis, nothing is lost or said twice, and
// nobody waits for it. All answers go by the API here, so that each needs the budgets
// and the access token which the replicas share in Redis.
func TestRedisComesAndGoes(t *testing.T) {
	t.Parallel()
	// Few lines: without Redis each replica keeps to half of the 30 messages a minute
	// that the platform shows one person, and the office hears of every lead.
	s := soak{members: 6, scenes: 3, replicas: 2, duplicates: 0.3, pause: 800 * time.Millisecond, seed: 3}
	want := s.calm(t)
	server := redistest.Start(t)
	proxy := redistest.NewProxy(t, server.Host)
	proxy.Refuse() // it is not there when the replicas start
	address := storetest.MariaDBURL(t)
	st := s.open(t, address, edit{`url: ""                        # redis`, `url: "` + strings.Replace(server.URL(), server.Host, proxy.Host, 1) + `" # redis`},
		edit{"passive: true", "passive: false"}, edit{"  limits: none", "  limits: platform"})
	st.play(func(int, <-chan struct{}) {
		chance := rand.New(rand.NewPCG(s.seed, 5))
		for _, fault := range []func(){proxy.Heal, proxy.Hang, proxy.Heal, proxy.Cut, proxy.Refuse, proxy.Heal,
			func() { proxy.Slow(300 * time.Millisecond) }, proxy.Heal, server.Freeze, server.Thaw} {
			time.Sleep(300*time.Millisecond + time.Duration(chance.Int64N(int64(600*time.Millisecond))))
			fault()
		}
	})
	require.Zero(t, st.missed.Load(), "every message is acknowledged the first time")
	require.Less(t, time.Duration(st.slow.Load()), 2*time.Second)
	for _, r := range st.actors {
		require.Positive(t, st.metric(r, `zhuanban_redis_uses_total{outcome="done",use="budget"}`))
		require.Positive(t, st.metric(r, `zhuanban_redis_uses_total{outcome="skipped",use="budget"}`))
	}
	s.like(t, want, st.finish(address))
	t.Logf("the longest wait for an answer was %v", st.wait)
	require.Less(t, st.wait, 2*time.Second, "nobody waits for Redis")
}

// TestDrainUnderLoad: a replica that is told to stop while members talk ends what it
// has begun, with status 0 and soon; nothing is lost or said twice.
func TestDrainUnderLoad(t *testing.T) {
	t.Parallel()
	s := soak{members: 8, scenes: 4, replicas: 2, duplicates: 0.3, pause: 400 * time.Millisecond, seed: 4}
	rounds := 5
	if long() {
		s.members, s.scenes, rounds = 30, 60, 50
	}
	want := s.calm(t)
	address := storetest.MariaDBURL(t)
	st := s.open(t, address)
	longest := time.Duration(0)
	st.play(func(total int, done <-chan struct{}) {
		chance := rand.New(rand.NewPCG(s.seed, 3))
		for k := range rounds {
			if !st.until(total, float64(k)+chance.Float64(), rounds, done) {
				return
			}
			r := st.actors[k%len(st.actors)]
			begin := time.Now()
			if err := st.end(r, syscall.SIGTERM); err != nil {
				t.Errorf("told to stop, it ends with %v", err)
			}
			longest = max(longest, time.Since(begin))
			st.start(r)
		}
	})
	t.Logf("the longest stop took %v", longest)
	require.Less(t, longest, 6*time.Second, "well within the twenty seconds that it may take")
	s.like(t, want, st.finish(address))
}

// TestDrainWhileTheDatabaseIsAway: who tells a replica to stop need not wait for a
// database that hangs or is gone. Nothing that was acknowledged is lost.
func TestDrainWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	s := soak{members: 6, scenes: 2, replicas: 1, pause: 200 * time.Millisecond, seed: 5}
	want := s.calm(t)
	for name, c := range map[string]struct{ lose, regain func(*storetest.Line) }{
		"it hangs":   {(*storetest.Line).Hold, (*storetest.Line).Release},
		"it is gone": {(*storetest.Line).Cut, (*storetest.Line).Mend},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := storetest.MariaDBURL(t)
			line, through := storetest.Through(t, address)
			st := s.open(t, through)
			var took time.Duration
			st.play(func(total int, done <-chan struct{}) {
				st.until(total, 1, 3, done)
				c.lose(line)
				time.Sleep(2500 * time.Millisecond) // so that messages are out beyond the grace, and others in the spool
				begin := time.Now()
				if err := st.end(st.actors[0], syscall.SIGTERM); err != nil {
					t.Errorf("told to stop, it ends with %v", err)
				}
				took = time.Since(begin)
				c.regain(line)
				st.start(st.actors[0])
			})
			t.Logf("the stop took %v", took)
			require.Less(t, took, 15*time.Second)
			s.like(t, want, st.finish(address))
		})
	}
}

// TestDrainWhileOthersHang: neither a client that leaves its connection open nor a platform
// that never answers keeps a replica that is told to stop. What the platform has not
// confirmed is said after the next start.
func TestDrainWhileOthersHang(t *testing.T) {
	t.Parallel()
	s := soak{members: 2, scenes: 1, replicas: 1, seed: 6}
	want := s.calm(t)
	address := storetest.MariaDBURL(t)
	st := s.open(t, address, edit{"passive: true", "passive: false"})
	r := st.actors[0]
	for _, said := range []string{"", "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"} {
		conn, err := net.Dial("tcp", r.addr)
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		_, err = conn.Write([]byte(said))
		require.NoError(t, err)
	}
	never, hung := make(chan struct{}), make(chan struct{})
	once := sync.OnceFunc(func() { close(hung) })
	st.server.Bend(func(c wecomtest.Call) *wecomtest.Answer {
		if !strings.HasSuffix(c.Path, "/message/send") {
			return nil
		}
		once()
		return &wecomtest.Answer{Until: never, Done: true}
	})
	st.play(nil)
	<-hung
	begin := time.Now()
	require.NoError(t, st.end(r, syscall.SIGTERM))
	took := time.Since(begin)
	t.Logf("the stop took %v", took)
	require.Less(t, took, 15*time.Second)
	close(never)
	st.server.Bend(nil)
	st.start(r)
	s.like(t, want, st.finish(address))
}
