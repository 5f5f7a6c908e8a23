package sheet_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"zhuanban/handlers/ledger/sheet"
)

var day = time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC)

// written is a table of one row whose summary is the given text.
func written(t *testing.T, summary string) []byte {
	t.Helper()
	var out bytes.Buffer
	head := sheet.Head{Title: "某某行动线索台账", About: "范围:全部", Mark: "职员&专项办 2024-03-05 TZ-2024-0001", Paper: sheet.A3}
	err := sheet.Write(&out, head, sheet.Columns(), func(add func([]any) error) error {
		row := make([]any, len(sheet.Columns()))
		for i, c := range sheet.Columns() {
			row[i] = map[sheet.Kind]any{sheet.Text: c.Title, sheet.Date: day, sheet.Count: i + 1}[c.Kind]
			if c.Key == "content" {
				row[i] = summary
			}
			if c.Key == "closed" {
				row[i] = time.Time{}
			}
		}
		return add(row)
	})
	require.NoError(t, err)
	return out.Bytes()
}

func opened(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

// TestTheTableAsOneSeesIt reads cell by cell what somebody opens.
func TestTheTableAsOneSeesIt(t *testing.T) {
	f := opened(t, written(t, "销售假冒运动鞋"))
	const name = "线索台账"
	cell := func(at string) string {
		v, err := f.GetCellValue(name, at)
		require.NoError(t, err)
		return v
	}
	require.Equal(t, []string{name}, f.GetSheetList())
	require.Equal(t, "某某行动线索台账", cell("A1"))
	require.Equal(t, "范围:全部", cell("A2"))
	require.Equal(t, "线索登记", cell("A3"))
	require.Equal(t, "研判交办", cell("J3"))
	require.Equal(t, "核查处理", cell("R3"))
	var titles []string
	for i := range sheet.Columns() {
		at, err := excelize.CoordinatesToCellName(i+1, 4)
		require.NoError(t, err)
		titles = append(titles, cell(at))
	}
	require.Equal(t, strings.Split("序号|编号|登记日期|来源|提供单位|涉嫌主体|线索摘要|违法类型|紧急程度|研判意见|分流去向|承办单位|承办人|交办日期|核查期限|延期(批准人/日期)|扣除天数(检验鉴定/权利人辨认)|核查结果|立案文号日期|移送去向文号|反馈日期|处罚结果|办结日期|超期标志|备注", "|"), titles)
	require.Equal(t, "2024-03-05", cell("C5"), "a day is shown as one")
	raw, err := f.GetCellValue(name, "C5", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	require.Equal(t, "45356", raw, "and is one")
	kind, err := f.GetCellType(name, "A5")
	require.NoError(t, err)
	require.NotEqual(t, excelize.CellTypeInlineString, kind, "a number is a number")
	require.Empty(t, cell("W5"), "no day is none")

	merged, err := f.GetMergeCells(name)
	require.NoError(t, err)
	var ranges []string
	for _, m := range merged {
		ranges = append(ranges, m[0])
	}
	require.ElementsMatch(t, []string{"A1:Y1", "A2:Y2", "A3:I3", "J3:Q3", "R3:X3", "Y3:Y4"}, ranges)
	panes, err := f.GetPanes(name)
	require.NoError(t, err)
	require.Equal(t, []any{true, 3, 4, "D5"}, []any{panes.Freeze, panes.XSplit, panes.YSplit, panes.TopLeftCell})
	layout, err := f.GetPageLayout(name)
	require.NoError(t, err)
	require.Equal(t, []any{8, "landscape", 1, 0}, []any{*layout.Size, *layout.Orientation, *layout.FitToWidth, *layout.FitToHeight})
	props, err := f.GetSheetProps(name)
	require.NoError(t, err)
	require.True(t, *props.FitToPage)
	mark, err := f.GetHeaderFooter(name)
	require.NoError(t, err)
	require.Contains(t, mark.OddHeader, "职员&&专项办 2024-03-05 TZ-2024-0001")
	require.Contains(t, mark.OddFooter, "TZ-2024-0001")
	require.Less(t, max(len([]rune(mark.OddHeader)), len([]rune(mark.OddFooter))), 256, "no program takes more")
	require.Equal(t, "'线索台账'!$3:$4", f.GetDefinedName()[0].RefersTo)
	width, err := f.GetColWidth(name, "G")
	require.NoError(t, err)
	require.InDelta(t, 44, width, 0.01)
}

// TestNoTextBecomesAFormula: neither here nor where the cell is copied to.
func TestNoTextBecomesAFormula(t *testing.T) {
	for text, want := range map[string]string{
		"=HYPERLINK(\"http://x\")": "'=HYPERLINK(\"http://x\")", "+86 0595": "'+86 0595", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1+1": "'=1+1",
		" =1": "' =1", "=1": "'=1", "销售=假货": "销售=假货", "a\x00\x0bb": "ab", "": "",
	} {
		f := opened(t, written(t, text))
		got, err := f.GetCellValue("线索台账", "G5")
		require.NoError(t, err)
		require.Equal(t, want, got)
		formula, err := f.GetCellFormula("线索台账", "G5")
		require.NoError(t, err)
		require.Empty(t, formula)
		require.Equal(t, strings.Trim(want, "'"), sheet.Fused(want))
	}
	require.Equal(t, "'单引号", sheet.Fused("'单引号"), "an apostrophe of somebody's own stays")
}

// TestOurTableIsReadAgain: what is written is what is read.
func TestOurTableIsReadAgain(t *testing.T) {
	pages, err := sheet.Open("a.xlsx", written(t, "=销售假冒运动鞋"))
	require.NoError(t, err)
	table, ok := sheet.FindTable(pages[0])
	require.True(t, ok)
	require.Len(t, table.Rows, 1)
	row := table.Rows[0]
	require.Equal(t, 5, row.At)
	require.Equal(t, "=销售假冒运动鞋", row.Cells["content"])
	require.Equal(t, "备注", row.Cells["note"])
	require.Len(t, row.Cells, len(sheet.Columns())-1)
	d, ok := table.Date(row.Cells["registered"], day)
	require.True(t, ok)
	require.Equal(t, "2024-03-05", d.String())
	require.Empty(t, table.Ignored)
	require.Equal(t, "G5 线索摘要", table.Cell(row, "content"))
}

// csv is a table in the ways in which others write it.
func TestTablesOfOthers(t *testing.T) {
	const text = "某某局台账,,,\n线索编号,登记时间,被举报人,货值(万元),举报人电话,别的\n1,2024/3/5,阿强鞋店,3,138,x\n\n2,3月6日,阿强酒行,,,\n合计,,,3,,\n"
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	require.NoError(t, err)
	for name, data := range map[string]string{"UTF-8": text, "with a mark": "\xef\xbb\xbf" + text, "GB18030": gbk,
		"with tabs": strings.ReplaceAll(text, ",", "\t"), "with semicolons": strings.ReplaceAll(text, ",", ";"), "of Windows": strings.ReplaceAll(text, "\n", "\r\n")} {
		t.Run(name, func(t *testing.T) {
			pages, err := sheet.Open("某局.csv", []byte(data))
			require.NoError(t, err)
			table, ok := sheet.FindTable(pages[0])
			require.True(t, ok)
			require.Equal(t, "某局", table.Page)
			require.Len(t, table.Rows, 2)
			require.Equal(t, map[string]string{"number": "1", "registered": "2024/3/5", "subject": "阿强鞋店", "value": "3"}, table.Rows[0].Cells)
			require.Equal(t, 5, table.Rows[1].At)
			require.Equal(t, "万元", table.Unit("value"))
			require.Equal(t, []string{"举报人电话"}, table.Sealed, "who reported is never read")
			require.Equal(t, []string{"别的"}, table.Ignored)
		})
	}
}

// TestMergedCells: heads over two rows, and a unit that was written once for three rows.
func TestMergedCells(t *testing.T) {
	f := excelize.NewFile()
	set := func(at string, v any) { require.NoError(t, f.SetCellValue("Sheet1", at, v)) }
	merge := func(a, b string) { require.NoError(t, f.MergeCell("Sheet1", a, b)) }
	set("A1", "台账")
	merge("A1", "E1")
	set("A2", "编号")
	merge("A2", "A3")
	set("B2", "登记")
	merge("B2", "C2")
	set("B3", "提供单位")
	set("C3", "登记日期")
	set("D2", "线索\n内容")
	merge("D2", "D3")
	set("A4", "X-1")
	set("A5", "X-2")
	set("A6", "X-3")
	set("B4", "凤城所")
	merge("B4", "B5")
	set("B6", "湖头所")
	set("C4", time.Date(2024, 3, 5, 13, 0, 0, 0, time.UTC))
	for _, at := range []string{"D4", "D5", "D6"} {
		set(at, "卖假鞋")
	}
	var out bytes.Buffer
	require.NoError(t, f.Write(&out))
	pages, err := sheet.Open("a.xlsx", out.Bytes())
	require.NoError(t, err)
	table, ok := sheet.FindTable(pages[0])
	require.True(t, ok)
	var units []string
	for _, r := range table.Rows {
		if r.At >= 4 {
			units = append(units, r.Cells["number"]+r.Cells["unit"])
		}
	}
	require.Equal(t, []string{"X-1凤城所", "X-2凤城所", "X-3湖头所"}, units)
	d, ok := table.Date(table.Rows[len(table.Rows)-3].Cells["registered"], day)
	require.True(t, ok)
	require.Equal(t, "2024-03-05", d.String())
}

func TestFilesThatAreNone(t *testing.T) {
	for name, c := range map[string]struct{ data, says string }{
		"empty":          {"", "empty"},
		"an old .xls":    {"\xd0\xcf\x11\xe0....", "save it as .xlsx"},
		"a broken .xlsx": {"PK\x03\x04 nonsense", "save it as .xlsx"},
		"a picture":      {"\x89PNG\r\n\x1a\n\x00\x00\x00", "neither"},
		"too large":      {strings.Repeat("a", sheet.LargestFile+1), "divide it"},
		"too many rows":  {strings.Repeat("a\n", sheet.MostRows+200), "rows"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sheet.Open("x", []byte(c.data))
			require.ErrorIs(t, err, sheet.ErrFile)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestDays(t *testing.T) {
	var table sheet.Table
	for text, want := range map[string]string{"2024-03-05": "2024-03-05", "2024/3/5": "2024-03-05", "2024.3.5": "2024-03-05", "20240305": "2024-03-05",
		"2024年3月5日": "2024-03-05", "45356": "2024-03-05", "45356.75": "2024-03-05", "2024-03-05 09:30": "2024-03-05", "3月4日": "2024-03-04", "２０２４－３－５": "2024-03-05",
		"2024-02-30": "", "2024-13-01": "", "7": "", "3月": "", "昨天天": "", "1e300": ""} {
		d, ok := table.Date(text, day)
		require.Equal(t, want != "", ok, text)
		if ok {
			require.Equal(t, want, d.String(), text)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("编号,登记日期,涉嫌主体\n1,2024-03-05,某某\n"))
	f.Add([]byte("\xff\xfea\x00,\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		pages, err := sheet.Open("a.csv", data)
		if err != nil {
			return
		}
		for _, p := range pages {
			table, ok := sheet.FindTable(p)
			if !ok {
				continue
			}
			for _, r := range table.Rows {
				require.Positive(t, r.At)
				for key, text := range r.Cells {
					_, _ = table.Date(text, day)
					require.NotEmpty(t, table.Cell(r, key))
				}
			}
		}
	})
}
