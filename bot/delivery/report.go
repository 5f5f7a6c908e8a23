package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// Office is who hears of what could not be delivered, and how it is told: package
// bot's Bot.
type Office interface {
	Queue(ctx context.Context, tx *store.Tx, cause string, now time.Time, notices ...bot.Notice) error
	Roster() *bot.Roster
}

const (
	reportTemplate = "delivery.report"
	// reportEvery is how often the office is told at most: a platform that refuses
	// everything is one thing to hear of, not three hundred.
	reportEvery = 10 * time.Minute
	// reportOf is how old a failure may be that is told of: what ended before this
	// program knew how to report is no news.
	reportOf = 24 * time.Hour
	// reportNames is how many names are told for a reason, beside their number.
	reportNames = 5
	// reportedSetting is when the office was told last, in the campaign's milliseconds.
	reportedSetting = "delivery:reported"
)

// trouble remembers that something may have to be reported.
type trouble struct {
	mu   sync.Mutex
	seen bool
	from time.Time // not before, in the campaign's time
}

func (t *trouble) add() { t.after(time.Time{}) }

// after remembers it, and that the office cannot be told before a time.
func (t *trouble) after(from time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen = true
	if from.After(t.from) {
		t.from = from
	}
}

// due takes it, if there is something and it is time.
func (t *trouble) due(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	due := t.seen && !now.Before(t.from)
	if due {
		t.seen = false // what comes up meanwhile sets it again
	}
	return due
}

func troubled(s store.DeliveryState) bool { return slices.Contains(store.Trouble(), s) }

// ReportView is what the report's template is filled with.
type ReportView struct {
	Count   int
	Reasons []ReasonView
}

// ReasonView is what did not arrive for one reason.
type ReasonView struct {
	Reason string   // a bot.Reason, or "withheld", or "" for any other
	Names  []string // of at most five who did not get it
	More   int      // how many others
	Count  int      // of messages
	What   []WhatView
}

// WhatView names a message by its title, or by its kind, which is the beginning of
// its template's name; never by what it says.
type WhatView struct{ Title, Kind string }

// report tells the office what came to a troubled end and has not been told, in the
// transaction that marks it as told; at most every ten minutes. A report that fails
// itself is not reported. said is whether something was queued.
func (c *Courier) report(ctx context.Context) (said bool, err error) {
	now := c.Clock.Now()
	if c.Office == nil || !c.trouble.due(now) {
		return false, nil
	}
	var wait time.Time
	err = c.Store.Update(ctx, func(tx *store.Tx) error {
		said, wait = false, time.Time{}
		last, err := tx.Settings().Get(ctx, reportedSetting)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		ms, _ := strconv.ParseInt(last, 10, 64)
		if next := time.UnixMilli(ms).Add(reportEvery); now.Before(next) && !now.Before(time.UnixMilli(ms)) {
			wait = next
			return nil
		}
		rows, err := tx.Deliveries().Unreported(ctx, now.Add(-reportOf), reportTemplate)
		if err != nil || len(rows) == 0 {
			return err
		}
		said = true
		return c.tell(ctx, tx, rows, now)
	})
	if err != nil || !wait.IsZero() {
		c.trouble.after(wait)
	}
	if err != nil {
		return false, fmt.Errorf("reporting what was not delivered: %w", err)
	}
	return said, nil
}

// tell queues the report and marks its rows.
func (c *Courier) tell(ctx context.Context, tx *store.Tx, rows []store.Delivery, now time.Time) error {
	var ids []int64
	all := slices.Clone(rows)
	for _, d := range rows {
		ids = append(ids, d.ID)
		if d.Words != digestWords {
			continue
		}
		carried, err := tx.Deliveries().CarriedBy(ctx, d)
		if err != nil {
			return err
		}
		for _, r := range carried {
			r.Reason, r.State = d.Reason, d.State
			all = append(all, r)
		}
	}
	view := c.view(all)
	var notices []bot.Notice
	for _, p := range c.Office.Roster().WithRole(bot.Director, bot.Clerk) {
		notices = append(notices, bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: p.Account}, Template: reportTemplate, Data: view})
	}
	stamp := strconv.FormatInt(now.UnixMilli(), 10)
	if err := c.Office.Queue(ctx, tx, reportTemplate+":"+stamp, now, notices...); err != nil {
		return err
	}
	if err := tx.Deliveries().Report(ctx, now, ids...); err != nil {
		return err
	}
	return tx.Settings().Set(ctx, reportedSetting, stamp)
}

// view groups rows by reason, in the order in which the reasons came up.
func (c *Courier) view(rows []store.Delivery) ReportView {
	v := ReportView{Count: len(rows)}
	names := map[string][]string{}
	for _, d := range rows {
		reason := d.Reason
		if d.State == store.Withheld {
			reason = string(store.Withheld)
		}
		i := slices.IndexFunc(v.Reasons, func(r ReasonView) bool { return r.Reason == reason })
		if i < 0 {
			i = len(v.Reasons)
			v.Reasons = append(v.Reasons, ReasonView{Reason: reason})
		}
		r := &v.Reasons[i]
		r.Count++
		if n := c.recipient(d); !slices.Contains(names[reason], n) {
			names[reason] = append(names[reason], n)
		}
		if what := title(d); !slices.Contains(r.What, what) && len(r.What) < reportNames {
			r.What = append(r.What, what)
		}
	}
	for i := range v.Reasons {
		r := &v.Reasons[i]
		all := names[r.Reason]
		r.Names = all[:min(len(all), reportNames)]
		r.More = len(all) - len(r.Names)
	}
	return v
}

// recipient is what the office calls a recipient.
func (c *Courier) recipient(d store.Delivery) string {
	if d.ToKind == string(bot.ToPerson) {
		return c.Office.Roster().PersonName(d.ToAccount)
	}
	return d.ToAccount
}

// title names a message without telling what it says.
func title(d store.Delivery) WhatView {
	if words, err := bot.Words(d); err == nil && words.Title != "" {
		return WhatView{Title: words.Title}
	}
	kind, _, _ := strings.Cut(d.Template, ".")
	return WhatView{Kind: kind}
}
