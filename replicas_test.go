package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"zhuanban/bot/schedule"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// TestTwoReplicasOnOneDataFolder: each has a spool of its own in it. What a replica
// that is killed had in its spool is handed in by the next start, and what is left
// when fewer are started again, by one of these.
func TestTwoReplicasOnOneDataFolder(t *testing.T) {
	t.Parallel()
	s := soak{members: 4, scenes: 2, replicas: 2, sticky: true, oneFolder: true, seed: 6}
	want := s.calm(t)
	address := storetest.MariaDBURL(t)
	line, through := storetest.Through(t, address)
	st := s.open(t, through)
	line.Cut()
	st.play(nil)
	require.Zero(t, st.missed.Load())
	for _, r := range st.actors {
		require.Positive(t, st.metric(r, "zhuanban_spool_messages"), "each keeps what it was told")
	}
	for _, r := range st.actors {
		_ = st.end(r, syscall.SIGKILL)
	}
	line.Mend()
	st.start(st.actors[0])
	segments := func() []string {
		found, err := filepath.Glob(filepath.Join(filepath.Dir(st.args[2]), "data", "spool", "*", "spool-*.log"))
		require.NoError(t, err)
		return found
	}
	require.NotEmpty(t, segments())
	require.Eventually(t, func() bool { return len(segments()) == 0 }, 30*time.Second, 20*time.Millisecond, "both spools are handed in")
	st.start(st.actors[1])
	st.up(st.actors[1])
	s.like(t, want, st.finish(address))
}

// TestNoScheduleFiresTwice: three replicas look at the same moments at what is due in
// seven weeks of the shipped campaign. Each occurrence is fired by one of them, and its
// notices are queued once: the same as by a desk that is alone.
func TestNoScheduleFiresTwice(t *testing.T) {
	t.Parallel()
	alone := shippedDesk(t, databases[0].url(t))
	address := storetest.MariaDBURL(t)
	three := []*desk{shippedDesk(t, address), shippedDesk(t, address), shippedDesk(t, address)}
	due, err := alone.runner.Upcoming(shanghai(t, "2024-01-11T09:00"), shanghai(t, "2024-03-01T09:00"))
	require.NoError(t, err)
	require.Greater(t, len(due), 30)
	fired := map[string]int{}
	for _, o := range due {
		_, err := alone.runner.RunDue(t.Context(), o.Due, nil)
		require.NoError(t, err)
		got := make([][]schedule.Fired, len(three))
		var all sync.WaitGroup
		for i, d := range three {
			all.Go(func() {
				var err error
				got[i], err = d.runner.RunDue(t.Context(), o.Due, nil)
				assert.NoError(t, err)
			})
		}
		all.Wait()
		for _, g := range got {
			for _, f := range g {
				require.False(t, f.Missed)
				fired[schedule.Cause(f.Occurrence)]++
			}
		}
	}
	for _, o := range due {
		cause := schedule.Cause(o)
		require.Equal(t, 1, fired[cause], cause)
		queued := queuedFor(t, alone, cause)
		require.True(t, len(queued) > 0 || o.Job == "case:due", cause) // no lead is due here
		require.Equal(t, queued, queuedFor(t, three[0], cause), cause)
	}
}

// queuedFor is to whom what was queued because of a cause.
func queuedFor(t *testing.T, d *desk, cause string) (out []string) {
	t.Helper()
	require.NoError(t, d.store.View(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Deliveries().ByCause(t.Context(), cause)
		for _, r := range rows {
			out = append(out, fmt.Sprint(r.ToKind, " ", r.ToAccount, " ", string(r.Body)))
		}
		return err
	}))
	return out
}

// TestAnOlderReplicaWorksOnANewerDatabase: while replicas are replaced one by one, the
// new ones have added to the tables what the old ones do not know. Those go on, and can
// be started again.
func TestAnOlderReplicaWorksOnANewerDatabase(t *testing.T) {
	t.Parallel()
	for _, base := range databases {
		t.Run(base.name, func(t *testing.T) {
			t.Parallel()
			url := base.url(t)
			env := environment(t, url)
			chat(t, env, "fengcheng.filer", "2024-01-19T10:00", "报线索 凤城镇建设路12号有人卖假鞋20双")
			db := rawDatabase(t, url)
			var last int
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT MAX(version_id) FROM goose_db_version").Scan(&last))
			for _, statement := range []string{
				"ALTER TABLE messages ADD COLUMN future BIGINT NOT NULL DEFAULT 7",
				"ALTER TABLE leads ADD COLUMN future VARCHAR(32) NOT NULL DEFAULT ''",
				"CREATE TABLE future (id BIGINT NOT NULL PRIMARY KEY)",
				"CREATE INDEX messages_future ON messages (future)",
				fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, 1), (%d, 1)", last+1, last+2),
			} {
				if base.name == "sqlite" {
					statement = strings.NewReplacer("BIGINT", "INTEGER", "VARCHAR(32)", "TEXT").Replace(statement)
				}
				_, err := db.ExecContext(t.Context(), statement)
				require.NoError(t, err, statement)
			}
			got := chat(t, env, "fengcheng.filer", "2024-01-19T10:05", "主体某某鞋店", "提交")
			require.Contains(t, got[1].Replies[0].Text, "AX-2024-0001")
			var future int
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT MIN(future) FROM messages").Scan(&future))
			require.Equal(t, 7, future, "what it does not know has its default")
		})
	}
}

// rawDatabase opens a database without the store.
func rawDatabase(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver, dsn := "sqlite", strings.TrimPrefix(url, "sqlite:")
	if rest, ok := strings.CutPrefix(url, "mysql://"); ok {
		at := strings.LastIndex(rest, "@")
		host, name, _ := strings.Cut(rest[at+1:], "/")
		user, _, _ := strings.Cut(rest, ":")
		c := mysql.NewConfig()
		c.Net, c.Addr, c.DBName, c.User, c.Passwd = "tcp", host, name, user, storetest.Password
		driver, dsn = "mysql", c.FormatDSN()
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
