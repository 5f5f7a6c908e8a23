package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/bot/dingtalk"
	"zhuanban/bot/dingtalk/dingtalktest"
	"zhuanban/store"
)

// TestRotationsAndResetsLoseNothingThatIsSentAgain: while thirty people speak, DingTalk
// rotates and loses connections, and delivers again, under a new id, what was not
// acknowledged in time and some of what was. Everything is acknowledged and durable, and
// at no time is there nobody to speak to while connections are only rotated.
func TestRotationsAndResetsLoseNothingThatIsSentAgain(t *testing.T) {
	const people, each = 30, 20
	b := newBoth(t, "sqlite:"+t.TempDir()+"/zhuanban.db")
	var all sync.WaitGroup
	for p := range people {
		all.Go(func() {
			for i := range each {
				f := b.gate.Robot(dingtalktest.Message{ID: fmt.Sprint("m", p, ".", i), From: fmt.Sprint("u", p), Text: "帮助"})
				assert.True(t, b.insists(f), f.ID())
				if i%5 == 0 {
					assert.True(t, b.insists(b.gate.Again(f)), "once more")
				}
			}
		})
	}
	spoken := make(chan struct{})
	go func() { defer close(spoken); all.Wait() }()
	for n := 0; ; n++ {
		select {
		case <-spoken:
			b.allKept(people, each)
			require.Greater(t, b.gate.Counts().Opened, 3)
			return
		case <-time.After(50 * time.Millisecond):
		}
		if n >= 20 { // DingTalk does it for ever, but not so often
			continue
		}
		for _, l := range b.gate.Links() {
			if n%4 == 3 {
				l.Reset()
			} else {
				_ = l.Disconnect()
			}
		}
	}
}

// insists sends a frame, under new ids, until it is acknowledged.
func (b *both) insists(f dingtalktest.Frame) bool {
	for range 30 {
		f = b.gate.Again(f)
		late, cancel := context.WithTimeout(b.t.Context(), time.Second)
		if b.gate.Connected(late, 1) == nil && b.gate.Push(f) == nil {
			a, err := b.gate.Ack(late, f.ID())
			if err == nil && a.Code == http.StatusOK {
				cancel()
				return true
			}
		}
		cancel()
	}
	return false
}

// allKept looks for every message in the database.
func (b *both) allKept(people, each int) {
	b.t.Helper()
	require.NoError(b.t, b.store.View(b.t.Context(), func(tx *store.Tx) error {
		for p := range people {
			for i := range each {
				if _, err := tx.Messages().Find(b.t.Context(), dingtalk.Name, b.book.Account(fmt.Sprint("u", p)), fmt.Sprint("m", p, ".", i)); err != nil {
					return fmt.Errorf("message %d of %d: %w", i, p, err)
				}
			}
		}
		return nil
	}))
}
