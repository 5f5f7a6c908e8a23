package bot

import "time"

// Message is one thing that a person said: a text, a tap on a button, photos,
// files, a place. It is the same for every platform; a channel makes it after
// proving that it is genuine.
type Message struct {
	Platform    string       // the channel's name: "phone", "wecom", "dingtalk"
	ID          string       // the platform's id; Platform, Sender and ID together name the message
	Sender      string       // the sender's account on that platform
	Nick        string       // what the sender calls themself there: a hint at who a stranger is, and proof of nothing; "" = not known
	Group       string       // the group it was said in, mentioning the bot; "" in private
	At          time.Time    // the platform's time of it
	Text        string       // what was typed, or the transcript of a voice note
	Tap         string       // the value of the button that was tapped
	Chosen      []Choice     // what was selected on the card of the button that was tapped
	Card        string       // the platform's one-shot handle of that card, to change it (CardDone); "" = none
	Voice       bool         // Text is a transcript
	Attachments []Attachment // kept in the evidence store, fsynced; or still to be fetched
	Location    *Location
	// Carry is how many bytes of one plain text the acknowledgement of this message
	// can carry as its answer; 0 = none.
	Carry int
	// CarryCards says that a card may be carried so too, as its plain text.
	CarryCards bool
	// Greeting says that the person has said nothing, only come; Text stands for it. It is
	// answered if the person was never heard before.
	Greeting bool
	// Unheard says that the message was handed in before and nobody knows what came of
	// it: if it was answered, the answer was not heard.
	Unheard bool
	// Line is for what is kept in spools, see package spool; nil = it comes from none.
	// Nobody changes it.
	Line *Line
}

// Answer is what came of a message for its speaker.
type Answer struct {
	Replies []Reply
	// Carried says that Replies is one plain text which is not queued: it goes out
	// with the acknowledgement, the same with that of a re-delivery.
	Carried bool
	// Spooled says that the database is away and the message is safe on disk: it
	// may be acknowledged, and is answered through delivery when its turn has come.
	Spooled bool
	// Hushed says that the words of the message were sealed: whoever has kept them
	// forgets them. It is said only once, not again with a re-delivery.
	Hushed bool `json:"-"`
}

// Attachment is a photo or file that came with a message. Its bytes are in the
// evidence store under SHA256 before the message reaches the bot, unless the
// platform gave only a name for them: then SHA256 is "" and they are fetched as soon
// as the message is durable.
type Attachment struct {
	ID     int64          `json:"id,omitempty"`  // of what is fetched, given in the turn; 0 = nothing has to be
	Ref    string         `json:"ref,omitempty"` // the platform's name for what is to be fetched; "" = nothing has to be
	Kind   AttachmentKind `json:"kind"`
	Name   string         `json:"name"` // as the sender's device named it, without folders
	MIME   string         `json:"mime"`
	Size   int64          `json:"size"` // bytes
	SHA256 string         `json:"sha256"`
}

// AttachmentKind says what an attachment is to the reader.
type AttachmentKind string

// The kinds of attachment.
const (
	Photo AttachmentKind = "photo" // shown in the chat
	File  AttachmentKind = "file"  // shown as a name to open
	Voice AttachmentKind = "voice" // heard
	Video AttachmentKind = "video" // played
)

// Choice is what was selected in one list of a card.
type Choice struct {
	Question string   `json:"question"` // the list, as the card names it
	Options  []string `json:"options"`  // their ids
}

// Location is a place sent from the phone's map, in degrees (GCJ-02, as the
// platforms give it).
type Location struct {
	Lat   float64 `json:"lat" yaml:"lat"`
	Lng   float64 `json:"lng" yaml:"lng"`
	Label string  `json:"label" yaml:"label"`
}

// Reply is one thing that the bot says, rendered and ready for any platform.
type Reply struct {
	Kind    ReplyKind `json:"kind"`
	Title   string    `json:"title,omitempty"`   // of a card
	Text    string    `json:"text"`              // of a card: the whole card as plain text, the way to answer by number included
	Body    string    `json:"body,omitempty"`    // of a card: Text without title and numbers, for a platform that draws buttons
	Buttons []Button  `json:"buttons,omitempty"` // of a card
	Path    string    `json:"path,omitempty"`    // of an image or file: below the data folder
	Name    string    `json:"name,omitempty"`    // of a file: as the reader should see it
	Mention []string  `json:"mention,omitempty"` // accounts to call by name, in a group
	Ref     string    `json:"ref,omitempty"`     // of a CardDone: the handle of the card (Message.Card)
	Once    *Once     `json:"once,omitempty"`    // what is said in place of Text, only once; see Turn.SayOnce
}

// ReplyKind says how a reply is shown.
type ReplyKind string

// The kinds of reply.
const (
	TextReply  ReplyKind = "text"
	CardReply  ReplyKind = "card"
	ImageReply ReplyKind = "image"
	FileReply  ReplyKind = "file"
	// CardDone says nothing: it makes a card that was tapped show that it was, with Text
	// in place of its buttons. It goes only to platforms whose Traits say Updates, and it
	// is no loss if it does not arrive.
	CardDone ReplyKind = "card_done"
)

// Button is one choice on a card. Typing Code does the same as tapping it.
type Button struct {
	Label string `json:"label"`
	Tap   string `json:"tap"`
	Code  int    `json:"code,omitempty"` // 「回复 1」; 0 in groups, where numbers belong to nobody
}
