package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// FilingKind tells a period's first filing from what came after.
type FilingKind string

// The kinds of filing; set by the handler that files.
const (
	FirstFiling FilingKind = "first"      // the unit had not filed that period
	Correction  FilingKind = "correction" // replaces an earlier version, with a reason
)

// Filing is one version of one unit's weekly table.
type Filing struct {
	ID        int64
	Table     string
	TableHash string // the version of the table's definition
	Unit      string
	Period    int32 // the nominal Friday as yyyymmdd
	Version   int   // 1, 2, … ; the highest is the current one
	Zero      bool  // a zero report: filed, and nothing happened
	Reporter  string
	Reviewer  string
	FiledAt   time.Time
	DueAt     time.Time
	Late      bool
	Kind      FilingKind
	Reason    string // why it was corrected
	Remark    string
	Notes     []byte           // JSON: what was explained to each rule that warned
	Values    map[string]int64 // millionths of the figure's unit
	By        string           // on whose behalf it was filed
}

// Filings is where weekly tables are filed. What is filed stays: a correction is a
// new version.
type Filings struct{ tx *Tx }

// Filings gives the weekly tables.
func (tx *Tx) Filings() Filings { return Filings{tx} }

var filingCols = []string{"id", "table_id", "table_hash", "unit", "period", "version", "nil_report", "reporter", "reviewer",
	"filed_at", "due_at", "late", "kind", "reason", "remark", "notes", "figures", "filed_for"}

func scanFiling(r scanner) (f Filing, err error) {
	var values []byte
	err = r.Scan(&f.ID, &f.Table, &f.TableHash, &f.Unit, &f.Period, &f.Version, &f.Zero, &f.Reporter, &f.Reviewer,
		at(&f.FiledAt), at(&f.DueAt), &f.Late, &f.Kind, &f.Reason, &f.Remark, doc(&f.Notes), &values, &f.By)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(values, &f.Values)
}

// Insert files the table as the next version of its unit and period, which it writes
// into f, and makes the figures that totals are summed from those of f. Two who file
// the same at the same time get one version each, in turn.
func (r Filings) Insert(ctx context.Context, f *Filing) error {
	if err := r.insert(ctx, f); err != nil {
		return fmt.Errorf("filing %s of %s for %d: %w", f.Table, f.Unit, f.Period, err)
	}
	return nil
}

func (r Filings) insert(ctx context.Context, f *Filing) error {
	before, err := r.current(ctx, f.Table, f.Unit, f.Period)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	f.ID, f.Version = r.tx.id(f.ID), before.Version+1
	values, err := json.Marshal(f.Values) // sorts the keys
	if err != nil {
		return err
	}
	err = r.tx.insert(ctx, "filings", filingCols, []any{f.ID, f.Table, f.TableHash, f.Unit, f.Period, f.Version, bit(f.Zero),
		f.Reporter, f.Reviewer, millis(f.FiledAt), millis(f.DueAt), bit(f.Late), string(f.Kind), f.Reason, f.Remark,
		string(f.Notes), string(values), f.By})
	if err := r.tx.lostRace(err); err != nil {
		return err
	}
	return r.replaceFigures(ctx, before.Values, f)
}

// replaceFigures touches only rows of this unit, by their whole key: units that file
// in the last minute before the deadline do not wait for each other.
func (r Filings) replaceFigures(ctx context.Context, before map[string]int64, f *Filing) error {
	var rows [][]any
	for figure, v := range f.Values {
		if v != 0 {
			rows = append(rows, []any{f.Table, f.Period, f.Unit, figure, v})
		}
	}
	// In one order everywhere, so that no two transactions wait for each other in a ring.
	slices.SortFunc(rows, func(a, b []any) int { return compareText(a[3], b[3]) })
	keys := []string{"table_id", "period", "unit", "figure"}
	if err := r.tx.upsert(ctx, "figures", keys, []string{"value"}, rows...); err != nil {
		return err
	}
	var gone []string
	for figure, v := range before {
		if v != 0 && f.Values[figure] == 0 {
			gone = append(gone, figure)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	query, args, err := in("DELETE FROM figures WHERE table_id = ? AND period = ? AND unit = ? AND figure IN (?)",
		f.Table, f.Period, f.Unit, gone)
	if err != nil {
		return err
	}
	_, err = r.tx.exec(ctx, query, args...)
	return err
}

const selectCurrentFilings = " FROM filings f WHERE table_id = ? AND NOT EXISTS (SELECT 1 FROM filings later" +
	" WHERE later.table_id = f.table_id AND later.unit = f.unit AND later.period = f.period AND later.version > f.version)"

// Current is a unit's filing that counts, or ErrNotFound if it has not filed.
func (r Filings) Current(ctx context.Context, table, unit string, period int32) (Filing, error) {
	f, err := r.current(ctx, table, unit, period)
	if err != nil {
		return f, fmt.Errorf("reading %s of %s for %d: %w", table, unit, period, err)
	}
	return f, nil
}

func (r Filings) current(ctx context.Context, table, unit string, period int32) (Filing, error) {
	return one(ctx, r.tx, scanFiling, "SELECT "+columns(filingCols)+
		" FROM filings WHERE table_id = ? AND unit = ? AND period = ? ORDER BY version DESC LIMIT 1", table, unit, period)
}

// CurrentAll is every unit's filing of a period that counts, by unit.
func (r Filings) CurrentAll(ctx context.Context, table string, period int32) ([]Filing, error) {
	out, err := all(ctx, r.tx, scanFiling, "SELECT "+columns(filingCols)+selectCurrentFilings+
		" AND period = ? ORDER BY unit", table, period)
	if err != nil {
		return nil, fmt.Errorf("reading %s for %d: %w", table, period, err)
	}
	return out, nil
}

// History is every version of a unit's filing, the first one first.
func (r Filings) History(ctx context.Context, table, unit string, period int32) ([]Filing, error) {
	out, err := all(ctx, r.tx, scanFiling, "SELECT "+columns(filingCols)+
		" FROM filings WHERE table_id = ? AND unit = ? AND period = ? ORDER BY version", table, unit, period)
	if err != nil {
		return nil, fmt.Errorf("reading the versions of %s of %s for %d: %w", table, unit, period, err)
	}
	return out, nil
}

// Recent is a unit's last n filings of periods before one, those that count, newest
// first. A period that was not filed is not among them.
func (r Filings) Recent(ctx context.Context, table, unit string, before int32, n int) ([]Filing, error) {
	out, err := all(ctx, r.tx, scanFiling, "SELECT "+columns(filingCols)+selectCurrentFilings+
		" AND unit = ? AND period < ? ORDER BY period DESC LIMIT ?", table, unit, before, n)
	if err != nil {
		return nil, fmt.Errorf("reading %s of %s before %d: %w", table, unit, before, err)
	}
	return out, nil
}
