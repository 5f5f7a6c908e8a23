package spool

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"zhuanban/bot"
)

// instant is a bot that does nothing: what is measured is the spool.
type instant struct {
	roster *bot.Roster
	err    error
}

// Handle does nothing.
func (i instant) Handle(context.Context, bot.Message) (bot.Answer, error) { return bot.Answer{}, i.err }

// Roster is nobody.
func (instant) Answered(context.Context, bot.Message) (bot.Answer, bool) { return bot.Answer{}, false }

func (i instant) Roster() *bot.Roster { return i.roster }

func benched(b *testing.B, err error) *Spool {
	s, openErr := Open(b.TempDir(), Options{Next: instant{bot.NewRoster(nil, nil, nil), err}, Away: func(error) bool { return true },
		Ping: func(context.Context) error { return nil }, Wall: time.Now, Log: slog.New(slog.DiscardHandler), MaxBytes: 8 << 30})
	if openErr != nil {
		b.Fatal(openErr)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	})
	return s
}

func BenchmarkPass(b *testing.B) {
	s := benched(b, nil)
	m := said("ann", "1", 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Handle(context.Background(), m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPass64 is 64 people at a time.
func BenchmarkPass64(b *testing.B) { at64(b, nil) }

// BenchmarkKeep64 is 64 people at a time, all of whose messages are kept.
func BenchmarkKeep64(b *testing.B) { at64(b, errAway) }

func at64(b *testing.B, err error) {
	s := benched(b, err)
	var people, messages atomic.Int64
	b.SetParallelism(32) // times two processors
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		m := said(fmt.Sprint("p", people.Add(1)), "", 1)
		for pb.Next() {
			m.ID = fmt.Sprint(messages.Add(1))
			if _, err := s.Handle(context.Background(), m); err != nil {
				b.Error(err)
			}
		}
	})
}
