package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/calendar"
	"zhuanban/handlers/weekly"
	"zhuanban/store"
	"zhuanban/store/storetest"
)

// databases are the addresses that tests of the whole desk are run with.
var databases = []struct {
	name string
	url  func(t *testing.T) string
}{
	{"sqlite", func(t *testing.T) string { return storetest.SQLiteURL(t) }},
	{"mysql", storetest.MariaDBURL},
}

// onEach runs a test with each database.
func onEach(t *testing.T, test func(t *testing.T, url string)) {
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) { test(t, db.url(t)) })
	}
}

// environment is that of a desk with its records and files in the test's own places.
func environment(t *testing.T, url string) []string {
	return []string{"ZHUANBAN_DATA_DIR=" + t.TempDir(), "ZHUANBAN_DATABASE_URL=" + url}
}

// edit is a change of the configuration that ships: every find becomes replace.
type edit struct{ find, replace string }

// edited writes the configuration that ships with some changes and gives its path.
func edited(t *testing.T, edits ...edit) string {
	t.Helper()
	text, err := os.ReadFile("config.yaml")
	require.NoError(t, err)
	s := string(text)
	for _, e := range edits {
		require.True(t, strings.Contains(s, e.find), "config.yaml has no %q", e.find)
		s = strings.Replace(s, e.find, e.replace, 1)
	}
	path := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(path, []byte(s), 0o600))
	return path
}

// quiet is a log that nobody reads.
var quiet = slog.New(slog.DiscardHandler)

// shippedDesk opens the desk of the configuration that ships, or of a changed one,
// until the test ends.
func shippedDesk(t *testing.T, url string, edits ...edit) *desk {
	t.Helper()
	cfg, err := loadCampaign(edited(t, edits...), environment(t, url))
	require.NoError(t, err)
	d, err := openDesk(t.Context(), cfg, quiet)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.close()) })
	return d
}

// told is what a command did.
type told struct {
	code      int
	out, errs string
}

// command runs a command line in this process.
func command(t *testing.T, env []string, in string, args ...string) told {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(in), &out, &errs, env)
	return told{code, out.String(), errs.String()}
}

// chat says lines as somebody and gives the answers.
func chat(t *testing.T, env []string, as, at string, lines ...string) []answer {
	t.Helper()
	args := []string{"chat", "--json", "--as", as}
	if at != "" {
		args = append(args, "--at", at)
	}
	got := command(t, env, strings.Join(lines, "\n")+"\n", args...)
	require.Zero(t, got.code, got.errs)
	var out []answer
	for line := range strings.Lines(got.out) {
		var a answer
		require.NoError(t, json.Unmarshal([]byte(line), &a), line)
		out = append(out, a)
	}
	require.Len(t, out, len(lines), "one answer for every line")
	return out
}

// shanghai reads 2024-01-19T15:00.
func shanghai(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02T15:04", s, calendar.Shanghai)
	require.NoError(t, err)
	return at
}

// records are all leads and filings of a desk as text, without the ids that differ
// from run to run: what two databases must have the same of.
func records(t *testing.T, d *desk) string {
	t.Helper()
	var b strings.Builder
	write := func(what string, v any) {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		fmt.Fprintf(&b, "%s %s\n", what, text)
	}
	ctx := context.Background()
	require.NoError(t, d.store.View(ctx, func(tx *store.Tx) error {
		leads, err := tx.Leads().List(ctx, store.LeadFilter{})
		if err != nil {
			return err
		}
		for _, l := range leads {
			files, err := tx.Files().Of(ctx, fmt.Sprintf("lead:%d", l.ID))
			if err != nil {
				return err
			}
			events, err := tx.LeadEvents().List(ctx, l.ID)
			if err != nil {
				return err
			}
			l.ID, l.RegisteredAt, l.FoundAt, l.UpdatedAt = 0, l.RegisteredAt.UTC(), l.FoundAt.UTC(), l.UpdatedAt.UTC()
			write("lead", l)
			for _, f := range files {
				write("file", []any{f.SHA256, f.Name, f.Kind, f.Size, f.By})
			}
			for _, e := range events {
				write("event", []any{e.At.UTC(), e.Actor, e.Kind, string(e.Data)})
			}
		}
		for _, p := range d.cfg.periods {
			current, err := tx.Filings().CurrentAll(ctx, d.cfg.table.ID, weekly.PeriodKey(p))
			if err != nil {
				return err
			}
			for _, c := range current {
				versions, err := tx.Filings().History(ctx, d.cfg.table.ID, c.Unit, weekly.PeriodKey(p))
				if err != nil {
					return err
				}
				for _, f := range versions {
					f.ID, f.FiledAt, f.DueAt = 0, f.FiledAt.UTC(), f.DueAt.UTC()
					write("filing", f)
				}
			}
			sums, err := tx.Filings().Sums(ctx, d.cfg.table.ID, weekly.PeriodKey(p), weekly.PeriodKey(p), nil)
			if err != nil {
				return err
			}
			if len(sums) > 0 {
				write(fmt.Sprint("sums ", p.No), sums)
			}
		}
		return nil
	}))
	return b.String()
}
