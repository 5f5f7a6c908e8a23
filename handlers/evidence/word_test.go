package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheSheetIsADocument: a package of three parts, each well-formed, with everything in
// it that the sheet has to say, whatever the names are.
func TestTheSheetIsADocument(t *testing.T) {
	at := time.Date(2024, 1, 18, 8, 20, 0, 0, time.UTC)
	v := View{Number: "AX-2024-0001", Sheet: "HY-2024-0001", By: "凤城所 填报员", Printed: at, Head: "beef", Items: []ItemView{
		{No: 1, Kind: "file", Name: `a<b>&"c".png` + "\x00\x1f", SHA256: "ab12", Size: 9, At: at, Said: at.Add(-time.Minute), Person: "填报员", Platform: "phone", Source: "m1", Hash: "cafe"},
		{No: 2, Kind: "link", URL: "https://shop.example.com/?a=1&b=2", Note: "店铺\n首页", At: at, Person: "填报员", Hash: "beef"},
	}}
	data, err := document("行动 <一>", v)
	require.NoError(t, err)
	again, err := document("行动 <一>", v)
	require.NoError(t, err)
	require.Equal(t, data, again, "the same sheet has the same bytes")
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	var names []string
	var words string
	for _, f := range z.File {
		names = append(names, f.Name)
		r, err := f.Open()
		require.NoError(t, err)
		d := xml.NewDecoder(r)
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, f.Name)
			if c, ok := tok.(xml.CharData); ok {
				words += string(c) + "\n"
			}
		}
	}
	require.Equal(t, []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml"}, names)
	for _, want := range []string{"行动 <一>", "AX-2024-0001", "HY-2024-0001", "凤城所 填报员", "2024-01-18 16:20:00", "链尾校验值（第 2 项）：beef", `a<b>&"c".png`, "ab12", "cafe",
		"消息 m1", "2024-01-18 16:19:00", "https://shop.example.com/?a=1&b=2", "共 2 项"} {
		require.Contains(t, words, want)
	}
}
