package informant

import (
	"context"
	"regexp"
	"strings"

	"zhuanban/bot"
	"zhuanban/bot/zh"
)

var (
	// accused are who was told of, whose phone belongs into the lead.
	accused = regexp.MustCompile(`被(举报|投诉|反映)(人|单位|方)`)
	// informants are words for who told, behind which a phone or a number of an identity
	// card gives them away.
	informants = regexp.MustCompile(`(举报|投诉|反映|来电|报料|爆料|线)(人|者)`)
	// forms begins a line of the form.
	forms = regexp.MustCompile(`(?m)^\s*(举报人)?姓名\s*[::]`)
)

// near is how far behind such a word something gives an informant away, in bytes: some
// twenty characters.
const near = 72

// guard takes a message that names an informant without having been asked for one, so
// that it goes into no lead, draft or echo: it is forgotten, and its sender is told the
// way.
func (d *Duty) guard(_ context.Context, t *bot.Turn) (taken bool, err error) {
	if !Names(t.Message.Text) {
		return false, nil
	}
	t.Hush()
	t.Say("informant.not_here", nil)
	return true, nil
}

// Names says whether a text seems to name an informant.
func Names(text string) bool {
	if !strings.ContainsAny(text, "人者姓") {
		return false
	}
	text = accused.ReplaceAllString(zh.Fold(text), "")
	if forms.MatchString(text) {
		return true
	}
	for _, at := range informants.FindAllStringIndex(text, -1) {
		for _, p := range zh.Phones(text) {
			if p.From >= at[1] && p.From-at[1] <= near {
				return true
			}
		}
		for _, c := range zh.Identity(text) {
			if c.From >= at[1] && c.From-at[1] <= near {
				return true
			}
		}
	}
	return false
}
