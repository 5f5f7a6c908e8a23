package dialog

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWeeklyLinesByDefinition reads lines whose expectation follows from the table
// alone. A figure that the definitions do not give is wrong whatever is asked beside
// it; where 「~」 allows a question, a figure may be missing if one is asked.
func TestWeeklyLinesByDefinition(t *testing.T) {
	form, env := loadShipped(t).weeklyForm()
	data, err := os.ReadFile("testdata/weekly_hand.txt")
	require.NoError(t, err)
	cases := 0
	for block := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n\n") {
		if !strings.HasPrefix(block, "> ") {
			continue
		}
		cases++
		lines := strings.Split(block, "\n")
		said, want := lines[:len(lines)-1], strings.Split(lines[len(lines)-1], " | ")
		t.Run(strings.Join(said, ""), func(t *testing.T) {
			got, asked := byDefinition(form, env, said)
			may := slices.Contains(want, "~")
			must := slices.Contains(want, "?")
			want = slices.DeleteFunc(want, func(w string) bool { return w == "~" || w == "?" })
			if may && asked {
				require.Subset(t, want, got)
				return
			}
			require.Equal(t, want, got)
			require.Equal(t, must, asked, "asked")
		})
	}
	require.GreaterOrEqual(t, cases, 80)
}

// byDefinition says some messages to an empty table and returns its figures, and
// whether the last message left anything to be asked.
func byDefinition(form *Form, env Env, said []string) (got []string, asked bool) {
	var d Draft
	var out Outcome
	for _, text := range said {
		text = strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(strings.TrimPrefix(text, "> "))
		next, o := Step(form, d, Input{Text: text}, env)
		if out = o; out.Taken != NotTaken {
			d = next
		}
	}
	got = []string{}
	for i := range form.Fields {
		fd := &form.Fields[i]
		v, ok := d.Values[fd.Key]
		if !ok || v.Origin == Defaulted {
			continue
		}
		key := fd.Key
		if !strings.HasPrefix(key, "g_") {
			key, _, _ = strings.Cut(key, "_")
		}
		got = append(got, key+"="+fd.Show(v))
	}
	return got, len(out.Problems) > 0 || out.Taken == NotTaken
}
