package rig

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// UserName is the account of one of the people that are added to the campaign.
func UserName(n int) string { return fmt.Sprintf("user%04d", n) }

// reporting finds the units that report, in the list of units.
var reporting = regexp.MustCompile(`(?m)^\s*- \{id: (\w+),.*\bkind: (?:section|brigade|station)\b`)

// Campaign adds people to a configuration: filers, spread over all units that report.
// It puts lines behind "people:" and leaves every other byte as it is.
func Campaign(config string, people int) (string, error) {
	units := reporting.FindAllStringSubmatch(config, -1)
	if len(units) == 0 {
		return "", errors.New("the configuration lists no unit that reports")
	}
	at := regexp.MustCompile(`(?m)^people:.*\n`).FindStringIndex(config)
	if at == nil {
		return "", errors.New("the configuration has no list of people")
	}
	var list strings.Builder
	for n := 1; n <= people; n++ {
		fmt.Fprintf(&list, "  - {account: %s, name: %s, unit: %s, role: filer}\n", UserName(n), UserName(n), units[n%len(units)][1])
	}
	return config[:at[1]] + list.String() + config[at[1]:], nil
}
