package wecomtest

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// RobotClient is WeCom as a robot sees it that is called back: it seals with the library
// github.com/silenceper/wechat/v2, and opens by itself, because that cannot without a
// receiver.
type RobotClient struct {
	Callback      http.Handler
	Token, AESKey string
	Now           func() time.Time
}

// RobotReply is the callback's answer, opened; Answer is nil where it is empty.
type RobotReply struct {
	Status int
	Body   []byte
	Answer map[string]any
}

// Verify asks as the console does when the address is saved.
func (c *RobotClient) Verify(ctx context.Context, echo string) (RobotReply, error) {
	q, sealed, err := c.Seal([]byte(echo))
	if err != nil {
		return RobotReply{}, err
	}
	q.Set("echostr", sealed)
	return c.Do(ctx, http.MethodGet, q, nil)
}

// Post seals a message or event, posts it and opens the answer.
func (c *RobotClient) Post(ctx context.Context, body map[string]any) (RobotReply, error) {
	message, err := json.Marshal(body)
	if err != nil {
		return RobotReply{}, fmt.Errorf("encoding: %w", err)
	}
	q, sealed, err := c.Seal(message)
	if err != nil {
		return RobotReply{}, err
	}
	envelope, err := json.Marshal(map[string]string{"encrypt": sealed})
	if err != nil {
		return RobotReply{}, fmt.Errorf("encoding: %w", err)
	}
	return c.Do(ctx, http.MethodPost, q, envelope)
}

// Seal makes the query and the sealed message of a callback.
func (c *RobotClient) Seal(message []byte) (url.Values, string, error) {
	sealed, err := util.EncryptMsg([]byte(rand.Text()[:16]), message, "", c.AESKey)
	if err != nil {
		return nil, "", fmt.Errorf("sealing: %w", err)
	}
	now, nonce := strconv.FormatInt(c.Now().Unix(), 10), rand.Text()[:10]
	return url.Values{"timestamp": {now}, "nonce": {nonce}, "msg_signature": {util.Signature(c.Token, now, nonce, string(sealed))}}, string(sealed), nil
}

// Do makes one request of the callback and opens the answer of a POST.
func (c *RobotClient) Do(ctx context.Context, method string, q url.Values, body []byte) (out RobotReply, err error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://callback.invalid/wecom/robot?"+q.Encode(), bytes.NewReader(body))
	if err != nil {
		return out, fmt.Errorf("making the callback: %w", err)
	}
	rec := httptest.NewRecorder()
	c.Callback.ServeHTTP(rec, req)
	out.Status, out.Body = rec.Code, rec.Body.Bytes()
	if method != http.MethodPost || out.Status != http.StatusOK || len(out.Body) == 0 {
		return out, nil
	}
	var e struct {
		Encrypt   string `json:"encrypt"`
		Signature string `json:"msgsignature"`
		Time      int64  `json:"timestamp"`
		Nonce     string `json:"nonce"`
	}
	if err := json.Unmarshal(out.Body, &e); err != nil {
		return out, fmt.Errorf("reading the answer: %w", err)
	}
	if e.Nonce != q.Get("nonce") || util.Signature(c.Token, strconv.FormatInt(e.Time, 10), e.Nonce, e.Encrypt) != e.Signature {
		return out, errors.New("the answer is signed wrongly")
	}
	plain, err := c.open(e.Encrypt)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(plain, &out.Answer)
}

func (c *RobotClient) open(sealed string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(c.AESKey + "=")
	if err != nil {
		return nil, fmt.Errorf("the key: %w", err)
	}
	b, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(b) == 0 || len(b)%32 != 0 {
		return nil, errors.New("the answer is not sealed")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("the key: %w", err)
	}
	cipher.NewCBCDecrypter(block, key[:16]).CryptBlocks(b, b)
	pad := int(b[len(b)-1])
	if pad < 1 || pad > 32 || len(b)-pad < 20 || int(binary.BigEndian.Uint32(b[16:20])) != len(b)-pad-20 {
		return nil, errors.New("the answer is sealed wrongly")
	}
	return b[20 : len(b)-pad], nil
}
