package informant

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// waitFor is how long the message with the identity is waited for.
const waitFor = time.Hour

// begin takes 「举报人 132」, alone or with the identity behind it.
func (d *Duty) begin(ctx context.Context, t *bot.Turn, rest string) error {
	number, more, ok := d.cfg.Leads.Number(rest, t.Now)
	if more != "" {
		t.Hush()
	}
	if !ok && more != "" {
		t.Say("informant.which", nil)
		return nil
	}
	if !ok {
		last, err := t.Tx.Leads().List(ctx, store.LeadFilter{Reporter: t.Person.Account, Limit: 1})
		if err != nil {
			return fmt.Errorf("looking for the last lead: %w", err)
		}
		if len(last) == 0 {
			t.Say("informant.which", nil)
			return nil
		}
		number = last[0].Number
	}
	l, err := d.lead(ctx, t, number)
	if err != nil || l == nil {
		return err
	}
	if more != "" {
		return d.keep(ctx, t, *l, more)
	}
	return d.form(ctx, t, *l)
}

// beginTap is the button under a receipt.
func (d *Duty) beginTap(ctx context.Context, t *bot.Turn, arg string) error {
	l, err := d.byID(ctx, t, arg)
	if err != nil || l == nil {
		return err
	}
	return d.form(ctx, t, *l)
}

func (d *Duty) byID(ctx context.Context, t *bot.Turn, arg string) (*store.Lead, error) {
	l, err := t.Tx.Leads().Get(ctx, bot.ID(arg))
	return d.seen(ctx, t, l, err, "")
}

// form says how to write the message, and waits for it.
func (d *Duty) form(ctx context.Context, t *bot.Turn, l store.Lead) error {
	if d.cfg.Seal == nil {
		t.Say("informant.no_key", nil)
		return nil
	}
	_, err := t.Tx.Informants().Of(ctx, l.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	d.await(t, l.ID)
	t.Say("informant.form", View{Lead: l.ID, Number: l.Number, Known: err == nil})
	return nil
}

func (d *Duty) await(t *bot.Turn, lead int64) {
	t.Await(fmt.Sprintf("%s.identity:%d", name, lead), t.Now.Add(waitFor))
}

// identity takes the message that was waited for.
func (d *Duty) identity(ctx context.Context, t *bot.Turn, arg string) error {
	l, err := d.byID(ctx, t, arg)
	if err != nil || l == nil {
		return err
	}
	switch text := strings.TrimSpace(t.Message.Text); {
	case slices.Contains([]string{"取消", "算了", "不登记了", "不填了", "不登了"}, text):
		t.Say("informant.dropped", l.Number)
		return nil
	case text == "" || len(t.Message.Attachments) > 0 || t.Message.Location != nil:
		d.await(t, l.ID)
		t.Say("informant.words_only", nil)
		return nil
	}
	return d.keep(ctx, t, *l, t.Message.Text)
}

// keep seals what a text says of an informant. What was known before is replaced.
func (d *Duty) keep(ctx context.Context, t *bot.Turn, l store.Lead, text string) error {
	if d.cfg.Seal == nil {
		t.Say("informant.no_key", nil)
		return nil
	}
	id := Parse(text)
	if id.empty() {
		d.await(t, l.ID)
		t.Say("informant.unclear", nil)
		return nil
	}
	was, err := t.Tx.Informants().Of(ctx, l.ID)
	fresh := errors.Is(err, store.ErrNotFound)
	if err != nil && !fresh {
		return err
	}
	row := store.Informant{ID: was.ID, Version: was.Version, LeadID: l.ID, RealName: id.Real, Confidential: id.Secret,
		EnteredBy: t.Person.Account, EnteredAt: t.Now}
	action, write := "replaced", t.Tx.Informants().Update
	if fresh {
		row.ID, action, write = t.Tx.NewID(), "entered", t.Tx.Informants().Insert
	}
	if err := d.seal(&row, id); err != nil {
		return err
	}
	if err := write(ctx, row); err != nil {
		return err
	}
	v := View{Lead: l.ID, Number: l.Number, Known: !fresh, Fields: id.fields(), RealName: id.Real, Secret: id.Secret}
	if err := d.audit(ctx, t, action, l.Number, "", strings.Join(v.Fields, "、")); err != nil {
		return err
	}
	t.Say("informant.kept", v)
	return nil
}

// place is where a value of an informant stands: sealed bytes open nowhere else.
func place(id int64, column string) string { return fmt.Sprintf("informants/%d/%s", id, column) }

// values pairs the columns of a row with the values of an identity.
func values(row *store.Informant, id *Identity) []struct {
	column string
	sealed *[]byte
	plain  *string
} {
	return []struct {
		column string
		sealed *[]byte
		plain  *string
	}{{"name", &row.Name, &id.Name}, {"phone", &row.Phone, &id.Phone}, {"id_number", &row.IDNumber, &id.Number}, {"reach", &row.Reach, &id.Reach}}
}

func (d *Duty) seal(row *store.Informant, id Identity) error {
	for _, v := range values(row, &id) {
		*v.sealed = nil
		if *v.plain == "" {
			continue
		}
		var err error
		if *v.sealed, err = d.cfg.Seal.Seal(name, place(row.ID, v.column), []byte(*v.plain)); err != nil {
			return fmt.Errorf("sealing an informant: %w", err)
		}
	}
	return nil
}

// unseal opens a row.
func (d *Duty) unseal(row store.Informant) (id Identity, err error) {
	if d.cfg.Seal == nil {
		return id, bot.ErrNoSealer
	}
	id.Real, id.Secret = row.RealName, row.Confidential
	for _, v := range values(&row, &id) {
		if *v.sealed == nil {
			continue
		}
		plain, err := d.cfg.Seal.Open(name, place(row.ID, v.column), *v.sealed)
		if err != nil {
			return Identity{}, fmt.Errorf("opening %s: %w", place(row.ID, v.column), err)
		}
		*v.plain = string(plain)
	}
	return id, nil
}

// Keys are keys that also know what an old one has sealed: package seal's Ring.
type Keys interface {
	bot.Sealer
	Stale(sealed []byte) bool
}

// Opens says whether a row can be opened, and whether an old key has sealed it.
func Opens(keys Keys, row store.Informant) (stale bool, err error) {
	for _, v := range values(&row, new(Identity)) {
		stale = stale || *v.sealed != nil && keys.Stale(*v.sealed)
	}
	_, err = New(Config{Seal: keys}).unseal(row)
	return stale, err
}

// Reseal seals anew, with the current master, what an informant's row has sealed with an
// old one; changed is whether there was anything.
func Reseal(keys Keys, row store.Informant) (out store.Informant, changed bool, err error) {
	stale, err := Opens(keys, row)
	if err != nil || !stale {
		return row, false, err
	}
	d := New(Config{Seal: keys})
	id, err := d.unseal(row)
	if err == nil {
		err = d.seal(&row, id)
	}
	return row, true, err
}
