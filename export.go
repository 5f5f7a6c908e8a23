package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/config"
	"zhuanban/handlers/ledger"
	"zhuanban/handlers/weekly/table"
	"zhuanban/store"
)

type exportCommand struct {
	Ledger exportLedgerCommand `cmd:"" help:"The register of leads (.xlsx): numbered, watermarked, logged, personal data hidden."`
}

type exportLedgerCommand struct {
	Out    string `required:"" help:"The file to write." placeholder:"FILE"`
	Period string `help:"Registered when: 3月, 第3期, 2024-01-11到2024-03-16." placeholder:"P"`
	Unit   string `help:"Of one unit, by its id or name." placeholder:"U"`
	Only   string `help:"What else chooses: 超期, 已立案, 特急, 举报 …" placeholder:"WORDS"`
}

// commandLine is who takes something out or in here.
func (w *world) commandLine() string {
	for _, v := range w.env {
		if name, ok := strings.CutPrefix(v, "USER="); ok && name != "" {
			return "命令行 " + name
		}
	}
	return "命令行"
}

// Run writes the file, and enters the export in the same register as those from chat. The
// file is there only if that has succeeded.
func (c *exportLedgerCommand) Run(w *world) error {
	return w.withDesk(func(d *desk) error {
		f, err := c.filter(d)
		if err != nil {
			return err
		}
		e, n, err := d.exportLedger(w.ctx, f, w.commandLine(), c.Out)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.out, "%s: %d rows in %s (%s)\n", e.Number, n, c.Out, d.ledger.About(f, d.Roster()))
		return nil
	})
}

var periodNo = regexp.MustCompile(`^第?([0-9]{1,3})期$`)

// filter reads the flags.
func (c *exportLedgerCommand) filter(d *desk) (f ledger.Filter, err error) {
	now, unknown := d.clock.Now(), ""
	if f, unknown = d.ledger.ReadFilter(c.Only, d.Roster(), now); unknown != "" {
		return f, fmt.Errorf("%w: --only: %q chooses nothing; use words such as 超期, 已立案, 特急, 举报", errUsage, unknown)
	}
	if c.Period != "" {
		if m := periodNo.FindStringSubmatch(c.Period); m != nil {
			n, _ := strconv.Atoi(m[1])
			p, ok := table.ByNo(d.cfg.periods, n)
			if !ok {
				return f, fmt.Errorf("%w: --period: there are %d periods", errUsage, len(d.cfg.periods))
			}
			f.From, f.Until = p.From.Time(), p.To.AddDays(1).Time()
		} else {
			when, rest := d.ledger.ReadFilter(c.Period, d.Roster(), now)
			if rest != "" || when.Until.IsZero() {
				return f, fmt.Errorf("%w: --period: %q is no period; use 3月, 第3期 or 2024-01-11到2024-03-16", errUsage, c.Period)
			}
			f.From, f.Until = when.From, when.Until
		}
	}
	if c.Unit != "" {
		u, err := unitCalled(d.Roster(), c.Unit)
		if err != nil {
			return f, fmt.Errorf("%w: --unit: %w", errUsage, err)
		}
		f.Unit = u.ID
	}
	return f, nil
}

// unitCalled finds a unit by id, name or alias.
func unitCalled(r *bot.Roster, word string) (bot.Unit, error) {
	var all []string
	for _, u := range r.Units {
		for _, n := range append([]string{u.ID, u.Name}, u.Alias...) {
			if n == word {
				return u, nil
			}
		}
		all = append(all, u.ID)
	}
	return bot.Unit{}, fmt.Errorf("there is no unit %q: %s", word, config.Suggest(word, all, "there are"))
}

// exportLedger writes a part of the ledger to a file.
func (d *desk) exportLedger(ctx context.Context, f ledger.Filter, by, out string) (e store.Export, n int, err error) {
	now := d.clock.Now()
	err = d.store.Update(ctx, func(tx *store.Tx) (err error) {
		e, err = ledger.NewExport(ctx, tx, f, by, "export ledger", now)
		return err
	})
	if err != nil {
		return e, 0, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(out), ".export-*")
	if err != nil {
		return e, 0, fmt.Errorf("making the file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	err = d.store.View(ctx, func(tx *store.Tx) (err error) {
		e, err = d.ledger.WriteTo(ctx, tx, d.Roster(), e, now, tmp)
		return err
	})
	if err = errors.Join(err, tmp.Close()); err != nil {
		return e, 0, err
	}
	e.File = filepath.Base(out)
	if err = d.store.Update(ctx, func(tx *store.Tx) error { return d.ledger.Enlist(ctx, tx, e) }); err != nil {
		return e, 0, err
	}
	if err = os.Rename(tmp.Name(), out); err != nil {
		return e, 0, fmt.Errorf("keeping the file: %w", err)
	}
	return e, e.Total, nil
}
