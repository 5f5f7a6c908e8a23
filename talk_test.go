package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/phone"
	"zhuanban/bot/schedule"
)

var update = flag.Bool("update", false, "write what the bot says now into testdata/talk")

// TestTalk holds the conversations of testdata/talk, word for word, on both
// databases. A talk is a text of what is said and, indented, of what is answered:
//
//	@ 2024-01-19T09:30               the clock moves to that time; the first one is when it begins
//	> fengcheng.filer 行动3次         somebody says something
//	> fengcheng.filer [tap 提交]      … taps the button of the newest card that has it
//	> fengcheng.filer [photo a.png]   … sends a photo; [file …] and [place LABEL] likewise
//	> fengcheng.filer [group 群名] …  … says it in a group
//	> fengcheng.filer [again]         the platform hands in their last message once more
//
// Every sentence is rendered by text/template too and must come out the same.
// Between every two lines (on the second database: every four) the desk is closed
// and opened again, so that nothing hides in memory. go test -run TestTalk -update . writes the answers anew; read
// them before you commit them.
func TestTalk(t *testing.T) {
	talks, err := filepath.Glob("testdata/talk/*.talk")
	require.NoError(t, err)
	require.NotEmpty(t, talks)
	for _, path := range talks {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".talk"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			var kept []string
			for i, db := range databases {
				talk := play(t, db.url(t), string(want), 1+3*i)
				if *update && i == 0 {
					require.NoError(t, os.WriteFile(path, []byte(talk.text), 0o600))
					want = []byte(talk.text)
				}
				require.Equal(t, string(want), talk.text, "on %s", db.name)
				kept = append(kept, talk.records)
			}
			require.Equal(t, kept[0], kept[1], "both databases keep the same records")
		})
	}
}

// talk is a conversation under way.
type talk struct {
	t       *testing.T
	cfg     *campaign
	desk    *desk // nil between two lines, when it is opened anew
	reopen  int   // after how many lines that is
	lines   int
	cards   map[string][]shown // what each has on their phone, oldest first
	last    map[string]bot.Message
	said    int
	voices  []string // who speaks in this talk
	out     strings.Builder
	text    string
	records string
}

// play plays the lines of a script that are not answers, and writes it out again
// with the answers of now.
func play(t *testing.T, url, script string, reopen int) *talk {
	t.Helper()
	cfg, err := loadCampaign("config.yaml", environment(t, url))
	require.NoError(t, err)
	k := &talk{t: t, cfg: cfg, reopen: reopen, cards: map[string][]shown{}, last: map[string]bot.Message{}}
	lines := slices.Collect(strings.Lines(script))
	begun := false
	for _, l := range lines {
		if rest, ok := strings.CutPrefix(l, "> "); ok {
			k.voices = append(k.voices, strings.Fields(rest)[0])
		}
		if at, ok := strings.CutPrefix(l, "@ "); ok && !begun {
			cfg.ClockStart.Time, begun = shanghai(t, strings.TrimSpace(at)), true
		}
	}
	for _, l := range lines {
		l = strings.TrimRight(l, "\n")
		if !strings.HasPrefix(l, "#") && !strings.HasPrefix(l, "@ ") && !strings.HasPrefix(l, "> ") {
			continue
		}
		if k.out.Len() > 0 && !k.afterComment() {
			k.out.WriteString("\n")
		}
		k.out.WriteString(l + "\n")
		if !strings.HasPrefix(l, "#") {
			k.line(l)
		}
	}
	k.open()
	k.records = records(t, k.desk)
	k.close()
	k.text = k.out.String()
	return k
}

// afterComment says whether the line written last is a comment.
func (k *talk) afterComment() bool {
	all := strings.Split(strings.TrimRight(k.out.String(), "\n"), "\n")
	return strings.HasPrefix(all[len(all)-1], "#")
}

func (k *talk) open() {
	if k.desk != nil {
		return
	}
	var err error
	k.desk, err = openDesk(k.t.Context(), k.cfg, quiet)
	require.NoError(k.t, err)
	k.desk.words.Compare(func(name string, data any, difference string) {
		k.t.Errorf("%s with %+v: %s", name, data, difference)
	})
}

func (k *talk) close() {
	require.NoError(k.t, k.desk.close())
	k.desk = nil
}

// line does one line.
func (k *talk) line(l string) {
	k.open()
	ctx := k.t.Context()
	if at, ok := strings.CutPrefix(l, "@ "); ok {
		fired, err := k.desk.advance(ctx, shanghai(k.t, at))
		require.NoError(k.t, err, l)
		k.reminders(fired)
	} else {
		who, what, _ := strings.Cut(strings.TrimPrefix(l, "> "), " ")
		k.say(ctx, who, what)
	}
	if k.lines++; k.lines%k.reopen == 0 {
		k.close()
	}
}

// say says a line and writes down what comes of it.
func (k *talk) say(ctx context.Context, who, what string) {
	m := k.message(ctx, who, what)
	k.last[who] = m
	replies, err := k.desk.phone.Say(ctx, m, "")
	require.NoError(k.t, err, what)
	notices, err := k.desk.deliver(ctx, m)
	require.NoError(k.t, err)
	for _, r := range replies {
		s := show(who, r)
		k.cards[who] = append(k.cards[who], s)
		k.write("  ", s.Text)
	}
	if what == "[again]" {
		return
	}
	if len(notices) > aFew {
		k.told(notices)
		return
	}
	for _, n := range notices {
		k.cards[n.To] = append(k.cards[n.To], n)
		k.write("  ", "→ "+n.To)
		k.write("    ", n.Text)
	}
}

// aFew is how many notices of one line are written out, whoever they are for: as many
// as a duty sends. More are a broadcast's.
const aFew = 8

// message makes the message of a line.
func (k *talk) message(ctx context.Context, who, what string) bot.Message {
	k.said++
	m := bot.Message{Platform: phone.Name, Sender: who, ID: "t" + strconv.Itoa(k.said), At: k.desk.clock.Now(), Text: what}
	order, rest, ok := strings.Cut(strings.TrimPrefix(what, "["), "]")
	if !ok || !strings.HasPrefix(what, "[") {
		return m
	}
	m.Text = strings.TrimSpace(rest)
	verb, arg, _ := strings.Cut(order, " ")
	switch verb {
	case "tap":
		m.Tap = k.button(who, arg)
	case "group":
		m.Group = arg
	case "place":
		m.Location = &bot.Location{Lat: 25.0554, Lng: 118.1864, Label: arg}
	case "photo", "file":
		kind := map[string]bot.AttachmentKind{"photo": bot.Photo, "file": bot.File}[verb]
		body := []byte(arg + " of " + who)
		sha, size, err := k.desk.evidence.Put(ctx, bytes.NewReader(body), maxAttachment)
		require.NoError(k.t, err)
		m.Attachments = []bot.Attachment{{Kind: kind, Name: arg, MIME: "image/png", Size: size, SHA256: sha}}
	case "again":
		return k.last[who]
	default:
		k.t.Fatalf("%q is not an order of a talk", order)
	}
	return m
}

// button finds the newest card on somebody's phone that has the button.
func (k *talk) button(who, label string) string {
	for _, c := range slices.Backward(k.cards[who]) {
		for _, b := range c.Buttons {
			if b.Label == label {
				return b.Tap
			}
		}
	}
	k.t.Fatalf("%s has no button %q", who, label)
	return ""
}

// reminders writes down what the clock brought: the words for groups and for those
// who speak in this talk, and how many others heard.
func (k *talk) reminders(fired []schedule.Fired) {
	for _, f := range fired {
		notices, err := k.desk.notices(k.t.Context(), schedule.Cause(f.Occurrence), "")
		require.NoError(k.t, err)
		k.write("  ", fmt.Sprintf("(%s %s)", f.Due.In(calendar.Shanghai).Format("01-02 15:04"), f.What))
		k.told(notices)
	}
}

// told writes down what many were told.
func (k *talk) told(notices []shown) {
	others := 0
	for _, n := range notices {
		k.cards[n.To] = append(k.cards[n.To], n)
		if _, isGroup := k.cfg.roster.Group(n.To); !isGroup && !slices.Contains(k.voices, n.To) {
			others++
			continue
		}
		k.write("  ", "→ "+n.To)
		k.write("    ", n.Text)
	}
	if others > 0 {
		k.write("  ", fmt.Sprintf("→ %d others", others))
	}
}

// hashes are those of chains, which differ with every id.
var hashes = regexp.MustCompile(`[0-9a-f]{8}…[0-9a-f]{4}`)

// write writes indented lines; a reply's empty lines stay empty.
func (k *talk) write(indent, text string) {
	for l := range strings.SplitSeq(hashes.ReplaceAllString(text, "########…####"), "\n") {
		k.out.WriteString(strings.TrimRight(indent+l, " ") + "\n")
	}
}

// TestTalkNoticesAnotherAnswer: what stands in a talk is not simply repeated.
func TestTalkNoticesAnotherAnswer(t *testing.T) {
	k := play(t, databases[0].url(t), "@ 2024-01-19T09:00\n\n> fengcheng.filer 你好\n  别的话\n", 1)
	require.Contains(t, k.text, "> fengcheng.filer 你好\n  【")
	require.NotContains(t, k.text, "别的话")
}
