// Package dingtalk is the channel of DingTalk (钉钉): the robot of one internal app.
// Messages come in over connections that this program opens (Stream mode) or through a
// callback (HTTP mode); answers go to the webhook that came with a message while it
// lives, and otherwise through DingTalk's OpenAPI.
//
// # What comes in
//
// In Stream mode, which needs no public address, package stream keeps one connection or
// several and replaces them before they close; DingTalk hands each message to one of
// them, whichever replica it belongs to, so that replicas need not agree (inbound.go,
// inbound_hear.go). In HTTP mode DingTalk calls back (callback.go). Headers are signed
// there and bodies are not: a signature is taken for an hour, for one body, and for that
// as often as it comes (callback_sign.go). Two messages that DingTalk signs in the same
// millisecond could not be told from a forged one; the second has to be sent again.
//
// A message is acknowledged when the desk has made it durable. Robot messages are not
// promised to be sent again, so that one which the desk does not take is handed in again
// here, for half a minute; then its sender is told. Over a callback it is DingTalk that
// sends again. One sender's messages are handed in one after the other. A message that
// comes twice is known by its msgId, whatever frame it comes in; a tap by the card, the
// person and what was done, since nothing names it (tap.go).
//
// Bodies are read so that no odd member costs a message (inbound_body.go): texts, rich
// texts, pictures, transcripts of voice, videos and files. What is still at DingTalk goes
// along as a Ref, "code:" and its downloadCode. Who has no senderStaffId, or another
// organisation's, is nobody here, whatever isAdmin says, and is told what to do about it.
// Kinds that cannot be taken, and content that DingTalk keeps back because the
// organisation's quota is spent, are said too: at the message's webhook, which is the one
// way that always leads back, after the acknowledgement, and once or not at all
// (inbound_say.go). In a group that is not configured the robot says the id with which it
// can be, once a day.
//
// The webhooks of conversations are kept until shortly before they end, in memory and
// where the replicas share a place, for whatever is sent (sessions.go). Only those of
// DingTalk's hosts and of the configured ones are taken. None is ever shown.
//
// A tap on a card is answered within two seconds, whatever the desk and the person's
// earlier messages do: after less than one the card is left as it is, and the work goes
// on. What the card then shows is sent afterwards (bot.CardDone). A button's value is its
// parameter "tap", or "action", or else its own id; what was filled in is in "form". In
// HTTP mode taps are called back too, at the address of messages and with a signature of
// their own (tap_callback.go).
//
// Events are known by their type, not by their topic. Those of the directory go to
// Contacts, and DingTalk is asked to say again what was not taken there (events.go).
//
// # Tests
//
// The imitation of the gateway in package dingtalktest, which DingTalk's own client for
// Node is run against as well.
package dingtalk
