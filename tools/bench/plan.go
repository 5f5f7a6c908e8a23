package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"zhuanban/tools/bench/load"
	"zhuanban/tools/bench/rig"
	"zhuanban/tools/bench/wecom"
	"zhuanban/tools/bench/yardstick"
)

// The targets.
const (
	shareOfYardstick  = 0.5 // of its answers a second, at 1 and at 64 users
	p99AtFull         = 25  // ms, 64 users
	p99OfCrowd        = 100 // ms, everybody at once, each thinking a second
	viaAPI            = 10  // ms at the median, from message in to answer out, idle
	startToAnswer     = 300 // ms
	atRest, underLoad = 60.0, 150.0
	withRedeliveries  = 0.9 // of the answers a second without
)

// The sizes of the measurements.
const (
	full       = 64 // users that keep any machine of a county's office busy
	everybody  = 2000
	redelivery = 0.3 // of the messages
	answerTime = 10 * time.Second
	beginTime  = 5 * time.Minute // for everybody to begin, at the pace that the platform allows
)

// WeCom lets an app send one person 30 messages a minute. These think so long that
// they stay below it, and are so many that something is measured.
const (
	idlePeople = 30
	idleThink  = 3 // seconds
)

// server is what is measured: in the program a process.
type server interface {
	Start(ctx context.Context) error
	Restart() (begin time.Time, err error)
	Memory() (rig.Memory, error)
	Callback() string
}

// plan measures one pair of servers.
type plan struct {
	desk, yard   server
	posting      server // a desk that answers through the API only
	api          *load.API
	codec        *wecom.Codec
	steps, cards load.Script
	crowd        int
	rounds       int
	duration     time.Duration
	second       time.Duration // by which people think; a test has shorter ones
	progress     io.Writer
	section      *section
}

// measure goes through everything. The idle desk comes first: after the load there
// would be notices left to send.
func (p *plan) measure(ctx context.Context) error {
	for _, s := range []server{p.desk, p.yard} {
		if err := s.Start(ctx); err != nil {
			return err
		}
	}
	for _, part := range []func(context.Context) error{p.idle, p.speed, p.redeliveries, p.together, p.starts} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	p.section.add(alone("answers late, wrong, missing or unasked for", "in all runs", float64(p.section.Trouble), atMost(0)))
	return nil
}

// idle asks a desk that has nothing else to do, and that answers through the API only:
// any other answers in its response.
func (p *plan) idle(ctx context.Context) error {
	if err := p.posting.Start(ctx); err != nil {
		return err
	}
	run := p.run(idlePeople)
	run.Target = p.posting.Callback()
	run.Script, run.Think, run.Warmup, run.Window = p.cards, idleThink*p.second, 0, 2*p.duration+idleThink*p.second
	r, err := p.play(ctx, "desk", "answers through the API, idle", run)
	if err != nil {
		return err
	}
	if r.Active == 0 {
		return fmt.Errorf("no answer of the conversation for the API has come through the API: all %d came in the response", r.Passive)
	}
	p.section.add(alone("message in to answer out through the API, idle", "ms, median", r.P50, atMost(viaAPI)))
	m, err := p.desk.Memory()
	if err != nil {
		return err
	}
	p.section.add(alone("memory at rest", "MB", m.Now, atMost(atRest)))
	return nil
}

// speed compares both servers with a few users and many.
func (p *plan) speed(ctx context.Context) error {
	for _, users := range []int{1, 16, full} {
		what := fmt.Sprintf("%d users", users)
		if users == 1 {
			what = "1 user"
		}
		var desk, yard, desk99, yard99 []float64
		for range p.rounds {
			d, err := p.play(ctx, "desk", what, p.run(users))
			if err != nil {
				return err
			}
			y, err := p.play(ctx, "yardstick", what, p.yardRun(users))
			if err != nil {
				return err
			}
			desk, yard = append(desk, d.PerSecond), append(yard, y.PerSecond)
			desk99, yard99 = append(desk99, d.P99), append(yard99, y.P99)
		}
		var t *target
		if users != 16 {
			t = atLeast(shareOfYardstick)
		}
		p.section.add(beside(what, "answers/s", desk, yard, t))
		if users == full {
			slow := beside(what, "ms, p99", desk99, yard99, atMost(p99AtFull))
			p.section.add(slow.judged(slow.Desk))
		}
	}
	return nil
}

// redeliveries compares the desk with itself when many messages come twice.
func (p *plan) redeliveries(ctx context.Context) error {
	what := fmt.Sprintf("%d users, %.0f %% delivered twice", full, redelivery*100)
	var once, twice []float64
	var again load.Redelivered
	for range p.rounds {
		a, err := p.play(ctx, "desk", "each message once", p.run(full))
		if err != nil {
			return err
		}
		run := p.run(full)
		run.Duplicates = redelivery
		b, err := p.play(ctx, "desk", what, run)
		if err != nil {
			return err
		}
		once, twice = append(once, a.PerSecond), append(twice, b.PerSecond)
		again.Same += b.Again.Same + b.Again.Silent
		again.Other += b.Again.Other + b.Again.Failed
	}
	p.section.add(beside(what, "answers/s (beside: each once)", twice, once, atLeast(withRedeliveries)))
	p.section.add(alone(fmt.Sprintf("of %d re-deliveries", again.Same+again.Other), "answered differently", float64(again.Other), atMost(0)))
	return nil
}

// together lets everybody of the campaign speak, each thinking a second.
func (p *plan) together(ctx context.Context) error {
	what := fmt.Sprintf("%s users thinking 1 s", number(float64(p.crowd)))
	d, err := p.play(ctx, "desk", what, p.thinking(p.run(p.crowd)))
	if err != nil {
		return err
	}
	y, err := p.play(ctx, "yardstick", what, p.thinking(p.yardRun(p.crowd)))
	if err != nil {
		return err
	}
	slow := beside(what, "ms, p99", []float64{d.P99}, []float64{y.P99}, atMost(p99OfCrowd))
	p.section.add(slow.judged(slow.Desk))
	p.section.add(alone(what, "faults", float64(d.Faults()), atMost(0)))
	m, err := p.desk.Memory()
	if err != nil {
		return err
	}
	p.section.add(alone("memory under load, highest", "MB", m.Peak, atMost(underLoad)))
	return nil
}

// thinking gives people a second between lines, and at least a few lines each.
func (p *plan) thinking(r load.Run) load.Run {
	r.Think, r.Warmup, r.Window = p.second, p.second, r.Window+2*p.second
	return r
}

// starts times a start on the records that have come together so far.
func (p *plan) starts(ctx context.Context) error {
	var took []float64
	for range p.rounds {
		begin, err := p.desk.Restart()
		if err != nil {
			return err
		}
		first, err := p.run(1).FirstAnswer(ctx, p.steps.Again[0])
		if err != nil {
			return err
		}
		took = append(took, float64(first.Sub(begin).Microseconds())/1000)
	}
	p.section.add(alone("start to first answered message", "ms", load.Median(took), atMost(startToAnswer)))
	return nil
}

// run is a measurement of the desk with its conversation of steps.
func (p *plan) run(users int) load.Run {
	names := make([]string, users)
	for i := range names {
		names[i] = rig.UserName(i + 1)
	}
	return load.Run{Target: p.desk.Callback(), Codec: p.codec, Agent: rig.App.AgentID, API: p.api, Users: names, Script: p.steps,
		Warmup: p.duration / 5, Window: p.duration, Timeout: answerTime, Prepare: beginTime}
}

// yardRun is the same for the yardstick, which repeats what is said.
func (p *plan) yardRun(users int) load.Run {
	r := p.run(users)
	r.Target, r.Script = p.yard.Callback(), p.steps.Echoed(yardstick.Prefix)
	return r
}

// play performs a run and says on the way what has come of it.
func (p *plan) play(ctx context.Context, server, what string, r load.Run) (load.Report, error) {
	report, err := r.Play(ctx)
	if err != nil {
		return report, fmt.Errorf("%s, %s: %w", server, what, err)
	}
	if err := ctx.Err(); err != nil {
		return report, fmt.Errorf("interrupted: %w", err)
	}
	p.section.Runs = append(p.section.Runs, run{server, what, report})
	p.section.Trouble += report.Faults()
	fmt.Fprintf(p.progress, "%-10s %-38s %8s/s  p50 %s  p90 %s  p99 %s ms\n", server, what,
		number(report.PerSecond), number(report.P50), number(report.P90), number(report.P99))
	if trouble := report.Trouble(); trouble != "" {
		fmt.Fprintln(p.progress, "  trouble:", trouble)
	}
	if report.Messages == 0 {
		return report, fmt.Errorf("%s, %s: nothing was answered in %v: %s", server, what, r.Window, report.Trouble())
	}
	return report, nil
}
