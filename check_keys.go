package main

import (
	"fmt"

	"zhuanban/handlers/informant"
	"zhuanban/store"
)

// checkSeal wants a key, and that it opens what was sealed.
func (c *checker) checkSeal(w *world, cfg *campaign) {
	if len(cfg.masters) == 0 && cfg.Clock == realClock {
		c.fault("keys", "keys.master is not set: no informant can be registered, and messages wait in the spool in the clear", howToMakeKey+"; keep a copy in a safe, apart from the database and its backups")
		return
	}
	lost, stale, all, err := countSealed(w, cfg)
	switch {
	case err != nil: // the database is a fault of its own
		c.ok("keys", "set; what they have sealed could not be looked at")
	case lost > 0:
		c.fault("keys", fmt.Sprintf("%d of %d informants cannot be opened with these keys", lost, all),
			"put the key that sealed them into keys.master or keys.old; without it they are lost")
	case stale > 0:
		c.ok("keys", fmt.Sprintf("set; %d of %d informants are sealed with an old key: run zhuanban reseal", stale, all))
	default:
		c.ok("keys", fmt.Sprintf("set; %d informants sealed", all))
	}
}

// countSealed opens every informant, and shows nobody what it is.
func countSealed(w *world, cfg *campaign) (lost, stale, all int, err error) {
	d, err := openDesk(w.ctx, cfg, w.log)
	if err != nil {
		return 0, 0, 0, err
	}
	defer func() { _ = d.close() }()
	err = d.store.View(w.ctx, func(tx *store.Tx) error {
		lost, stale, all = 0, 0, 0
		for last, more := int64(0), true; more; {
			rows, err := tx.Informants().After(w.ctx, last, 100)
			if err != nil {
				return err
			}
			for _, row := range rows {
				last, all = row.ID, all+1
				switch old, err := informant.Opens(d.seal, row); {
				case err != nil:
					lost++
				case old:
					stale++
				}
			}
			more = len(rows) == 100
		}
		return nil
	})
	return lost, stale, all, err
}
