package delivery

import (
	"encoding/json"
	"fmt"
	"strings"

	"zhuanban/bot"
	"zhuanban/store"
)

const (
	digestTemplate = "delivery.digest" // what a digest begins with
	digestWords    = "digest"          // the Words of a row that carries others
)

// digest merges what is due at once for one person into one message, so that a
// telephone does not ring five times in a row after a quiet night: a header and the
// complete texts, one under the other, with the numbers to reply. What does not fit
// into one message of the platform makes another. Answers, groups, and what has a
// picture or file or may have arrived already are not merged.
//
// The first row of each that was never tried leads: its frozen bytes are the whole,
// and the others end as merged into it, in the transaction that claimed them.
func (b *batch) digest() {
	most := b.c.Manners.Digest
	if most <= 0 {
		return
	}
	of := map[string][]int{}
	for i, p := range b.parcels {
		if mergeable(p) {
			of[address(p.Delivery)] = append(of[address(p.Delivery)], i)
		}
	}
	merged := map[int]bool{}
	for _, rows := range of {
		if len(rows) < most {
			continue
		}
		for _, part := range b.parts(rows) {
			b.merge(part, merged)
		}
	}
	var left []parcel
	for i, p := range b.parcels {
		if !merged[i] {
			left = append(left, p)
		}
	}
	b.parcels = left
}

func mergeable(p parcel) bool {
	return p.ToKind == string(bot.ToPerson) && p.Priority < bot.PriorityUrgent && p.Tried == 0 && p.Words != digestWords &&
		(p.reply.Kind == bot.TextReply || p.reply.Kind == bot.CardReply)
}

// headRoom is kept for the header, in bytes; between is between two texts.
const (
	headRoom = 200
	between  = "\n\n——\n\n"
)

// parts cuts a person's rows where a platform's text would be full.
func (b *batch) parts(rows []int) (out [][]int) {
	size := 0
	for _, i := range rows {
		p := b.parcels[i]
		room := b.c.traits(p.Delivery).MaxTextSize
		n := len(p.reply.Text) + len(between)
		full := room > 0 && headRoom+size+n > room
		if len(out) == 0 || full || b.parcels[out[len(out)-1][0]].Platform != p.Platform {
			out, size = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], i)
		size += n
	}
	return out
}

// merge makes one message of a part. A part of one row stays as it is, with its card.
func (b *batch) merge(part []int, merged map[int]bool) {
	if len(part) < 2 {
		return
	}
	head, err := b.c.Writer.Word(bot.Notice{Template: digestTemplate, Data: len(part)})
	if err != nil {
		return // then they go one by one
	}
	lead, texts := part[0], []string{}
	for _, i := range part {
		texts = append(texts, b.parcels[i].reply.Text)
	}
	p := &b.parcels[lead]
	reply := bot.Reply{Kind: bot.TextReply, Text: head.Text + "\n\n" + strings.Join(texts, between)}
	body, err := json.Marshal(reply)
	if err != nil {
		return
	}
	for _, i := range part[1:] {
		b.carried = append(b.carried, b.parcels[i].Delivery) // their own bytes are kept, too
		d := finish(b.parcels[i].Delivery, store.Merged, "", fmt.Sprintf("said within %d", p.ID), b.now)
		d.Ref = fmt.Sprint(p.ID)
		b.out = append(b.out, d)
		merged[i] = true
	}
	p.reply, p.Body, p.Words, p.fresh = reply, body, digestWords, true
}
