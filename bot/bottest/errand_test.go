package bottest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"zhuanban/bot"
	"zhuanban/bot/bottest"
	"zhuanban/bot/dialog"
	"zhuanban/store"
)

// errand is a duty made for these tests: a form that is filed under a number, a
// notice to the office, and ways to go wrong. The engine speaks in templates only,
// so its sentences, and with them its name, are borrowed from the duty of leads.
type errand struct {
	form dialog.Form
	// boom happens at the end of every submission.
	boom func() error
}

// errandForm is the form's first version; each more is a required field more.
func errandForm(more ...string) dialog.Form {
	f := dialog.Form{Title: "差事", Fields: []dialog.Field{
		{Key: "what", Label: "事由", Type: dialog.Text, Required: true},
		{Key: "cost", Label: "花费", Type: dialog.Money, Unit: "元", Required: true},
	}}
	for _, m := range more {
		f.Fields = append(f.Fields, dialog.Field{Key: m, Label: m, Type: dialog.Text, Required: true})
	}
	return f
}

func withErrand(e *errand) bottest.Option {
	if e.form.Title == "" {
		e.form = errandForm()
	}
	return bottest.WithHandlers(func() []bot.Handler { return []bot.Handler{e.handler()} })
}

func (e *errand) handler() bot.Handler {
	return bot.Handler{
		Name: "lead",
		Commands: []bot.Command{
			{Words: []string{"差事"}, Do: func(ctx context.Context, t *bot.Turn, rest string) error {
				return t.Begin(ctx, "lead", "m:"+t.Message.ID, dialog.Draft{}, dialog.Input{Text: rest})
			}},
			{Words: []string{"继续"}, Do: func(ctx context.Context, t *bot.Turn, _ string) error { return t.Resume(ctx) }},
			{Words: []string{"件数"}, Do: e.count},
			{Words: []string{"问题单"}, Do: func(_ context.Context, t *bot.Turn, rest string) error {
				n, err := strconv.ParseInt(rest, 10, 64)
				t.SayAbout("ask:"+rest, "lead.append", question(n))
				return err
			}},
			{Words: []string{"告诉"}, Do: func(_ context.Context, t *bot.Turn, rest string) error {
				t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: rest}, Template: "lead.append",
					Data: question(9), Item: "told", Wanted: "lead.still:" + rest})
				return nil
			}},
			{Words: []string{"写了再错"}, Do: func(ctx context.Context, t *bot.Turn, _ string) error {
				t.Say("form.none", nil)
				if _, err := t.Tx.Counters().Next(ctx, "errands"); err != nil {
					return err
				}
				return errors.New("the handler failed")
			}},
			{Words: []string{"写了再崩"}, Do: func(ctx context.Context, t *bot.Turn, _ string) error {
				if _, err := t.Tx.Counters().Next(ctx, "errands"); err != nil {
					return err
				}
				panic("the handler panicked")
			}},
		},
		Taps:  map[string]func(context.Context, *bot.Turn, string) error{"append": e.say},
		Forms: e,
		Wanted: map[string]func(context.Context, *store.Tx, string) (bool, error){
			"still": func(ctx context.Context, tx *store.Tx, arg string) (bool, error) {
				_, err := tx.Settings().Get(ctx, "done:"+arg)
				return errors.Is(err, store.ErrNotFound), nil
			}},
	}
}

// question is the data of a card with one button, whose tap carries the number.
func question(n int64) any {
	return struct {
		Draft, Lead int64
		Number      string
	}{0, n, fmt.Sprint(n, "号")}
}

// count answers how many errands were filed.
func (e *errand) count(ctx context.Context, t *bot.Turn, _ string) error {
	text, err := t.Tx.Settings().Get(ctx, "errands")
	if err != nil {
		text = "0"
	}
	t.Show(bot.Reply{Kind: bot.TextReply, Text: "共" + text + "件"})
	return nil
}

func (e *errand) say(_ context.Context, t *bot.Turn, arg string) error {
	t.Show(bot.Reply{Kind: bot.TextReply, Text: "按了" + arg})
	return nil
}

// Form gives the version that a draft was begun with.
func (e *errand) Form(ctx context.Context, t *bot.Turn, _, hash string) (bot.OpenForm, error) {
	form := e.form
	body, err := json.Marshal(form)
	if err != nil {
		return bot.OpenForm{}, err
	}
	current := fmt.Sprint("fields-", len(form.Fields))
	if hash != "" && hash != current {
		kept, err := t.Tx.Forms().Get(ctx, "lead", hash)
		if err != nil {
			return bot.OpenForm{}, err
		}
		form, body, current = dialog.Form{}, kept.Body, hash
		if err := json.Unmarshal(body, &form); err != nil {
			return bot.OpenForm{}, err
		}
	}
	return bot.OpenForm{Form: &form, Env: dialog.Env{Now: t.Now}, Hash: current, Body: body}, nil
}

// Submit files the errand: a number for it, and a notice to the office.
func (e *errand) Submit(ctx context.Context, t *bot.Turn, s *bot.Session) (string, error) {
	n, err := t.Tx.Counters().Next(ctx, "errands")
	if err != nil {
		return "", err
	}
	if err := t.Tx.Settings().Set(ctx, "errands", fmt.Sprint(n)); err != nil {
		return "", err
	}
	number := fmt.Sprintf("差事-%d", n)
	t.Say("lead.unknown", number)
	t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: "cleo"}, Template: "lead.unknown", Data: number})
	if e.boom != nil {
		return number, e.boom()
	}
	return number, nil
}
