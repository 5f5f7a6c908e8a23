// Package robot is the channel of WeCom's smart robot (智能机器人), which needs no public
// address and works in groups. It is beside package wecom, the self-built app, and knows
// nothing of it but the sealed form of callbacks.
//
// # Two ways, one at a time
//
// By default it keeps a long connection (长连接): a WebSocket that this process opens,
// over which messages come in and answers go out (link.go, keep.go). WeCom allows one
// for each robot and cuts the older one off, so of several replicas one has it: whoever
// holds a lease in the database (seat.go). It closes the connection before its lease
// ends; the others take over when it has. Only where the connection is does the courier
// send (bot.Seated).
//
// Or the robot is set to call back (callback.go): a signed and sealed JSON, answered
// with the acknowledgement, or once within an hour at an address that came with the
// message. It cannot speak unasked then, which is the platform's rule and not ours.
//
// # What comes in
//
// Texts, transcripts of voice, and taps on cards become a bot.Message. In a group they
// come only if the robot is mentioned; the mention is taken off, and the group is known
// by its chat id from the configuration. In a group that is not configured the robot
// says the id, so that somebody can configure it.
//
// Over the connection nothing is sent again: what the desk cannot take at once is handed
// in again here, for half a minute, and then its sender is told. One sender's messages
// are handed in one after the other. A message that is delivered twice is known by its
// id; events, which have none, by who, when and what.
//
// Pictures, videos and files come as an address that is good for five minutes, and a key.
// Both are kept with the message as an attachment's Ref, and Fetch brings the bytes home
// as soon as the message is durable, from whichever process (enclosed.go, fetch.go). They
// are opened while they flow, and nothing is kept whose padding is not whole (unseal.go).
// Whatever fails after the five minutes has failed for good, and its sender is asked for
// it again. Addresses are asked by https only, and those of the public cloud must be
// public.
//
// # What goes out
//
// Texts go as markdown with everything escaped that would be markup, cards as a template
// card with buttons, preceded by the whole text where that does not fit one. Whatever
// a button does can also be typed. Images and files are uploaded over the connection
// before the parcel is sent (prepare.go). Where WeCom has said that it takes no cards,
// their words take their place from then on. The platform knows no duplicates: a lost
// acknowledgement is of unknown fate, and the courier's rules decide; how far a parcel of
// several messages has come is kept with it (package progress). It speaks only where
// somebody has spoken to it before.
//
// People in groups are called by their names. A real mention there is none: the
// robot's markdown is documented as markdown_v2, which has no syntax for it, and
// <@userid> is shown as these characters (WecomTeam/wecom-cli#103, August 2026).
//
// # What it leaves to others
//
// Whether a sender is in the roster is the bot's question; pacing and retries are the
// courier's; which files are taken, and what becomes of them, is package media's.
//
// # Tests
//
// The imitation of WeCom's server in package wecomtest, which WeCom's own client for
// Node is run against as well.
package robot
