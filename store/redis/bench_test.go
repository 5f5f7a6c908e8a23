package redis

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/store/redis/redistest"
)

func BenchmarkTake(b *testing.B) {
	charges := []Charge{
		{Key: "app", N: 1, Limit: 1 << 40, Per: time.Minute},
		{Key: "app", N: 1, Limit: 1 << 40, Per: time.Hour},
		{Key: "person.1", N: 1, Limit: 1 << 40, Per: 24 * time.Hour},
	}
	run := func(name string, budget Budget) {
		b.Run(name, func(b *testing.B) {
			for i := range b.N {
				wait, err := budget.Take(b.Context(), noon.Add(time.Duration(i)*10*time.Millisecond), charges)
				require.NoError(b, err)
				require.Zero(b, wait)
			}
		})
	}
	run("memory", &MemoryBudget{})
	run("server", open(b, redistest.Start(b).URL(), Options{Patience: calm}))
	run("cluster", open(b, redistest.StartCluster(b).URL(), Options{Patience: calm}))
}
