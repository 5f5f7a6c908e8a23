package zh_test

import (
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"zhuanban/bot/calendar"
	"zhuanban/bot/zh"
)

// Every integer up to 10^9 reads back, however it is written.
func TestIntegersReadBack(t *testing.T) {
	check := func(t require.TestingT, n int64) {
		for _, text := range []string{strconv.FormatInt(n, 10), zh.FromInt(n).Grouped(), zh.Spell(n, zh.Everyday), zh.Spell(n, zh.Formal), old(zh.Spell(n, zh.Everyday)), old(zh.Spell(n, zh.Formal)), mixed(n), wide(strconv.FormatInt(n, 10))} {
			got, ok := zh.ParseNumber(text)
			require.True(t, ok, text)
			require.Equal(t, zh.FromInt(n), got.Value, text)
			require.False(t, got.Approx(), text)

			m, ok := zh.ParseMoney(text + "元")
			require.True(t, ok, text)
			require.Equal(t, n*100, m.Fen, text)

			found := zh.Numbers("共" + text + "户。")
			require.Len(t, found, 1, text)
			require.Equal(t, zh.FromInt(n), found[0].Value, text)
			require.Equal(t, "户", found[0].Unit, text)
		}
	}
	for n := range int64(2000) {
		check(t, n)
	}
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.IntRange(1, 9).Draw(t, "digits")
		limit := int64(1)
		for range digits {
			limit *= 10
		}
		check(t, rapid.Int64Range(0, limit).Draw(t, "n"))
	})
}

// old writes in traditional characters.
func old(s string) string {
	return strings.NewReplacer("万", "萬", "亿", "億", "两", "兩", "贰", "貳", "叁", "參", "陆", "陸", "零", "〇").Replace(s)
}

// mixed writes what is above 万 in digits and words: 12万3456.
func mixed(n int64) string {
	if n < 1_0000 || n%1_0000 < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n/1_0000, 10) + "万" + strconv.FormatInt(n%1_0000, 10)
}

// wide writes ASCII in full width.
func wide(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		out = append(out, r+0xFEE0)
	}
	return string(out)
}

// Every day and minute reads back as it is written.
func TestTimesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.Date{Year: 2020, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 4000).Draw(t, "day"))
		at := d.At(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
		for _, layout := range []string{"2006年1月2日", "2006-01-02", "2006/1/2", "2006.1.2", "20060102"} {
			for _, clock := range []string{"", " 15:04"} {
				text := at.Format(layout + clock)
				w, ok := zh.ParseDate(text, said, zh.Past)
				require.True(t, ok, text)
				require.Equal(t, d, w.First(), text)
				require.Equal(t, d, w.Last(), text)
				if clock != "" {
					require.True(t, at.Equal(w.From) && at.Equal(w.To), text)
				}
			}
		}
		text := zh.Spell(int64(d.Month), zh.Everyday) + "月" + zh.Spell(int64(d.Day), zh.Everyday) + "日"
		if d.Month == 2 {
			text = d.Chinese()
		}
		past, ok := zh.ParseDate(text, d.At(18, 0), zh.Past)
		require.True(t, ok, text)
		require.Equal(t, d, past.First(), text)
	})
}

// pieces are what the fuzzed texts are made of, so that they come near to meaning something.
var pieces = []string{"廿", "截至", "到", "为止", "目前", "差", "刻", "前三", "个月", "年前", "年内", "明后", "3·15", "双11", "当天", "、", "2w5", "成", "折", "好几", "百来", "RMB", "起", "大箱", "一", "二", "两", "三", "五", "十", "百", "千", "万", "亿", "零", "半", "几", "多", "1", "2", "15", "2024", "3.5", "1,234", "年", "月", "日", "号", "点", "分", "时", ":", "-", "/", ".", "到", "至", "周", "上", "下", "本", "前", "后", "元", "块", "角", "个", "户", "件", "约", "不到", "以上", "%", "分之", "又", "第", "上午", "晚", "昨天", "〔2024〕3号", "13812345678", "W", "k", "kg", "（含）", " ", "　", "，", "\n", "壹", "贰", "拾", "整", "１", "来", "余", "+", "季度", "旬", "底", "以来", "小时", "天", "https://a.cn", "\xff", "😀",
	"国庆", "节", "期间", "第一天", "工作日", "最后一个", "农历", "正月", "腊月", "初", "除夕", "闰", "闽C", "·", "ZL", "商标", "商标号", "专利号", "【2024】", "202310123456.6", "内", "五一", "第三周", "item.jd.com/1.html", "打", "几十", "以下"}

func TestAnythingReadsSoundly(t *testing.T) {
	days := workdays(t)
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "parts")
		text := ""
		for _, p := range parts {
			text += p
		}
		sound(t, text)
		known := zh.Read(text, said).With(days)
		for _, w := range append(known.Dates(zh.Past), known.Dates(zh.Future)...) {
			require.False(t, w.To.Before(w.From), "%q: %v to %v", text, w.From, w.To)
		}
		known.Numbers()
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"昨天下午三点半在建设路12号查获假茅台12瓶，货值约3.6万元，电话13812345678", "1月15日到26日检查三十二户", "贰拾叁万元整", "5月-10月", "https://a.cn/1", "100000000000000万", "\xff一百"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { sound(t, text) })
}

// sound checks what holds of every text: nothing panics, spans lie in order
// within the text on whole characters and share none, and what was read by
// itself is read again.
func sound(t require.TestingT, text string) {
	end := 0
	check := func(s zh.Span) {
		require.True(t, end <= s.From && s.From < s.To && s.To <= len(text), "%q: %v after %d", text, s, end)
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(s.In(text)), "%q: %v", text, s)
		}
		end = s.To
	}
	for _, n := range zh.Numbers(text) {
		check(n.Span)
		require.Equal(t, n.Bound == zh.Range, n.Low != n.High, text)
		if n.Bound == zh.Range {
			require.Less(t, n.Low, n.High, text)
		}
		if n.Unit != "" && n.UnitSpan.To > 0 {
			require.True(t, n.From <= n.UnitSpan.From && n.UnitSpan.To <= n.To, text)
		}
	}
	end = 0
	for _, m := range zh.Moneys(text) {
		check(m.Span)
		require.GreaterOrEqual(t, m.Fen, int64(0), text)
		require.LessOrEqual(t, m.Low, m.High, text)
	}
	for _, prefer := range []zh.Prefer{zh.Past, zh.Future} {
		end = 0
		for _, w := range zh.Dates(text, said, prefer) {
			check(w.Span)
			require.False(t, w.To.Before(w.From), "%q: %v to %v", text, w.From, w.To)
			require.Equal(t, calendar.Shanghai, w.From.Location())
		}
	}
	end = 0
	for _, p := range zh.Phones(text) {
		check(p.Span)
	}
	end = 0
	for _, u := range zh.URLs(text) {
		check(u.Span)
		require.Equal(t, u.Text, u.In(text))
	}
	for _, codes := range [][]zh.Code{zh.Identity(text), zh.CreditCodes(text), zh.Plates(text), zh.Trademarks(text), zh.Documents(text), zh.Tickets(text)} {
		end = 0
		for _, c := range codes {
			check(c.Span)
			require.NotEmpty(t, c.Text, text)
		}
	}
	end = 0
	for _, p := range zh.Patents(text) {
		check(p.Span)
	}
	end = 0
	for _, k := range zh.Links(text) {
		check(k.Span)
		require.NotEmpty(t, k.Platform, text)
	}
	zh.Ordinals(text)
	usesAreSound(t, text, check, &end)
	sameOnALine(t, text)
	zh.Answer(text)
	zh.Choice(text)
	zh.ParseNumber(text)
	zh.ParseMoney(text)
	zh.ParseDate(text, said, zh.Past)
	zh.Zero(text)
	zh.Mask(text)
}

// usesAreSound checks what meetings, questions and names are made of.
func usesAreSound(t require.TestingT, text string, check func(zh.Span), end *int) {
	l := zh.Read(text, said)
	towns, stations, figures := vocabularies()
	for _, v := range []*zh.Vocabulary{towns, stations, figures} {
		*end = 0
		for _, n := range l.Names(v) {
			check(n.Span)
			require.NotEmpty(t, n.Keys, text)
		}
	}
	*end = 0
	for _, c := range l.CaseNumbers() {
		check(c.Span)
		require.NotEmpty(t, c.Text, text)
	}
	m, _ := l.Meeting()
	*end = 0
	for _, s := range m.Invited {
		check(s)
	}
	require.LessOrEqual(t, m.Room.From, m.Room.To, text)
	l.Question(figures, stations)
}

// sameOnALine checks that a shared line reads what the functions do, whatever
// is asked of it first.
func sameOnALine(t require.TestingT, text string) {
	l := zh.Read(text, said)
	future := l.Dates(zh.Future)
	moneys := l.Moneys()
	require.Equal(t, zh.Numbers(text), l.Numbers(), text)
	require.Equal(t, zh.Moneys(text), moneys, text)
	require.Equal(t, zh.Dates(text, said, zh.Past), l.Dates(zh.Past), text)
	require.Equal(t, zh.Dates(text, said, zh.Future), future, text)
	require.Equal(t, zh.Phones(text), l.Phones(), text)
	require.Equal(t, zh.URLs(text), l.URLs(), text)
	require.Equal(t, zh.Identity(text), l.Identity(), text)
}

// Time grows with the length of the text, whatever stands in it.
func TestLongTextsStayLinear(t *testing.T) {
	towns, stations, figures := vocabularies()
	for _, piece := range []string{"一", "1", "第", "1,234", "3-", "三到", "https://", "a.", "周", "1月1日到", "截至", "1、2、", "到", "差五分", "年前", "会商参加", "AX-2024-0031、", "凤城", "会议室", "约", "十亿", "1-2-", "半", "138 ", "节后", "正月", "【2024】", "2024【", "工单号1", "闽C", "商标"} {
		cost := func(n int) time.Duration {
			text := strings.Repeat(piece, n)
			best := time.Hour
			for range 3 {
				began := time.Now()
				zh.Numbers(text)
				zh.Moneys(text)
				zh.Dates(text, said, zh.Past)
				zh.Phones(text)
				zh.URLs(text)
				zh.Plates(text)
				zh.Trademarks(text)
				zh.Patents(text)
				zh.Documents(text)
				zh.Tickets(text)
				l := zh.Read(text, said)
				l.Meeting()
				l.Question(figures, stations)
				l.Names(towns)
				best = min(best, time.Since(began))
			}
			return best
		}
		short, long := cost(250), cost(8000) // squares would take a thousand times as long
		for tries := 0; long >= 150*short+10*time.Millisecond && tries < 3; tries++ {
			short, long = max(short, cost(250)), min(long, cost(8000)) // the machine was busy
		}
		require.Less(t, long, 150*short+10*time.Millisecond, "32 times %q took %v after %v", piece, long, short)
	}
}
