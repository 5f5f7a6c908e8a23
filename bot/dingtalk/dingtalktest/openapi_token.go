package dingtalktest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The paths of tokens.
const (
	TokenPath    = "/v1.0/oauth2/accessToken"
	OldTokenPath = "/gettoken"
)

// tokens are those that are good now.
type tokens struct {
	given    int
	fresh    string // of the new family
	old      string // of the old family's own call
	until    time.Time
	oldUntil time.Time
}

// spent counts what is limited.
type spent struct {
	month  string
	calls  int
	second int64
	of     map[string]int
}

// Tokens says how many tokens were given.
func (s *Server) Tokens() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.given
}

// Token is the token of the new family that is good now, for tests that look for it
// where it should not be.
func (s *Server) Token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.fresh
}

// Counted says how many calls of this month DingTalk has counted.
func (s *Server) Counted() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spent.calls
}

// RevokeToken makes the tokens that are good now no longer so, before their time.
func (s *Server) RevokeToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.fresh, s.tokens.old = "", ""
}

func (s *Server) tokenDuties() {
	s.Serve("POST", TokenPath, func(c Call) Answer {
		var in struct{ AppKey, AppSecret string }
		if !c.Into(&in) || in.AppKey != s.o.ClientID || in.AppSecret != s.o.ClientSecret {
			return fail(400, "invalidClientIdOrSecret", "无效的clientId或者clientSecret")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		token, left := s.grant(&s.tokens.fresh, &s.tokens.until, "new")
		return yes(map[string]any{"accessToken": token, "expireIn": left})
	})
	s.Serve("GET", OldTokenPath, func(c Call) Answer {
		if c.Query.Get("appkey") != s.o.ClientID || c.Query.Get("appsecret") != s.o.ClientSecret {
			return failOld(40096, "", "不合法的appKey或appSecret")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		token, left := s.grant(&s.tokens.old, &s.tokens.oldUntil, "old")
		return yes(map[string]any{"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": left})
	})
}

// grant gives the same token as long as it is good; the lock is held.
func (s *Server) grant(token *string, until *time.Time, family string) (string, int) {
	now := s.o.Now()
	if *token == "" || !now.Before(*until) {
		s.tokens.given++
		*token, *until = fmt.Sprintf("access-%s-%d-%x", family, s.tokens.given, now.UnixNano()), now.Add(s.o.TokenLife)
	}
	return *token, int(until.Sub(now) / time.Second)
}

// New is a duty of the new family, which wants a token and a scope ("" = none) and is
// limited.
func (s *Server) New(scope string, d Duty) Duty {
	return func(c Call) Answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		now := s.o.Now()
		switch header := c.Header.Get("x-acs-dingtalk-access-token"); {
		case header == "":
			return fail(400, "AuthenticationFailed.MissingParameter", "x-acs-dingtalk-access-token is missing")
		case header != s.tokens.fresh || !now.Before(s.tokens.until):
			return fail(400, "InvalidAuthentication", "不合法的access_token")
		case slices.Contains(s.o.Lacks, scope):
			a := fail(403, "Forbidden.AccessDenied.AccessTokenPermissionDenied", "没有调用该接口的权限")
			a.JSON.(map[string]any)["accessdenieddetail"] = map[string]any{"requiredScopes": []string{scope}}
			return a
		}
		if over, qps := s.over(c, now); over {
			return *Spent(false)
		} else if qps {
			return *QPSLimit()
		}
		return d(c)
	}
}

// Old is a duty of the old family.
func (s *Server) Old(scope string, d Duty) Duty {
	return func(c Call) Answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		now, token := s.o.Now(), c.Query.Get("access_token")
		fresh := token == s.tokens.fresh && now.Before(s.tokens.until) && !s.o.OwnTokens
		own := token == s.tokens.old && now.Before(s.tokens.oldUntil)
		switch {
		case token == "" || !fresh && !own:
			return failOld(88, "40014", "不合法的access_token")
		case slices.Contains(s.o.Lacks, scope):
			return failOld(88, "60011", "没有调用该接口的权限，接口权限申请参考："+scope)
		}
		if over, qps := s.over(c, now); over {
			return *Spent(true)
		} else if qps {
			return failOld(90018, "", "您的服务器调用钉钉开放平台当前接口的所有请求都被暂时禁用了")
		}
		return d(c)
	}
}

// over counts a call; the lock is held.
func (s *Server) over(c Call, now time.Time) (month, qps bool) {
	if now.Unix() != s.spent.second {
		s.spent.second, s.spent.of = now.Unix(), map[string]int{}
	}
	if s.spent.of[c.Path]++; s.spent.of[c.Path] > s.o.PerSecond {
		return false, true
	}
	if strings.HasPrefix(c.Path, "/topapi/v2/") || strings.HasPrefix(c.Path, "/v1.0/contact/") {
		return false, false // the directory is not counted
	}
	if name := now.Format("2006-01"); name != s.spent.month {
		s.spent.month, s.spent.calls = name, 0
	}
	s.spent.calls++
	return s.spent.calls > s.o.PerMonth, false
}
