package wecom

import (
	"strings"
	"sync"
	"time"

	"zhuanban/bot"
)

// firstWord is what somebody is taken to say who comes for the first time: the word of
// command that is answered with what the desk can do.
const firstWord = "开始"

// hears says whether an event is handed to the desk. The others are acknowledged and
// nothing else: somebody left, moved, followed a link of the menu; and what WeCom may
// come to tell.
func hears(d *document) bool {
	switch string(d.value[fEvent]) {
	case "click", "template_card_event", "template_card_menu_event":
		return len(d.value[fEventKey]) > 0
	case "enter_agent", "subscribe":
		return true
	}
	return false
}

// event puts an event into its message: the word of command behind a menu entry, the
// value of a button, or that somebody has come. false = it is none for the desk.
func (c *Channel) event(d *document, m *bot.Message) bool {
	switch string(d.value[fEvent]) {
	case "click":
		m.Text = value(d, fEventKey)
	case "enter_agent", "subscribe":
		m.Greeting, m.Text = true, firstWord
		return c.doors.enter(m.Sender, m.ID, m.At)
	default:
		m.Tap, m.Chosen = value(d, fEventKey), selections(d)
		m.Carry = 0 // WeCom shows no text in answer to a tap
		if c.updates() {
			m.Card = value(d, fResponseCode)
		}
	}
	return true
}

// selections copies what was selected on a card, list by list.
func selections(d *document) []bot.Choice {
	var out []bot.Choice
	for _, one := range d.chosen {
		question := strings.ToValidUTF8(string(one.question), "\uFFFD")
		if len(out) == 0 || out[len(out)-1].Question != question {
			out = append(out, bot.Choice{Question: question})
		}
		last := &out[len(out)-1]
		last.Options = append(last.Options, strings.ToValidUTF8(string(one.option), "\uFFFD"))
	}
	return out
}

// link is a page that a member sent, as text: its title and its address. "" if it has
// neither.
func link(d *document) string {
	return strings.TrimSpace(strings.TrimSpace(value(d, fTitle)) + "\n" + strings.TrimSpace(value(d, fURL)))
}

// doors remember who has come today, so that the desk is asked about each person once
// a day and not with every look into the chat. What is forgotten is asked again.
type doors struct {
	mu   sync.Mutex
	day  string
	came map[string]string // the event, by account: a re-delivery is let in again
}

// mostCame bounds the memory: some megabytes in a very large corp.
const mostCame = 20000

// enter says whether the desk is to be asked.
func (d *doors) enter(who, event string, at time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if day := at.Format(time.DateOnly); d.came == nil || d.day != day || len(d.came) >= mostCame {
		d.day, d.came = day, map[string]string{}
	}
	before, ok := d.came[who]
	if !ok {
		d.came[who] = event
	}
	return !ok || before == event
}
