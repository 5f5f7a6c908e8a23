package wecomtest

import (
	"fmt"
	"strings"
	"time"
)

// The paths that say whose a code is: the one of today and the older one, which is all
// that private deployments have.
const (
	AuthPath    = "/cgi-bin/auth/getuserinfo"
	OldAuthPath = "/cgi-bin/user/getuserinfo"
)

// passLife is how long a code is good, once.
const passLife = 5 * time.Minute

// pass is what a person's browser brings back from the page of authorization.
type pass struct {
	who    string
	openid bool // it is no member's
	until  time.Time
}

// Code gives the code that a member's browser would bring back.
func (s *Server) Code(member string) string { return s.admitted(pass{who: member}) }

// StrangersCode gives the code of somebody who is no member of the corp.
func (s *Server) StrangersCode() string {
	return s.admitted(pass{who: "oGs_stranger0123456789", openid: true})
}

func (s *Server) admitted(c pass) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	c.until = s.o.Now().Add(passLife)
	name := fmt.Sprintf("code-%d-%s", s.made, strings.Repeat("Ab9_", 10))
	s.passes[name] = c
	return name
}

// auths are the duties of the paths that this deployment has.
func (s *Server) auths() map[string]duty {
	out := map[string]duty{"GET " + OldAuthPath: s.withToken(func(call Call) any { return s.whose(call, "UserId", "OpenId") })}
	if !s.o.OldAuth {
		out["GET "+AuthPath] = s.withToken(func(call Call) any { return s.whose(call, "userid", "openid") })
	}
	return out
}

// whose says whose a code is, once. The lock is held.
func (s *Server) whose(call Call, member, stranger string) any {
	name := call.Query.Get("code")
	c, ok := s.passes[name]
	delete(s.passes, name)
	switch {
	case !ok || !s.o.Now().Before(c.until):
		return fail(40029, "invalid code")
	case c.openid:
		return map[string]any{"errcode": 0, "errmsg": "ok", stranger: c.who}
	case s.members != nil && !s.members[strings.ToLower(c.who)]:
		return fail(60011, "no privilege to access/modify contact/party/agent")
	}
	return map[string]any{"errcode": 0, "errmsg": "ok", member: c.who, "user_ticket": "ticket-of-" + name}
}
