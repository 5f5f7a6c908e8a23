// Package bind is the duty of finding out who a user of a second platform is. A user whom
// nobody knows says 「绑定 员工账号」 to the bot in private; the office gets a card and
// confirms, after it has asked the person themself; the account's holder is told on
// the platform where they are met and can say 「不是我」. Nobody is known by their
// name: what a user calls themself is shown as that, and decides nothing.
//
// The user hears the same whether or not there is such an account. Of the office, the
// account's holder does not decide. What the steps are and what they need is package
// bot/identity's; here are the words.
package bind

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"zhuanban/bot"
	"zhuanban/bot/identity"
	"zhuanban/bot/zh"
	"zhuanban/store"
)

// Duty binds users of platforms to people.
type Duty struct {
	books map[string]*identity.Book // by platform
	order []string
	reach func(account, except string) (platform string, ok bool)
}

// New makes the duty for platforms whose users are not named by the roster's accounts.
// reach tells where else than on one platform an account can be told something; nil =
// nowhere.
func New(reach func(account, except string) (platform string, ok bool), books ...*identity.Book) *Duty {
	d := &Duty{books: map[string]*identity.Book{}, reach: reach}
	for _, b := range books {
		d.books[b.Platform()] = b
		d.order = append(d.order, b.Platform())
	}
	return d
}

const name = "bind"

// Handler is the duty as the bot knows it.
func (d *Duty) Handler() bot.Handler {
	return bot.Handler{
		Name: name,
		Commands: []bot.Command{
			{Words: []string{"绑定", "绑定账号"}, Do: d.already},
			{Words: []string{"绑定申请"}, Do: d.requests, Alone: true},
			{Words: []string{"解绑", "解除绑定"}, Do: d.unbind},
		},
		Claim:    d.claim,
		Take:     d.objectLast,
		Stranger: d.stranger,
		Taps: map[string]func(context.Context, *bot.Turn, string) error{
			"yes":   d.confirm,
			"no":    d.refuse,
			"notme": d.object,
			"off":   d.off,
		},
		Wanted: map[string]func(context.Context, *store.Tx, string) (bool, error){"open": d.open},
	}
}

// View is a user and who they are to be.
type View struct {
	Platform string
	UserID   string
	Nick     string // what they call themself
	Account  string // as it was typed, or as it is in the roster
	Name     string // of the account's person; "" = there is none
	Unit     string
	Request  int64
	Verdict  string        // identity.Verdict
	Left     time.Duration // until it expires
	By       string        // the name of who has decided
}

func (d *Duty) view(t *bot.Turn, i store.Identity) View {
	v := View{Platform: i.Platform, UserID: i.UserID, Account: i.Account, Request: i.Request, Left: i.AskedAt.Add(identity.OpenFor).Sub(t.Now),
		By: t.Roster().PersonName(i.DecidedBy)}
	if p, ok := t.Roster().Person(t.Roster().Now(i.Account)); ok {
		v.Account, v.Name, v.Unit = p.Account, p.Name, t.Roster().UnitName(p.Unit)
	}
	return v
}

// item is what the numbers on cards about a request belong to.
func item(v View) string { return name + ":" + strconv.FormatInt(v.Request, 10) }

// asks finds 「绑定 …」; what follows it need not be an account.
var asks = regexp.MustCompile(`^(?:请|我要|我想|帮我|申请)?绑定(?:员工)?(?:账号|帐号)?[\s:：,，。「]*(.*?)[\s。」]*$`)

// account is how accounts are written.
var account = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// stranger answers a user whom nobody knows.
func (d *Duty) stranger(ctx context.Context, t *bot.Turn) (taken bool, err error) {
	book := d.books[t.Message.Platform]
	if book == nil {
		return false, nil
	}
	userID, ok := book.Stranger(t.Message.Sender)
	if !ok {
		return false, nil
	}
	m := asks.FindStringSubmatch(strings.TrimSpace(zh.Fold(t.Message.Text)))
	switch {
	case m != nil && t.Message.Group != "":
		t.Say("bind.private", nil)
	case m == nil || m[1] == "":
		return true, d.howto(ctx, t, book, userID)
	case !account.MatchString(m[1]):
		t.Say("bind.odd", nil)
	default:
		return true, d.ask(ctx, t, book, userID, m[1])
	}
	return true, nil
}

// howto says how to bind, and what has been asked for.
func (d *Duty) howto(ctx context.Context, t *bot.Turn, book *identity.Book, userID string) error {
	i, err := book.Of(ctx, t.Tx, userID)
	if err != nil {
		return err
	}
	v := View{Platform: book.Platform(), UserID: userID}
	if identity.Open(i, t.Now) {
		v.Account = i.Account
	}
	t.Say("bind.howto", v)
	return nil
}

// ask notes the request and tells the office, and the account's holder.
func (d *Duty) ask(ctx context.Context, t *bot.Turn, book *identity.Book, userID, account string) error {
	i, verdict, err := book.Ask(ctx, t.Tx, userID, account, t.Now)
	if err != nil {
		return err
	}
	v := View{Platform: book.Platform(), UserID: userID, Account: account}
	switch verdict {
	case identity.Pending:
		t.Say("bind.pending", v)
		return nil
	case identity.TooMany:
		t.Say("bind.too_many", nil)
		return nil
	case identity.Blocked:
		t.Say("bind.blocked", nil)
		return nil
	case identity.Bound:
		t.Say("bind.confirmed", d.view(t, i))
		return nil
	}
	t.Say("bind.asked", v)
	may, err := book.Mistake(ctx, t.Tx, i)
	if err != nil {
		return err
	}
	v = d.view(t, i)
	v.Nick, v.Verdict = t.Message.Nick, string(may)
	for _, p := range t.Roster().WithRole(bot.Director, bot.Clerk) {
		if p.Account != v.Account {
			t.Notify(d.notice(p.Account, "bind.office", v, true))
		}
	}
	d.tellHolder(t, "bind.holder", v, true)
	return nil
}

// notice is a card about a request; while says that it is of no use once that is decided.
func (d *Duty) notice(to, template string, v View, while bool) bot.Notice {
	n := bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: to}, Template: template, Data: v, Item: item(v)}
	if while {
		n.Wanted = "bind.open:" + v.Platform + ":" + strconv.FormatInt(v.Request, 10)
	}
	return n
}

// tellHolder tells a person of the roster what is done in their name, where else than on
// the platform on which it is.
func (d *Duty) tellHolder(t *bot.Turn, template string, v View, while bool) {
	if d.reach == nil || v.Name == "" {
		return
	}
	if _, ok := d.reach(v.Account, v.Platform); ok {
		n := d.notice(v.Account, template, v, while)
		n.Urgent = true
		t.Notify(n)
	}
}

// tellUser tells a user what has become of what they asked for. They are named as a
// stranger: that holds whether or not anybody knows them already, or still.
func tellUser(t *bot.Turn, template string, v View) {
	t.Notify(bot.Notice{To: bot.Recipient{Kind: bot.ToPerson, Account: v.Platform + ":" + v.UserID}, Template: template, Data: v, Urgent: true})
}

// open says whether a request can still be confirmed ("dingtalk:42").
func (d *Duty) open(ctx context.Context, tx *store.Tx, arg string) (bool, error) {
	platform, id, _ := strings.Cut(arg, ":")
	book := d.books[platform]
	if book == nil {
		return false, nil
	}
	i, ok, err := book.Find(ctx, tx, bot.ID(id))
	return ok && i.State == store.IdentityAsked, err
}
