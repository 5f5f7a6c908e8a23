package dialog

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"zhuanban/bot/calendar"
)

// now is when the tests' messages are sent: a Thursday morning.
var now = time.Date(2024, 1, 11, 9, 0, 0, 0, calendar.Shanghai)

// shipped is the part of the configuration that forms are made of.
type shipped struct {
	Units []struct {
		Name   string   `yaml:"name"`
		Places []string `yaml:"places"`
	} `yaml:"units"`
	Forms struct {
		Lead Form `yaml:"lead"`
	} `yaml:"forms"`
	Weekly struct {
		Fields []struct {
			Key, Label, Unit, Type, Sec, Source string
			Scale                               int
			Alias                               []string
			Required, Core                      bool
			AskIf                               string `yaml:"ask_if"`
		} `yaml:"fields"`
		Sections []struct{ ID, Label string } `yaml:"sections"`
		Matrix   struct {
			Rows []struct {
				ID, Label string
				Alias     []string
			} `yaml:"rows"`
			Cols []struct {
				ID, Label, Unit, Type string
				Scale                 int
			} `yaml:"cols"`
		} `yaml:"matrix"`
	} `yaml:"weekly"`
}

func loadShipped(t testing.TB) shipped {
	t.Helper()
	data, err := os.ReadFile("../../config.yaml")
	require.NoError(t, err)
	var s shipped
	require.NoError(t, yaml.Unmarshal(data, &s))
	return s
}

// leadForm is the shipped form of leads.
func (s shipped) leadForm() (*Form, Env) {
	f := s.Forms.Lead
	f.Key = "lead"
	env := Env{Now: now}
	for _, u := range s.Units {
		for _, p := range u.Places {
			words := []string{p}
			if short := strings.TrimRight(p, "镇乡"); short != p {
				words = append(words, short)
			}
			env.Places = append(env.Places, Name{Value: p, Words: words})
		}
	}
	return &f, env
}

// weeklyForm is a form of the shipped table, as package weekly makes one.
func (s shipped) weeklyForm() (*Form, Env) {
	f := &Form{Key: "weekly", Title: "统计表", Lines: true}
	env := Env{Now: now, Defaults: map[string]Value{}}
	add := func(sec string, fd Field, kind string) {
		fd.Type = Number
		if kind != "int" && (fd.Unit == "万元" || fd.Unit == "元") {
			fd.Type = Money
		}
		f.Fields = append(f.Fields, fd)
		if fd.Required {
			env.Defaults[fd.Key] = Value{Origin: Defaulted}
		}
		for i := range f.Steps {
			if f.Steps[i].Label == sec {
				f.Steps[i].Fields = append(f.Steps[i].Fields, fd.Key)
			}
		}
	}
	for _, sec := range s.Weekly.Sections {
		f.Steps = append(f.Steps, Group{Label: sec.ID})
	}
	for _, g := range s.Weekly.Fields {
		add(g.Sec, Field{Key: g.Key, Label: g.Label, Alias: g.Alias, Unit: g.Unit, Scale: g.Scale, Required: g.Required, Core: g.Core,
			Conditional: g.AskIf != "", Fixed: g.Source != ""}, g.Type)
	}
	for _, r := range s.Weekly.Matrix.Rows {
		for _, c := range s.Weekly.Matrix.Cols {
			var alias []string
			for _, a := range r.Alias {
				alias = append(alias, a+c.Label)
			}
			add("G", Field{Key: "g_" + r.ID + "_" + c.ID, Label: r.Label + "·" + c.Label, Alias: alias, Unit: c.Unit, Scale: c.Scale}, c.Type)
		}
	}
	return f, env
}
