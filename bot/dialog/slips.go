package dialog

import (
	"strings"
	"time"

	"zhuanban/bot/zh"
)

// mendTowns is a text with the townships called as they are where one character of
// their full name was taken for another: 风城镇 is 凤城镇, 虎丘镇 is 虎邱镇. A name with
// two townships as near stays as it was typed. The text keeps its length in bytes.
func mendTowns(text string, places []Name) string {
	if !strings.ContainsAny(text, "镇乡鎮鄉") || len(places) == 0 {
		return text
	}
	entries := make([]zh.Entry, len(places))
	for i, p := range places {
		entries[i] = zh.Entry{Key: p.Value, Words: []string{p.Value}}
	}
	var out strings.Builder
	at := 0
	for _, n := range zh.Read(text, time.Time{}).Names(zh.NewVocabulary(entries)) {
		if n.Slip && len(n.Keys) == 1 {
			out.WriteString(text[at:n.From] + n.Word)
			at = n.To
		}
	}
	if at == 0 {
		return text
	}
	return out.String() + text[at:]
}
