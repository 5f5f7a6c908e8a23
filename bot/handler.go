package bot

import (
	"context"

	"zhuanban/store"
)

// Handler is one duty of the desk: the words that call it, the messages it
// claims, the buttons it put on its cards and the forms it owns. All handlers are
// of this one shape; the list of them is explicit and is asked in its order.
type Handler struct {
	// Name begins the taps of the handler's buttons ("lead.progress:42") and the
	// keys of its forms.
	Name     string
	Commands []Command
	// Claim says how surely a message without any word of command is meant for
	// this handler; nil means never. It only reads. See Turn.Understood.
	Claim func(ctx context.Context, t *Turn) Certainty
	// Take handles a message that was claimed.
	Take func(ctx context.Context, t *Turn) error
	// Taps handle the buttons, by the word between the dot and the colon; arg is
	// what follows the colon.
	Taps map[string]func(ctx context.Context, t *Turn, arg string) error
	// Guard sees every text before anybody else and may take it: what must not get into a
	// form, a draft or an echo. It is cheap, and reads nothing. nil = none.
	Guard func(ctx context.Context, t *Turn) (taken bool, err error)
	// Sealed take what Turn.Await waits for, by the word between the dot and the colon;
	// arg is what follows the colon. They must let the words go nowhere but sealed.
	Sealed map[string]func(ctx context.Context, t *Turn, arg string) error
	// Forms owns the forms whose key is the handler's name; nil if it has none.
	Forms FormOwner
	// Stranger handles a message of somebody who is nobody's, in private or in a group;
	// taken is false if it is not for this handler. Everybody else's messages never
	// reach it, and theirs reach nothing else of it. Nil = none are for it.
	Stranger func(ctx context.Context, t *Turn) (taken bool, err error)
	// Wanted answers, just before a queued notice is sent, whether it is still
	// wanted, by the word between the dot and the colon of Notice.Wanted.
	Wanted map[string]func(ctx context.Context, tx *store.Tx, arg string) (bool, error)
}

// Command is words that call a duty whatever else is going on.
type Command struct {
	// Words are said alone or, with more behind them, at the beginning:
	// 「报线索 凤城镇…」.
	Words []string
	// Do handles it; rest is what was said behind the word.
	Do func(ctx context.Context, t *Turn, rest string) error
	// Alone says that the word counts only when nothing follows it.
	Alone bool
	// Glued says that a short word may run into what follows: 「代报凤城所」. Longer
	// words may, and any may run into a number (「进度1」).
	Glued bool
	// Yield lets a running form have the word first, if it knows it too (「撤回」).
	Yield bool
}

// Certainty is how surely a message is meant for a handler.
type Certainty int

// The degrees of certainty.
const (
	No      Certainty = iota
	Maybe             // if nobody else wants it
	Likely            // rather than the free text of a running form
	Sure              // rather than anything but a running form that understands it
	Certain           // rather than even that: it names another matter than the form's
)

// FormOwner is a handler that asks people to fill a form.
type FormOwner interface {
	// Form gives the form of a draft about the given topic, in the version with
	// the given hash ("" = the current one), and what its steps need to know.
	Form(ctx context.Context, t *Turn, topic, hash string) (OpenForm, error)
	// Submit files the draft. It says the receipt and returns a short name for
	// what was filed ("AX-2024-0001"), which answers a second tap on 提交.
	Submit(ctx context.Context, t *Turn, s *Session) (receipt string, err error)
}
