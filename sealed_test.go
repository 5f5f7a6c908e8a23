package main

import (
	"archive/zip"
	"database/sql"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"
)

// The informant of this test. Whoever finds one of these anywhere has found a leak.
const (
	whoTold = "郑小暗"
	phoneOf = "13959990001"
	cardOf  = "350524198001011230"
)

// leak searches a text for the informant, also as base64 would show it.
func leak(t *testing.T, where, text string) {
	t.Helper()
	for _, secret := range []string{whoTold, "小暗", phoneOf, "139 5999 0001", cardOf, "13959990002", "夜里三点"} {
		require.False(t, strings.Contains(text, secret), "%s has %q", where, secret)
		for skip := range 3 { // base64 of the same bytes looks different in three ways
			coded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", skip) + secret))
			inside := coded[skip*4/3+1 : len(coded)/4*4-4]
			require.False(t, len(inside) > 5 && strings.Contains(text, inside), "%s has %q in base64", where, secret)
		}
	}
}

// leakHunt searches every file of some folders, and every column of every table.
func leakHunt(t *testing.T, address string, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		require.NoError(t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			leak(t, path, path+string(text))
			if strings.HasSuffix(path, ".docx") {
				leak(t, path, unzipped(t, path))
			}
			return err
		}))
	}
	driver, dsn, tables := "sqlite", strings.TrimPrefix(address, "sqlite:"), "SELECT name FROM sqlite_master WHERE type = 'table'"
	if strings.HasPrefix(address, "mysql:") {
		u, err := url.Parse(address)
		require.NoError(t, err)
		c := mysql.NewConfig()
		c.Net, c.Addr, c.DBName, c.User = "tcp", u.Host, strings.Trim(u.Path, "/"), u.User.Username()
		c.Passwd, _ = u.User.Password()
		driver, dsn, tables = "mysql", c.FormatDSN(), "SHOW TABLES"
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	names := query(t, db, tables)
	require.Greater(t, len(names), 20)
	for _, name := range names {
		for _, row := range query(t, db, "SELECT * FROM "+name) {
			leak(t, "table "+name, row)
		}
	}
	require.Len(t, query(t, db, "SELECT * FROM informants WHERE LENGTH(name) > 30 AND LENGTH(phone) > 30 AND LENGTH(id_number) > 30"), 1, "it is there, sealed")
}

// query gives rows as text, one line each.
func query(t *testing.T, db *sql.DB, text string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), text)
	require.NoError(t, err)
	cols, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		raw := make([]sql.RawBytes, len(cols))
		into := make([]any, len(cols))
		for i := range raw {
			into[i] = &raw[i]
		}
		require.NoError(t, rows.Scan(into...))
		var row strings.Builder
		for _, c := range raw {
			row.Write(c)
			row.WriteByte(' ')
		}
		out = append(out, strings.TrimSpace(row.String()))
	}
	require.NoError(t, rows.Err())
	return out
}

func unzipped(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, z.Close()) }()
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		_, err = io.Copy(&all, r)
		require.NoError(t, err)
	}
	return all.String()
}

// TestAnInformantIsNowhere plays one through the whole program, on both databases, the
// way people really write, with mistakes, and then searches the data folder, every column
// of every table, every log and every output for what was said: it is in the one answer to
// the one who may see it, and nowhere else.
func TestAnInformantIsNowhere(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		env := environment(t, address)
		data := strings.TrimPrefix(env[0], "ZHUANBAN_DATA_DIR=")
		folders := []string{data}
		if file, ok := strings.CutPrefix(address, "sqlite:"); ok {
			folders = append(folders, filepath.Dir(file))
		}
		said := func(as, at string, lines ...string) {
			got := command(t, env, strings.Join(lines, "\n")+"\n", "chat", "--json", "--as", as, "--at", at)
			require.Zero(t, got.code, got.errs)
			leak(t, "what "+as+" is answered", got.out)
			leak(t, "the log", got.errs)
		}
		photo := filepath.Join(t.TempDir(), "门头.png")
		require.NoError(t, os.WriteFile(photo, []byte("\x89PNG\r\n\x1a\nshop"), 0o600))
		said("fengcheng.filer", "2024-01-18T16:20",
			"群众来电举报凤城镇建设路12号某某鞋店销售假冒运动鞋200双,货值3万元", fmt.Sprintf(`{"photo":%q}`, photo), "提交",
			"举报人 1",
			"周报", "取消", // interrupted, and the form comes all the same
			"姓名："+whoTold+"，电话："+phoneOf,
			"报线索 举报人"+whoTold+"电话"+phoneOf+"说城厢有人卖假酒",
			"举报人 "+whoTold+" "+phoneOf,
			"举报人 1 "+whoTold+"，"+phoneOf+"，实名",
			"举报人 1",
			`{"id":"identity","text":"`+whoTold+` 139 5999 0001，身份证号 `+cardOf+`，另外 13959990002，夜里三点打，实名，要求保密"}`,
			`{"id":"identity","text":"`+whoTold+` 139 5999 0001，身份证号 `+cardOf+`，另外 13959990002，夜里三点打，实名，要求保密"}`,
			`{"group":"专班工作群","text":"举报人 1 `+whoTold+` `+phoneOf+`"}`,
			"进度 1", "核验单 1", "固证 1")
		said("fengcheng.filer", "2024-01-18T16:20", "举报人 1", `{"voice":"`+whoTold+`，`+phoneOf+`，身份证号 `+cardOf+`，夜里三点打"}`)
		leakHunt(t, address, folders...)

		said("office.clerk", "2024-01-18T16:29", "交办 1 凤城所")
		said("fengcheng.head", "2024-01-18T16:30", "查看举报人 1 需要回访核实")
		said("custodian", "2024-01-18T16:31", "1", "审计 1")
		said("office.director", "2024-01-18T16:32", "进度 1", "1")
		open := `{"id":"open","text":"4"}` // 1 to 3 are of the lead that was given to the unit
		got := command(t, env, open+"\n"+open+"\n", "chat", "--json", "--as", "fengcheng.head", "--at", "2024-01-18T16:33")
		require.Zero(t, got.code, got.errs)
		leak(t, "the log", got.errs)
		for _, secret := range []string{whoTold, phoneOf, cardOf, "夜里三点"} {
			require.Equal(t, 1, strings.Count(got.out, secret), "said once, not again with the re-delivery: %s", got.out)
		}
		said("fengcheng.head", "2024-01-18T16:34", "4", `{"id":"open","text":"4"}`, "审计 1")
		said("admin", "2024-01-18T16:34", "审计", "审计 1")
		leakHunt(t, address, folders...)

		page := func(as, chat string) string {
			d := deskOf(t, env)
			w := httptest.NewRecorder()
			d.routes().ServeHTTP(w, httptest.NewRequest("GET", "http://127.0.0.1:8080/phone/history?as="+as+"&chat="+url.QueryEscape(chat), nil))
			require.NoError(t, d.close())
			return w.Body.String()
		}
		require.Contains(t, page("fengcheng.head", "p:fengcheng.head"), phoneOf, "who opened it can read it for ten minutes")
		for _, as := range []string{"fengcheng.filer", "custodian", "office.director", "admin"} {
			leak(t, "the phone of "+as, page(as, "p:"+as))
		}
		require.Zero(t, command(t, env, "", "run-due", "--at", "2024-01-18T16:50").code)
		leak(t, "the phone after ten minutes", page("fengcheng.head", "p:fengcheng.head"))
		leakHunt(t, address, folders...)

		for _, line := range []string{"verify", "check", "config"} {
			got := command(t, env, "", line)
			require.Zero(t, got.code, got.out+got.errs)
			leak(t, line, got.out+got.errs)
		}
	})
}

// deskOf opens a desk with an environment; the test closes it.
func deskOf(t *testing.T, env []string) *desk {
	t.Helper()
	cfg, err := loadCampaign("config.yaml", env)
	require.NoError(t, err)
	d, err := openDesk(t.Context(), cfg, quiet)
	require.NoError(t, err)
	return d
}
