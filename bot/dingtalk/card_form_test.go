package dingtalk

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot"
	"zhuanban/bot/dingtalk/dingtalktest"
)

func TestACardWithAForm(t *testing.T) {
	w := newOutside(t, func(theirs *dingtalktest.Options, o *Options) {
		theirs.Template, o.FormTemplate = "form.schema", "form.schema"
	})
	form := FormCard{Title: "每周数据填报", Body: "1月19日截止", Submit: "提交", Tap: "form.filled:1", Fields: []FormField{
		{Name: "count", Label: "检查户数", Type: NumberField, Required: true, RequiredMsg: "请填写"},
		{Name: "kind", Label: "类别", Type: SelectField, Options: []FormOption{{"1", "假冒"}, {"2", "侵权"}}, Default: "1"},
	}}
	r, err := w.channel.SendForm(t.Context(), 3, "ann", form)
	require.NoError(t, err)
	require.Equal(t, "card:zhuanban-3", r.Ref)
	card, _ := w.server.CardOf("zhuanban-3", "u-ann")
	var said struct{ Fields []map[string]any }
	require.NoError(t, json.Unmarshal([]byte(card.Values["form"]), &said))
	require.Equal(t, map[string]any{"name": "count", "label": "检查户数", "type": "NUMBER", "required": true, "requiredMsg": "请填写"}, said.Fields[0])
	require.Equal(t, map[string]any{"value": "2", "text": "侵权"}, said.Fields[1]["options"].([]any)[1])

	for want, f := range map[string]FormField{"no type": {Name: "a", Label: "a", Type: "COLOUR"}, "0 options": {Name: "a", Label: "a", Type: MultiSelect},
		"label": {Name: "a", Type: TextField}, "the variable form": {Name: "a", Label: strings.Repeat("长", 400), Type: TextArea},
		"1 options": {Name: "a", Label: "a", Type: DateField, Options: []FormOption{{"1", "x"}}}} {
		_, err := w.channel.SendForm(t.Context(), 4, "ann", FormCard{Fields: []FormField{f}})
		require.ErrorContains(t, err, want)
		require.Equal(t, bot.Refused, failure(t, err).Fate)
	}
	_, err = w.channel.SendForm(t.Context(), 4, "nobody", form)
	require.Equal(t, bot.NoSuchAccount, failure(t, err).Reason)
	_, err = w.replica(func(o *Options) { o.FormTemplate = "" }).SendForm(t.Context(), 4, "ann", form)
	require.Equal(t, bot.NotConfigured, failure(t, err).Reason)
}
