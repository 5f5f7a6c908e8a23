package zh_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot/zh"
)

var commands = []string{"零报告", "周报", "进度", "帮助", "线索", "上周报", "提交", "撤回", "催办名单", "修改线索", "登记线索", "查看进度", "会议", "案件", "统计", "专班通讯录", "help"}

func TestNearest(t *testing.T) {
	for said, want := range map[string]string{
		"零报告": "零报告", " 周报。": "周报", "週報": "周报", "HELP": "help", "進度": "进度",
		"零抱告": "零报告", "零报搞": "零报告", "零告报": "零报告", "零报告告": "零报告", "周抱": "周报", "进渡": "进度", "近度": "进度", "帮住": "帮助", "邦助": "帮助", "现索": "线索", "会义": "会议", "按件": "案件", "统记": "统计",
		"催办名": "催办名单", "催名单办": "", "催办单名": "催办名单", "修改线锁": "修改线索", "登记线所": "登记线索", "查看进渡": "查看进度", "查进度": "查看进度", "专班通信录": "专班通讯录", "专班通录": "专班通讯录", "专班的通讯录": "专班通讯录",
		// A word of two is another word, and a slip that could be meant is none.
		"周刊": "", "进行": "", "报告": "", "零报": "", "报零告": "零报告", "本周报": "", "下周报": "", "不提交": "", "未提交": "", "无报告": "", "不修改线索": "", "撤离": "", "报": "", "": "", "。": "", "修改案件": "", "登录线索": "登记线索",
	} {
		got, ok := zh.Nearest(said, commands)
		assert.Equal(t, want, got, said)
		assert.Equal(t, want != "", ok, said)
	}
	_, ok := zh.Nearest("查看线度", []string{"查看进度", "查看线索"})
	require.False(t, ok, "as near to the one as to the other")
	_, ok = zh.Nearest("进渡", []string{"进度", "进镀"})
	require.False(t, ok)
	got, ok := zh.Nearest("进渡", []string{"进度", "进度"})
	require.True(t, ok)
	require.Equal(t, "进度", got)
	_, ok = zh.Nearest("进度", nil)
	require.False(t, ok)
}

// What is found is among the words, a word finds itself, and the order of the
// words does not matter.
func TestNearestIsSure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runes := []rune(rapid.SampledFrom(commands).Draw(t, "word"))
		for range rapid.IntRange(0, 2).Draw(t, "slips") {
			if len(runes) == 0 {
				break
			}
			i := rapid.IntRange(0, len(runes)-1).Draw(t, "at")
			switch r := rapid.SampledFrom([]rune("报抱度渡的不索锁")).Draw(t, "rune"); rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				runes[i] = r
			case 1:
				runes = append(runes[:i:i], runes[i+1:]...)
			default:
				runes = append(runes[:i:i], append([]rune{r}, runes[i:]...)...)
			}
		}
		said := string(runes)
		got, ok := zh.Nearest(said, commands)
		if ok {
			require.Contains(t, commands, got)
		}
		turned := make([]string, 0, len(commands))
		for i := range commands {
			turned = append(turned, commands[len(commands)-1-i])
		}
		again, still := zh.Nearest(said, turned)
		require.Equal(t, got, again, said)
		require.Equal(t, ok, still, said)
		for _, c := range commands {
			if c == said {
				require.Equal(t, c, got)
			}
		}
	})
}
