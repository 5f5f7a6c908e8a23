package spool

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestADatabaseThatHangsKeepsNobodyWaiting(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, _ string) {
		begin := time.Now()
		hang := make(chan struct{})
		d.set(func(d *desk) { d.hang = hang })
		var wg sync.WaitGroup
		for i := range 5 { // the second waits for the first, and not for a grace of its own
			wg.Go(func() { kept(t, s, said("ann", fmt.Sprint(i), i)) })
			synctest.Wait()
		}
		wg.Wait()
		require.Equal(t, defaultGrace, time.Since(begin))
		require.Equal(t, 1, d.called())
		time.Sleep(time.Minute)

		close(hang) // the late call has success after all
		synctest.Wait()
		require.Equal(t, []string{"0"}, d.handled("ann"))
		d.set(func(d *desk) { d.hang = nil })
		time.Sleep(lastPause)
		synctest.Wait()
		require.Equal(t, []string{"0", "1", "2", "3", "4"}, d.handled("ann"), "once each")
		require.Equal(t, 6, d.called(), "the first was handed in again, which is harmless")
		require.Zero(t, s.late.Load())
	})
}

func TestBeyondSomeLateCallsNobodyTries(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, _ string) {
		hang := make(chan struct{})
		d.set(func(d *desk) { d.hang = hang })
		var wg sync.WaitGroup
		for i := range maxLate {
			wg.Go(func() { kept(t, s, said(fmt.Sprint("p", i), "1", 1)) })
		}
		wg.Wait()
		begin := time.Now()
		kept(t, s, said("ann", "1", 1))
		require.Zero(t, time.Since(begin))
		require.Equal(t, maxLate, d.called())
		d.set(func(d *desk) { d.hang = nil })
		close(hang)
		time.Sleep(lastPause)
		synctest.Wait()
		require.Zero(t, depth(s))
		require.Equal(t, []string{"1"}, d.handled("ann"))
	})
}

func TestACallerWhoGivesUpWhileWaitingForTheTurnIsToldSo(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, _ string) {
		hang := make(chan struct{})
		d.set(func(d *desk) { d.hang = hang })
		var wg sync.WaitGroup
		wg.Go(func() { passed(t, s, said("ann", "1", 1)) })
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.Handle(ctx, said("ann", "2", 2))
		require.ErrorIs(t, err, context.Canceled)
		close(hang)
		wg.Wait()
		require.Empty(t, s.lanes)
	})
}

func TestAPanicIsAnErrorAndNotTheEnd(t *testing.T) {
	bubble(t, func(t *testing.T, d *desk, s *Spool, _ string) {
		d.boom = true
		_, err := s.Handle(t.Context(), said("ann", "1", 1))
		require.ErrorContains(t, err, "panicked")
	})
}
