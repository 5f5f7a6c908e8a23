package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"zhuanban/bot"
	"zhuanban/bot/calendar"
	"zhuanban/bot/config"
	"zhuanban/bot/delivery"
	"zhuanban/bot/dialog"
	"zhuanban/bot/dingtalk"
	"zhuanban/bot/wecom"
	"zhuanban/handlers/informant"
	"zhuanban/handlers/lead/triage"
	"zhuanban/handlers/stage"
	"zhuanban/handlers/weekly"
	"zhuanban/handlers/weekly/table"
)

// settings is config.yaml. What each key means stands beside it there.
type settings struct {
	Campaign struct {
		Title  string `yaml:"title" required:"true"`
		Prefix string `yaml:"prefix" required:"true"`
	} `yaml:"campaign" required:"true"`
	Clock      clockKind     `yaml:"clock"`
	ClockStart *config.Local `yaml:"clock_start"`
	Listen     string        `yaml:"listen"`
	DataDir    string        `yaml:"data_dir"`
	Database   struct {
		URL string `yaml:"url"`
	} `yaml:"database"`
	Redis struct {
		URL string `yaml:"url"`
	} `yaml:"redis"`
	Keys struct {
		Master string `yaml:"master" secret:"true"`
		Old    string `yaml:"old" secret:"true"`
	} `yaml:"keys"`
	Delivery struct {
		Quiet struct {
			From  table.Clock `yaml:"from"`
			Until table.Clock `yaml:"until"`
		} `yaml:"quiet"`
		Daily    *int          `yaml:"daily"`
		Digest   []table.Clock `yaml:"digest"`
		Merge    int           `yaml:"merge"`
		Limits   limitsKind    `yaml:"limits"`
		Accounts int           `yaml:"accounts"`
	} `yaml:"delivery"`
	Spool struct {
		MaxMB     int64 `yaml:"max_mb"`
		MinFreeMB int64 `yaml:"min_free_mb"`
	} `yaml:"spool"`
	Phone struct {
		Enabled bool         `yaml:"enabled"`
		Words   []string     `yaml:"words"`
		Here    bot.Location `yaml:"here"`
	} `yaml:"phone"`
	WeCom    wecomSettings    `yaml:"wecom"`
	DingTalk dingtalkSettings `yaml:"dingtalk"`
	Calendar struct {
		Files []string `yaml:"files"`
	} `yaml:"calendar"`
	Units  []bot.Unit       `yaml:"units" required:"true"`
	People []personSettings `yaml:"people" required:"true"`
	Groups []groupSettings  `yaml:"groups"`
	Places []struct {
		Name  string   `yaml:"name" required:"true"`
		Alias []string `yaml:"alias"`
	} `yaml:"places"`
	Lead struct {
		Alarm     []string            `yaml:"alarm"`
		Lines     map[string][]string `yaml:"lines"`
		Duplicate struct {
			Days int `yaml:"days"`
		} `yaml:"duplicate"`
		Digest *table.Clock  `yaml:"digest"`
		Notice string        `yaml:"notice"`
		Home   []string      `yaml:"home"`
		Routes []triage.Rule `yaml:"routes"`
	} `yaml:"lead"`
	Informants struct {
		Tell []informant.Step `yaml:"tell"`
	} `yaml:"informants"`
	Forms struct {
		Lead dialog.Form `yaml:"lead" required:"true"`
	} `yaml:"forms" required:"true"`
	Ledger    map[string]string `yaml:"ledger"`
	Reminders struct {
		Weekly []weekly.Step `yaml:"weekly"`
		Stage  []stage.Step  `yaml:"stage"`
	} `yaml:"reminders"`
	Stages []stage.Date `yaml:"stages"`
	Weekly *yaml.Node   `yaml:"weekly" required:"true"`
}

// clockKind says what tells the campaign's time.
type clockKind string

const (
	realClock      clockKind = "real"
	simulatedClock clockKind = "simulated"
)

// Allowed lists the kinds.
func (clockKind) Allowed() []string { return []string{string(realClock), string(simulatedClock)} }

// limitsKind says whose limits what leaves is paced by.
type limitsKind string

const (
	platformLimits limitsKind = "platform" // those that the platform documents
	noLimits       limitsKind = "none"     // a private deployment that has none
)

// Allowed lists the kinds.
func (limitsKind) Allowed() []string { return []string{string(platformLimits), string(noLimits)} }

// campaign is the configuration, read, checked and made into what the desk is
// built of.
type campaign struct {
	settings
	file     *config.File
	roster   *bot.Roster
	calendar *calendar.Calendar
	table    *table.Table
	periods  []table.Period
	masters  [][]byte // keys.master and keys.old, read; none = keys.master is not set
	places   []dialog.Name
	leadHash string
	leadBody []byte
}

// defaults are the settings without a configuration.
func defaults() settings {
	var s settings
	s.Clock, s.Listen, s.DataDir = realClock, "127.0.0.1:8080", "data"
	s.Database.URL = "sqlite:data/zhuanban.db"
	s.DingTalk.Mode, s.DingTalk.Edition, s.DingTalk.Directory.Role = dingtalk.Stream, dingtalk.Standard, bot.Filer
	s.DingTalk.Cards, s.DingTalk.Connections = dingtalk.CardNotices, 1
	s.DingTalk.Features = dingtalk.Features{Cards: dingtalk.Auto, Recall: dingtalk.Auto, ReadStatus: dingtalk.Auto, WorkNotice: dingtalk.Auto,
		Ding: dingtalk.Auto, Todo: dingtalk.Auto, Calendar: dingtalk.Auto}
	s.WeCom.Passive, s.WeCom.Cards = true, wecom.CardNotices
	s.WeCom.Bot.Mode = robotSocket
	s.WeCom.Features = wecom.Features{Cards: wecom.Auto, UpdateCard: wecom.Auto, Recall: wecom.Auto, DuplicateCheck: wecom.Auto,
		AppChat: wecom.Auto, Schedule: wecom.ScheduleAuto, AuthPath: wecom.AuthAuto}
	s.WeCom.Directory.Role = bot.Filer
	s.Delivery.Limits, s.Delivery.Merge = platformLimits, 3
	s.Delivery.Quiet.From, s.Delivery.Quiet.Until = table.Clock{Hour: 22}, table.Clock{Hour: 7}
	s.Informants.Tell = []informant.Step{informant.Refused, informant.Opened}
	s.Lead.Duplicate.Days = 180
	s.Lead.Notice = "督办"
	s.Spool.MaxMB, s.Spool.MinFreeMB = 256, 256
	return s
}

// loadCampaign reads a configuration and all that it names. Its errors are
// config.Faults wherever a line of the file can be named.
func loadCampaign(path string, environ []string) (*campaign, error) {
	f, err := config.Load(path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s is not there: run from the folder that holds it, or name it with --config", path)
		}
		return nil, err
	}
	c := &campaign{settings: defaults(), file: f}
	var faults config.Faults
	if err := faults.Add(f.Overlay(&c.settings, environ)); err != nil {
		return nil, err
	}
	if err := faults.Add(f.Decode("", &c.settings)); err != nil {
		return nil, err
	}
	if c.table, err = table.Parse(f, "weekly"); faults.Add(err) != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, faults.Err()
	}
	var groups []bot.Group
	for _, g := range c.Groups {
		groups = append(groups, g.Group)
	}
	var people []bot.Person
	for _, p := range c.People {
		people = append(people, p.Person)
	}
	c.roster = bot.NewRoster(people, c.Units, groups)
	for _, check := range []func(*config.Faults){c.checkPeople, c.checkForm, c.checkRoutes, c.checkTable, c.checkPlatforms, c.checkWeCom, c.checkRobot, c.checkDingTalk, c.checkKeys} {
		check(&faults)
	}
	if err := c.loadCalendar(&faults); err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, faults.Err()
	}
	c.places = gazetteer(c.settings)
	c.Forms.Lead.Prepare()
	if c.leadBody, err = json.Marshal(c.Forms.Lead); err != nil {
		return nil, fmt.Errorf("encoding the lead form: %w", err)
	}
	sum := sha256.Sum256(c.leadBody)
	c.leadHash = hex.EncodeToString(sum[:])
	return c, nil
}

// loadCalendar reads the holidays and counts out the periods. A year that is
// wanted and not there is a fault, never guessed.
func (c *campaign) loadCalendar(faults *config.Faults) error {
	cal, err := calendar.Default()
	if err != nil {
		return fmt.Errorf("reading the built-in holidays: %w", err)
	}
	for i, name := range c.Calendar.Files {
		data, err := os.ReadFile(name)
		if err == nil {
			cal, err = cal.With(data)
		}
		if err != nil {
			_ = faults.Add(c.fault(fmt.Sprintf("calendar.files[%d]", i), err.Error(), "name a readable file in the form of the built-in one"))
			return nil
		}
	}
	c.calendar = cal
	c.periods, err = c.table.Periods(cal)
	if err == nil {
		_, err = weeklyTimes(c)
	}
	var missing calendar.MissingYear
	if errors.As(err, &missing) {
		_ = faults.Add(c.fault("weekly.campaign", missing.Error(),
			"save that year's holidays from the State Council's notice as a file and name it in calendar.files"))
		return nil
	}
	return err
}

// gazetteer is the townships: those that the stations answer for, and the
// configured ones, each with its short name.
func gazetteer(s settings) []dialog.Name {
	var out []dialog.Name
	add := func(name string, alias []string) {
		words := append([]string{name}, alias...)
		for _, end := range []string{"镇", "乡", "街道"} {
			if short := strings.TrimSuffix(name, end); short != name && len([]rune(short)) >= 2 {
				words = append(words, short)
			}
		}
		out = append(out, dialog.Name{Value: name, Words: words})
	}
	for _, u := range s.Units {
		for _, p := range u.Places {
			add(p, nil)
		}
	}
	for _, p := range s.Places {
		add(p.Name, p.Alias)
	}
	return out
}

// dataPath is a path below the data folder.
func (c *campaign) dataPath(parts ...string) string {
	return filepath.Join(append([]string{c.DataDir}, parts...)...)
}

// usualDaily is how many messages a person gets a day without having asked, unless
// delivery.daily says otherwise.
const usualDaily = 60

// manners are how the bot behaves towards people who did not ask. The simulated
// clock's day may last a week; there is no cap for it unless one is set.
func (c *campaign) manners() delivery.Manners {
	d := c.settings.Delivery
	m := delivery.Manners{Quiet: delivery.Quiet{From: sinceMidnight(d.Quiet.From), Until: sinceMidnight(d.Quiet.Until)}, Digest: d.Merge}
	switch {
	case d.Daily != nil:
		m.Daily = *d.Daily
	case c.Clock == realClock:
		m.Daily = usualDaily
	}
	for _, at := range d.Digest {
		m.DigestAt = append(m.DigestAt, sinceMidnight(at))
	}
	return m
}

func sinceMidnight(c table.Clock) time.Duration {
	return time.Duration(c.Hour)*time.Hour + time.Duration(c.Minute)*time.Minute
}

// start is when the simulated clock begins.
func (c *campaign) start() time.Time {
	if c.ClockStart == nil {
		return time.Time{}
	}
	return c.ClockStart.Time
}
