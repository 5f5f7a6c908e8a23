package load

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"zhuanban/tools/bench/wecom"
)

// person is one simulated member of staff.
type person struct {
	run    *Run
	name   string
	inbox  chan string
	conn   *conn
	second *conn // a re-delivery comes on another connection
	record *record
	next   int // of Script.Again
}

// afterError keeps people from hammering a server that does not answer.
const afterError = 20 * time.Millisecond

// begin says what is said first. Its answers are awaited and checked like all others,
// but a wrong one ends the run: nothing that followed could be right.
func (p *person) begin(ctx context.Context) error {
	for _, l := range p.run.Script.First {
		if err := ctx.Err(); err != nil {
			return err
		}
		answer, _, err := p.deliver(ctx, p.conn, p.message(l))
		if err != nil {
			return errors.Join(err, errors.New("said: "+l.Say))
		}
		if !strings.Contains(answer, l.Want) {
			return errors.New("to " + l.Say + " came " + answer + ", which lacks " + l.Want)
		}
	}
	return nil
}

// talk goes on until the window is over or ctx ends.
func (p *person) talk(ctx context.Context) {
	p.forget() // what still came of the beginning
	p.pause(ctx, rand.Float64())
	for ctx.Err() == nil && time.Now().Before(p.record.to) {
		p.say(ctx)
		p.pause(ctx, uneven())
	}
	p.record.part.Stray += p.forget()
}

// pause lasts a share of what the run's people think, but not beyond its window.
func (p *person) pause(ctx context.Context, share float64) {
	length := min(time.Duration(float64(p.run.Think)*share), time.Until(p.record.to))
	if length <= 0 {
		return
	}
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// say says the next line and looks at what comes back.
func (p *person) say(ctx context.Context) {
	p.record.part.Stray += p.forget()
	l := p.run.Script.Again[p.next]
	p.next = (p.next + 1) % len(p.run.Script.Again)
	m := p.message(l)
	begin := time.Now()
	answer, passive, err := p.deliver(ctx, p.conn, m)
	if err != nil {
		if ctx.Err() == nil {
			p.record.failed(err)
			time.Sleep(afterError)
		}
		return
	}
	p.record.answered(begin, time.Now(), passive)
	if !strings.Contains(answer, l.Want) {
		p.record.wrong(l, answer)
	}
	if p.run.Duplicates > 0 && rand.Float64() < p.run.Duplicates {
		p.again(m, answer)
	}
}

// again delivers a message a second time. An answer to it that comes through the API
// is found later, as one that nobody asked for.
func (p *person) again(m wecom.Text, first string) {
	response, err := p.second.post(p.post(m))
	if err != nil {
		p.record.part.Again.Failed++
		return
	}
	switch text, answered, err := p.run.Codec.Hear(response); {
	case err != nil:
		p.record.part.Again.Failed++
	case !answered:
		p.record.part.Again.Silent++
	case text == first:
		p.record.part.Again.Same++
	default:
		p.record.part.Again.Other++
	}
}

// deliver brings a message and waits for the answer to it.
func (p *person) deliver(ctx context.Context, c *conn, m wecom.Text) (answer string, passive bool, err error) {
	response, err := c.post(p.post(m))
	if err != nil {
		return "", false, err
	}
	answer, passive, err = p.run.Codec.Hear(response)
	if err != nil || passive {
		return answer, passive, err
	}
	answer, err = await(ctx, p.inbox, p.run.Timeout)
	return answer, false, err
}

func (p *person) post(m wecom.Text) wecom.Post {
	return p.run.Codec.Callback(m, p.run.Agent, time.Now())
}

// lastID is the number of messages of this process.
var lastID atomic.Int64

// message is a line under an id of its own. Ids go on where an earlier process has
// left off, because they begin with the time.
func (p *person) message(l Line) wecom.Text {
	lastID.CompareAndSwap(0, time.Now().UnixMicro()*16) // sixteen messages in a microsecond nobody says
	return wecom.Text{From: p.name, Content: l.Say, ID: lastID.Add(1)}
}

// forget empties the inbox and counts what was in it.
func (p *person) forget() (n int) {
	for {
		select {
		case <-p.inbox:
			n++
		default:
			return n
		}
	}
}
