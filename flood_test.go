package main

import (
	"bufio"
	"cmp"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"zhuanban/handlers/ledger"
	"zhuanban/store"
)

// flood puts n plausible leads into an empty database, the same for every run, with their
// terms, past the program: a million in minutes. The terms go in sorted, as no program
// that registers leads could.
func flood(t *testing.T, cfg *campaign, n int) {
	t.Helper()
	d, err := openDesk(t.Context(), cfg, quiet) // makes the tables
	require.NoError(t, err)
	require.NoError(t, d.close())
	db := floodInto(t, cfg.Database.URL, n)
	f := flooding{t: t, db: db, random: rand.New(rand.NewPCG(1, 2)), cfg: cfg}
	var terms [][2]int64
	leads := f.table("leads", "id", "number", "state", "registered_at", "found_at", "source", "unit", "reporter", "subject", "place", "township",
		"violation", "category", "urgency", "content", "value", "quantity", "phone", "platform", "shop", "link", "details", "form_hash", "version", "updated_at")
	begin := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	const day = 24 * 60 * 60 * 1000
	span := int64(800 * day)
	for i := range n {
		at := begin + span*int64(i)/int64(n)
		l := f.lead(i)
		l.ID = int64(i+1) << 22
		var value any
		if l.Value != nil {
			value = *l.Value
		}
		leads.add(l.ID, l.Number, string(l.State), at, at, l.Source, l.Unit, l.Reporter, l.Subject, l.Place, l.Township, l.Violation, l.Category,
			l.Urgency, l.Content, value, l.Quantity, l.Phone, l.Platform, l.Shop, l.Link, "{}", "", 1, at)
		for _, term := range ledger.Terms(l) {
			terms = append(terms, [2]int64{term, l.ID})
		}
	}
	leads.end()
	slices.SortFunc(terms, func(a, b [2]int64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	f.index(terms)
	f.exec(floodHandlings)
	f.exec("UPDATE settings SET value = '" + strconv.Itoa(ledger.TermsVersion) + ":done' WHERE name = 'lead_terms'")
	if f.mysql() {
		f.exec("ANALYZE TABLE leads, lead_terms, handlings")
	}
	t.Logf("%d leads, %.1f terms each", n, float64(len(terms))/float64(n))
}

// floodHandlings says of every lead how it is handled: a tenth is open, and most of that
// late.
const floodHandlings = `INSERT INTO handlings (lead_id, origin, unit, person, route, entered_at, routed_at, assigned_at, accepted_at, told_at, informed_at,
	demand_at, outcome, outcome_at, check_due_at, due_at, due_kind, open, before_state, series, merged_into, supervised, refused, note, updated_at)
	SELECT id, unit, unit, '', CASE WHEN state = 'registered' THEN '' ELSE 'local' END, registered_at,
	CASE WHEN state = 'registered' THEN 0 ELSE registered_at END, CASE WHEN state = 'registered' THEN 0 ELSE registered_at END, 0, 0, 0, 0, '', 0,
	CASE WHEN state IN ('registered', 'assigned', 'checking') THEN registered_at + 1814400000 ELSE 0 END,
	CASE WHEN state IN ('registered', 'assigned', 'checking') THEN registered_at + 1814400000 ELSE 0 END,
	CASE WHEN state IN ('registered', 'assigned', 'checking') THEN 'check' ELSE '' END,
	CASE WHEN state IN ('registered', 'assigned', 'checking', 'filed') THEN 1 ELSE 0 END, '', '', 0, 0, '', '', registered_at FROM leads`

// floodInto is the database by itself.
func floodInto(t *testing.T, address string, n int) *sql.DB {
	t.Helper()
	driver, dsn := "sqlite", "file:"+strings.TrimPrefix(address, "sqlite:")+"?_pragma=synchronous(OFF)&_pragma=busy_timeout(10000)"
	if strings.HasPrefix(address, "mysql:") {
		u, err := url.Parse(address)
		require.NoError(t, err)
		c := mysql.NewConfig()
		c.Net, c.Addr, c.DBName, c.User, c.InterpolateParams, c.MaxAllowedPacket = "tcp", u.Host, strings.Trim(u.Path, "/"), u.User.Username(), true, 16<<20
		c.Passwd, _ = u.User.Password()
		driver, dsn = "mysql", c.FormatDSN()
	}
	db, err := sql.Open(driver, dsn)
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	if driver == "mysql" && n > 100000 {
		_, err := db.ExecContext(t.Context(), "SET GLOBAL innodb_buffer_pool_size = 1073741824") // as a server has that is no test's
		require.NoError(t, err)
	}
	return db
}

// flooding makes leads.
type flooding struct {
	t      *testing.T
	db     *sql.DB
	cfg    *campaign
	random *rand.Rand
}

func (f *flooding) mysql() bool { return strings.HasPrefix(f.cfg.Database.URL, "mysql:") }

// index enters sorted terms, the quickest way that there is.
func (f *flooding) index(terms [][2]int64) {
	if !f.mysql() {
		index := f.table("lead_terms", "term", "lead_id")
		for _, row := range terms {
			index.add(row[0], row[1])
		}
		index.end()
		return
	}
	out, in := io.Pipe()
	mysql.RegisterReaderHandler("terms", func() io.Reader { return out })
	defer mysql.DeregisterReaderHandler("terms")
	go func() {
		w := bufio.NewWriterSize(in, 1<<20)
		var line []byte
		for _, row := range terms {
			line = append(strconv.AppendInt(append(strconv.AppendInt(line[:0], row[0], 10), '\t'), row[1], 10), '\n')
			if _, err := w.Write(line); err != nil {
				break
			}
		}
		_ = in.CloseWithError(w.Flush())
	}()
	f.exec("LOAD DATA LOCAL INFILE 'Reader::terms' INTO TABLE lead_terms")
}

func (f *flooding) exec(query string, args ...any) {
	f.t.Helper()
	_, err := f.db.ExecContext(f.t.Context(), query, args...)
	require.NoError(f.t, err)
}

func (f *flooding) table(name string, cols ...string) *filling {
	return &filling{flooding: f, head: "INSERT INTO " + name + " (" + strings.Join(cols, ", ") + ") VALUES ", cols: len(cols)}
}

// filling adds rows many at a time, and commits now and then.
type filling struct {
	*flooding
	head string
	cols int
	args []any
	rows int
}

func (f *filling) add(row ...any) {
	f.args = append(f.args, row...)
	if len(f.args)/f.cols == 400 {
		f.flush()
	}
}

func (f *filling) flush() {
	n := len(f.args) / f.cols
	if n == 0 {
		return
	}
	if f.rows == 0 {
		f.exec("BEGIN")
	}
	tuple := "(?" + strings.Repeat(",?", f.cols-1) + ")"
	f.exec(f.head+tuple+strings.Repeat(","+tuple, n-1), f.args...)
	f.args = f.args[:0]
	if f.rows += n; f.rows >= 200000 {
		f.exec("COMMIT")
		f.rows = 0
	}
}

func (f *filling) end() {
	f.flush()
	if f.rows > 0 {
		f.exec("COMMIT")
	}
}

var (
	floodNames   = strings.Split("阿强 阿明 阿华 强盛 兴旺 宏达 永兴 顺发 鑫源 福满 金山 泉兴 华联 新华 东方 明珠 四海 长城 天福 和顺 安顺 万家 百姓 家乐 好又多 惠民 利群 同心 三友 五洲", " ")
	floodShops   = strings.Split("鞋店 服装店 食杂店 烟酒行 茶庄 建材店 五金店 电器行 汽配店 玩具店 超市 药店 便利店 手机店 母婴店 酒业 鞋业 茶叶店 百货 文具店", " ")
	floodGoods   = strings.Split("运动鞋 白酒 铁观音 童装 电线 充电器 机油 奶粉 香烟 化妆品 插座 玩具 饮料 水泥 刹车片 耳机 皮带 洗衣液 茶叶 内衣", " ")
	floodRoads   = strings.Split("建设路 中山街 新安路 解放路 人民路 民主路 河滨路 凤山路 八三一路 金融街 龙湖路 祥云路 茶都路 火车站路 学府路", " ")
	floodWhat    = strings.Split("销售假冒%s%d件 涉嫌销售侵犯注册商标专用权的%s%d箱 群众举报出售高仿%s约%d双 巡查发现货架上摆放三无%s%d盒 网络监测发现直播间售卖假冒%s销量%d件 销售超过保质期的%s%d瓶 经营的%s外包装与知名品牌近似查获%d件", " ")
	floodTypes   = strings.Split("tm tm tm tm fake food other ad falsead confuse gi std", " ")
	floodSources = strings.Split("inspect inspect inspect report report complain transfer superior other", " ")
	floodStates  = strings.Split("closed closed closed closed closed closed closed not_filed not_filed filed assigned checking registered withdrawn", " ")
)

// lead is the i-th lead. The last ones are open, the others mostly closed.
func (f *flooding) lead(i int) store.Lead {
	r := f.random
	of := func(list []string) string { return list[r.IntN(len(list))] }
	u := f.cfg.Units[r.IntN(len(f.cfg.Units))]
	for len(u.Places) == 0 {
		u = f.cfg.Units[r.IntN(len(f.cfg.Units))]
	}
	// A few shops are complained of again and again; most once.
	name := of(floodNames) + of(floodNames)[:3] + strconv.Itoa(int(float64(50000)*r.ExpFloat64())) + of(floodShops)
	town, goods, many := of(u.Places), of(floodGoods), 1+r.IntN(500)
	place := fmt.Sprintf("%s%s%d号", town, of(floodRoads), 1+r.IntN(300))
	l := store.Lead{Number: fmt.Sprintf("%s-%d-%04d", f.cfg.settings.Campaign.Prefix, 2022, i+1), State: store.LeadState(of(floodStates)), Source: of(floodSources), Unit: u.ID,
		Reporter: u.ID + ".filer", Subject: name, Place: place, Township: town, Violation: of(floodTypes), Category: "shoes", Urgency: "normal",
		Quantity: strconv.Itoa(many) + "件", Content: place + name + fmt.Sprintf(of(floodWhat), goods, many)}
	if r.IntN(3) == 0 {
		l.Phone = fmt.Sprintf("13%09d", r.IntN(1e9))
	}
	if r.IntN(4) == 0 {
		l.Platform, l.Link = "淘宝", fmt.Sprintf("https://item.taobao.com/item.htm?id=6%011d&spm=a.%d", r.IntN(5e8), i)
	}
	if r.IntN(2) == 0 {
		v := int64(r.IntN(10000000))
		l.Value = &v
	}
	if i > 1000 && f.random.IntN(40) == 0 {
		l.State = "registered"
	}
	return l
}
