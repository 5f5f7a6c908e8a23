package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"zhuanban/bot/config"
)

func TestOverlayBeatsTheFile(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("hush\n\n"), 0o600))
	f := parse(t, "listen: :1\nrobot:\n  id: 1\n")
	require.NoError(t, f.Overlay(settings{}, []string{
		"PATH=/bin",
		"ZHUANBAN_LISTEN=:2",
		"ZHUANBAN_ROBOT_ID=9",
		"ZHUANBAN_NOTE=",
		"ZHUANBAN_EVERY=3m",
		"ZHUANBAN_ROBOT_SECRET_FILE=" + secret,
		"ZHUANBAN_WEEKLY_TITLE=a=b",
	}))
	var got settings
	require.NoError(t, f.Decode("", &got))
	require.Equal(t, ":2", got.Listen)
	require.Equal(t, 9, got.Robot.ID)
	require.Equal(t, "3m0s", got.Every.String())
	require.Equal(t, "hush\n", got.Robot.Secret, "one newline is trimmed, not two")
	require.Equal(t, "a=b", got.Weekly.Title)
}

func TestAKeyThatEndsInFileIsItself(t *testing.T) {
	var schema struct {
		CA     string `yaml:"ca"`
		CAFile string `yaml:"ca_file"`
	}
	f := parse(t, "")
	require.NoError(t, f.Overlay(schema, []string{"ZHUANBAN_CA_FILE=/etc/ca.pem"}))
	require.NoError(t, f.Decode("", &schema))
	require.Equal(t, "/etc/ca.pem", schema.CAFile)
	require.Empty(t, schema.CA)
}

func TestOverlayFaults(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		environ []string
		want    string
	}{
		"nearest": {"", []string{"ZHUANBAN_ROBOT_SECRT=x"},
			`environment: ZHUANBAN_ROBOT_SECRT: unknown variable; did you mean "ZHUANBAN_ROBOT_SECRET"?`},
		"a list cannot be set": {"", []string{"ZHUANBAN_WEEKLY_FIELDS=x"},
			"environment: ZHUANBAN_WEEKLY_FIELDS: unknown variable; did you mean \"ZHUANBAN_WEEKLY_TITLE\"?"},
		"no such file": {"", []string{"ZHUANBAN_LISTEN_FILE=/nowhere/at/all"},
			"ZHUANBAN_LISTEN_FILE: listen: open /nowhere/at/all: no such file or directory; name a file that the program may read"},
		"both": {"", []string{"ZHUANBAN_LISTEN=x", "ZHUANBAN_LISTEN_FILE=" + os.DevNull},
			"ZHUANBAN_LISTEN_FILE: listen: already set by ZHUANBAN_LISTEN; unset one of the two variables"},
		"file has no keys there": {"robot: [1]", []string{"ZHUANBAN_ROBOT_ID=1"},
			"config.yaml:1: robot: found a list, want keys with values"},
	} {
		t.Run(name, func(t *testing.T) {
			require.EqualError(t, parse(t, c.text).Overlay(settings{}, c.environ), c.want)
		})
	}
}

func TestAFaultNamesTheVariable(t *testing.T) {
	f := parse(t, "robot:\n")
	require.NoError(t, f.Overlay(settings{}, []string{"ZHUANBAN_ROBOT_ID=abc"}))
	var got settings
	require.EqualError(t, f.Decode("", &got), `ZHUANBAN_ROBOT_ID: robot.id: found "abc", want a whole number`)
}

func TestKeysThatShareAVariableAreRefused(t *testing.T) {
	var schema struct {
		A struct {
			B string `yaml:"b_c"`
		} `yaml:"a"`
		AB struct {
			C string `yaml:"c"`
		} `yaml:"a_b"`
	}
	require.ErrorContains(t, parse(t, "").Overlay(schema, nil), "keys a.b_c and a_b.c are both ZHUANBAN_A_B_C")
}

func TestEffective(t *testing.T) {
	type schema struct {
		Database string `yaml:"database"`
		Redis    string `yaml:"redis"`
		Listen   string `yaml:"listen"`
		Key      string `yaml:"key" secret:"true"`
		Token    string `yaml:"token"`
		Agent    *int   `yaml:"agent"`
		Dir      string `yaml:"dir"`
		On       bool   `yaml:"on"`
	}
	f := parse(t, "database: mysql://zb:p@ss:w/rd@db:3306/zb\nkey: k\n\nlisten: :8080\n")
	require.NoError(t, f.Overlay(schema{}, []string{"ZHUANBAN_REDIS=redis://:secret@cache/0", "ZHUANBAN_DIR_FILE=" + os.DevNull}))
	require.Equal(t, []config.Setting{
		{Key: "database", Value: "mysql://zb:***@db:3306/zb", Source: "config.yaml:1"},
		{Key: "redis", Value: "redis://:***@cache/0", Source: "ZHUANBAN_REDIS"},
		{Key: "listen", Value: ":8080", Source: "config.yaml:4"},
		{Key: "key", Value: "(set, hidden)", Source: "config.yaml:2"},
		{Key: "token", Value: "(not set)", Source: "default"},
		{Key: "agent", Value: "", Source: "default"},
		{Key: "dir", Value: "", Source: "ZHUANBAN_DIR_FILE (" + os.DevNull + ")"},
		{Key: "on", Value: "true", Source: "default"},
	}, f.Effective(schema{On: true}, func(key string) bool { return key == "token" }))
	require.Equal(t, "default", f.Source("token"))
	require.Equal(t, "ZHUANBAN_REDIS", f.Source("redis"))
}

func TestEnvName(t *testing.T) {
	require.Equal(t, "ZHUANBAN_WECOM_CORP_ID", config.EnvName("wecom.corp_id"))
	require.Equal(t, "ZHUANBAN_GROUPS_0_WECOM_WEBHOOK", config.EnvName("groups[0].wecom.webhook"))
}

// rooms is a schema with lists in it, one within another.
type rooms struct {
	Groups []struct {
		Name  string `yaml:"name"`
		WeCom struct {
			Webhook string `yaml:"webhook" secret:"true"`
		} `yaml:"wecom"`
		Members []string `yaml:"members"`
	} `yaml:"groups"`
	Words []string `yaml:"words"`
	Pairs []pair   `yaml:"pairs"`
	Quiet string   `yaml:"quiet"`
}

const twoRooms = "groups:\n  - {name: a, members: [x, y]}\n  - {name: b, wecom: {webhook: of-the-file}}\nwords: [one, two]\npairs: [[1, 2]]\n"

func TestWhatStandsInAListIsSetByItsPlace(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "webhook")
	require.NoError(t, os.WriteFile(secret, []byte("of-a-file\n"), 0o600))
	f := parse(t, twoRooms)
	require.NoError(t, f.Overlay(rooms{}, []string{
		"ZHUANBAN_GROUPS_0_WECOM_WEBHOOK_FILE=" + secret,
		"ZHUANBAN_GROUPS_1_WECOM_WEBHOOK=of-the-environment",
		"ZHUANBAN_GROUPS_0_MEMBERS_1=z",
		"ZHUANBAN_WORDS_0=eins",
	}))
	var got rooms
	require.NoError(t, f.Decode("", &got))
	require.Equal(t, "of-a-file", got.Groups[0].WeCom.Webhook)
	require.Equal(t, "of-the-environment", got.Groups[1].WeCom.Webhook)
	require.Equal(t, []string{"x", "z"}, got.Groups[0].Members)
	require.Equal(t, []string{"eins", "two"}, got.Words)
	require.Equal(t, []config.Setting{
		{Key: "groups[0].wecom.webhook", Value: "(set, hidden)", Source: "ZHUANBAN_GROUPS_0_WECOM_WEBHOOK_FILE (" + secret + ")"},
		{Key: "groups[0].members[1]", Value: "z", Source: "ZHUANBAN_GROUPS_0_MEMBERS_1"},
		{Key: "groups[1].wecom.webhook", Value: "(set, hidden)", Source: "ZHUANBAN_GROUPS_1_WECOM_WEBHOOK"},
		{Key: "words[0]", Value: "eins", Source: "ZHUANBAN_WORDS_0"},
		{Key: "quiet", Value: "", Source: "default"},
	}, f.Effective(rooms{}, nil), "of a list the secrets, and what came from the environment")
}

func TestAWrongPlaceInAListIsNamed(t *testing.T) {
	for variable, want := range map[string]string{
		"ZHUANBAN_GROUPS_2_WECOM_WEBHOOK=x": "environment: ZHUANBAN_GROUPS_2_WECOM_WEBHOOK: groups has 2 entries, counted from 0; write the entry into the file, and set here what belongs in it",
		"ZHUANBAN_GROUPS_0_MEMBERS_2=x":     "groups[0].members has 2 entries",
		"ZHUANBAN_GROUPS_1_WECOM_WEBHOK=x":  `did you mean "ZHUANBAN_GROUPS_1_WECOM_WEBHOOK"?`,
		"ZHUANBAN_NOTHING_LIKE_IT=x":        "ZHUANBAN_NOTHING_LIKE_IT: unknown variable; the variables are ZHUANBAN_QUIET",
		"ZHUANBAN_PAIRS_0=x":                "ZHUANBAN_PAIRS_0: unknown variable",
	} {
		require.ErrorContains(t, parse(t, twoRooms).Overlay(rooms{}, []string{variable}), want)
	}
	require.ErrorContains(t, parse(t, "groups: []").Overlay(rooms{}, []string{"ZHUANBAN_GROUPS_0_NAME=x"}), "groups has 0 entries")
	f := parse(t, "groups: [just words]")
	require.EqualError(t, f.Overlay(rooms{}, []string{"ZHUANBAN_GROUPS_0_NAME=x"}), `config.yaml:1: groups[0]: found "just words", want keys with values`)
}
