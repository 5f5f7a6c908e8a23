package wecom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// status is how every answer of WeCom's begins.
type status struct {
	Code    *number `json:"errcode"`
	Message string  `json:"errmsg"`
	HTTP    int     `json:"-"` // the HTTP status; 0 = there was no answer
}

// code is WeCom's code; 0 also where there is none.
func (s status) code() int64 {
	if s.Code == nil {
		return 0
	}
	return int64(*s.Code)
}

// number is a whole number. WeCom writes it as one; gateways and older deployments may
// put it into quotes.
type number int64

// UnmarshalJSON reads both forms.
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is no whole number", b)
	}
	*n = number(v)
	return nil
}

// word is a name of WeCom's, such as a message's. It is a string, and where somebody
// writes a number it is that one's digits.
type word string

// UnmarshalJSON reads both forms.
func (w *word) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' || string(b) == "null" {
		return json.Unmarshal(b, (*string)(w))
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return fmt.Errorf("reading a name: %w", err)
	}
	*w = word(n)
	return nil
}
