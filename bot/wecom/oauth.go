package wecom

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/internal/secret"
	"zhuanban/bot/wecom/internal/name"
)

// publicAuthorize is where WeCom's app asks who somebody is, for everybody without a
// deployment of their own.
const publicAuthorize = "https://open.weixin.qq.com"

const (
	authPath    = "/cgi-bin/auth/getuserinfo"
	oldAuthPath = "/cgi-bin/user/getuserinfo" // all that private deployments have
)

// Why a code says nothing.
var (
	// ErrStranger is somebody who is no member of the corp.
	ErrStranger = errors.New("whoever came is no member of this corp")
	// ErrCode is a code that is none, was used before, or is older than five minutes.
	ErrCode = errors.New("the code is not good, or not any more")
)

// Authorize is the address of the page that sends a member, who opens it within WeCom,
// on to redirect with a code (for Whose) and the state. It asks for nothing but who they
// are (snsapi_base), and shows them no question. redirect is a page below the app's
// trusted domain (可信域名).
//
// The state is new each time and cannot be guessed. Whoever shows the page keeps it with
// the browser, and takes no code that comes back without it: otherwise somebody could
// have others act under their own account.
//
// There is no page yet that would use this: no duty needs a login on the web.
func (c *Channel) Authorize(redirect string) (address, state string, err error) {
	u, err := url.Parse(redirect)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return "", "", errors.New("the address to come back to is none: such as https://YOUR-HOST/page is right")
	}
	state = rand.Text()
	// In the order of the documentation, which not every deployment's page is free of.
	return c.o.AuthorizeBase + "/connect/oauth2/authorize?appid=" + url.QueryEscape(c.o.CorpID) + "&redirect_uri=" + url.QueryEscape(redirect) +
		"&response_type=code&scope=snsapi_base&state=" + state + "&agentid=" + c.o.AgentID + "#wechat_redirect", state, nil
}

// Whose is the account, in lower case, of the member who has brought a code. A code is
// good for five minutes and once: whatever fails, the member has to open the page anew. The
// error is ErrCode or ErrStranger, or says why WeCom was not asked; none shows the code.
func (c *Channel) Whose(ctx context.Context, code string) (account string, err error) {
	if code == "" || len(code) > longestCode || strings.ContainsFunc(code, func(r rune) bool { return r <= ' ' || r >= 0x7F }) {
		return "", ErrCode
	}
	paths := []string{authPath, oldAuthPath}
	switch at := c.o.Features.AuthPath; {
	case at == AuthOld || at != AuthNew && c.oldAuth.Load():
		paths = paths[1:]
	case at == AuthNew:
		paths = paths[:1]
	}
	for i, path := range paths {
		account, s, err := c.whose(ctx, path, code)
		if err == nil && i > 0 {
			c.oldAuth.Store(true)
		}
		if i == len(paths)-1 || !unknownPath(s) {
			return account, err
		}
	}
	return "", ErrCode // never: there is a path
}

// longestCode is how long a code may be, by WeCom's documentation.
const longestCode = 512

// whose asks at one path. What it says of its answer is for unknownPath.
func (c *Channel) whose(ctx context.Context, path, code string) (account string, s status, err error) {
	var r struct {
		Member   string `json:"userid"` // UserId and OpenId at the older path
		Stranger string `json:"openid"`
	}
	s, v, err := c.withToken(ctx, func(token string) (status, error) {
		return c.call(ctx, http.MethodGet, path, url.Values{"access_token": {token}, "code": {code}}, nil, &r)
	})
	s.Message = secret.Hide(s.Message, code)
	switch {
	case err != nil:
		return "", s, aside(err)
	case s.code() == codeSpent:
		return "", s, fmt.Errorf("%w: %w", ErrCode, aside(c.platformError(v, path, s)))
	case s.code() != 0:
		return "", s, aside(c.platformError(v, path, s))
	case r.Member == "" && r.Stranger != "":
		return "", s, ErrStranger
	case !name.Account(r.Member):
		return "", s, c.failure(verdict{fate: bot.NotSent, reason: bot.PlatformAway}, path, errors.New("an answer without an account"))
	}
	return strings.ToLower(r.Member), s, nil
}

// unknownPath says whether an answer means that the deployment does not know a path. A
// code is not used up there, so that the other path may be asked with it.
func unknownPath(s status) bool {
	switch {
	case s.HTTP == http.StatusNotFound, s.HTTP == http.StatusMethodNotAllowed, s.HTTP == http.StatusNotImplemented:
		return true
	case s.HTTP == http.StatusOK && s.Code == nil: // a page
		return true
	}
	return s.code() == 404 || s.code() == 40066 || s.code() == 48001 || s.code() == 48002
}
