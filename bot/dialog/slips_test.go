package dialog

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A township with one character taken for another is the one that is meant, and the
// card shows what was typed beside it; a name that is only like one stays.
func TestATownshipWithASlip(t *testing.T) {
	form, env := loadShipped(t).leadForm()
	place, _ := form.Field("place")
	for text, want := range map[string][2]string{
		"风城镇建设路12号阿强鞋店卖假耐克20双": {"凤城镇建设路12号", "风城镇建设路12号"},
		"地点:虎丘镇湖坵村,李某卖假酒":      {"虎邱镇湖坵村", "虎丘镇湖坵村"},
		"南安水头镇王某卖假石材":          {"南安水头镇", ""},
		"凤城镇建设路阿强鞋店卖假鞋":        {"凤城镇建设路", ""},
	} {
		d, _ := Step(form, Draft{}, Input{Text: text}, env)
		require.Equal(t, want, [2]string{d.Values["place"].Text, place.Reading(d.Values["place"])}, text)
	}
}
