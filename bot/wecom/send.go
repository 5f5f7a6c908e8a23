package wecom

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"zhuanban/bot"
)

// The limits of message/send.
const (
	longestText    = 2048 // bytes; WeCom cuts off the rest
	mostRecipients = 1000
)

// The duplicate check. Within duplicate_check_interval seconds WeCom does not show a
// request again whose JSON it has seen. That is what makes a retry safe, and it
// would swallow 「已报送」 said twice in half an hour. So the request tells parcels
// apart by two things that nobody sees: a field of our own with the parcel's id, which
// is part of the JSON, and, should only the documented fields count, the interval
// itself, made from the id too, between what WeCom takes by default and four hours,
// the most it allows. (By the interval alone two help texts in ten thousand of one
// person met, and one was lost.)
const (
	shortestCheck = 1800
	checks        = 14400 - shortestCheck + 1 // 12601, a prime: ids that have a pattern spread all the same
	// pieceStep keeps the pieces of one long text apart, which may be alike too.
	pieceStep = 4201
)

// request is the body of message/send. The order of its fields is part of what the
// duplicate check compares: add new ones at the end.
type request struct {
	ToUser   string `json:"touser"`
	MsgType  string `json:"msgtype"`
	AgentID  int    `json:"agentid"`
	Text     text   `json:"text"`
	Check    int    `json:"enable_duplicate_check"`
	Interval int64  `json:"duplicate_check_interval"`
	Parcel   string `json:"parcel"` // ours: WeCom does not read it
}

type text struct {
	Content string `json:"content"`
}

// encode writes a request, the same bytes for the same parcel and piece.
func (c *Channel) encode(id int64, piece int, to []string, content string) []byte {
	interval := shortestCheck + (uint64(id)+uint64(piece)*pieceStep)%checks
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // some of WeCom's calls do not take \u003c
	// It has strings and numbers only, which always encode.
	_ = e.Encode(request{ToUser: strings.Join(to, "|"), MsgType: "text", AgentID: c.agent,
		Text: text{content}, Check: 1, Interval: int64(interval), Parcel: fmt.Sprintf("%d.%d", id, piece)})
	return bytes.TrimRight(b.Bytes(), "\n")
}

// Send hands one parcel to WeCom, a long text in several messages, one after the
// other. The receipt names the messages, joined by "|".
func (c *Channel) Send(ctx context.Context, p bot.Parcel) (bot.Receipt, error) {
	if err := acceptable(p); err != nil {
		return bot.Receipt{}, err
	}
	out := c.deliver(ctx, []bot.Parcel{p})[0]
	return out.Receipt, out.Err
}

// SendAll sends one reply to many people. WeCom says of each whether it was taken.
// A parcel whose reply differs from the first one's, or whose recipient has one
// already, goes by itself: nobody gets what was meant for another.
//
// The first parcel by id tells the call from others (see the duplicate check), so
// a call of unknown fate is best repeated with the same parcels.
func (c *Channel) SendAll(ctx context.Context, ps []bot.Parcel) []bot.Outcome {
	out := make([]bot.Outcome, len(ps))
	order := make([]int, len(ps))
	for i := range ps {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a].ID, ps[b].ID) })
	var together, alone []int
	seen := map[string]bool{}
	for _, i := range order {
		who := strings.ToLower(ps[i].To.Account)
		switch err := acceptable(ps[i]); {
		case err != nil:
			out[i].Err = err
		case seen[who] || len(together) > 0 && !same(ps[i].Reply, ps[together[0]].Reply):
			alone = append(alone, i)
		default:
			seen[who] = true
			together = append(together, i)
		}
	}
	for chunk := range slices.Chunk(together, mostRecipients) {
		batch := make([]bot.Parcel, len(chunk))
		for k, i := range chunk {
			batch[k] = ps[i]
		}
		for k, o := range c.deliver(ctx, batch) {
			out[chunk[k]] = o
		}
	}
	for _, i := range alone {
		out[i].Receipt, out[i].Err = c.Send(ctx, ps[i])
	}
	return out
}

func same(a, b bot.Reply) bool { return a.Text == b.Text }

// acceptable refuses what WeCom would not take, or would take for something else:
// "@all" is everybody.
func acceptable(p bot.Parcel) error {
	refuse := func(reason bot.Reason, why string) error {
		return &bot.SendError{Fate: bot.Refused, Reason: reason, Err: errors.New(why)}
	}
	switch {
	case p.To.Kind != bot.ToPerson:
		return refuse(bot.NoSuchGroup, "a self-built app speaks to members only")
	case !account(p.To.Account) || strings.HasPrefix(p.To.Account, "@"):
		return refuse(bot.NoSuchAccount, "the account is none that WeCom could have")
	case p.Reply.Kind != bot.TextReply && p.Reply.Kind != bot.CardReply:
		return refuse(bot.BadContent, "a reply of kind "+string(p.Reply.Kind))
	case strings.TrimSpace(p.Reply.Text) == "":
		return refuse(bot.BadContent, "an empty text")
	}
	return nil
}

// deliver sends one reply to the recipients of these parcels, which are sorted by
// id, acceptable and no more than one call takes.
func (c *Channel) deliver(ctx context.Context, ps []bot.Parcel) []bot.Outcome {
	out := make([]bot.Outcome, len(ps))
	to := make([]string, len(ps))
	for i, p := range ps {
		to[i] = p.To.Account
	}
	var refs []string
	for piece, content := range split(ps[0].Reply.Text, longestText) {
		r, v, err := c.post(ctx, c.encode(ps[0].ID, piece, to, content))
		if err != nil && v.alone && len(ps) > 1 && piece == 0 {
			// One wrong account has made the whole call fail; nobody has anything yet.
			half := len(ps) / 2
			return append(c.deliver(ctx, ps[:half]), c.deliver(ctx, ps[half:])...)
		}
		if err != nil {
			for i := range out {
				if out[i].Err == nil {
					out[i].Err = err
				}
			}
			break
		}
		refs = append(refs, r.MsgID)
		c.leftOut(out, to, r)
	}
	for i := range out {
		if out[i].Err == nil {
			out[i].Receipt.Ref = strings.Join(refs, "|")
		}
	}
	return out
}

// leftOut marks the recipients whom WeCom has left out of a call that it took.
func (c *Channel) leftOut(out []bot.Outcome, to []string, r reply) {
	mark := func(names, why string) {
		if names == "" {
			return
		}
		left := map[string]bool{}
		for name := range strings.SplitSeq(names, "|") {
			left[strings.ToLower(name)] = true
		}
		for i, name := range to {
			if out[i].Err == nil && left[strings.ToLower(name)] {
				out[i].Err = c.failure(invisible(), sendPath, errors.New(why))
			}
		}
	}
	mark(r.InvalidUser, "invaliduser")
	mark(r.UnlicensedUser, "unlicenseduser")
}

const sendPath = "/cgi-bin/message/send"

// post makes one call of message/send, a second time with a new access token if
// WeCom no longer takes the first.
func (c *Channel) post(ctx context.Context, body []byte) (reply, verdict, error) {
	for fresh := false; ; fresh = true {
		token, err := c.tokens.get(ctx)
		if err != nil {
			return reply{}, verdict{}, unsent(err)
		}
		r, err := c.call(ctx, http.MethodPost, sendPath, url.Values{"access_token": {token}}, body)
		if err != nil {
			return reply{}, verdict{}, err
		}
		v := judge(*r.Code)
		if v.refresh && !fresh {
			c.tokens.invalidate(ctx, token)
			continue
		}
		if *r.Code != 0 {
			return r, v, c.platformError(v, sendPath, r)
		}
		return r, v, nil
	}
}

// unsent is a parcel that did not leave because there is no access token.
func unsent(err error) error {
	out := &bot.SendError{Reason: bot.PlatformAway, Err: err}
	var failed *bot.SendError
	if errors.As(err, &failed) {
		*out = *failed
	}
	out.Fate = bot.NotSent
	return out
}
