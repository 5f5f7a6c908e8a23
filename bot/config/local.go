package config

import (
	"errors"
	"time"

	"zhuanban/bot/calendar"
)

// Local is a time as people write it in the configuration and on the command
// line: 2024-01-19T15:00, in Asia/Shanghai, or RFC 3339.
type Local struct{ time.Time }

// UnmarshalText reads either form.
func (l *Local) UnmarshalText(text []byte) error {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, string(text), calendar.Shanghai); err == nil {
			l.Time = t
			return nil
		}
	}
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		return errors.New("a time such as 2024-01-19T15:00")
	}
	l.Time = t
	return nil
}

// MarshalText writes the short form.
func (l Local) MarshalText() ([]byte, error) {
	return []byte(l.In(calendar.Shanghai).Format("2006-01-02T15:04")), nil
}
