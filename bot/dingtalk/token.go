package dingtalk

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"zhuanban/bot"
	"zhuanban/bot/internal/token"
)

// withToken does something with an access token, a second time with a new one if DingTalk
// no longer takes the first.
func withToken(ctx context.Context, from *token.Source, do func(token string) error) error {
	for fresh := false; ; fresh = true {
		pass, err := from.Get(ctx)
		if err != nil {
			return unsent(err)
		}
		if err = do(pass); err == nil {
			return nil
		}
		if !verdictOf(err).refresh || fresh {
			return err
		}
		from.Invalidate(ctx, pass)
	}
}

// withOldToken is withToken for the old family. It takes the new family's tokens; where
// it refuses even a fresh one, it is asked for its own, from then on.
func (c *Channel) withOldToken(ctx context.Context, do func(token string) error) error {
	if !c.out.asOld.Load() {
		err := withToken(ctx, c.out.tokens, do)
		if err == nil || !verdictOf(err).refresh {
			return err
		}
	}
	err := withToken(ctx, c.out.older, do)
	c.out.asOld.Store(err == nil || !verdictOf(err).refresh)
	return err
}

// unsent is a request that did not leave because there is no access token.
func unsent(err error) error {
	out := &bot.SendError{Reason: bot.PlatformAway, Err: err}
	var failed *bot.SendError
	if errors.As(err, &failed) {
		*out = *failed
	}
	out.Fate = bot.NotSent
	return out
}

const (
	tokenPath    = "/v1.0/oauth2/accessToken"
	oldTokenPath = "/gettoken"
)

// fetchToken asks the new family for a token.
func (c *Channel) fetchToken(ctx context.Context) (string, int64, error) {
	var r struct {
		AccessToken string `json:"accessToken"`
		ExpireIn    int64  `json:"expireIn"`
	}
	err := c.ask(ctx, request{method: http.MethodPost, base: c.o.APIBase, path: tokenPath, in: struct {
		AppKey    string `json:"appKey"`
		AppSecret string `json:"appSecret"`
	}{c.o.ClientID, c.o.ClientSecret}}, &r)
	return c.granted(tokenPath, r.AccessToken, r.ExpireIn, err)
}

// fetchOldToken asks the old family for one of its own.
func (c *Channel) fetchOldToken(ctx context.Context) (string, int64, error) {
	var r struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
	}
	err := c.ask(ctx, request{method: http.MethodGet, base: c.o.OAPIBase, path: oldTokenPath, old: true,
		query: url.Values{"appkey": {c.o.ClientID}, "appsecret": {c.o.ClientSecret}}}, &r)
	return c.granted(oldTokenPath, r.AccessToken, r.ExpiresIn, err)
}

// granted is what came of asking for a token.
func (c *Channel) granted(path, token string, life int64, err error) (string, int64, error) {
	var failed *bot.SendError
	switch {
	case errors.As(err, &failed):
		if CodeOf(err) != "" && failed.Fate == bot.Refused { // of the token, not of a parcel
			failed.Reason, failed.Wait = bot.NotTrusted, aMinute
		}
		failed.Fate = bot.NotSent
		return "", 0, failed
	case token == "":
		return "", 0, c.failure(busy, request{path: path}, errors.New("no token in the answer"))
	}
	return token, life, nil
}
