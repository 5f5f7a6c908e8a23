package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/config"
	"zhuanban/seal"
)

// keyFile is the master key of a demonstration, in the data folder.
const keyFile = "master.key"

// howToMakeKey is the remedy for a key that is none.
const howToMakeKey = "set 32 bytes in base64, made with: openssl rand -base64 32"

// checkKeys reads the configured keys.
func (c *campaign) checkKeys(faults *config.Faults) {
	read := func(key, text string) {
		k, err := seal.ParseMaster(text)
		if err != nil {
			_ = faults.Add(c.fault(key, "something that is no key (hidden): "+err.Error(), howToMakeKey))
			return
		}
		c.masters = append(c.masters, k)
	}
	c.masters = nil
	if c.Keys.Master != "" {
		read("keys.master", c.Keys.Master)
	}
	for old := range strings.FieldsFuncSeq(c.Keys.Old, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		if c.Keys.Master == "" {
			_ = faults.Add(c.fault("keys.old", "old keys without a current one", "set keys.master"))
			return
		}
		read("keys.old", old)
	}
}

// ring is the campaign's keys; nil if there are none, which only a real clock has: for a
// demonstration a key is made at its first start.
func (c *campaign) ring() (*seal.Ring, error) {
	masters := c.masters
	if len(masters) == 0 {
		if c.Clock == realClock {
			return nil, nil
		}
		k, err := demoKey(c.dataPath(keyFile))
		if err != nil {
			return nil, fmt.Errorf("the demonstration's key: %w", err)
		}
		masters = [][]byte{k}
	}
	return seal.New(masters[0], masters[1:]...)
}

// demoKey reads a key from a file, or makes both. Of several processes that begin at the
// same time, one makes it and all have the same.
func demoKey(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(path); err == nil {
			text, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, err
	}
	k, err := seal.ParseMaster(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s holds no key: %w", path, err)
	}
	return k, nil
}

// makeKey writes a new key beside its place and then gives it the name, which fails
// where there is one already.
func makeKey(path string) error {
	k := make([]byte, seal.MasterSize)
	_, _ = rand.Read(k)
	beside := path + "." + rand.Text()
	f, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(beside) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(k) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(beside, path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// sealer is the keys as the bot wants them; nil without any.
func (d *desk) sealer() bot.Sealer {
	if d.seal == nil {
		return nil
	}
	return d.seal
}
