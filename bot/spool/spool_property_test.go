package spool

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot"
)

// TestNothingAcknowledgedIsLostOrDoubledOrOutOfOrder plays three people who send, and
// send again what was not acknowledged and sometimes what was; a database that goes,
// hangs and comes back; a disk with moods; and crashes, after which the spool is opened
// on a copy of its files, taken while messages were being written, with a torn end.
// The desk stands for the database: it outlives the crashes.
func TestNothingAcknowledgedIsLostOrDoubledOrOutOfOrder(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ rapid.TB }{t}, func(t *rapid.T) { // without the test's deadline, which is not of the bubble's time
			p := newPlay(t, root)
			t.Repeat(map[string]func(*rapid.T){
				"one says something":    p.one,
				"all say something":     p.all,
				"one says it again":     p.again,
				"the database goes":     p.goes,
				"the database is back":  p.comes,
				"the database hangs":    p.hangs,
				"the disk has a mood":   p.disks,
				"time passes":           p.passes,
				"the process is killed": p.crash,
			})
			p.end(t)
		})
	})
}

// play is one run.
type play struct {
	t     require.TestingT
	root  string
	desk  *desk
	disk  *moody
	spool *Spool
	stop  func()
	n     int

	mu       sync.Mutex
	said     []bot.Message
	acked    map[string]bot.Message // by id
	poison   map[string]bool
	promises [][]bot.Message // those waiting at one moment: to be handled by their time
	order    []string        // of acknowledgements
}

func newPlay(t *rapid.T, root string) *play {
	p := &play{t: t, root: root, desk: newDesk(), disk: &moody{}, acked: map[string]bot.Message{}, poison: map[string]bool{}}
	p.open(p.folder())
	t.Cleanup(func() { p.unhang(); p.stop() })
	return p
}

func (p *play) folder() string {
	dir, err := os.MkdirTemp(p.root, "spool")
	require.NoError(p.t, err)
	return dir
}

func (p *play) open(dir string) {
	s, err := open(dir, p.desk.options(), p.disk)
	require.NoError(p.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { s.Run(ctx); close(ended) }()
	p.spool = s
	p.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
		require.NoError(p.t, s.Close())
	})
}

// compose makes a message; its time is near that of the others, before or after.
func (p *play) compose(t *rapid.T, person string) bot.Message {
	p.n++
	m := said(person, fmt.Sprint(p.n), rapid.IntRange(0, 20).Draw(t, "second"))
	if rapid.IntRange(0, 30).Draw(t, "poison") == 0 {
		p.poison[m.ID] = true
		p.desk.set(func(d *desk) { d.poison[m.ID] = true })
	}
	p.said = append(p.said, m)
	return m
}

func (p *play) say(m bot.Message) {
	_, err := p.spool.Handle(context.Background(), m)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.acked[m.ID]; !known {
		p.acked[m.ID] = m
		p.order = append(p.order, m.ID)
	}
}

var trio = []string{"ann", "ben", "cleo"}

func (p *play) one(t *rapid.T) { p.say(p.compose(t, rapid.SampledFrom(trio).Draw(t, "who"))) }

func (p *play) all(t *rapid.T) {
	var wg sync.WaitGroup
	for _, who := range trio {
		m := p.compose(t, who)
		wg.Go(func() { p.say(m) })
	}
	wg.Wait()
}

func (p *play) again(t *rapid.T) {
	if len(p.said) > 0 {
		p.say(rapid.SampledFrom(p.said).Draw(t, "what"))
	}
}

func (p *play) goes(*rapid.T) {
	synctest.Wait()
	p.desk.set(func(d *desk) { d.away = true })
}

// comes lets the database come back. What waits at this moment is promised to be handled
// in order; not so where calls that hang have success after all, because something
// earlier may have come while they hung.
func (p *play) comes(t *rapid.T) {
	synctest.Wait()
	if rapid.Bool().Draw(t, "what hangs fails") {
		p.unhang()
		synctest.Wait()
	}
	if p.desk.hang == nil {
		p.promise()
	}
	p.desk.set(func(d *desk) { d.away = false })
	p.unhang()
}

func (p *play) unhang() {
	p.desk.set(func(d *desk) {
		if d.hang != nil {
			close(d.hang)
			d.hang = nil
		}
	})
}

func (p *play) promise() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, who := range trio {
		var waiting []bot.Message
		for _, id := range p.order {
			if m := p.acked[id]; m.Sender == who && !p.poison[id] && !p.desk.done[keyOf(m)] {
				waiting = append(waiting, m)
			}
		}
		p.promises = append(p.promises, waiting)
	}
}

func (p *play) hangs(*rapid.T) {
	synctest.Wait()
	p.desk.set(func(d *desk) {
		if d.hang == nil && d.away { // hangs, and then it is away
			d.hang = make(chan struct{})
		}
	})
}

func (p *play) disks(t *rapid.T) {
	p.disk.set(rapid.SampledFrom(append([]mood{fine, fine, fine}, moods...)).Draw(t, "mood"))
}

func (p *play) passes(t *rapid.T) {
	time.Sleep(time.Duration(rapid.IntRange(1, 20_000).Draw(t, "ms")) * time.Millisecond)
	synctest.Wait()
}

// crash copies the files while everybody is speaking, and goes on with the copy.
func (p *play) crash(t *rapid.T) {
	next := p.folder()
	var wg sync.WaitGroup
	var before []string
	for _, who := range trio {
		m := p.compose(t, who)
		wg.Go(func() { p.say(m) })
	}
	p.mu.Lock()
	before = slices.Clone(p.order)
	p.mu.Unlock()
	copyFiles(p.t, p.spool.journal.dir, next)
	wg.Wait()
	p.unhang() // so that the killed process ends
	p.stop()
	p.forget(before)
	p.tear(t, next)
	p.disk.set(fine)
	p.open(next)
}

// forget takes back the acknowledgements that came after the copy: in the life that the
// copy is of, they never came.
func (p *play) forget(before []string) {
	for _, id := range p.order[len(before):] {
		delete(p.acked, id)
		for i, ms := range p.promises {
			p.promises[i] = slices.DeleteFunc(ms, func(m bot.Message) bool { return m.ID == id })
		}
	}
	p.order = before
}

// tear puts a torn record behind the newest segment.
func (p *play) tear(t *rapid.T, dir string) {
	logs, err := filepath.Glob(filepath.Join(dir, "spool-*.log"))
	require.NoError(p.t, err)
	if len(logs) == 0 {
		return
	}
	frame, err := box{}.encode(friday, said("ann", "never acknowledged", 1))
	require.NoError(p.t, err)
	f, err := os.OpenFile(logs[len(logs)-1], os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(p.t, err)
	_, err = f.Write(frame[:rapid.IntRange(0, len(frame)-1).Draw(t, "torn after")])
	require.NoError(p.t, err)
	require.NoError(p.t, f.Close())
}

// end lets everything come back and looks at what became of it.
func (p *play) end(t *rapid.T) {
	p.disk.set(fine)
	p.comes(t)
	time.Sleep(10 * time.Minute) // longer than any number of poison messages in a row blocks
	synctest.Wait()
	for n := depth(p.spool); n > 0; n = depth(p.spool) { // but for the longest rows
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.Less(t, depth(p.spool), n, "the poison gets less")
	}
	p.stop()
	position := map[string]int{}
	for _, who := range trio {
		for i, id := range p.desk.handled(who) {
			require.NotContains(t, position, id, "handled twice")
			position[id] = i
		}
	}
	for id := range p.acked {
		if !p.poison[id] {
			require.Contains(t, position, id, "acknowledged and lost")
		}
	}
	for _, ms := range p.promises {
		for _, a := range ms {
			for _, b := range ms {
				// Not at the same second: a record that was not acknowledged may have got
				// through all the same, and then its first arrival counts.
				if a.At.Before(b.At) {
					require.Less(t, position[a.ID], position[b.ID], "%s before %s", a.ID, b.ID)
				}
			}
		}
	}
}
