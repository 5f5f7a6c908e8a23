// Command bench measures how fast the desk answers, beside a yardstick on the same
// machine in the same minutes, and says which targets are met.
//
//	go run .              everything, some ten minutes
//	go run . --quick      a smoke test; its figures mean little
//
// It builds zhuanban, gives it a throwaway database and 2,000 people, imitates the
// platform on both sides (package load calls the callback and takes what leaves
// through the API), and does the same with package yardstick. The two are measured in
// turn, and the figures are medians, because a small machine is a noisy one: trust
// the ratios, and compare absolute figures of one machine only.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command, args := benchCommand, os.Args[1:]
	if len(args) > 0 && args[0] == "yardstick" {
		command, args = yardstickCommand, args[1:]
	}
	if err := command(ctx, args); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what may be chosen.
type options struct {
	quick                bool
	only                 string
	rounds               int
	duration             time.Duration
	json                 string
	checkout, binary     string
	other                string
	stepsFile, cardsFile string
}

func parse(args []string) (o options, err error) {
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.BoolVar(&o.quick, "quick", false, "one short round of everything, to see that it works")
	fs.StringVar(&o.only, "only", "", "measure on one database: sqlite or mysql")
	fs.IntVar(&o.rounds, "rounds", 3, "how often each figure is measured; the median counts")
	fs.DurationVar(&o.duration, "duration", 5*time.Second, "how long one measurement lasts")
	fs.StringVar(&o.json, "json", "", "write all figures to this file")
	fs.StringVar(&o.checkout, "checkout", "", "where zhuanban's source is (default: found above the working directory)")
	fs.StringVar(&o.binary, "zhuanban", "", "measure this program instead of building one")
	fs.StringVar(&o.other, "versus", "", "measure beside this program, another version of zhuanban, in place of the yardstick")
	fs.StringVar(&o.stepsFile, "steps", "", "conversation whose answers the response carries, instead of scripts/steps.txt")
	fs.StringVar(&o.cardsFile, "cards", "", "conversation whose answers leave through the API, instead of scripts/cards.txt")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("%q is not understood; see --help", fs.Arg(0))
	}
	if o.only != "" && o.only != onSQLite && o.only != onMySQL {
		return o, fmt.Errorf("--only %q: use sqlite or mysql", o.only)
	}
	if o.quick {
		o.rounds, o.duration = 1, 500*time.Millisecond
	}
	if o.rounds < 1 || o.duration <= 0 {
		return o, fmt.Errorf("--rounds and --duration must be more than nothing")
	}
	if o.checkout == "" {
		o.checkout, err = findCheckout(".")
	}
	return o, err
}

// findCheckout looks for the program's module from a folder upwards.
func findCheckout(from string) (string, error) {
	dir, err := filepath.Abs(from)
	if err != nil {
		return "", fmt.Errorf("looking for zhuanban's source: %w", err)
	}
	for ; ; dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module zhuanban\n") {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("zhuanban's source is not above %s: name it with --checkout", from)
		}
	}
}
