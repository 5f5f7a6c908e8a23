// Package feature has the switch for what not every deployment of a platform knows.
package feature

// Switch says whether a feature is used.
type Switch string

// The positions of a switch; "" is Auto.
const (
	Auto Switch = "auto" // used as long as the platform does not refuse it
	On   Switch = "on"   // used; a refusal is worth a warning
	Off  Switch = "off"  // not used
)

// Allowed lists the positions, for the configuration's errors.
func (Switch) Allowed() []string { return []string{string(Auto), string(On), string(Off)} }

// Off says that the feature is not used.
func (s Switch) Off() bool { return s == Off }

// Forced says that the feature is used even where the deployment seems to lack it, and
// that a refusal is worth a warning.
func (s Switch) Forced() bool { return s == On }

// Known says whether it is in a position that there is.
func (s Switch) Known() bool { return s == "" || s == Auto || s == On || s == Off }
