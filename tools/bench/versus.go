package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"zhuanban/tools/bench/rig"
)

// contender is a server whose processor time is known as well.
type contender interface {
	server
	CPU() (time.Duration, error)
}

// versus measures the desk beside another version of itself, in turn, each with a
// database of its own: what a change has made of it. On a busy machine trust the
// processor time more than the answers a second.
func (b *bench) versus(ctx context.Context, database string) (s *section, err error) {
	s = &section{Database: "SQLite", Beside: "other"}
	dir := filepath.Join(b.dir, database)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	url := func(name string) (string, error) {
		return "sqlite:" + filepath.Join(dir, name, "data", "zhuanban.db"), nil
	}
	if database == onMySQL {
		s.Database = "MariaDB"
		maria, err := rig.StartMariaDB(ctx, dir)
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, maria.Close()) }()
		url = func(name string) (string, error) {
			u, _, err := maria.Database(ctx, name)
			return u, err
		}
	}
	var desks [2]contender
	for i, binary := range []string{b.binary, b.other} {
		name := fmt.Sprint("desk", i)
		u, err := url(name)
		if err != nil {
			return nil, err
		}
		desk, err := rig.Desk(binary, b.checkout, filepath.Join(dir, name), u, b.api.URL, everybody)
		if err != nil {
			return nil, err
		}
		if err = desk.Start(ctx); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, desk.Stop()) }()
		desks[i] = desk
	}
	fmt.Fprintln(b.progress, "measuring on", s.Database)
	for _, users := range []int{1, full} {
		if err := b.duel(ctx, s, desks, users); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// duel lets a number of users speak with both in turn.
func (b *bench) duel(ctx context.Context, s *section, desks [2]contender, users int) error {
	var speed, late, cost [2][]float64
	what := fmt.Sprintf("%d users", users)
	for range b.rounds {
		for i, name := range []string{"this", "other"} {
			p := &plan{desk: desks[i], api: b.api, codec: b.codec, steps: b.steps, duration: b.duration, progress: b.progress, section: s}
			before, err := desks[i].CPU()
			if err != nil {
				return err
			}
			run := p.run(users)
			r, err := p.play(ctx, name, what, run)
			if err != nil {
				return err
			}
			after, err := desks[i].CPU()
			if err != nil {
				return err
			}
			answers := r.PerSecond * (run.Warmup + run.Window).Seconds() // about as many while it warms up
			speed[i], late[i] = append(speed[i], r.PerSecond), append(late[i], r.P99)
			cost[i] = append(cost[i], float64((after-before).Microseconds())/answers)
		}
	}
	s.add(beside(what, "answers/s", speed[0], speed[1], nil))
	s.add(beside(what, "ms, p99", late[0], late[1], nil))
	s.add(beside(what, "µs of the desk's processors an answer", cost[0], cost[1], nil))
	return nil
}
