package seal

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestACallbackIsSignedAndOfThisHour(t *testing.T) {
	c := codecOf(t, official)
	now := time.Unix(1705626000, 0)
	sealed := []byte("sealed")
	for name, v := range map[string]struct {
		timestamp string
		bend      func(url.Values)
		want      error
	}{
		"now":                           {"1705626000", nil, nil},
		"two hours ago":                 {"1705618800", nil, nil},
		"two hours ahead":               {"1705633200", nil, nil},
		"more than two hours ago":       {"1705618799", nil, ErrWindow},
		"more than two hours ahead":     {"1705633201", nil, ErrWindow},
		"the end of time":               {"4611686018427387903", nil, ErrWindow},
		"a timestamp with a sign":       {"+1705626000", nil, ErrMalformed},
		"a timestamp below zero":        {"-1705626000", nil, ErrMalformed},
		"a timestamp with a zero":       {"01705626000", nil, ErrMalformed},
		"a timestamp of zero":           {"0", nil, ErrMalformed},
		"a timestamp with a blank":      {" 1705626000", nil, ErrMalformed},
		"a timestamp with an underline": {"1_705626000", nil, ErrMalformed},
		"a timestamp in hexadecimal":    {"0x65A9CD90", nil, ErrMalformed},
		"a timestamp too long":          {"99999999999999999999", nil, ErrMalformed},
		"no timestamp":                  {"", nil, ErrMalformed},
		"another timestamp":             {"1705626000", func(q url.Values) { q.Set("timestamp", "1705626001") }, ErrSignature},
		"another nonce":                 {"1705626000", func(q url.Values) { q.Set("nonce", "2") }, ErrSignature},
		"no signature":                  {"1705626000", func(q url.Values) { q.Del("msg_signature") }, ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := c.Sign(nil, v.timestamp, "1", sealed)
			q := url.Values{"timestamp": {v.timestamp}, "nonce": {"1"}, "msg_signature": {string(s[:])}}
			if v.bend != nil {
				v.bend(q)
			}
			_, err := c.Check(nil, q, sealed, now)
			if v.want == nil {
				require.NoError(t, err)
				return
			}
			require.Same(t, v.want, err)
		})
	}
}
