package zh

import (
	"slices"
	"strings"
)

// Reply is what a whole message answers to a question.
type Reply string

// The replies.
const (
	None    Reply = ""        // no answer, or one with more in it
	Yes     Reply = "yes"     // 是, 好的, 没错, 确认, 提交
	No      Reply = "no"      // 不是, 不对, 取消, 算了
	Later   Reply = "later"   // 等一下, 晚点, 先放着
	Neither Reply = "neither" // 都不是, 没有一个对: none of what was offered
)

var (
	yesWords = strings.Fields(`是 是的 对 对的 好 好的 好滴 好嘞 好了 行 行的 可以 可以的 可 嗯 嗯嗯 恩 恩恩 嗯好 嗯对 没错 不错 没问题 没毛病 确认 确定 确认提交 确认无误 提交 提交吧 上报 报 报吧 发 发吧 交 交吧
		正确 属实 无误 同意 要 要的 需要 有 有的 当然 就是 就这样 就这么办 就这样吧 是这样 是这样的 对对 对对对 是是 好好 好好好 行行 中 成 妥 妥了 得 办 没意见 ok okay k y yes yep ye yeah sure 1是 👌 👍 ✅ 🆗 √ ✓ ✔ 对头 准 没有问题 没有错 可以提交 好可以 好提交 好确认 对提交 是提交 正是 保存 同意提交 明白 明白了 收到确认 okk okok 欧了 欧克 嗯呐 嗯哪 是哒 是的没错 行就这样 好就这样 没错就是 昂 必须 必须的 木问题 木有问题`)
	noWords = strings.Fields(`不 不是 不是的 不对 不对的 不行 不好 不要 不用 不用了 不要了 不可以 不需要 不必 不了 不同意 不提交 不确认 不发 不报 先不提交 否 非 错 错了 错的 有误 有错 不正确 取消 算了 撤销 撤回 放弃 别 别提交 别发 没 没有 没有了 无
		no n nope not cancel ❌ ✖ × ✗ 🙅 不成 不妥 不准 不属实 不干 不中 搞错了 弄错了 写错了 填错了 不要提交 不保存 作废 删了 删除 不是这样 不是这样的 木有 没了 不搞 不填 不报了 不发了 不交 不交了 算`)
	neitherWords = strings.Fields(`都不是 全不是 都不对 全不对 全都不是 全都不对 都不要 都不选 以上都不是 以上都不对 以上皆非 上面都不是 上面都不对 这些都不是 这几个都不是 这几个都不对 一个都不是 一个也不是 一个都不对 一个也不对 没有一个是 没有一个对
		没一个是 没一个对 没有对的 没有正确的 没有合适的 没有我要的 没有我的 哪个都不是 哪个都不对 没有一个 没有一个是的 两个都不是 两个都不对 三个都不是 不在里面 不在上面 不在其中`)
	laterWords = strings.Fields(`等等 等一下 等下 等会 等会儿 等一会 等一会儿 稍等 稍后 稍后再说 稍等一下 待会 待会儿 待会再说 一会 一会儿 一会再说 过会 过会儿 过一会 晚点 晚点再说 晚些 晚些时候 回头 回头再说 回头再填 明天 明天再说 明天再填 改天 改天再说 以后 以后再说 下次 下次再说
		先放着 先放放 先不 先不急 先这样 先等等 先存着 先留着 不急 不着急 暂不 暂时不 暂时不用 暂缓 缓缓 缓一缓 later 回去再说 回去再填 有空再说 有空再填 忙完再说 忙完再填 再说 再等等 再看看 现在没空 没空 在忙 忙着 正忙 马上 再补 后面再补 之后再说 先不填 存草稿 先存草稿 存草稿吧 到时候再说 暂存 先暂存 忙完再弄 忙完再填 等等再说 等会再说 一会再填 一会儿再说 一会儿再填 下午再说 下午再填 晚上再说 晚上再填 我先忙`)
)

// Answer reads a whole message as an answer. One that says more than yes, no or
// later (不是,改成3万) and one that asks back (对吗) is None; 对,没问题 says yes twice.
func Answer(text string) Reply {
	if r := answer(text); r != None {
		return r
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,，。!！、;；", r) })
	if len(parts) < 2 {
		return None
	}
	first := answer(parts[0])
	for _, part := range parts[1:] {
		if answer(part) != first {
			return None
		}
	}
	return first
}

// answer reads what is said in one breath.
func answer(text string) Reply {
	word := strings.ToLower(bare(text))
	for range 3 {
		switch {
		case word == "":
			return None
		case slices.Contains(yesWords, word):
			return Yes
		case slices.Contains(noWords, word):
			return No
		case slices.Contains(laterWords, word):
			return Later
		case slices.Contains(neitherWords, word):
			return Neither
		}
		shorter := word
		for _, tail := range [...]string{"啊", "呀", "哦", "噢", "喔", "呢", "哈", "啦", "嘞", "吧", "的", "了", "咯", "哇", "嘛", "哟", "谢谢", "滴", "捏", "~"} {
			if s, ok := strings.CutSuffix(word, tail); ok && s != "" {
				shorter = s
				break
			}
		}
		if shorter == word {
			return None
		}
		word = shorter
	}
	return None
}

// bare is the text folded and without blanks and punctuation, except a question mark.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		r = simple(r)
		if strings.ContainsRune(" \t\r\n,。.!;、…~\ufe0f“”\"'「」", r) {
			return -1
		}
		return r
	}, text)
}

// Choice reads a whole message as the number of a button: 1, １, 一, ①, 第一个,
// 选1, 回复1, "1、", 第2项, 1️⃣. Numbers go from 0 to 99.
func Choice(text string) (n int, ok bool) {
	l := newLine(bare(text))
	i, to := 0, len(l.r)
	for _, prefix := range [...]string{"我选择", "我选", "选择", "选项", "选", "回复", "回", "点击", "点", "就", "要", "按", "序号", "编号", "答"} {
		if j := l.word(i, prefix); j > 0 {
			i = j
			break
		}
	}
	if l.in(i, ":") {
		i++
	}
	ordinal := l.get(i) == '第'
	if ordinal || l.get(i) == '(' || l.get(i) == '【' || l.get(i) == '[' {
		i++
	}
	for to > i && l.in(to-1, "吧啊的呢哈") {
		to--
	}
	n, end := l.smallNumber(i)
	if end == i {
		return 0, false
	}
	if l.in(end, ")】]:号个项条") && (end+1 == to || end+2 == to && l.in(end+1, ")、项")) {
		if l.in(end, "个条") && !ordinal && i == 0 {
			return 0, false // 3个, 2条: how many, not which
		}
		end = to
	}
	return n, end == to
}

// smallNumber reads a number up to 99 at i in any script; end is i if there is none.
func (l *Line) smallNumber(i int) (n, end int) {
	r := l.get(i)
	for _, row := range [...]struct {
		first rune
		base  int
		count rune
	}{{'①', 1, 20}, {'⑴', 1, 20}, {'⒈', 1, 20}, {'❶', 1, 10}, {'➀', 1, 10}, {'➊', 1, 10}, {'㈠', 1, 10}, {'㊀', 1, 10}, {'Ⅰ', 1, 12}, {'ⅰ', 1, 12}, {'㉑', 21, 15}, {'⓪', 0, 1}, {'⓿', 0, 1}} {
		if r >= row.first && r < row.first+row.count {
			return row.base + int(r-row.first), i + 1
		}
	}
	switch r {
	case '🔟':
		return 10, i + 1
	case '零', '〇':
		return 0, i + 1
	}
	j := i
	for isDigit(l.get(j)) {
		n = n*10 + int(l.r[j]-'0')
		j++
	}
	if j-i > 2 {
		return 0, i
	}
	if j > i {
		if l.get(j) == '\u20e3' {
			j++
		}
		return n, j
	}
	c, what := l.cardinal(i)
	v, whole := c.value.Int()
	if what != read || c.spread != 0 || !whole || v > 99 || l.get(i) == '两' {
		return 0, i
	}
	return int(v), c.end
}
