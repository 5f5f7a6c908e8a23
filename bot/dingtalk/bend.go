package dingtalk

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// readAnswer reads an answer of DingTalk's. Where a number is a text, or the other way
// round, as its documents and its servers have it, it is read all the same.
func readAnswer(text []byte, out any) error {
	err := json.Unmarshal(text, out)
	if err == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var any any
	if d.Decode(&any) != nil {
		return err
	}
	bent, err := json.Marshal(bend(any, reflect.TypeOf(out)))
	if err != nil {
		return err
	}
	return json.Unmarshal(bent, out)
}

var unmarshals = reflect.TypeFor[json.Unmarshaler]()

// bend makes of a value what a type can hold, where they mean the same.
func bend(v any, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if v == nil || t.Implements(unmarshals) || reflect.PointerTo(t).Implements(unmarshals) {
		return v
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64:
		return bendOne(v, t.Kind())
	case reflect.Slice:
		if list, ok := v.([]any); ok {
			for i := range list {
				list[i] = bend(list[i], t.Elem())
			}
		}
	case reflect.Map:
		if members, ok := v.(map[string]any); ok {
			for name := range members {
				members[name] = bend(members[name], t.Elem())
			}
		}
	case reflect.Struct:
		if members, ok := v.(map[string]any); ok {
			bendMembers(members, t)
		}
	}
	return v
}

// bendMembers bends what a struct has fields for.
func bendMembers(members map[string]any, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			bendMembers(members, f.Type)
			continue
		}
		if v, ok := members[name]; ok {
			members[name] = bend(v, f.Type)
		}
	}
}

// bendOne makes a text, a number or a truth of another. What names none is left.
func bendOne(v any, kind reflect.Kind) any {
	text := ""
	switch v := v.(type) {
	case string:
		text = strings.TrimSpace(v)
	case json.Number:
		text = v.String()
	case bool:
		text = strconv.FormatBool(v)
	default:
		return v
	}
	switch kind {
	case reflect.String:
		if s, ok := v.(string); ok {
			return s
		}
		return text
	case reflect.Bool:
		if b, err := strconv.ParseBool(strings.ToLower(text)); err == nil {
			return b
		}
	default:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
		if text == "" {
			return nil
		}
	}
	return v
}
