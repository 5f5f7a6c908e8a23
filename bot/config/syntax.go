package config

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// encodingFault finds the first characters that are not UTF-8: a file saved in GBK.
func encodingFault(name string, text []byte) *Fault {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size <= 1 {
			return &Fault{File: name, Line: 1 + bytes.Count(text[:at], []byte("\n")),
				Found: "characters that are not UTF-8", Remedy: "save the file with the encoding UTF-8"}
		}
		at += size
	}
	return nil
}

// structural are the complaints that the YAML parser makes with lines counted
// from 0; its scanner's count from 1. Neither says the first line.
var structural = []string{
	"did not find expected key", "did not find expected node content", "did not find expected '-' indicator",
	"did not find expected ',' or ']'", "did not find expected ',' or '}'", "did not find expected <document start>",
}

// syntax turns the YAML parser's complaint about a text into a fault.
func syntax(name string, text []byte, err error) *Fault {
	complaint := strings.TrimPrefix(err.Error(), "yaml: ")
	flt := &Fault{File: name, Line: 1}
	if rest, ok := strings.CutPrefix(complaint, "line "); ok {
		number, rest, _ := strings.Cut(rest, ": ")
		if line, err := strconv.Atoi(number); err == nil {
			flt.Line, complaint = line, rest
			if slices.Contains(structural, complaint) {
				flt.Line++
			}
			flt.Line = min(flt.Line, 1+bytes.Count(bytes.TrimSpace(text), []byte("\n")))
		}
	}
	flt.Found = complaint
	switch {
	case strings.Contains(complaint, "cannot start any token"):
		flt.Remedy = "indent with spaces, not with tabs, and quote a value that begins with a sign"
	case strings.Contains(complaint, "mapping values are not allowed"):
		flt.Remedy = "quote a value that contains a colon, and check the indentation"
	case slices.Contains(structural, complaint), strings.Contains(complaint, "unexpected end of stream"):
		flt.Remedy = "check the indentation, and that quotes and brackets on this line and around it are closed"
	case strings.Contains(complaint, "could not find expected ':'"):
		flt.Remedy = "write a half-width colon and a space after the key"
	case strings.Contains(complaint, "unknown anchor"):
		_, rest, _ := strings.Cut(complaint, "'")
		anchor, _, _ := strings.Cut(rest, "'")
		before, _, _ := bytes.Cut(text, []byte("*"+anchor))
		flt.Line = 1 + bytes.Count(before, []byte("\n"))
		flt.Remedy = "quote a value that begins with *"
	}
	return flt
}
