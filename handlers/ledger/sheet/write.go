package sheet

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// Paper is the paper that a table is printed on, lying.
type Paper int

// The papers, by their numbers in the file.
const (
	A3 Paper = 8
	A4 Paper = 9
)

// Head is what stands above and around a table.
type Head struct {
	Title string
	About string // the line below: which rows these are
	// Mark is the watermark, at the head and foot of every page: who took it, of which
	// unit, when, and the export's number.
	Mark  string
	Paper Paper
}

// The rows above the first of the table.
const (
	titleRow, aboutRow, groupRow, headRow = 1, 2, 3, 4
	// frozen is how many columns stay when one scrolls to the right: number and date.
	frozen = 3
)

const name = "线索台账"

// Write writes a table. rows hands every row to add, whose cells are strings, ints and
// times (the zero time is empty). Rows go to a temporary file as they come: a hundred
// thousand need no more memory than a thousand.
func Write(out io.Writer, h Head, cols []Column, rows func(add func(cells []any) error) error) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
	}()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	styles, err := newStyles(f)
	if err != nil {
		return fmt.Errorf("making the table's styles: %w", err)
	}
	if err := page(f, h); err != nil {
		return fmt.Errorf("setting up the table's pages: %w", err)
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("beginning the table: %w", err)
	}
	if err := heads(w, h, cols, styles); err != nil {
		return fmt.Errorf("writing the table's heads: %w", err)
	}
	at := headRow
	buffer := make([]any, len(cols))
	err = rows(func(cells []any) error {
		at++
		for i, c := range cols {
			buffer[i] = styles.cell(c, cells[i])
		}
		return w.SetRow(fmt.Sprintf("A%d", at), buffer)
	})
	if err != nil {
		return fmt.Errorf("writing row %d of the table: %w", at, err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("ending the table: %w", err)
	}
	if err := f.Write(out); err != nil {
		return fmt.Errorf("writing the table: %w", err)
	}
	return nil
}

// page sets up paper, margins, repeated heads and the watermark.
func page(f *excelize.File, h Head) error {
	paper, landscape, width, height := int(h.Paper), "landscape", 1, 0
	if err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &landscape, FitToWidth: &width, FitToHeight: &height}); err != nil {
		return err
	}
	fit, center := true, true
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	side, top, band := 0.4, 0.75, 0.3 // inches
	if err := f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &top,
		Header: &band, Footer: &band, Horizontally: &center}); err != nil {
		return err
	}
	mark := strings.ReplaceAll(oneLine(h.Mark), "&", "&&")
	if err := f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: `&C&"宋体,Regular"&10&K999999` + mark,
		OddFooter: `&L&"宋体,Regular"&9&K999999` + mark + `&R&9第 &P 页 共 &N 页`,
	}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name,
		RefersTo: fmt.Sprintf("'%s'!$%d:$%d", name, groupRow, headRow)})
}

// heads writes title, the line below it and the two rows of heads.
func heads(w *excelize.StreamWriter, h Head, cols []Column, s *styles) error {
	for i, c := range cols {
		if err := w.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, XSplit: frozen, YSplit: headRow, TopLeftCell: cellName(frozen+1, headRow+1), ActivePane: "bottomRight"}); err != nil {
		return err
	}
	groups, titles := make([]any, len(cols)), make([]any, len(cols))
	for i, c := range cols {
		groups[i] = excelize.Cell{StyleID: s.head, Value: c.Group}
		titles[i] = excelize.Cell{StyleID: s.head, Value: c.Title}
	}
	for _, row := range []struct {
		at     int
		height float64
		cells  []any
	}{
		{titleRow, 34, []any{excelize.Cell{StyleID: s.title, Value: plain(h.Title)}}},
		{aboutRow, 18, []any{excelize.Cell{StyleID: s.about, Value: plain(h.About)}}},
		{groupRow, 20, groups},
		{headRow, 46, titles},
	} {
		if err := w.SetRow(cellName(1, row.at), row.cells, excelize.RowOpts{Height: row.height}); err != nil {
			return err
		}
	}
	for _, at := range []int{titleRow, aboutRow} {
		if err := w.MergeCell(cellName(1, at), cellName(len(cols), at)); err != nil {
			return err
		}
	}
	return mergeGroups(w, cols)
}

// mergeGroups joins the heads of a group; one that stands alone is joined with its title.
func mergeGroups(w *excelize.StreamWriter, cols []Column) error {
	for from := 0; from < len(cols); {
		to := from
		for to+1 < len(cols) && cols[to+1].Group == cols[from].Group {
			to++
		}
		end := cellName(to+1, groupRow)
		if to == from {
			end = cellName(to+1, headRow)
		}
		if from != to || cols[from].Group == cols[from].Title {
			if err := w.MergeCell(cellName(from+1, groupRow), end); err != nil {
				return err
			}
		}
		from = to + 1
	}
	return nil
}

func cellName(col, row int) string {
	s, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return "A1" // only for numbers below one
	}
	return s
}

// cell is a value as it is written: text never begins as a formula does.
func (s *styles) cell(c Column, v any) excelize.Cell {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			return excelize.Cell{StyleID: s.date}
		}
		return excelize.Cell{StyleID: s.date, Value: v}
	case string:
		style := s.text
		if c.Width < narrow {
			style = s.middle
		}
		if v == "" {
			return excelize.Cell{StyleID: style}
		}
		return excelize.Cell{StyleID: style, Value: Defuse(v)}
	}
	return excelize.Cell{StyleID: s.middle, Value: v}
}

// narrow columns have their text in the middle.
const narrow = 17

// Defuse makes of a text one that no program takes for a formula, also when the cell is
// copied into another file: what begins as one gets an apostrophe before it.
func Defuse(s string) string {
	s = plain(s)
	if trimmed := strings.TrimLeftFunc(s, unicode.IsSpace); trimmed != "" && strings.ContainsRune("=+-@=+-@", []rune(trimmed)[0]) {
		return "'" + s
	}
	return s
}

// Fused is the text that Defuse was given.
func Fused(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && Defuse(rest) == s {
		return rest
	}
	return s
}

// plain leaves out characters that no table can hold, and cuts what is longer than a cell.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == '\uFFFE' || r == '\uFFFF' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if r := []rune(s); len(s) > longestCell && len(r) > longestCell {
		return string(r[:longestCell])
	}
	return s
}

// longestCell is how many characters a cell may hold, less one for the apostrophe.
const longestCell = 32766

func oneLine(s string) string { return strings.Join(strings.Fields(plain(s)), " ") }
