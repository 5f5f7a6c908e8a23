package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/phone"
	"zhuanban/handlers/weekly"
	"zhuanban/handlers/weekly/table"
	"zhuanban/store"
)

type demoCommand struct {
	Weeks int `help:"How many weeks of the campaign." default:"8"`
}

// Run plays the campaign's first weeks through the bot. Everything in the
// database afterwards was said by somebody on the phone: there is no other way
// in. What is said is in demo_words.go, who says it when in demo_script.go.
func (c *demoCommand) Run(w *world) error {
	return w.withDesk(func(d *desk) error {
		if err := d.needsSteppedClock("demo"); err != nil {
			return err
		}
		empty, err := d.store.Empty(w.ctx)
		if err != nil {
			return err
		}
		if !empty || d.clock.Now().After(d.cfg.start()) {
			return errors.New("demo fills an empty database only, and this one is in use: " +
				"name another in database.url (ZHUANBAN_DATABASE_URL=sqlite:data/demo.db) or move the data folder away")
		}
		left := slices.DeleteFunc(slices.Clone(d.cfg.periods), func(p table.Period) bool { return !p.Due.After(d.cfg.start()) })
		if c.Weeks < 1 || c.Weeks > len(left) {
			return fmt.Errorf("%w: the campaign has %d weeks, so --weeks is 1 to %d", errUsage, len(left), len(left))
		}
		p := newPlayer(d)
		if err := p.play(w.ctx, left[:c.Weeks]); err != nil {
			return fmt.Errorf("playing the campaign: %w", err)
		}
		s, err := p.summary(w.ctx, left[:c.Weeks])
		if err != nil {
			return err
		}
		_, err = fmt.Fprint(w.out, s)
		return err
	})
}

// player speaks for all the campaign's people. Chance is seeded, so that every
// demonstration is the same one.
type player struct {
	*desk
	chance    *rand.Rand
	delivered *counted
	said      int
	tips      int
	books     map[string]*book
}

func newPlayer(d *desk) *player {
	p := &player{desk: d, chance: rand.New(rand.NewPCG(2024, 111)), books: map[string]*book{}}
	p.delivered = &counted{Channel: d.courier.Channels[phone.Name]}
	d.courier.Channels[phone.Name] = p.delivered
	return p
}

// counted is a channel that counts what it took.
type counted struct {
	bot.Channel
	parcels int
}

// Send hands the parcel on.
func (c *counted) Send(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	receipt, err := c.Channel.Send(ctx, p)
	if err == nil {
		c.parcels++
	}
	return receipt, err
}

// play lets everybody say their lines at their times, and the reminders of the
// last week go out to the end.
func (p *player) play(ctx context.Context, weeks []table.Period) error {
	script, err := p.script(weeks)
	if err != nil {
		return err
	}
	for _, s := range script {
		if err := p.AdvanceTo(ctx, s.at); err != nil {
			return err
		}
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s at %s: %w", s.who, shanghaiTime(s.at), err)
		}
	}
	end, err := p.after(weeks[len(weeks)-1])
	if err != nil {
		return err
	}
	return p.AdvanceTo(ctx, end)
}

// after is when nothing more comes of a period by itself: just after the last of
// its reminders.
func (p *player) after(period table.Period) (time.Time, error) {
	day, err := p.cfg.calendar.Next(calendar.DateOf(period.Due))
	if err != nil {
		return time.Time{}, err
	}
	return day.At(9, 1), nil
}

// say says a text as somebody and gives the bot's replies.
func (p *player) say(ctx context.Context, as, text string) ([]bot.Reply, error) {
	return p.send(ctx, bot.Message{Sender: as, Text: text}, "")
}

// inGroup says a text in a group.
func (p *player) inGroup(ctx context.Context, as, group, text string) ([]bot.Reply, error) {
	return p.send(ctx, bot.Message{Sender: as, Group: group, Text: text}, "")
}

// tap taps the button with a label on the last reply that has one.
func (p *player) tap(ctx context.Context, as string, on []bot.Reply, label string) ([]bot.Reply, error) {
	b, ok := find(on, label)
	if !ok {
		var seen []string
		for _, r := range on {
			seen = append(seen, r.Text)
		}
		return nil, fmt.Errorf("there is no button %q on %q", label, strings.Join(seen, "\n"))
	}
	return p.send(ctx, bot.Message{Sender: as, Tap: b.Tap}, b.Label)
}

// find finds the button with a label.
func find(on []bot.Reply, label string) (bot.Button, bool) {
	for _, r := range slices.Backward(on) {
		for _, b := range r.Buttons {
			if b.Label == label {
				return b, true
			}
		}
	}
	return bot.Button{}, false
}

// photo sends a small picture.
func (p *player) photo(ctx context.Context, as, name string) ([]bot.Reply, error) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, p.picture()); err != nil {
		return nil, fmt.Errorf("drawing a photo: %w", err)
	}
	sha, size, err := p.evidence.Put(ctx, &picture, maxAttachment)
	if err != nil {
		return nil, err
	}
	return p.send(ctx, bot.Message{Sender: as, Attachments: []bot.Attachment{
		{Kind: bot.Photo, Name: name, MIME: "image/png", Size: size, SHA256: sha}}}, "")
}

// picture is a shelf of coloured boxes: no two alike.
func (p *player) picture() image.Image {
	const width, height, box = 240, 160, 40
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := 0; y < height; y += box {
		for x := 0; x < width; x += box {
			c := color.RGBA{uint8(90 + p.chance.IntN(150)), uint8(90 + p.chance.IntN(150)), uint8(90 + p.chance.IntN(150)), 255}
			for i := range (box - 3) * (box - 3) {
				img.Set(x+i%(box-3), y+i/(box-3), c)
			}
		}
	}
	return img
}

// send hands a message to the phone, as the page does, and delivers what came of
// it.
func (p *player) send(ctx context.Context, m bot.Message, label string) ([]bot.Reply, error) {
	p.said++
	m.Platform, m.ID, m.At = phone.Name, fmt.Sprintf("demo-%d", p.said), p.clock.Now()
	replies, err := p.phone.Say(ctx, m, label)
	if err != nil {
		return nil, err
	}
	return replies, p.flush(ctx)
}

// summary is what became of it, from the records, and what to look at now.
func (p *player) summary(ctx context.Context, weeks []table.Period) (string, error) {
	var leads, filed, zero, late, missing, corrected int
	err := p.store.View(ctx, func(tx *store.Tx) error {
		states, err := tx.Leads().Counts(ctx, store.LeadFilter{}, "state")
		if err != nil {
			return err
		}
		for _, n := range states {
			leads += int(n)
		}
		for _, w := range weeks {
			filings, err := tx.Filings().CurrentAll(ctx, p.cfg.table.ID, weekly.PeriodKey(w))
			if err != nil {
				return err
			}
			filed += len(filings)
			missing += len(p.cfg.roster.Reporting()) - len(filings)
			for _, f := range filings {
				zero, late, corrected = zero+one(f.Zero), late+one(f.Late), corrected+one(f.Version > 1)
			}
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("counting what was played: %w", err)
	}
	return fmt.Sprintf(`%d weeks played, up to %s
  leads      %d
  filings    %d, of which zero %d, late %d, corrected %d
  missing    %d
  said       %d messages; delivered %d
Now: zhuanban serve, open http://%s/, and ask as office.director: 谁没报, 上周数据, 进度 1
`, len(weeks), p.clock.Now().Format("2006-01-02 15:04"), leads, filed, zero, late, corrected, missing, p.said, p.delivered.parcels, p.cfg.Listen), nil
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}
