package dialog

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// judged are the fields of a lead that the score counts.
var judged = []string{"subject", "place", "goods", "quantity", "value", "found_at", "phone", "platform", "link", "source"}

// score counts values read rightly, wrongly, and not at all.
type score struct{ right, wrong, missed int }

func (s score) f1() float64 {
	return 2 * float64(s.right) / float64(2*s.right+s.wrong+s.missed)
}

// TestLeadsScore reads lines with labels made by hand and scores every value: one
// that is not letter for letter the one that a careful reader takes from the line
// counts as wrong and as missed. The lines came in five batches, each scored before
// anything was changed for it: 0.942 of 152 lines, 0.961 of 75, 0.929 of 50, 0.927 of
// 40 and 0.931 of 30. What was learnt from one batch was in place for the next; the
// score below is the one after all.
func TestLeadsScore(t *testing.T) {
	total, report := scoreLeads(t, "testdata/labelled.txt")
	t.Logf("F1 %.4f\n%s", total.f1(), report)
	require.GreaterOrEqual(t, total.f1(), 0.975)
}

// TestFreshLeadsScore scores, the same way, lines written after all of those: 0.905 of
// 117 at first sight, of which 6 labels were then brought in line with the table (what
// was paid is no worth, a right holder's complaint is a report); 0.937 of 40 more.
func TestFreshLeadsScore(t *testing.T) {
	for _, file := range []string{"testdata/labelled2.txt", "testdata/labelled3.txt"} {
		total, report := scoreLeads(t, file)
		t.Logf("F1 %.4f\n%s", total.f1(), report)
		require.GreaterOrEqual(t, total.f1(), 0.95)
	}
}

func scoreLeads(t *testing.T, file string) (total score, report string) {
	t.Helper()
	form, env := loadShipped(t).leadForm()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	by, lines := map[string]score{}, 0
	for block := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n\n") {
		said, labels, _ := strings.Cut(block, "\n")
		text, ok := strings.CutPrefix(said, "> ")
		if !ok {
			continue
		}
		lines++
		want := map[string]string{}
		for pair := range strings.SplitSeq(labels, " | ") {
			key, value, _ := strings.Cut(pair, "=")
			want[key] = value
		}
		d, _ := Step(form, Draft{}, Input{Text: strings.ReplaceAll(text, `\n`, "\n")}, env)
		got := readValues(form, d, env)
		for _, key := range judged {
			if got[key] != want[key] {
				t.Logf("%s: %s is %q, not %q", text, key, want[key], got[key])
			}
			by[key] = by[key].with(got[key], want[key])
			total = total.with(got[key], want[key])
		}
	}
	for _, key := range judged {
		s := by[key]
		report += fmt.Sprintf("%s %.3f (%d right, %d wrong, %d missed)\n", key, s.f1(), s.right, s.wrong, s.missed)
	}
	return total, fmt.Sprintf("%d lines\n", lines) + report
}

// with is the score after one more value.
func (s score) with(got, want string) score {
	switch {
	case got == want && got != "":
		s.right++
	case got != want:
		if got != "" {
			s.wrong++
		}
		if want != "" {
			s.missed++
		}
	}
	return s
}

// readValues are the values of the judged fields as a card shows them; a place that is
// only the platform said again is none.
func readValues(form *Form, d Draft, env Env) map[string]string {
	out := map[string]string{}
	for key, v := range form.Values(d, env) {
		fd, _ := form.Field(key)
		if !slices.Contains(judged, key) || v.Origin == Defaulted || fd.Type == Place && v.Origin == Inferred {
			continue
		}
		out[key] = fd.Show(v)
	}
	return out
}
