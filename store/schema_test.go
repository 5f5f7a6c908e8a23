package store_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"zhuanban/store/storetest"
)

// TestBothDatabasesHaveTheSameTables compares what the two sets of migrations make:
// every column's name, kind and whether it may be empty, and every index.
func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	lite, my := sqliteSchema(t), mysqlSchema(t)
	require.Greater(t, len(my), 100)
	require.Equal(t, my, lite)
}

// TestOneStatementPerMigration: MySQL cannot take back half a file.
func TestOneStatementPerMigration(t *testing.T) {
	names := map[string][]string{}
	for _, dialect := range []string{"mysql", "sqlite"} {
		dir := os.DirFS(filepath.Join("migrations", dialect))
		files, err := fs.Glob(dir, "*.sql")
		require.NoError(t, err)
		names[dialect] = files
		for _, name := range files {
			text, err := fs.ReadFile(dir, name)
			require.NoError(t, err)
			if dialect == "mysql" {
				require.Equal(t, 1, strings.Count(string(text), ";\n"), name)
				if strings.Contains(string(text), "CREATE TABLE") {
					require.Contains(t, string(text), "COLLATE=utf8mb4_bin", name)
				}
			}
		}
	}
	require.Equal(t, names["mysql"], names["sqlite"])
}

// firstRelease is the last migration that no replica has run without: those after it
// are done beside running ones.
const firstRelease = 15

// TestMigrationsOnlyAdd: while replicas are replaced one by one, the older ones write
// into the newer tables. So a migration makes tables and indexes that hold what is in
// them, and adds columns that have a default, and nothing else.
func TestMigrationsOnlyAdd(t *testing.T) {
	for _, dialect := range []string{"mysql", "sqlite"} {
		files, err := filepath.Glob(filepath.Join("migrations", dialect, "*.sql"))
		require.NoError(t, err)
		later := 0
		for _, name := range files {
			number, err := strconv.Atoi(filepath.Base(name)[:5])
			require.NoError(t, err)
			if number <= firstRelease {
				continue
			}
			later++
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NoError(t, onlyAdds(string(text)), name)
		}
		require.Positive(t, later)
	}
}

// TestOnlyAddsSeesWhatDoesNot holds the rule itself to what must not pass.
func TestOnlyAddsSeesWhatDoesNot(t *testing.T) {
	for _, bad := range []string{
		"ALTER TABLE leads ADD COLUMN x BIGINT NOT NULL;",
		"ALTER TABLE leads ADD COLUMN x BIGINT NOT NULL DEFAULT 0, DROP COLUMN place;",
		"ALTER TABLE leads\n  ADD COLUMN x BIGINT NOT NULL DEFAULT 0,\n  ADD UNIQUE KEY u (place);",
		"ALTER TABLE leads RENAME COLUMN place TO x;",
		"ALTER TABLE leads MODIFY COLUMN place BIGINT;",
		"CREATE UNIQUE INDEX u ON leads (place);",
		"DROP TABLE leads;",
		"UPDATE leads SET place = '';",
		"DELETE FROM leads;",
		"CREATE TABLE x (id BIGINT);\nDROP INDEX leads_place ON leads;",
		"-- +goose StatementBegin\nCREATE TRIGGER t BEFORE INSERT ON leads FOR EACH ROW SET x = 1;\n-- +goose StatementEnd",
	} {
		require.Error(t, onlyAdds("-- +goose Up\n"+bad+"\n"), bad)
	}
}

var (
	comment   = regexp.MustCompile(`(?m)--.*$`)
	spaces    = regexp.MustCompile(`\s+`)
	newTable  = regexp.MustCompile(`^CREATE TABLE \w+ \(`)
	newIndex  = regexp.MustCompile(`^CREATE INDEX \w+ ON \w+ \(`)
	moreTable = regexp.MustCompile(`^ALTER TABLE \w+ (ADD .*)$`)
	addition  = regexp.MustCompile(`^(ADD COLUMN \w+ .* DEFAULT \S+|ADD KEY \w+ \([\w, ]+\))$`)
)

// onlyAdds finds what an older program could not bear in a migration.
func onlyAdds(migration string) error {
	plain := spaces.ReplaceAllString(comment.ReplaceAllString(migration, ""), " ")
	for statement := range strings.SplitSeq(plain, ";") {
		statement = strings.TrimSpace(statement)
		if statement == "" || newTable.MatchString(statement) || newIndex.MatchString(statement) {
			continue
		}
		found := moreTable.FindStringSubmatch(statement)
		if found == nil {
			return fmt.Errorf("it does more than add: %s", statement)
		}
		for i, part := range strings.Split(found[1], ", ADD ") {
			if i > 0 {
				part = "ADD " + part
			}
			if !addition.MatchString(part) {
				return fmt.Errorf("no addition that an older program can bear: %s", part)
			}
		}
	}
	return nil
}

// kind is what a column type is to us.
func kind(sqlType string) string {
	switch strings.ToLower(sqlType) {
	case "integer", "bigint":
		return "number"
	case "text", "varchar", "longtext":
		return "text"
	case "blob", "longblob":
		return "bytes"
	}
	return sqlType
}

func sqliteSchema(t *testing.T) map[string]string {
	path := filepath.Join(t.TempDir(), "zhuanban.db")
	storetest.Open(t, "sqlite:"+path)
	return schema(t, "sqlite", path, `
		SELECT m.name, c.name, c.type, c."notnull" FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%'`, `
		SELECT m.name, i."unique", (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
		FROM sqlite_master m, pragma_index_list(m.name) i
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND i.origin <> 'pk'`)
}

func mysqlSchema(t *testing.T) map[string]string {
	address := storetest.MariaDBURL(t)
	storetest.Open(t, address)
	u, err := url.Parse(address)
	require.NoError(t, err)
	c := mysql.NewConfig()
	c.Net, c.Addr, c.DBName, c.User = "tcp", u.Host, strings.Trim(u.Path, "/"), u.User.Username()
	c.Passwd, _ = u.User.Password()
	return schema(t, "mysql", c.FormatDSN(), `
		SELECT table_name, column_name, data_type, is_nullable = 'NO' FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name NOT LIKE 'goose%'`, `
		SELECT table_name, non_unique = 0, GROUP_CONCAT(column_name ORDER BY seq_in_index) FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND table_name NOT LIKE 'goose%' AND index_name <> 'PRIMARY'
		GROUP BY table_name, index_name, non_unique`)
}

// schema reads "table.column" → kind and "table(columns)" → unique or not.
func schema(t *testing.T, driver, dsn, columns, indexes string) map[string]string {
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	out := map[string]string{}
	rows, err := db.QueryContext(t.Context(), columns)
	require.NoError(t, err)
	for rows.Next() {
		var table, column, sqlType string
		var required bool
		require.NoError(t, rows.Scan(&table, &column, &sqlType, &required))
		out[table+"."+column] = kind(sqlType)
		if required {
			out[table+"."+column] += ", required"
		}
	}
	require.NoError(t, rows.Err())
	rows, err = db.QueryContext(t.Context(), indexes)
	require.NoError(t, err)
	for rows.Next() {
		var table, list string
		var unique bool
		require.NoError(t, rows.Scan(&table, &unique, &list))
		out[table+"("+list+")"] = map[bool]string{true: "unique", false: "index"}[unique]
	}
	require.NoError(t, rows.Err())
	return out
}
