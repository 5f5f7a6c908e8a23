// Package ledger is the duty of the register of all leads (台账): it is looked into
// (「查 某某鞋店」), taken out as a table (「导出台账 3月 凤城所」), taken over from the table
// that others kept, and it says when a new lead is about what an older one is about.
//
// How leads are found is package find, what makes two the same package lead/dup, how the
// table looks package sheet. What becomes of a lead is package lead's: this one only puts
// buttons for it on its cards (lead.progress, case.merge).
//
// # What leaves
//
// A table names nobody who reported, hides phone and identity numbers and the names of
// people, and carries on every page who took it, when, and its number. With more than
// fifty rows, or with personal data, the office's director has to approve it; every one is
// entered in the register of exports with the hash of its file.
package ledger

import (
	"context"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/dialog"
	"zhuanban/handlers/ledger/find"
	"zhuanban/store"
)

// Config is what the ledger needs to know.
type Config struct {
	Prefix   string       // of the leads' numbers
	Title    string       // of the campaign
	Form     *dialog.Form // forms.lead: the names of types, sources and urgencies
	Places   []dialog.Name
	Lines    map[string][]string // what a section answers for in all units, see find.Rights
	Window   time.Duration       // how long before a lead its duplicates are looked for
	Calendar *calendar.Calendar
	Dir      string // where files are made
	Below    string // the same, as seen from the data folder
	Audit    Audit  // may be nil
}

// Audit is told of every export, in the transaction that makes it so.
type Audit interface {
	Log(ctx context.Context, tx *store.Tx, actor, action, object, reason string) error
}

// The actions that are logged.
const (
	ActionAsked    = "export.asked"
	ActionApproved = "export.approved"
	ActionRefused  = "export.refused"
	ActionMade     = "export.made"
	ActionImported = "import.leads"
)

// Duty keeps the ledger.
type Duty struct {
	cfg    Config
	rights find.Rights
	adopt  func(context.Context, *store.Tx, store.Lead, store.Handling) error
}

// New makes the duty.
func New(c Config) *Duty {
	d := &Duty{cfg: c, rights: find.Rights{Lines: c.Lines}}
	d.adopt = d.putHandling
	return d
}

// Sees says whether a person may see a lead, whoever handles it.
func (d *Duty) Sees(p bot.Person, l store.Lead) bool { return d.rights.Sees(p, l, "") }

// Handled is told of how a lead is handled now, in the transaction that makes it so: who
// was given it finds it.
func (d *Duty) Handled(ctx context.Context, tx *store.Tx, h store.Handling) error {
	if h.AssignedAt.IsZero() {
		return nil
	}
	return tx.LeadTerms().Open(ctx, h.LeadID, find.UnitTerm(h.Unit))
}

// handlers are the units that some leads were given to.
func handlers(ctx context.Context, tx *store.Tx, ids []int64) (map[int64]string, error) {
	handled, err := tx.Handlings().Of(ctx, ids)
	out := make(map[int64]string, len(handled))
	for id, h := range handled {
		if !h.AssignedAt.IsZero() {
			out[id] = h.Unit
		}
	}
	return out, err
}

// sees is Sees for a lead whose handler is looked up.
func (d *Duty) sees(ctx context.Context, tx *store.Tx, p bot.Person, l store.Lead) (bool, error) {
	unit, err := handlers(ctx, tx, []int64{l.ID})
	return d.rights.Sees(p, l, unit[l.ID]), err
}

// Terms is what leads are found by, for store.Options; TermsVersion for RenewTerms.
func Terms(l store.Lead) []int64 { return find.Terms(l) }

// TermsVersion changes when Terms does.
const TermsVersion = find.Version

const name = "ledger"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: []string{"查", "搜", "搜索", "查找", "查一查", "查尾号", "查电话"}, Do: d.search},
			{Words: []string{"台账", "线索台账", "看台账"}, Do: d.overview},
			{Words: []string{"导出台账", "台账导出", "下载台账", "导出线索台账", "导出线索", "导出"}, Do: d.export},
		},
		Taps: map[string]func(context.Context, *bot.Turn, string) error{
			"more":    d.more,
			"follow":  d.follow,
			"keep":    d.keep,
			"ask":     d.askMerge,
			"export":  d.export,
			"approve": d.approve,
			"refuse":  d.refuse,
		},
	}
}

// Adopt sets who writes how imported leads are handled: package lead, which counts their
// limits.
func (d *Duty) Adopt(by func(context.Context, *store.Tx, store.Lead, store.Handling) error) {
	d.adopt = by
}

// putHandling knows of the limits only the one for checking.
func (d *Duty) putHandling(ctx context.Context, tx *store.Tx, l store.Lead, h store.Handling) error {
	if due := d.view(nil, Filter{}, time.Time{}).due(store.LeadRow{Lead: l}); !due.IsZero() {
		h.CheckDueAt = calendar.DateOf(due).At(23, 59)
	}
	return tx.Handlings().Put(ctx, h)
}

// log tells the audit, if there is one.
func (d *Duty) log(ctx context.Context, tx *store.Tx, actor, action, object, reason string) error {
	if d.cfg.Audit == nil {
		return nil
	}
	return d.cfg.Audit.Log(ctx, tx, actor, action, object, reason)
}
