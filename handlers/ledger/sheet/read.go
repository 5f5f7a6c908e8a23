package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// What a file may be at most. A ledger of a county for a year is far below; a file that is
// above was made to do harm, or is not a ledger.
const (
	LargestFile  = 20 << 20  // bytes
	largestUnzip = 300 << 20 // bytes, of all that is packed in it
	largestXML   = 8 << 20   // bytes of one part that are held in memory; the rest goes to disk
	MostRows     = 20000
	mostColumns  = 200
	mostSheets   = 50
)

// Page is a sheet of a file as it was typed: text and numbers, days as the numbers that
// the program counts them by.
type Page struct {
	Name string
	Rows [][]string
	// Base1904 says that days are counted from 1904, as old Macs did.
	Base1904 bool
}

// ErrFile says that a file as a whole cannot be read; the text says what would be right.
var ErrFile = errors.New("the file cannot be read")

// Open reads a .xlsx or .csv file, which of both it is by its contents.
func Open(name string, data []byte) ([]Page, error) {
	switch {
	case len(data) == 0:
		return nil, fmt.Errorf("%w: it is empty", ErrFile)
	case len(data) > LargestFile:
		return nil, fmt.Errorf("%w: it has more than %d MB; divide it", ErrFile, LargestFile>>20)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return openXLSX(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, fmt.Errorf("%w: it is an .xls of the old kind, or has a password; save it as .xlsx without one", ErrFile)
	}
	return openCSV(name, data)
}

func openXLSX(data []byte) (pages []Page, err error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: largestUnzip, UnzipXMLSizeLimit: largestXML})
	if err != nil {
		return nil, fmt.Errorf("%w: %w; open it in a spreadsheet program and save it as .xlsx", ErrFile, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	base := false
	if p, err := f.GetWorkbookProps(); err == nil && p.Date1904 != nil {
		base = *p.Date1904
	}
	names := f.GetSheetList()
	if len(names) > mostSheets {
		return nil, fmt.Errorf("%w: it has %d sheets; leave those with leads", ErrFile, len(names))
	}
	left := MostRows + 100 // heads
	for _, name := range names {
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			continue
		}
		page := Page{Name: name, Base1904: base}
		if page.Rows, err = rowsOf(f, name, left); err != nil {
			return nil, err
		}
		left -= len(page.Rows)
		if err := unmerge(f, &page); err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// rowsOf reads at most a number of rows.
func rowsOf(f *excelize.File, name string, most int) (out [][]string, err error) {
	rows, err := f.Rows(name)
	if err != nil {
		return nil, fmt.Errorf("%w: sheet %s: %w", ErrFile, name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	blank := 0
	for rows.Next() {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, fmt.Errorf("%w: sheet %s, row %d: %w", ErrFile, name, len(out)+blank+1, err)
		}
		if len(cells) == 0 {
			if blank++; blank > MostRows {
				break
			}
			continue
		}
		for ; blank > 0; blank-- {
			out = append(out, nil)
		}
		out = append(out, cells[:min(len(cells), mostColumns)])
		if len(out) > most {
			return nil, fmt.Errorf("%w: it has more than %d rows; divide it", ErrFile, MostRows)
		}
	}
	if err := rows.Error(); err != nil {
		return nil, fmt.Errorf("%w: sheet %s: %w", ErrFile, name, err)
	}
	return out, nil
}

// unmerge gives every cell of a merged range what stands in its first, within a column:
// 「凤城所」 that was written once for ten rows is meant for each.
func unmerge(f *excelize.File, p *Page) error {
	merged, err := f.GetMergeCells(p.Name, true)
	if err != nil {
		return fmt.Errorf("%w: sheet %s: %w", ErrFile, p.Name, err)
	}
	for _, m := range merged {
		col, from, err1 := excelize.CellNameToCoordinates(m.GetStartAxis())
		_, to, err2 := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err1 != nil || err2 != nil || from > len(p.Rows) || col > mostColumns || from == to {
			continue
		}
		value := cellAt(p.Rows[from-1], col-1)
		for row := from; row < min(to, len(p.Rows)) && value != ""; row++ {
			for len(p.Rows[row]) < col {
				p.Rows[row] = append(p.Rows[row], "")
			}
			p.Rows[row][col-1] = value
		}
	}
	return nil
}

func cellAt(row []string, col int) string {
	if col < len(row) {
		return row[col]
	}
	return ""
}

// openCSV reads a table of text, in UTF-8, UTF-16 or what Chinese Windows writes.
func openCSV(name string, data []byte) ([]Page, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	if strings.ContainsRune(text, 0) {
		return nil, fmt.Errorf("%w: it is neither .xlsx nor .csv", ErrFile)
	}
	first, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.Comma = -1, true, separator(first)
	page := Page{Name: strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return []Page{page}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFile, err)
		}
		line, _ := r.FieldPos(0)
		for len(page.Rows) < line-1 && len(page.Rows) <= MostRows {
			page.Rows = append(page.Rows, nil) // empty lines, and those within a cell
		}
		page.Rows = append(page.Rows, cells[:min(len(cells), mostColumns)])
		if len(page.Rows) > MostRows+100 {
			return nil, fmt.Errorf("%w: it has more than %d rows; divide it", ErrFile, MostRows)
		}
	}
}

func decode(data []byte) (string, error) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		return string(out), err
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if utf8.Valid(data) {
		return string(data), nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", fmt.Errorf("%w: its characters are neither UTF-8 nor GB18030; save it as .xlsx", ErrFile)
	}
	return string(out), nil
}

func separator(line string) rune {
	best, most := ',', 0
	for _, sep := range ",\t;" {
		if n := strings.Count(line, string(sep)); n > most {
			best, most = sep, n
		}
	}
	return best
}
