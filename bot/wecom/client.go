package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"zhuanban/bot"
	"zhuanban/bot/internal/line"
	"zhuanban/bot/internal/secret"
)

// The patience and the size of the client.
const (
	connecting = 3 * time.Second // within the courier's four for one parcel
	answering  = 10 * time.Second
	// connections is below what WeCom answers with 45033, and more than the rate
	// limits let us use.
	connections   = 32
	largestAnswer = 1 << 20 // a thousand refused names are 65 KB
	largestList   = 32 << 20
)

// longest is how much of an answer is read: of a department with all its members more
// than of anything else.
func longest(path string) int64 {
	switch path {
	case departmentListPath, departmentSimplePath, userListPath, userSimplePath, tagGetPath:
		return largestList
	}
	return largestAnswer
}

// api makes one call that needs an access token, again with a new token if WeCom no
// longer takes the first, and reads the answer into out, which may be nil.
// body is JSON. An error is a *bot.SendError; the verdict says what WeCom's code means.
func (c *Channel) api(ctx context.Context, method, path string, query url.Values, body []byte, out any) (verdict, error) {
	q := url.Values{}
	for k, v := range query {
		q[k] = v
	}
	s, v, err := c.withToken(ctx, func(token string) (status, error) {
		q.Set("access_token", token)
		return c.call(ctx, method, path, q, body, out)
	})
	if err == nil && s.code() != 0 {
		err = c.platformError(v, path, s)
	}
	return v, err
}

// mostTries is how often something is done with access tokens of which WeCom takes none.
// The second is a new one; a third is there for a token that is revoked again while
// others work with it, and only if it is another one.
const mostTries = 3

// withToken does something with an access token, again with a new one if WeCom no longer
// takes the first: a call that is refused for its token has done nothing. It gives what
// WeCom has said, and what that means. An error is do's own, or there is no token.
func (c *Channel) withToken(ctx context.Context, do func(token string) (status, error)) (status, verdict, error) {
	before := ""
	for try := 1; ; try++ {
		pass, err := c.tokens.Get(ctx)
		if err != nil {
			return status{}, verdict{}, unsent(err)
		}
		s, err := do(pass)
		if err != nil || s.Code == nil {
			return s, verdict{}, err
		}
		v := judge(s.code())
		if !v.refresh || try == mostTries || pass == before {
			return s, v, nil
		}
		c.tokens.Invalidate(ctx, pass)
		before = pass
	}
}

// aside is an error of any call but message/send. What fails there says nothing of that:
// only where WeCom does not trust the app must all wait.
func aside(err error) error {
	var failed *bot.SendError
	if errors.As(err, &failed) && failed.Reason != bot.NotTrusted {
		failed.Everybody = false
	}
	return err
}

// unsent is a parcel that did not leave because there is no access token.
func unsent(err error) error {
	out := &bot.SendError{Reason: bot.PlatformAway, Err: err}
	var failed *bot.SendError
	if errors.As(err, &failed) {
		*out = *failed
	}
	out.Fate = bot.NotSent
	return out
}

// call makes one request and reads the answer into out, which may be nil. An error is
// a *bot.SendError: the request failed, or the answer is not one of WeCom's. The
// answer may still carry an errcode.
func (c *Channel) call(ctx context.Context, method, path string, query url.Values, body []byte, out any) (status, error) {
	ctx, begun := line.Watch(ctx)
	req, err := http.NewRequestWithContext(ctx, method, c.o.APIBase+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return status{}, c.failure(verdict{fate: bot.NotSent}, path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	res, err := c.client.Do(req)
	if err != nil {
		return status{}, c.failure(broken(ctx, begun.Load()), path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, longest(path)))
	s := status{HTTP: res.StatusCode}
	if res.StatusCode != http.StatusOK {
		return s, c.failure(judgeStatus(res.StatusCode), path, fmt.Errorf("HTTP status %d", res.StatusCode))
	}
	if err != nil {
		return s, c.failure(broken(ctx, true), path, fmt.Errorf("reading the answer: %w", err))
	}
	if json.Unmarshal(text, &s) != nil || s.Code == nil || s.code() == 0 && out != nil && json.Unmarshal(text, out) != nil {
		return status{HTTP: res.StatusCode}, c.failure(verdict{fate: bot.Unknown, reason: bot.PlatformAway, wait: soon}, path,
			fmt.Errorf("an answer that is not WeCom's: %d bytes of %q", len(text), res.Header.Get("Content-Type")))
	}
	return s, nil
}

// broken judges a request without an answer: it is certain that nothing was sent
// only if not a byte has left.
func broken(ctx context.Context, begun bool) verdict {
	v := verdict{fate: bot.NotSent, reason: bot.PlatformAway}
	if begun {
		v.fate = bot.Unknown
	}
	if !errors.Is(ctx.Err(), context.Canceled) { // not our own hurry
		v.wait, v.everybody = soon, !begun
	}
	return v
}

// failure is a verdict with its reason for the operator.
func (c *Channel) failure(v verdict, doing string, err error) *bot.SendError {
	return &bot.SendError{Fate: v.fate, Reason: v.reason, Wait: v.wait, Everybody: v.everybody, Err: c.safe(doing, err)}
}

// platformError is a code of WeCom's as an error: *util.CommonError is in it for
// whoever asks for the code.
func (c *Channel) platformError(v verdict, doing string, r status) *bot.SendError {
	message := secret.Line(c.redact(r.Message))
	if ip := address(r.Message); r.code() == 60020 && ip != "" {
		message = "this program's address " + ip + " is not among the app's trusted ones (企业可信IP): " + message
	}
	return &bot.SendError{Fate: v.fate, Reason: v.reason, Wait: v.wait, Everybody: v.everybody,
		Err: util.NewCommonError(doing, r.code(), message)}
}

// safe is an error that shows no secret.
func (c *Channel) safe(doing string, err error) error { return secret.Error(doing, err, c.redact) }

// redact takes every secret out of a text, whoever put it there.
func (c *Channel) redact(s string) string {
	tokens := c.tokens.Secrets()
	return secret.Hide(s, append([]string{c.o.Secret, c.o.Token, c.o.AESKey, tokens[0], tokens[1]}, c.groups.keys...)...)
}
