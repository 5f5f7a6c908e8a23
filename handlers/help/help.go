// Package help is the duty of saying what the desk can do, of taking up what was
// left, and of answering a greeting.
package help

import (
	"context"

	"zhuanban/bot"
)

const name = "help"

// Handler is the duty as the bot knows it.
func Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: []string{"帮助", "help", "Help", "菜单", "怎么用", "使用说明", "功能", "你能做什么", "能做什么"}, Do: help},
			{Words: []string{"你好", "您好", "在吗", "在不在", "早上好", "下午好", "hi", "Hi", "hello", "Hello", "开始"}, Do: help, Alone: true},
			{Words: []string{"谢谢", "多谢", "辛苦了", "好的谢谢", "收到", "知道了"}, Do: thanks, Alone: true},
			{Words: []string{"继续", "继续填", "接着填", "我的草稿"}, Do: resume, Alone: true},
			{Words: []string{"恢复", "找回", "恢复草稿"}, Do: restore, Alone: true},
			{Words: []string{"取消", "提交", "修改", "一步一步", "上一步", "跳过", "完成", "草稿"}, Do: nothing, Alone: true, Yield: true},
		},
		Taps: map[string]func(context.Context, *bot.Turn, string) error{
			"menu":   help,
			"resume": resume,
		},
	}
}

// View is who asks for help.
type View struct {
	Name   string
	Files  bool // reports leads and figures
	Office bool
	Leader bool
}

func help(_ context.Context, t *bot.Turn, _ string) error {
	t.Say("help.menu", View{Name: t.Person.Name, Files: t.Person.Files() && t.Unit().Reports(),
		Office: t.Person.Office(), Leader: t.Person.Leader()})
	return nil
}

func thanks(_ context.Context, t *bot.Turn, _ string) error {
	t.Say("help.thanks", nil)
	return nil
}

func resume(ctx context.Context, t *bot.Turn, _ string) error { return t.Resume(ctx) }

func restore(ctx context.Context, t *bot.Turn, _ string) error { return t.Restore(ctx) }

// nothing answers words that only mean something while a form is open.
func nothing(_ context.Context, t *bot.Turn, _ string) error {
	t.Say("form.none", nil)
	return nil
}
