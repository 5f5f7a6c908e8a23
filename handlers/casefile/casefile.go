// Package casefile is the duty of what becomes of a lead after its registration: the
// office judges and assigns it, a unit accepts, checks and reports back, it becomes a
// case or goes to somebody else, and in the end it is closed.
//
// Everything is one message, 「132 立案 安市监立〔2024〕12号 案值3万」, or one tap on a
// card. What a message says is read in order.go and args.go; whether it may be done is
// asked of package flow, where all moves are a table; what it does to the records is in
// effects.go, one function a move; act.go does what all moves have in common: the check,
// the question for what is missing, the record, the event, the words. The office's queue
// is desk.go, a unit's work tasks.go, and what is said without being asked remind.go.
//
// Who hears of a move hears the least: the reporter a number and a state, the office what
// was fed back, a group nothing at all.
package casefile

import (
	"context"
	"fmt"
	"slices"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/weekly/table"
)

// Config is what the configuration says of cases.
type Config struct {
	Calendar *calendar.Calendar
	// Figures are the words that name figures of the weekly table: 「立案 2」 is one, and no
	// order about lead 2.
	Figures map[string]bool
	// Digest is when, on workdays, people hear what is due; nil = never.
	Digest *table.Clock
	// Notice begins the numbers of supervision notices: 督办 in 督办〔2024〕1号.
	Notice string
}

// Duty handles what becomes of leads.
type Duty struct {
	cfg  Config
	lead *lead.Duty
	read *reader
}

// New makes the duty; leads is the duty that registers and shows them.
func New(c Config, leads *lead.Duty) *Duty {
	return &Duty{cfg: c, lead: leads, read: newReader(leads.Prefix(), c.Figures, leads.Number)}
}

// name begins the duty's taps.
const name = "case"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: []string{"研判", "待办", "待研判", "研判线索", "线索研判"}, Do: d.desk, Yield: true},
			{Words: []string{"按建议全部交办", "全部按建议交办", "全部交办"}, Do: d.assignAll, Alone: true},
			{Words: []string{"我的任务", "任务", "待办任务", "我的待办", "到期", "快到期"}, Do: d.tasks, Alone: true},
			{Words: []string{"超期", "超期线索", "超期清单"}, Do: d.overdue, Alone: true},
			{Words: []string{"取消"}, Do: d.cancel, Alone: true, Yield: true},
		},
		Claim: d.claim,
		Take:  d.take,
		Taps: map[string]func(context.Context, *bot.Turn, string) error{
			"do":        d.onTap,
			"merge":     d.mergeTap,
			"suggested": d.assignSuggested,
			"all":       func(ctx context.Context, t *bot.Turn, _ string) error { return d.assignAll(ctx, t, "") },
			"sign":      d.sign,
			"desk":      func(ctx context.Context, t *bot.Turn, _ string) error { return d.desk(ctx, t, "") },
			"tasks":     func(ctx context.Context, t *bot.Turn, _ string) error { return d.tasks(ctx, t, "") },
		},
		Wanted: d.wanted(),
	}
}

// claim recognises an order about a lead, and the answer to what was asked about one.
func (d *Duty) claim(ctx context.Context, t *bot.Turn) bot.Certainty {
	if t.Message.Text == "" || !t.Person.Files() && !t.Person.SeesAll() {
		return bot.No
	}
	if _, ok := d.read.read(t.Message.Text, t.Now, t.Person.Files()); ok {
		return bot.Certain
	}
	certain := hasDocument(t.Message.Text) || drops(t.Message.Text)
	if t.Understood() && !certain {
		return bot.No
	}
	_, ok := d.asked(ctx, t)
	switch {
	case ok && certain: // no figure and no lead is like that
		return bot.Certain
	case ok && !t.Understood():
		return bot.Likely
	}
	return bot.No
}

// take does what an order says, to each of its leads.
func (d *Duty) take(ctx context.Context, t *bot.Turn) error {
	o, ok := d.read.read(t.Message.Text, t.Now, t.Person.Files())
	if !ok {
		return d.answer(ctx, t)
	}
	o = together(o, d.read)
	if len(o.numbers) > most {
		t.Say("case.too_many", most)
		return nil
	}
	if len(o.numbers) > 1 {
		return d.batch(ctx, t, o)
	}
	m, err := d.lead.Find(ctx, t, o.numbers[0])
	if err != nil || m == nil {
		return err
	}
	return d.order(ctx, t, m, o)
}

// together reads 「串并 135 和 132」: of leads that belong together the last one named is the
// one that the others go to, where no other is.
func together(o order, r *reader) order {
	moves := flow.Called(o.word)
	if len(o.numbers) < 2 || len(moves) == 0 || !slices.Contains(moves[0].Needs, flow.Other) || r.single.MatchString(o.rest) {
		return o
	}
	last := len(o.numbers) - 1
	o.rest = trim(o.numbers[last] + " " + o.rest)
	o.numbers = o.numbers[:last]
	return o
}

// most is how many leads one order may name: more is a slip.
const most = 30

// order does what was ordered with one lead.
func (d *Duty) order(ctx context.Context, t *bot.Turn, m *lead.Matter, o order) error {
	mv, refusal := d.choose(t, m, o)
	if !refusal.OK() {
		d.refuse(t, m, mv, o.word, refusal)
		return nil
	}
	a := act{Duty: d, t: t, m: m, move: mv, args: d.parse(t, mv, o)}
	if lacking := a.args.missing(mv); len(lacking) > 0 {
		return d.ask(ctx, t, m, mv, o, lacking)
	}
	done, err := a.do(ctx)
	switch {
	case err != nil:
		return err
	case done:
		a.reply()
	case a.why != "":
		t.Say("case.not_done", a.view())
	}
	return nil
}

// choose finds the move that an order means. A transfer to the police that has the number
// of its document has left: the head has decided on paper.
func (d *Duty) choose(t *bot.Turn, m *lead.Matter, o order) (flow.Move, flow.Refusal) {
	word := o.word
	if word == "移送" && len(o.rest) >= len("公安") && o.rest[:len("公安")] == "公安" {
		word = "移送公安"
	}
	if word == "移送公安" && hasDocument(o.rest) {
		word = "已移送公安"
	}
	return flow.Choose(word, m.Flow(), lead.Mover(t.Roster(), t.Person))
}

// onTap makes the move of a button: "refuse:42".
func (d *Duty) onTap(ctx context.Context, t *bot.Turn, arg string) error {
	move, id := cut(arg)
	mv, ok := flow.Find(flow.Name(move))
	if !ok {
		t.Say("bot.stale", nil)
		return nil
	}
	m, err := d.lead.Open(ctx, t, bot.ID(id))
	if err != nil || m == nil {
		return err
	}
	return d.order(ctx, t, m, order{numbers: []string{m.Lead.Number}, word: mv.Words[0]})
}

// mergeTap makes one lead part of another that it seems to repeat: "NEW:OLD".
func (d *Duty) mergeTap(ctx context.Context, t *bot.Turn, arg string) error {
	fresh, old := cut(arg)
	m, err := d.lead.Open(ctx, t, bot.ID(fresh))
	if err != nil || m == nil {
		return err
	}
	other, err := d.lead.Open(ctx, t, bot.ID(old))
	if err != nil || other == nil {
		return err
	}
	o, ok := d.read.read("合并 "+m.Lead.Number+" 到 "+other.Lead.Number, t.Now, false)
	if !ok {
		return fmt.Errorf("the order to merge %s with %s is not understood", m.Lead.Number, other.Lead.Number)
	}
	return d.order(ctx, t, m, o)
}

// refuse says why a move may not be made, and what could be done instead.
func (d *Duty) refuse(t *bot.Turn, m *lead.Matter, mv flow.Move, word string, r flow.Refusal) {
	v := RefusalView{View: d.lead.View(t, m), Word: word, Why: string(r.Why), Short: short(m.Lead.Number)}
	for _, right := range mv.Who {
		v.Who = append(v.Who, string(right))
	}
	seen := map[string]bool{}
	slices.SortStableFunc(r.Next, func(a, b flow.Move) int { return lead.Rank(a.Name) - lead.Rank(b.Name) })
	for _, n := range r.Next {
		if w := n.Words[0]; !seen[w] && len(v.Next) < 6 && n.Name != flow.Withdraw && n.Name != flow.Triage && m.Pends(n.Name) {
			seen[w] = true
			v.Next = append(v.Next, w)
		}
	}
	t.Say("case.refused", v)
}

// RefusalView is why a move may not be made.
type RefusalView struct {
	lead.View
	Short, Word, Why string
	Who              []string // the rights that it asks for
	Next             []string // what the person could order instead
}

func (d *Duty) errorf(m *lead.Matter, doing string, err error) error {
	return fmt.Errorf("%s %s: %w", doing, m.Lead.Number, err)
}
