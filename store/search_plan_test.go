package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"zhuanban/store"
	"zhuanban/store/storetest"
)

// TestMariaDBLooksLeadsUpByTheirTerms asks the server, of a table with something in it, how
// it answers what a search asks: by ranges of the primary key, and never by reading all.
func TestMariaDBLooksLeadsUpByTheirTerms(t *testing.T) {
	address := storetest.MariaDBURL(t)
	s := storetest.Open(t, address)
	ctx := t.Context()
	require.NoError(t, s.Update(ctx, func(tx *store.Tx) error { return someLeads(ctx, tx, 1500) }))
	u, err := url.Parse(address)
	require.NoError(t, err)
	c := mysql.NewConfig()
	c.Net, c.Addr, c.DBName, c.User = "tcp", u.Host, strings.Trim(u.Path, "/"), u.User.Username()
	c.Passwd, _ = u.User.Password()
	db, err := sql.Open("mysql", c.FormatDSN())
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	_, err = db.ExecContext(ctx, "ANALYZE TABLE leads, lead_terms")
	require.NoError(t, err)
	for name, query := range map[string]string{
		"the leads of a term":       "SELECT lead_id FROM lead_terms WHERE term = 40657 AND lead_id < 9000000000000000000 ORDER BY lead_id DESC LIMIT 64",
		"which leads have a term":   "SELECT lead_id FROM lead_terms WHERE term = 40657 AND lead_id IN (1, 2, 3, 4, 5)",
		"how many leads a term has": "SELECT COUNT(*) FROM (SELECT 1 FROM lead_terms WHERE term = 40657 LIMIT 2000) some",
		"some leads by their ids":   "SELECT * FROM leads WHERE id IN (1, 2, 3) ORDER BY id DESC",
		"a few days of the ledger":  "SELECT leads.id FROM leads LEFT JOIN lead_ledger k ON k.lead_id = leads.id WHERE registered_at >= 1705636800000 AND registered_at < 1705636830000 ORDER BY registered_at, id",
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range explain(t, db, query) {
				require.NotEqual(t, "index", step["type"], "%v", step)
				if !strings.HasPrefix(step["table"], "<derived") {
					require.NotEqual(t, "ALL", step["type"], "%v", step)
				}
				require.NotContains(t, step["Extra"], "temporary")
			}
		})
	}
}

// someLeads enters leads a second apart.
func someLeads(ctx context.Context, tx *store.Tx, n int) error {
	begin := time.UnixMilli(1705636800000)
	for i := range n {
		l := store.Lead{ID: tx.NewID(), Number: fmt.Sprint(i), RegisteredAt: begin.Add(time.Duration(i) * time.Second), Subject: []string{"鞋店", "酒行"}[i%2]}
		if err := tx.Leads().Insert(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// explain is the steps of a plan, by the names of their columns.
func explain(t *testing.T, db *sql.DB, query string) (out []map[string]string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "EXPLAIN "+query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	names, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		cells := make([]sql.NullString, len(names))
		into := make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		require.NoError(t, rows.Scan(into...))
		step := map[string]string{}
		for i, n := range names {
			step[n] = cells[i].String
		}
		out = append(out, step)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, out)
	return out
}
