// Package load plays members of staff against a WeCom callback and measures how
// fast, and how correctly, they are answered.
//
// The loop is closed: a person says the next line only when the last was answered,
// in the response or through the imitated platform (API), and the answer is looked
// at. What is said first is said by everybody before the clock starts, so that only
// a conversation in full swing is measured. It is told apart whether an answer was
// late, missing, wrong, or came without having been asked for; a message that is
// delivered twice must be answered twice with the same, or once.
//
// It measures time, so it reads the clock itself.
package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"

	"zhuanban/tools/bench/wecom"
)

// Run is one measurement.
type Run struct {
	Target string // the callback's address
	Codec  *wecom.Codec
	Agent  string
	API    *API // where answers come that are not in the response
	Users  []string
	Script Script

	Think      time.Duration // between an answer and the next line, ±20 %
	Duplicates float64       // the fraction of messages that are delivered again after their answer
	Warmup     time.Duration // said and checked, not timed
	Window     time.Duration // timed
	Timeout    time.Duration // for one answer
	Prepare    time.Duration // for what is said first by everybody
}

// Play performs the run. Its error says that it could not be performed; what went
// wrong in it is in the report.
func (r Run) Play(ctx context.Context) (Report, error) {
	target, err := url.Parse(r.Target)
	if err != nil {
		return Report{}, fmt.Errorf("the target: %w", err)
	}
	inboxes := r.API.join(r.Users)
	defer r.API.leave(r.Users)
	people := make([]*person, len(r.Users))
	records := make([]*record, len(r.Users))
	for i, name := range r.Users {
		c := func() *conn { return &conn{host: target.Host, path: target.RequestURI(), timeout: r.Timeout} }
		people[i] = &person{run: &r, name: name, inbox: inboxes[name], conn: c(), second: c(), record: &record{}}
		records[i] = people[i].record
	}
	defer func() {
		for _, p := range people {
			p.conn.close()
			p.second.close()
		}
	}()
	if err := r.prepare(ctx, people); err != nil {
		return Report{}, err
	}
	from := time.Now().Add(r.Warmup)
	to := from.Add(r.Window)
	ctx, stop := context.WithDeadline(ctx, to.Add(r.Timeout))
	defer stop()
	var all sync.WaitGroup
	for _, p := range people {
		p.record.from, p.record.to = from, to
		all.Go(func() { p.talk(ctx) })
	}
	all.Wait()
	return sum(records, r.Window), nil
}

// preparing is how many people begin at the same time: enough to be quick, and few
// enough that a server is not judged by a crowd before the measurement begins.
const preparing = 32

// prepare lets everybody say what is said first.
func (r Run) prepare(ctx context.Context, people []*person) error {
	ctx, stop := context.WithTimeout(ctx, r.Prepare)
	defer stop()
	queue := make(chan *person)
	var all sync.WaitGroup
	var once sync.Once
	var failure error
	for range min(preparing, len(people)) {
		all.Go(func() {
			for p := range queue {
				if err := p.begin(ctx); err != nil {
					once.Do(func() { failure = fmt.Errorf("%s begins: %w", p.name, err) })
					stop()
				}
			}
		})
	}
	for _, p := range people {
		queue <- p
	}
	close(queue)
	all.Wait()
	return failure
}

// FirstAnswer asks until the server answers: how long a start takes. It returns the
// time of the first right answer.
func (r Run) FirstAnswer(ctx context.Context, l Line) (time.Time, error) {
	target, err := url.Parse(r.Target)
	if err != nil {
		return time.Time{}, fmt.Errorf("the target: %w", err)
	}
	inboxes := r.API.join(r.Users[:1])
	defer r.API.leave(r.Users[:1])
	ctx, stop := context.WithTimeout(ctx, r.Timeout)
	defer stop()
	p := &person{run: &r, name: r.Users[0], inbox: inboxes[r.Users[0]], record: &record{},
		conn: &conn{host: target.Host, path: target.RequestURI(), timeout: r.Timeout}}
	defer p.conn.close()
	for m := p.message(l); ; {
		_, _, err := p.deliver(ctx, p.conn, m)
		if err == nil {
			return time.Now(), nil
		}
		select {
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("no first answer: %w", err)
		case <-time.After(2 * time.Millisecond): // far below what is measured, and no burden
		}
	}
}

// uneven is around one: people who all think equally long speak in chorus.
func uneven() float64 { return 0.8 + 0.4*rand.Float64() }
