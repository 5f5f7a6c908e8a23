package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"unicode/utf8"

	"zhuanban/tools/bench/load"
)

// row is a line of the outcome: a figure of the desk, that of the yardstick if there
// is one, and what was to be reached.
type row struct {
	What      string  `json:"what"`
	Unit      string  `json:"unit"`
	Desk      float64 `json:"desk"`
	Yardstick float64 `json:"yardstick,omitempty"`
	Ratio     float64 `json:"ratio,omitempty"`
	Target    *target `json:"target,omitempty"`
	Met       *bool   `json:"met,omitempty"`
}

// target is a bound of a row's ratio or, if there is none, of the desk's figure.
type target struct {
	AtLeast float64 `json:"at_least,omitempty"`
	AtMost  float64 `json:"at_most"` // counts if AtLeast is 0
}

func atLeast(x float64) *target { return &target{AtLeast: x} }
func atMost(x float64) *target  { return &target{AtMost: x} }

// beside is a figure beside that of the yardstick, of some rounds in which the two
// were measured one after the other. The ratio is the median of the rounds' ratios:
// what slows a machine down for a while slows both down.
func beside(what, unit string, desk, yardstick []float64, t *target) row {
	var ratios []float64
	for i, y := range yardstick {
		if y > 0 {
			ratios = append(ratios, desk[i]/y)
		}
	}
	r := row{What: what, Unit: unit, Desk: load.Median(desk), Yardstick: load.Median(yardstick), Ratio: load.Median(ratios), Target: t}
	return r.judged(r.Ratio)
}

// alone is a figure of the desk by itself.
func alone(what, unit string, desk float64, t *target) row {
	r := row{What: what, Unit: unit, Desk: desk, Target: t}
	return r.judged(desk)
}

func (r row) judged(value float64) row {
	if r.Target == nil {
		return r
	}
	met := value <= r.Target.AtMost
	if r.Target.AtLeast > 0 {
		met = value >= r.Target.AtLeast
	}
	r.Met = &met
	return r
}

// section is all that was measured on one database.
type section struct {
	Database string `json:"database"`
	Beside   string `json:"beside"` // what the desk was measured beside
	Rows     []row  `json:"rows"`
	Runs     []run  `json:"runs"`
	Trouble  int    `json:"trouble"` // answers late, wrong, missing or unasked for
}

// run is one measurement, as it was.
type run struct {
	Server string      `json:"server"`
	What   string      `json:"what"`
	Report load.Report `json:"report"`
}

func (s *section) add(r row) { s.Rows = append(s.Rows, r) }

// print writes the table.
func (s *section) print(w io.Writer) {
	width := 0
	for _, r := range s.Rows {
		width = max(width, utf8.RuneCountInString(r.label()))
	}
	line := func(cells ...any) {
		text := fmt.Sprintf("  %-*s %10s %10s %7s   %s", append([]any{width}, cells...)...)
		fmt.Fprintln(w, strings.TrimRight(text, " "))
	}
	fmt.Fprintf(w, "\n%s\n", s.Database)
	line("", "desk", s.Beside, "ratio", "target")
	for _, r := range s.Rows {
		yardstick, ratio := "", ""
		if r.Yardstick > 0 {
			yardstick, ratio = number(r.Yardstick), fmt.Sprintf("%.2f", r.Ratio)
		}
		line(r.label(), number(r.Desk), yardstick, ratio, r.verdict())
	}
}

func (r row) label() string { return r.What + ", " + r.Unit }

// verdict is the target, and whether it is met.
func (r row) verdict() string {
	if r.Target == nil {
		return ""
	}
	bound := "≤ " + number(r.Target.AtMost)
	if r.Target.AtLeast > 0 {
		bound = fmt.Sprintf("≥ %.2f", r.Target.AtLeast)
	}
	return bound + map[bool]string{true: "  met", false: "  not met"}[*r.Met]
}

// number is short and has thousands apart; what is small keeps a decimal or two.
func number(x float64) string {
	switch {
	case x != math.Trunc(x) && x < 10:
		return fmt.Sprintf("%.2f", x)
	case x != math.Trunc(x) && x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	digits := fmt.Sprintf("%.0f", x)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// writeJSON writes all figures to a file.
func writeJSON(path string, sections []*section) error {
	body, err := json.MarshalIndent(map[string]any{"sections": sections}, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the figures: %w", err)
	}
	if err := os.WriteFile(path, append(body, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing the figures: %w", err)
	}
	return nil
}
