package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lineOf is the line of the shipped configuration, as edited, that holds a text.
func lineOf(t *testing.T, path, text string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	before, _, ok := strings.Cut(string(data), text)
	require.True(t, ok, text)
	return ":" + strconv.Itoa(strings.Count(before, "\n")+1) + ":"
}

// TestAMistakeIsNamedWithLineKeyAndRemedy: one mistake each, in the configuration
// that ships. at is a text of the line that must be named.
func TestAMistakeIsNamedWithLineKeyAndRemedy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit   edit
		at     string
		key    string
		remedy string
	}{
		"an unknown key":                    {edit{"listen: 127", "lissten: 127"}, "lissten", "lissten", `did you mean "listen"?`},
		"a value of the wrong type":         {edit{"enabled: true ", "enabled: perhaps "}, "enabled: perhaps", "phone.enabled", "true"},
		"a clock that there is not":         {edit{"clock: simulated", "clock: simulatet"}, "clock: simulatet", "clock", "simulated"},
		"an hour that there is not":         {edit{`time: "10:00", group`, `time: "25:00", group`}, "25:00", "reminders.weekly[0].time", `such as "17:30"`},
		"a step that there is not":          {edit{"{step: eve,", "{step: evening,"}, "step: evening", "reminders.weekly[0].step", "eve"},
		"a group that there is not":         {edit{"group: 专班工作群, label", "group: 专班群, label"}, "group: 专班群", "reminders.weekly[0].group", "list groups"},
		"a person of a unit that is not":    {edit{"unit: fengcheng, role: filer", "unit: fengchen, role: filer"}, "unit: fengchen,", "people[21].unit", `did you mean "fengcheng"?`},
		"a role that there is not":          {edit{"unit: fengcheng, role: filer", "unit: fengcheng, role: files"}, "role: files", "people[21].role", "filer"},
		"an account twice":                  {edit{"account: chengxiang.filer", "account: fengcheng.filer"}, "account: fengcheng.filer, name: 填报员·城厢所", "people[23].account", "keep one"},
		"a unit twice":                      {edit{"{id: chengxiang,", "{id: fengcheng,"}, "{id: fengcheng, name: 城厢所", "units[10].id", "id of its own"},
		"a rule about no figure":            {edit{"a10_failed <= a09_samples", "a10_failed <= a09_sampels"}, "a09_sampels", "weekly.rules[1].expr", "a09_samples"},
		"a rule that does not parse":        {edit{"b02_live <= b01_online", "b02_live <= <= b01_online"}, "b02_live <= <=", "weekly.rules[2].expr", ""},
		"a figure of no section":            {edit{"unit: 次,   type: int, sec: A", "unit: 次,   type: int, sec: Q"}, "sec: Q", "weekly.fields[0].sec", ""},
		"a word that belongs to two":        {edit{"alias: [车辆, ", "alias: [行动, 车辆, "}, "alias: [行动, 车辆", "weekly.fields", "行动"},
		"a ledger's figure that is not":     {edit{"  i01_new: registered", "  i01_neu: registered"}, "i01_neu", "ledger.i01_neu", "take the line out"},
		"a ledger's count that is not":      {edit{"i01_new: registered", "i01_new: recorded"}, "i01_new: recorded", "ledger.i01_new", "begin with one of registered"},
		"figures of no row":                 {edit{"g_*_filed:", "g_*_fild:"}, "g_*_fild", "ledger.g_*_fild", "rows of the matrix"},
		"a route to no unit":                {edit{"to: [zhifa], why: 数额", "to: [zhifaa], why: 数额"}, "to: [zhifaa]", "lead.routes[3].to", "station"},
		"a route for no cause":              {edit{"{violation: [ad, ecom]", "{violation: [adv, ecom]"}, "violation: [adv", "lead.routes[6].violation", "options"},
		"a route that there is not":         {edit{"route: conference", "route: conferense"}, "route: conferense", "lead.routes[1].route", "conference"},
		"a day that there is not":           {edit{"due: 2024-02-19", "due: 2024-02-30"}, "2024-02-30", "stages[1].due", "2024-01-19"},
		"a prefix with small letters":       {edit{"prefix: AX", "prefix: ax"}, "prefix: ax", "campaign.prefix", "capitals"},
		"no beginning of a simulated clock": {edit{"clock_start: 2024-01-11T09:00", "# clock_start:"}, "clock: simulated", "clock", "set clock_start"},
		"a year without holidays":           {edit{"end: 2024-06-28", "end: 2027-06-28"}, "end: 2027", "weekly.campaign", "calendar.files"},
		"a robot's key that is none":        {edit{"{name: 专班工作群, members: []}", "{name: 专班工作群, members: [], wecom: {webhook: hush}}"}, "webhook: hush", "groups[0].wecom.webhook", "消息推送"},
		"one robot for two groups":          {edit{"members: []}\n  - {name: 专项办群,", "members: [], wecom: {webhook: 693a91f6-7aac}}\n  - {name: 专项办群, wecom: {webhook: 'https://x/?key=693a91f6-7aac'},"}, "https://x/", "groups[1].wecom.webhook", "of its own"},
		"a chat that is none":               {edit{"{name: 专班工作群, members: []}", "{name: 专班工作群, members: [], wecom: {chat: 工作群}}"}, "chat: 工作群", "groups[0].wecom.chat", "correct it"},
		"an owner who is not there":         {edit{"{name: 专班工作群, members: []}", "{name: 专班工作群, members: [], wecom: {chat: auto, owner: nobody}}"}, "owner: nobody", "groups[0].wecom.owner", "list people"},
		"an owner who is no member":         {edit{"{name: 专班工作群, members: []}", "{name: 专班工作群, members: [admin, custodian], wecom: {chat: auto, owner: office.clerk}}"}, "owner: office.clerk", "groups[0].wecom.owner", "members"},
		"a group of one":                    {edit{"{name: 专班工作群, members: []}", "{name: 专班工作群, members: [admin], wecom: {chat: auto}}"}, "chat: auto}}", "groups[0].wecom.chat", "webhook"},
		"a name too long for the menu":      {edit{"{name: 更正, key: 更正}", "{name: 更正已经报过的统计表里的数字, key: 更正}"}, "更正已经报过", "wecom.menu[0].sub[3].name", "13 Chinese"},
		"an entry of the menu of no use":    {edit{"{name: 更正, key: 更正}", "{name: 更正}"}, "{name: 更正}", "wecom.menu[0].sub[3]", "key or a url"},
		"an account in other letters":       {edit{"account: chengxiang.filer", "account: FengCheng.filer"}, "account: FengCheng.filer", "people[23].account", "keep one"},
		"a directory's role that is none":   {edit{"role: filer}\n  # What", "role: filter}\n  # What"}, "role: filter}", "wecom.directory.role", "filer"},
		"a use of cards that is none":       {edit{"cards: notices", "cards: sometimes"}, "cards: sometimes", "wecom.cards", "notices"},
		"a feature's switch that is none":   {edit{"recall: auto", "recall: maybe"}, "recall: maybe", "wecom.features.recall", "auto"},
		"an account with a colon":           {edit{"account: chengxiang.filer", "account: 'dingtalk:042'"}, "dingtalk:042", "people[23].account", "as the platform shows it"},
		"a mode that there is not":          {edit{"mode: stream ", "mode: steam "}, "mode: steam", "dingtalk.mode", "stream"},
		"connections without end":           {edit{"connections: 1 ", "connections: 51 "}, "connections: 51", "dingtalk.connections", "use 1 or 2"},
		"an edition that there is not":      {edit{"edition: standard", "edition: premium"}, "edition: premium", "dingtalk.edition", "professional"},
		"one conversation for two groups":   {edit{"members: []}\n  - {name: 专项办群,", "members: [], dingtalk: {conversation: cidA}}\n  - {name: 专项办群, dingtalk: {conversation: cidA},"}, "专项办群, dingtalk", "groups[1].dingtalk.conversation", "mention the robot"},
		"a signature without a webhook":     {edit{"{name: 专班工作群, members: []}", "{name: 专班工作群, members: [], dingtalk: {secret: SEC1}}"}, "secret: SEC1", "groups[0].dingtalk.secret", "set webhook"},
		"a directory that nobody reads":     {edit{"role: filer}\n  # What depends", "role: filer, every: 1h}\n  # What depends"}, "every: 1h}", "dingtalk.directory", "set dingtalk.client_id"},
		"a lead form without its place":     {edit{"- key: place", "- key: plaza"}, "- key: subject", "forms.lead.fields", "put it back"},
		"one user for two people":           {edit{"unit: chengxiang, role: filer}\n  - {account: chengxiang.head,", "unit: chengxiang, role: filer, dingtalk: '042'}\n  - {account: chengxiang.head, dingtalk: '042',"}, "chengxiang.head, dingtalk", "people[24].dingtalk", "员工UserID"},
	} {
		t.Run(name, func(t *testing.T) {
			path := edited(t, c.edit)
			_, err := loadCampaign(path, nil)
			require.Error(t, err)
			require.Contains(t, err.Error(), filepath.Base(path)+lineOf(t, path, c.at))
			require.Contains(t, err.Error(), c.key)
			require.Contains(t, err.Error(), c.remedy)
		})
	}
}

func TestARobotsKeyIsShownInNoFaultAndNoList(t *testing.T) {
	const key = "693a91f6-7aac-4bc4-97a0"
	group := "{name: 专班工作群, members: []}"
	for _, webhook := range []string{key + "!", "[" + key + "]", key} {
		path := edited(t, edit{group, "{name: 专班工作群, members: [], wecom: {webhook: " + webhook + "}}"})
		for _, what := range []string{"config", "check"} {
			got := command(t, nil, "", "--config", path, what)
			require.NotContains(t, got.out+got.errs, key)
		}
	}
}

// TestAGroupsWebhookNeedNotBeInTheFile: it comes from the environment, or from a file of
// its own that the environment names.
func TestAGroupsWebhookNeedNotBeInTheFile(t *testing.T) {
	const key = "693a91f6-7aac-4bc4-97a0"
	path, held := edited(t), filepath.Join(t.TempDir(), "webhook")
	require.NoError(t, os.WriteFile(held, []byte("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="+key+"\n"), 0o600))
	env := []string{"ZHUANBAN_GROUPS_0_WECOM_WEBHOOK_FILE=" + held}
	cfg, err := loadCampaign(path, env)
	require.NoError(t, err)
	require.Equal(t, key, cfg.Groups[0].wecom(cfg.configured).Key())
	got := command(t, env, "", "--config", path, "config")
	require.Regexp(t, `(?m)^groups\[0\]\.wecom\.webhook +\(set, hidden\) +ZHUANBAN_GROUPS_0_WECOM_WEBHOOK_FILE \(`, got.out)
	require.NotContains(t, got.out, key)

	_, err = loadCampaign(path, []string{"ZHUANBAN_GROUPS_1_WECOM_WEBHOOK=hush"})
	require.ErrorContains(t, err, "ZHUANBAN_GROUPS_1_WECOM_WEBHOOK: groups[1].wecom.webhook: ")
	require.NotContains(t, err.Error(), "hush")
	_, err = loadCampaign(path, []string{"ZHUANBAN_GROUPS_0_WECOM_WEBHOOK=" + key, "ZHUANBAN_GROUPS_1_WECOM_WEBHOOK=" + key})
	require.ErrorContains(t, err, "of its own")
	_, err = loadCampaign(path, []string{"ZHUANBAN_GROUPS_2_WECOM_WEBHOOK=" + key})
	require.ErrorContains(t, err, "groups has 2 entries")
	require.NotContains(t, err.Error(), key)
}

func TestAllMistakesAreNamedTogether(t *testing.T) {
	_, err := loadCampaign(edited(t, edit{"prefix: AX", "prefix: ax"}, edit{"unit: fengcheng, role: filer", "unit: fengchen, role: filer"}), nil)
	require.ErrorContains(t, err, "campaign.prefix")
	require.ErrorContains(t, err, "people[21].unit")
}

func TestRealPeopleGetNoSimulatedClockAndNoOpenPage(t *testing.T) {
	real := edit{`corp_id: ""`, `corp_id: "ww1"`}
	_, err := loadCampaign(edited(t, real), nil)
	require.ErrorContains(t, err, "set clock: real")
	_, err = loadCampaign(edited(t, real, edit{"clock: simulated", "clock: real"}, edit{"listen: 127.0.0.1:8080", "listen: 0.0.0.0:8080"}), nil)
	require.ErrorContains(t, err, "phone.enabled")
	_, err = loadCampaign(edited(t, real, edit{"clock: simulated", "clock: real"}), nil)
	require.NoError(t, err)
}

func TestAMissingFileSaysWhatToDo(t *testing.T) {
	got := command(t, nil, "", "--config", "nowhere.yaml", "check")
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.errs, "--config")
}

// TestConfigurationAloneChangesTheBot: another figure, rule, deadline or unit needs
// no Go.
func TestConfigurationAloneChangesTheBot(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edits []edit
		as    string
		at    string
		lines []string
		want  string
		not   string
	}{
		"another figure": {
			edits: []edit{{"    - {key: a03_vehicles,", "    - {key: a99_dogs, label: 出动警犬, unit: 只, type: int, sec: A, agg: sum, required: true, core: true, alias: [警犬]}\n    - {key: a03_vehicles,"}},
			as:    "fengcheng.filer", lines: []string{"行动3次 出动18人次 警犬2只", "提交"}, want: "出动警犬 2只",
		},
		"another rule": {
			edits: []edit{{"    - {id: R02,", "    - {id: R99, level: error, scope: row, expr: \"a01_actions <= 5\", msg: \"一周不超过五次\"}\n    - {id: R02,"}},
			as:    "fengcheng.filer", lines: []string{"行动6次 出动18人次", "提交"}, want: "一周不超过五次", not: "已报送",
		},
		"another deadline": {
			edits: []edit{{`due: {weekday: 5, time: "17:30"`, `due: {weekday: 5, time: "12:00"`}},
			as:    "fengcheng.filer", at: "2024-01-19T13:00", lines: []string{"零报告", "提交"}, want: "迟报",
		},
		"one period's deadline moved": {
			edits: []edit{{"overrides: []", `overrides: [{period: 2, due: "2024-01-22 12:00", reason: 停电}]`}},
			as:    "fengcheng.filer", at: "2024-01-22T09:00", lines: []string{"零报告", "提交"}, want: "按时",
		},
		"another unit": {
			edits: []edit{
				{"  - {id: jiandou,", "  - {id: xinsuo, name: 新所, kind: station}\n  - {id: jiandou,"},
				{"  - {account: jiandou.filer,", "  - {account: xinsuo.filer, name: 填报员·新所, unit: xinsuo, role: filer}\n  - {account: jiandou.filer,"},
			},
			as: "office.director", lines: []string{"谁没报"}, want: "应报 21 家",
		},
		"another prefix": {
			edits: []edit{{"prefix: AX", "prefix: DH"}},
			as:    "fengcheng.filer", lines: []string{"凤城镇建设路12号某某鞋店销售假冒某品牌运动鞋200双", "提交"}, want: "DH-2024-0001",
		},
		"another field of the lead": {
			edits: []edit{{"      - {key: platform,", "      - {key: plate, label: 车牌号, type: text, required: true}\n      - {key: platform,"}},
			as:    "fengcheng.filer", lines: []string{"凤城镇建设路12号某某鞋店销售假冒某品牌运动鞋200双"}, want: "车牌号",
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := edited(t, c.edits...)
			at := c.at
			if at == "" {
				at = "2024-01-19T10:00"
			}
			env := environment(t, databases[0].url(t))
			got := command(t, env, strings.Join(c.lines, "\n")+"\n", "--config", path, "chat", "--as", c.as, "--at", at)
			require.Zero(t, got.code, got.errs)
			require.Contains(t, got.out, c.want)
			if c.not != "" {
				require.NotContains(t, got.out, c.not)
			}
		})
	}
}

// TestTheDirectoryOfWeComMeansSomethingHere: these hold once WeCom is configured.
func TestTheDirectoryOfWeComMeansSomethingHere(t *testing.T) {
	real := []edit{{`corp_id: ""`, `corp_id: "ww1"`}, {"clock: simulated", "clock: real"}}
	for directory, want := range map[string]string{
		`departments: {"12": fengchen}`:                                "use the id of a unit",
		`departments: {"twelve": fengcheng}`:                           "部门ID",
		`departments: {"12": fengcheng}, tags: {"boss": head}`:         "标签ID",
		`departments: {}, tags: {"3": head}`:                           "take the tags out",
		`departments: {"12": fengcheng}, every: 5s`:                    "such as 1h",
		`departments: {"12": fengcheng}, every: 1h, tags: {"3": boss}`: "wecom.directory.tags.3",
	} {
		_, err := loadCampaign(edited(t, append(real, edit{"directory: {departments: {}, tags: {}, role: filer}", "directory: {" + directory + "}"})...), nil)
		require.ErrorContains(t, err, want, directory)
	}
	_, err := loadCampaign(edited(t, append(real, edit{`callback_url: ""`, `callback_url: "example.org"`})...), nil)
	require.ErrorContains(t, err, "/wecom/callback")
	cfg, err := loadCampaign(edited(t, append(real, edit{"directory: {departments: {}, tags: {}, role: filer}", `directory: {departments: {"12": fengcheng}, tags: {"3": head}}`})...), nil)
	require.NoError(t, err)
	require.True(t, cfg.WeCom.Directory.read())
	require.Equal(t, "filer", string(cfg.WeCom.Directory.Role))
}

// TestTheDirectoryOfDingTalkMeansSomethingHere: these hold once DingTalk is configured.
func TestTheDirectoryOfDingTalkMeansSomethingHere(t *testing.T) {
	real := []edit{{`client_id: ""`, `client_id: "ding1"`}, {`client_secret: ""`, `client_secret: "x"`}, {"clock: simulated", "clock: real"}}
	with := func(directory string, more ...edit) error {
		_, err := loadCampaign(edited(t, append(append(real, edit{"directory: {departments: {}, role: filer}\n  # What depends",
			"directory: {" + directory + "}\n  # What depends"}), more...)...), nil)
		return err
	}
	for directory, want := range map[string]string{
		`departments: {"12": fengchen}`:             "use the id of a unit",
		`departments: {"twelve": fengcheng}`:        "部门ID",
		`departments: {"12": fengcheng}, every: 5s`: "such as 1h",
		`departments: {}, tags: {}`:                 "tags",
	} {
		require.ErrorContains(t, with(directory), want, directory)
	}
	mapped := `departments: {"12": fengcheng}`
	require.NoError(t, with(mapped))
	require.ErrorContains(t, with(mapped, edit{"  # accounts: bound", "  accounts: bound"}), "dingtalk.accounts: same")
	require.ErrorContains(t, with(mapped, edit{`corp_id: ""`, `corp_id: "ww1"`}), "WeCom's directory decides")
	require.NoError(t, with(`every: 1h`, edit{`corp_id: ""`, `corp_id: "ww1"`}))
	_, err := loadCampaign(edited(t, real[0], real[2]), nil)
	require.ErrorContains(t, err, "dingtalk.client_secret")
}

// TestWhoseAccountsTheUsersOfDingTalkAre: where WeCom is there as well, two
// organisations' names are two things, unless the configuration says otherwise.
func TestWhoseAccountsTheUsersOfDingTalkAre(t *testing.T) {
	ding := []edit{{`client_id: ""`, `client_id: "ding1"`}, {`client_secret: ""`, `client_secret: "x"`}, {"clock: simulated", "clock: real"}}
	for name, c := range map[string]struct {
		edits    []edit
		same     bool
		platform string
	}{
		"DingTalk alone":                {nil, true, "dingtalk"},
		"with the app of WeCom":         {[]edit{{`corp_id: ""`, `corp_id: "ww1"`}}, false, "wecom"},
		"with the robot of WeCom":       {[]edit{{`    id: ""`, `    id: "aib1"`}}, false, "wecom.robot"},
		"with a robot that is called":   {[]edit{{`mode: socket`, `mode: webhook`}, {`    token: ""`, `    token: "t"`}}, false, "dingtalk"},
		"with WeCom, in the same names": {[]edit{{`corp_id: ""`, `corp_id: "ww1"`}, {"  # accounts: bound", "  accounts: same"}}, true, "wecom"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := loadCampaign(edited(t, append(c.edits, ding...)...), nil)
			require.NoError(t, err)
			require.Equal(t, c.same, cfg.sameAccounts())
			require.Equal(t, c.platform, cfg.platform())
		})
	}
	cfg, err := loadCampaign(edited(t, edit{"{account: fengcheng.filer,", "{account: fengcheng.filer, dingtalk: 0421,"}, edit{"{account: fengcheng.head,", "{account: fengcheng.head, dingtalk: 'Manager 1',"}), nil)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"0421": "fengcheng.filer", "Manager 1": "fengcheng.head"}, cfg.userIDs(), "as they were written, without quotes as well")
}
