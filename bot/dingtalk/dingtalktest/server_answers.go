package dingtalktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// hold waits as the answer wants; false says that the caller has gone.
func (a *Answer) hold(r *http.Request) bool {
	if a.Until != nil {
		select {
		case <-a.Until:
		case <-r.Context().Done():
			return false
		}
	}
	if a.Delay > 0 {
		t := time.NewTimer(a.Delay)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
			return false
		}
	}
	return true
}

func (a Answer) write(w http.ResponseWriter) {
	if a.file != nil {
		a.file.write(w)
		return
	}
	kind := a.Type
	if kind == "" {
		kind = "application/json;charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(max(a.Status, http.StatusOK))
	if a.JSON != nil {
		json.NewEncoder(w).Encode(a.JSON)
		return
	}
	io.WriteString(w, a.Body)
}

// yes is an answer of the new family.
func yes(v any) Answer { return Answer{JSON: v} }

// fail is an error of the new family.
func fail(status int, code, message string) Answer {
	return Answer{Status: status, JSON: map[string]any{"requestid": "E60C2A3C-0000-7000-8000-000000000000", "code": code, "message": message}}
}

// failOld is an error of the old family, whose reason is perhaps beneath it.
func failOld(code int, sub, message string) Answer {
	out := map[string]any{"errcode": code, "errmsg": "ding talk error[subcode=" + sub + ",submsg=" + message + "]", "request_id": "15r0000000000"}
	if sub != "" {
		out["sub_code"], out["sub_msg"] = sub, message
	} else if code != 88 {
		out["errmsg"] = message
	}
	return Answer{JSON: out}
}

// QPSLimit is the throttle of the new family, which shares its status with missing
// permissions.
func QPSLimit() *Answer {
	a := fail(403, "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi", "您的服务器调用钉钉开放平台所有接口的请求都被暂时禁用了")
	return &a
}

// Spent is what both families answer when the month's quota is used up.
func Spent(old bool) *Answer {
	a := fail(403, "Forbidden.AccessDenied.ApiCountLimitForOrg", "接口调用次数超限")
	if old {
		a = failOld(90020, "", "企业调用量已达上限")
	}
	return &a
}

// Refused is any error of the new family, RefusedOld of the old one.
func Refused(status int, code string) *Answer {
	a := fail(status, code, "refused")
	return &a
}

// RefusedOld is an error of the old family; sub may be "".
func RefusedOld(code int, sub string) *Answer {
	a := failOld(code, sub, "refused")
	return &a
}

// Page is a page for people, with which gateways and the gate in front of DingTalk
// answer.
func Page(status int) *Answer {
	return &Answer{Status: status, Type: "text/html; charset=utf-8", Body: fmt.Sprintf("<!doctype html><html><body>%d punish</body></html>", status)}
}

// Punished is the same as JSON.
func Punished() *Answer {
	return &Answer{Status: 200, JSON: map[string]any{"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "0a"}}
}
