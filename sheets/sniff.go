package sheets

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const headSize = 4096

// recognise tells by its content what a file is: a zip, or an OLE compound file.
// It returns the Problem for everything else. The name of a file is not asked.
func recognise(r io.ReaderAt, size int64) (ole bool, err error) {
	if size == 0 {
		return false, trouble("empty", "")
	}
	head := make([]byte, min(size, headSize))
	if err := readAt(r, head, 0); err != nil {
		return false, err
	}
	if looksLikeZip(head) {
		return false, nil
	}
	if bytes.HasPrefix(head, oleMagic) {
		return true, nil
	}
	reason := sniff(size, head)
	if reason == "unknown" {
		if _, err := findDirectory(r, size); err == nil {
			return false, nil // a zip with something before it
		}
	}
	return false, trouble(reason, "")
}

// sniff names what a file is that is neither zip nor compound file.
func sniff(size int64, head []byte) string {
	for _, m := range magics {
		if len(head) >= m.at && bytes.HasPrefix(head[m.at:], []byte(m.bytes)) {
			return m.reason
		}
	}
	switch {
	case len(bytes.Trim(head, "\x00")) == 0:
		return "zeros"
	case isLockFile(head, size):
		return "lockfile"
	}
	if text, ok := asText(head); ok {
		return textReason(text)
	}
	return "unknown"
}

// magics are the first bytes of formats that come under the name of a workbook.
var magics = []struct {
	at     int
	bytes  string
	reason string
}{
	{0, "%PDF-", "pdf"},
	{0, "{\\rtf", "rtf"},
	{0, "\x00\x05\x16\x07", "appledouble"},
	{0, "\x00\x05\x16\x00", "appledouble"},
	{0, "\x89PNG\r\n", "picture"},
	{0, "\xff\xd8\xff", "picture"},
	{0, "GIF8", "picture"},
	{0, "BM", "picture"},
	{0, "II*\x00", "picture"},
	{0, "MM\x00*", "picture"},
	{8, "WEBP", "picture"},
	{4, "ftypheic", "picture"},
	{4, "ftypmif1", "picture"},
	{0, "Rar!", "archive"},
	{0, "7z\xbc\xaf\x27\x1c", "archive"},
	{0, "\x1f\x8b", "archive"},
	{0, "\x09\x00\x04\x00", "xls"}, // Excel 2
	{0, "\x09\x02\x06\x00", "xls"}, // Excel 3
	{0, "\x09\x04\x06\x00", "xls"}, // Excel 4
	{0, "\x09\x08\x08\x00", "xls"}, // Excel 5
	{0, "\x09\x08\x10\x00", "xls"}, // Excel 97 without its container, from some web systems
}

// isLockFile tells the ~$ file: 165 bytes (or 55 for old versions), a length,
// and so many characters of the user's name, filled up with blanks.
func isLockFile(head []byte, size int64) bool {
	if size != 165 && size != 162 && size != 55 {
		return false
	}
	n := int(head[0])
	return n > 0 && n <= 54 && len(bytes.Trim(head[1+n:min(55, len(head))], " \x00")) == 0
}

// asText returns the beginning of a file that is text: UTF-8, UTF-16 or one of
// the Chinese encodings. Only its ASCII characters matter.
func asText(head []byte) (string, bool) {
	if order := utf16Order(head); order != nil {
		b, err := io.ReadAll(&utf16Reader{src: bytes.NewReader(head[:len(head)&^3]), order: order})
		return string(b), err == nil || len(b) > 0
	}
	if slices.ContainsFunc(head, control) {
		return "", false
	}
	if utf8.Valid(head[:wholeRunes(head)]) || likeGBK(head) {
		return string(head), true
	}
	return "", false
}

// likeGBK reports whether all bytes beyond ASCII stand in pairs as GBK and
// GB18030 have them.
func likeGBK(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if b[i] == 0x80 || b[i] == 0xff {
			return false
		}
		if i++; i < len(b) && b[i] < 0x30 {
			return false
		}
	}
	return true
}

// textReason tells kinds of text.
func textReason(text string) string {
	low := strings.ToLower(strings.TrimLeft(text, "\ufeff \t\r\n"))
	switch {
	case strings.Contains(low, "<office:document"):
		return "ods"
	case strings.Contains(low, "office:spreadsheet"), strings.Contains(low, `progid="excel.sheet"`):
		return "xml2003" // before the web page: it has <Table> too
	case strings.HasPrefix(low, "mime-version:"), strings.Contains(low, "<html"),
		strings.Contains(low, "<table"), strings.HasPrefix(low, "<!doctype html"),
		strings.HasPrefix(low, "<meta"), strings.HasPrefix(low, "<head"), strings.HasPrefix(low, "<style"), strings.HasPrefix(low, "<div"):
		return "html"
	case strings.HasPrefix(low, "<?xml"):
		return "otherxml"
	}
	line, _, _ := strings.Cut(low, "\n")
	if strings.ContainsAny(line, ",\t;，") {
		return "csv"
	}
	return "text"
}

// otherPackage tells documents that are zips but no workbooks of this kind; ""
// means that it may be one.
func otherPackage(a *archive) string {
	for _, m := range []struct{ part, reason string }{
		{"xl/workbook.bin", "xlsb"},
		{"word/document.xml", "docx"},
		{"ppt/presentation.xml", "pptx"},
		{"Index/Document.iwa", "numbers"},
		{"Index.zip", "numbers"},
		{"META-INF/manifest.xml", "ods"},
		{"content.xml", "ods"},
	} {
		if a.find(m.part) >= 0 && a.find("xl/workbook.xml") < 0 {
			return m.reason
		}
	}
	return ""
}

// wholeRunes is the length of b without a character cut off at its end.
func wholeRunes(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if utf8.FullRune(b[i:]) {
				return len(b)
			}
			return i
		}
	}
	return len(b)
}
