package robot

import (
	"crypto/rand"
	"encoding/json"
)

// frame is what goes over the connection, either way: a command or, without cmd, the
// acknowledgement of one with the same req_id.
type frame struct {
	Cmd     string          `json:"cmd,omitempty"`
	Headers headers         `json:"headers"`
	Body    json.RawMessage `json:"body,omitempty"`
	Code    *int64          `json:"errcode,omitempty"`
	Message string          `json:"errmsg,omitempty"`
}

type headers struct {
	ReqID string `json:"req_id"`
}

// The commands: those that come, and those that go.
const (
	cmdMessage = "aibot_msg_callback"
	cmdEvent   = "aibot_event_callback"

	cmdSubscribe = "aibot_subscribe"
	cmdPing      = "ping"
	cmdSend      = "aibot_send_msg"
	cmdRespond   = "aibot_respond_msg"
	cmdWelcome   = "aibot_respond_welcome_msg"
	cmdUpdate    = "aibot_respond_update_msg"

	cmdUploadBegin = "aibot_upload_media_init"
	cmdUploadChunk = "aibot_upload_media_chunk"
	cmdUploadEnd   = "aibot_upload_media_finish"
)

// newReqID names a command of ours.
func newReqID(cmd string) string { return cmd + "_" + rand.Text() }
