package dialog

import (
	"maps"
	"slices"
	"time"
)

// Draft is a form being filled. It is plain data: it is written out and read back
// between every two messages.
type Draft struct {
	Values map[string]Value `json:"values"`
	Files  []File           `json:"files,omitempty"`
	Phase  Phase            `json:"phase"`
	// Step is the group that the guided mode stands at.
	Step int `json:"step,omitempty"`
	// Only limits the guided mode to these steps (「补充分类」).
	Only []int `json:"only,omitempty"`
	// Asked are the keys asked for last, in the order they were asked.
	Asked []string `json:"asked,omitempty"`
	// Rounds counts how often missing values were asked for.
	Rounds int `json:"rounds,omitempty"`
	// Shown are the keys on the last card, so that 「第4项」 means the fourth.
	Shown []string `json:"shown,omitempty"`
	// Notes are the reasons given for findings that may stand when explained.
	Notes map[string]Note `json:"notes,omitempty"`
	// Rev counts the changes of values: a button printed on an older card is told
	// apart by it.
	Rev int `json:"rev"`
	// Undo are the values before the last change; nil = there was none.
	Undo map[string]Value `json:"undo,omitzero"`
	// Base are the values as they were filed, when the draft corrects them.
	Base map[string]Value `json:"base,omitempty"`
	// BaseVersion is the version that was filed.
	BaseVersion int `json:"base_version,omitempty"`
	// Recorded are the values of the records that the last card showed.
	Recorded map[string]Value `json:"recorded,omitempty"`
	// Correcting says that the draft corrects what is filed already: it needs a
	// change and a reason.
	Correcting bool   `json:"correcting,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

// File is a photo or file that belongs to the draft.
type File struct {
	ID     int64  `json:"id,omitempty"` // of what is fetched; 0 = its bytes were there from the beginning
	Kind   string `json:"kind"`         // "photo", "file", "voice" or "video"
	Name   string `json:"name"`
	MIME   string `json:"mime"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // "" while they are fetched
	// Where it came from: the channel, its message there, and when that was said.
	Platform string    `json:"platform,omitempty"`
	Source   string    `json:"source,omitempty"`
	SaidAt   time.Time `json:"said_at,omitzero"`
}

// same says whether two are one: the same bytes, or, where these are not known, the
// same thing that is being fetched.
func (f File) same(g File) bool {
	if f.SHA256 == "" || g.SHA256 == "" {
		return f.ID != 0 && f.ID == g.ID
	}
	return f.SHA256 == g.SHA256
}

// Note is a reason that a person gave for a finding.
type Note struct {
	Reading string `json:"reading"` // the numbers it was given for; others need another
	Reason  string `json:"reason"`
}

// Phase is where the conversation over a form stands.
type Phase string

// The phases.
const (
	Collecting Phase = ""           // something required is missing
	Guided     Phase = "guided"     // one step after the other
	Confirming Phase = "confirming" // the card is on the table
)

// clone copies the draft so that a step never changes what it was given.
func (d Draft) clone() Draft {
	d.Values = maps.Clone(d.Values)
	if d.Values == nil {
		d.Values = map[string]Value{}
	}
	d.Files = slices.Clone(d.Files)
	d.Asked = slices.Clone(d.Asked)
	d.Shown = slices.Clone(d.Shown)
	d.Notes = maps.Clone(d.Notes)
	return d
}

// set puts one value and says whether that changed anything.
func (d *Draft) set(key string, v Value) bool {
	old, had := d.Values[key]
	if had && old.Same(v) {
		return false
	}
	d.Values[key] = v
	return true
}

// Back is what Undo has other than Values: the value before, or nil where there was
// none; nil if there is no Undo. With it a draft need not be stored with its values twice.
func (d Draft) Back() map[string]*Value {
	if d.Undo == nil {
		return nil
	}
	back := map[string]*Value{}
	for k, was := range d.Undo {
		if now, ok := d.Values[k]; !ok || now != was {
			back[k] = &was
		}
	}
	for k := range d.Values {
		if _, ok := d.Undo[k]; !ok {
			back[k] = nil
		}
	}
	return back
}

// TakeBack sets Undo from what Back gave.
func (d *Draft) TakeBack(back map[string]*Value) {
	if back == nil {
		return
	}
	d.Undo = maps.Clone(d.Values)
	if d.Undo == nil {
		d.Undo = map[string]Value{}
	}
	for k, was := range back {
		if was == nil {
			delete(d.Undo, k)
		} else {
			d.Undo[k] = *was
		}
	}
}
