package main

import (
	"time"

	"zhuanban/bot"
	"zhuanban/bot/schedule"
	"zhuanban/handlers"
	"zhuanban/handlers/announce"
	"zhuanban/handlers/audit"
	"zhuanban/handlers/casefile"
	"zhuanban/handlers/evidence"
	"zhuanban/handlers/informant"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/ledger"
	"zhuanban/handlers/stage"
	"zhuanban/handlers/weekly"
)

// duties makes the handlers and what they have to say by themselves.
func (d *desk) duties() ([]bot.Handler, []schedule.Job, error) {
	w, err := weeklyDuty(d.cfg)
	if err != nil {
		return nil, nil, err
	}
	st := stage.New(d.cfg.Stages, d.cfg.Reminders.Stage, d.cfg.calendar, d.Roster)
	book := ledgerDuty(d.cfg, d.clock)
	d.ledger = book
	d.maker = &ledger.Maker{Duty: book, Store: d.store, Clock: d.clock, Wall: time.Now, Staff: d.Roster, Wake: d.wake, Log: d.log}
	leads := lead.New(lead.Config{Prefix: d.cfg.settings.Campaign.Prefix, Form: d.cfg.Forms.Lead, Hash: d.cfg.leadHash,
		Body: d.cfg.leadBody, Places: d.cfg.places, Alarm: d.cfg.settings.Lead.Alarm, Calendar: d.cfg.calendar, Triage: d.cfg.triage(),
		Sees: book.Sees, Registered: book.Registered, Handled: book.Handled})
	book.Adopt(leads.Adopt)
	cases := casefile.New(casefile.Config{Calendar: d.cfg.calendar, Figures: d.cfg.figureWords(), Digest: d.cfg.settings.Lead.Digest,
		Notice: d.cfg.settings.Lead.Notice}, leads)
	rights := leadRights{d.cfg.settings.Campaign.Prefix, leads}
	list := handlers.All(handlers.Duties{
		Lead: leads, Case: cases, Ledger: book,
		Informant: informant.New(informant.Config{Seal: d.sealer(), Leads: rights, Tell: d.cfg.Informants.Tell}),
		Evidence:  evidence.New(evidence.Config{Leads: rights, Title: d.cfg.settings.Campaign.Title, Save: d.saveDocument}),
		Audit:     audit.New(rights),
		Weekly:    w, Stage: st, Announce: announce.New(), Bind: d.binding(), Table: d.cfg.table, Periods: d.cfg.periods,
	})
	return list, []schedule.Job{w.Reminders(d.Roster), st, cases.Clocks(d.Roster)}, nil
}

// exportsFolder is where exports are made, below the data folder.
const exportsFolder = "exports"

func ledgerDuty(c *campaign, clock bot.Clock) *ledger.Duty {
	return ledger.New(ledger.Config{Prefix: c.settings.Campaign.Prefix, Title: c.settings.Campaign.Title, Form: &c.Forms.Lead, Places: c.places,
		Lines: c.settings.Lead.Lines, Window: time.Duration(c.settings.Lead.Duplicate.Days) * 24 * time.Hour, Calendar: c.calendar,
		Dir: c.dataPath(exportsFolder), Below: exportsFolder, Audit: auditor{clock}})
}

func weeklyDuty(c *campaign) (*weekly.Duty, error) {
	return weekly.New(weekly.Config{Table: c.table, Periods: c.periods, Calendar: c.calendar, Steps: c.Reminders.Weekly, Ledger: weekly.Ledger(c.table, c.Ledger)})
}

// weeklyTimes counts out all reminders, so that a missing calendar year shows
// when the program starts and not on a Friday.
func weeklyTimes(c *campaign) ([]schedule.Occurrence, error) {
	w, err := weeklyDuty(c)
	if err != nil {
		return nil, err
	}
	from, until := c.table.Campaign.Start.Time(), c.table.Campaign.End.AddDays(60).Time()
	all, err := w.Reminders(c.configured).Due(from, until)
	if err != nil {
		return nil, err
	}
	dates, err := stage.New(c.Stages, c.Reminders.Stage, c.calendar, c.configured).Due(from, until)
	return append(all, dates...), err
}

// configured is the roster of the configuration alone.
func (c *campaign) configured() *bot.Roster { return c.roster }
