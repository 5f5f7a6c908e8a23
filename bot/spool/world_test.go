package spool_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/spool"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// count is a duty that answers everything with how much it has heard and the text.
func count() []bot.Handler {
	return []bot.Handler{{
		Name:  "count",
		Claim: func(context.Context, *bot.Turn) bot.Certainty { return bot.Sure },
		Take: func(ctx context.Context, t *bot.Turn) error {
			n, err := t.Tx.Counters().Next(ctx, t.Person.Account)
			if t.Message.Text == "崩" {
				panic("as the test wished")
			}
			t.Show(bot.Reply{Kind: bot.TextReply, Text: fmt.Sprint(n, t.Message.Text)})
			return err
		},
	}}
}

// outage is a way for a database to be away.
type outage struct {
	begin, end func()
	hangs      bool // the first that meets it is in the bot's hands, and may have success in the end
}

// TestAWholeBotSurvivesItsDatabasesAbsence: what is said meanwhile is acknowledged,
// and answered once and in order when the database is back.
func TestAWholeBotSurvivesItsDatabasesAbsence(t *testing.T) {
	cases := map[string]func(t *testing.T) (url string, o outage){
		"a server that stops": func(t *testing.T) (string, outage) {
			line, url := storetest.Through(t, storetest.MariaDBURL(t))
			return url, outage{line.Cut, line.Mend, false}
		},
		"a server that hangs": func(t *testing.T) (string, outage) {
			line, url := storetest.Through(t, storetest.MariaDBURL(t))
			return url, outage{line.Hold, line.Release, true}
		},
		"a file that somebody else is writing": func(t *testing.T) (string, outage) {
			path := filepath.Join(t.TempDir(), "bot.db")
			db, err := sql.Open("sqlite", "file:"+path)
			require.NoError(t, err)
			db.SetMaxOpenConns(1)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			do := func(statement string) func() {
				return func() {
					_, err := db.ExecContext(context.Background(), statement)
					require.NoError(t, err)
				}
			}
			return "sqlite:" + path, outage{do("BEGIN IMMEDIATE"), do("ROLLBACK"), true}
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, outage := c(t)
			w := bottest.New(t, bottest.WithHandlers(count), bottest.At(url))
			s, err := spool.Open(t.TempDir(), spool.Options{Next: w.Bot, Away: store.IsAway, Ping: w.Store.Writable, Wall: time.Now,
				Log: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan struct{})
			go func() { s.Run(ctx); close(ended) }()
			defer func() {
				cancel()
				<-ended
				require.NoError(t, s.Close())
			}()
			say := func(m bot.Message, spooled bool) {
				t.Helper()
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // as the channels do
				defer cancel()
				a, err := s.Handle(ctx, m)
				require.NoError(t, err)
				require.Equal(t, spooled, a.Spooled)
			}
			at := func(as, text string, second int) bot.Message {
				m := w.Message(as, text)
				m.At = m.At.Add(time.Duration(second) * time.Second)
				return m
			}
			say(at("ann", "甲", 0), false)
			outage.begin()
			late := at("ann", "丙", 2)
			say(late, true)
			say(at("ann", "乙", 1), true)
			say(late, true) // the platform sends it again
			say(at("ben", "子", 1), true)
			outage.end()
			require.Eventually(t, func() bool { n, _, _ := s.Depth(); return n == 0 }, time.Minute, 5*time.Millisecond)
			say(at("ann", "丁", 3), false)
			say(late, false) // and again: it is known
			w.Flush()
			want := []string{"1甲\n2乙\n3丙\n4丁"}
			if outage.hangs { // then it may be before what came later with an earlier time
				want = append(want, "1甲\n2丙\n3乙\n4丁")
			}
			require.Contains(t, want, w.Channel.Read("ann"))
			require.Equal(t, "1子", w.Channel.Read("ben"))
			require.Zero(t, s.Counts().Rejected)
		})
	}
}

// TestAHandlersPanicIsNoOutage: the platform hears of it and sends again.
func TestAHandlersPanicIsNoOutage(t *testing.T) {
	w := bottest.New(t, bottest.WithHandlers(count))
	s, err := spool.Open(t.TempDir(), spool.Options{Next: w.Bot, Away: store.IsAway, Ping: w.Store.Writable, Wall: time.Now,
		Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	a, err := s.Handle(t.Context(), w.Message("ann", "崩"))
	require.Error(t, err)
	require.Zero(t, a)
	n, _, _ := s.Depth()
	require.Zero(t, n)
}
