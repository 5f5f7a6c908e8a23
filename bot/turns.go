package bot

import (
	"context"
	"sync"
)

// turns lets one message of a person in at a time within this process, in the
// order of arrival, so that a busy person does not hold database connections
// while waiting. Across replicas the conversation's row lock does the same.
type turns struct {
	mu   sync.Mutex
	held map[string]*turnLock
}

type turnLock struct {
	token chan struct{}
	users int
}

// take waits for the person's turn; the returned function ends it.
func (q *turns) take(ctx context.Context, person string) (release func(), err error) {
	q.mu.Lock()
	l := q.held[person]
	if l == nil {
		l = &turnLock{token: make(chan struct{}, 1)}
		q.held[person] = l
	}
	l.users++
	q.mu.Unlock()
	leave := func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(q.held, person)
		}
	}
	select {
	case l.token <- struct{}{}:
		return func() { <-l.token; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
