package casefile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/schedule"
	"zhuanban/handlers/lead/flow"
	"zhuanban/handlers/lead/limits"
	"zhuanban/store"
)

// Clocks is the job that says what is due: one digest a person and workday, in the
// morning.
type Clocks struct {
	duty   *Duty
	roster func() *bot.Roster
}

// Clocks makes the job. r gives the roster that is in force.
func (d *Duty) Clocks(r func() *bot.Roster) *Clocks { return &Clocks{d, r} }

// Due lists the workday mornings. Days of a year that the calendar does not know have
// none: what is due then cannot be counted either.
func (c *Clocks) Due(from, until time.Time) ([]schedule.Occurrence, error) {
	at := c.duty.cfg.Digest
	if at == nil {
		return nil, nil
	}
	var out []schedule.Occurrence
	for day := calendar.DateOf(from); !day.After(calendar.DateOf(until)); day = day.AddDays(1) {
		worked, err := c.duty.cfg.Calendar.Workday(day)
		var missing calendar.MissingYear
		if errors.As(err, &missing) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("when to say what is due: %w", err)
		}
		due := day.At(at.Hour, at.Minute)
		if !worked || !due.After(from) || due.After(until) {
			continue
		}
		out = append(out, schedule.Occurrence{Job: "case:due", Due: due, Until: day.AddDays(1).Time(), What: "线索时限",
			Fire: func(ctx context.Context, tx *store.Tx, now time.Time) ([]bot.Notice, error) {
				return c.fire(ctx, tx, now)
			}})
	}
	return out, nil
}

// rung is who hears of something from how many workdays after its end on; negative
// numbers are workdays before it.
type rung struct {
	from int
	who  func(r *bot.Roster, h store.Handling) []bot.Person
	sign bool // they get the draft of a notice to sign
}

// ladder is how reminding goes up: the unit's filers from three workdays before the end,
// after it who stands in for them, then the head, then the office, whose director gets
// the draft of a numbered notice.
var ladder = []rung{
	{from: -limits.WarnAt, who: handlers},
	{from: 1, who: deputies},
	{from: 2, who: heads},
	{from: 3, who: directors, sign: true},
}

func handlers(r *bot.Roster, h store.Handling) []bot.Person { return r.Of(h.Unit, bot.Filer) }

func deputies(r *bot.Roster, h store.Handling) []bot.Person {
	var out []bot.Person
	for _, p := range r.Of(h.Unit, bot.Filer, bot.Head) {
		if q, ok := r.Person(p.Deputy); ok {
			out = append(out, q)
		}
	}
	return out
}

func heads(r *bot.Roster, h store.Handling) []bot.Person { return r.Of(h.Unit, bot.Head) }

func directors(r *bot.Roster, _ store.Handling) []bot.Person { return r.WithRole(bot.Director) }

// hears says who hears of what is due: of what waits for the office the office, of what
// waits for the reporter the reporter, of a decision on a transfer the chief.
func (c *Clocks) hears(r *bot.Roster, l store.Lead, h store.Handling, over int) map[string]bool {
	out := map[string]bool{} // account → whether to sign
	put := func(people []bot.Person, sign bool) {
		for _, p := range people {
			out[p.Account] = out[p.Account] || sign
		}
	}
	switch {
	case h.DueKind == string(limits.PoliceDecide):
		put(r.WithRole(bot.Chief), false)
		return out
	case flow.State(l.State) == flow.Returned:
		if p, ok := r.Person(l.Reporter); ok {
			put([]bot.Person{p}, false)
		}
		return out
	case h.AssignedAt.IsZero():
		put(r.WithRole(bot.Director, bot.Clerk), false)
		return out
	}
	for _, g := range ladder {
		if over >= g.from {
			put(g.who(r, h), g.sign && h.Supervised == 0)
		}
	}
	return out
}

// DigestView is what one person has to do, or to see to.
type DigestView struct {
	Name        string
	Tasks       []TaskView
	More        int
	Sign        []TaskView // late enough for a notice, which the reader may sign
	Yellow, Red int
}

// atOnce is how many due leads one morning looks at; the oldest come first.
const atOnce = 2000

// ahead is far enough to meet whatever is due within three workdays, over the longest
// holidays there are.
const ahead = 16 * 24 * time.Hour

// fire says what is due to everybody who is to hear of it, each in one message.
func (c *Clocks) fire(ctx context.Context, tx *store.Tx, now time.Time) ([]bot.Notice, error) {
	due, err := tx.Handlings().Due(ctx, now.Add(ahead), atOnce)
	if err != nil {
		return nil, err
	}
	r := c.roster()
	tasks, err := c.duty.taskViews(ctx, tx, r, now, due)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, h := range due {
		ids = append(ids, h.LeadID)
	}
	leads, err := tx.Leads().Of(ctx, ids)
	if err != nil {
		return nil, err
	}
	digests := map[string]*DigestView{}
	var order []string
	for i, h := range due {
		over, soon := overdueBy(tasks[i])
		if !soon {
			continue
		}
		for _, p := range r.People {
			sign, hears := c.hears(r, leads[h.LeadID], h, over)[p.Account]
			if !hears {
				continue
			}
			v := digests[p.Account]
			if v == nil {
				v = &DigestView{Name: p.Name}
				digests[p.Account] = v
				order = append(order, p.Account)
			}
			v.add(tasks[i], sign)
		}
	}
	return notices(digests, order, now), nil
}

// overdueBy is for how many workdays something is late, negative while it is not; soon
// says whether it is to be spoken of at all.
func overdueBy(t TaskView) (over int, soon bool) {
	switch {
	case t.Limit.Year != 0:
		return 0, false
	case t.Limit.Level == string(limits.Red) && t.Limit.ByHour:
		return 1 + t.Limit.Hours/24, true
	case t.Limit.Level == string(limits.Red):
		return t.Limit.Left, true
	case t.Limit.Level == string(limits.Yellow):
		return -t.Limit.Left, true
	}
	return 0, false
}

// shownInDigest is how many tasks a digest names; of the others it tells how many.
const shownInDigest = 8

func (v *DigestView) add(t TaskView, sign bool) {
	if t.Limit.Level == string(limits.Red) {
		v.Red++
	} else {
		v.Yellow++
	}
	if sign && len(v.Sign) < buttonsAtDesk {
		v.Sign = append(v.Sign, t)
	}
	if len(v.Tasks) == shownInDigest {
		v.More++
		return
	}
	v.Tasks = append(v.Tasks, t)
}

func notices(digests map[string]*DigestView, order []string, now time.Time) []bot.Notice {
	var out []bot.Notice
	for _, account := range order {
		v := digests[account]
		out = append(out, bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: account}, Template: "case.digest", Data: *v,
			Item: "case:due", Replaces: "case:due", Priority: bot.PriorityReminder, Wanted: name + ".due:" + v.ids(),
			Expires: calendar.DateOf(now).AddDays(1).Time()})
	}
	return out
}

// ids names what a digest is about, and when each was due: 42@1705651200,…
func (v *DigestView) ids() string {
	var out []string
	for _, t := range v.Tasks {
		out = append(out, fmt.Sprintf("%d@%d", t.ID, t.Limit.Due.Unix()))
	}
	return strings.Join(out, ",")
}

// wanted answers, before a digest is sent, whether anything of it is still due as it was.
func (d *Duty) wanted() map[string]func(context.Context, *store.Tx, string) (bool, error) {
	return map[string]func(context.Context, *store.Tx, string) (bool, error){
		"due": func(ctx context.Context, tx *store.Tx, arg string) (bool, error) {
			var ids []int64
			was := map[int64]string{}
			for one := range strings.SplitSeq(arg, ",") {
				id, at, _ := strings.Cut(one, "@")
				n := bot.ID(id)
				ids, was[n] = append(ids, n), at
			}
			now, err := tx.Handlings().Of(ctx, ids)
			if err != nil {
				return false, err
			}
			return slices.ContainsFunc(ids, func(id int64) bool {
				h, ok := now[id]
				return ok && !h.DueAt.IsZero() && strconv.FormatInt(h.DueAt.Unix(), 10) == was[id]
			}), nil
		},
	}
}
