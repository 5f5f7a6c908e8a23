package sheet

import "github.com/xuri/excelize/v2"

// styles are the looks of cells, by their numbers in the file.
type styles struct {
	title, about, head, text, middle, date int
}

func newStyles(f *excelize.File) (*styles, error) {
	var lines []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		lines = append(lines, excelize.Border{Type: side, Color: "8C8C8C", Style: 1})
	}
	center := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	left := &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true}
	day := "yyyy-mm-dd"
	s := &styles{}
	for _, def := range []struct {
		into  *int
		style excelize.Style
	}{
		{&s.title, excelize.Style{Font: &excelize.Font{Family: "黑体", Size: 18}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}}},
		{&s.about, excelize.Style{Font: &excelize.Font{Family: "宋体", Size: 10, Color: "595959"}, Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center"}}},
		{&s.head, excelize.Style{Font: &excelize.Font{Family: "黑体", Size: 10.5}, Alignment: center, Border: lines,
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EDF5"}}}},
		{&s.text, excelize.Style{Font: &excelize.Font{Family: "宋体", Size: 10}, Alignment: left, Border: lines}},
		{&s.middle, excelize.Style{Font: &excelize.Font{Family: "宋体", Size: 10}, Alignment: center, Border: lines}},
		{&s.date, excelize.Style{Font: &excelize.Font{Family: "宋体", Size: 10}, Alignment: center, Border: lines, CustomNumFmt: &day}},
	} {
		n, err := f.NewStyle(&def.style)
		if err != nil {
			return nil, err
		}
		*def.into = n
	}
	return s, nil
}
