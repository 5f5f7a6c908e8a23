package main

import (
	"errors"
	"fmt"
	"os"
	"path"
)

// madeFolder is where documents are that the bot makes, below the data folder.
const madeFolder = "exports"

// saveDocument keeps a document that the bot made, under a name that its maker has
// numbered, and gives its path below the data folder. It lasts when this returns; made
// again under the same name, by a turn that runs again, it takes the other's place.
func (d *desk) saveDocument(name string, data []byte) (string, error) {
	if err := d.data.MkdirAll(madeFolder, 0o700); err != nil {
		return "", fmt.Errorf("making the folder for documents: %w", err)
	}
	p := path.Join(madeFolder, name)
	f, err := d.data.OpenFile(p+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", fmt.Errorf("keeping a document: %w", err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("keeping a document: %w", err)
	}
	if err := d.data.Rename(p+".new", p); err != nil {
		return "", fmt.Errorf("keeping a document: %w", err)
	}
	return p, nil
}
