package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A filer's deputy, here of another unit, hears at 15:00 that the unit has not
// filed, may file for it, and for no other.
func TestADeputyHearsOnceAndMayFile(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		config := edited(t, edit{"unit: fengcheng, role: filer}", "unit: fengcheng, role: filer, deputy: cannei.filer}"})
		env := environment(t, url)
		told := command(t, env, "", "--config", config, "run-due", "--at", "2024-01-12T15:00", "--json")
		require.Equal(t, exitDone, told.code, told.errs)
		require.Contains(t, told.out, "代报 凤城所 行动3次")

		lines := "代报 凤城所 行动3次 出动18人次 检查42户\n提交\n代报 湖头所 行动3次\n谁没报\n"
		told = command(t, env, lines, "--config", config, "chat", "--as", "cannei.filer")
		require.Equal(t, exitDone, told.code, told.errs)
		require.Contains(t, told.out, "代凤城所填报")
		require.Contains(t, told.out, "【已报送 第1期】\n凤城所 ")
		require.Contains(t, told.out, "→ fengcheng.filer")
		require.Contains(t, told.out, "您不能代报")
		require.Contains(t, told.out, "参内所第1期（1月11日）：还没报")
	})
}
