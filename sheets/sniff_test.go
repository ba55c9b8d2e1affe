package sheets

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func TestSniff(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("序号,村（社区）,隐患类别\r\n1,柳河村,滑坡\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, file, want string }{
		{"nothing", "", "F01 empty"},
		{"zeros", strings.Repeat("\x00", 9000), "F01 zeros"},
		{"half a zip", "PK\x03\x04" + strings.Repeat("x", 500), "F01 truncated"},
		{"a web page", "\r\n<HTML><body><table><tr><td>1</td></tr></table></body></HTML>", "F04 html"},
		{"a table alone", "<table border=1><tr><td>序号</td></tr></table>", "F04 html"},
		{"a web page in GBK", "<html><head><meta charset=gb2312></head><body>" + gbk, "F04 html"},
		{"a web archive", "MIME-Version: 1.0\nContent-Type: multipart/related", "F04 html"},
		{"Excel 2003 XML", `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>`, "F04 xml2003"},
		{"Excel 2003 XML with its table", `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table><Row/></Table></Worksheet></Workbook>`, "F04 xml2003"},
		{"flat OpenDocument", `<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><table:table/></office:body></office:document>`, "F04 ods"},
		{"a web page that is XML", `<?xml version="1.0"?><!DOCTYPE html><html><table></table></html>`, "F04 html"},
		{"other XML", `<?xml version="1.0"?><a/>`, "F04 otherxml"},
		{"pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3", "F04 pdf"},
		{"rtf", `{\rtf1\ansi}`, "F04 rtf"},
		{"png", "\x89PNG\r\n\x1a\n\x00\x00", "F04 picture"},
		{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF", "F04 picture"},
		{"webp", "RIFF\x10\x00\x00\x00WEBPVP8 ", "F04 picture"},
		{"rar", "Rar!\x1a\x07\x00", "F04 archive"},
		{"csv", "序号,村\n1,柳河村\n", "F04 csv"},
		{"csv in GBK", gbk, "F04 csv"},
		{"csv in UTF-16", utf16Text("序号\t村\r\n1\t柳河村\r\n"), "F04 csv"},
		{"text", "今日无数据\n", "F04 text"},
		{"AppleDouble", "\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X", "F01 appledouble"},
		{"Excel 4", "\x09\x04\x06\x00\x00\x00\x10\x00", "F04 xls"},
		{"Excel 97 without its container", "\x09\x08\x10\x00\x00\x06\x05\x00", "F04 xls"},
		{"noise", "\x01\x02\x03\x04\x05\xff\xfe\xfd", "F04 unknown"},
		{"half an OLE file", string(oleMagic) + "xx", "F01 truncated"},
		{"OLE that is none", string(oleMagic) + strings.Repeat("\xff", 2000), "F04 ole"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readBytes([]byte(tt.file))
			if got := problemOf(err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			err = Complete(strings.NewReader(tt.file), int64(len(tt.file)))
			if p, ok := err.(*Problem); ok != incomplete[strings.Fields(tt.want)[1]] || ok && p.Code != "F01" {
				t.Errorf("Complete: %v", err)
			}
		})
	}
}

func utf16Text(s string) string {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, utf16.Encode([]rune("\ufeff"+s)))
	return b.String()
}

func TestOtherPackages(t *testing.T) {
	for _, tt := range []struct{ part, want string }{
		{"word/document.xml", "F04 docx"},
		{"ppt/presentation.xml", "F04 pptx"},
		{"xl/workbook.bin", "F04 xlsb"},
		{"content.xml", "F04 ods"},
		{"Index/Document.iwa", "F04 numbers"},
		{"photo.jpg", "F04 archive xl/workbook.xml"},
	} {
		_, err := readBytes(packZip(t, zipPart{tt.part, "x"}))
		if got := problemOf(err); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.part, got, tt.want)
		}
	}
}

// An OLE file whose directory goes round in a circle ends all the same.
func TestOLECircle(t *testing.T) {
	file := make([]byte, 4096)
	copy(file, oleMagic)
	le := binary.LittleEndian
	le.PutUint16(file[30:], 9)
	le.PutUint32(file[48:], 1) // the directory begins in sector 1
	le.PutUint32(file[76:], 0) // the table is sector 0
	le.PutUint32(file[512+4:], 1)
	_, err := readBytes(file)
	if got := problemOf(err); got != "F01 compound" {
		t.Errorf("got %q", got)
	}
}

// The table of reasons and the code agree: every reason that can be given has a
// code, and none is listed that is never given.
func TestReasons(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, name := range files {
		if name != "reason.go" && !strings.HasSuffix(name, "_test.go") {
			code.Write(fileBytes(t, name))
		}
	}
	for _, m := range regexp.MustCompile(`(?:trouble|beyond)\("(\w+)"`).FindAllStringSubmatch(code.String(), -1) {
		if Reasons[m[1]] == "" {
			t.Errorf("%s has no code", m[1])
		}
	}
	for reason, code1 := range Reasons {
		if !strings.Contains(code.String(), `"`+reason+`"`) {
			t.Errorf("%s is never given", reason)
		}
		if !slices.Contains([]string{"F01", "F03", "F04", "F06"}, code1) {
			t.Errorf("%s: %s", reason, code1)
		}
	}
}
