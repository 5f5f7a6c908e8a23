package ledger

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/zh"
	"zhuanban/handlers/ledger/find"
	"zhuanban/store"
)

// onPage is how many hits a card has: each with its button, and one for the next page,
// are as many as every platform shows.
const onPage = 5

// rounds is how often the index is asked for one page, where what it gave was not meant.
const rounds = 4

// longestSearch is how many characters are looked for: they come back with the button.
const longestSearch = 60

// HitView is a lead that was found.
type HitView struct {
	ID                    int64
	Number, State         string
	Subject, Place, Unit  string
	Registered            time.Time
	Brief                 string
	Common                []string // what it has in common with another, by dup.Kind
	Other                 int64    // that other
	OtherNumber, Reporter string
}

// PageView is a page of hits.
type PageView struct {
	Words  string
	Hits   []HitView
	Before int64 // where the next page begins; 0 = there is none
	Later  bool  // it is not the first page
	Short  []string
	Number string // that was asked for
}

// search answers 「查 某某鞋店」.
func (d *Duty) search(ctx context.Context, t *bot.Turn, rest string) error {
	words := strings.TrimSpace(rest)
	for _, w := range []string{"尾号", "电话"} {
		if strings.HasPrefix(zh.Fold(t.Message.Text), "查"+w) && !strings.HasPrefix(words, w) {
			words = w + words
		}
	}
	if r := []rune(words); len(r) > longestSearch {
		words = string(r[:longestSearch])
	}
	if n, ok := d.number(words, t.Now); ok {
		return d.numbered(ctx, t, n, words)
	}
	return d.page(ctx, t, words, 0)
}

// more answers the button for the next page.
func (d *Duty) more(ctx context.Context, t *bot.Turn, arg string) error {
	before, words, _ := strings.Cut(arg, ":")
	return d.page(ctx, t, words, bot.ID(before))
}

func (d *Duty) page(ctx context.Context, t *bot.Turn, words string, before int64) error {
	q := find.Read(words)
	v := PageView{Words: words, Later: before != 0, Short: q.Short}
	if q.Empty() {
		t.Say("ledger.search_how", v)
		return nil
	}
	leads, next, err := d.find(ctx, t.Tx, t.Person, q, before)
	if err != nil {
		return err
	}
	v.Before = next
	for _, l := range leads {
		v.Hits = append(v.Hits, d.hit(t.Roster(), l))
	}
	t.Say("ledger.hits", v)
	return nil
}

// find is a page of what a person looks for and may see.
func (d *Duty) find(ctx context.Context, tx *store.Tx, p bot.Person, q find.Query, before int64) (out []store.Lead, next int64, err error) {
	next = before
	for range rounds {
		had := len(out)
		ids, after, err := tx.LeadTerms().Find(ctx, store.LeadQuery{Groups: q.Groups(d.rights.Scope(p)), BeforeID: next, Limit: onPage + 1 - len(out)})
		if err != nil {
			return nil, 0, err
		}
		leads, err := tx.Leads().ByIDs(ctx, ids)
		if err != nil {
			return nil, 0, err
		}
		units, err := handlers(ctx, tx, ids)
		if err != nil {
			return nil, 0, err
		}
		for _, l := range leads {
			if q.Matches(l) && d.rights.Sees(p, l, units[l.ID]) {
				out = append(out, l)
			}
		}
		next = after
		if walked := len(ids) < onPage+1-had; next == 0 || walked || len(out) > onPage {
			break
		}
	}
	if len(out) > onPage {
		out = out[:onPage]
		return out, out[onPage-1].ID, nil
	}
	return out, next, nil
}

// numbered answers 「查 AX-2024-0132」.
func (d *Duty) numbered(ctx context.Context, t *bot.Turn, number, words string) error {
	l, found, err := d.byNumber(ctx, t.Tx, number)
	if err == nil && found {
		found, err = d.sees(ctx, t.Tx, t.Person, l)
	}
	if err != nil {
		return err
	}
	if !found {
		if fourDigits.MatchString(words) { // no lead: a phone's end
			return d.page(ctx, t, "尾号"+words, 0)
		}
		t.Say("ledger.no_number", number)
		return nil
	}
	t.Say("ledger.hits", PageView{Words: number, Hits: []HitView{d.hit(t.Roster(), l)}})
	return nil
}

// hit prepares a lead for a list.
func (d *Duty) hit(r *bot.Roster, l store.Lead) HitView {
	return HitView{ID: l.ID, Number: l.Number, State: string(l.State), Subject: l.Subject, Place: l.Place,
		Unit: r.UnitName(l.Unit), Registered: l.RegisteredAt, Brief: Masked(l.Content), Reporter: r.PersonName(l.Reporter)}
}

var fourDigits = regexp.MustCompile(`^[0-9]{4}$`)

var bare = regexp.MustCompile(`^(?:线索|第|No\.?|NO\.?)?\s*#?([0-9]{1,6})\s*号?$`)

// number reads 132, 0132号 and AX-2024-0132.
func (d *Duty) number(text string, now time.Time) (string, bool) {
	text = strings.ToUpper(zh.Fold(text))
	if m := bare.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		return fmt.Sprintf("%s-%d-%04d", d.cfg.Prefix, now.In(calendar.Shanghai).Year(), n), err == nil && n > 0
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == '-' || r == '—' || r == '–' || r == ' ' })
	if len(parts) != 3 || parts[0] != d.cfg.Prefix {
		return "", false
	}
	year, err1 := strconv.Atoi(parts[1])
	n, err2 := strconv.Atoi(parts[2])
	return fmt.Sprintf("%s-%d-%04d", d.cfg.Prefix, year, n), err1 == nil && err2 == nil
}
