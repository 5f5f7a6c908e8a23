// Package wecom is the channel of WeCom (企业微信): a self-built app (自建应用) of one
// corp. Messages come in through its callback, answers go out with the
// acknowledgement (被动回复) or through message/send.
//
// # What comes in
//
// A callback is signed, sealed and small. ServeHTTP checks the signature first,
// in constant time, then opens it, then reads it; whatever is wrong is refused with
// a bare status. What WeCom sends again carries the same ids, so it is the bot that
// knows a message by them and answers it as before; a timestamp or nonce seen
// before is no reason to refuse. WeCom waits five seconds and tries three times.
//
// Texts, links, menu clicks, places, photos, voice notes, videos, files and taps on cards
// become a bot.Message. Of what is no text there is only a MediaId, good for three days;
// Fetch gets what it names (media.go), for package media. A tap carries what was selected
// and the card's one-shot handle. Whoever opens the chat or is let into the app is
// announced to the desk once a day, which greets people it never heard (events.go). A
// change of the directory is told to Contacts before it is acknowledged. What cannot be
// taken yet is answered so, here and now. All other events are only acknowledged.
//
// # What goes out
//
// Send and SendAll post to message/send with its duplicate check, so that sending
// the same parcel again shows it once. What the platform says is turned into a
// fate in one table (errcode.go). Access tokens (token.go) are kept in memory and, if
// there is such a layer, shared by the replicas. Images and files are uploaded first
// (prepare.go, upload.go): once for all recipients, and under the same name at every
// try, because the duplicate check compares it.
//
// # Groups
//
// The app hears no group chats. It speaks in two kinds of them (groups.go): through
// the robot of a group, whose key stands for an access token (webhook.go), and in chats
// that it makes and keeps itself (appchat.go); real mentions call who is concerned
// (mention.go). In neither does WeCom know what it has already: TraitsTo says so, and
// what perhaps arrived is left to the rule of its template. What is known is how far a
// text in pieces has come, as long as the process lives (package progress). What a Reply
// cannot be, Markdown, articles and notices, goes by Post.
//
// Tend keeps the chats and the app's menu (menu.go) as they are configured, beside all
// else: nothing waits for it.
//
// A card with buttons leaves as a template card where it fits one whole (draw.go): what
// a small screen would cut off goes as text, and a card with the buttons behind it.
// Where WeCom refuses cards, their plain text takes their place in the same send; a
// refused call has delivered nothing. A card that was tapped is greyed (update.go).
// All other kinds of message and card have builders that hold the limits of the
// documentation (rich.go, card.go), for Post.
//
// # What it leaves to others
//
// Whether a sender is in the roster is the bot's question, pacing and retries are
// the courier's.
//
// # The library
//
// github.com/silenceper/wechat/v2 is used where it is sound: its error type carries
// WeCom's codes (CodeOf), and the imitation in wecomtest seals, opens and signs with it,
// so that every test holds our own codec (internal/seal) against a foreign one. Nothing
// else of it is in the program. Not used are
// its decryption (it refuses an empty receiver and looks at one byte of the padding),
// its client (no context, no timeout, package variables, the secret in its errors)
// and its token source (never gives up a token that WeCom has revoked; fails
// with short-lived ones).
//
// # Tests
//
// The vectors of WeCom's own samples, channeltest, the imitation of the server, a
// fuzz target that holds the reader of XML against encoding/xml, and WeCom's own
// npm package as a foreign client of the callback.
package wecom
