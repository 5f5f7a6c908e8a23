package dingtalk

import (
	"context"
	"fmt"
	"slices"

	"zhuanban/bot"
)

// FieldType is how a field of a form card is filled.
type FieldType string

// The types of fields.
const (
	TextField      FieldType = "TEXT"
	TextArea       FieldType = "TEXT_AREA"
	NumberField    FieldType = "NUMBER"
	SelectField    FieldType = "SELECT"
	MultiSelect    FieldType = "MULTI_SELECT"
	DateField      FieldType = "DATE"
	TimeField      FieldType = "TIME"
	DateTimeField  FieldType = "DATETIME"
	Checkbox       FieldType = "CHECKBOX"
	SwitchField    FieldType = "SWITCH"
	CheckboxGroup  FieldType = "CHECKBOX_GROUP"
	CheckboxGroups FieldType = "MULTI_CHECKBOX_GROUP"
)

// chooses says whether a field of this type has options.
func (t FieldType) chooses() bool {
	return slices.Contains([]FieldType{SelectField, MultiSelect, CheckboxGroup, CheckboxGroups}, t)
}

func (t FieldType) known() bool {
	return t.chooses() || slices.Contains([]FieldType{TextField, TextArea, NumberField, DateField, TimeField, DateTimeField, Checkbox, SwitchField}, t)
}

// FormField is one field of a form card. What is filled in comes back by its Name.
type FormField struct {
	Name        string       `json:"name"`
	Label       string       `json:"label"`
	Type        FieldType    `json:"type"`
	Required    bool         `json:"required"`
	RequiredMsg string       `json:"requiredMsg,omitempty"`
	Placeholder string       `json:"placeholder,omitempty"`
	Default     any          `json:"defaultValue,omitempty"`
	Options     []FormOption `json:"options,omitempty"`
}

// FormOption is one choice of a field.
type FormOption struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

// FormCard is a card with a form. One template with the dynamic variable form serves all
// forms; its other variables are those of a card without one.
type FormCard struct {
	Title, Body string
	Fields      []FormField
	Submit      string // the button's label
	Tap         string // what comes back with what was filled in
}

// variables are the card's. An error names what DingTalk would not show.
func (f FormCard) variables() (variables, error) {
	names := map[string]bool{}
	for i, one := range f.Fields {
		switch err := wanted("name", one.Name, "label", one.Label); {
		case err != nil:
			return nil, fmt.Errorf("field %d: %w", i+1, err)
		case !one.Type.known():
			return nil, fmt.Errorf("field %s: there is no type %q", one.Name, one.Type)
		case names[one.Name]:
			return nil, fmt.Errorf("field %s: there are two", one.Name)
		case one.Type.chooses() != (len(one.Options) > 0):
			return nil, fmt.Errorf("field %s: %d options with the type %s", one.Name, len(one.Options), one.Type)
		}
		names[one.Name] = true
	}
	if len(f.Fields) == 0 {
		return nil, fmt.Errorf("a form without fields")
	}
	v := variables{varTitle: f.Title, varBody: breaks(f.Body), varDone: "", varLabel + "1": f.Submit, varTap + "1": f.Tap,
		"form": string(compact(map[string]any{"fields": f.Fields}))}
	return v, v.check()
}

// SendForm sends a person a card with a form, the same one at every try of the same id.
// The caller has a way in plain words for a person who gets none: an error of fate Refused
// says that this is one.
func (c *Channel) SendForm(ctx context.Context, id int64, account string, f FormCard) (bot.Receipt, error) {
	if c.o.FormTemplate == "" {
		return bot.Receipt{}, refuse(bot.NotConfigured, "no template of a card with a form is configured")
	}
	v, err := f.variables()
	if err != nil {
		return bot.Receipt{}, refuse(bot.BadContent, err.Error())
	}
	user, err := c.userOf(bot.Recipient{Kind: bot.ToPerson, Account: account})
	if err != nil {
		return bot.Receipt{}, err
	}
	var o bot.Outcome
	err = c.switched(ctx, c.o.Features.Cards, "cards", func() error {
		o = c.dealTo(ctx, []string{user}, c.o.FormTemplate, trackOf(id, false), f.Title, v)[0]
		return o.Err
	})
	return o.Receipt, err
}
