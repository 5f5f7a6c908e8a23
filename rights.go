package main

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/handlers/lead"
	"zhuanban/store"
)

// leadRights is what duties beside the leads' own ask about leads.
type leadRights struct {
	prefix string
	leads  *lead.Duty
}

// leadNumber is a lead's number at the beginning of what is said: 132, 线索132号,
// AX-2024-0132. A longer number is a phone's.
var leadNumber = regexp.MustCompile(`^(?:线索|编号|第|NO\.?|no\.?|#)?\s*(?:([A-Za-z]+)\s*[-—– ]\s*(\d{4})\s*[-—– ]\s*)?(\d{1,6})(?:[^\d]|$)`)

// Number reads the number of a lead that a text begins with, and what stands behind it.
func (r leadRights) Number(text string, now time.Time) (number, more string, ok bool) {
	text = strings.TrimSpace(text)
	m := leadNumber.FindStringSubmatchIndex(text)
	if m == nil {
		return "", text, false
	}
	n, err := strconv.Atoi(text[m[6]:m[7]])
	if err != nil || n == 0 {
		return "", text, false
	}
	year := now.In(calendar.Shanghai).Year()
	if m[2] >= 0 {
		if !strings.EqualFold(text[m[2]:m[3]], r.prefix) {
			return "", text, false
		}
		year, _ = strconv.Atoi(text[m[4]:m[5]])
	}
	more = strings.TrimLeft(text[m[7]:], "号# \t\n,:;。、的")
	return fmt.Sprintf("%s-%d-%04d", r.prefix, year, n), more, true
}

// Sees says whether a lead is open to the speaker.
func (r leadRights) Sees(ctx context.Context, t *bot.Turn, l store.Lead) (bool, error) {
	m, err := r.leads.Load(ctx, t.Tx, l)
	return err == nil && m.Sees(t.Roster(), t.Person), err
}

// Handles says whether the speaker is of the unit that handles a lead, or stands in for
// somebody who is.
func (r leadRights) Handles(ctx context.Context, t *bot.Turn, l store.Lead) (bool, error) {
	m, err := r.leads.Load(ctx, t.Tx, l)
	return err == nil && m.Handles(t.Roster(), t.Person), err
}

// auditor writes what is done with many leads at once into the audit.
type auditor struct{ clock bot.Clock }

// Log adds an entry.
func (a auditor) Log(ctx context.Context, tx *store.Tx, actor, action, object, reason string) error {
	return tx.Audit().Append(ctx, store.AuditEntry{At: a.clock.Now(), Actor: actor, Action: action, Object: object, Reason: reason})
}
