package ledger

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead/flow"
	"zhuanban/store"
)

// EventImported is the first event of a lead that was taken over from a file.
const EventImported = "imported"

// Enter takes the leads of a file over: all of them, in the caller's transaction, or none,
// with the faults that keep them out.
func (d *Duty) Enter(ctx context.Context, tx *store.Tx, in Intake, by, file string, now time.Time) ([]Fault, error) {
	taken, err := d.taken(ctx, tx, in)
	if err != nil || len(taken) > 0 {
		return taken, err
	}
	// In the order of registration, because ids rise and lists go by them.
	slices.SortStableFunc(in.Entries, func(a, b Entry) int { return a.RegisteredAt.Compare(b.RegisteredAt) })
	if err := d.numberAll(ctx, tx, in.Entries); err != nil {
		return nil, err
	}
	for i := range in.Entries {
		e := &in.Entries[i]
		e.ID, e.Reporter = tx.NewID(), by
		if err := tx.Leads().Insert(ctx, e.Lead); err != nil {
			return nil, err
		}
		if len(e.Cells) > 0 {
			if err := tx.Leads().KeepCells(ctx, e.ID, e.Cells); err != nil {
				return nil, err
			}
		}
		if err := d.adopt(ctx, tx, e.Lead, e.handling(now)); err != nil {
			return nil, err
		}
		err := tx.LeadEvents().Append(ctx, store.LeadEvent{ID: tx.NewID(), LeadID: e.ID, At: now, Actor: by, Kind: EventImported})
		if err != nil {
			return nil, err
		}
	}
	return nil, d.log(ctx, tx, by, ActionImported, file, fmt.Sprintf("%d leads", len(in.Entries)))
}

// handling is how an imported lead is handled, as far as its row says.
func (e Entry) handling(now time.Time) store.Handling {
	h := store.Handling{LeadID: e.ID, Origin: e.Unit, Unit: e.Unit, EnteredAt: e.RegisteredAt, Open: flow.Open(flow.State(e.State)), UpdatedAt: now}
	at := func(key string) time.Time {
		d, err := calendar.ParseDate(e.Cells[key])
		if err != nil {
			return time.Time{}
		}
		return d.Time()
	}
	if e.Handler != "" {
		h.Unit, h.AssignedAt = e.Handler, cmp.Or(at("assigned"), e.RegisteredAt)
		h.RoutedAt = h.AssignedAt
	}
	h.ToldAt = at("fedback")
	if !flow.BeforeOutcome(flow.State(e.State)) && e.State != "withdrawn" {
		h.Outcome, h.OutcomeAt = string(e.State), cmp.Or(at("closed"), h.AssignedAt, e.RegisteredAt)
	}
	return h
}

// taken finds rows whose number a lead has already.
func (d *Duty) taken(ctx context.Context, tx *store.Tx, in Intake) (out []Fault, err error) {
	var numbers []string
	for _, e := range in.Entries {
		if e.Number != "" {
			numbers = append(numbers, e.Number)
		}
	}
	there, err := tx.Leads().Taken(ctx, numbers)
	if err != nil {
		return nil, err
	}
	for _, e := range in.Entries {
		if there[e.Number] {
			out = append(out, Fault{Page: e.Table, Row: e.Row, Where: "编号", Problem: e.Number + " is in the ledger already", Remedy: "take the row out, or leave its number empty to get a new one"})
		}
	}
	return out, nil
}

var ours = regexp.MustCompile(`^([A-Z]+)-(\d{4})-(\d{1,9})$`)

// numberAll gives numbers to the leads that have none, and lets the counters go on behind
// those that have one of ours.
func (d *Duty) numberAll(ctx context.Context, tx *store.Tx, entries []Entry) error {
	highest := map[int]int64{}
	for _, e := range entries {
		if m := ours.FindStringSubmatch(e.Number); m != nil && m[1] == d.cfg.Prefix {
			year, _ := strconv.Atoi(m[2])
			n, _ := strconv.ParseInt(m[3], 10, 64)
			highest[year] = max(highest[year], n)
		}
	}
	years := make([]int, 0, len(highest))
	for year := range highest {
		years = append(years, year)
	}
	slices.SortFunc(years, cmp.Compare[int])
	for _, year := range years {
		if err := tx.Counters().Raise(ctx, d.counter(year), highest[year]); err != nil {
			return err
		}
	}
	for i := range entries {
		if entries[i].Number != "" {
			continue
		}
		year := entries[i].RegisteredAt.In(calendar.Shanghai).Year()
		n, err := tx.Counters().Next(ctx, d.counter(year))
		if err != nil {
			return err
		}
		entries[i].Number = fmt.Sprintf("%s-%d-%04d", d.cfg.Prefix, year, n)
	}
	return nil
}

// counter is the counter of a year's numbers: the same as of leads that are registered.
func (d *Duty) counter(year int) string { return fmt.Sprintf("lead:%s:%d", d.cfg.Prefix, year) }
