package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The forms of TestKilledUnderLoad: every test run has the short one, `make soak` the
// long one.
var (
	shortKills = soak{members: 12, scenes: 5, kills: 12, duplicates: 0.3, seed: 1}
	longKills  = soak{members: 40, scenes: 64, kills: 200, duplicates: 0.3, seed: 1}
)

// TestKilledUnderLoad: whatever is killed and sent twice, the ledger is that of a run
// that nobody disturbed, and every recipient hears everything once and in order. It
// kills with SIGKILL, at moments that follow from the seed, while all members talk; a
// third of the messages come twice or more, some of them much later and to the other
// replica.
func TestKilledUnderLoad(t *testing.T) {
	t.Parallel()
	s := shortKills
	if long() {
		s = longKills
	}
	if v := os.Getenv("SOAK_SEED"); v != "" {
		_, err := fmt.Sscan(v, &s.seed)
		require.NoError(t, err)
	}
	want := s.calm(t)
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			t.Parallel()
			s := s
			s.replicas = 1
			if db.name == "mysql" {
				s.replicas = 2
			}
			url := db.url(t)
			st := s.open(t, url)
			st.play(st.kill)
			s.like(t, want, st.finish(url))
		})
	}
}

// kill kills a replica whenever enough has been said since the last time.
func (st *trial) kill(total int, done <-chan struct{}) {
	chance := rand.New(rand.NewPCG(st.seed, 3))
	for k := range st.kills {
		if !st.until(total, float64(k)+chance.Float64(), st.kills, done) {
			return
		}
		time.Sleep(time.Duration(chance.IntN(20_000)) * time.Microsecond) // anywhere within a turn or two
		r := st.actors[chance.IntN(len(st.actors))]
		_ = st.end(r, syscall.SIGKILL)
		st.start(r)
	}
}
