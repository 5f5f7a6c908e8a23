package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/zh"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// patience is how long the next message may be the answer to a question. After that the
// number has to be said again: a phone is taken up hours later for something else.
const patience = 2 * time.Hour

// AskView is what is missing for a move.
type AskView struct {
	Number, Short, Word string
	Missing             []string
}

// ask asks for all that is missing, in one message, and keeps what was said already.
func (d *Duty) ask(ctx context.Context, t *bot.Turn, m *lead.Matter, mv flow.Move, o order, missing []string) error {
	err := t.Tx.Asks().Put(ctx, store.Ask{Person: t.Person.Account, LeadID: m.Lead.ID, Move: o.word, Said: o.rest, At: t.Now})
	if err != nil {
		return err
	}
	t.Say("case.ask", AskView{m.Lead.Number, short(m.Lead.Number), o.word, missing})
	return nil
}

// asked is the question that the speaker has not answered yet.
func (d *Duty) asked(ctx context.Context, t *bot.Turn) (store.Ask, bool) {
	a, err := t.Tx.Asks().Get(ctx, t.Person.Account)
	if err != nil || a.Move == "" || t.Now.Sub(a.At) > patience {
		return a, false
	}
	return a, true
}

// answer takes a message as the answer to what was asked: together with what was said
// before it is the order.
func (d *Duty) answer(ctx context.Context, t *bot.Turn) error {
	a, ok := d.asked(ctx, t)
	if !ok {
		return nil
	}
	word, said := a.Move, a.Said
	a.Move = ""
	if err := t.Tx.Asks().Put(ctx, a); err != nil {
		return err
	}
	l, err := t.Tx.Leads().Get(ctx, a.LeadID)
	if err != nil {
		return fmt.Errorf("loading the lead that was asked about: %w", err)
	}
	text := strings.TrimSpace(zh.Fold(t.Message.Text))
	if drops(text) {
		t.Say("case.dropped", AskView{Number: l.Number, Word: word})
		return nil
	}
	m, err := d.lead.Load(ctx, t.Tx, l)
	if err != nil {
		return err
	}
	return d.order(ctx, t, m, order{numbers: []string{l.Number}, word: word, rest: trim(said + " " + text)})
}

// drops says whether an answer is that it is not to be done after all.
func drops(text string) bool {
	return slices.Contains([]string{"不办", "不办了", "算了", "取消", "不用了"}, strings.TrimSpace(zh.Fold(text)))
}

// cancel is 「取消」 where no form is open that knows the word.
func (d *Duty) cancel(ctx context.Context, t *bot.Turn, _ string) error {
	if _, ok := d.asked(ctx, t); ok {
		return d.answer(ctx, t)
	}
	t.Say("form.none", nil)
	return nil
}

// hasDocument says whether a text has the number of a document.
func hasDocument(text string) bool { return len(zh.Documents(text)) > 0 }

// short is a number as people say it: 132 of AX-2024-0132.
func short(number string) string {
	i := strings.LastIndexByte(number, '-')
	return strings.TrimLeft(number[i+1:], "0")
}

// cut parts a tap's argument.
func cut(arg string) (before, after string) {
	before, after, _ = strings.Cut(arg, ":")
	return before, after
}

// found says whether there is such a record.
func found(err error) (bool, error) {
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
