// Package token keeps a platform's access token: in memory, and where replicas share a
// place, there. One refresher asks the platform; a token that was refused is given up.
package token

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/internal/uploads"
)

// Shared is a place that the replicas share, for what may be lost at any time: access
// tokens. None of its failures is told: without it each
// process asks for itself.
type Shared interface {
	uploads.Shared
	Delete(ctx context.Context, key string)
}

// The life of an access token here.
const (
	// early is how long before its end a token is given up: a request that is
	// under way must not outlive it, and clocks differ.
	early = 300 * time.Second
	// shortestLife keeps a short-lived token in use, within what the platform grants: a
	// private deployment may give tokens for a minute.
	shortestLife = 60 * time.Second
	// longestLife is what WeCom and DingTalk grant today, against a number that is none.
	longestLife = 2 * time.Hour
	// fetching is how long a refresh may take, whoever waits for it.
	fetching = 8 * time.Second
	// glancing is how often a replica looks for the token that another fetches,
	// and watching how long, before it fetches one itself.
	glancing = 50 * time.Millisecond
	watching = 3 * time.Second
	// sulking is how long a refused refresh is not repeated: WeCom blocks a corp
	// for an hour after some 2000 wrong calls in one.
	sulking = 5 * time.Second
)

// lifetime is how long a token is used that is granted for so many seconds.
func lifetime(expiresIn int64) time.Duration {
	granted := time.Duration(min(max(expiresIn, 0), int64(longestLife/time.Second))) * time.Second
	if granted == 0 {
		granted = shortestLife
	}
	return min(max(granted-early, shortestLife), granted)
}

// pass is an access token and its end.
type pass struct {
	Token string `json:"token"`
	Until int64  `json:"until"` // Unix seconds
}

func (p pass) good(now time.Time) bool { return p.Token != "" && now.Unix() < p.Until }

// Source gives the access token: from memory, else from the shared place, else
// from the platform. Whoever needs one while it is fetched waits for the same fetch.
type Source struct {
	shared Shared // may be nil
	key    string
	wall   func() time.Time
	fetch  func(ctx context.Context) (token string, expiresIn int64, err error)

	mu       sync.Mutex
	held     pass
	known    [2]string // the last tokens held, which no error may show
	rejected string    // what the platform has refused and the shared place may still have
	flight   *flight
	failed   error // of the last fetch, while we sulk
	until    time.Time
}

// flight is one fetch and those who wait for it.
type flight struct {
	done chan struct{}
	pass pass
	err  error
}

// New makes a Source; shared may be nil. fetch asks the platform; its error is a
// *bot.SendError where the platform has said something.
func New(shared Shared, key string, wall func() time.Time, fetch func(context.Context) (string, int64, error)) *Source {
	return &Source{shared: shared, key: key, wall: wall, fetch: fetch}
}

// Get gives a token that is good as far as anybody here knows.
func (s *Source) Get(ctx context.Context) (string, error) {
	s.mu.Lock()
	now := s.wall()
	if s.held.good(now) {
		defer s.mu.Unlock()
		return s.held.Token, nil
	}
	if s.failed != nil && now.Before(s.until) {
		defer s.mu.Unlock()
		return "", s.failed
	}
	f := s.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		s.flight = f
		// It outlives the caller, for the others who wait, and ends by itself.
		go s.fly(context.WithoutCancel(ctx), f, s.rejected)
	}
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.pass.Token, f.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// fly brings one token home.
func (s *Source) fly(ctx context.Context, f *flight, rejected string) {
	ctx, cancel := context.WithTimeout(ctx, fetching)
	defer cancel()
	f.pass, f.err = s.find(ctx, rejected)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flight = nil
	s.failed = nil
	var refused *bot.SendError
	switch {
	case f.err == nil:
		s.held, s.rejected = f.pass, ""
		if s.known[0] != f.pass.Token {
			s.known = [2]string{f.pass.Token, s.known[0]}
		}
	case errors.As(f.err, &refused) && refused.Reason != bot.PlatformAway:
		s.failed, s.until = f.err, s.wall().Add(sulking)
	}
	close(f.done)
}

// find looks in the shared place and else asks the platform, one replica at a time.
func (s *Source) find(ctx context.Context, rejected string) (pass, error) {
	if s.shared == nil {
		return s.ask(ctx)
	}
	tick := time.NewTicker(glancing)
	defer tick.Stop()
	for looked := time.Duration(0); ; looked += glancing {
		if p, ok := s.look(ctx, rejected); ok {
			return p, nil
		}
		mine, release := s.shared.Once(ctx, s.key+":refresh", fetching)
		if mine || looked >= watching {
			if release != nil {
				defer release()
			}
			if p, ok := s.look(ctx, rejected); ok { // fetched between the two looks
				return p, nil
			}
			p, err := s.ask(ctx)
			if err == nil {
				s.share(ctx, p)
			}
			return p, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return pass{}, ctx.Err()
		}
	}
}

// look reads the shared place.
func (s *Source) look(ctx context.Context, rejected string) (pass, bool) {
	text, ok := s.shared.Get(ctx, s.key)
	var p pass
	if !ok || json.Unmarshal(text, &p) != nil || p.Token == rejected || !p.good(s.wall()) {
		return pass{}, false
	}
	return p, true
}

func (s *Source) share(ctx context.Context, p pass) {
	text, err := json.Marshal(p)
	if ttl := time.Unix(p.Until, 0).Sub(s.wall()); err == nil && ttl > 0 {
		s.shared.Set(ctx, s.key, text, ttl)
	}
}

func (s *Source) ask(ctx context.Context) (pass, error) {
	token, expiresIn, err := s.fetch(ctx)
	if err != nil {
		return pass{}, err
	}
	return pass{Token: token, Until: s.wall().Add(lifetime(expiresIn)).Unix()}, nil
}

// Invalidate gives up exactly the token that the platform has refused; one that has
// taken its place meanwhile stays.
func (s *Source) Invalidate(ctx context.Context, token string) {
	s.mu.Lock()
	mine := s.held.Token == token
	if mine {
		s.held, s.rejected = pass{}, token
	}
	s.mu.Unlock()
	if !mine || s.shared == nil {
		return
	}
	var p pass
	if text, ok := s.shared.Get(ctx, s.key); ok && json.Unmarshal(text, &p) == nil && p.Token == token {
		s.shared.Delete(ctx, s.key)
	}
}

// Secrets are the last tokens.
func (s *Source) Secrets() [2]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.known
}
