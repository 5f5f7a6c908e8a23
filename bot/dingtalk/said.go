package dingtalk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// APIError is what DingTalk has said.
type APIError struct {
	Path    string
	Code    string // of the new family its code, of the old one its sub_code, otherwise its errcode
	Message string // without secrets
	// Scopes are the permissions that the app lacks, as the developer console calls them.
	Scopes []string

	means verdict
}

func (e *APIError) Error() string {
	s := fmt.Sprintf("%s: %s: %s", e.Path, e.Code, e.Message)
	if e.Code == "60020" || strings.HasSuffix(e.Code, "IpNotInWhiteList") {
		s += "; this program's address is not among the app's (服务器出口IP in the developer console)"
	}
	if len(e.Scopes) > 0 {
		s += "; the app lacks the permission " + strings.Join(e.Scopes, ", ") + " (权限管理 in the developer console)"
	}
	return s
}

// CodeOf is DingTalk's code in an error; "" if it is none of DingTalk's.
func CodeOf(err error) string {
	var said *APIError
	if errors.As(err, &said) {
		return said.Code
	}
	return ""
}

// ScopesOf are the permissions whose lack is an error's reason.
func ScopesOf(err error) []string {
	var said *APIError
	if errors.As(err, &said) {
		return said.Scopes
	}
	return nil
}

// fields are an answer's, by their names: answers use the same ones for different things.
type fields map[string]json.RawMessage

func (f fields) has(name string) bool {
	return len(f[name]) > 0 && !bytes.Equal(f[name], []byte("null"))
}

// text is a field that is a text or a number; "" for any other.
func (f fields) text(name string) string {
	var s string
	if json.Unmarshal(f[name], &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(f[name], &n) == nil {
		return n.String()
	}
	return ""
}

// punished says whether this is the answer of the gate in front of DingTalk:
// {"status":1111,"wait":5,"source":"x5","punish":"deny"}.
func (f fields) punished() bool { return f.has("punish") || f.text("status") == "1111" }

// said is what an answer says of itself. Its Code is "" if that is no error.
func (f fields) said(old bool) *APIError {
	if !old {
		out := &APIError{Code: f.text("code"), Message: f.text("message")}
		if out.Code == "0" || out.Code == "200" {
			out.Code = ""
		}
		for name, v := range f {
			if strings.EqualFold(name, "accessdenieddetail") {
				var detail struct {
					Scopes []string `json:"requiredScopes"`
				}
				_ = json.Unmarshal(v, &detail) // what cannot be read names none
				out.Scopes = detail.Scopes
			}
		}
		return out
	}
	out := &APIError{Code: f.text("errcode"), Message: f.text("errmsg")}
	switch sub := f.text("sub_code"); {
	case out.Code == "0":
		out.Code = ""
	case sub != "": // the real reason is there
		out.Code = sub
		if m := f.text("sub_msg"); m != "" {
			out.Message = m
		}
	}
	return out
}
