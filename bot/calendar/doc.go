// Package calendar knows which days are worked in China, and moves deadlines
// that fall on a day that is not.
//
// The State Council announces each year's holidays in the autumn before, and
// with them the weekends that are worked in exchange (调休). No rule yields
// them, so they are data: holidays.json in this package, and whatever an
// administrator loads for later years with [Calendar.With]. A year without data
// is the error [MissingYear], never a guess from weekdays: a deadline silently
// put on a holiday costs more than a question to the administrator.
//
// The package is pure. It reads no clock and no file; "today" is for the caller
// to say. Days are [Date], which has no hour and no zone and so cannot be off
// by one; where a moment is needed it is taken in [Shanghai]. Reading dates as
// people write them is the business of package zh, what falls due when that of
// package schedule.
//
// A [Calendar] does not change once made and may be shared by goroutines.
package calendar
