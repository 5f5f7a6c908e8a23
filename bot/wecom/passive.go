package wecom

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"unicode/utf8"

	"zhuanban/bot/wecom/internal/seal"
)

// passive seals a text as the answer that goes out with the acknowledgement. Of
// what is longer than WeCom shows, it keeps whole characters.
func (c *Channel) passive(room *room, to, text string) []byte {
	if len(text) > longestText {
		cut := longestText
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	var chance [seal.RandomSize + 8]byte
	rand.Read(chance[:]) // never fails
	var nonce [16]byte
	hex.Encode(nonce[:], chance[seal.RandomSize:])
	now := strconv.AppendInt(nil, c.o.Wall().Unix(), 10)

	b := append(room.body[:0], "<xml><ToUserName>"...)
	b = appendCDATA(b, to)
	b = append(b, "</ToUserName><FromUserName>"...)
	b = appendCDATA(b, c.o.CorpID)
	b = append(b, "</FromUserName><CreateTime>"...)
	b = append(b, now...)
	b = append(b, "</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>"...)
	b = appendCDATA(b, text)
	b = append(b, "</Content></xml>"...)
	room.body = b

	room.sealed = c.codec.Seal(room.sealed[:0], [seal.RandomSize]byte(chance[:seal.RandomSize]), b)
	var s seal.Signature
	s, room.scratch = c.codec.Sign(room.scratch, string(now), string(nonce[:]), room.sealed)
	return envelope(room, s, now, nonce[:])
}

// envelope writes a sealed message, its signature and what that is made of.
func envelope(room *room, s seal.Signature, now, nonce []byte) []byte {
	b := append(room.body[:0], "<xml><Encrypt><![CDATA["...)
	b = append(b, room.sealed...)
	b = append(b, "]]></Encrypt><MsgSignature><![CDATA["...)
	b = append(b, s[:]...)
	b = append(b, "]]></MsgSignature><TimeStamp>"...)
	b = append(b, now...)
	b = append(b, "</TimeStamp><Nonce><![CDATA["...)
	b = append(b, nonce...)
	b = append(b, "]]></Nonce></xml>"...)
	room.body = b
	return b
}
