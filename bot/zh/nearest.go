package zh

import "strings"

// Nearest finds the word that was meant among those that may be said: the same
// one, or the only one that a single slip of the finger or the input method
// makes of it (零抱告 is 零报告, 进渡 is 进度). Words of three characters and more
// may have one character wrong, missing, too many, or two of them swapped; words of
// two only one that is commonly taken for the other. Two words as near as each
// other are none, and so is a slip that could be meant: 上周报 is not 本周报,
// and 不提交 is not 提交.
func Nearest(word string, among []string) (string, bool) {
	said := plain(word)
	if len(said) == 0 {
		return "", false
	}
	found, n := "", 0
	for _, candidate := range among {
		want := plain(candidate)
		if string(want) == string(said) {
			return candidate, true
		}
		if slipped(said, want) && (n == 0 || string(plain(found)) != string(want)) {
			found, n = candidate, n+1
		}
	}
	if n != 1 {
		return "", false
	}
	return found, true
}

// plain is a word folded, in small letters, without punctuation.
func plain(word string) []rune { return []rune(strings.ToLower(bare(word))) }

// meaningful are characters that nobody types by mistake for another without
// saying something else.
const meaningful = "上下本今昨明前后不没别未非无勿免有全多少大小第再又停来去入出开关新旧男女左右东西南北增减加删改正副收发零一二两三四五六七八九十百千万半几0123456789"

// slipped says whether one slip makes said of want.
func slipped(said, want []rune) bool {
	i := 0
	for i < len(said) && i < len(want) && said[i] == want[i] {
		i++
	}
	rest, wanted := said[i:], want[i:]
	switch len(said) - len(want) {
	case 0:
		if sameTail(rest, wanted, 1, 1) {
			return alike(rest[0], wanted[0]) || len(want) >= 3 && harmless(rest[0]) && harmless(wanted[0])
		}
		return len(want) >= 3 && len(rest) >= 2 && rest[0] == wanted[1] && rest[1] == wanted[0] && sameTail(rest, wanted, 2, 2)
	case -1:
		return len(want) >= 4 && sameTail(rest, wanted, 0, 1) && harmless(wanted[0])
	case 1:
		return len(want) >= 3 && sameTail(rest, wanted, 1, 0) && (harmless(rest[0]) || i > 0 && rest[0] == said[i-1])
	}
	return false
}

// sameTail says whether a from i and b from j are the same.
func sameTail(a, b []rune, i, j int) bool {
	return i <= len(a) && j <= len(b) && string(a[i:]) == string(b[j:])
}

func harmless(r rune) bool { return !strings.ContainsRune(meaningful, r) }

// confused are characters that input methods and fingers take for each other in
// the words of this work: the same sound, or nearly the same look.
var confused = strings.Fields("报抱暴豹 度渡杜镀 进近劲 告搞靠 周州洲舟 线现限县 索锁所 帮邦绑 助住祝 查察茶 单旦担 撤彻澈 消销宵 取娶 提题堤 交郊胶教 修休 确却 认任 会汇绘 议义 案按 件建健 计记纪 催摧 办辩 立历 结洁 移仪 送颂 菜莱 设社 置制 登灯 录绿碌 导岛 册策侧测 填添 草操 稿搞 典点 型形 统桶 名铭 专砖转 班般斑 督都毒 导倒 通捅 报极 度席 已己 末未 历厉 拔拨 帐账 复覆 签笺")

func alike(a, b rune) bool {
	for _, group := range confused {
		if strings.ContainsRune(group, a) && strings.ContainsRune(group, b) {
			return true
		}
	}
	return false
}
