package delivery

import (
	"context"
	"slices"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// The pool's sizes. A send waits for the platform most of its time, so a few
// workers are many sends; a quarter of them is kept for answers, however slow the
// platform is with a broadcast. As many jobs again may be claimed and wait, so that
// one commit claims several.
const (
	workers   = 16
	lowMost   = 12
	extension = lease / 3
)

// pool is what one Run has in its hands.
type pool struct {
	c    *Courier
	stop <-chan struct{} // what has not been tried is given back after that
	done chan store.Delivery
	idle sync.WaitGroup

	mu        sync.Mutex
	busy, low int                  // jobs under way, and how many of them are low
	waiting   []job                // claimed and not begun
	hands     map[int64]*time.Time // until when each row in hand is leased
}

// Run delivers until the context ends. It then finishes the parcels in its hands,
// gives back what it has claimed and not tried, and returns when that is written.
func (c *Courier) Run(ctx context.Context) {
	c.ready()
	p := &pool{c: c, stop: ctx.Done(), done: make(chan store.Delivery, 4*claim), hands: map[int64]*time.Time{}}
	var written sync.WaitGroup
	written.Go(func() { p.write(context.WithoutCancel(ctx)) })
	p.claim(ctx)
	p.giveBack()
	p.idle.Wait()
	close(p.done)
	written.Wait()
}

// claim claims whenever there is something to claim and somebody to do it.
func (p *pool) claim(ctx context.Context) {
	c := p.c
	tick, extend := time.NewTicker(glance), time.NewTicker(extension)
	defer tick.Stop()
	defer extend.Stop()
	for {
		wake := time.NewTimer(p.rounds(ctx))
		select {
		case <-ctx.Done():
		case <-c.bell:
		case <-tick.C:
		case <-wake.C:
		case <-extend.C:
			p.extend(ctx)
		}
		wake.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// rounds claims until nothing more is to be had, and says how long to wait for what
// comes next by itself.
func (p *pool) rounds(ctx context.Context) time.Duration {
	c := p.c
	for ctx.Err() == nil {
		n := 0
		for _, o := range p.orders() {
			t, err := c.take(context.WithoutCancel(ctx), o)
			if err != nil {
				c.Log.ErrorContext(ctx, "delivery", "err", err)
				return glance
			}
			n += t.claimed
			p.add(t.jobs)
		}
		if n > 0 {
			continue
		}
		said, err := c.report(ctx)
		if err != nil {
			c.Log.ErrorContext(ctx, "delivery", "err", err)
		}
		if !said {
			break
		}
	}
	return p.pause()
}

// pause is until when nothing comes by itself: a paused platform's question, a
// paced lane, the next try of a row that was put off here.
func (p *pool) pause() time.Duration {
	now := p.c.Wall()
	next := now.Add(glance)
	for _, t := range []time.Time{p.c.breaker.next(now), p.c.tally.due(now)} {
		if !t.IsZero() && t.Before(next) {
			next = t
		}
	}
	return max(next.Sub(now), time.Millisecond)
}

// orders are what the pool has room for: questions to paused platforms, then
// answers, then the rest, of which not every single free worker asks for more.
func (p *pool) orders() (out []order) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, only := range p.c.breaker.probes(p.c.Wall()) {
		out = append(out, order{only: only, least: lowest, jobs: 1})
	}
	low := p.low
	for _, j := range p.waiting {
		if j.low() {
			low++
		}
	}
	if room := 2*workers - p.busy - len(p.waiting); room > 0 {
		out = append(out, order{least: bot.PriorityAnswer, jobs: room})
		if room := 2*lowMost - low; room >= lowMost || low == 0 {
			out = append(out, order{least: lowest, jobs: room})
		}
	}
	return out
}

// add takes jobs over and begins what it can.
func (p *pool) add(jobs []job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, j := range jobs {
		for i := range j.parcels {
			until := j.parcels[i].LeaseUntil
			p.hands[j.parcels[i].ID] = &until
		}
	}
	p.waiting = append(p.waiting, jobs...)
	p.begin()
}

// begin gives jobs to free workers, the urgent first. The caller holds the lock.
func (p *pool) begin() {
	for p.busy < workers {
		i := slices.IndexFunc(p.waiting, func(j job) bool { return !j.low() })
		if i < 0 && p.low < lowMost && len(p.waiting) > 0 {
			i = 0
		}
		if i < 0 {
			return
		}
		j := p.waiting[i]
		p.waiting = slices.Delete(p.waiting, i, i+1)
		p.busy++
		if j.low() {
			p.low++
		}
		p.idle.Go(func() { p.work(j) })
	}
}

// work does one job and begins the next.
func (p *pool) work(j job) {
	j.leased = p.until
	p.c.run(context.Background(), p.stop, j, func(d store.Delivery) { p.done <- d })
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, row := range j.parcels {
		delete(p.hands, row.ID)
	}
	p.busy--
	if j.low() {
		p.low--
	}
	if stopped(p.stop) {
		return
	}
	p.begin()
	if len(p.waiting) == 0 {
		p.c.Wake()
	}
}

// until is the end of a row's lease.
func (p *pool) until(row parcel) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, ok := p.hands[row.ID]; ok {
		return *t
	}
	return row.LeaseUntil
}

// giveBack gives back what no worker has begun.
func (p *pool) giveBack() {
	p.mu.Lock()
	waiting := p.waiting
	p.waiting = nil
	p.mu.Unlock()
	for _, j := range waiting {
		for _, row := range j.parcels {
			p.done <- requeue(row.Delivery)
		}
	}
}

// extend makes the leases longer of all that is in hand. If one is lost, none is
// taken as extended: then what has not begun by the end of its lease is given back.
func (p *pool) extend(ctx context.Context) {
	p.mu.Lock()
	ids := make([]int64, 0, len(p.hands))
	for id := range p.hands {
		ids = append(ids, id)
	}
	p.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	now := p.c.Wall()
	var held []int64
	err := p.c.Store.Update(ctx, func(tx *store.Tx) (err error) {
		held, err = tx.Deliveries().Extend(ctx, p.c.Owner, now, now.Add(lease), ids...)
		return err
	})
	if err != nil {
		p.c.Log.WarnContext(ctx, "extending leases", "err", err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range held {
		if t, ok := p.hands[id]; ok {
			*t = now.Add(lease)
		}
	}
}

// The writer tries again until it is written: a database that is away for a moment
// must not make a sent row one of unknown fate. When the pool has stopped it gives
// up after a while, for then nothing more comes that would have to wait.
const (
	rewrite     = 200 * time.Millisecond
	lastRewrite = 10 * time.Second
)

// write writes what has become of rows, as many in one commit as have come together
// during the last.
func (p *pool) write(ctx context.Context) {
	for d := range p.done {
		out := []store.Delivery{d}
		for more := true; more && len(out) < cap(p.done); {
			select {
			case d, ok := <-p.done:
				if more = ok; ok {
					out = append(out, d)
				}
			default:
				more = false
			}
		}
		p.persist(ctx, out)
		p.c.tally.soon(out)
		if !stopped(p.stop) {
			p.c.Wake() // their recipients are free again
		}
	}
}

func (p *pool) persist(ctx context.Context, out []store.Delivery) {
	giveUp := p.c.Wall().Add(lastRewrite)
	for {
		err := p.c.settle(ctx, out)
		if err == nil {
			return
		}
		p.c.Log.ErrorContext(ctx, "delivery", "err", err)
		if stopped(p.stop) && p.c.Wall().After(giveUp) {
			return
		}
		pause := time.NewTimer(rewrite)
		<-pause.C
	}
}
