package table

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"zhuanban/bot/config"
)

// Parse reads the table under a dotted key of the configuration. Its error is a
// config.Faults that names every mistake with its line: first those of form, and
// if there are none, those of meaning.
func Parse(f *config.File, key string) (*Table, error) {
	t := &Table{}
	if err := f.Decode(key, t); err != nil {
		return nil, err
	}
	var faults config.Faults
	for _, p := range t.compile() {
		faults = append(faults, p.fault(f, key))
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return t, t.seal()
}

// seal computes what does not change any more.
func (t *Table) seal() error {
	body, err := t.Body()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	t.hash = hex.EncodeToString(sum[:])
	return nil
}

// Body is the table's definition as JSON, to be kept with filings and drafts.
// Opening and Overrides are no part of it: they change without changing what the
// figures mean.
func (t *Table) Body() ([]byte, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("writing the table's definition: %w", err)
	}
	return body, nil
}

// FromBody gives back the table that a filing or draft was made with. Its opening
// and overrides are empty.
func FromBody(body []byte) (*Table, error) {
	t := &Table{}
	if err := json.Unmarshal(body, t); err != nil {
		return nil, fmt.Errorf("reading a kept table: %w", err)
	}
	var errs []error
	for _, p := range t.compile() {
		errs = append(errs, p)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("reading a kept table: %w", err)
	}
	return t, t.seal()
}

// Hash names the definition: equal for equal bodies, whatever the configuration's
// layout and comments.
func (t *Table) Hash() string { return t.hash }

// problem is a mistake of meaning, at a path below the table's own key.
type problem struct {
	at                  string
	found, want, remedy string
	other               string // the path of what it collides with
}

func (p problem) Error() string {
	return (&config.Fault{File: "table", Key: p.at, Found: p.found, Want: p.want, Remedy: p.remedy}).Error()
}

// fault gives the problem its place in the file.
func (p problem) fault(f *config.File, key string) *config.Fault {
	flt := f.FaultAt(key+"."+p.at, p.want, p.remedy)
	if p.found != "" {
		flt.Found = p.found
	}
	if line := f.Line(key + "." + p.other); p.other != "" && line > 0 {
		flt.Remedy += fmt.Sprintf(" on line %d", line)
	}
	return flt
}
