package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/handlers/ledger/sheet"
	"zhuanban/store"
)

// made is a file that was made.
type made struct {
	path   string // below the data folder
	sha256 string
	rows   int
}

// file writes the table of an export into the folder of exports, under its number. It
// reads in the transaction that it is given.
func (d *Duty) file(ctx context.Context, tx *store.Tx, r *bot.Roster, e store.Export, now time.Time) (m made, err error) {
	if err := os.MkdirAll(d.cfg.Dir, 0o700); err != nil {
		return m, fmt.Errorf("making the folder of exports: %w", err)
	}
	tmp, err := os.CreateTemp(d.cfg.Dir, "."+e.Number+"-*")
	if err != nil {
		return m, fmt.Errorf("making the file of %s: %w", e.Number, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	m, err = d.Write(ctx, tx, r, e, now, tmp)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return m, fmt.Errorf("writing the file of %s: %w", e.Number, err)
	}
	if err := os.Rename(tmp.Name(), filepath.Join(d.cfg.Dir, e.Number+".xlsx")); err != nil {
		return m, fmt.Errorf("keeping the file of %s: %w", e.Number, err)
	}
	m.path = path.Join(d.cfg.Below, e.Number+".xlsx")
	return m, nil
}

// Write writes the table of an export to a file.
func (d *Duty) Write(ctx context.Context, tx *store.Tx, r *bot.Roster, e store.Export, now time.Time, out io.Writer) (m made, err error) {
	var f Filter
	if err := json.Unmarshal(e.Filter, &f); err != nil {
		return m, fmt.Errorf("reading what %s is of: %w", e.Number, err)
	}
	hash := sha256.New()
	v := d.view(r, f, now)
	head := d.head(r, e, f, now)
	err = sheet.Write(io.MultiWriter(out, hash), head, sheet.Columns(), func(add func([]any) error) error {
		return d.each(ctx, tx, f, v, add)
	})
	m.sha256, m.rows = hex.EncodeToString(hash.Sum(nil)), v.seq
	return m, err
}

// head is what stands above the table, and on every page of it.
func (d *Duty) head(r *bot.Roster, e store.Export, f Filter, now time.Time) sheet.Head {
	who, unit := e.AskedBy, ""
	if p, ok := r.Person(e.AskedBy); ok {
		who, unit = p.Name, r.UnitName(p.Unit)
	}
	at := now.In(calendar.Shanghai).Format("2006-01-02 15:04")
	secrecy := "个人信息已脱敏"
	if f.Whole {
		secrecy = "含个人信息"
	}
	return sheet.Head{Title: d.cfg.Title + "线索台账", Paper: sheet.A3,
		About: fmt.Sprintf("范围:%s    导出编号:%s    导出人:%s %s    时间:%s    %s,内部资料,不得外传", d.About(f, r), e.Number, unit, who, at, secrecy),
		Mark:  fmt.Sprintf("%s %s %s %s", who, unit, at, e.Number)}
}

// Maker makes the files of exports that were approved, beside the turns: a hundred
// thousand rows take seconds, for which no turn may hold the database. A process that is
// killed in between leaves the export approved, and the next one makes it.
type Maker struct {
	Duty  *Duty
	Store *store.Store
	Clock bot.Clock
	Wall  func() time.Time
	Staff func() *bot.Roster
	Wake  func() // called when something was queued
	Log   *slog.Logger
}

// makeEvery is how often it is looked for exports that were approved.
const makeEvery = time.Second

// Run makes what is due until the context ends.
func (m *Maker) Run(ctx context.Context) {
	tick := time.NewTicker(makeEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if _, err := m.Step(ctx); err != nil && ctx.Err() == nil {
			m.Log.ErrorContext(ctx, "exports", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// Step makes all files that are due, queues them for those who asked, and says how many.
func (m *Maker) Step(ctx context.Context) (n int, err error) {
	var due []store.Export
	err = m.Store.View(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.Exports().In(ctx, store.ExportApproved)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, e := range due {
		if err := m.make(ctx, e); err != nil && !errors.Is(err, store.ErrConflict) {
			return n, err
		}
		n++
	}
	if n > 0 && m.Wake != nil {
		m.Wake()
	}
	return n, nil
}

// make makes one file. Whoever is second, of two processes, has made it in vain.
func (m *Maker) make(ctx context.Context, e store.Export) error {
	now := m.Clock.Now()
	var file made
	err := m.Store.View(ctx, func(tx *store.Tx) (err error) {
		file, err = m.Duty.file(ctx, tx, m.Staff(), e, now)
		return err
	})
	if err != nil {
		return err
	}
	return m.Store.Update(ctx, func(tx *store.Tx) error {
		if err := m.Duty.done(ctx, tx, e, file, now); err != nil {
			return err
		}
		body, err := json.Marshal(reply(e, file))
		if err != nil {
			return fmt.Errorf("encoding the answer to %s: %w", e.Number, err)
		}
		return tx.Deliveries().Queue(ctx, store.Delivery{ToKind: string(bot.ToPerson), ToAccount: e.AskedBy, Platform: e.Platform,
			Priority: bot.PriorityAnswer, Cause: e.Cause, CreatedAt: now, DueAt: m.Wall(), Body: body})
	})
}

// done enters that a file was made.
func (d *Duty) done(ctx context.Context, tx *store.Tx, e store.Export, m made, now time.Time) error {
	e.State, e.File, e.SHA256, e.Total, e.MadeAt = store.ExportDone, m.path, m.sha256, m.rows, now
	if err := tx.Exports().Move(ctx, e, store.ExportApproved); err != nil {
		return err
	}
	return d.log(ctx, tx, e.AskedBy, ActionMade, e.Number, e.Reason)
}

// WriteTo writes the table of an export for somebody at the command line, and gives the
// export as it is to be entered.
func (d *Duty) WriteTo(ctx context.Context, tx *store.Tx, r *bot.Roster, e store.Export, now time.Time, out io.Writer) (store.Export, error) {
	m, err := d.Write(ctx, tx, r, e, now, out)
	e.State, e.SHA256, e.Total, e.MadeAt = store.ExportDone, m.sha256, m.rows, now
	return e, err
}

// Enlist enters an export that was made at the command line.
func (d *Duty) Enlist(ctx context.Context, tx *store.Tx, e store.Export) error {
	if err := tx.Exports().Insert(ctx, e); err != nil {
		return err
	}
	return d.log(ctx, tx, e.AskedBy, ActionMade, e.Number, e.Reason)
}
