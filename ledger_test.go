package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"zhuanban/handlers/ledger/sheet"
	"zhuanban/store"
)

// register writes a register of n leads as others keep it.
func register(t *testing.T, n int, more ...string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("登记日期,单位,当事人,线索内容,举报人\n")
	for i := range n {
		fmt.Fprintf(&b, "2024-01-%02d,凤城所,阿强%d号店,销售假冒运动鞋,某人\n", 2+i%9, i)
	}
	for _, l := range more {
		b.WriteString(l + "\n")
	}
	path := filepath.Join(t.TempDir(), "旧台账.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

// exports are the exports of a state.
func exportsIn(t *testing.T, env []string, state store.ExportState) (out []store.Export) {
	t.Helper()
	cfg, err := loadCampaign("config.yaml", env)
	require.NoError(t, err)
	d, err := openDesk(t.Context(), cfg, quiet)
	require.NoError(t, err)
	defer func() { require.NoError(t, d.close()) }()
	require.NoError(t, d.store.View(t.Context(), func(tx *store.Tx) (err error) {
		out, err = tx.Exports().In(t.Context(), state)
		return err
	}))
	return out
}

// TestImportLeads: every fault named, nothing taken over until there is none, and the
// column with who reported is never read.
func TestImportLeads(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		env := environment(t, url)
		bad := command(t, env, "", "import", "leads", register(t, 2, "2024-01-40,凤成所,丙店,假货,某人"))
		require.Equal(t, exitFailed, bad.code)
		require.Contains(t, bad.out, `旧台账, row 4, A4 登记日期: "2024-01-40" is no date: write a day such as 2024-03-05`)
		require.Contains(t, bad.out, `旧台账, row 4, B4 单位: there is no unit "凤成所": did you mean "凤城所"?`)
		require.Contains(t, bad.out, "tells who reported (keep it out of such files): 举报人")
		require.NotContains(t, bad.out+bad.errs, "某人")
		dry := command(t, env, "", "import", "leads", register(t, 3), "--dry-run")
		require.Zero(t, dry.code, dry.errs)
		require.Contains(t, dry.out, "3 leads would be imported")
		done := command(t, env, "", "import", "leads", register(t, 3))
		require.Zero(t, done.code, done.errs)
		require.Contains(t, done.out, "3 leads imported", "the dry run has left nothing")
		seen := chat(t, env, "office.clerk", "2024-01-19T10:00", "查 阿强1号店", "台账", "")
		require.Contains(t, seen[0].Replies[0].Text, "AX-2024-0002")
		require.Contains(t, seen[1].Replies[0].Text, "全部 3 条")
	})
}

func TestFilesThatAreNoRegister(t *testing.T) {
	env := environment(t, databases[0].url(t))
	path := filepath.Join(t.TempDir(), "x.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600))
	got := command(t, env, "", "import", "leads", path)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.errs, "涉嫌主体")
	require.Equal(t, exitUsage, command(t, env, "", "import", "leads", "nowhere.xlsx").code)
}

// TestExportLedger: the file, the register's row with its hash, and flags that choose
// nothing.
func TestExportLedger(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		env := environment(t, url)
		require.Zero(t, command(t, env, "", "import", "leads", register(t, 12)).code)
		out := filepath.Join(t.TempDir(), "台账.xlsx")
		got := command(t, append(env, "USER=某员"), "", "export", "ledger", "--out", out, "--period", "2024-01-02到2024-01-05", "--unit", "凤城所")
		require.Zero(t, got.code, got.errs)
		require.Contains(t, got.out, "TZ-2024-0001: 7 rows")
		data, err := os.ReadFile(out)
		require.NoError(t, err)
		pages, err := sheet.Open(out, data)
		require.NoError(t, err)
		table, ok := sheet.FindTable(pages[0])
		require.True(t, ok)
		require.Len(t, table.Rows, 7)
		sum := sha256.Sum256(data)
		rows := exportsIn(t, env, store.ExportDone)
		require.Len(t, rows, 1)
		require.Equal(t, []any{hex.EncodeToString(sum[:]), 7, "命令行 某员"}, []any{rows[0].SHA256, rows[0].Total, rows[0].AskedBy})
		for flags, says := range map[string]string{"--period 下雨天": "no period", "--period 第99期": "periods", "--unit fengchen": `did you mean "fengcheng"`, "--only 下雨天": "chooses nothing"} {
			bad := command(t, env, "", append([]string{"export", "ledger", "--out", out}, strings.Fields(flags)...)...)
			require.Equal(t, exitUsage, bad.code, flags)
			require.Contains(t, bad.errs, says)
		}
	})
}

// TestMoreThanFiftyRowsAreApproved: nobody but the director can let them out, and the file
// then comes to who asked.
func TestMoreThanFiftyRowsAreApproved(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		env := environment(t, url)
		require.Zero(t, command(t, env, "", "import", "leads", register(t, 51)).code)
		asked := chat(t, env, "office.clerk", "2024-01-19T10:00", "导出台账", "")
		require.Len(t, asked[0].Replies, 1)
		require.Contains(t, asked[0].Replies[0].Text, "专项办主任批准")
		require.Equal(t, "office.director", asked[0].Notices[0].To)
		approve := fmt.Sprintf("{%q:%q}", "tap", asked[0].Notices[0].Buttons[0].Tap)
		for _, who := range []string{"office.clerk", "leader.chief", "fengcheng.head"} {
			tried := chat(t, env, who, "2024-01-19T10:01", approve, "")
			require.Contains(t, tried[0].Replies[0].Text, "过期", who)
			require.Empty(t, tried[0].Notices)
		}
		approved := chat(t, env, "office.director", "2024-01-19T10:02", approve, approve, "")
		require.Len(t, approved[0].Notices, 1)
		file := approved[0].Notices[0]
		require.Equal(t, []string{"office.clerk", "file", "线索台账_TZ-2024-0001.xlsx"}, []string{file.To, string(file.Kind), file.Name})
		data, err := os.ReadFile(filepath.Join(strings.TrimPrefix(env[0], "ZHUANBAN_DATA_DIR="), file.Path))
		require.NoError(t, err)
		sum := sha256.Sum256(data)
		rows := exportsIn(t, env, store.ExportDone)
		require.Equal(t, []any{hex.EncodeToString(sum[:]), 51, "office.director"}, []any{rows[0].SHA256, rows[0].Total, rows[0].DecidedBy})
		require.Empty(t, approved[1].Notices, "once")
		own := chat(t, env, "office.director", "2024-01-19T10:03", "导出台账", "1", "")
		require.Contains(t, own[0].Replies[0].Text, "批准导出")
		require.Equal(t, "file", string(own[1].Replies[0].Kind))
	})
}

// TestTheLedgerTellsHowLeadsAreHandled: what became of a lead in chat stands in its row.
func TestTheLedgerTellsHowLeadsAreHandled(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		env := environment(t, url)
		chat(t, env, "fengcheng.filer", "2024-01-19T10:00", "凤城镇建设路12号某某鞋店销售假冒运动鞋200双,电话13800005678", "1", "")
		chat(t, env, "office.clerk", "2024-01-19T11:00", "交办 1 湖头所", "")
		chat(t, env, "hutou.head", "2024-01-22T09:00", "1 签收", "")
		chat(t, env, "hutou.head", "2024-01-23T09:00", "1 鉴定 10天", "")
		chat(t, env, "hutou.head", "2024-02-05T09:00", "1 立案 安市监立〔2024〕5号 案值3万元", "")
		got := chat(t, env, "office.clerk", "2024-02-05T10:00", "导出台账", "")
		require.Equal(t, "file", string(got[0].Replies[0].Kind), got[0].Replies[0].Text)
		data, err := os.ReadFile(filepath.Join(strings.TrimPrefix(env[0], "ZHUANBAN_DATA_DIR="), got[0].Replies[0].Path))
		require.NoError(t, err)
		pages, err := sheet.Open("a.xlsx", data)
		require.NoError(t, err)
		table, ok := sheet.FindTable(pages[0])
		require.True(t, ok)
		row := table.Rows[0].Cells
		for key, want := range map[string]string{"number": "AX-2024-0001", "unit": "凤城所", "handler": "湖头所", "officer": "所长·湖头所", "route": "本地查办",
			"outcome": "立案", "excluded": "10"} {
			require.Equal(t, want, row[key], key)
		}
		require.Contains(t, row["filed"], "安市监立〔2024〕5号")
		require.Contains(t, row["content"], "138****5678")
		day, ok := table.Date(row["assigned"], time.Now())
		require.True(t, ok)
		require.Equal(t, "2024-01-19", day.String())
	})
}
