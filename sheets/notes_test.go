package sheets

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const officeTypes = "http://schemas.microsoft.com/office/2017/10/relationships/"

// talkingBook has two notes of the old kind, one of which stands for a
// conversation of two persons, and a note of ours.
func talkingBook() *handBook {
	return newHandBook(sheetOf(plainRows)).
		with("xl/worksheets/_rels/sheet1.xml.rels", relsHead+
			`<Relationship Id="rId1" Type="`+relTypes+`comments" Target="../notes/c.xml"/>`+
			`<Relationship Id="rId2" Type="`+officeTypes+`threadedComment" Target="/xl/talk/t.xml"/></Relationships>`).
		with("xl/notes/c.xml", xmlDecl+`<x:comments xmlns:x="main"><x:authors><x:author>张三 &amp; 李四</x:author><x:author>tc={A}</x:author><x:author>台账</x:author></x:authors><x:commentList>`+
			`<x:comment ref="C2" authorId="0"><x:text><x:r><x:t>含市直</x:t></x:r><x:r><x:t xml:space="preserve">部门 </x:t></x:r><x:rPh><x:t>hán</x:t></x:rPh></x:text></x:comment>`+
			`<x:comment ref="B2" authorId="1"><x:text><x:t>[Threaded comment] 旧程序看这里</x:t></x:text></x:comment>`+
			`<x:comment ref="D2" authorId="2"><x:text><x:t>核对一下</x:t></x:text></x:comment>`+
			`<x:comment ref="A2" authorId="0"><x:text><x:r><x:t>县里的</x:t></x:r><x:r><x:t>`+"\n"+noteMark+"\n"+`不是数字</x:t></x:r></x:text></x:comment>`+
			`</x:commentList></x:comments>`).
		with("xl/talk/t.xml", xmlDecl+`<ThreadedComments><threadedComment ref="B2" dT="2026-11-20T08:00:00" personId="{P1}" id="{A}" done="1"><text>这个数对吗？</text></threadedComment>`+
			`<threadedComment ref="B2" personId="{p2}" id="{B}" parentId="{A}"><text>对，已核实</text><mentions/></threadedComment></ThreadedComments>`).
		with("xl/persons/who.xml", xmlDecl+`<personList><person displayName="王五" id="{P1}"/><person displayName="赵六" id="{P2}"/></personList>`).
		with("xl/_rels/workbook.xml.rels", relsHead+
			`<Relationship Id="rId1" Type="`+relTypes+`worksheet" Target="worksheets/sheet1.xml"/>`+
			`<Relationship Id="rId9" Type="`+officeTypes+`person" Target="persons/who.xml"/></Relationships>`).
		with("xl/sharedStrings.xml", "").with("xl/styles.xml", "")
}

// What people wrote beside cells is kept with the sheet and is no data.
func TestRemarks(t *testing.T) {
	b := mustRead(t, talkingBook().pack(t))
	want := []Remark{
		{Row: 2, Col: 1, Author: "张三 & 李四", Text: "县里的"},
		{Row: 2, Col: 2, Author: "王五", Text: "这个数对吗？", Done: true},
		{Row: 2, Col: 2, Author: "赵六", Text: "对，已核实", Reply: true},
		{Row: 2, Col: 3, Author: "张三 & 李四", Text: "含市直部门 "},
	}
	if diff := cmp.Diff(want, b.Sheets[0].Remarks); diff != "" {
		t.Error(diff)
	}
	if b.Partial {
		t.Error("something was left out")
	}
	bare := mustRead(t, newHandBook(sheetOf(plainRows)).pack(t))
	if diff := cmp.Diff(cellLines(bare.Sheets[0]), cellLines(b.Sheets[0])); diff != "" {
		t.Error(diff)
	}
}

// A workbook is not refused for its notes, but damage to the file itself counts
// wherever it is.
func TestRemarksThatCannotBeRead(t *testing.T) {
	for _, tt := range []struct{ name, part, body string }{
		{"no XML", "xl/notes/c.xml", "<comments"},
		{"too deep", "xl/notes/c.xml", strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)},
		{"no such cell", "xl/notes/c.xml", `<comments><commentList><comment ref="ZZZZ1"><text><t>x</t></text></comment></commentList></comments>`},
		{"a text too long", "xl/talk/t.xml", `<T><threadedComment ref="B2"><text>` + strings.Repeat("长", 200_000) + `</text></threadedComment></T>`},
		{"no persons", "xl/persons/who.xml", "<"},
		{"bad relations", "xl/worksheets/_rels/sheet1.xml.rels", "<R"},
		{"a part that is not there", "xl/talk/t.xml", ""},
		{"one part for two", "xl/worksheets/_rels/sheet1.xml.rels", relsHead + strings.Repeat(`<Relationship Type="`+relTypes+`comments" Target="../notes/c.xml"/>`, 2) + "</Relationships>"},
		{"more than is kept", "xl/notes/c.xml", `<comments><commentList>` + strings.Repeat(`<comment ref="B2"><text><t>x</t></text></comment>`, mostRemarks+1) + `</commentList></comments>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := mustRead(t, talkingBook().with(tt.part, tt.body).pack(t))
			if !b.Partial || len(b.Sheets[0].Remarks) > mostRemarks {
				t.Errorf("partial %v, %d kept", b.Partial, len(b.Sheets[0].Remarks))
			}
		})
	}
	file := talkingBook().pack(t)
	at := strings.Index(string(file), "PK\x01\x02") // the sum of the first entry, in the directory
	for name := range strings.SplitSeq(string(file[at:]), "PK\x01\x02") {
		if strings.Contains(name, "xl/notes/c.xml") {
			at = strings.Index(string(file), name)
		}
	}
	file[at+12] ^= 1
	if _, err := readBytes(file); problemOf(err) != "F01 crc xl/notes/c.xml" {
		t.Errorf("a wrong sum: %v", err)
	}
}

// Defined names are kept as they are written.
func TestNames(t *testing.T) {
	names := `<definedNames><definedName name="数据">表!$A$1:$B$9</definedName>` +
		`<definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'表'!$A$2:$C$4</definedName>` +
		`<definedName name="坏" localSheetId="7">#REF!</definedName>` +
		`<definedName name="长">` + strings.Repeat("1", 200_000) + `</definedName></definedNames></workbook>`
	b := mustRead(t, newHandBook(sheetOf(plainRows)).with("xl/workbook.xml", strings.Replace(oneSheetBook, "</workbook>", names, 1)).pack(t))
	want := []Name{
		{Name: "数据", Formula: "表!$A$1:$B$9"},
		{Name: "_xlnm._FilterDatabase", Sheet: "表", Formula: "'表'!$A$2:$C$4", Hidden: true},
		{Name: "坏", Formula: "#REF!"},
	}
	if diff := cmp.Diff(want, b.Names); diff != "" || !b.Partial {
		t.Error(diff, b.Partial)
	}
}

// noteRecords are a note as Excel 97-2003 writes it, its text in a record that
// continues the object's.
func noteRecords(row, col, object int, author, text string) (shape, line []byte) {
	shape = append(record(recObject, 0x15, 0x12, objectNote, object, 0x4011, uint32(0), uint32(0), uint32(0), uint32(0)),
		record(recText, 0x212, 0, 0, uint32(0), len(wide(text))/2, 16, uint32(0))...)
	shape = append(shape, record(recContinue, byte(textWide), wide(text))...)
	shape = append(shape, record(recContinue, 0, 0, uint32(0), len(wide(text))/2, 0, uint32(0))...)
	return shape, record(recNote, row, col, 0, object, wideText(author), byte(0))
}

func TestBiffRemarks(t *testing.T) {
	shape1, line1 := noteRecords(2, 1, 1, "张三", "含市直部门")
	shape2, line2 := noteRecords(0, 0, 7, "台账", "核对")
	_, line3 := noteRecords(1, 1, 9, "李四", "没有对象")
	b := mustRead(t, oneSheet(record(recNumber, 2, 1, 0, 5.0), shape1, shape2, line1, line2, line3).pack())
	want := []Remark{{Row: 3, Col: 2, Author: "张三", Text: "含市直部门"}}
	if diff := cmp.Diff(want, b.Sheets[0].Remarks); diff != "" {
		t.Error(diff)
	}
	object := record(recObject, 0x15, 0x12, objectNote, 1, 0x4011)
	cut := mustRead(t, oneSheet(object, record(recText, 0x212, 0, 0, uint32(0), 5, 16, uint32(0)), line1).pack())
	if len(cut.Sheets[0].Remarks) != 0 || !cut.Partial {
		t.Error("a note whose text is missing", fmt.Sprint(cut.Sheets[0].Remarks))
	}
}

// FuzzRemarks: no note crashes the reader, whatever it holds.
func FuzzRemarks(f *testing.F) {
	for _, p := range talkingBook().parts {
		if strings.Contains(p.name, "notes/") || strings.Contains(p.name, "talk/") {
			f.Add(p.body)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(*scanner, func(Remark) error) error{readComments, readThread} {
			n := 0
			err := scanPart(text, func(s *scanner) error {
				return read(s, func(r Remark) error {
					if n++; r.Row < 0 || r.Row > maxRow || r.Col > maxCol || r.Author == noteAuthor && r.Text != "" {
						t.Fatalf("%+v", r)
					}
					return nil
				})
			})
			refusesCut(t, text, err)
			if err != nil {
				checkProblem(t, err)
			}
		}
	})
}
