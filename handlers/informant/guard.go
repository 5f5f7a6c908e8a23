package informant

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

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
	if !Names(t.Message.Text) || ours(t.Message.Text) {
		return false, nil
	}
	t.Hush()
	t.Say("informant.not_here", nil)
	return true, nil
}

// ours says whether a text is a word of this duty's with something behind it.
func ours(text string) bool {
	text = zh.Fold(text)
	for _, w := range slices.Concat(tellWords, askWords) {
		if rest, ok := strings.CutPrefix(text, w); ok && rest != "" && strings.ContainsRune(" \t\n,:;。、0123456789", []rune(rest)[0]) {
			return true
		}
	}
	return false
}

// figures counts the digits of a text, also full-width and Chinese ones.
func figures(text string) (n int) {
	for _, r := range text {
		if unicode.IsDigit(r) || strings.ContainsRune("零一二三四五六七八九幺", r) {
			n++
		}
	}
	return n
}

// shortestPhone is how many digits a phone has at least.
const shortestPhone = 7

// Names says whether a text seems to name an informant.
func Names(text string) bool {
	if !strings.Contains(text, "姓名") && figures(text) < shortestPhone {
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
