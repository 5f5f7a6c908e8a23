package load

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseScript(t *testing.T) {
	got, err := ParseScript("# a comment\n取消\n---\n\nhello\t你好\nbye\n")
	want := Script{First: []Line{{"取消", ""}}, Again: []Line{{"hello", "你好"}, {"bye", ""}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got, err = ParseScript("only this"); err != nil || got.First != nil || len(got.Again) != 1 {
		t.Errorf("without a beginning: %+v, %v", got, err)
	}
	echo := want.Echoed("ok ")
	if echo.First[0].Want != "ok 取消" || echo.Again[0] != (Line{"hello", "ok hello"}) {
		t.Errorf("echoed: %+v", echo)
	}
}

func TestScriptsThatSayNothing(t *testing.T) {
	for text, want := range map[string]string{"": "nothing is said", "# only\n": "nothing is said", "a\n---\n": "nothing is said", "a\n---\nb\n---\nc": "line 4"} {
		if _, err := ParseScript(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
