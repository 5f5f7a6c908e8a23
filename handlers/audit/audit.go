// Package audit is the duty of showing who did what that is answered for: who asked for
// an informant, who agreed, what files left. The administrator and the custodian may ask
// 「审计 132」; they see who, what and when, and the custodian the reasons too. Contents
// are in no entry. Asking is itself an entry.
//
// The entries and their chain are the store's, and `zhuanban verify` checks them.
package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Leads reads the number of a lead that a text begins with, and what stands behind it.
type Leads interface {
	Number(text string, now time.Time) (number, more string, ok bool)
}

// Duty shows the audit.
type Duty struct{ leads Leads }

// New makes the duty.
func New(l Leads) *Duty { return &Duty{l} }

const name = "audit"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{Name: name, Commands: []bot.Command{{Words: []string{"审计", "查审计", "审计记录"}, Do: d.show}}}
}

// View is a list of entries.
type View struct {
	Object  string // "" = all
	Entries []EntryView
}

// EntryView is one entry.
type EntryView struct {
	At                    time.Time
	Actor, Action, Object string
	Reason                string // only for the custodian
}

// shown is how many entries fit on a phone.
const shown = 20

// show answers 「审计 132」, and 「审计」 with what was done last.
func (d *Duty) show(ctx context.Context, t *bot.Turn, rest string) error {
	if t.Person.Role != bot.Admin && t.Person.Role != bot.Custodian {
		t.Say("audit.not_yours", nil)
		return nil
	}
	object := strings.TrimSpace(rest)
	if number, _, ok := d.leads.Number(rest, t.Now); ok {
		object = number
	}
	found, err := t.Tx.Audit().Of(ctx, object, shown)
	if err != nil {
		return fmt.Errorf("showing the audit: %w", err)
	}
	v := View{Object: object}
	for _, e := range slices.Backward(found) {
		ev := EntryView{At: e.At, Actor: t.Roster().PersonName(e.Actor), Action: e.Action, Object: e.Object}
		if t.Person.Role == bot.Custodian {
			ev.Reason = e.Reason
		}
		v.Entries = append(v.Entries, ev)
	}
	t.Say("audit.list", v)
	return t.Tx.Audit().Append(ctx, store.AuditEntry{At: t.Now, Actor: t.Person.Account, Action: name + ".read", Object: object})
}
