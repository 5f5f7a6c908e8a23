package load

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Report is what one run has come to. Latencies are in milliseconds.
type Report struct {
	Users     int            `json:"users"`
	Seconds   float64        `json:"seconds"`
	Messages  int            `json:"messages"` // answered within the measured window, re-deliveries not counted
	PerSecond float64        `json:"per_second"`
	P50       float64        `json:"p50_ms"`
	P90       float64        `json:"p90_ms"`
	P99       float64        `json:"p99_ms"`
	Max       float64        `json:"max_ms"`
	Passive   int            `json:"passive"` // answers in the response
	Active    int            `json:"active"`  // answers through the API
	Wrong     int            `json:"wrong"`   // answers without what was wanted
	Example   string         `json:"example,omitempty"`
	Errors    map[string]int `json:"errors,omitempty"`
	Stray     int            `json:"stray"` // messages nobody had asked for
	Again     Redelivered    `json:"redelivered"`
}

// Redelivered is what a second delivery of the same message brought.
type Redelivered struct {
	Same   int `json:"same"`   // the same answer
	Silent int `json:"silent"` // none
	Other  int `json:"other"`  // another one: the message was handled twice
	Failed int `json:"failed"`
}

// Faults is how often something went wrong.
func (r *Report) Faults() int {
	n := r.Wrong + r.Stray + r.Again.Other + r.Again.Failed
	for _, count := range r.Errors {
		n += count
	}
	return n
}

// Trouble says what went wrong, in one line; "" if nothing did.
func (r *Report) Trouble() string {
	var parts []string
	for _, e := range slices.Sorted(maps.Keys(r.Errors)) {
		parts = append(parts, fmt.Sprintf("%d × %s", r.Errors[e], e))
	}
	for _, c := range []struct {
		n    int
		what string
	}{{r.Wrong, "wrong answers"}, {r.Stray, "messages that nobody asked for"}, {r.Again.Other, "re-deliveries answered differently"}, {r.Again.Failed, "re-deliveries failed"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if r.Example != "" {
		parts = append(parts, r.Example)
	}
	return strings.Join(parts, "; ")
}

// record is what one person has met with.
type record struct {
	from, to  time.Time // the measured window
	latencies []time.Duration
	part      Report
}

// answered counts an answer that came within the window.
func (r *record) answered(begin, end time.Time, passive bool) {
	if begin.Before(r.from) || end.After(r.to) {
		return
	}
	r.latencies = append(r.latencies, end.Sub(begin))
	if passive {
		r.part.Passive++
	} else {
		r.part.Active++
	}
}

func (r *record) failed(err error) {
	if r.part.Errors == nil {
		r.part.Errors = map[string]int{}
	}
	r.part.Errors[err.Error()]++
}

func (r *record) wrong(l Line, got string) {
	r.part.Wrong++
	if r.part.Example == "" {
		r.part.Example = fmt.Sprintf("to %q came %.200q, which lacks %q", l.Say, got, l.Want)
	}
}

// sum is the report of all people together.
func sum(records []*record, window time.Duration) Report {
	r := Report{Users: len(records), Seconds: window.Seconds(), Errors: map[string]int{}}
	var all []time.Duration
	for _, one := range records {
		all = append(all, one.latencies...)
		p := one.part
		r.Passive += p.Passive
		r.Active += p.Active
		r.Wrong += p.Wrong
		r.Stray += p.Stray
		r.Again.Same += p.Again.Same
		r.Again.Silent += p.Again.Silent
		r.Again.Other += p.Again.Other
		r.Again.Failed += p.Again.Failed
		for e, n := range p.Errors {
			r.Errors[e] += n
		}
		if r.Example == "" {
			r.Example = p.Example
		}
	}
	slices.Sort(all)
	r.Messages = len(all)
	r.PerSecond = float64(len(all)) / window.Seconds()
	ms := func(q float64) float64 { return float64(Quantile(all, q).Microseconds()) / 1000 }
	r.P50, r.P90, r.P99, r.Max = ms(0.5), ms(0.9), ms(0.99), ms(1)
	return r
}

// Quantile is the value that the fraction q of the sorted values does not exceed:
// the nearest rank, without interpolation. It is zero of no values.
func Quantile[T ~int64 | ~float64](sorted []T, q float64) T {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(q*float64(len(sorted)) + 0.999999999) // up to the next whole one, but for what floats add
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Median is the middle of some values, and between two middles the mean.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
