package delivery

import (
	"time"

	"zhuanban/bot"
	"zhuanban/store"
)

// The loop guard: the same words to one person or group are said three times in ten
// minutes and no more. It is for what nobody asked for: a mistake in a duty that
// sets off itself, two bots in one group. Answers are exempt, because each is
// bounded by a message that the person sent, and all by the member's limit.
const (
	loopMost = 3
	loopTime = 10 * time.Minute
)

// loops says whether a row would say the same once too often, and counts it.
func (b *batch) loops(d store.Delivery, said map[string]int) bool {
	if d.Doubts > 0 || d.Template == reportTemplate {
		return false
	}
	print := d.Words
	if print == "" {
		words, err := bot.Words(d)
		if err != nil { // freezing will say so
			return false
		}
		print = fingerprint(words.Text)
	}
	said[address(d)+print]++
	return said[address(d)+print] > loopMost
}
