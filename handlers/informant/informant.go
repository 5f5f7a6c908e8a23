// Package informant is the duty of keeping who told of a lead: told once, sealed at
// once, shown to nobody but by the custodian's approval.
//
// # In
//
// The reporter says 「举报人 132」 in private, or taps the button under the receipt, and
// then writes one message with all that is known. The engine hands it here before any
// form or claim sees it (bot.Turn.Await); it is taken apart, each value is sealed for its
// own row and column, and the words are forgotten by whoever carried them
// (bot.Turn.Hush). What is answered says which values were understood, never what they
// are. A guard takes messages in which an informant is named without having been
// asked for, before they can become a lead, a draft or an echo.
//
// # Out
//
// Who handles the lead, or directs the office, asks with a reason: 「查看举报人 132
// 需要回访」. The custodian, who is somebody else, gets a card and agrees or not. An
// approval holds ten minutes, for one look: the identity goes to the asker alone, is
// kept on its way only sealed, and is forgotten when it has been sent. Each step is in
// the audit; the director hears of what the configuration says.
//
// # What it leaves to others
//
// Sealing is package seal's, the keys are main's. That an informant who told by name
// has to be told of the outcome is a limit of the lead, which knows no name.
package informant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Leads is what the duty has to know of leads.
type Leads interface {
	// Number reads the number of a lead that a text begins with, and what stands behind it.
	Number(text string, now time.Time) (number, more string, ok bool)
	// Sees says whether a lead is open to the speaker.
	Sees(ctx context.Context, t *bot.Turn, l store.Lead) (bool, error)
	// Handles says whether the speaker handles it.
	Handles(ctx context.Context, t *bot.Turn, l store.Lead) (bool, error)
}

// Config is what the duty is made of.
type Config struct {
	Seal  bot.Sealer // nil = there is no key: nothing is taken
	Leads Leads
	Tell  []Step // what the office's director hears of
}

// Step is something that happens to a wish to see an informant.
type Step string

// The steps.
const (
	Asked    Step = "asked"
	Approved Step = "approved"
	Refused  Step = "refused"
	Opened   Step = "opened"
)

// Allowed lists the steps, for the configuration's errors.
func (Step) Allowed() []string {
	return []string{string(Asked), string(Approved), string(Refused), string(Opened)}
}

// Duty keeps informants.
type Duty struct{ cfg Config }

// New makes the duty.
func New(c Config) *Duty { return &Duty{c} }

const name = "informant"

// The words of command. What stands behind them is this duty's to keep secret.
var (
	tellWords = []string{"举报人", "登记举报人", "举报人登记", "投诉人"}
	askWords  = []string{"查看举报人", "看举报人", "申请查看举报人", "举报人是谁"}
)

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: tellWords, Do: d.begin},
			{Words: askWords, Do: d.ask},
		},
		Guard: d.guard,
		Taps: map[string]func(context.Context, *bot.Turn, string) error{
			"begin":   d.beginTap,
			"approve": func(ctx context.Context, t *bot.Turn, arg string) error { return d.decide(ctx, t, arg, true) },
			"refuse":  func(ctx context.Context, t *bot.Turn, arg string) error { return d.decide(ctx, t, arg, false) },
			"open":    d.open,
		},
		Sealed: map[string]func(context.Context, *bot.Turn, string) error{"identity": d.identity},
	}
}

// View is a lead's informant as the templates may show it.
type View struct {
	Lead     int64
	Number   string
	Known    bool     // there is one already
	Fields   []string // which values there are
	RealName bool
	Secret   bool // wishes that it is kept secret
}

// lead finds the lead that a text begins with, if it is open to the speaker, else says
// so and gives nil.
func (d *Duty) lead(ctx context.Context, t *bot.Turn, number string) (*store.Lead, error) {
	l, err := t.Tx.Leads().ByNumber(ctx, number)
	return d.seen(ctx, t, l, err, number)
}

func (d *Duty) seen(ctx context.Context, t *bot.Turn, l store.Lead, err error, number string) (*store.Lead, error) {
	sees := false
	if err == nil {
		sees, err = d.cfg.Leads.Sees(ctx, t, l)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("looking for a lead: %w", err)
	}
	if !sees {
		t.Say("informant.unknown", number)
		return nil, nil
	}
	return &l, nil
}

// audit records a step.
func (d *Duty) audit(ctx context.Context, t *bot.Turn, action, number, reason, details string) error {
	return t.Tx.Audit().Append(ctx, store.AuditEntry{At: t.Now, Actor: t.Person.Account, Action: name + "." + action,
		Object: number, Reason: reason, Details: details})
}

// tell lets the director hear of a step, if it is one that they want to hear of and they
// are not in it.
func (d *Duty) tell(t *bot.Turn, step Step, v OpeningView, but ...string) {
	if !slices.Contains(d.cfg.Tell, step) {
		return
	}
	v.Step = string(step)
	for _, p := range t.Roster().WithRole(bot.Director) {
		if p.Account != t.Person.Account && !slices.Contains(but, p.Account) {
			t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: "informant.told", Data: v})
		}
	}
}
