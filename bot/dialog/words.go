package dialog

import (
	"slices"
	"strings"

	"zhuanban/bot/zh"
)

// actions are the words that do what a button does, said alone. Which of them
// count depends on where the conversation stands: see step.word.
var actions = map[string]Action{
	"提交": Submit, "报送": Submit, "确认提交": Submit, "确认": Submit, "确定": Submit, "提交吧": Submit, "上报": Submit,
	"修改": Edit, "改": Edit, "怎么改": Edit, "我要改": Edit,
	"一步一步": Guide, "一步步": Guide, "逐项": Guide, "逐项填": Guide, "一项一项": Guide, "引导": Guide, "一步一步来": Guide,
	"补充": More, "补充分类": More, "分类": More,
	"上一步": Back, "返回": Back, "上一项": Back, "退回上一步": Back,
	"跳过": Skip, "下一步": Skip, "下一项": Skip, "略过": Skip, "pass": Skip,
	"看草稿": Show, "草稿": Show, "看看": Show, "预览": Show, "继续": Show,
	"完成": Finish, "填完了": Finish, "不填了": Finish, "就这些": Finish, "没有了": Finish, "先这样": Finish,
	"撤回": Undo, "撤销": Undo, "退回去": Undo, "恢复上一次": Undo,
	"取消": Drop, "不报了": Drop, "算了": Drop, "放弃": Drop, "作废": Drop, "删除草稿": Drop, "取消草稿": Drop, "不要了": Drop,
}

// plain is a message as words of command are compared: folded, without
// punctuation and particles at its end.
func plain(s string) string {
	s = strings.TrimSpace(strings.ToLower(zh.Fold(s)))
	s = strings.TrimRight(s, "。.!！?？~～,，、;；:： ")
	for _, tail := range []string{"一下", "吧", "了吧", "啦", "呗"} {
		if t := strings.TrimSuffix(s, tail); len([]rune(t)) >= 2 {
			s = t
		}
	}
	return s
}

// word is the action that a text is the word of, where the conversation stands.
func (s *step) word(text string) (Action, bool) {
	w := plain(text)
	a, ok := actions[w]
	if !ok {
		if s.d.Phase == Confirming && zh.Answer(text) == zh.Yes {
			return Submit, true
		}
		return "", false
	}
	guided := s.d.Phase == Guided
	switch a {
	case Back, Skip, Finish:
		return a, guided
	case Undo:
		return a, s.d.Undo != nil
	case More:
		return a, len(s.followups()) > 0
	}
	return a, true
}

// separators end a piece of a sentence.
func separator(r rune) bool {
	return strings.ContainsRune(",;!?。\n\t|/，；！？", r)
}

// nothing are the words for "there is none".
func nothing(s string) bool {
	switch plain(s) {
	case "无", "没有", "没", "零", "0", "都没有", "全无", "均无", "全为零", "都是0", "都是零", "都为0":
		return true
	}
	return false
}

// ignorance says whether a text says that nobody knows.
func ignorance(s string) bool {
	p := plain(s)
	for _, front := range []string{"目前", "暂时", "都", "全都", "均", "也", "还"} {
		p = strings.TrimPrefix(p, front)
	}
	return slices.Contains(ignorant, p)
}

// ignorant are the words for "nobody knows".
var ignorant = strings.Fields("暂不清楚 还不清楚 不太清楚 说不清楚 都不知道 还不知道 暂不知道 不知道 不清楚 不明确 不明 未知 待查明 待查 待核查 待核实 待定 不详 不晓得 没有名字 待统计 未统计 暂无 查不到 不确定")

// bind is the words between a name and its value.
var binds = []string{"改成了", "更正为", "修改为", "应该是", "改成", "改为", "变为", "调整为", "更改为", "应为", "改到", "换成", "叫做", "叫", "是", "为", ":", "=", "改"}

// trimBind cuts a binding word off the front and says whether there was one.
func trimBind(s string) (string, bool) {
	t := strings.TrimLeft(s, " ")
	for _, b := range binds {
		if rest, ok := strings.CutPrefix(t, b); ok {
			return strings.TrimLeft(rest, " :"), true
		}
	}
	return t, t != s
}
