package delivery_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/delivery"
	"zhuanban/store"
	"zhuanban/templates"
)

// quick is a platform that takes everything at once.
type quick chan int64

func (quick) Name() string       { return "test" }
func (quick) Traits() bot.Traits { return bot.Traits{Dedupes: true} }

func (c quick) Send(_ context.Context, p bot.Parcel) (bot.Receipt, error) {
	c <- p.ID
	return bot.Receipt{}, nil
}

// BenchmarkAnswer is from the commit that queued an answer to its send: with nothing
// else to do, and beside ten thousand rows that wait.
func BenchmarkAnswer(b *testing.B) {
	for name, waiting := range map[string]func(i int, d *store.Delivery){
		"idle":              nil,
		"10000 not yet due": func(_ int, d *store.Delivery) { d.DueAt = d.DueAt.Add(time.Hour) },
		"10000 held": func(_ int, d *store.Delivery) {
			d.ExpiresAt = time.Time{}
		},
	} {
		b.Run(name, func(b *testing.B) {
			ctx := b.Context()
			s, err := store.Open(ctx, "sqlite:"+b.TempDir()+"/bot.db", store.Options{Wall: time.Now})
			if err != nil {
				b.Fatal(err)
			}
			words, err := templates.Load()
			if err != nil {
				b.Fatal(err)
			}
			ch := make(quick, 1)
			clock := bot.ClockFunc(func() time.Time { return time.Date(2024, 1, 19, 23, 0, 0, 0, calendar.Shanghai) })
			c := &delivery.Courier{Store: s, Clock: clock, Wall: time.Now, Owner: "bench", Log: slog.New(slog.DiscardHandler),
				Channels: map[string]bot.Channel{"test": ch},
				Manners:  delivery.Manners{Quiet: delivery.Quiet{From: 22 * time.Hour, Until: 7 * time.Hour}}}
			c.Writer, err = bot.New(bot.Options{Store: s, Roster: bot.NewRoster(nil, nil, nil), Templates: words, Clock: clock,
				Wall: time.Now, Platform: "test", Log: c.Log})
			if err != nil {
				b.Fatal(err)
			}
			body, _ := json.Marshal(bot.Reply{Kind: bot.TextReply, Text: "好的"})
			put := func(rows ...store.Delivery) {
				for i := range rows {
					rows[i].ToKind, rows[i].Platform, rows[i].Body, rows[i].CreatedAt = "person", "test", body, clock.Now()
				}
				if err := s.Update(ctx, func(tx *store.Tx) error { return tx.Deliveries().Queue(ctx, rows...) }); err != nil {
					b.Fatal(err)
				}
			}
			if waiting != nil {
				var rows []store.Delivery
				for i := range 10_000 {
					d := store.Delivery{ToAccount: fmt.Sprint("p", i), Priority: bot.PriorityNotice, DueAt: time.Now()}
					waiting(i, &d)
					rows = append(rows, d)
				}
				put(rows...)
				if _, err := c.Flush(ctx); err != nil {
					b.Fatal(err)
				}
			}
			run, stop := context.WithCancel(ctx)
			ended := make(chan struct{})
			go func() { defer close(ended); c.Run(run) }()
			i := 0
			for b.Loop() {
				i++
				b.StopTimer()
				put(store.Delivery{ToAccount: fmt.Sprint("p", i%100), Priority: bot.PriorityAnswer, DueAt: time.Now()})
				b.StartTimer()
				c.Wake()
				<-ch
			}
			stop()
			<-ended
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
