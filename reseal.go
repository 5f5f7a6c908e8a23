package main

import (
	"context"
	"errors"
	"fmt"

	"zhuanban/handlers/informant"
	"zhuanban/store"
)

type resealCommand struct{}

// errNoKeys says that there is nothing to seal with.
var errNoKeys = errors.New("there is no master key: " + howToMakeKey + " as keys.master")

// Run seals all informants anew that an old key has sealed, so that the old key may go.
// It may run beside the bot, and again.
func (*resealCommand) Run(w *world) error {
	return w.withDesk(func(d *desk) error {
		if d.seal == nil {
			return errNoKeys
		}
		n, all, err := d.reseal(w.ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(w.out, "%d of %d sealed anew with key %s\n", n, all, d.seal.ID())
		return nil
	})
}

// reseal goes through the informants page by page, each page a transaction.
func (d *desk) reseal(ctx context.Context) (anew, all int, err error) {
	const page = 100
	for last, more := int64(0), true; more; {
		var n, read int
		var at int64
		err := d.store.Update(ctx, func(tx *store.Tx) error {
			n, at = 0, last
			rows, err := tx.Informants().After(ctx, last, page)
			read = len(rows)
			for _, row := range rows {
				at = row.ID
				out, changed, wrong := informant.Reseal(d.seal, row)
				if wrong == nil && changed {
					n++
					wrong = tx.Informants().Update(ctx, out)
				}
				if err = errors.Join(err, wrong); err != nil {
					return err
				}
			}
			return err
		})
		if err != nil {
			return anew, all, fmt.Errorf("sealing anew: %w", err)
		}
		anew, all, last, more = anew+n, all+read, at, read == page
	}
	return anew, all, nil
}
