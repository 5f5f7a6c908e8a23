package spool

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot"
)

// TestAPersonsMessagesStayInOrderWhateverSpoolTheyAreIn plays people whose messages reach
// now this, now that of three replicas, while the database goes and comes back and
// replicas are killed and started again. What was acknowledged is handled once, and what
// a person has said after an acknowledgement is handled after what was acknowledged.
func TestAPersonsMessagesStayInOrderWhateverSpoolTheyAreIn(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		rapid.Check(struct{ rapid.TB }{t}, func(t *rapid.T) {
			p := newOffice(t, root)
			t.Repeat(map[string]func(*rapid.T){
				"one says something":       p.one,
				"all talk for a while":     p.all,
				"one says it again":        p.again,
				"the database goes":        p.goes,
				"the database is back":     p.comes,
				"time passes":              p.passes,
				"a replica is killed":      p.crash,
				"talk through its absence": p.through,
			})
			p.end(t)
		})
	})
}

// office is three replicas with a spool each.
type office struct {
	t        require.TestingT
	root     string
	desk     *desk
	replicas [3]*one
	since    time.Time // when the database went or came back
	n        int

	mu    sync.Mutex
	said  []*remark
	acked int // counts acknowledgements
}

// one is a replica.
type one struct {
	*Spool
	stop func()
}

// remark is a message with what became of it.
type remark struct {
	bot.Message
	after  int // so many acknowledgements had been given when it was said
	acked  int // it was the so manyth; 0 = it was not
	poison bool
}

// far is the desk, a network away: what it is told arrives later, and what it answers.
type far struct{ *desk }

func lag() { time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond) }

// Handle handles a message.
func (f far) Handle(ctx context.Context, m bot.Message) (bot.Answer, error) {
	lag()
	defer lag()
	return f.desk.Handle(ctx, m)
}

// Waiting notes what waits.
func (f far) Waiting(ctx context.Context, name string, list []bot.Waiting) error {
	lag()
	defer lag()
	return f.desk.Waiting(ctx, name, list)
}

// Ping says whether the database is there.
func (f far) Ping(ctx context.Context) error {
	lag()
	defer lag()
	return f.desk.Ping(ctx)
}

func newOffice(t *rapid.T, root string) *office {
	p := &office{t: t, root: root, desk: newDesk(), since: time.Now()}
	for i := range p.replicas {
		p.replicas[i] = p.open(p.folder())
	}
	t.Cleanup(func() {
		for _, r := range p.replicas {
			r.stop()
		}
	})
	return p
}

func (p *office) folder() string {
	dir, err := os.MkdirTemp(p.root, "spool")
	require.NoError(p.t, err)
	return dir
}

func (p *office) open(dir string) *one {
	o := p.desk.options()
	o.Next, o.Ping, o.Others = far{p.desk}, far{p.desk}.Ping, far{p.desk}
	s, err := open(dir, o, &moody{})
	require.NoError(p.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { s.Run(ctx); close(ended) }()
	return &one{s, sync.OnceFunc(func() {
		cancel()
		<-ended
		require.NoError(p.t, s.Close())
	})}
}

// compose makes a message with the platform's time, whole seconds as WeCom's.
func (p *office) compose(person string, poison bool) *remark {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	r := &remark{Message: said(person, fmt.Sprint(p.n), 0), after: p.acked, poison: poison}
	r.At = time.Now().Truncate(time.Second)
	if poison {
		p.desk.set(func(d *desk) { d.poison[r.ID] = true })
	}
	p.said = append(p.said, r)
	return r
}

func (p *office) say(r *remark, to int) {
	time.Sleep(time.Millisecond) // nobody says two things at one moment
	_, err := p.replicas[to].Handle(context.Background(), r.Message)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.acked == 0 {
		p.acked++
		r.acked = p.acked
	}
}

func (p *office) to(t *rapid.T) int { return rapid.IntRange(0, 2).Draw(t, "to") }

func (p *office) one(t *rapid.T) {
	p.say(p.compose(rapid.SampledFrom(trio).Draw(t, "who"), rapid.IntRange(0, 30).Draw(t, "poison") == 0), p.to(t))
}

// all lets everybody say some things, each to whatever replica.
func (p *office) all(t *rapid.T) {
	var wg sync.WaitGroup
	for _, who := range trio {
		to := rapid.SliceOfN(rapid.IntRange(0, 2), 1, 6).Draw(t, who)
		wg.Go(func() {
			for _, i := range to {
				p.say(p.compose(who, false), i)
			}
		})
	}
	wg.Wait()
}

func (p *office) again(t *rapid.T) {
	if len(p.said) > 0 {
		p.say(rapid.SampledFrom(p.said).Draw(t, "what"), p.to(t))
	}
}

// lasted lets the database be there or away long enough for every replica to see it.
func (p *office) lasted() {
	if d := time.Second - time.Since(p.since); d > 0 {
		time.Sleep(d)
	}
	p.since = time.Now()
}

func (p *office) turn(away bool) {
	if p.desk.Ping(context.Background()) != nil == away {
		return
	}
	p.lasted()
	p.desk.set(func(d *desk) { d.away = away })
}

func (p *office) goes(*rapid.T)  { p.turn(true) }
func (p *office) comes(*rapid.T) { p.turn(false) }

func (p *office) passes(t *rapid.T) {
	time.Sleep(time.Duration(rapid.IntRange(1, 5_000).Draw(t, "ms")) * time.Millisecond)
}

// through is what the rule is for.
func (p *office) through(t *rapid.T) {
	p.turn(true)
	p.all(t)
	p.turn(false)
	time.Sleep(time.Duration(rapid.IntRange(0, 3_000).Draw(t, "ms")) * time.Millisecond)
	p.all(t)
}

// crash copies a replica's files while everybody is speaking, and goes on with the copy.
func (p *office) crash(t *rapid.T) {
	i, next := p.to(t), p.folder()
	var wg sync.WaitGroup
	for _, who := range trio {
		r := p.compose(who, false)
		wg.Go(func() { p.say(r, i) })
	}
	p.mu.Lock()
	before := p.acked
	p.mu.Unlock()
	copyFiles(p.t, p.replicas[i].journal.dir, next)
	p.replicas[i].stop()
	wg.Wait()
	for _, r := range p.said {
		if r.acked > before { // in the life that the copy is of, it never was
			r.acked = 0
		}
	}
	p.replicas[i] = p.open(next)
	time.Sleep(time.Second) // who starts has seen the database; it has to see that it is away
}

// end lets everything come back and looks at what became of it.
func (p *office) end(t *rapid.T) {
	p.turn(false)
	for range 600 { // of a minute and more for a poisoned message, and more of a row of them
		if p.depth() > 0 {
			time.Sleep(time.Second)
		}
	}
	require.Zero(t, p.depth(), "everything is handed in")
	position := map[string]int{}
	for _, who := range trio {
		for i, id := range p.desk.handled(who) {
			require.NotContains(t, position, id, "handled twice")
			position[id] = i
		}
	}
	for _, a := range p.said {
		if a.acked == 0 || a.poison {
			continue
		}
		require.Contains(t, position, a.ID, "acknowledged and lost")
		for _, b := range p.said {
			if _, handled := position[b.ID]; handled && a.Sender == b.Sender && a.acked <= b.after {
				require.Less(t, position[a.ID], position[b.ID], "%s, said %v, before %s, said %v", a.ID, a.At, b.ID, b.At)
			}
		}
	}
}

func (p *office) depth() (n int) {
	for _, r := range p.replicas {
		n += depth(r.Spool)
	}
	return n
}
