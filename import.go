package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zhuanban/handlers/ledger"
	"zhuanban/handlers/ledger/sheet"
	"zhuanban/store"
)

type importCommand struct {
	Leads importLeadsCommand `cmd:"" help:"An existing register of leads (.xlsx or .csv): all rows or none."`
}

type importLeadsCommand struct {
	File   string `arg:"" help:"The .xlsx or .csv file." placeholder:"FILE"`
	DryRun bool   `help:"Only say what would be done."`
}

// mostFaults is how many faults are named: who has mended those looks again.
const mostFaults = 200

// errFaulty says that a file was not taken over because of what was written out before.
var errFaulty = errors.New("nothing was imported")

// Run reads the file, names every fault, and takes all rows over in one transaction.
func (c *importLeadsCommand) Run(w *world) error {
	info, err := os.Stat(c.File)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if info.Size() > sheet.LargestFile {
		return fmt.Errorf("%w: it has more than %d MB; divide it", sheet.ErrFile, sheet.LargestFile>>20)
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading %s: %w", c.File, err)
	}
	pages, err := sheet.Open(c.File, data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return w.withDesk(func(d *desk) error {
		in := d.ledger.Read(pages, d.Roster(), d.clock.Now())
		switch {
		case in.Tables == 0:
			return fmt.Errorf("%s: there is no row with the heads of a ledger; it needs at least three of 编号, 登记日期, 来源, 提供单位, 涉嫌主体, 线索摘要, 违法类型", c.File)
		case len(in.Entries) == 0 && len(in.Faults) == 0:
			return fmt.Errorf("%s: there are heads, but no rows below them", c.File)
		}
		c.left(w, in)
		if len(in.Faults) == 0 {
			in.Faults, err = c.enter(w, d, in)
			if err != nil {
				return err
			}
		}
		return c.report(w, in)
	})
}

// left says which columns are not read.
func (c *importLeadsCommand) left(w *world, in ledger.Intake) {
	if len(in.Sealed) > 0 {
		fmt.Fprintf(w.out, "not read, because it tells who reported (keep it out of such files): %s\n", strings.Join(slices.Compact(in.Sealed), ", "))
	}
	if len(in.Ignored) > 0 {
		fmt.Fprintf(w.out, "not read, because the ledger has no such column: %s\n", strings.Join(slices.Compact(in.Ignored), ", "))
	}
}

// errDry takes back what a dry run has done.
var errDry = errors.New("a dry run")

func (c *importLeadsCommand) enter(w *world, d *desk, in ledger.Intake) (faults []ledger.Fault, err error) {
	err = d.store.Update(w.ctx, func(tx *store.Tx) (err error) {
		again := in
		again.Entries = slices.Clone(in.Entries)
		faults, err = d.ledger.Enter(w.ctx, tx, again, w.commandLine(), filepath.Base(c.File), d.clock.Now())
		switch {
		case err != nil:
			return err
		case len(faults) > 0:
			return errFaulty
		case c.DryRun:
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) || errors.Is(err, errFaulty) {
		err = nil
	}
	return faults, err
}

func (c *importLeadsCommand) report(w *world, in ledger.Intake) error {
	for i, f := range in.Faults {
		if i == mostFaults {
			fmt.Fprintf(w.out, "… and %d more\n", len(in.Faults)-i)
			break
		}
		fmt.Fprintln(w.out, f)
	}
	switch {
	case len(in.Faults) > 0:
		return fmt.Errorf("%w: %d faults in %d rows", errFaulty, len(in.Faults), len(in.Entries))
	case c.DryRun:
		fmt.Fprintf(w.out, "%d leads would be imported\n", len(in.Entries))
	default:
		fmt.Fprintf(w.out, "%d leads imported\n", len(in.Entries))
	}
	return nil
}
