package lanes

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALaneKeepsItsOrderAndWaitsForNoOther(t *testing.T) {
	var l Lanes
	var group sync.WaitGroup
	var mu sync.Mutex
	heard := map[string][]int{}
	hold := make(chan struct{})
	l.Run(&group, "held", func() { <-hold })
	for i := range 100 {
		for _, lane := range []string{"held", "ann", "ben"} {
			l.Run(&group, lane, func() {
				mu.Lock()
				defer mu.Unlock()
				heard[lane] = append(heard[lane], i)
				if lane == "ben" && i == 99 {
					close(hold) // that the others waited for nobody
				}
			})
		}
	}
	group.Wait()
	for lane, order := range heard {
		require.Len(t, order, 100, lane)
		for i, got := range order {
			require.Equal(t, i, got, fmt.Sprint(lane))
		}
	}
	require.Empty(t, l.last, "nothing is left behind")
}

func TestALaneGoesOnAfterAPanic(t *testing.T) {
	var l Lanes
	var group sync.WaitGroup
	l.Run(&group, "ann", func() {
		defer func() { _ = recover() }()
		panic("one")
	})
	ran := false
	l.Run(&group, "ann", func() { ran = true })
	group.Wait()
	require.True(t, ran)
}
