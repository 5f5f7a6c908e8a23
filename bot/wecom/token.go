package wecom

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"zhuanban/bot"
	"zhuanban/bot/internal/token"
)

// Shared is a place that the replicas share, for what may be lost at any time: access
// tokens, and which uploads are at WeCom. Without it each process asks WeCom for itself,
// and gets the same token, and uploads for itself.
type Shared = token.Shared

// fetchToken asks WeCom for a token, which gives the same one as long as it is
// good.
func (c *Channel) fetchToken(ctx context.Context) (string, int64, error) {
	const path = "/cgi-bin/gettoken"
	var r struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   number `json:"expires_in"`
	}
	s, err := c.call(ctx, http.MethodGet, path, url.Values{"corpid": {c.o.CorpID}, "corpsecret": {c.o.Secret}}, nil, &r)
	switch {
	case err != nil:
		return "", 0, err
	case s.code() != 0:
		v := judge(s.code())
		if v.fate == bot.Refused { // of the token, not of the parcel
			v = verdict{reason: bot.NotTrusted, wait: aMinute, everybody: true}
		}
		return "", 0, c.platformError(v, path, s)
	case r.AccessToken == "":
		return "", 0, c.failure(verdict{reason: bot.PlatformAway, wait: soon}, path, errors.New("no token in the answer"))
	}
	return r.AccessToken, int64(r.ExpiresIn), nil
}
