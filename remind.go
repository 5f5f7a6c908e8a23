package main

import (
	"encoding/json"
	"fmt"
	"io"

	"zhuanban/bot/calendar"
	"zhuanban/bot/schedule"
)

type remindCommand struct {
	From  moment `required:"" help:"After this time." placeholder:"TIME"`
	Until moment `required:"" help:"Up to and including this time." placeholder:"TIME"`
	JSON  bool   `name:"json" help:"As JSON."`
}

// dated is a notice with its time and its reason.
type dated struct {
	At string `json:"at"`
	shown
	Job string `json:"job"`
	Why string `json:"why"`
}

// Run says what the schedule would send, by the records as they are now.
func (c *remindCommand) Run(w *world) error {
	if !c.Until.After(c.From.Time) {
		return fmt.Errorf("%w: --until must be after --from", errUsage)
	}
	return w.withDesk(func(d *desk) error {
		fired, err := d.runner.Preview(w.ctx, c.From.Time, c.Until.Time)
		if err != nil {
			return err
		}
		out := []dated{}
		for _, f := range fired {
			for _, n := range f.Notices {
				r, err := d.bot.Word(n)
				if err != nil {
					return err
				}
				out = append(out, dated{At: shanghaiTime(f.Due.In(calendar.Shanghai)), shown: show(n.To.Account, r), Job: f.Job, Why: f.What})
			}
		}
		return list(w.out, c.JSON, out)
	})
}

// list writes notices as one JSON object or as lines to read.
func list(out io.Writer, asJSON bool, notices []dated) error {
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return enc.Encode(map[string]any{"notices": notices})
	}
	for _, n := range notices {
		if _, err := fmt.Fprintf(out, "%s  %s  (%s)\n%s\n\n", n.At, n.To, n.Why, n.Text); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "%d notices\n", len(notices))
	return err
}

type runDueCommand struct {
	At   moment `required:"" help:"Step the clock to this time." placeholder:"TIME"`
	JSON bool   `name:"json" help:"As JSON."`
}

// Run steps the clock and delivers what falls due on the way.
func (c *runDueCommand) Run(w *world) error {
	return w.withDesk(func(d *desk) error {
		if err := d.needsSteppedClock("run-due"); err != nil {
			return err
		}
		if err := d.flush(w.ctx); err != nil {
			return err
		}
		fired, err := d.advance(w.ctx, c.At.Time)
		if err != nil {
			return err
		}
		out := []dated{}
		for _, f := range fired {
			notices, err := d.notices(w.ctx, schedule.Cause(f.Occurrence), "")
			if err != nil {
				return err
			}
			for _, n := range notices {
				out = append(out, dated{At: shanghaiTime(f.Due.In(calendar.Shanghai)), shown: n, Job: f.Job, Why: f.What})
			}
		}
		return list(w.out, c.JSON, out)
	})
}
