// Package takes says what WeCom takes of a bot as what.
package takes

import (
	"bytes"

	"zhuanban/bot/internal/uploads"
)

// All is that table; all of it has more than five bytes.
func All() uploads.Takes {
	return uploads.Takes{
		Platform: "WeCom",
		Least:    6,
		File:     20 << 20,
		Shown: []uploads.Shown{
			{Type: uploads.Image, MIME: "image/jpeg", Most: 10 << 20},
			{Type: uploads.Image, MIME: "image/png", Most: 10 << 20},
			{Type: uploads.Voice, Is: func(head []byte) bool { return bytes.HasPrefix(head, []byte("#!AMR\n")) }, Most: 2 << 20}, // of at most a minute
			{Type: uploads.Video, MIME: "video/mp4", Most: 10 << 20},
		},
	}
}
