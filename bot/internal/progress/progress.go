// Package progress keeps how far a parcel of several messages has come, for platforms
// that know no duplicates: what was taken of it is not said again at its next try. It is
// kept with the parcel, so that another process goes on where this one stopped, and
// in memory, for as long as nothing can be written.
package progress

import (
	"encoding/json"
	"sync"

	"zhuanban/bot"
)

// most is how many parcels are remembered that were begun and not ended. Of what is
// forgotten only what was kept with the parcel is known.
const most = 1024

// Memory remembers parcels that were begun. Its zero value is ready.
type Memory struct {
	mu   sync.Mutex
	said map[int64][]string
}

// Of are the platform's names of the messages of a parcel that were taken, in order; of
// a platform that names none "" for each.
func (m *Memory) Of(p bot.Parcel) []string {
	m.mu.Lock()
	said := m.said[p.ID]
	m.mu.Unlock()
	var kept struct {
		Said []string `json:"said"`
	}
	if json.Unmarshal(p.Prepared, &kept) == nil && len(kept.Said) > len(said) {
		said = kept.Said
	}
	return said[:len(said):len(said)]
}

// Stopped remembers that a parcel stopped after these, and gives err with what is to be
// kept with it.
func (m *Memory) Stopped(p bot.Parcel, said []string, err *bot.SendError) *bot.SendError {
	if err.Fate == bot.Refused {
		m.Ended(p)
		return err
	}
	if len(said) == 0 {
		return err
	}
	m.mu.Lock()
	if m.said == nil {
		m.said = map[int64][]string{}
	}
	for other := range m.said { // any one
		if len(m.said) < most {
			break
		}
		delete(m.said, other)
	}
	m.said[p.ID] = said
	m.mu.Unlock()
	out := *err
	out.Kept = with(p.Prepared, said)
	return &out
}

// Ended forgets a parcel.
func (m *Memory) Ended(p bot.Parcel) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.said, p.ID)
}

// with is what was prepared for a parcel, and what was said of it.
func with(prepared []byte, said []string) []byte {
	var all map[string]any
	if json.Unmarshal(prepared, &all) != nil || all == nil { // what is none has nothing to keep
		all = map[string]any{}
	}
	all["said"] = said
	out, _ := json.Marshal(all) // of strings and what was read
	return out
}
