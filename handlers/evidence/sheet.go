package evidence

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/store"
)

// sheet takes 「核验单 132」.
func (d *Duty) sheet(ctx context.Context, t *bot.Turn, rest string) error {
	l, _, err := d.find(ctx, t, rest)
	if err != nil || l == nil {
		return err
	}
	return d.print(ctx, t, *l)
}

func (d *Duty) sheetTap(ctx context.Context, t *bot.Turn, arg string) error {
	l, err := d.byID(ctx, t, arg)
	if err != nil || l == nil {
		return err
	}
	return d.print(ctx, t, *l)
}

// print makes the sheet and sends it to the speaker. A chain that is broken proves
// nothing: then there is none.
func (d *Duty) print(ctx context.Context, t *bot.Turn, l store.Lead) error {
	v, err := d.read(ctx, t, l)
	switch {
	case err != nil:
		return err
	case v.Flaw != "":
		t.Say("evidence.broken", v)
		return nil
	case len(v.Items) == 0:
		t.Say("evidence.empty", l.Number)
		return nil
	}
	year := t.Now.In(calendar.Shanghai).Year()
	n, err := t.Tx.Counters().Next(ctx, fmt.Sprintf("sheet:%d", year))
	if err != nil {
		return fmt.Errorf("numbering a sheet: %w", err)
	}
	v.Sheet = fmt.Sprintf("HY-%d-%04d", year, n)
	data, err := document(d.cfg.Title, v)
	if err != nil {
		return fmt.Errorf("making the sheet of %s: %w", l.Number, err)
	}
	path, err := d.cfg.Save(v.Sheet+".docx", data)
	if err != nil {
		return fmt.Errorf("keeping the sheet of %s: %w", l.Number, err)
	}
	reason := "核验单 " + l.Number
	err = t.Tx.Audit().Append(ctx, store.AuditEntry{At: t.Now, Actor: t.Person.Account, Action: name + ".sheet", Object: l.Number, Reason: reason,
		Details: fmt.Sprintf("%s, %d entries, head %s, sha256 %x", v.Sheet, len(v.Items), v.Head, sha256.Sum256(data))})
	if err != nil {
		return err
	}
	t.Because(reason)
	t.Say("evidence.sheet", v)
	t.Show(bot.Reply{Kind: bot.FileReply, Text: v.Sheet + ".docx", Path: path, Name: "核验单 " + l.Number + " " + v.Sheet + ".docx"})
	return nil
}

// document is the sheet as a Word document.
func document(title string, v View) ([]byte, error) {
	rows := [][]string{{"项", "种类", "名称、网址和说明", "固定时间", "固定人", "来源", "大小（字节）", "SHA-256", "本项校验值"}}
	for _, i := range v.Items {
		what := i.Name
		if i.URL != "" {
			what = i.URL + "\n" + i.Note
		}
		size := ""
		if i.Size > 0 {
			size = strconv.FormatInt(i.Size, 10)
		}
		source := i.Platform
		if i.Source != "" {
			source += "\n消息 " + i.Source
		}
		if !i.Said.IsZero() {
			source += "\n" + stamp(i.Said)
		}
		rows = append(rows, []string{strconv.FormatInt(i.No, 10), kinds[i.Kind], what, stamp(i.At), i.Person, source, size, i.SHA256, i.Hash})
	}
	return word{
		heading: "电子证据核验单",
		lines: []string{title, "线索编号：" + v.Number + "　　单号：" + v.Sheet,
			"打印人：" + v.By + "　　打印时间：" + stamp(v.Printed),
			fmt.Sprintf("共 %d 项，链尾校验值（第 %d 项）：%s", len(v.Items), v.Items[len(v.Items)-1].No, v.Head)},
		rows:   rows,
		widths: []int{500, 900, 2700, 1500, 1300, 1700, 1000, 2600, 2600},
		after: []string{"核验办法：对原文件算 SHA-256，应与本单相同；本项校验值由上一项的校验值和本项内容算出，任何一项改动、抽去或插入，其后各项都会对不上。在服务器上运行 zhuanban verify 可全部重算。",
			"本单只证明上述文件和记录自固定时起没有变动，不证明其内容真实。",
			"核验人（签字）：　　　　　　　　日期："},
	}.bytes()
}

// kinds are the kinds of entry as they stand on paper.
var kinds = map[string]string{string(store.EvidenceFile): "文件", string(store.EvidencePromised): "文件（待取）", string(store.EvidenceArrived): "文件（取到）", string(store.EvidenceLink): "链接"}
