// Package handlers lists what the desk can do: one package per duty, all of one
// shape (bot.Handler). The list below is asked from top to bottom.
package handlers

import (
	"zhuanban/bot"
	"zhuanban/handlers/announce"
	"zhuanban/handlers/audit"
	"zhuanban/handlers/bind"
	"zhuanban/handlers/casefile"
	"zhuanban/handlers/evidence"
	"zhuanban/handlers/help"
	"zhuanban/handlers/informant"
	"zhuanban/handlers/lead"
	"zhuanban/handlers/ledger"
	"zhuanban/handlers/stage"
	"zhuanban/handlers/stats"
	"zhuanban/handlers/weekly"
	"zhuanban/handlers/weekly/table"
)

// Duties are the duties that need something of the configuration.
type Duties struct {
	Lead     *lead.Duty
	Ledger   *ledger.Duty
	Case     *casefile.Duty
	Weekly   *weekly.Duty
	Stage    *stage.Duty
	Announce *announce.Duty
	Bind     *bind.Duty // nil = there is nothing to bind

	Informant *informant.Duty
	Evidence  *evidence.Duty
	Audit     *audit.Duty
	Table     *table.Table
	Periods   []table.Period
}

// All is the desk's duties, in the order in which they are asked.
func All(d Duties) []bot.Handler {
	all := []bot.Handler{
		d.Case.Handler(),
		d.Weekly.Handler(),
		stats.New(d.Table, d.Periods).Handler(),
		d.Informant.Handler(),
		d.Evidence.Handler(),
		d.Audit.Handler(),
		d.Lead.Handler(),
		d.Ledger.Handler(),
		d.Stage.Handler(),
		d.Announce.Handler(),
		help.Handler(),
	}
	if d.Bind != nil {
		all = append(all, d.Bind.Handler())
	}
	return all
}
