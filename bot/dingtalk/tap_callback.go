package dingtalk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"runtime/debug"
	"time"
)

// The headers with which DingTalk signs the callbacks of cards in HTTP mode. Under which
// address and secret they are called back is registered apart
// (POST /v1.0/card/callbacks/register); here it is the address of messages, and as its
// apiSecret the app's own.
const (
	cardSignature = "x-ddpaas-signature"
	cardTime      = "x-ddpaas-signature-timestamp"
)

// signTap signs the timestamp of a card's callback. The body is not signed.
func signTap(secret, timestamp string) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(timestamp))
	return mac.Sum(nil)
}

// cardKeptBack is cardKept where it is the body of an answer.
const cardKeptBack = `{"cardUpdateOptions":{"updateCardDataByKey":true,"updatePrivateDataByKey":true},"cardData":{"cardParamMap":{}},"userPrivateData":{"cardParamMap":{}}}`

// tapHandling is how long the work on a tap may go on after it was answered.
const tapHandling = 2 * handling

// serveTap takes a tap on a card in HTTP mode. It is answered in time whatever the desk
// does; if that is late, the work goes on.
func (c *Channel) serveTap(w http.ResponseWriter, r *http.Request) {
	stamp := r.Header.Get(cardTime)
	at, err := signed(signTap(c.o.ClientSecret, stamp), stamp, r.Header.Get(cardSignature), c.o.Wall())
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	b, err := readAll(w, r)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	m, err := c.readTap(b, at)
	switch {
	case err != nil:
		err = errMalformed
	case !c.in.replays.first(r.Context(), at, "card:"+stamp, b, c.o.Wall()):
		err = errReplayed
	}
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	select {
	case c.in.slots <- struct{}{}:
		defer func() { <-c.in.slots }()
	default:
		c.refuse(w, r, errBusy)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), tapHandling)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if p := recover(); p != nil {
				c.o.Log.ErrorContext(ctx, "handling a tap panicked", "at", string(debug.Stack()))
			}
		}()
		_ = c.handAgain(ctx, m) // who says it failed: the log; a card has no words for it
	}()
	late := time.NewTimer(c.in.cardWait)
	defer late.Stop()
	select {
	case <-done:
	case <-late.C:
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write([]byte(cardKeptBack))
	_ = http.NewResponseController(w).Flush()
	<-done
}
