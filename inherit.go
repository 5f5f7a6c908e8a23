package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"zhuanban/bot/spool"
)

// inheritEvery is how soon what others have left is looked for, and how often. A
// replica that is only started again has taken up its own by then.
const inheritEvery = 5 * time.Second

// inherit hands in what processes that are gone have left in the data folder, until the
// context ends: of several that were killed perhaps not all are started again.
func (d *desk) inherit(ctx context.Context) {
	tick := time.NewTicker(inheritEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		left, err := d.leftSpools()
		for _, dir := range left {
			err = errors.Join(err, d.handIn(ctx, dir))
		}
		if err != nil {
			d.log.Error("handing in what another process has left", "err", err)
		}
	}
}

// leftSpools are the folders in which messages may wait, whoever has them.
func (d *desk) leftSpools() ([]string, error) {
	segments, err := filepath.Glob(filepath.Join(d.cfg.dataPath("spool"), "*", "spool-*.log"))
	dirs := make([]string, len(segments))
	for i, s := range segments {
		dirs[i] = filepath.Dir(s)
	}
	slices.Sort(dirs)
	return slices.Compact(dirs), err
}

// handIn hands in what waits in a folder that no process uses.
func (d *desk) handIn(ctx context.Context, dir string) error {
	s, err := spool.Open(dir, d.spoolOptions())
	if errors.Is(err, spool.ErrInUse) {
		return nil
	}
	if err != nil {
		return err
	}
	work, stop := context.WithCancel(ctx)
	defer stop()
	var running sync.WaitGroup
	running.Go(func() { s.Run(work) })
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for left, _, _ := s.Depth(); left > 0 && ctx.Err() == nil; left, _, _ = s.Depth() {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
	stop()
	running.Wait()
	return s.Close()
}
