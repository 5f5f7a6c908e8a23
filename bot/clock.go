package bot

import "time"

// Clock tells the time of the campaign: the wall clock, or one that is stepped to
// try and to demonstrate.
type Clock interface {
	Now() time.Time
}

// ClockFunc is a function as a Clock.
type ClockFunc func() time.Time

// Now calls the function.
func (f ClockFunc) Now() time.Time { return f() }
