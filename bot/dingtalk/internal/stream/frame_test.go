package stream

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFramesAreReadAsTheyAreWrittenAndAsTheyAreDocumented(t *testing.T) {
	for name, c := range map[string]struct {
		text, kind, topic, id, time, data string
	}{
		"as sent": {`{"specVersion":"1.0","type":"CALLBACK","headers":{"appId":"1305","connectionId":"2f9c","contentType":"application/json","messageId":"212c","time":"1690362102194","topic":"/v1.0/im/bot/messages/get"},"data":"{\"a\":1}"}`,
			Callback, "/v1.0/im/bot/messages/get", "212c", "1690362102194", `{"a":1}`},
		"time is a number":        {`{"type":"EVENT","headers":{"time":1690362102194,"messageId":7,"topic":"*"},"data":"{}"}`, Event, "*", "7", "1690362102194", "{}"},
		"header without its s":    {`{"type":"EVENT","header":{"messageId":"m","topic":"dingTalk"},"data":"{}"}`, Event, "dingTalk", "m", "", "{}"},
		"both, one of them empty": {`{"type":"EVENT","header":{"messageId":"m"},"headers":{"messageId":null},"data":"{}"}`, Event, "", "m", "", "{}"},
		"names in other letters":  {`{"Type":"callback","Headers":{"MessageID":"m","TOPIC":"t"},"Data":"x"}`, Callback, "t", "m", "", "x"},
		"no headers":              {`{"type":"SYSTEM","data":"x"}`, System, "", "", "", "x"},
		"headers are a list":      {`{"type":"SYSTEM","headers":[],"data":"x"}`, System, "", "", "", "x"},
		"no data":                 {`{"type":"CALLBACK","headers":{"messageId":"m"}}`, Callback, "", "m", "", ""},
		"data is an object":       {`{"type":"CALLBACK","headers":{"messageId":"m"},"data":{"a":[1]}}`, Callback, "", "m", "", `{"a":[1]}`},
		"no type":                 {`{"headers":{"messageId":"m","topic":"/v1.0/card/instances/callback"},"data":"{}"}`, Callback, "/v1.0/card/instances/callback", "m", "", "{}"},
		"no type, of a ping":      {`{"headers":{"messageId":"m","topic":"Ping"},"data":"{}"}`, System, "Ping", "m", "", "{}"},
		"no type, of an event":    {`{"headers":{"messageId":"m","eventType":"user_add_org"},"data":"{}"}`, Event, "", "m", "", "{}"},
		"marked, between lines":   {"\xef\xbb\xbf\r\n{\"type\":\"EVENT\",\r\n\"headers\":{\"messageId\":\"m\"}}\r\n", Event, "", "m", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Decode([]byte(c.text))
			require.NoError(t, err)
			require.Equal(t, []string{c.kind, c.topic, c.id, c.time, c.data}, []string{f.Type, f.Topic(), f.ID(), f.Header("Time"), f.Data})
		})
	}
	for _, text := range []string{"", "null", "{}", "[]", "7", `"x"`, "{", `{"data":"x"}`} {
		_, err := Decode([]byte(text))
		require.ErrorIs(t, err, errNoFrame, text)
	}
}

func TestAcknowledgementsAreWrittenAsDingTalkReadsThem(t *testing.T) {
	for want, a := range map[string]Answer{
		`{"code":200,"headers":{"contentType":"application/json","messageId":"m\"1"},"message":"OK","data":"{\"response\":null}"}`:          {},
		`{"code":200,"headers":{"contentType":"application/json","messageId":"m\"1"},"message":"OK","data":"<&>"}`:                          {Data: "<&>"},
		`{"code":404,"headers":{"contentType":"application/json","messageId":"m\"1"},"message":"not handled","data":"{\"response\":null}"}`: Unknown(),
		`{"code":500,"headers":{"contentType":"application/json","messageId":"m\"1"},"message":"failed","data":"{\"response\":null}"}`:      Failed(),
	} {
		require.Equal(t, want, string(a.encode(`m"1`)))
	}
}

// FuzzDecode: nothing panics, and whatever has an id is acknowledged with it.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"specVersion":"1.0","type":"CALLBACK","headers":{"messageId":"212c","time":"1690362102194","topic":"/v1.0/im/bot/messages/get"},"data":"{\"a\":1}"}`))
	f.Add([]byte(`{"type":"EVENT","header":{"time":1690362102194,"messageId":7,"topic":"*"},"data":{}}`))
	f.Add([]byte(`{"type":7,"headers":[],"data":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := Decode(b)
		if err != nil {
			require.Equal(t, Frame{}, frame)
			return
		}
		var back acknowledgement
		require.NoError(t, json.Unmarshal(Answer{Data: frame.Data}.encode(frame.ID()), &back))
		require.Equal(t, 200, back.Code)
		require.Equal(t, frame.ID(), back.Headers["messageId"])
	})
}
