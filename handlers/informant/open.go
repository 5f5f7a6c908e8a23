package informant

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"zhuanban/bot"
	"zhuanban/store"
)

// openFor is how long an approval holds, and how long what was shown can be seen.
const openFor = 10 * time.Minute

// leastReason is how many characters a reason has at least: 「看看」 is none.
const leastReason = 4

// OpeningView is a wish to see an informant, as the templates show it.
type OpeningView struct {
	ID             int64
	Number         string
	Asker, AskerOf string // name and unit
	Decider        string
	Reason         string
	Until          time.Time
	Step           string
}

// IdentityView is an informant, shown once.
type IdentityView struct {
	Number                   string
	Name, Phone, Card, Reach string
	RealName, Secret         bool
	Until                    time.Time
}

// ask takes 「查看举报人 132 理由」.
func (d *Duty) ask(ctx context.Context, t *bot.Turn, rest string) error {
	number, reason, ok := d.cfg.Leads.Number(rest, t.Now)
	if !ok {
		t.Say("informant.how_to_ask", "")
		return nil
	}
	l, err := t.Tx.Leads().ByNumber(ctx, number)
	may := false
	if err == nil {
		may, err = d.may(ctx, t, l)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("looking for a lead: %w", err)
	}
	if !may {
		t.Say("informant.not_yours", number)
		return d.audit(ctx, t, "denied", number, "", "to ask")
	}
	if utf8.RuneCountInString(reason) < leastReason {
		t.Say("informant.how_to_ask", number)
		return nil
	}
	return d.request(ctx, t, l, digits.ReplaceAllString(reason, "(号码略)"))
}

// digits are what may be somebody's number: it belongs into no reason.
var digits = regexp.MustCompile(`[0-9Xx*-]{7,}`)

// may says who may ask: who handles the lead, and the office's director. The custodian
// and the administrator, who keep the keys' two sides, may not.
func (d *Duty) may(ctx context.Context, t *bot.Turn, l store.Lead) (bool, error) {
	switch t.Person.Role {
	case bot.Director:
		return true, nil
	case bot.Custodian, bot.Admin:
		return false, nil
	}
	return d.cfg.Leads.Handles(ctx, t, l)
}

// request puts the wish before the custodians.
func (d *Duty) request(ctx context.Context, t *bot.Turn, l store.Lead, reason string) error {
	if _, err := t.Tx.Informants().Of(ctx, l.ID); err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		t.Say("informant.none", l.Number)
		return nil
	}
	if _, err := t.Tx.Openings().Waiting(ctx, l.ID, t.Person.Account); !errors.Is(err, store.ErrNotFound) {
		if err == nil {
			t.Say("informant.waits", l.Number)
		}
		return err
	}
	custodians := slices.DeleteFunc(t.Roster().WithRole(bot.Custodian), func(p bot.Person) bool { return p.Account == t.Person.Account })
	if len(custodians) == 0 {
		t.Say("informant.no_custodian", nil)
		return nil
	}
	o := store.Opening{ID: t.Tx.NewID(), LeadID: l.ID, Asker: t.Person.Account, Reason: reason, State: store.OpeningAsked, AskedAt: t.Now}
	if err := t.Tx.Openings().Insert(ctx, o); err != nil {
		return err
	}
	if err := d.audit(ctx, t, "asked", l.Number, reason, ""); err != nil {
		return err
	}
	v := d.view(t, o, l.Number)
	for _, p := range custodians {
		t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: "informant.request", Data: v, Item: item(o.ID)})
	}
	d.tell(t, Asked, v)
	t.Say("informant.asked", l.Number)
	return nil
}

func item(id int64) string { return "opening:" + strconv.FormatInt(id, 10) }

func (d *Duty) view(t *bot.Turn, o store.Opening, number string) OpeningView {
	v := OpeningView{ID: o.ID, Number: number, Asker: t.Roster().PersonName(o.Asker), Decider: t.Roster().PersonName(o.DecidedBy), Reason: o.Reason, Until: o.ExpiresAt}
	if p, ok := t.Roster().Person(o.Asker); ok {
		v.AskerOf = t.Roster().UnitName(p.Unit)
	}
	return v
}

// opening reads a wish and its lead; ok is false, with the answer said, if there is none.
func (d *Duty) opening(ctx context.Context, t *bot.Turn, arg string) (o store.Opening, l store.Lead, ok bool, err error) {
	if o, err = t.Tx.Openings().Get(ctx, bot.ID(arg)); err == nil {
		l, err = t.Tx.Leads().Get(ctx, o.LeadID)
	}
	if errors.Is(err, store.ErrNotFound) {
		t.Say("bot.stale", nil)
		return o, l, false, nil
	}
	return o, l, err == nil, err
}

// decide is the custodian's word. It is never the asker's own.
func (d *Duty) decide(ctx context.Context, t *bot.Turn, arg string, agree bool) error {
	o, l, ok, err := d.opening(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	if t.Person.Role != bot.Custodian || t.Person.Account == o.Asker {
		t.Say("informant.not_yours", l.Number)
		return d.audit(ctx, t, "denied", l.Number, "", "to decide")
	}
	if o.State != store.OpeningAsked {
		t.Say("informant.decided_before", l.Number)
		return nil
	}
	o.State, o.DecidedBy, o.DecidedAt = store.OpeningRefused, t.Person.Account, t.Now
	step := Refused
	if agree {
		step, o.State, o.ExpiresAt = Approved, store.OpeningApproved, t.Now.Add(openFor)
	}
	if err := t.Tx.Openings().Move(ctx, o, store.OpeningAsked); err != nil {
		return err
	}
	if err := d.audit(ctx, t, string(step), l.Number, o.Reason, "asked by "+o.Asker); err != nil {
		return err
	}
	t.Close(item(o.ID))
	v := d.view(t, o, l.Number)
	n := bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: o.Asker}, Template: "informant.refused", Data: v, Item: item(o.ID)}
	if agree {
		n.Template, n.Urgent, n.Expires = "informant.approved", true, o.ExpiresAt
	}
	t.Notify(n)
	d.tell(t, step, v, o.Asker)
	v.Step = string(step)
	t.Say("informant.decided", v)
	return nil
}

// open shows the identity to who asked, once.
func (d *Duty) open(ctx context.Context, t *bot.Turn, arg string) error {
	o, l, ok, err := d.opening(ctx, t, arg)
	if err != nil || !ok {
		return err
	}
	may := t.Person.Account == o.Asker
	if may {
		may, err = d.may(ctx, t, l) // it may be somebody else's lead by now
	}
	switch {
	case err != nil:
		return err
	case !may:
		t.Say("informant.not_yours", l.Number)
		return d.audit(ctx, t, "denied", l.Number, "", "to open")
	case o.State != store.OpeningApproved:
		t.Say("informant.seen", l.Number)
		return nil
	case t.Now.After(o.ExpiresAt):
		t.Say("informant.expired", l.Number)
		return nil
	}
	row, err := t.Tx.Informants().Of(ctx, l.ID)
	if err != nil {
		return err
	}
	id, err := d.unseal(row)
	if err != nil {
		t.Say("informant.key_lost", l.Number)
		return d.audit(ctx, t, "failed", l.Number, o.Reason, err.Error())
	}
	return d.show(ctx, t, o, l.Number, id)
}

func (d *Duty) show(ctx context.Context, t *bot.Turn, o store.Opening, number string, id Identity) error {
	o.State, o.OpenedAt = store.OpeningOpened, t.Now
	if err := t.Tx.Openings().Move(ctx, o, store.OpeningApproved); err != nil {
		return err
	}
	if err := d.audit(ctx, t, string(Opened), number, o.Reason, "approved by "+o.DecidedBy); err != nil {
		return err
	}
	t.Close(item(o.ID))
	v := IdentityView{Number: number, Name: id.Name, Phone: id.Phone, Card: id.Number, Reach: id.Reach, RealName: id.Real, Secret: id.Secret, Until: t.Now.Add(openFor)}
	if err := t.SayOnce("informant.identity", "informant.masked", v, v.Until); err != nil {
		return err
	}
	d.tell(t, Opened, d.view(t, o, number), o.Asker)
	return nil
}
