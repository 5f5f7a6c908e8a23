// Command zhuanban is the office desk of an enforcement campaign inside a chat
// app. Without a command it serves: the bot, the phone page where it is enabled,
// the schedule and delivery. README.md says how to begin; config.yaml is the
// campaign.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"zhuanban/bot/config"
)

// commands is the command line.
type commands struct {
	Config string `help:"The campaign's configuration." default:"config.yaml" placeholder:"FILE"`

	Serve    serveCommand  `cmd:"" default:"withargs" help:"Run the bot: all configured platforms, the phone page if enabled, schedule, delivery."`
	Chat     chatCommand   `cmd:"" help:"One person's private chat in the terminal, against the same database; lines from standard input."`
	Remind   remindCommand `cmd:"" help:"Dry run: what the schedule would send in a window, to whom and why; sends and stores nothing."`
	RunDue   runDueCommand `cmd:"" help:"Do once what is due up to a time (simulated clock only)."`
	Demo     demoCommand   `cmd:"" help:"Fill an empty database with a plausible campaign by playing it through the bot."`
	Check    checkCommand  `cmd:"" help:"Configuration, database, redis, calendar years, disk; each with what to do."`
	Verify   verifyCommand `cmd:"" help:"Follow the audit and evidence chains, hash all evidence anew, name the first broken link."`
	Reseal   resealCommand `cmd:"" help:"Seal anew with keys.master what a key of keys.old has sealed."`
	Export   exportCommand `cmd:"" help:"Take something out as a file: numbered, watermarked, logged."`
	Import   importCommand `cmd:"" help:"Take something over from a file: all or nothing."`
	Settings configCommand `cmd:"" name:"config" help:"Print the effective configuration, secrets hidden, with where each value came from."`
}

// world is what a command works with beside its flags; tests bring their own.
type world struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	errs   io.Writer
	env    []string
	config string
	log    *slog.Logger
}

// The exit statuses (contract: 0 = done, 1 = the work failed or found faults,
// 2 = used wrongly).
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUsage marks an error of the caller's: exit status 2.
var errUsage = errors.New("used wrongly")

// tuneMemory lets the collector run less often than it does by itself: most of a turn's
// memory is gone with the turn, and collecting was a sixth of its cost. The limit
// keeps a busy desk below what a small machine has. GOGC and GOMEMLIMIT override both.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

const (
	collectAt   = 400      // percent of what is in use
	memoryLimit = 96 << 20 // bytes; a soft limit, which leaves out the program itself and the pages of its database
)

func main() {
	tuneMemory()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
}

// run parses the command line and does the command.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, env []string) int {
	var cmd commands
	parser, err := kong.New(&cmd, kong.Name("zhuanban"), kong.Writers(out, errs),
		kong.Description("The office desk of an enforcement campaign, inside the chat app."), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(errs, "zhuanban:", err)
		return exitFailed
	}
	exited := -1
	parser.Exit = func(code int) { exited = code }
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help
	}
	if err != nil {
		fmt.Fprintf(errs, "zhuanban: %v\nTry: zhuanban --help\n", err)
		return exitUsage
	}
	w := &world{ctx: ctx, in: in, out: out, errs: errs, env: env, config: cmd.Config,
		log: slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelInfo}))}
	err = parsed.Run(w)
	var faults config.Faults
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errUsage):
		fmt.Fprintln(errs, "zhuanban:", err)
		return exitUsage
	case errors.As(err, &faults):
		fmt.Fprintln(errs, faults)
		return exitFailed
	}
	fmt.Fprintln(errs, "zhuanban:", err)
	return exitFailed
}

// campaign loads the configuration.
func (w *world) campaign() (*campaign, error) { return loadCampaign(w.config, w.env) }

// withDesk opens the desk for a command and closes it behind it.
func (w *world) withDesk(do func(*desk) error) (err error) {
	cfg, err := w.campaign()
	if err != nil {
		return err
	}
	d, err := openDesk(w.ctx, cfg, w.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	return do(d)
}

// moment is a TIME of the command line.
type moment = config.Local

// needsSteppedClock refuses commands that move the time where it is real.
func (d *desk) needsSteppedClock(what string) error {
	if d.stepped == nil {
		return fmt.Errorf("%w: %s works only with clock: simulated", errUsage, what)
	}
	return nil
}

// shanghaiTime is how times are written to the terminal and into JSON.
func shanghaiTime(t time.Time) string { return t.Format(time.RFC3339) }
