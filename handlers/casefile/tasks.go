package casefile

import (
	"context"
	"time"

	"zhuanban/bot"
	"zhuanban/handlers/lead"
	"zhuanban/store"
)

// shownTasks is how many tasks fit on a phone.
const shownTasks = 10

// TaskView is one thing that somebody has to do until some time.
type TaskView struct {
	ID                   int64
	Number, Short, State string
	Subject, Unit        string
	Limit                lead.LimitView
	HasLimit             bool
}

// TasksView is what a unit has in hand, or all units.
type TasksView struct {
	Unit   string
	Late   bool // only what is late
	More   bool // there is more than is shown
	Tasks  []TaskView
	Yellow int
	Red    int
}

// tasks is 「我的任务」: what the speaker's unit has in hand, and until when. The office and
// the leaders see what is due next anywhere.
func (d *Duty) tasks(ctx context.Context, t *bot.Turn, _ string) error {
	if t.Person.SeesAll() {
		return d.list(ctx, t, t.Now.AddDate(10, 0, 0), false)
	}
	if !t.Person.Files() {
		t.Say("case.office_only", nil)
		return nil
	}
	work, err := t.Tx.Handlings().Work(ctx, t.Person.Unit, shownTasks+1)
	if err != nil {
		return err
	}
	return d.say(ctx, t, work, TasksView{Unit: t.Roster().UnitName(t.Person.Unit)})
}

// overdue is 「超期」: what is late, of all units or the speaker's own.
func (d *Duty) overdue(ctx context.Context, t *bot.Turn, _ string) error {
	if t.Person.SeesAll() {
		return d.list(ctx, t, t.Now, true)
	}
	return d.tasks(ctx, t, "")
}

func (d *Duty) list(ctx context.Context, t *bot.Turn, before time.Time, late bool) error {
	due, err := t.Tx.Handlings().Due(ctx, before, shownTasks+1)
	if err != nil {
		return err
	}
	return d.say(ctx, t, due, TasksView{Late: late})
}

func (d *Duty) say(ctx context.Context, t *bot.Turn, rows []store.Handling, v TasksView) error {
	if v.More = len(rows) > shownTasks; v.More {
		rows = rows[:shownTasks]
	}
	var err error
	if v.Tasks, err = d.taskViews(ctx, t.Tx, t.Roster(), t.Now, rows); err != nil {
		return err
	}
	for _, task := range v.Tasks {
		switch task.Limit.Level {
		case "yellow":
			v.Yellow++
		case "red":
			v.Red++
		}
	}
	t.Say("case.tasks", v)
	return nil
}

// taskViews are handlings as tasks: the lead, and what is due of it next.
func (d *Duty) taskViews(ctx context.Context, tx *store.Tx, r *bot.Roster, now time.Time, rows []store.Handling) ([]TaskView, error) {
	var ids []int64
	for _, h := range rows {
		ids = append(ids, h.LeadID)
	}
	leads, err := tx.Leads().Of(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []TaskView
	for _, h := range rows {
		l := leads[h.LeadID]
		v := TaskView{ID: l.ID, Number: l.Number, Short: short(l.Number), State: string(l.State), Subject: l.Subject, Unit: r.UnitName(h.Unit)}
		if !h.DueAt.IsZero() {
			v.Limit, v.HasLimit = d.lead.DueView(h, now), true
		}
		out = append(out, v)
	}
	return out, nil
}
