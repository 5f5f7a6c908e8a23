// Package evidence is the duty of fixing evidence (固证): what proves something about a
// lead, in a chain in which nothing can be changed unseen.
//
// Every photo and file of a lead is an entry of its chain by itself, with its hash, size,
// time, person, platform and message (package store). 「固证 132」 lists them; 「固证 132
// https://… 说明」 fixes an address as the person saw it: it is written down and not
// fetched. 「核验单 132」 prints the list with the hashes and the chain's head as a numbered
// sheet (Word), from which anybody can later tell whether something was changed. Nothing
// leaves without an entry in the audit: the engine writes one for every file it sends, this
// package one that says what the sheet proves.
//
// `zhuanban verify` follows all chains and hashes all files anew.
package evidence

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/zh"
	"zhuanban/store"
)

// Leads is what the duty has to know of leads.
type Leads interface {
	// Number reads the number of a lead that a text begins with, and what stands behind it.
	Number(text string, now time.Time) (number, more string, ok bool)
	// Sees says whether a lead is open to the speaker.
	Sees(ctx context.Context, t *bot.Turn, l store.Lead) (bool, error)
}

// Config is what the duty is made of.
type Config struct {
	Leads Leads
	Title string // of the campaign, at the head of sheets
	// Save keeps a document in the data folder and gives its path there.
	Save func(name string, data []byte) (path string, err error)
}

// Duty fixes evidence.
type Duty struct{ cfg Config }

// New makes the duty.
func New(c Config) *Duty { return &Duty{c} }

const name = "evidence"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: []string{"固证", "证据清单", "固定证据"}, Do: d.fix},
			{Words: []string{"核验单", "打印核验单", "证据核验单"}, Do: d.sheet},
		},
		Taps: map[string]func(context.Context, *bot.Turn, string) error{"sheet": d.sheetTap, "list": d.listTap},
	}
}

// View is a lead's evidence as the templates show it.
type View struct {
	Lead    int64
	Number  string
	Items   []ItemView
	More    int    // how many are not listed
	Head    string // the chain's
	Flaw    string // where the chain is broken; "" = nowhere
	Sheet   string // the sheet's number
	Printed time.Time
	By      string
}

// ItemView is one thing that proves something.
type ItemView struct {
	No       int64
	Kind     string
	Name     string
	SHA256   string
	Short    string // of the hash
	Size     int64
	At, Said time.Time
	Person   string
	Platform string
	Source   string
	URL      string
	Note     string
	Hash     string
}

// owner is whose chain a lead's evidence is.
func owner(l store.Lead) string { return fmt.Sprintf("lead:%d", l.ID) }

// find finds the lead that a text begins with; nil, with the answer said, if there is
// none or it is not open to the speaker.
func (d *Duty) find(ctx context.Context, t *bot.Turn, text string) (l *store.Lead, more string, err error) {
	number, more, ok := d.cfg.Leads.Number(text, t.Now)
	if !ok {
		t.Say("evidence.which", nil)
		return nil, "", nil
	}
	found, err := t.Tx.Leads().ByNumber(ctx, number)
	l, err = d.seen(ctx, t, found, err, number)
	return l, more, err
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
		t.Say("evidence.unknown", number)
		return nil, nil
	}
	return &l, nil
}

func (d *Duty) byID(ctx context.Context, t *bot.Turn, arg string) (*store.Lead, error) {
	l, err := t.Tx.Leads().Get(ctx, bot.ID(arg))
	return d.seen(ctx, t, l, err, "")
}

// fix takes 「固证 132」 and 「固证 132 https://… 说明」.
func (d *Duty) fix(ctx context.Context, t *bot.Turn, rest string) error {
	l, more, err := d.find(ctx, t, rest)
	if err != nil || l == nil {
		return err
	}
	if strings.TrimSpace(more) == "" {
		return d.list(ctx, t, *l)
	}
	links := zh.URLs(t.Message.Text) // as typed: what comes with a command is folded
	if len(links) == 0 {
		t.Say("evidence.no_link", l.Number)
		return nil
	}
	return d.link(ctx, t, *l, links[0])
}

// link fixes one address, and what is written behind it, as typed. It is never fetched.
func (d *Duty) link(ctx context.Context, t *bot.Turn, l store.Lead, u zh.URL) error {
	note := strings.TrimSpace(t.Message.Text[u.To:])
	link, err := t.Tx.EvidenceLog().Append(ctx, store.EvidenceEntry{Owner: owner(l), At: t.Now, Person: t.Person.Account, Kind: store.EvidenceLink,
		URL: u.Text, Note: note, Platform: t.Message.Platform, Source: t.Message.ID, SaidAt: t.Message.At})
	if err != nil {
		return err
	}
	err = t.Tx.Audit().Append(ctx, store.AuditEntry{At: t.Now, Actor: t.Person.Account, Action: name + ".link", Object: l.Number, Details: link.Hash})
	if err != nil {
		return err
	}
	t.Say("evidence.linked", View{Lead: l.ID, Number: l.Number, Items: []ItemView{{No: link.Seq, URL: u.Text, Note: note, Short: short(link.Hash)}}})
	return nil
}

// short is a hash as one compares it by eye.
func short(hash string) string {
	if len(hash) < 16 {
		return hash
	}
	return hash[:8] + "…" + hash[len(hash)-4:]
}

// read reads a lead's chain and checks it on the way.
func (d *Duty) read(ctx context.Context, t *bot.Turn, l store.Lead) (View, error) {
	entries, head, err := t.Tx.EvidenceLog().VerifyOwner(ctx, owner(l))
	v := View{Lead: l.ID, Number: l.Number, Head: head.Hash, Printed: t.Now, By: t.Roster().UnitName(t.Person.Unit) + " " + t.Person.Name}
	var flaw *store.Flaw
	if errors.As(err, &flaw) {
		v.Flaw, err = flaw.What, nil
		if flaw.Seq != 0 {
			v.Flaw = fmt.Sprintf("%d", flaw.Seq)
		}
	}
	if err != nil {
		return v, err
	}
	for _, e := range entries {
		v.Items = append(v.Items, ItemView{No: e.Seq, Kind: string(e.Kind), Name: e.Name, SHA256: e.SHA256, Short: short(e.SHA256), Size: e.Size, At: e.At,
			Said: e.SaidAt, Person: t.Roster().PersonName(e.Person), Platform: e.Platform, Source: e.Source, URL: e.URL, Note: e.Note, Hash: e.Hash})
	}
	return v, nil
}

// shown is how many entries fit on a phone.
const shown = 15

func (d *Duty) list(ctx context.Context, t *bot.Turn, l store.Lead) error {
	v, err := d.read(ctx, t, l)
	if err != nil {
		return err
	}
	if more := len(v.Items) - shown; more > 0 {
		v.Items, v.More = v.Items[more:], more
	}
	v.Head = short(v.Head)
	t.Say("evidence.list", v)
	return nil
}

func (d *Duty) listTap(ctx context.Context, t *bot.Turn, arg string) error {
	l, err := d.byID(ctx, t, arg)
	if err != nil || l == nil {
		return err
	}
	return d.list(ctx, t, *l)
}
