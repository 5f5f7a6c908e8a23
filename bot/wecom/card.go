package wecom

import "fmt"

// Template cards (模板卡片). There are five kinds, each with a type of its own here:
// TextNotice, NewsNotice, Buttons, Vote, Choices. What a kind does not have, its type
// does not have either.
//
// Two sorts of limits hold (the documentation of message/send, 2025-09): counts, keys
// and ids are hard, and whatever breaks one is an error that names the field; how much
// of a display text is shown is a matter of the screen, and a text that is longer is
// shortened with "…" before it leaves, so that nobody reads half a word. Display
// limits count characters, hard ones bytes.

// Source says whom a card is from, above its title.
type Source struct {
	IconURL string `json:"icon_url,omitempty"`
	Desc    string `json:"desc,omitempty"`       // 13 characters
	Color   int    `json:"desc_color,omitempty"` // 0 grey, 1 black, 2 red, 3 green
}

// Menu is what the three dots in a card's corner open.
type Menu struct {
	Desc    string       `json:"desc"`
	Actions []MenuAction `json:"action_list"` // 1 to 3
}

// MenuAction is an entry of a Menu.
type MenuAction struct {
	Text string `json:"text"`
	Key  string `json:"key"` // 1024 bytes, unique on the card
}

// Heading is a title with a line under it.
type Heading struct {
	Title string `json:"title,omitempty"` // 26 characters; 10 in big letters
	Desc  string `json:"desc,omitempty"`  // 30 characters; 15 under big letters
}

// Quote is something quoted, which may lead elsewhere.
type Quote struct {
	Link
	Title string `json:"title,omitempty"`
	Text  string `json:"quote_text,omitempty"`
}

// Link is where a tap leads: nowhere (0), to a page (1) or to a mini program (2).
type Link struct {
	Type     int    `json:"type,omitempty"`
	URL      string `json:"url,omitempty"`
	AppID    string `json:"appid,omitempty"`
	PagePath string `json:"pagepath,omitempty"`
}

// Pair is a line of a name and a value.
type Pair struct {
	Name    string `json:"keyname"`            // 5 characters
	Value   string `json:"value,omitempty"`    // 26 characters
	Type    int    `json:"type,omitempty"`     // 0 text, 1 a page, 2 a file, 3 a member
	URL     string `json:"url,omitempty"`      // of a page
	MediaID string `json:"media_id,omitempty"` // of a file
	UserID  string `json:"userid,omitempty"`   // of a member
}

// Jump is a line at the bottom that leads elsewhere.
type Jump struct {
	Link
	Title string `json:"title"` // 13 characters
}

// Image is the picture of a NewsNotice.
type Image struct {
	URL    string  `json:"url"`
	Aspect float64 `json:"aspect_ratio,omitempty"` // width by height, 1.3 to 2.25; 0 = 1.3
}

// ImageText is a small picture beside a text.
type ImageText struct {
	Link
	Title    string `json:"title,omitempty"`
	Desc     string `json:"desc,omitempty"`
	ImageURL string `json:"image_url"`
}

// Button is a button of a card.
type Button struct {
	Text  string `json:"text"`            // 10 characters
	Style int    `json:"style,omitempty"` // 1 to 4; 0 = 1
	Key   string `json:"key,omitempty"`   // 1024 bytes, unique on the card
	Type  int    `json:"type,omitempty"`  // 0 calls back with Key, 1 opens URL
	URL   string `json:"url,omitempty"`
}

// Option is one of several to choose from.
type Option struct {
	ID      string `json:"id"`   // 128 bytes, unique in its list
	Text    string `json:"text"` // 10 characters, 11 in a vote
	Checked bool   `json:"is_checked,omitempty"`
}

// Select is a list of options of which one is chosen.
type Select struct {
	Key      string   `json:"question_key"`    // 1024 bytes, unique on the card
	Title    string   `json:"title,omitempty"` // 13 characters
	Options  []Option `json:"option_list"`     // 1 to 10
	Selected string   `json:"selected_id,omitempty"`
}

// checkbox is the list of a vote.
type checkbox struct {
	Key     string   `json:"question_key"`
	Options []Option `json:"option_list"`
	Mode    int      `json:"mode"`
}

// submit is the button under what is to be chosen.
type submit struct {
	Text string `json:"text"`
	Key  string `json:"key"`
}

// templateCard is a card as it leaves. The order of its fields is part of what the
// duplicate check compares.
type templateCard struct {
	Type       string     `json:"card_type"`
	Source     *Source    `json:"source,omitempty"`
	Menu       *Menu      `json:"action_menu,omitempty"`
	TaskID     string     `json:"task_id,omitempty"`
	Title      *Heading   `json:"main_title,omitempty"`
	Quote      *Quote     `json:"quote_area,omitempty"`
	Emphasis   *Heading   `json:"emphasis_content,omitempty"`
	SubTitle   string     `json:"sub_title_text,omitempty"`
	ImageText  *ImageText `json:"image_text_area,omitempty"`
	Image      *Image     `json:"card_image,omitempty"`
	Vertical   []Heading  `json:"vertical_content_list,omitempty"`
	Horizontal []Pair     `json:"horizontal_content_list,omitempty"`
	Jumps      []Jump     `json:"jump_list,omitempty"`
	Action     *Link      `json:"card_action,omitempty"`
	Selection  *Select    `json:"button_selection,omitempty"`
	Buttons    []Button   `json:"button_list,omitempty"`
	Checkbox   *checkbox  `json:"checkbox,omitempty"`
	Selects    []Select   `json:"select_list,omitempty"`
	Submit     *submit    `json:"submit_button,omitempty"`

	tasked bool // it calls back, and so has a task
}

// taskID names a card among all of the app, of 0-9A-Za-z_-@ in at most 128 bytes: by
// the parcel it goes in and the piece of that which it is, so that a retry is the same
// to the byte.
func taskID(parcel int64, piece int) string { return fmt.Sprintf("p%d-%d", parcel, piece) }

// The kinds of card, as WeCom calls them.
const (
	textNotice = "text_notice"
	newsNotice = "news_notice"
	buttonCard = "button_interaction"
	voteCard   = "vote_interaction"
	choiceCard = "multiple_interaction"
)

// notice says whether a card is one without anything to choose.
func (c *templateCard) notice() bool { return c.Type == textNotice || c.Type == newsNotice }
