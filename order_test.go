package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store/storetest"
)

// TestAPersonsLinesStayInOrderOverTwoReplicas: the database goes away again and again,
// while each member's lines, several in a second, reach now this replica, now that. Each
// keeps those that reach it in its own spool; all the same everybody hears what they
// would have heard in a run that nobody disturbed, and so says the ledger.
func TestAPersonsLinesStayInOrderOverTwoReplicas(t *testing.T) {
	t.Parallel()
	seeds, rounds := []uint64{11, 12, 13}, 2
	if long() {
		seeds, rounds = append(seeds, 14, 15, 16, 17, 18), 12
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s := soak{members: 6, scenes: 6 * rounds, replicas: 2, pause: 400 * time.Millisecond, seed: seed}
			want := s.calm(t)
			address := storetest.MariaDBURL(t)
			line, through := storetest.Through(t, address)
			st := s.open(t, through)
			st.play(func(int, <-chan struct{}) {
				chance := rand.New(rand.NewPCG(seed, 5))
				between := func(least, most time.Duration) {
					time.Sleep(least + time.Duration(chance.Int64N(int64(most-least))))
				}
				for range rounds {
					between(0, 500*time.Millisecond)
					line.Cut()
					between(time.Second, 2*time.Second)
					line.Mend()
					between(0, 1500*time.Millisecond)
				}
			})
			require.Zero(t, st.missed.Load(), "every message is acknowledged the first time")
			got := st.finish(address)
			s.like(t, want, got)
		})
	}
}

// TestReplicasThatAreStartedWithoutTheDatabase: while it is away, all replicas are killed
// and started again. They take what is said from then on and keep it, and answer when it
// is back, as if nothing had been.
func TestReplicasThatAreStartedWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	s, rounds := soak{members: 6, scenes: 6, replicas: 2, pause: 400 * time.Millisecond, seed: 21}, 1
	if long() {
		s.scenes, rounds = 60, 10
	}
	want := s.calm(t)
	address := storetest.MariaDBURL(t)
	line, through := storetest.Through(t, address)
	st := s.open(t, through)
	kept := 0.0
	st.play(func(int, <-chan struct{}) {
		for range rounds {
			time.Sleep(time.Second)
			line.Cut()
			for _, r := range st.actors {
				_ = st.end(r, syscall.SIGKILL)
				st.start(r)
			}
			for _, r := range st.actors {
				st.answering(r, "/healthz", http.StatusOK)
				st.answering(r, "/readyz", http.StatusServiceUnavailable)
			}
			time.Sleep(2 * time.Second)
			for _, r := range st.actors {
				kept += st.metric(r, "zhuanban_spool_messages")
			}
			line.Mend()
			for _, r := range st.actors {
				st.up(r)
			}
		}
	})
	require.Greater(t, kept, 5.0, "or nothing has been tried")
	s.like(t, want, st.finish(address))
}
