package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestVerify: a whole desk is said to be whole, and whoever changes a row, a file or takes
// one away is found, with what and where, and exit status 1.
func TestVerify(t *testing.T) {
	file := filepath.Join(t.TempDir(), "zhuanban.db")
	env := environment(t, "sqlite:"+file)
	data := strings.TrimPrefix(env[0], "ZHUANBAN_DATA_DIR=")
	got := command(t, env, "", "verify")
	require.Zero(t, got.code, got.errs)
	require.Contains(t, got.out, "ok     audit: 0 entries, head none")

	photo := filepath.Join(t.TempDir(), "门头.png")
	require.NoError(t, os.WriteFile(photo, []byte("\x89PNG\r\n\x1a\nshop"), 0o600))
	chat(t, env, "fengcheng.filer", "2024-01-18T16:20", "凤城镇建设路12号某某鞋店销售假冒运动鞋200双,货值3万元",
		fmt.Sprintf(`{"photo":%q}`, photo), "提交", "固证 1 https://shop.example.com/1 店铺首页", "核验单 1", "举报人 1 匿名")
	whole := command(t, env, "", "verify")
	require.Zero(t, whole.code, whole.out+whole.errs)
	require.Contains(t, whole.out, "ok     audit: 4 entries, head ")
	require.Contains(t, whole.out, "ok     evidence: 1 chains, 2 entries, 1 files")

	db, err := sql.Open("sqlite", file)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	kept, err := filepath.Glob(filepath.Join(data, "evidence", "[0-9a-f][0-9a-f]", "*"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	row := func(change, back string) (func(), func()) {
		do := func(s string) func() {
			return func() {
				_, err := db.ExecContext(t.Context(), s)
				require.NoError(t, err)
			}
		}
		return do(change), do(back)
	}
	type fault struct {
		do, undo func()
		want     string
	}
	auditDo, auditUndo := row("UPDATE audit SET actor = 'nobody' WHERE seq = 2", "UPDATE audit SET actor = 'fengcheng.filer' WHERE seq = 2")
	noteDo, noteUndo := row("UPDATE evidence SET note = note || '!' WHERE seq = 2", "UPDATE evidence SET note = rtrim(note, '!') WHERE seq = 2")
	refDo, refUndo := row("UPDATE file_refs SET size = size + 1 WHERE owner LIKE 'lead:%'", "UPDATE file_refs SET size = size - 1 WHERE owner LIKE 'lead:%'")
	for name, f := range map[string]fault{
		"a row of the audit":    {auditDo, auditUndo, "BROKEN audit, entry 2 of 2024-01-18T"},
		"a link's words":        {noteDo, noteUndo, "(AX-2024-0001), entry 2 of"},
		"the record of a file":  {refDo, refUndo, "(AX-2024-0001), entry 1 of 2024-01-18T16:20:00+08:00"},
		"the bytes of a file":   {func() { overwrite(t, kept[0], "other") }, func() { overwrite(t, kept[0], "\x89PNG\r\n\x1a\nshop") }, "was changed: its hash is now"},
		"a file that was taken": {func() { require.NoError(t, os.Rename(kept[0], photo+".away")) }, func() { require.NoError(t, os.Rename(photo+".away", kept[0])) }, "is not on the disk"},
	} {
		f.do()
		got := command(t, env, "", "verify")
		require.Equal(t, exitFailed, got.code, name)
		require.Contains(t, got.out, f.want, name)
		require.Contains(t, got.errs, "keep the database", name)
		f.undo()
		require.Equal(t, exitDone, command(t, env, "", "verify").code, name)
	}
}

func overwrite(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.Chmod(path, 0o600))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}
