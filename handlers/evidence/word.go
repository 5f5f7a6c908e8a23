package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"zhuanban/bot/calendar"
)

// word is a Word document (OOXML, ECMA-376) of one table on a landscape A4 page: just
// what a sheet needs, in plain parts.
type word struct {
	heading string
	lines   []string // above the table
	rows    [][]string
	widths  []int    // of the columns, in twentieths of a point
	after   []string // below the table
}

// stamp is a time as it stands on paper.
func stamp(t time.Time) string { return t.In(calendar.Shanghai).Format("2006-01-02 15:04:05") }

const wordTypes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`

const wordRels = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

const wordHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`

// A4 on its side, with margins of two centimetres.
const wordTail = `<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1134" w:right="1021" w:bottom="1134" w:left="1021" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>`

const wordBorders = `<w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders><w:top w:val="single" w:sz="4"/><w:left w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/><w:right w:val="single" w:sz="4"/><w:insideH w:val="single" w:sz="4"/><w:insideV w:val="single" w:sz="4"/></w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>`

// bytes is the document.
func (d word) bytes() ([]byte, error) {
	var b strings.Builder
	b.WriteString(wordHead)
	paragraph(&b, d.heading, 36, "center")
	for _, l := range d.lines {
		paragraph(&b, l, 21, "left")
	}
	b.WriteString("<w:tbl>" + wordBorders + "<w:tblGrid>")
	for _, w := range d.widths {
		fmt.Fprintf(&b, `<w:gridCol w:w="%d"/>`, w)
	}
	b.WriteString("</w:tblGrid>")
	for i, r := range d.rows {
		b.WriteString("<w:tr>")
		if i == 0 {
			b.WriteString("<w:trPr><w:tblHeader/></w:trPr>")
		}
		for j, cell := range r {
			fmt.Fprintf(&b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, d.widths[j])
			paragraph(&b, cell, 16, "left")
			b.WriteString("</w:tc>")
		}
		b.WriteString("</w:tr>")
	}
	b.WriteString("</w:tbl>")
	for _, l := range d.after {
		paragraph(&b, l, 18, "left")
	}
	b.WriteString(wordTail)
	return zipped([][2]string{{"[Content_Types].xml", wordTypes}, {"_rels/.rels", wordRels}, {"word/document.xml", b.String()}})
}

// paragraph writes one, in half points; a line feed in it begins a new line.
func paragraph(b *strings.Builder, text string, size int, align string) {
	fmt.Fprintf(b, `<w:p><w:pPr><w:jc w:val="%s"/></w:pPr>`, align)
	for i, line := range strings.Split(text, "\n") {
		fmt.Fprintf(b, `<w:r><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="宋体"/><w:sz w:val="%d"/></w:rPr>`, size)
		if i > 0 {
			b.WriteString("<w:br/>")
		}
		b.WriteString(`<w:t xml:space="preserve">`)
		_ = xml.EscapeText(b, []byte(line)) // a Builder takes everything; what XML does not know is replaced
		b.WriteString("</w:t></w:r>")
	}
	b.WriteString("</w:p>")
}

// zipped packs files, always to the same bytes.
func zipped(files [][2]string) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(f[1]))
		}
		if err != nil {
			return nil, fmt.Errorf("packing %s: %w", f[0], err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing a document: %w", err)
	}
	return out.Bytes(), nil
}
