package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/config"
	"zhuanban/store"
	"zhuanban/store/redis"
)

type checkCommand struct{}

// checker writes one line for each thing looked at.
type checker struct {
	out    io.Writer
	faults int
}

func (c *checker) ok(what, found string) { fmt.Fprintf(c.out, "ok     %-14s %s\n", what, found) }

func (c *checker) fault(what, found, remedy string) {
	c.faults++
	fmt.Fprintf(c.out, "FAULT  %-14s %s\n", what, found)
	if remedy != "" {
		fmt.Fprintf(c.out, "       %-14s → %s\n", "", remedy)
	}
}

// Run looks at everything that the bot depends on.
func (*checkCommand) Run(w *world) error {
	c := &checker{out: w.out}
	cfg, err := w.campaign()
	if err != nil {
		var faults config.Faults
		if !errors.As(err, &faults) {
			return err
		}
		for _, f := range faults {
			c.fault("configuration", f.Error(), "")
		}
		return c.verdict()
	}
	c.ok("configuration", fmt.Sprintf("%s: %d units, %d people, %d figures, %d periods", w.config, len(cfg.Units), len(cfg.People), len(cfg.table.Figures()), len(cfg.periods)))
	c.checkCalendar(cfg, time.Now())
	c.checkDisk(cfg.DataDir)
	c.checkDatabase(w, cfg)
	c.checkSeal(w, cfg)
	c.checkRedis(w.ctx, cfg.Redis.URL)
	c.checkPlatforms(w, cfg)
	return c.verdict()
}

// verdict is an error if there were faults.
func (c *checker) verdict() error {
	switch c.faults {
	case 0:
		return nil
	case 1:
		return errors.New("one fault")
	}
	return fmt.Errorf("%d faults", c.faults)
}

// checkCalendar wants this year's holidays, and from November on the next
// year's.
func (c *checker) checkCalendar(cfg *campaign, now time.Time) {
	if cfg.Clock == simulatedClock {
		now = cfg.start()
	}
	now = now.In(calendar.Shanghai)
	want := []int{now.Year()}
	if now.Month() >= time.November && cfg.Clock == realClock {
		want = append(want, now.Year()+1)
	}
	years := cfg.calendar.Years()
	for _, y := range want {
		if !slices.Contains(years, y) {
			c.fault("calendar", fmt.Sprintf("no holidays of %d", y), "save the State Council's notice of that year as a file and name it in calendar.files")
			return
		}
	}
	c.ok("calendar", fmt.Sprint("years ", years))
}

// lowDisk is how much room the data folder should have.
const lowDisk = 1 << 30

func (c *checker) checkDisk(dir string) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		c.fault("data folder", err.Error(), "give the bot's account the right to write there, or set data_dir")
		return
	}
	f, err := os.CreateTemp(dir, ".check-*")
	if err != nil {
		c.fault("data folder", err.Error(), "give the bot's account the right to write there, or set data_dir")
		return
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		c.fault("disk", err.Error(), "see that the folder is on a disk of this machine")
		return
	}
	free := fs.Bavail * uint64(fs.Bsize)
	if free < lowDisk {
		c.fault("disk", fmt.Sprintf("%s: %d MB free", dir, free>>20), "make room: evidence and records need at least 1 GB")
		return
	}
	c.ok("disk", fmt.Sprintf("%s: %d GB free", dir, free>>30))
}

func (c *checker) checkDatabase(w *world, cfg *campaign) {
	s, err := store.Open(w.ctx, cfg.Database.URL, store.Options{Wall: time.Now, Logger: w.log})
	if err != nil {
		c.fault("database", err.Error(), "see that it runs, that the address and the password in database.url are right, and that the database exists")
		return
	}
	defer s.Close()
	c.ok("database", s.Dialect()+": reachable, migrated")
}

// checkRedis asks a configured Redis for a sign of life.
func (c *checker) checkRedis(ctx context.Context, url string) {
	if url == "" {
		c.ok("redis", "none configured; one process needs none")
		return
	}
	r, err := redis.Open(url, redis.Options{})
	if err != nil {
		c.fault("redis", err.Error(), "write redis.url as redis://user:password@host:6379/0, redis+sentinel://host:26379,host:26379/0?master=NAME or redis+cluster://host:6379,host:6379")
		return
	}
	defer r.Close()
	if err := r.Ping(ctx); err != nil {
		c.fault("redis", err.Error(), "see that it runs and that redis.url is right; without it the bot works on, and each replica keeps to its part of the platforms' limits")
		return
	}
	c.ok("redis", r.Describe())
}

func (c *checker) checkPlatforms(w *world, cfg *campaign) {
	if !cfg.realPlatform() {
		c.ok("platforms", "the phone page")
	}
	c.checkRobot(w, cfg)
	if cfg.WeCom.CorpID != "" {
		c.checkWeCom(w, cfg)
	}
	c.checkDingTalk(w, cfg)
}

// nobody is the desk of a channel that is only looked at.
type nobody struct{}

// Handle refuses.
func (nobody) Handle(context.Context, bot.Message) (bot.Answer, error) {
	return bot.Answer{}, errors.New("nobody is at the desk")
}

type configCommand struct{}

// Run prints every setting with its source.
func (*configCommand) Run(w *world) error {
	cfg, err := w.campaign()
	if err != nil {
		return err
	}
	for _, s := range cfg.file.Effective(&cfg.settings, nil) {
		if _, err := fmt.Fprintf(w.out, "%-24s %-44s %s\n", s.Key, s.Value, s.Source); err != nil {
			return err
		}
	}
	return nil
}
