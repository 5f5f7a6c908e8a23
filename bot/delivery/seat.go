package delivery

import (
	"zhuanban/bot"
	"zhuanban/store"
)

// here says whether this process can send through a platform's channel at all. A
// channel that has room for one process among the replicas (bot.Seated) can be
// elsewhere; then its rows stay unclaimed, for the courier of the process where it is.
func (c *Courier) here(platform string) bool {
	s, ok := c.Channels[platform].(bot.Seated)
	return !ok || s.Here()
}

// elsewhere pauses the platforms whose channel is not here. Unlike a platform that does
// not answer they are not asked whether they are back: whoever gets the seat wakes the
// courier.
func (c *Courier) elsewhere() (out []store.Pause) {
	for name := range c.Channels {
		if !c.here(name) {
			out = append(out, store.Pause{Platform: name, Below: store.Everything})
		}
	}
	return out
}
