package load

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, v := range []struct {
		of   []time.Duration
		q    float64
		want time.Duration
	}{{nil, 0.5, 0}, {hundred[:1], 0.99, 1}, {hundred[:3], 0.5, 2}, {hundred[:4], 0.5, 2}, {hundred, 0.5, 50}, {hundred, 0.9, 90}, {hundred, 0.99, 99}, {hundred, 1, 100}, {hundred, 0, 1}} {
		if got := Quantile(v.of, v.q); got != v.want {
			t.Errorf("%v of %d values: %d instead of %d", v.q, len(v.of), got, v.want)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, v := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{7}, 7}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := Median(v.of); got != v.want {
			t.Errorf("of %v: %v instead of %v", v.of, got, v.want)
		}
	}
}

func TestSum(t *testing.T) {
	begin := time.Unix(1000, 0)
	a := &record{from: begin, to: begin.Add(2 * time.Second)}
	a.answered(begin.Add(-time.Millisecond), begin.Add(time.Millisecond), true)           // said before the window
	a.answered(begin.Add(time.Second), begin.Add(time.Second+4*time.Millisecond), true)   // counts
	a.answered(begin.Add(2*time.Second), begin.Add(2*time.Second+time.Millisecond), true) // answered after it
	b := &record{from: a.from, to: a.to}
	b.answered(begin, begin.Add(6*time.Millisecond), false)
	b.failed(errors.New("HTTP 500"))
	b.wrong(Line{"hello", "good day"}, "go away")
	b.part.Again = Redelivered{Same: 3, Silent: 2, Other: 1}
	r := sum([]*record{a, b}, 2*time.Second)
	if r.Users != 2 || r.Messages != 2 || r.PerSecond != 1 || r.P50 != 4 || r.P99 != 6 || r.Passive != 1 || r.Active != 1 {
		t.Errorf("%+v", r)
	}
	if r.Faults() != 3 {
		t.Errorf("%d faults in %+v", r.Faults(), r)
	}
	for _, want := range []string{"1 × HTTP 500", "1 wrong answers", "1 re-deliveries answered differently", `"go away", which lacks "good day"`} {
		if !strings.Contains(r.Trouble(), want) {
			t.Errorf("%q does not say %q", r.Trouble(), want)
		}
	}
	if calm := sum([]*record{a}, time.Second); calm.Trouble() != "" || calm.Faults() != 0 {
		t.Errorf("trouble where none is: %s", calm.Trouble())
	}
}
