package dialog

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write what is read now into the corpora, to be reviewed by eye")

// The corpora are files of messages as clerks type them, each with what is to be
// read from it:
//
//	> a message (\n is a new line); several are one conversation
//	the values, as a card shows them
//	! what could not be read
//	= what comes next, and what is asked for
//
// A blank line parts the cases, # begins a heading.
func TestLeadsReadAsTyped(t *testing.T) {
	form, env := loadShipped(t).leadForm()
	corpus(t, "testdata/leads.txt", 150, form, env)
}

func TestWeeklyLinesReadAsTyped(t *testing.T) {
	form, env := loadShipped(t).weeklyForm()
	corpus(t, "testdata/weekly.txt", 150, form, env)
}

func corpus(t *testing.T, file string, least int, form *Form, env Env) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var out strings.Builder
	cases := 0
	for block := range strings.SplitSeq(strings.TrimSpace(string(data)), "\n\n") {
		var said []string
		for line := range strings.SplitSeq(block, "\n") {
			if text, ok := strings.CutPrefix(line, "> "); ok {
				said = append(said, text)
			}
		}
		if len(said) == 0 {
			out.WriteString(block + "\n\n")
			continue
		}
		cases++
		got := conversation(form, env, said)
		out.WriteString(got + "\n\n")
		if !*update {
			require.Equal(t, block, got)
		}
	}
	require.GreaterOrEqual(t, cases, least)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(strings.TrimSpace(out.String())+"\n"), 0o644))
	}
}

// conversation says some messages to a new draft and writes down what was read.
func conversation(form *Form, env Env, said []string) string {
	var d Draft
	var out Outcome
	var b strings.Builder
	for _, text := range said {
		b.WriteString("> " + text + "\n")
		d, out = Step(form, d, Input{Text: strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(text)}, env)
		for _, p := range out.Problems {
			fmt.Fprintf(&b, "! %s\n", strings.TrimSpace(fmt.Sprint(p.Raw, " ", p.Why, " ", p.Field)))
		}
	}
	whole := strings.ReplaceAll(strings.Join(said, ";"), `\n`, "\n")
	var values []string
	for i := range form.Fields {
		fd := &form.Fields[i]
		v, ok := form.Values(d, env)[fd.Key]
		if !ok || v.Origin == Defaulted || fd.Rest && whole == v.Text {
			continue
		}
		name := fd.Key
		if v.Origin == Inferred {
			name += "~"
		}
		values = append(values, name+"="+strings.ReplaceAll(fd.Show(v), "\n", `\n`))
	}
	if len(values) > 0 {
		b.WriteString(strings.Join(values, " | ") + "\n")
	}
	b.WriteString(strings.TrimSpace("= " + string(out.Event) + " " + strings.Join(out.Missing, " ")))
	return b.String()
}
